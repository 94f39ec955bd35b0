"""Records to the objects of the API. Members and their order after the vendor's OpenAPI document."""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from ...kernel.clock import rfc3339
from ...kernel.http import Reply, encode_segment
from .actors import Actor, Build, Task
from .pricing import is_pay_per_event
from .queues import Added, Queued
from .runs import Run
from .settings import API_URL
from .signatures import record_signature, storage_signature
from .storages import Page, Storage
from .users import User
from .webhooks import Dispatch, Webhook

if TYPE_CHECKING:
    from .platform import Platform

__all__ = [
    "actor",
    "added",
    "build",
    "collection",
    "data",
    "dataset",
    "dispatch",
    "instant",
    "limits",
    "private_user",
    "public_user",
    "queue",
    "queue_head",
    "record_url",
    "run",
    "run_item",
    "store",
    "task",
    "webhook",
]

CONSOLE = "https://console.apify.com"
USD_PER_COMPUTE_UNIT = 0.4
FEATURES = (
    *("ACTORS", "STORAGE", "SCHEDULER", "PROXY", "PROXY_EXTERNAL_ACCESS", "PROXY_RESIDENTIAL", "PROXY_SERPS"),
    *("WEBHOOKS", "ACTORS_PUBLIC_ALL", "ACTORS_PUBLIC_DEVELOPER"),
)
_ENABLED = {
    "isEnabled": True,
    "disabledReason": None,
    "disabledReasonType": None,
    "isTrial": False,
    "trialExpirationAt": None,
}
PROXY_GROUPS = (("SHADER", "Shared datacenter proxies", 10), ("RESIDENTIAL", "Residential proxies", 1000))


def data(value: Any, status: int = 200) -> Reply:
    """A reply with ``value`` in the API's envelope."""
    return Reply.json({"data": value}, status)


def instant(seconds: float | None) -> str | None:
    """Virtual seconds as the API writes dates."""
    return None if seconds is None else rfc3339(datetime.fromtimestamp(seconds, UTC))


def collection(total: int, page: Page, items: Iterable[dict[str, Any]]) -> Reply:
    """One page of a collection."""
    listed = list(items)
    return data(
        {
            "total": total,
            "offset": page.offset,
            "limit": page.limit,
            "desc": page.desc,
            "count": len(listed),
            "items": listed,
        }
    )


# -- users -----------------------------------------------------------------------------------------------------


def private_user(user: User) -> dict[str, Any]:
    """``/users/me``: the account as its owner sees it."""
    return {
        "id": user.id,
        "username": user.username,
        "profile": {"name": user.username},
        "email": user.email,
        "proxy": {
            "password": user.proxy_password,
            "groups": [
                {"name": name, "description": text, "availableCount": count} for name, text, count in PROXY_GROUPS
            ],
        },
        "plan": _plan(user),
        "effectivePlatformFeatures": {name: dict(_ENABLED) for name in FEATURES},
        "createdAt": instant(user.created_at),
        "isPaying": user.paying,
    }


def public_user(user: User) -> dict[str, Any]:
    """The account as others see it."""
    return {"username": user.username, "profile": {"name": user.username}}


def limits(user: User, now: float) -> dict[str, Any]:
    """``/users/me/limits``: the month's bounds and use."""
    month = datetime.fromtimestamp(now, UTC).replace(day=1, hour=0, minute=0, second=0, microsecond=0)
    following = month.replace(year=month.year + month.month // 12, month=month.month % 12 + 1)
    cycle = {"startAt": rfc3339(month), "endAt": rfc3339(datetime.fromtimestamp(following.timestamp() - 0.001, UTC))}
    return {
        "monthlyUsageCycle": cycle,
        "limits": {
            "maxMonthlyUsageUsd": user.usage_limit_usd,
            "maxMonthlyActorComputeUnits": 1000,
            "maxMonthlyExternalDataTransferGbytes": 20,
            "maxMonthlyProxySerps": 50000,
            "maxMonthlyResidentialProxyGbytes": 10,
            "maxActorMemoryGbytes": user.memory_limit / 1024,
            "maxActorCount": 100,
            "maxActorTaskCount": 1000,
            "maxConcurrentActorJobs": 25,
            "maxTeamAccountSeatCount": 1,
            "maxScheduleCount": 100,
            "dataRetentionDays": 7,
        },
        "current": {
            "monthlyUsageUsd": user.usage_usd,
            "monthlyActorComputeUnits": user.usage_usd / USD_PER_COMPUTE_UNIT,
            "monthlyExternalDataTransferGbytes": 0,
            "monthlyProxySerps": 0,
            "monthlyResidentialProxyGbytes": 0,
            "actorMemoryGbytes": 0,
            "actorCount": 0,
            "actorTaskCount": 0,
            "activeActorJobCount": 0,
            "teamAccountSeatCount": 1,
            "scheduleCount": 0,
        },
    }


def _plan(user: User) -> dict[str, Any]:
    return {
        "id": user.plan,
        "description": f"{user.plan.capitalize()} plan",
        "isEnabled": True,
        "monthlyBasePriceUsd": 0,
        "monthlyUsageCreditsUsd": user.usage_limit_usd,
        "maxMonthlyUsageUsd": user.usage_limit_usd,
        "maxActorMemoryGbytes": user.memory_limit / 1024,
        "availableProxyGroups": {name: count for name, _, count in PROXY_GROUPS},
        "tier": user.plan,
    }


# -- storages --------------------------------------------------------------------------------------------------


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


# -- requests --------------------------------------------------------------------------------------------------


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


# -- runs and what is run --------------------------------------------------------------------------------------


def run(platform: Platform, found: Run) -> dict[str, Any]:
    """A run."""
    now = found.finished_at if found.finished_at is not None else platform.kernel.clock.time()
    seconds = max(0.0, now - found.started_at)
    units = found.memory / 1024 * seconds / 3600
    spent = float(platform.life.charged_usd(found)) if is_pay_per_event(found.pricing) else units * USD_PER_COMPUTE_UNIT
    ended = {"exitCode": found.exit_code} if found.exit_code is not None else {}
    priced = {"pricingInfo": found.pricing, "chargedEventCounts": found.charges} if found.pricing else {}
    return {
        "id": found.id,
        "actId": found.actor,
        "userId": found.owner,
        "actorTaskId": found.task,
        "startedAt": instant(found.started_at),
        "finishedAt": instant(found.finished_at),
        "status": found.status,
        "statusMessage": found.message,
        "isStatusMessageTerminal": None if found.message_terminal is None else bool(found.message_terminal),
        "meta": {"origin": found.origin, "userAgent": found.user_agent},
        "stats": _run_stats(found, seconds, units),
        "options": _run_options(found),
        "buildId": found.build,
        **ended,
        "generalAccess": found.general_access,
        "defaultKeyValueStoreId": found.store,
        "defaultDatasetId": found.dataset,
        "defaultRequestQueueId": found.queue,
        "storageIds": {
            "datasets": {"default": found.dataset},
            "keyValueStores": {"default": found.store},
            "requestQueues": {"default": found.queue},
        },
        "buildNumber": found.build_number,
        "containerUrl": found.container_url,
        "usage": {"ACTOR_COMPUTE_UNITS": units},
        "usageTotalUsd": round(spent, 9),
        **priced,
        **({"chargingStoppedAt": instant(found.charging_stopped_at)} if found.charging_stopped_at is not None else {}),
        "metamorphs": found.metamorphs,
        "platformUsageBillingModel": "DEVELOPER" if is_pay_per_event(found.pricing) else "USER",
    }


def run_item(platform: Platform, found: Run) -> dict[str, Any]:
    """A run in a list."""
    whole = run(platform, found)
    names = (
        *("id", "actId", "userId", "actorTaskId", "status", "startedAt", "finishedAt", "buildId", "buildNumber"),
        *("meta", "usageTotalUsd", "defaultKeyValueStoreId", "defaultDatasetId", "defaultRequestQueueId"),
    )
    return {name: whole[name] for name in names}


def _run_stats(found: Run, seconds: float, units: float) -> dict[str, Any]:
    return {
        "inputBodyLen": found.input_bytes,
        "migrationCount": found.migrations,
        "rebootCount": found.reboots,
        "restartCount": found.restarts,
        "resurrectCount": found.resurrections,
        "metamorph": len(found.metamorphs),
        "durationMillis": int(seconds * 1000),
        "runTimeSecs": round(seconds, 3),
        "computeUnits": units,
    }


def _run_options(found: Run) -> dict[str, Any]:
    chosen = {"maxItems": found.max_items, "maxTotalChargeUsd": found.max_charge_usd}
    return {
        "build": found.build_tag,
        "timeoutSecs": found.timeout,
        "memoryMbytes": found.memory,
        "diskMbytes": found.memory * 2,
        **{name: value for name, value in chosen.items() if value is not None},
    }


def actor(platform: Platform, found: Actor) -> dict[str, Any]:
    """An Actor with its builds by tag."""
    latest = platform.actors.build_of(found, found.build)
    return {
        "id": found.id,
        "userId": found.owner,
        "name": found.name,
        "username": platform.users.get(found.owner).username,
        "title": found.title,
        "description": found.description,
        "isPublic": found.public,
        "actorPermissionLevel": found.permission,
        "createdAt": instant(found.created_at),
        "modifiedAt": instant(found.modified_at),
        "stats": {"totalBuilds": 1, "totalRuns": platform.runs.count(found.id), "totalUsers": 1},
        "versions": [],
        "pricingInfos": [found.pricing] if found.pricing else [],
        "defaultRunOptions": {"build": found.build, "timeoutSecs": found.timeout, "memoryMbytes": found.memory},
        "taggedBuilds": {
            found.build: {
                "buildId": latest.id,
                "buildNumber": latest.number,
                "finishedAt": instant(latest.finished_at),
            }
        },
        "isDeprecated": False,
    }


def build(found: Build) -> dict[str, Any]:
    """A build."""
    return {
        "id": found.id,
        "actId": found.actor,
        "userId": found.owner,
        "startedAt": instant(found.started_at),
        "finishedAt": instant(found.finished_at),
        "status": found.status,
        "meta": {"origin": found.origin},
        "stats": {"durationMillis": 0, "runTimeSecs": 0, "computeUnits": 0},
        "options": {"useCache": False, "betaPackages": False, "memoryMbytes": 4096, "diskMbytes": 8192},
        "usageTotalUsd": 0,
        "buildNumber": found.number,
    }


def task(platform: Platform, found: Task) -> dict[str, Any]:
    """A task."""
    return {
        "id": found.id,
        "userId": found.owner,
        "actId": found.actor,
        "name": found.name,
        "username": platform.users.get(found.owner).username,
        "title": found.title,
        "createdAt": instant(found.created_at),
        "modifiedAt": instant(found.modified_at),
        "stats": {"totalRuns": 0},
        "options": found.options,
        "input": found.input,
    }


# -- webhooks --------------------------------------------------------------------------------------------------


def webhook(found: Webhook, last: Dispatch | None, total: int) -> dict[str, Any]:
    """A webhook."""
    return {
        "id": found.id,
        "createdAt": instant(found.created_at),
        "modifiedAt": instant(found.modified_at),
        "userId": found.owner,
        **found.definition,
        "lastDispatch": None if last is None else {"status": last.status, "finishedAt": _finished(last)},
        "stats": {"totalDispatches": total},
    }


def dispatch(found: Dispatch) -> dict[str, Any]:
    """A dispatch with the attempts made."""
    return {
        "id": found.id,
        "userId": found.owner,
        "webhookId": found.webhook,
        "createdAt": instant(found.created_at),
        "status": found.status,
        "eventType": found.event,
        "eventData": found.event_data or None,
        "calls": found.calls,
    }


def _finished(found: Dispatch) -> str | None:
    return found.calls[-1]["finishedAt"] if found.calls and found.status != "ACTIVE" else None
