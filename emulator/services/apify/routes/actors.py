"""``/actors`` (and ``/acts``), ``/actor-builds`` and ``/actor-tasks``."""

from __future__ import annotations

from typing import Any

from ....kernel.http import Reply
from ....kernel.service import Exchange
from .. import wire
from ..actors import ActorSpec
from ..bodies import json_body, json_object, number_member, object_member, text_member
from ..errors import InvalidInput, InvalidRequest
from ..inputs import completed_input, input_problems
from ..platform import Platform
from ..query import Query
from .binding import bindings, caller_of, path_actor, path_task
from .runs import log_reply, run_items
from .starting import start_actor, start_task

__all__ = [
    "create",
    "create_task",
    "delete",
    "delete_task",
    "get",
    "get_build",
    "get_build_log",
    "get_default_build",
    "get_task",
    "get_task_input",
    "list_actor_builds",
    "list_actor_runs",
    "list_actors",
    "list_builds",
    "list_task_runs",
    "list_tasks",
    "start_build",
    "start_run",
    "start_task_run",
    "update",
    "update_task",
    "update_task_input",
    "validate_input",
]


@bindings.bind("apify.actors.list")
def list_actors(platform: Platform, exchange: Exchange) -> Reply:
    """The caller's Actors."""
    page = Query(exchange.call).page()
    total, found = platform.actors.listed(caller_of(exchange), page)
    names = ("id", "name", "username", "title", "createdAt", "modifiedAt")
    items = (wire.actor(platform, each) for each in found)
    return wire.collection(total, page, ({name: each[name] for name in names} for each in items))


@bindings.bind("apify.actors.create")
def create(platform: Platform, exchange: Exchange) -> Reply:
    """A new Actor."""
    given = json_object(exchange.call)
    options = _run_options(given)
    spec = ActorSpec(
        title=text_member(given, "title") or "",
        description=text_member(given, "description") or "",
        public=bool(given.get("isPublic")),
        **options,
    )
    name = _named(given)
    return wire.data(wire.actor(platform, platform.actors.add(caller_of(exchange).user.id, name, spec)), 201)


@bindings.bind("apify.actors.get")
def get(platform: Platform, exchange: Exchange) -> Reply:
    """One Actor."""
    return wire.data(wire.actor(platform, path_actor(platform, exchange)))


@bindings.bind("apify.actors.update")
def update(platform: Platform, exchange: Exchange) -> Reply:
    """Rename an Actor, or change its description, publicity or run options."""
    given = json_object(exchange.call)
    texts = {name: text_member(given, name) for name in ("name", "title", "description")}
    columns: dict[str, Any] = {name: text for name, text in texts.items() if text}
    if given.get("isPublic") is not None:
        columns["public"] = bool(given["isPublic"])
    columns |= _run_options(given)
    return wire.data(wire.actor(platform, platform.actors.change(path_actor(platform, exchange), **columns)))


@bindings.bind("apify.actors.delete")
def delete(platform: Platform, exchange: Exchange) -> Reply:
    """Remove an Actor."""
    platform.actors.delete(path_actor(platform, exchange))
    return Reply(204)


@bindings.bind("apify.actors.runs.list")
def list_actor_runs(platform: Platform, exchange: Exchange) -> Reply:
    """The caller's runs of an Actor."""
    query = Query(exchange.call)
    page, actor = query.page(), path_actor(platform, exchange)
    statuses = query.names("status")
    total, found = platform.runs.listed(caller_of(exchange), page, actor=actor.id, statuses=statuses)
    return wire.collection(total, page, run_items(platform, found))


@bindings.bind("apify.actors.runs.start")
def start_run(platform: Platform, exchange: Exchange) -> Reply:
    """Start an Actor."""
    run = start_actor(platform, exchange, path_actor(platform, exchange))
    return wire.data(wire.run(platform, run), 201)


@bindings.bind("apify.actors.validateInput")
def validate_input(platform: Platform, exchange: Exchange) -> Reply:
    """Whether an input fits the Actor's schema."""
    actor, value = path_actor(platform, exchange), json_body(exchange.call)
    if not isinstance(value, dict):
        raise InvalidInput("Input is not valid: Input must be a JSON object")
    schema = actor.input_schema or {"properties": {}}
    problems = input_problems(schema, completed_input(schema, value))
    if problems:
        raise InvalidInput(f"Input is not valid: {problems[0]}")
    return wire.data({"valid": True})


# -- builds ----------------------------------------------------------------------------------------------------


@bindings.bind("apify.actors.builds.list")
def list_actor_builds(platform: Platform, exchange: Exchange) -> Reply:
    """The caller's builds of an Actor."""
    page = Query(exchange.call).page()
    total, found = platform.actors.builds(caller_of(exchange), page, path_actor(platform, exchange))
    return wire.collection(total, page, map(wire.build, found))


@bindings.bind("apify.builds.list")
def list_builds(platform: Platform, exchange: Exchange) -> Reply:
    """Every build of the caller."""
    page = Query(exchange.call).page()
    total, found = platform.actors.builds(caller_of(exchange), page)
    return wire.collection(total, page, map(wire.build, found))


@bindings.bind("apify.actors.builds.start")
def start_build(platform: Platform, exchange: Exchange) -> Reply:
    """Build an Actor; there is nothing to compile here, so the build has succeeded at once."""
    actor, query = path_actor(platform, exchange), Query(exchange.call)
    number = platform.actors.next_number(actor, query.text("version", "0.0"))
    tag = query.text("tag") or actor.build
    found = platform.actors.build(actor, caller_of(exchange).user.id, number, tag, "API")
    return wire.data(wire.build(found), 201)


@bindings.bind("apify.actors.builds.default.get")
def get_default_build(platform: Platform, exchange: Exchange) -> Reply:
    """The build an Actor runs by default."""
    actor = path_actor(platform, exchange)
    return wire.data(wire.build(platform.actors.build_of(actor, actor.build)))


@bindings.bind("apify.builds.get", "apify.builds.abort")
def get_build(platform: Platform, exchange: Exchange) -> Reply:
    """One build. Aborting one that is over leaves it as it is."""
    found = platform.actors.build_by_id(exchange.path_parameters["buildId"], caller_of(exchange))
    return wire.data(wire.build(found))


@bindings.bind("apify.builds.log.get")
def get_build_log(platform: Platform, exchange: Exchange) -> Reply:
    """The log of a build."""
    found = platform.actors.build_by_id(exchange.path_parameters["buildId"], caller_of(exchange))
    return log_reply(platform, exchange, found.id)


# -- tasks -----------------------------------------------------------------------------------------------------


@bindings.bind("apify.tasks.list")
def list_tasks(platform: Platform, exchange: Exchange) -> Reply:
    """The caller's tasks."""
    page = Query(exchange.call).page()
    total, found = platform.actors.tasks(caller_of(exchange), page)
    return wire.collection(total, page, (wire.task(platform, each) for each in found))


@bindings.bind("apify.tasks.create")
def create_task(platform: Platform, exchange: Exchange) -> Reply:
    """A new task of an Actor."""
    given, caller = json_object(exchange.call), caller_of(exchange)
    wanted = text_member(given, "actId")
    if not wanted:
        raise InvalidRequest('Field "actId" is required', cause="task_incomplete")
    actor, options = platform.actors.find(wanted, caller), object_member(given, "options")
    task = platform.actors.add_task(actor, caller.user.id, _named(given), object_member(given, "input"), options)
    return wire.data(wire.task(platform, task), 201)


@bindings.bind("apify.tasks.get")
def get_task(platform: Platform, exchange: Exchange) -> Reply:
    """One task."""
    return wire.data(wire.task(platform, path_task(platform, exchange)))


@bindings.bind("apify.tasks.update")
def update_task(platform: Platform, exchange: Exchange) -> Reply:
    """Change a task's name, title, input or options."""
    given = json_object(exchange.call)
    columns: dict[str, Any] = {name: text_member(given, name) for name in ("name", "title")}
    columns |= {name: object_member(given, name) for name in ("input", "options")}
    columns = {name: value for name, value in columns.items() if value is not None}
    return wire.data(wire.task(platform, platform.actors.change_task(path_task(platform, exchange), **columns)))


@bindings.bind("apify.tasks.delete")
def delete_task(platform: Platform, exchange: Exchange) -> Reply:
    """Remove a task."""
    platform.actors.delete_task(path_task(platform, exchange))
    return Reply(204)


@bindings.bind("apify.tasks.input.get")
def get_task_input(platform: Platform, exchange: Exchange) -> Reply:
    """A task's saved input, without the envelope."""
    return Reply.json(path_task(platform, exchange).input or {})


@bindings.bind("apify.tasks.input.update")
def update_task_input(platform: Platform, exchange: Exchange) -> Reply:
    """Change members of a task's saved input."""
    task = path_task(platform, exchange)
    changed = platform.actors.change_task(task, input={**(task.input or {}), **json_object(exchange.call)})
    return Reply.json(changed.input)


@bindings.bind("apify.tasks.runs.list")
def list_task_runs(platform: Platform, exchange: Exchange) -> Reply:
    """The runs of a task."""
    query = Query(exchange.call)
    page, task = query.page(), path_task(platform, exchange)
    statuses = query.names("status")
    total, found = platform.runs.listed(caller_of(exchange), page, task=task.id, statuses=statuses)
    return wire.collection(total, page, run_items(platform, found))


@bindings.bind("apify.tasks.runs.start")
def start_task_run(platform: Platform, exchange: Exchange) -> Reply:
    """Start a task."""
    task = path_task(platform, exchange)
    run = start_task(platform, exchange, task, platform.actors.get(task.actor))
    return wire.data(wire.run(platform, run), 201)


def _run_options(given: dict[str, Any]) -> dict[str, Any]:
    """What ``defaultRunOptions`` sets, by the names of ``ActorSpec``."""
    options = object_member(given, "defaultRunOptions") or {}
    values = {
        "memory": number_member(options, "memoryMbytes"),
        "timeout": number_member(options, "timeoutSecs"),
        "build": text_member(options, "build"),
    }
    return {name: value for name, value in values.items() if value is not None}


def _named(given: dict[str, Any]) -> str:
    name = text_member(given, "name")
    if not name:
        raise InvalidRequest('Field "name" is required', cause="name_missing")
    return name
