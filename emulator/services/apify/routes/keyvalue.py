"""``/key-value-stores``."""

from __future__ import annotations

from ....kernel.http import Headers, Reply
from ....kernel.service import Exchange
from .. import wire
from ..bodies import RECORD_LIMIT, decoded_body, json_object
from ..errors import InvalidSignature, NotFound
from ..platform import Platform
from ..query import Query
from ..records import Record
from ..signatures import verifies_record, verifies_storage
from ..storages import Kind, Storage
from .binding import bindings, caller_of, path_storage, public_base

__all__ = ["create", "delete", "delete_record", "get", "get_record", "list_keys", "list_stores", "put_record", "update"]

KIND: Kind = "key-value-store"
MOST_KEYS = 1000


@bindings.bind("apify.keyValueStores.list")
def list_stores(platform: Platform, exchange: Exchange) -> Reply:
    """The caller's stores, named ones only unless ``unnamed``."""
    query = Query(exchange.call)
    page = query.page()
    total, found = platform.storages.listed(KIND, caller_of(exchange), page, unnamed=query.flag("unnamed"))
    return wire.collection(total, page, (wire.store(platform, each) for each in found))


@bindings.bind("apify.keyValueStores.create")
def create(platform: Platform, exchange: Exchange) -> Reply:
    """The store of a name, or a new one."""
    name = Query(exchange.call).text("name") or None
    found, new = platform.storages.open_or_create(KIND, caller_of(exchange), name)
    return wire.data(wire.store(platform, found, base=public_base(exchange)), 201 if new else 200)


@bindings.bind("apify.keyValueStores.get")
def get(platform: Platform, exchange: Exchange) -> Reply:
    """One store."""
    found = path_storage(platform, exchange, KIND)
    return wire.data(wire.store(platform, found, base=public_base(exchange)))


@bindings.bind("apify.keyValueStores.update")
def update(platform: Platform, exchange: Exchange) -> Reply:
    """Rename, retitle or open a store."""
    found = platform.storages.update(path_storage(platform, exchange, KIND, write=True), json_object(exchange.call))
    return wire.data(wire.store(platform, found, base=public_base(exchange)))


@bindings.bind("apify.keyValueStores.delete")
def delete(platform: Platform, exchange: Exchange) -> Reply:
    """Remove a store and its records."""
    platform.storages.delete(path_storage(platform, exchange, KIND, write=True))
    return Reply(204)


@bindings.bind("apify.keyValueStores.keys.list")
def list_keys(platform: Platform, exchange: Exchange) -> Reply:
    """Keys in byte order, with sizes and public URLs."""
    query = Query(exchange.call)
    found = _readable(platform, exchange)
    limit = query.number("limit", MOST_KEYS, most=MOST_KEYS) or MOST_KEYS
    after = query.text("exclusiveStartKey")
    page = platform.records.keys(found, after=after, prefix=query.text("prefix"), limit=limit)
    base = public_base(exchange)
    items = [
        {"key": key, "size": size, "recordPublicUrl": wire.record_url(found, key, base=base)} for key, size in page.keys
    ]
    return wire.data(
        {
            "items": items,
            "count": len(items),
            "limit": limit,
            "exclusiveStartKey": after or None,
            "isTruncated": page.truncated,
            "nextExclusiveStartKey": items[-1]["key"] if page.truncated else None,
        }
    )


@bindings.bind("apify.keyValueStores.records.get")
def get_record(platform: Platform, exchange: Exchange) -> Reply:
    """A record's bytes under the content type it was stored with; a local ``__CLI_INPUT`` is the run's input."""
    found, key = _readable(platform, exchange), exchange.path_parameters["key"]
    record = platform.records.get(found, key)
    if record is None and key.startswith("__CLI_"):
        # `apify run` names its own temporary input, which on the platform nobody stored.
        record = platform.records.get(found, "INPUT")
    if record is None:
        raise NotFound("Record")
    headers = Headers([("Content-Type", record.content_type)])
    if Query(exchange.call).flag("attachment"):
        headers = headers.adding([("Content-Disposition", f'attachment; filename="{key}"')])
    return Reply(200, headers, record.body)


@bindings.bind("apify.keyValueStores.records.put")
def put_record(platform: Platform, exchange: Exchange) -> Reply:
    """Store the body, decoded, under its content type."""
    found = path_storage(platform, exchange, KIND, write=True)
    content_type = exchange.call.headers.get("content-type") or "application/octet-stream"
    body = decoded_body(exchange.call, RECORD_LIMIT)
    platform.records.put(found, Record(exchange.path_parameters["key"], content_type, body))
    return Reply.json({}, 201)


@bindings.bind("apify.keyValueStores.records.delete")
def delete_record(platform: Platform, exchange: Exchange) -> Reply:
    """Remove a record; one that is not there is removed too."""
    platform.records.delete(path_storage(platform, exchange, KIND, write=True), exchange.path_parameters["key"])
    return Reply(204)


def _readable(platform: Platform, exchange: Exchange) -> Storage:
    """The store of the path, for a caller with access or with a signature for what is asked."""
    signature, key = Query(exchange.call).text("signature"), exchange.path_parameters.get("key")
    if not signature or "storageId" not in exchange.path_parameters:
        return path_storage(platform, exchange, KIND)
    found = platform.storages.lookup(KIND, exchange.path_parameters["storageId"], exchange.state.get("caller"))
    now = platform.kernel.clock.milliseconds()
    valid = verifies_storage(found.signing_key, found.id, signature, now) or (
        key is not None and verifies_record(found.signing_key, key, signature)
    )
    if not valid:
        raise InvalidSignature
    return found
