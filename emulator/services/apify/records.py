"""Records of key-value stores: bytes with a content type under a key."""

from __future__ import annotations

from dataclasses import dataclass

from ...kernel.world import World
from .names import check_record_key
from .storages import Storage, Storages

__all__ = ["KeyPage", "Record", "Records"]


@dataclass(frozen=True, slots=True)
class Record:
    """One record as it was stored."""

    key: str
    content_type: str
    body: bytes


@dataclass(frozen=True, slots=True)
class KeyPage:
    """Keys and sizes in UTF-8 byte order; ``truncated`` tells that more follow."""

    keys: tuple[tuple[str, int], ...]
    truncated: bool


class Records:
    """The records of every store."""

    def __init__(self, world: World, storages: Storages) -> None:
        self._world = world
        self._storages = storages

    def get(self, store: Storage, key: str) -> Record | None:
        """The record, ``None`` where there is none. Raises ``InvalidRecordKey``."""
        check_record_key(key)
        self._storages.touch(store, reads=1)
        return self.peek(store.id, key)

    def peek(self, store_id: str, key: str) -> Record | None:
        """The record, without noting the access."""
        row = self._world.one(
            "SELECT key, content_type, body FROM apify_record WHERE store = ? AND key = ?", (store_id, key)
        )
        return None if row is None else Record(row["key"], row["content_type"], bytes(row["body"]))

    def put(self, store: Storage, record: Record) -> None:
        """Store a record over any other of its key. Raises ``InvalidRecordKey``."""
        check_record_key(record.key)
        before = self._size(store, record.key)
        self._world.execute(
            "INSERT OR REPLACE INTO apify_record VALUES (?, ?, ?, ?)",
            (store.id, record.key, record.content_type, record.body),
        )
        self._storages.touch(store, wrote=True, writes=1, bytes=len(record.body) - before)

    def delete(self, store: Storage, key: str) -> None:
        """Remove a record; none of that key is no error."""
        check_record_key(key)
        before = self._size(store, key)
        self._world.execute("DELETE FROM apify_record WHERE store = ? AND key = ?", (store.id, key))
        self._storages.touch(store, wrote=True, deletes=1, bytes=-before)

    def keys(self, store: Storage, *, after: str = "", prefix: str = "", limit: int = 1000) -> KeyPage:
        """Keys greater than ``after`` that begin with ``prefix``."""
        rows = self._world.all(
            "SELECT key, length(body) FROM apify_record WHERE store = ? AND key > ? AND substr(key, 1, ?) = ?"
            " ORDER BY key LIMIT ?",
            (store.id, after, len(prefix), prefix, limit + 1),
        )
        self._storages.touch(store, lists=1)
        return KeyPage(tuple((row[0], row[1]) for row in rows[:limit]), len(rows) > limit)

    def _size(self, store: Storage, key: str) -> int:
        return (
            self._world.value("SELECT length(body) FROM apify_record WHERE store = ? AND key = ?", (store.id, key)) or 0
        )
