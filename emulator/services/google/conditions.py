"""Failures that a test may name instead of spelling out, as Google words them.

Source: sheet "How API calls fail": the daily limit as the older bodies have it, which programs still look for; the
user rate with its two spaces and instant, and without ``Retry-After``.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from ...kernel.clock import rfc3339
from ...kernel.http import Reply
from .errors import BackendError, LegacyLimitExceeded, UserRateExceeded

__all__ = ["condition"]

RATE_PENALTY = timedelta(minutes=1)


def condition(name: str, now: datetime) -> Reply | None:
    """Google's reply for a named failure at ``now``; ``None`` for one it has no special words for."""
    if name == "quota_exceeded":
        return LegacyLimitExceeded("dailyLimitExceeded").reply()
    if name == "rate_limited":
        return UserRateExceeded(rfc3339(now + RATE_PENALTY)).reply()
    return BackendError(503).reply() if name == "backend_error" else None
