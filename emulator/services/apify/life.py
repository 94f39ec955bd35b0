"""How a run lives: statuses, timeouts, abortion, restarts, charging, its end.

READY -> RUNNING -> SUCCEEDED (exit 0) | FAILED | TIMING-OUT -> TIMED-OUT | ABORTING -> ABORTED, and by resurrection
from any end back to RUNNING. What happens by itself happens on the virtual clock and is settled whenever somebody
looks, dated as of the moment it was due.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from ...kernel.clock import Clock, rfc3339
from ...kernel.world import World
from .actors import Actor, Actors
from .errors import ApifyError, CannotCharge, InvalidRequest, JobFinished, NotFound
from .pricing import DATASET_ITEM, events_of, is_pay_per_event, total_usd
from .runs import Run, RunInput, RunOptions, Runs
from .signals import SignalName, Signals
from .users import User, Users

__all__ = ["GRACE_SECONDS", "Life", "MetamorphsExceeded"]

GRACE_SECONDS = 30.0
"""How long a run may take to leave after a graceful abort."""
TIMING_OUT_SECONDS = 5.0
"""How long a run past its timeout is TIMING-OUT before it is TIMED-OUT (our choice; the vendor names none)."""
IDEMPOTENCY_SECONDS = 180.0
MOST_METAMORPHS = 10
_EVENT = {
    "SUCCEEDED": "ACTOR.RUN.SUCCEEDED",
    "FAILED": "ACTOR.RUN.FAILED",
    "TIMED-OUT": "ACTOR.RUN.TIMED_OUT",
    "ABORTED": "ACTOR.RUN.ABORTED",
}


class MetamorphsExceeded(ApifyError):
    """A run may change its Actor ten times. Wording by pattern."""

    type, text = "max-metamorphs-exceeded", "Maximum number of metamorphs was exceeded."


class Life:
    """Takes runs through their statuses. ``happened`` is told each webhook event."""

    def __init__(
        self,
        world: World,
        clock: Clock,
        users: Users,
        actors: Actors,
        runs: Runs,
        signals: Signals,
        happened: Callable[[Run, str], None],
    ) -> None:
        self._world = world
        self._clock = clock
        self._users = users
        self._actors = actors
        self._runs = runs
        self._signals = signals
        self._happened = happened

    # -- beginning ---------------------------------------------------------------------------------------------

    def start(self, user: User, actor: Actor, options: RunOptions, given: RunInput) -> Run:
        """A new run, READY. Raises what ``Runs.start`` raises."""
        run = self._runs.start(user, actor, options, given)
        for line in (
            "ACTOR: Pulling Docker image from repository.",
            "ACTOR: Creating Docker container.",
            "ACTOR: Starting Docker container.",
        ):
            self._runs.log(run.id, line)
        self._happened(run, "ACTOR.RUN.CREATED")
        return run

    def begin(self, run: Run) -> Run:
        """The container is up: RUNNING."""
        return self._runs.change(run, status="RUNNING") if run.status == "READY" else run

    # -- time --------------------------------------------------------------------------------------------------

    def settle(self, run: Run) -> Run:
        """The run as it is now: started, timed out or gone where the virtual clock says so."""
        now = self._clock.time()
        run = self.begin(run)
        if run.status == "RUNNING" and run.timeout_at is not None and now >= run.timeout_at:
            run = self._runs.change(run, status="TIMING-OUT", ending_at=run.timeout_at + TIMING_OUT_SECONDS)
            self._tell(run, "aborting")
        if run.ending_at is not None and now >= run.ending_at:
            run = self._end(run, "TIMED-OUT" if run.status == "TIMING-OUT" else "ABORTED", run.ending_at)
        return run

    def settle_all(self) -> None:
        """Settle every run that has not ended."""
        for run in self._runs.unfinished():
            self.settle(run)

    # -- ending ------------------------------------------------------------------------------------------------

    def finish(self, run: Run, exit_code: int) -> Run:
        """The container's process left with ``exit_code``; the status follows from it and from what was under way.

        Of a run the platform ended itself only the exit code is still noted. Raises ``JobFinished`` for one that had
        left before.
        """
        run = self.settle(run)
        if run.finished:
            if run.exit_code is not None:
                raise JobFinished
            return self._runs.change(run, exit_code=exit_code)
        if run.status == "RUNNING" and exit_code and run.restart_on_error:
            return self._restart(run, restarts=run.restarts + 1)
        ends = {"ABORTING": "ABORTED", "TIMING-OUT": "TIMED-OUT"}
        status = ends.get(run.status, "SUCCEEDED" if exit_code == 0 else "FAILED")
        return self._end(self._runs.change(run, exit_code=exit_code), status, self._clock.time())

    def abort(self, run: Run, *, gracefully: bool = False) -> Run:
        """Stop a run: at once, or after up to 30 seconds in which it may leave. An ended run stays as it is."""
        run = self.settle(run)
        if run.finished:
            return run
        if gracefully:
            if run.status == "ABORTING":
                return run
            run = self._runs.change(run, status="ABORTING", ending_at=self._clock.time() + GRACE_SECONDS)
            self._tell(run, "aborting")
            self._tell(run, "persistState", {"isMigrating": False})
            return run
        return self._end(run, "ABORTED", self._clock.time())

    def resurrect(self, run: Run, *, memory: int | None, timeout: int | None, build: str) -> Run:
        """Bring an ended run back: same storages, timeout counted anew. Raises ``InvalidRequest`` for a live one."""
        run = self.settle(run)
        if not run.finished:
            raise InvalidRequest("Actor run is still running and cannot be resurrected.", cause="run_alive")
        changes: dict[str, Any] = {
            "memory": memory or run.memory,
            "timeout": run.timeout if timeout is None else timeout,
        }
        if build:
            found = self._actors.build_of(self._actors.get(run.actor), build)
            changes |= {"build": found.id, "build_number": found.number, "build_tag": build}
        run = self._runs.change(
            run,
            **changes,
            status="RUNNING",
            finished_at=None,
            ending_at=None,
            exit_code=None,
            message=None,
            message_terminal=None,
            timeout_base=self._clock.time(),
            resurrections=run.resurrections + 1,
        )
        self._happened(run, "ACTOR.RUN.RESURRECTED")
        self._tell(run, "restart", {"reason": "resurrect"})
        return run

    # -- the container -----------------------------------------------------------------------------------------

    def reboot(self, run: Run) -> Run:
        """Restart the container of a run. Raises ``JobFinished``."""
        run = self._living(run)
        return self._restart(run, reboots=run.reboots + 1)

    def migrate(self, run: Run, *, remaining_seconds: float | None = None) -> Run:
        """Announce that the run moves to another server; ``moved`` follows when its container comes up there."""
        run = self._living(run)
        self._tell(run, "migrating", {} if remaining_seconds is None else {"timeRemainingSecs": remaining_seconds})
        return run

    def moved(self, run: Run) -> Run:
        """The container comes up on another server: same run, environment and storages."""
        run = self._living(run)
        return self._restart(run, migrations=run.migrations + 1)

    def metamorph(self, run: Run, target: Actor, build: str, given: RunInput) -> Run:
        """Put another Actor into the run's container, with an input of its own."""
        run = self._living(run)
        if len(run.metamorphs) >= MOST_METAMORPHS:
            raise MetamorphsExceeded
        found = self._actors.build_of(target, build or target.build)
        key = f"INPUT-METAMORPH-{len(run.metamorphs) + 1}"
        self._runs.put_input(run, key, given, target)
        step = {
            "createdAt": rfc3339(datetime.fromtimestamp(self._clock.time(), UTC)),
            "actorId": target.id,
            "buildId": found.id,
            "inputKey": key,
        }
        run = self._runs.change(run, metamorphs=[*run.metamorphs, step], input_key=key)
        self._tell(run, "restart", {"reason": "metamorph"})
        return run

    def _restart(self, run: Run, **counters: int) -> Run:
        run = self._runs.change(run, **counters)
        self._runs.log(run.id, "ACTOR: Restarting Docker container.")
        self._tell(run, "restart", {"reason": next(iter(counters))})
        return run

    # -- charging ----------------------------------------------------------------------------------------------

    def charge(self, run: Run, event: str, count: int, key: str) -> Run:
        """Count ``count`` events, once for each idempotency key of the last three minutes.

        Checks in the vendor's order: system event, pricing, declaration, key. A run that is over may still be
        charged. Past the cap the charge counts and the run is aborted gracefully.
        """
        if event.startswith("apify-"):
            raise CannotCharge.system_event(event)
        if not is_pay_per_event(run.pricing):
            raise CannotCharge.unpaid()
        if event not in events_of(run.pricing):
            raise NotFound(f"Pricing for the event {event}")
        now = self._clock.time()
        seen = self._world.one(
            "SELECT 1 FROM apify_charge WHERE run = ? AND key = ? AND at > ?", (run.id, key, now - IDEMPOTENCY_SECONDS)
        )
        if seen is not None:
            return run
        self._world.execute("INSERT INTO apify_charge VALUES (?, ?, ?, ?, ?)", (run.id, key, now, event, count))
        return self._count(run, event, count)

    def count_items(self, dataset_id: str, pushed: int) -> None:
        """Charge items pushed to a run's default dataset, where its pricing has that event."""
        row = self._world.one("SELECT id FROM apify_run WHERE dataset = ?", (dataset_id,))
        if row is not None and pushed:
            run = self._runs.get(row["id"])
            if DATASET_ITEM in events_of(run.pricing):
                self._count(run, DATASET_ITEM, pushed)

    def charged_usd(self, run: Run) -> Decimal:
        """What the run was charged so far."""
        return total_usd(run.pricing, run.charges, self._users.get(run.owner).plan)

    def _count(self, run: Run, event: str, count: int) -> Run:
        run = self._runs.change(run, charges={**run.charges, event: run.charges.get(event, 0) + count})
        cap = run.max_charge_usd
        if not cap or run.charging_stopped_at is not None or self.charged_usd(run) <= Decimal(str(cap)):
            return run
        run = self._runs.change(run, charging_stopped_at=self._clock.time())
        if run.finished:
            return run
        run = self._runs.say(
            run, f"Run was aborted because it reached the maximum cost per run of ${cap:g}.", terminal=True
        )
        return self.abort(run, gracefully=True)

    # -- within ------------------------------------------------------------------------------------------------

    def _living(self, run: Run) -> Run:
        run = self.settle(run)
        if run.finished:
            raise JobFinished
        return run

    def _end(self, run: Run, status: str, moment: float) -> Run:
        was_left = run.exit_code is not None
        run = self._runs.change(run, status=status, finished_at=moment, ending_at=None)
        if not run.message_terminal:
            run = self._runs.say(run, _farewell(run))
        if not was_left:
            self._tell(run, "kill")
        self._happened(run, _EVENT[status])
        self._tell(run, "ended", {"status": status})
        return run

    def _tell(self, run: Run, name: SignalName, data: dict[str, Any] | None = None) -> None:
        self._signals.emit(run.id, name, data)


def _farewell(run: Run) -> str:
    """The platform's own last status message, for a run that set no terminal one."""
    if run.status == "TIMED-OUT":
        return f"Actor timed out after {run.timeout} seconds"
    if run.status == "ABORTED":
        return "Actor was aborted"
    return f"Actor exit with exit code {run.exit_code}"
