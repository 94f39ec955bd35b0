"""What datasets, key-value stores and request queues have in common: ids, names, owners, access, dates."""

from __future__ import annotations

import json
from dataclasses import dataclass, fields
from typing import Any, Literal

from ...kernel.clock import Clock
from ...kernel.ids import BASE62, Ids
from ...kernel.world import Row, World
from .bodies import text_member
from .errors import InsufficientPermissions, InvalidValue, NotFound, TokenNotProvided
from .names import Reference, check_name, new_id
from .users import Caller, Users

__all__ = ["GENERAL_ACCESS", "Kind", "Page", "Storage", "Storages"]

Kind = Literal["dataset", "key-value-store", "request-queue"]
GENERAL_ACCESS = ("FOLLOW_USER_SETTING", "RESTRICTED", "ANYONE_WITH_ID_CAN_READ", "ANYONE_WITH_NAME_CAN_READ")
_NOUN: dict[str, str] = {
    "dataset": "Dataset",
    "key-value-store": "Key-value Store",
    "request-queue": "Request queue",
}


@dataclass(frozen=True, slots=True)
class Storage:
    """One storage's own facts; ``items`` counts a dataset's items or a queue's requests. Times in virtual seconds."""

    id: str
    kind: Kind
    owner: str
    name: str | None
    title: str | None
    run: str | None
    actor: str | None
    general_access: str
    signing_key: str
    fields_schema: str | None
    views: str | None
    created_at: float
    modified_at: float
    accessed_at: float
    reads: int
    writes: int
    deletes: int
    lists: int
    items: int
    bytes: int


@dataclass(frozen=True, slots=True)
class Page:
    """Which part of a collection is asked for, and in which order."""

    offset: int = 0
    limit: int = 1000
    desc: bool = False


class Storages:
    """Makes, finds, renames and removes storages."""

    def __init__(self, world: World, clock: Clock, ids: Ids, users: Users) -> None:
        self._world = world
        self._clock = clock
        self._ids = ids
        self._users = users

    def create(self, kind: Kind, owner: str, *, name: str | None = None, run: str = "", actor: str = "") -> Storage:
        """A new storage. Raises ``InvalidValue`` for a name that is none."""
        if name is not None:
            check_name(name)
        now = self._clock.time()
        storage_id = new_id(self._ids)
        self._world.execute(
            "INSERT INTO apify_storage (id, kind, owner, name, run, actor, general_access, signing_key, created_at,"
            " modified_at, accessed_at) VALUES (?, ?, ?, ?, ?, ?, 'FOLLOW_USER_SETTING', ?, ?, ?, ?)",
            (
                *(storage_id, kind, owner, name, run or None, actor or None),
                *(self._ids.text(32, BASE62), now, now, now),
            ),
        )
        return self.get(storage_id)

    def open_or_create(self, kind: Kind, caller: Caller, name: str | None, run: str = "") -> tuple[Storage, bool]:
        """The caller's storage of that name, or a new one; the second value tells whether it is new."""
        found = self._named(kind, caller.user.id, name) if name is not None else None
        if found is not None:
            self._require_visible(found, caller)
            return found, False
        return self.create(kind, caller.user.id, name=name, run=caller.limited_to_run or run), True

    def get(self, storage_id: str) -> Storage:
        """The storage of that id, whoever asks. Raises ``NotFound``."""
        row = self._world.one("SELECT * FROM apify_storage WHERE id = ?", (storage_id,))
        if row is None:
            raise NotFound("Storage")
        return _storage(row)

    def find(self, kind: Kind, segment: str, caller: Caller | None, *, write: bool = False) -> Storage:
        """The storage a path segment means. Raises ``NotFound``, or refuses a caller without access."""
        storage = self.lookup(kind, segment, caller)
        if caller is None:
            if write or self.effective_access(storage) == "RESTRICTED":
                raise TokenNotProvided
        elif storage.owner == caller.user.id:
            self._require_visible(storage, caller)
        elif write or self.effective_access(storage) == "RESTRICTED":
            raise InsufficientPermissions
        return storage

    def lookup(self, kind: Kind, segment: str, caller: Caller | None) -> Storage:
        """The storage a path segment means, access unchecked. Raises ``NotFound``."""
        reference = Reference.parse(segment)
        if reference.id:
            row = self._world.one("SELECT * FROM apify_storage WHERE id = ? AND kind = ?", (reference.id, kind))
            found = None if row is None else _storage(row)
        else:
            owner = caller.user.id if not reference.owner and caller else self._owner(reference.owner)
            found = self._named(kind, owner, reference.name)
        if found is None:
            raise NotFound(_NOUN[kind])
        return found

    def effective_access(self, storage: Storage) -> str:
        """The storage's general access, with the owner's setting where it follows that."""
        if storage.general_access != "FOLLOW_USER_SETTING":
            return storage.general_access
        return self._users.get(storage.owner).general_access

    def update(self, storage: Storage, changes: dict[str, Any]) -> Storage:
        """Rename, retitle or open a storage. Raises ``InvalidValue``, for a taken name too, and ``InvalidRequest``."""
        name, title, access = (text_member(changes, each) for each in ("name", "title", "generalAccess"))
        if "name" in changes:
            self._rename(storage, name)
        if "title" in changes:
            self._world.execute("UPDATE apify_storage SET title = ? WHERE id = ?", (title, storage.id))
        if access is not None:
            if access not in GENERAL_ACCESS:
                raise InvalidValue(f"generalAccess must be one of {', '.join(GENERAL_ACCESS)}")
            self._world.execute("UPDATE apify_storage SET general_access = ? WHERE id = ?", (access, storage.id))
        self._world.execute("UPDATE apify_storage SET modified_at = ? WHERE id = ?", (self._clock.time(), storage.id))
        return self.get(storage.id)

    def set_schema(self, storage_id: str, fields_schema: Any, views: Any) -> None:
        """Give a dataset the schema of its items and its views."""
        self._world.execute(
            "UPDATE apify_storage SET fields_schema = ?, views = ? WHERE id = ?",
            (
                None if fields_schema is None else json.dumps(fields_schema),
                None if views is None else json.dumps(views),
                storage_id,
            ),
        )

    def delete(self, storage: Storage) -> None:
        """Remove a storage and everything in it."""
        for table, column in (
            ("apify_record", "store"),
            ("apify_item", "dataset"),
            ("apify_request", "queue"),
            ("apify_queue_client", "queue"),
            ("apify_storage", "id"),
        ):
            self._world.execute(f"DELETE FROM {table} WHERE {column} = ?", (storage.id,))

    def touch(self, storage: Storage, *, wrote: bool = False, **counts: int) -> None:
        """Note an access, and a change where one was ``wrote``; ``counts`` are added to the counters of that name."""
        now = self._clock.time()
        sets = ["accessed_at = ?", *(f"{name} = {name} + ?" for name in counts)]
        values: list[Any] = [now, *counts.values()]
        if wrote:
            sets.append("modified_at = ?")
            values.append(now)
        self._world.execute(f"UPDATE apify_storage SET {', '.join(sets)} WHERE id = ?", (*values, storage.id))

    def listed(self, kind: Kind, caller: Caller, page: Page, *, unnamed: bool) -> tuple[int, list[Storage]]:
        """How many storages the caller has, named ones only unless ``unnamed``, and those of the page."""
        where = "kind = ? AND owner = ?" + ("" if unnamed else " AND name IS NOT NULL")
        total = self._world.value(f"SELECT count(*) FROM apify_storage WHERE {where}", (kind, caller.user.id))
        order = "DESC" if page.desc else "ASC"
        rows = self._world.all(
            f"SELECT * FROM apify_storage WHERE {where} ORDER BY created_at {order}, id LIMIT ? OFFSET ?",
            (kind, caller.user.id, page.limit, page.offset),
        )
        return total, [_storage(row) for row in rows]

    def _rename(self, storage: Storage, name: str | None) -> None:
        if name:
            check_name(name)
            taken = self._named(storage.kind, storage.owner, name)
            if taken is not None and taken.id != storage.id:
                raise InvalidValue(f"name {name} is already used by another storage of this account")
        self._world.execute("UPDATE apify_storage SET name = ? WHERE id = ?", (name or None, storage.id))

    def _named(self, kind: str, owner: str, name: str) -> Storage | None:
        row = self._world.one(
            "SELECT * FROM apify_storage WHERE kind = ? AND owner = ? AND name = ?", (kind, owner, name)
        )
        return None if row is None else _storage(row)

    def _owner(self, reference: str) -> str:
        user = self._users.referred(reference)
        return "" if user is None else user.id

    def _require_visible(self, storage: Storage, caller: Caller) -> None:
        """A run of limited permissions reaches its own default storages and those it made itself."""
        if caller.limited_to_run is not None and storage.run != caller.limited_to_run:
            raise InsufficientPermissions(cause="limited_permissions")


_COLUMNS = tuple(field.name for field in fields(Storage))


def _storage(row: Row) -> Storage:
    return Storage(*(row[name] for name in _COLUMNS))
