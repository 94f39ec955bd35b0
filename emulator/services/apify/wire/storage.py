"""Datasets, key-value stores, request queues and what is in them."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from ....kernel.http import encode_segment
from ..queues import Added, Queued
from ..settings import API_URL
from ..signatures import record_signature, storage_signature
from ..storages import Storage
from .envelope import CONSOLE, instant

if TYPE_CHECKING:
    from ..platform import Platform

__all__ = ["added", "dataset", "queue", "queue_head", "record_url", "store"]


def store(platform: Platform, found: Storage, *, base: str = API_URL) -> dict[str, Any]:
    """A key-value store."""
    signature = storage_signature(found.signing_key, found.id)
    return {
        **_storage(platform, found),
        "consoleUrl": f"{CONSOLE}/storage/key-value-stores/{found.id}",
        "keysPublicUrl": f"{base}/v2/key-value-stores/{found.id}/keys?signature={signature}",
        "recordsPublicUrl": f"{base}/v2/key-value-stores/{found.id}/records",
        "urlSigningSecretKey": found.signing_key,
        "stats": {
            "readCount": found.reads,
            "writeCount": found.writes,
            "deleteCount": found.deletes,
            "listCount": found.lists,
            "storageBytes": found.bytes,
        },
    }


def dataset(platform: Platform, found: Storage, *, base: str = API_URL) -> dict[str, Any]:
    """A dataset. ``cleanItemCount`` counts every item, as none is left out before it is read."""
    signature = storage_signature(found.signing_key, found.id)
    return {
        **_storage(platform, found),
        "itemCount": found.items,
        "cleanItemCount": found.items,
        "fields": None,
        "schema": None if found.fields_schema is None else {"fields": json.loads(found.fields_schema)},
        "consoleUrl": f"{CONSOLE}/storage/datasets/{found.id}",
        "itemsPublicUrl": f"{base}/v2/datasets/{found.id}/items?signature={signature}",
        "urlSigningSecretKey": found.signing_key,
        "stats": {"readCount": found.reads, "writeCount": found.writes, "storageBytes": found.bytes},
    }


def queue(platform: Platform, found: Storage) -> dict[str, Any]:
    """A request queue."""
    handled = platform.queues.handled_count(found.id)
    return {
        **_storage(platform, found),
        "totalRequestCount": found.items,
        "handledRequestCount": handled,
        "pendingRequestCount": found.items - handled,
        "hadMultipleClients": platform.queues.had_multiple_clients(found.id),
        "consoleUrl": f"{CONSOLE}/storage/request-queues/{found.id}",
        "stats": {
            "readCount": found.reads,
            "writeCount": found.writes,
            "deleteCount": found.deletes,
            "storageBytes": found.bytes,
        },
    }


def record_url(found: Storage, key: str, *, base: str = API_URL) -> str:
    """The public URL of a record, signed."""
    signature = record_signature(found.signing_key, key)
    return f"{base}/v2/key-value-stores/{found.id}/records/{encode_segment(key)}?signature={signature}"


def _storage(platform: Platform, found: Storage) -> dict[str, Any]:
    return {
        "id": found.id,
        "name": found.name,
        "title": found.title,
        "userId": found.owner,
        "username": platform.users.get(found.owner).username,
        "createdAt": instant(found.created_at),
        "modifiedAt": instant(found.modified_at),
        "accessedAt": instant(found.accessed_at),
        "actId": found.actor,
        "actRunId": found.run,
        "generalAccess": found.general_access,
    }


def added(result: Added, *, with_key: bool = False) -> dict[str, Any]:
    """What became of a request; batches name its unique key too."""
    key = {"uniqueKey": result.unique_key} if with_key else {}
    return {
        "requestId": result.request_id,
        **key,
        "wasAlreadyPresent": result.present,
        "wasAlreadyHandled": result.handled,
    }


def queue_head(request: Queued, *, locked: bool = False) -> dict[str, Any]:
    """A request as the head of a queue shows it."""
    lock = {"lockExpiresAt": instant(request.lock_until)} if locked else {}
    return {
        "id": request.id,
        "uniqueKey": request.unique_key,
        "url": request.request["url"],
        "method": request.request["method"],
        "retryCount": request.request["retryCount"],
        **lock,
    }
