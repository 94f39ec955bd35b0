"""What every route needs: its registration, the caller, and the thing a path means."""

from __future__ import annotations

from collections.abc import Callable

from ....kernel.bindings import Bindings
from ....kernel.http import Reply
from ....kernel.pipeline import is_loopback
from ....kernel.service import Exchange
from .. import surface
from ..actors import Actor, Task
from ..errors import TokenNotProvided
from ..platform import Platform
from ..query import Query
from ..runs import Run
from ..settings import API_URL
from ..storages import Kind, Storage
from ..users import Caller

__all__ = ["Handler", "bindings", "caller_of", "path_actor", "path_run", "path_storage", "path_task", "public_base"]

Handler = Callable[[Platform, Exchange], Reply]
bindings: Bindings[Handler] = Bindings(surface.OPERATIONS)

_RUN_STORAGE: dict[Kind, str] = {"dataset": "dataset", "key-value-store": "store", "request-queue": "queue"}


def caller_of(exchange: Exchange) -> Caller:
    """Who calls. Raises ``TokenNotProvided`` where nobody said so."""
    caller: Caller | None = exchange.state.get("caller")
    if caller is None:
        raise TokenNotProvided
    return caller


def path_run(platform: Platform, exchange: Exchange) -> Run:
    """The run a path means, by id or as the last one of an Actor or task, settled."""
    caller, query, path = caller_of(exchange), Query(exchange.call), exchange.path_parameters
    if "runId" in path:
        return platform.life.settle(platform.runs.find(path["runId"], caller))
    chosen = {"status": query.text("status"), "origin": query.text("origin")}
    if "taskId" in path:
        task = platform.actors.task(path["taskId"], caller)
        return platform.life.settle(platform.runs.last(caller, task=task.id, **chosen))
    actor = platform.actors.find(path["actorId"], caller)
    return platform.life.settle(platform.runs.last(caller, actor=actor.id, **chosen))


def path_storage(platform: Platform, exchange: Exchange, kind: Kind, *, write: bool = False) -> Storage:
    """The storage a path means: its own id or name, or the default one of a run."""
    if "storageId" in exchange.path_parameters:
        segment = exchange.path_parameters["storageId"]
    else:
        segment = getattr(path_run(platform, exchange), _RUN_STORAGE[kind])
    return platform.storages.find(kind, segment, exchange.state.get("caller"), write=write)


def path_actor(platform: Platform, exchange: Exchange) -> Actor:
    """The Actor a path means."""
    return platform.actors.find(exchange.path_parameters["actorId"], exchange.state.get("caller"))


def path_task(platform: Platform, exchange: Exchange) -> Task:
    """The task a path means."""
    return platform.actors.task(exchange.path_parameters["taskId"], caller_of(exchange))


def public_base(exchange: Exchange) -> str:
    """The base of public URLs: the vendor's, or for a caller on loopback the address it came to."""
    call = exchange.call
    if not is_loopback(call.host):
        return API_URL
    return f"{call.scheme}://{call.headers.get('host') or call.host}"
