"""Midnight in California, where YouTube's days begin ("Quota Calculator")."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

__all__ = ["pacific_midnight"]

_STANDARD, _DAYLIGHT = timedelta(hours=-8), timedelta(hours=-7)


def pacific_midnight(now: float) -> int:
    """The last midnight there at or before ``now``; both in seconds since the epoch.

    Daylight saving follows the rule in force since 2007, so that no time zone database is needed.
    """
    moment = datetime.fromtimestamp(now, UTC)
    date = (moment + _offset(moment)).replace(hour=0, minute=0, second=0, microsecond=0)
    return int((date - _offset(date - _STANDARD)).timestamp())


def _offset(moment: datetime) -> timedelta:
    """What California's clocks are off UTC: an hour less from the second Sunday of March to the first of November."""
    begins = _sunday(moment.year, 3, 2) + timedelta(hours=2) - _STANDARD
    ends = _sunday(moment.year, 11, 1) + timedelta(hours=2) - _DAYLIGHT
    return _DAYLIGHT if begins <= moment < ends else _STANDARD


def _sunday(year: int, month: int, count: int) -> datetime:
    first = datetime(year, month, 1, tzinfo=UTC)
    return first + timedelta(days=(6 - first.weekday()) % 7 + 7 * (count - 1))
