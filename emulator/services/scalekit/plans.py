"""When an account becomes active by itself: after so many polls, after so much time, or never.

A plan stands in for the person who opens the magic link, so that a test decides how long an Actor has to wait. Both
counts begin when the link is asked for.
"""

from __future__ import annotations

from dataclasses import dataclass

from ...kernel.clock import Clock
from ...kernel.world import World
from .links import Links

__all__ = ["Plan", "Plans"]


@dataclass(frozen=True, slots=True)
class Plan:
    """``polls`` or ``seconds`` still to wait; neither is never. ``as_user`` signs in at the provider."""

    polls: int | None = None
    seconds: float | None = None
    as_user: str | None = None


class Plans:
    """The plans of a world's accounts."""

    def __init__(self, world: World, clock: Clock, links: Links) -> None:
        self._world = world
        self._clock = clock
        self._links = links

    def keep(self, account: str, plan: Plan) -> None:
        """Let ``plan`` decide about an account, in place of an earlier one."""
        self._world.execute(
            "INSERT OR REPLACE INTO scalekit_plan VALUES (?, ?, ?, ?)",
            (account, plan.polls, plan.seconds, plan.as_user or ""),
        )

    def drop(self, account: str) -> None:
        """Let nothing but people decide about an account."""
        self._world.execute("DELETE FROM scalekit_plan WHERE account = ?", (account,))

    def of(self, account: str) -> Plan | None:
        """The plan for an account."""
        row = self._world.one("SELECT * FROM scalekit_plan WHERE account = ?", (account,))
        return Plan(row["polls"], row["seconds"], row["as_user"] or None) if row is not None else None

    def poll(self, account: str) -> Plan | None:
        """Count a poll of an account that waits; the plan where it is fulfilled now, which ends it."""
        plan, newest = self.of(account), self._links.newest(account)
        if plan is None or newest is None:
            return None
        if plan.polls is not None:
            self.keep(account, Plan(plan.polls - 1, plan.seconds, plan.as_user))
        by_polls = plan.polls is not None and plan.polls <= 1
        by_time = plan.seconds is not None and self._clock.time() >= newest[1] + plan.seconds
        if not (by_polls or by_time):
            return None
        self.drop(account)
        return plan
