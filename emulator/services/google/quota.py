"""How much a Cloud project may ask of an API, and what of it is spent.

``Quota`` is what ``google.project("p").quota`` holds; a project without one has no limits. ``Spending`` counts in the
world, so that a restored world goes on where it stood. A window begins with the first thing spent in it and lasts its
whole length on the virtual clock: recorded refusals cleared "within a minute", not at the turn of one.

Limits: "Gmail API usage limits" and "Gmail sending limits"; the number of concurrent calls is a third party's guess.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from typing import Literal

from ...kernel.clock import Clock
from ...kernel.world import World

__all__ = ["DAY", "MINUTE", "CostTable", "Quota", "Spending", "keep_quota", "quota_of"]

CostTable = Literal["current", "legacy"]

MINUTE = 60.0
DAY = 86400.0
_MEGABYTE = 1_000_000
_USER_UNITS: dict[CostTable, int] = {"current": 6_000, "legacy": 15_000}


@dataclass(frozen=True, kw_only=True)
class Quota:
    """Limits of a project on Gmail. ``None`` is no limit, but for ``units_per_user_per_minute``: that of the table.

    ``costs`` is the table methods are priced by: "current" for projects made since May 2026, "legacy" for older
    ones. Bytes and recipients are those of one user in 24 hours; accounts of an organization send
    ``workspace_recipients_per_day``. ``concurrent_calls`` are those of one user, which the parts of a batch are.
    """

    costs: CostTable = "current"
    units_per_minute: int | None = 1_200_000
    units_per_user_per_minute: int | None = None
    concurrent_calls: int | None = 50
    recipients_per_message: int | None = 500
    recipients_per_day: int | None = 500
    workspace_recipients_per_day: int | None = 2_000
    uploaded_bytes_per_day: int | None = 500 * _MEGABYTE
    downloaded_bytes_per_day: int | None = 2_500 * _MEGABYTE

    def __post_init__(self) -> None:
        for name, limit in asdict(self).items():
            if isinstance(limit, int) and limit < 0:
                raise ValueError(f"{name} is a limit of 0 or more, got {limit}")

    @property
    def user_units(self) -> int:
        """Units a user may spend in a minute."""
        chosen = self.units_per_user_per_minute
        return _USER_UNITS[self.costs] if chosen is None else chosen


def quota_of(world: World, project: str) -> Quota | None:
    """The limits of a project, ``None`` where it has none."""
    kept = world.value("SELECT limits FROM google_quota WHERE project = ?", (project,))
    return Quota(**json.loads(kept)) if kept is not None else None


def keep_quota(world: World, project: str, quota: Quota | None) -> None:
    """Set the limits of a project. What it spent before counts no more."""
    with world.transaction():
        world.execute("DELETE FROM google_quota WHERE project = ?", (project,))
        world.execute("DELETE FROM google_spending WHERE project = ?", (project,))
        if quota is not None:
            world.execute("INSERT INTO google_quota VALUES (?, ?)", (project, json.dumps(asdict(quota))))


class Spending:
    """What projects and their users have spent in the windows that are open."""

    def __init__(self, world: World, clock: Clock) -> None:
        self._world = world
        self._clock = clock

    def spend(
        self, project: str, account: str, what: str, amount: int, limit: int | None, window: float
    ) -> float | None:
        """Spend ``amount`` of ``what``; ``account`` "" is the project as a whole.

        Answers ``None``, or, where the limit does not leave so much, the virtual second from which it will; then
        nothing is spent.
        """
        now = self._clock.time()
        began, spent = self._open(project, account, what, now, window)
        if limit is not None and spent + amount > limit:
            return began + window
        self._world.execute(
            "INSERT OR REPLACE INTO google_spending VALUES (?, ?, ?, ?, ?)",
            (project, account, what, began, spent + amount),
        )
        return None

    def note(self, project: str, account: str, what: str, amount: int, window: float) -> None:
        """Spend what can no longer be refused."""
        self.spend(project, account, what, amount, None, window)

    def spent(self, project: str, account: str, what: str, window: float) -> int:
        """What the open window has seen."""
        return self._open(project, account, what, self._clock.time(), window)[1]

    def _open(self, project: str, account: str, what: str, now: float, window: float) -> tuple[float, int]:
        row = self._world.one(
            "SELECT began, amount FROM google_spending WHERE project = ? AND account = ? AND name = ?",
            (project, account, what),
        )
        if row is None or now - row["began"] >= window:
            return now, 0
        return row["began"], row["amount"]
