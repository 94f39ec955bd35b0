"""Accounts as their owner and as others see them."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from ....kernel.clock import rfc3339
from ..users import User
from .envelope import USD_PER_COMPUTE_UNIT, instant

__all__ = ["limits", "private_user", "public_user"]

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
