"""What calls cost and what a project may spend in a day.

A Cloud project pays, whoever calls through its clients and keys. Today ``search.list`` has a bucket of its own and
everything else shares one of units; older projects paid searches from the units too ("Quota Calculator").
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Literal

from ....kernel.service import Kernel
from ..api import Admitted, Caller
from .errors import SearchesSpent, UnitsSpent
from .pacific import pacific_midnight

__all__ = ["DailyLimits", "QuotaModel", "YouTubeQuota", "price"]

QuotaModel = Literal["buckets", "units"]

_SEARCH = "youtube.search.list"
_UNITS, _SEARCHES = "units", "searches"
_READ, _WRITE = 1, 50
_PRICES: Mapping[str, int] = {
    "youtube.captions.list": 50,
    "youtube.captions.insert": 400,
    "youtube.captions.update": 450,
    "youtube.videos.getRating": _READ,
}
_SEARCH_UNITS = 100


@dataclass(frozen=True, kw_only=True)
class DailyLimits:
    """What a project may spend between two midnights in California; ``None`` is no limit.

    ``model`` "buckets" counts ``searches`` apart; "units" takes a hundred ``units`` for each, as before.
    """

    model: QuotaModel = "buckets"
    searches: int | None = 100
    units: int | None = 10_000

    def __post_init__(self) -> None:
        if self.model not in {"buckets", "units"}:
            raise ValueError(f'model is "buckets" or "units", got "{self.model}"')
        for name, limit in ((_SEARCHES, self.searches), (_UNITS, self.units)):
            if limit is not None and limit < 0:
                raise ValueError(f"{name} is a limit of 0 or more, got {limit}")


def price(operation: str, model: QuotaModel = "buckets") -> int:
    """What a call of ``operation`` costs: units, or under "buckets" one search."""
    if operation == _SEARCH:
        return 1 if model == "buckets" else _SEARCH_UNITS
    return _PRICES.get(operation, _READ if operation.endswith(".list") else _WRITE)


class YouTubeQuota:
    """The limits of projects and what they have spent of them today, kept in the world."""

    def __init__(self, kernel: Kernel) -> None:
        self._world = kernel.world
        self._clock = kernel.clock

    def limits(self, project: str) -> DailyLimits:
        """The limits of a project: those every project has, unless it was given others."""
        kept = self._world.value("SELECT limits FROM youtube_limits WHERE project = ?", (project,))
        return DailyLimits(**json.loads(kept)) if kept is not None else DailyLimits()

    def keep(self, project: str, limits: DailyLimits) -> None:
        """Give a project other limits. What it spent before counts no more."""
        with self._world.transaction():
            self._world.execute("DELETE FROM youtube_spending WHERE project = ?", (project,))
            values = (project, json.dumps(asdict(limits)))
            self._world.execute("INSERT OR REPLACE INTO youtube_limits VALUES (?, ?)", values)

    def spent(self, project: str) -> dict[str, int]:
        """What a project has spent since midnight, by bucket: "searches" and "units"."""
        return {bucket: self._today(project, bucket) for bucket in (_SEARCHES, _UNITS)}

    def charge(self, admitted: Admitted) -> None:
        """Let a call spend its price. Raises ``SearchesSpent`` or ``UnitsSpent``; nothing is spent then."""
        model = self.limits(admitted.caller.project).model
        cost = price(admitted.operation.id, model)
        self._spend(admitted.caller, admitted.operation.id, cost)
        admitted.exchange.entry.units = cost

    def charge_invalid(self, caller: Caller, operation: str) -> None:
        """Let a call that cannot be understood spend the least there is. Raises as ``charge`` does."""
        self._spend(caller, operation, 1)

    def _spend(self, caller: Caller, operation: str, cost: int) -> None:
        limits = self.limits(caller.project)
        bucket = _SEARCHES if operation == _SEARCH and limits.model == "buckets" else _UNITS
        limit = limits.searches if bucket == _SEARCHES else limits.units
        amount = self._today(caller.project, bucket) + cost
        day = pacific_midnight(self._clock.time())
        if limit is not None and amount > limit:
            raise SearchesSpent(caller.project_number, limit, day) if bucket == _SEARCHES else UnitsSpent
        row = (caller.project, bucket, day, amount)
        self._world.execute("INSERT OR REPLACE INTO youtube_spending VALUES (?, ?, ?, ?)", row)

    def _today(self, project: str, bucket: str) -> int:
        spent = self._world.value(
            "SELECT amount FROM youtube_spending WHERE project = ? AND bucket = ? AND day = ?",
            (project, bucket, pacific_midnight(self._clock.time())),
        )
        return int(spent or 0)
