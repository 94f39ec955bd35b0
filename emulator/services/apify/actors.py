"""Actors, their builds and tasks: what can be run."""

from __future__ import annotations

import json
from dataclasses import dataclass, field, fields
from typing import Any

from ...kernel.clock import Clock
from ...kernel.ids import Ids
from ...kernel.world import Row, World
from .errors import ActorNotFound, InvalidValue, NotFound
from .names import Reference, check_name, new_id
from .storages import Page
from .users import Caller, Users

__all__ = ["FULL", "LIMITED", "MEMORY_STEPS", "Actor", "ActorSpec", "Actors", "Build", "Task"]

FULL = "FULL_PERMISSIONS"
LIMITED = "LIMITED_PERMISSIONS"
MEMORY_STEPS = tuple(128 << step for step in range(9))
"""128 MB to 32 GB, each twice the one before."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ActorSpec:
    """What an Actor is made from. Memory in megabytes, ``timeout`` in seconds (0 is none)."""

    title: str = ""
    description: str = ""
    public: bool = False
    pricing: dict[str, Any] | None = None
    input_schema: dict[str, Any] | None = None
    memory: int = 1024
    timeout: int = 0
    build: str = "latest"
    build_number: str = "0.0.1"
    permission: str = FULL

    def __post_init__(self) -> None:
        if self.permission not in {FULL, LIMITED}:
            raise ValueError(f"permission is {FULL} or {LIMITED}, got {self.permission!r}")
        if self.memory not in MEMORY_STEPS:
            raise InvalidValue("memoryMbytes must be a power of 2 between 128 and 32768")


@dataclass(frozen=True, slots=True)
class Actor:
    """One Actor. ``owner`` is a user id; times in virtual seconds."""

    id: str
    owner: str
    name: str
    title: str
    description: str
    public: bool
    pricing: dict[str, Any] | None
    input_schema: dict[str, Any] | None
    memory: int
    timeout: int
    build: str
    permission: str
    created_at: float
    modified_at: float


@dataclass(frozen=True, slots=True)
class Build:
    """One build of an Actor; ``number`` like "0.1.5"."""

    id: str
    actor: str
    owner: str
    number: str
    tag: str
    status: str
    origin: str
    started_at: float
    finished_at: float | None


@dataclass(frozen=True, slots=True)
class Task:
    """A saved input and options of an Actor."""

    id: str
    owner: str
    actor: str
    name: str
    title: str | None
    input: dict[str, Any] | None
    options: dict[str, Any] = field(hash=False)
    created_at: float
    modified_at: float


class Actors:
    """The Actors, builds and tasks of a world."""

    def __init__(self, world: World, clock: Clock, ids: Ids, users: Users) -> None:
        self._world = world
        self._clock = clock
        self._ids = ids
        self._users = users

    # -- Actors ------------------------------------------------------------------------------------------------

    def add(self, owner: str, name: str, spec: ActorSpec | None = None, *, actor_id: str = "") -> Actor:
        """A new Actor with one finished build. Raises ``InvalidValue`` for a name that is none, or taken."""
        self._require_free("apify_actor", owner, name)
        given, now = spec or ActorSpec(), self._clock.time()
        actor_id = actor_id or new_id(self._ids)
        self._world.execute(
            "INSERT INTO apify_actor VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (
                *(actor_id, owner, name, given.title or name, given.description, given.public),
                *(_text(given.pricing), _text(given.input_schema), given.memory, given.timeout, given.build),
                *(given.permission, now, now),
            ),
        )
        actor = self.get(actor_id)
        self.build(actor, owner, given.build_number, given.build)
        return actor

    def get(self, actor_id: str) -> Actor:
        """The Actor of that id, whoever asks. Raises ``ActorNotFound``."""
        row = self._world.one("SELECT * FROM apify_actor WHERE id = ?", (actor_id,))
        if row is None:
            raise ActorNotFound
        return _actor(row)

    def find(self, segment: str, caller: Caller | None) -> Actor:
        """The Actor a path segment means. Raises ``ActorNotFound``, also for another's private one."""
        reference = Reference.parse(segment)
        if reference.id:
            row = self._world.one("SELECT * FROM apify_actor WHERE id = ?", (reference.id,))
        else:
            owner = self._users.referred(reference.owner) if reference.owner else caller and caller.user
            row = self._world.one(
                "SELECT * FROM apify_actor WHERE owner = ? AND name = ?", (owner.id if owner else "", reference.name)
            )
        if row is None or not (row["public"] or (caller and row["owner"] == caller.user.id)):
            raise ActorNotFound
        return _actor(row)

    def listed(self, caller: Caller, page: Page) -> tuple[int, list[Actor]]:
        """How many Actors the caller owns, and those of the page."""
        total = self._world.value("SELECT count(*) FROM apify_actor WHERE owner = ?", (caller.user.id,))
        order = "DESC" if page.desc else "ASC"
        rows = self._world.all(
            f"SELECT * FROM apify_actor WHERE owner = ? ORDER BY created_at {order}, id LIMIT ? OFFSET ?",
            (caller.user.id, page.limit, page.offset),
        )
        return total, [_actor(row) for row in rows]

    def change(self, actor: Actor, **columns: Any) -> Actor:
        """Change columns of an Actor; objects are kept as JSON."""
        if "name" in columns:
            self._require_free("apify_actor", actor.owner, columns["name"], actor.id)
        if columns.get("memory", actor.memory) not in MEMORY_STEPS:
            raise InvalidValue("memoryMbytes must be a power of 2 between 128 and 32768")
        values = {name: _text(value) if isinstance(value, dict) else value for name, value in columns.items()}
        sets = ", ".join(f"{name} = ?" for name in (*values, "modified_at"))
        self._world.execute(
            f"UPDATE apify_actor SET {sets} WHERE id = ?", (*values.values(), self._clock.time(), actor.id)
        )
        return self.get(actor.id)

    def delete(self, actor: Actor) -> None:
        """Remove an Actor with its builds and tasks; its runs stay."""
        for table, column in (("apify_build", "actor"), ("apify_task", "actor"), ("apify_actor", "id")):
            self._world.execute(f"DELETE FROM {table} WHERE {column} = ?", (actor.id,))

    def full_name(self, actor: Actor) -> str:
        """``owner/name``."""
        return f"{self._users.get(actor.owner).username}/{actor.name}"

    # -- builds ------------------------------------------------------------------------------------------------

    def build(self, actor: Actor, owner: str, number: str, tag: str, origin: str = "DEVELOPMENT") -> Build:
        """A build that has succeeded, tagged ``tag``."""
        now = self._clock.time()
        found = Build(new_id(self._ids), actor.id, owner, number, tag, "SUCCEEDED", origin, now, now)
        self._world.execute(
            "INSERT INTO apify_build VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
            tuple(getattr(found, each.name) for each in fields(Build)),
        )
        return found

    def next_number(self, actor: Actor, version: str) -> str:
        """The number of the next build of ``version`` ("0.1" -> "0.1.4")."""
        made = self._world.value(
            "SELECT count(*) FROM apify_build WHERE actor = ? AND number GLOB ?", (actor.id, f"{version}.*")
        )
        return f"{version}.{made + 1}"

    def build_of(self, actor: Actor, wanted: str) -> Build:
        """The newest build tagged or numbered ``wanted``. Raises ``NotFound``."""
        row = self._world.one(
            "SELECT * FROM apify_build WHERE actor = ? AND (tag = ? OR number = ?) ORDER BY rowid DESC LIMIT 1",
            (actor.id, wanted, wanted),
        )
        if row is None:
            raise NotFound("Actor build")
        return Build(*row)

    def build_by_id(self, build_id: str, caller: Caller) -> Build:
        """The build of that id, one of the caller's. Raises ``NotFound``."""
        row = self._world.one("SELECT * FROM apify_build WHERE id = ? AND owner = ?", (build_id, caller.user.id))
        if row is None:
            raise NotFound("Actor build")
        return Build(*row)

    def builds(self, caller: Caller, page: Page, actor: Actor | None = None) -> tuple[int, list[Build]]:
        """How many builds the caller has, of one Actor where given, and those of the page."""
        where, values = "owner = ?", [caller.user.id]
        if actor is not None:
            where, values = "owner = ? AND actor = ?", [caller.user.id, actor.id]
        order = "DESC" if page.desc else "ASC"
        total = self._world.value(f"SELECT count(*) FROM apify_build WHERE {where}", values)
        rows = self._world.all(
            f"SELECT * FROM apify_build WHERE {where} ORDER BY rowid {order} LIMIT ? OFFSET ?",
            (*values, page.limit, page.offset),
        )
        return total, [Build(*row) for row in rows]

    # -- tasks -------------------------------------------------------------------------------------------------

    def add_task(
        self, actor: Actor, owner: str, name: str, value: dict[str, Any] | None, options: dict[str, Any] | None = None
    ) -> Task:
        """A new task. Raises ``InvalidValue`` for a name that is none, or taken."""
        self._require_free("apify_task", owner, name)
        now, task_id = self._clock.time(), new_id(self._ids)
        self._world.execute(
            "INSERT INTO apify_task VALUES (?, ?, ?, ?, NULL, ?, ?, ?, ?)",
            (task_id, owner, actor.id, name, _text(value), json.dumps(options or {}), now, now),
        )
        return _task(self._world.one("SELECT * FROM apify_task WHERE id = ?", (task_id,)))

    def task(self, segment: str, caller: Caller) -> Task:
        """The caller's task of that id or name. Raises ``NotFound``."""
        reference = Reference.parse(segment)
        owner = self._users.referred(reference.owner) if reference.owner else caller.user
        row = self._world.one(
            "SELECT * FROM apify_task WHERE (id = ? OR (owner = ? AND name = ?)) AND owner = ?",
            (reference.id, owner.id if owner else "", reference.name, caller.user.id),
        )
        if row is None:
            raise NotFound("Actor task")
        return _task(row)

    def tasks(self, caller: Caller, page: Page) -> tuple[int, list[Task]]:
        """How many tasks the caller has, and those of the page."""
        total = self._world.value("SELECT count(*) FROM apify_task WHERE owner = ?", (caller.user.id,))
        order = "DESC" if page.desc else "ASC"
        rows = self._world.all(
            f"SELECT * FROM apify_task WHERE owner = ? ORDER BY created_at {order}, id LIMIT ? OFFSET ?",
            (caller.user.id, page.limit, page.offset),
        )
        return total, [_task(row) for row in rows]

    def change_task(self, task: Task, **columns: Any) -> Task:
        """Change columns of a task; objects are kept as JSON."""
        if "name" in columns:
            self._require_free("apify_task", task.owner, columns["name"], task.id)
        values = {name: _text(value) if isinstance(value, dict) else value for name, value in columns.items()}
        sets = ", ".join(f"{name} = ?" for name in (*values, "modified_at"))
        self._world.execute(
            f"UPDATE apify_task SET {sets} WHERE id = ?", (*values.values(), self._clock.time(), task.id)
        )
        return _task(self._world.one("SELECT * FROM apify_task WHERE id = ?", (task.id,)))

    def delete_task(self, task: Task) -> None:
        """Remove a task."""
        self._world.execute("DELETE FROM apify_task WHERE id = ?", (task.id,))

    def _require_free(self, table: str, owner: str, name: str, bearer: str = "") -> None:
        """Raise ``InvalidValue`` for a name that is none, or that another than ``bearer`` has."""
        check_name(name)
        if self._world.one(f"SELECT 1 FROM {table} WHERE owner = ? AND name = ? AND id != ?", (owner, name, bearer)):
            raise InvalidValue(f"name {name} is already used in this account")


def _text(value: Any) -> str | None:
    return None if value is None else json.dumps(value, ensure_ascii=False)


def _actor(row: Row) -> Actor:
    values = dict(row)
    for name in ("pricing", "input_schema"):
        values[name] = json.loads(values[name]) if values[name] else None
    values["public"] = bool(values["public"])
    return Actor(**values)


def _task(row: Row | None) -> Task:
    if row is None:
        raise NotFound("Actor task")
    values = dict(row)
    values["input"] = json.loads(values["input"]) if values["input"] else None
    values["options"] = json.loads(values["options"])
    return Task(**values)
