"""``/request-queues``."""

from __future__ import annotations

import base64
import binascii
import json
from typing import Any

from ....kernel.http import Reply
from ....kernel.service import Exchange
from .. import wire
from ..bodies import json_body, json_object
from ..errors import ApifyError, InvalidRequest, InvalidValue, NotFound
from ..platform import Platform
from ..query import Query
from ..queues import Filter, request_id
from ..storages import Kind, Storage
from .binding import bindings, caller_of, path_storage

__all__ = [
    "add",
    "add_batch",
    "create",
    "delete",
    "delete_batch",
    "delete_request",
    "get",
    "get_request",
    "head",
    "list_queues",
    "list_requests",
    "lock_head",
    "prolong_lock",
    "unlock",
    "unlock_all",
    "update",
    "update_request",
]

KIND: Kind = "request-queue"
MOST_LOCKED = 25
MOST_HEAD = 1000
MOST_REQUESTS = 10_000
MOST_BATCH = 25
MOST_LOCK_SECONDS = 3600


@bindings.bind("apify.requestQueues.list")
def list_queues(platform: Platform, exchange: Exchange) -> Reply:
    """The caller's queues, named ones only unless ``unnamed``."""
    query = Query(exchange.call)
    page = query.page()
    total, found = platform.storages.listed(KIND, caller_of(exchange), page, unnamed=query.flag("unnamed"))
    return wire.collection(total, page, (wire.queue(platform, each) for each in found))


@bindings.bind("apify.requestQueues.create")
def create(platform: Platform, exchange: Exchange) -> Reply:
    """The queue of a name, or a new one."""
    name = Query(exchange.call).text("name") or None
    found, new = platform.storages.open_or_create(KIND, caller_of(exchange), name)
    return wire.data(wire.queue(platform, found), 201 if new else 200)


@bindings.bind("apify.requestQueues.get")
def get(platform: Platform, exchange: Exchange) -> Reply:
    """One queue."""
    return wire.data(wire.queue(platform, path_storage(platform, exchange, KIND)))


@bindings.bind("apify.requestQueues.update")
def update(platform: Platform, exchange: Exchange) -> Reply:
    """Rename, retitle or open a queue."""
    found = platform.storages.update(path_storage(platform, exchange, KIND, write=True), json_object(exchange.call))
    return wire.data(wire.queue(platform, found))


@bindings.bind("apify.requestQueues.delete")
def delete(platform: Platform, exchange: Exchange) -> Reply:
    """Remove a queue and its requests."""
    platform.storages.delete(path_storage(platform, exchange, KIND, write=True))
    return Reply(204)


@bindings.bind("apify.requestQueues.head.get")
def head(platform: Platform, exchange: Exchange) -> Reply:
    """The next requests, unlocked."""
    queue, _ = _opened(platform, exchange)
    limit = Query(exchange.call).number("limit", 100, least=1, most=MOST_HEAD)
    items = [wire.queue_head(each) for each in platform.queues.head(queue, limit)]
    return wire.data(_head(platform, queue, limit, items))


@bindings.bind("apify.requestQueues.head.lock")
def lock_head(platform: Platform, exchange: Exchange) -> Reply:
    """The next requests, held by this client from now on."""
    queue, client = _opened(platform, exchange, write=True)
    query = Query(exchange.call)
    limit = query.number("limit", MOST_LOCKED, least=1, most=MOST_LOCKED)
    seconds = _lock_seconds(query)
    items = [wire.queue_head(each, locked=True) for each in platform.queues.lock_head(queue, limit, seconds, client)]
    return wire.data(
        {
            **_head(platform, queue, limit, items),
            "lockSecs": seconds,
            "queueHasLockedRequests": platform.queues.has_locked(queue),
            "clientKey": client,
        }
    )


@bindings.bind("apify.requestQueues.requests.list")
def list_requests(platform: Platform, exchange: Exchange) -> Reply:
    """Requests in the order of their ids, page by page."""
    queue, _ = _opened(platform, exchange)
    query = Query(exchange.call)
    limit = query.number("limit", MOST_REQUESTS, least=1, most=MOST_REQUESTS)
    after = _after(query.text("cursor")) if query.given("cursor") else query.text("exclusiveStartId")
    found = platform.queues.listed(queue, after, limit, _filters(query))
    following = {"nextCursor": _cursor(found[-1].id)} if len(found) == limit else {}
    started = {"exclusiveStartId": after} if query.given("exclusiveStartId") else {}
    return wire.data({"items": [each.request for each in found], "limit": limit, **started, **following})


@bindings.bind("apify.requestQueues.requests.add")
def add(platform: Platform, exchange: Exchange) -> Reply:
    """Add one request, once for each unique key."""
    queue, _ = _opened(platform, exchange, write=True)
    forefront = Query(exchange.call).flag("forefront")
    return wire.data(wire.added(platform.queues.add(queue, json_object(exchange.call), forefront=forefront)), 201)


@bindings.bind("apify.requestQueues.requests.batch.add")
def add_batch(platform: Platform, exchange: Exchange) -> Reply:
    """Add up to 25 requests; those that are incomplete come back unprocessed."""
    queue, _ = _opened(platform, exchange, write=True)
    forefront = Query(exchange.call).flag("forefront")
    processed, unprocessed = [], []
    for request in _batch(exchange):
        try:
            processed.append(wire.added(platform.queues.add(queue, request, forefront=forefront), with_key=True))
        except InvalidRequest:
            names = ("uniqueKey", "url", "method")
            unprocessed.append({name: request.get(name) for name in names if request.get(name) is not None})
    return wire.data({"processedRequests": processed, "unprocessedRequests": unprocessed}, 201)


@bindings.bind("apify.requestQueues.requests.batch.delete")
def delete_batch(platform: Platform, exchange: Exchange) -> Reply:
    """Remove up to 25 requests, named by id or unique key."""
    queue, client = _opened(platform, exchange, write=True)
    processed, unprocessed = [], []
    for request in _batch(exchange):
        wanted = request.get("id") or (request_id(request["uniqueKey"]) if request.get("uniqueKey") else "")
        try:
            platform.queues.delete(queue, wanted, client)
            processed.append({name: request[name] for name in ("id", "uniqueKey") if request.get(name)})
        except ApifyError:
            unprocessed.append({"uniqueKey": request.get("uniqueKey", ""), "url": request.get("url", "")})
    return wire.data({"processedRequests": processed, "unprocessedRequests": unprocessed})


@bindings.bind("apify.requestQueues.requests.unlock")
def unlock_all(platform: Platform, exchange: Exchange) -> Reply:
    """Give back everything this client holds."""
    queue, client = _opened(platform, exchange, write=True)
    return wire.data({"unlockedCount": platform.queues.unlock_all(queue, client)})


@bindings.bind("apify.requestQueues.requests.get")
def get_request(platform: Platform, exchange: Exchange) -> Reply:
    """One request whole."""
    queue, _ = _opened(platform, exchange)
    found = platform.queues.get(queue, exchange.path_parameters["requestId"])
    if found is None:
        raise NotFound("Request")
    return wire.data(found.request)


@bindings.bind("apify.requestQueues.requests.update")
def update_request(platform: Platform, exchange: Exchange) -> Reply:
    """Replace a request: with ``handledAt`` it is done, without it goes back; its lock ends either way."""
    queue, client = _opened(platform, exchange, write=True)
    request = {**json_object(exchange.call), "id": exchange.path_parameters["requestId"]}
    forefront = Query(exchange.call).flag("forefront")
    return wire.data(wire.added(platform.queues.update(queue, request, client, forefront=forefront)))


@bindings.bind("apify.requestQueues.requests.delete")
def delete_request(platform: Platform, exchange: Exchange) -> Reply:
    """Remove a request."""
    queue, client = _opened(platform, exchange, write=True)
    if not platform.queues.delete(queue, exchange.path_parameters["requestId"], client):
        raise NotFound("Request")
    return Reply(204)


@bindings.bind("apify.requestQueues.requests.lock.prolong")
def prolong_lock(platform: Platform, exchange: Exchange) -> Reply:
    """Hold a request longer."""
    queue, client = _opened(platform, exchange, write=True)
    query = Query(exchange.call)
    until = platform.queues.prolong(
        queue,
        exchange.path_parameters["requestId"],
        _lock_seconds(query),
        client,
        forefront=query.flag("forefront"),
    )
    return wire.data({"lockExpiresAt": wire.instant(until)})


@bindings.bind("apify.requestQueues.requests.lock.delete")
def unlock(platform: Platform, exchange: Exchange) -> Reply:
    """Give one request back."""
    queue, client = _opened(platform, exchange, write=True)
    forefront = Query(exchange.call).flag("forefront")
    platform.queues.unlock(queue, exchange.path_parameters["requestId"], client, forefront=forefront)
    return Reply(204)


def _opened(platform: Platform, exchange: Exchange, *, write: bool = False) -> tuple[Storage, str]:
    """The queue of the path and the client's key; a run without a key is told by its token."""
    queue = path_storage(platform, exchange, KIND, write=write)
    client = Query(exchange.call).text("clientKey")
    if len(client) > 32:
        raise InvalidValue("clientKey must have between 1 and 32 characters")
    platform.queues.meet_client(queue, client)
    return queue, client


def _head(platform: Platform, queue: Storage, limit: int, items: list[dict[str, Any]]) -> dict[str, Any]:
    return {
        "limit": limit,
        "queueModifiedAt": wire.instant(queue.modified_at),
        "hadMultipleClients": platform.queues.had_multiple_clients(queue.id),
        "items": items,
    }


def _lock_seconds(query: Query) -> int:
    if not query.given("lockSecs"):
        raise InvalidRequest("Parameter lockSecs is required", cause="parameter_missing")
    return query.number("lockSecs", 0, least=1, most=MOST_LOCK_SECONDS)


def _batch(exchange: Exchange) -> list[dict[str, Any]]:
    value = json_body(exchange.call)
    if not isinstance(value, list) or not all(isinstance(each, dict) for each in value):
        raise InvalidRequest("Request body must be an array of objects", cause="body_not_array")
    if len(value) > MOST_BATCH:
        raise InvalidRequest(f"A batch may hold at most {MOST_BATCH} requests", cause="batch_too_large")
    return value


def _filters(query: Query) -> tuple[Filter, ...]:
    chosen: list[Filter] = []
    for name in query.names("filter"):
        if name == "locked":
            chosen.append("locked")
        elif name == "pending":
            chosen.append("pending")
        else:
            raise InvalidValue("filter must be locked or pending")
    return tuple(chosen)


def _cursor(request: str) -> str:
    return base64.urlsafe_b64encode(json.dumps({"requestId": request}).encode()).decode().rstrip("=")


def _after(cursor: str) -> str:
    try:
        text = base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4))
        return str(json.loads(text)["requestId"])
    except (ValueError, KeyError, TypeError, binascii.Error):
        raise InvalidValue("cursor is not valid") from None
