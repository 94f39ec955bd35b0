"""Runs: one row each, found, listed, started and written to. How a run lives and ends is in ``life``."""

from __future__ import annotations

import json
from dataclasses import dataclass, field, fields
from datetime import UTC, datetime
from typing import Any

from ...kernel.clock import Clock, rfc3339
from ...kernel.ids import LOWER_ALPHANUMERIC, Ids
from ...kernel.world import Row, World
from .actors import LIMITED, MEMORY_STEPS, Actor, Actors
from .errors import InvalidValue, MemoryExceeded, MonthlyLimitExceeded, NotFound, RunningRun, UsageExceeded
from .names import new_id, new_token
from .pricing import initial_charges
from .records import Record, Records
from .secrets import InputKey, has_secrets, sealed
from .storages import GENERAL_ACCESS, Kind, Page, Storages
from .users import Caller, User, Users

__all__ = ["TERMINAL", "Run", "RunInput", "RunOptions", "Runs", "StatusMessage"]

TERMINAL = frozenset(("SUCCEEDED", "FAILED", "TIMED-OUT", "ABORTED"))


@dataclass(frozen=True, slots=True)
class RunInput:
    """The body a run is started with, as it was sent."""

    body: bytes = b""
    content_type: str = "application/json; charset=utf-8"


@dataclass(frozen=True, slots=True, kw_only=True)
class RunOptions:
    """What may be chosen for one run; ``None`` and "" leave the Actor's own setting.

    ``timeout`` in seconds (0 is none), ``memory`` in megabytes (a power of two from 128 to 32768).
    """

    build: str = ""
    memory: int | None = None
    timeout: int | None = None
    max_items: int | None = None
    max_charge_usd: float | None = None
    restart_on_error: bool = False
    origin: str = "API"
    user_agent: str = ""
    task: str | None = None
    permission: str = ""
    pricing: dict[str, Any] | None = None

    def __post_init__(self) -> None:
        if self.memory is not None and self.memory not in MEMORY_STEPS:
            raise InvalidValue("memory must be a power of 2 between 128 and 32768 megabytes")
        if self.timeout is not None and self.timeout < 0:
            raise InvalidValue("timeout must not be negative")
        if self.max_items is not None and self.max_items < 0:
            raise InvalidValue("maxItems must not be negative")


@dataclass(frozen=True, slots=True)
class Run:
    """One run as stored; see ``schema.sql`` for the columns. Times in virtual seconds since the epoch."""

    id: str
    owner: str
    actor: str
    task: str | None
    build: str
    build_number: str
    build_tag: str
    status: str
    message: str | None
    message_terminal: int | None
    started_at: float
    finished_at: float | None
    timeout_base: float
    ending_at: float | None
    exit_code: int | None
    origin: str
    user_agent: str
    timeout: int
    memory: int
    max_items: int | None
    max_charge_usd: float | None
    general_access: str
    permission: str
    restart_on_error: int
    dataset: str
    store: str
    queue: str
    input_key: str
    input_bytes: int
    container: str
    container_url: str
    token: str
    pricing: dict[str, Any] | None = field(hash=False)
    charges: dict[str, int] = field(hash=False)
    charging_stopped_at: float | None
    migrations: int
    reboots: int
    restarts: int
    resurrections: int
    metamorphs: list[dict[str, Any]] = field(hash=False)

    @property
    def finished(self) -> bool:
        """Whether the status is final."""
        return self.status in TERMINAL

    @property
    def timeout_at(self) -> float | None:
        """When the timeout strikes, in virtual seconds; ``None`` without one."""
        return self.timeout_base + self.timeout if self.timeout else None

    @property
    def current_actor(self) -> str:
        """The Actor in the container: the one of the last metamorph, else the run's own."""
        return str(self.metamorphs[-1]["actorId"]) if self.metamorphs else self.actor

    @property
    def current_build(self) -> str:
        """The build in the container."""
        return str(self.metamorphs[-1]["buildId"]) if self.metamorphs else self.build


@dataclass(frozen=True, slots=True)
class StatusMessage:
    """One status message the Actor or the platform set."""

    at: datetime
    message: str
    terminal: bool


class Runs:
    """The runs of a world."""

    def __init__(
        self,
        world: World,
        clock: Clock,
        ids: Ids,
        users: Users,
        actors: Actors,
        storages: Storages,
        records: Records,
    ) -> None:
        self._world = world
        self._clock = clock
        self._ids = ids
        self._users = users
        self._actors = actors
        self._storages = storages
        self._records = records

    # -- starting ----------------------------------------------------------------------------------------------

    def start(self, user: User, actor: Actor, options: RunOptions, given: RunInput) -> Run:
        """A new run, READY, with its three storages and its input.

        Raises ``MonthlyLimitExceeded``, ``UsageExceeded`` or ``MemoryExceeded`` where the account cannot have it,
        ``NotFound`` for a build that is none.
        """
        memory = options.memory or actor.memory
        self._require_budget(user, options.pricing or actor.pricing, memory)
        build = self._actors.build_of(actor, options.build or actor.build)
        run_id, container = new_id(self._ids), self._ids.text(14, LOWER_ALPHANUMERIC)
        permission = options.permission or actor.permission
        values = {
            "id": run_id,
            "owner": user.id,
            "actor": actor.id,
            "task": options.task,
            "build": build.id,
            "build_number": build.number,
            "build_tag": options.build or actor.build,
            "status": "READY",
            "started_at": self._clock.time(),
            "timeout_base": self._clock.time(),
            "origin": options.origin,
            "user_agent": options.user_agent,
            "timeout": actor.timeout if options.timeout is None else options.timeout,
            "memory": memory,
            "max_items": options.max_items or None,
            "max_charge_usd": options.max_charge_usd or None,
            "general_access": "FOLLOW_USER_SETTING",
            "permission": permission,
            "restart_on_error": options.restart_on_error,
            **self._storage_ids(user, run_id, actor),
            "input_key": "INPUT",
            "input_bytes": len(given.body),
            "container": container,
            "container_url": f"https://{container}.runs.apify.net",
            "token": new_token(self._ids) if permission == LIMITED else user.token,
            "pricing": _text(options.pricing or actor.pricing),
            "charges": json.dumps(initial_charges(options.pricing or actor.pricing, memory)),
        }
        names = ", ".join(values)
        marks = ", ".join("?" * len(values))
        self._world.execute(f"INSERT INTO apify_run ({names}) VALUES ({marks})", tuple(values.values()))
        if permission == LIMITED:
            self._world.execute("INSERT INTO apify_run_token VALUES (?, ?)", (values["token"], run_id))
        run = self.get(run_id)
        if given.body:
            self.put_input(run, "INPUT", given, actor)
        return run

    def put_input(self, run: Run, key: str, given: RunInput, actor: Actor) -> None:
        """Store the input of ``actor`` in the run's default store, its secret fields encrypted."""
        body = self._sealed(run, given, actor) if has_secrets(actor.input_schema) else given.body
        self._records.put(self._storages.get(run.store), Record(key, given.content_type, body))

    def _sealed(self, run: Run, given: RunInput, actor: Actor) -> bytes:
        try:
            value = json.loads(given.body)
        except ValueError:
            return given.body
        if not isinstance(value, dict):
            return given.body
        key = InputKey(run.owner, actor.id)
        return json.dumps(sealed(actor.input_schema, value, key, self._ids), ensure_ascii=False).encode()

    def _storage_ids(self, user: User, run_id: str, actor: Actor) -> dict[str, str]:
        kinds: dict[str, Kind] = {"dataset": "dataset", "store": "key-value-store", "queue": "request-queue"}
        return {
            column: self._storages.create(kind, user.id, run=run_id, actor=actor.id).id
            for column, kind in kinds.items()
        }

    def _require_budget(self, user: User, pricing: dict[str, Any] | None, memory: int) -> None:
        if user.usage_usd >= user.usage_limit_usd and user.paying:
            raise MonthlyLimitExceeded
        remaining = user.usage_limit_usd - user.usage_usd
        if remaining <= 0 and not user.paying:
            raise UsageExceeded(max(0.0, remaining)) if pricing else MonthlyLimitExceeded
        used = self._world.value(
            "SELECT coalesce(sum(memory), 0) FROM apify_run WHERE owner = ? AND finished_at IS NULL", (user.id,)
        )
        if used + memory > user.memory_limit:
            raise MemoryExceeded(user.memory_limit)

    # -- finding -----------------------------------------------------------------------------------------------

    def get(self, run_id: str) -> Run:
        """The run of that id, whoever asks. Raises ``NotFound``."""
        row = self._world.one("SELECT * FROM apify_run WHERE id = ?", (run_id,))
        if row is None:
            raise NotFound("Actor run")
        return _run(row)

    def find(self, run_id: str, caller: Caller) -> Run:
        """The caller's run of that id. Raises ``NotFound``, also for another user's that is not open."""
        run = self.get(run_id)
        if run.owner != caller.user.id and self._access(run) == "RESTRICTED":
            raise NotFound("Actor run")
        return run

    def last(self, caller: Caller, *, actor: str = "", task: str = "", status: str = "", origin: str = "") -> Run:
        """The caller's latest run of an Actor or a task, of one status or origin where given. Raises ``NotFound``."""
        found = [(name, value) for name, value in (("actor", actor), ("task", task)) if value]
        found += [(name, value) for name, value in (("status", status), ("origin", origin)) if value]
        where = " AND ".join(["owner = ?", *(f"{name} = ?" for name, _ in found)])
        row = self._world.one(
            f"SELECT * FROM apify_run WHERE {where} ORDER BY started_at DESC, rowid DESC LIMIT 1",
            (caller.user.id, *(value for _, value in found)),
        )
        if row is None:
            raise NotFound("Actor run")
        return _run(row)

    def listed(
        self, caller: Caller, page: Page, *, actor: str = "", task: str = "", statuses: tuple[str, ...] = ()
    ) -> tuple[int, list[Run]]:
        """How many runs the caller has of the Actor, task and statuses given, and those of the page."""
        where, values = ["owner = ?"], [caller.user.id]
        for name, value in (("actor", actor), ("task", task)):
            if value:
                where.append(f"{name} = ?")
                values.append(value)
        if statuses:
            where.append(f"status IN ({', '.join('?' * len(statuses))})")
            values += statuses
        condition = " AND ".join(where)
        total = self._world.value(f"SELECT count(*) FROM apify_run WHERE {condition}", values)
        order = "DESC" if page.desc else "ASC"
        rows = self._world.all(
            f"SELECT * FROM apify_run WHERE {condition} ORDER BY started_at {order}, rowid {order} LIMIT ? OFFSET ?",
            (*values, page.limit, page.offset),
        )
        return total, [_run(row) for row in rows]

    def count(self, actor: str) -> int:
        """How many runs an Actor has had."""
        found: int = self._world.value("SELECT count(*) FROM apify_run WHERE actor = ?", (actor,))
        return found

    def unfinished(self) -> list[Run]:
        """Every run that has not ended."""
        return [_run(row) for row in self._world.all("SELECT * FROM apify_run WHERE finished_at IS NULL")]

    def _access(self, run: Run) -> str:
        if run.general_access != "FOLLOW_USER_SETTING":
            return run.general_access
        return self._users.get(run.owner).general_access

    # -- writing -----------------------------------------------------------------------------------------------

    def change(self, run: Run, **columns: Any) -> Run:
        """Change columns of a run; objects and lists are kept as JSON."""
        values = {name: _text(value) if isinstance(value, (dict, list)) else value for name, value in columns.items()}
        sets = ", ".join(f"{name} = ?" for name in values)
        self._world.execute(f"UPDATE apify_run SET {sets} WHERE id = ?", (*values.values(), run.id))
        return self.get(run.id)

    def set_general_access(self, run: Run, access: str) -> Run:
        """Open or close a run for others. Raises ``InvalidValue``."""
        if access not in GENERAL_ACCESS:
            raise InvalidValue(f"generalAccess must be one of {', '.join(GENERAL_ACCESS)}")
        return self.change(run, general_access=access)

    def say(self, run: Run, message: str, *, terminal: bool = False) -> Run:
        """Set the status message and add it to the history."""
        self._world.execute(
            "INSERT INTO apify_status_message VALUES (?, ?, ?, ?)", (run.id, self._clock.time(), message, terminal)
        )
        return self.change(run, message=message, message_terminal=terminal)

    def messages(self, run_id: str) -> list[StatusMessage]:
        """Every status message of a run, oldest first."""
        rows = self._world.all("SELECT * FROM apify_status_message WHERE run = ? ORDER BY rowid", (run_id,))
        return [StatusMessage(_moment(row["at"]), row["message"], bool(row["terminal"])) for row in rows]

    def log(self, job: str, text: str) -> None:
        """Append lines to the log of a run or build, each stamped with the virtual time."""
        now = self._clock.time()
        self._world.execute_many(
            "INSERT INTO apify_log VALUES (?, ?, ?)", [(job, now, line) for line in text.splitlines()]
        )

    def log_text(self, job: str) -> str:
        """The log as the API sends it: every line after its time."""
        rows = self._world.all("SELECT at, line FROM apify_log WHERE job = ? ORDER BY rowid", (job,))
        return "".join(f"{rfc3339(_moment(row['at']))} {row['line']}\n" for row in rows)

    def delete(self, run: Run) -> None:
        """Remove a finished run with its log and storages. Raises ``RunningRun``."""
        if not run.finished:
            raise RunningRun
        for storage_id in (run.dataset, run.store, run.queue):
            self._storages.delete(self._storages.get(storage_id))
        for table, column in (
            ("apify_status_message", "run"),
            ("apify_log", "job"),
            ("apify_charge", "run"),
            ("apify_run_token", "run"),
            ("apify_run", "id"),
        ):
            self._world.execute(f"DELETE FROM {table} WHERE {column} = ?", (run.id,))


def _text(value: Any) -> str | None:
    return None if value is None else json.dumps(value, ensure_ascii=False)


def _moment(seconds: float) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)


_COLUMNS = tuple(each.name for each in fields(Run))


def _run(row: Row) -> Run:
    values = {name: row[name] for name in _COLUMNS}
    values["pricing"] = json.loads(values["pricing"]) if values["pricing"] else None
    values["charges"] = json.loads(values["charges"])
    values["metamorphs"] = json.loads(values["metamorphs"])
    return Run(**values)
