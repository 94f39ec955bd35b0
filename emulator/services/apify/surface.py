"""The surface of the Apify API as the SDKs, the clients and the command line use it.

Paths stand below ``/v2``. Actor routes exist twice, under ``/acts`` and ``/actors``; runs and their default storages
are also reached through the last run of an Actor or a task. One operation id stands for all spellings of a thing.
Source: the vendor's OpenAPI document and the paths its clients were seen to send.
"""

from __future__ import annotations

from collections.abc import Iterator

from ...kernel.http import Call
from ...kernel.operations import Match, Operation, Router, WrongVerb
from ...kernel.pipeline import is_loopback

__all__ = ["HOST", "OPERATIONS", "PREFIX", "find"]

HOST = "api.apify.com"
PREFIX = "/v2"

_ACTORS = ("/actors/{actorId}", "/acts/{actorId}")
_TASK = "/actor-tasks/{taskId}"
_LAST = (*(f"{actor}/runs/last" for actor in _ACTORS), f"{_TASK}/runs/last")
_RUNS = ("/actor-runs/{runId}", *(f"{actor}/runs/{{runId}}" for actor in _ACTORS), *_LAST)

# Where an object of each collection is found, and what can be asked of it: operation suffix, verb, further path.
_COLLECTIONS: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("apify.keyValueStores", ("/key-value-stores",)),
    ("apify.datasets", ("/datasets",)),
    ("apify.requestQueues", ("/request-queues",)),
    ("apify.actors", ("/actors", "/acts")),
    ("apify.tasks", ("/actor-tasks",)),
    ("apify.webhooks", ("/webhooks",)),
)
_OBJECTS: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("apify.keyValueStores", ("/key-value-stores/{storageId}", *(f"{run}/key-value-store" for run in _RUNS))),
    ("apify.datasets", ("/datasets/{storageId}", *(f"{run}/dataset" for run in _RUNS))),
    ("apify.requestQueues", ("/request-queues/{storageId}", *(f"{run}/request-queue" for run in _RUNS))),
    ("apify.actors", _ACTORS),
    ("apify.tasks", (_TASK,)),
    ("apify.webhooks", ("/webhooks/{webhookId}",)),
    ("apify.runs", _RUNS),
)
_CRUD = (("get", "GET", ""), ("update", "PUT", ""), ("delete", "DELETE", ""))
_PARTS: dict[str, tuple[tuple[str, str, str], ...]] = {
    "apify.keyValueStores": (
        ("keys.list", "GET", "/keys"),
        ("records.get", "GET", "/records/{key}"),
        ("records.put", "PUT", "/records/{key}"),
        ("records.put", "POST", "/records/{key}"),
        ("records.delete", "DELETE", "/records/{key}"),
    ),
    "apify.datasets": (
        ("items.list", "GET", "/items"),
        ("items.push", "POST", "/items"),
        ("statistics.get", "GET", "/statistics"),
    ),
    "apify.requestQueues": (
        ("head.get", "GET", "/head"),
        ("head.lock", "POST", "/head/lock"),
        ("requests.list", "GET", "/requests"),
        ("requests.add", "POST", "/requests"),
        ("requests.batch.add", "POST", "/requests/batch"),
        ("requests.batch.delete", "DELETE", "/requests/batch"),
        ("requests.unlock", "POST", "/requests/unlock"),
        ("requests.get", "GET", "/requests/{requestId}"),
        ("requests.update", "PUT", "/requests/{requestId}"),
        ("requests.delete", "DELETE", "/requests/{requestId}"),
        ("requests.lock.prolong", "PUT", "/requests/{requestId}/lock"),
        ("requests.lock.delete", "DELETE", "/requests/{requestId}/lock"),
    ),
    "apify.actors": (
        ("runs.list", "GET", "/runs"),
        ("runs.start", "POST", "/runs"),
        ("builds.list", "GET", "/builds"),
        ("builds.start", "POST", "/builds"),
        ("builds.default.get", "GET", "/builds/default"),
        ("validateInput", "POST", "/validate-input"),
        ("webhooks.list", "GET", "/webhooks"),
    ),
    "apify.tasks": (
        ("runs.list", "GET", "/runs"),
        ("runs.start", "POST", "/runs"),
        ("input.get", "GET", "/input"),
        ("input.update", "PUT", "/input"),
        ("webhooks.list", "GET", "/webhooks"),
    ),
    "apify.webhooks": (("test", "POST", "/test"), ("dispatches.list", "GET", "/dispatches")),
    "apify.runs": (
        ("abort", "POST", "/abort"),
        ("metamorph", "POST", "/metamorph"),
        ("reboot", "POST", "/reboot"),
        ("resurrect", "POST", "/resurrect"),
        ("charge", "POST", "/charge"),
        ("log.get", "GET", "/log"),
    ),
}
_SINGLE = (
    ("apify.users.me.get", "GET", "/users/me"),
    ("apify.users.me.limits.get", "GET", "/users/me/limits"),
    ("apify.users.get", "GET", "/users/{userId}"),
    ("apify.runs.list", "GET", "/actor-runs"),
    ("apify.builds.list", "GET", "/actor-builds"),
    ("apify.builds.get", "GET", "/actor-builds/{buildId}"),
    ("apify.builds.abort", "POST", "/actor-builds/{buildId}/abort"),
    ("apify.builds.log.get", "GET", "/actor-builds/{buildId}/log"),
    ("apify.logs.get", "GET", "/logs/{jobId}"),
    ("apify.webhookDispatches.list", "GET", "/webhook-dispatches"),
    ("apify.webhookDispatches.get", "GET", "/webhook-dispatches/{dispatchId}"),
)


def find(call: Call) -> Match | WrongVerb | None:
    """The operation of a call. On the loopback base URL the prefix was taken off before; on the host it is here."""
    path = call.path
    if not is_loopback(call.host):
        if not path.startswith(PREFIX + "/"):
            return None
        path = path[len(PREFIX) :]
    return _ROUTER.match(call.verb, path.rstrip("/") or "/")


def _spellings() -> Iterator[Operation]:
    """Every path of every operation, as an operation of its own."""
    for name, paths in _COLLECTIONS:
        for path in paths:
            yield Operation(f"{name}.list", "GET", path)
            yield Operation(f"{name}.create", "POST", path)
    for name, paths in _OBJECTS:
        for path in paths:
            for suffix, verb, further in (*_CRUD, *_PARTS[name]):
                yield Operation(f"{name}.{suffix}", verb, path + further)
    for operation, verb, path in _SINGLE:
        yield Operation(operation, verb, path)


_ALL = tuple(_spellings())
_ROUTER = Router(_ALL)
OPERATIONS = tuple({operation.id: operation for operation in reversed(_ALL)}.values())[::-1]
"""Every operation once, under the first of its paths."""
