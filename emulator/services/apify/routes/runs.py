"""``/actor-runs``, its logs, and runs reached through their Actor or task."""

from __future__ import annotations

import re
from typing import Any

from ....kernel.http import Reply
from ....kernel.service import Exchange
from .. import wire
from ..bodies import decoded_body, json_object, text_member
from ..errors import InvalidRequest, NotFound
from ..platform import Platform
from ..query import Query
from ..runs import Run, RunInput
from .binding import bindings, caller_of, path_run

__all__ = [
    "abort",
    "charge",
    "delete",
    "get",
    "get_log",
    "get_run_log",
    "list_runs",
    "log_reply",
    "metamorph",
    "reboot",
    "resurrect",
    "run_input",
    "run_items",
    "update",
]

MOST_CHARGED = 10_000_000
_ANSI = re.compile(r"\x1b\[[0-9;]*[A-Za-z]")


@bindings.bind("apify.runs.list")
def list_runs(platform: Platform, exchange: Exchange) -> Reply:
    """Every run of the caller."""
    query = Query(exchange.call)
    page = query.page()
    total, found = platform.runs.listed(caller_of(exchange), page, statuses=query.names("status"))
    return wire.collection(total, page, (wire.run_item(platform, each) for each in found))


@bindings.bind("apify.runs.get")
def get(platform: Platform, exchange: Exchange) -> Reply:
    """One run. ``waitForFinish`` is checked and answered at once: see the decisions."""
    Query(exchange.call).number("waitForFinish", 0)
    return wire.data(wire.run(platform, path_run(platform, exchange)))


@bindings.bind("apify.runs.update")
def update(platform: Platform, exchange: Exchange) -> Reply:
    """Set the status message, or open the run; other members are ignored."""
    run, changes = _own(platform, exchange), json_object(exchange.call)
    message, access = text_member(changes, "statusMessage"), text_member(changes, "generalAccess")
    if message is not None:
        run = platform.runs.say(run, message, terminal=bool(changes.get("isStatusMessageTerminal")))
    if access is not None:
        run = platform.runs.set_general_access(run, access)
    return wire.data(wire.run(platform, run))


@bindings.bind("apify.runs.delete")
def delete(platform: Platform, exchange: Exchange) -> Reply:
    """Remove a finished run with everything of it."""
    platform.runs.delete(_own(platform, exchange))
    return Reply(204)


@bindings.bind("apify.runs.abort")
def abort(platform: Platform, exchange: Exchange) -> Reply:
    """Stop a run, at once or gracefully."""
    run = _own(platform, exchange)
    gracefully = Query(exchange.call).flag("gracefully")
    return wire.data(wire.run(platform, platform.life.abort(run, gracefully=gracefully)))


@bindings.bind("apify.runs.reboot")
def reboot(platform: Platform, exchange: Exchange) -> Reply:
    """Restart the run's container."""
    return wire.data(wire.run(platform, platform.life.reboot(_own(platform, exchange))))


@bindings.bind("apify.runs.metamorph")
def metamorph(platform: Platform, exchange: Exchange) -> Reply:
    """Put another Actor into the run's container."""
    run, query = _own(platform, exchange), Query(exchange.call)
    if not query.given("targetActorId"):
        raise InvalidRequest("Parameter targetActorId is required", cause="parameter_missing")
    target = platform.actors.find(query.text("targetActorId"), caller_of(exchange))
    return wire.data(wire.run(platform, platform.life.metamorph(run, target, query.text("build"), run_input(exchange))))


@bindings.bind("apify.runs.resurrect")
def resurrect(platform: Platform, exchange: Exchange) -> Reply:
    """Bring an ended run back."""
    run, query = _own(platform, exchange), Query(exchange.call)
    revived = platform.life.resurrect(
        run,
        memory=query.number("memory", 0) or None,
        timeout=query.number("timeout", 0) if query.given("timeout") else None,
        build=query.text("build"),
    )
    return wire.data(wire.run(platform, revived))


@bindings.bind("apify.runs.charge")
def charge(platform: Platform, exchange: Exchange) -> Reply:
    """Charge an event, once for each idempotency key."""
    run, given = _own(platform, exchange), json_object(exchange.call)
    event, count = given.get("eventName"), given.get("count", 1)
    if not isinstance(event, str) or not event:
        raise InvalidRequest('Field "eventName" is required', cause="event_missing")
    if isinstance(count, bool) or not isinstance(count, int) or not 1 <= count <= MOST_CHARGED:
        raise InvalidRequest(f'Field "count" must be an integer between 1 and {MOST_CHARGED}', cause="count_invalid")
    key = exchange.call.headers.get("idempotency-key")
    if not key:
        raise InvalidRequest('Header "idempotency-key" is required', cause="idempotency_key_missing")
    platform.life.charge(run, event, count, key)
    return Reply.json({}, 201)


@bindings.bind("apify.runs.log.get")
def get_run_log(platform: Platform, exchange: Exchange) -> Reply:
    """The log of a run so far."""
    return log_reply(platform, exchange, path_run(platform, exchange).id)


@bindings.bind("apify.logs.get")
def get_log(platform: Platform, exchange: Exchange) -> Reply:
    """The log of a run or build so far."""
    job, caller = exchange.path_parameters["jobId"], caller_of(exchange)
    try:
        platform.runs.find(job, caller)
    except NotFound:
        platform.actors.build_by_id(job, caller)
    return log_reply(platform, exchange, job)


def log_reply(platform: Platform, exchange: Exchange, job: str) -> Reply:
    """A log as plain text, colours stripped unless ``raw``."""
    text, query = platform.runs.log_text(job), Query(exchange.call)
    reply = Reply.text(text if query.flag("raw") else _ANSI.sub("", text))
    if query.flag("download"):
        headers = reply.headers.adding([("Content-Disposition", f'attachment; filename="{job}.log"')])
        return reply.replacing(headers=headers)
    return reply


def run_input(exchange: Exchange) -> RunInput:
    """The body of a call as the input of a run."""
    content_type = exchange.call.headers.get("content-type")
    body = decoded_body(exchange.call)
    return RunInput(body, content_type) if content_type and body else RunInput(body)


def run_items(platform: Platform, runs: list[Run]) -> list[dict[str, Any]]:
    """Runs as a list shows them."""
    return [wire.run_item(platform, each) for each in runs]


def _own(platform: Platform, exchange: Exchange) -> Run:
    """The run of the path, which only its owner may change."""
    run = path_run(platform, exchange)
    if run.owner != caller_of(exchange).user.id:
        raise NotFound("Actor run")
    return run
