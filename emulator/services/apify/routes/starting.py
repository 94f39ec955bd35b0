"""What starting a run takes from a call: options, input, ad-hoc webhooks."""

from __future__ import annotations

import base64
import binascii
import json
from typing import Any

from ....kernel.service import Exchange
from ..actors import Actor, Task
from ..errors import InvalidInput, InvalidRequest
from ..inputs import completed_input, input_problems
from ..platform import Platform
from ..query import Query
from ..runs import Run, RunInput, RunOptions
from .binding import caller_of
from .runs import run_input

__all__ = ["start_actor", "start_task"]

_TASK_OPTIONS = {
    "build": "build",
    "memoryMbytes": "memory",
    "timeoutSecs": "timeout",
    "maxItems": "max_items",
    "maxTotalChargeUsd": "max_charge_usd",
    "restartOnError": "restart_on_error",
}


def start_actor(platform: Platform, exchange: Exchange, actor: Actor) -> Run:
    """Start a run of ``actor`` with the body as its input."""
    given = _checked(actor, run_input(exchange))
    return _started(platform, exchange, actor, _options(exchange, {}), given)


def start_task(platform: Platform, exchange: Exchange, task: Task, actor: Actor) -> Run:
    """Start a run of a task: its saved input and options, each overridden by what the call brings."""
    given = run_input(exchange)
    if task.input is not None or given.body:
        override = _object(given) if given.body else {}
        given = RunInput(json.dumps({**(task.input or {}), **override}, ensure_ascii=False).encode())
    saved = {column: task.options[name] for name, column in _TASK_OPTIONS.items() if task.options.get(name) is not None}
    return _started(platform, exchange, actor, _options(exchange, {**saved, "task": task.id}), _checked(actor, given))


def _started(platform: Platform, exchange: Exchange, actor: Actor, options: RunOptions, given: RunInput) -> Run:
    user = caller_of(exchange).user
    webhooks = _webhooks(Query(exchange.call))
    run = platform.start(user, actor, options, given)
    for definition in webhooks:
        platform.webhooks.create(user.id, {**definition, "isAdHoc": True, "condition": {"actorRunId": run.id}})
    return run


def _options(exchange: Exchange, saved: dict[str, Any]) -> RunOptions:
    query = Query(exchange.call)
    chosen: dict[str, Any] = dict(saved)
    if query.given("build"):
        chosen["build"] = query.text("build")
    for name, column in (("memory", "memory"), ("timeout", "timeout"), ("maxItems", "max_items")):
        if query.given(name):
            chosen[column] = query.number(name, 0)
    if query.given("maxTotalChargeUsd"):
        chosen["max_charge_usd"] = query.decimal("maxTotalChargeUsd")
    if query.given("restartOnError"):
        chosen["restart_on_error"] = query.flag("restartOnError")
    agent = exchange.call.headers.get("user-agent")
    origin = "CLI" if "apify-cli" in agent.lower() else "ACTOR" if "isathome/true" in agent.lower() else "API"
    return RunOptions(**chosen, origin=origin, user_agent=agent)


def _checked(actor: Actor, given: RunInput) -> RunInput:
    """The input with the schema's defaults, where the Actor has a schema. Raises ``InvalidInput``."""
    if actor.input_schema is None:
        return given
    value = completed_input(actor.input_schema, _object(given) if given.body else {})
    problems = input_problems(actor.input_schema, value)
    if problems:
        raise InvalidInput(f"Input is not valid: {problems[0]}")
    return RunInput(json.dumps(value, ensure_ascii=False).encode())


def _object(given: RunInput) -> dict[str, Any]:
    try:
        value = json.loads(given.body)
    except ValueError:
        raise InvalidInput("Input is not valid: Input is not a valid JSON") from None
    if not isinstance(value, dict):
        raise InvalidInput("Input is not valid: Input must be a JSON object")
    return value


def _webhooks(query: Query) -> list[dict[str, Any]]:
    """The ``webhooks`` parameter: base64 of a JSON array."""
    if not query.given("webhooks"):
        return []
    try:
        value = json.loads(base64.b64decode(query.text("webhooks").replace(" ", "+"), validate=True))
    except (ValueError, binascii.Error):
        value = None
    if not isinstance(value, list) or not all(isinstance(each, dict) for each in value):
        raise InvalidRequest("Parameter webhooks must be a Base64-encoded JSON array", cause="webhooks_invalid")
    return value
