"""Bounds in time, as bounds on message ids: an id is the index date in epoch milliseconds, shifted left by 20."""

from __future__ import annotations

import datetime as dt
from functools import cache
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from .query import Age, Day, Second

__all__ = ["FIRST_ID", "LAST_ID", "id_range"]

FIRST_ID = 0
LAST_ID = (1 << 63) - 1

_SHIFT = 20
_DAY = 86_400_000
_HOUR = 3_600_000
_EPOCH = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)


def id_range(bound: Age | Day | Second, now: int) -> tuple[int, int]:
    """First and last id the bound lets through; empty when the first is above. ``now`` is in epoch milliseconds."""
    if isinstance(bound, Second):
        # Seconds are inclusive at both ends, so an upper bound takes the whole of its second.
        edge = (bound.second if bound.after else bound.second + 1) * 1000
        return _side(edge, above=bound.after)
    if isinstance(bound, Day):
        return _side(_midnight(bound.day), above=bound.after)
    return _side(_ago(bound, now), above=bound.newer)


def _side(edge: int, *, above: bool) -> tuple[int, int]:
    """The ids from millisecond ``edge`` on, or those before it."""
    first = min(max(edge << _SHIFT, FIRST_ID), LAST_ID)
    return (first, LAST_ID) if above else (FIRST_ID, first - 1)


def _midnight(day: dt.date) -> int:
    """The Pacific midnight that begins ``day``, in epoch milliseconds."""
    offset = dt.datetime.combine(day, dt.time(), _pacific()).utcoffset() or dt.timedelta()
    # Subtracted here, because the datetime itself cannot say such a midnight of year 9999 in UTC.
    return ((day - _EPOCH.date()) - offset) // dt.timedelta(milliseconds=1)


@cache
def _pacific() -> dt.tzinfo:
    try:
        return ZoneInfo("America/Los_Angeles")
    except ZoneInfoNotFoundError:
        # No zone database on this machine and no tzdata package: Google's page says PST, so PST all year.
        return dt.timezone(dt.timedelta(hours=-8), "PST")


def _ago(age: Age, now: int) -> int:
    if age.unit in ("h", "d"):
        return now - age.amount * (_HOUR if age.unit == "h" else _DAY)
    months = age.amount * (12 if age.unit == "y" else 1)
    moment = _EPOCH + dt.timedelta(milliseconds=now)
    year, month = divmod(moment.year * 12 + moment.month - 1 - months, 12)
    if year < 1970:
        return 0
    return (_same_day(moment, year, month + 1) - _EPOCH) // dt.timedelta(milliseconds=1)


def _same_day(moment: dt.datetime, year: int, month: int) -> dt.datetime:
    """``moment`` moved to another month, to that month's last day where it is shorter."""
    following = dt.date(year + month // 12, month % 12 + 1, 1)
    last = (following - dt.timedelta(days=1)).day
    return moment.replace(year=year, month=month, day=min(moment.day, last))
