"""Datasets, key-value stores and request queues as a test holds them."""

from __future__ import annotations

import json
from typing import Any

from .platform import Platform
from .records import Record
from .storages import Storage

__all__ = ["Dataset", "KeyValueStore", "RequestQueue"]


class _View:
    """A storage by its id; everything is read from the world when it is asked for."""

    def __init__(self, platform: Platform, storage_id: str) -> None:
        self._platform = platform
        self.id = storage_id

    @property
    def name(self) -> str | None:
        """Its name, ``None`` for an unnamed one."""
        return self._storage.name

    @property
    def _storage(self) -> Storage:
        return self._platform.storages.get(self.id)

    def delete(self) -> None:
        """Remove it with all it holds."""
        with self._platform.kernel.world.transaction():
            self._platform.storages.delete(self._storage)

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self.id!r})"


class Dataset(_View):
    """A dataset."""

    @property
    def items(self) -> list[dict[str, Any]]:
        """Every item, in the order pushed."""
        return self._platform.items.all(self.id)

    def push(self, items: dict[str, Any] | list[dict[str, Any]]) -> None:
        """Append items, as the API would: checked against the schema and charged where the run is."""
        with self._platform.kernel.world.transaction():
            pushed = self._platform.items.push(self._storage, items)
            self._platform.life.count_items(self.id, pushed)

    def __len__(self) -> int:
        return self._storage.items

    def __bool__(self) -> bool:
        return True


class KeyValueStore(_View):
    """A key-value store. ``store["OUTPUT"]`` is the record's value: JSON parsed, text as text, else bytes."""

    def __getitem__(self, key: str) -> Any:
        record = self.record(key)
        if record is None:
            raise KeyError(key)
        return _value(record)

    def __setitem__(self, key: str, value: Any) -> None:
        self.put(key, value)

    def __contains__(self, key: object) -> bool:
        return isinstance(key, str) and self.record(key) is not None

    def get(self, key: str, default: Any = None) -> Any:
        """The record's value, or ``default``."""
        record = self.record(key)
        return default if record is None else _value(record)

    def record(self, key: str) -> Record | None:
        """The record as it was stored."""
        return self._platform.records.peek(self.id, key)

    def put(self, key: str, value: Any, content_type: str = "") -> None:
        """Store bytes and text as they are, anything else as JSON."""
        if isinstance(value, bytes):
            body, kind = value, "application/octet-stream"
        elif isinstance(value, str):
            body, kind = value.encode(), "text/plain; charset=utf-8"
        else:
            body, kind = json.dumps(value, ensure_ascii=False).encode(), "application/json; charset=utf-8"
        with self._platform.kernel.world.transaction():
            self._platform.records.put(self._storage, Record(key, content_type or kind, body))

    @property
    def keys(self) -> tuple[str, ...]:
        """Every key, in byte order."""
        return tuple(key for key, _ in self._platform.records.keys(self._storage, limit=2**31).keys)


class RequestQueue(_View):
    """A request queue."""

    @property
    def requests(self) -> list[dict[str, Any]]:
        """Every request, in the order of their ids."""
        return [each.request for each in self._platform.queues.listed(self._storage, "", 2**31, ())]

    def add(self, url: str, *, unique_key: str = "", **members: Any) -> str:
        """Add a request; answers its id."""
        with self._platform.kernel.world.transaction():
            request = {"url": url, "uniqueKey": unique_key or url, **members}
            return self._platform.queues.add(self._storage, request).request_id

    def __len__(self) -> int:
        return self._storage.items

    def __bool__(self) -> bool:
        return True


def _value(record: Record) -> Any:
    kind = record.content_type.partition(";")[0].strip().lower()
    if kind == "application/json" or kind.endswith("+json"):
        return json.loads(record.body) if record.body else None
    return record.body.decode("utf-8", "replace") if kind.startswith("text/") else record.body
