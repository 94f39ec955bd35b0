"""Runs, and what is run: Actors, builds, tasks."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ..actors import Actor, Build, Task
from ..pricing import is_pay_per_event
from ..runs import Run
from .envelope import USD_PER_COMPUTE_UNIT, instant

if TYPE_CHECKING:
    from ..platform import Platform

__all__ = ["actor", "build", "run", "run_item", "task"]


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
