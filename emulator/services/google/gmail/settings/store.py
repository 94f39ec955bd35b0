"""Settings in the world: resources of the API as JSON, by kind and name."""

from __future__ import annotations

import json
from typing import Any

from .....kernel.world import World

__all__ = ["Resource", "SettingStore", "listed"]

Resource = dict[str, Any]


class SettingStore:
    """The settings of one mailbox."""

    def __init__(self, world: World, mailbox: int) -> None:
        self._world = world
        self._mailbox = mailbox

    def get(self, kind: str, name: str = "") -> Resource | None:
        """A resource as it was put, ``None`` where there is none."""
        kept = self._world.value(
            "SELECT value FROM gmail_setting WHERE mailbox = ? AND kind = ? AND name = ?", (self._mailbox, kind, name)
        )
        return None if kept is None else _read(kept)

    def all(self, kind: str) -> list[Resource]:
        """Every resource of a kind, in the order they were made."""
        rows = self._world.all(
            "SELECT value FROM gmail_setting WHERE mailbox = ? AND kind = ? ORDER BY position", (self._mailbox, kind)
        )
        return [_read(row[0]) for row in rows]

    def put(self, kind: str, value: Resource, name: str = "") -> None:
        """Keep a resource; a new one goes to the end of its list, another keeps its place."""
        with self._world.transaction():
            self._world.execute(
                "INSERT INTO gmail_setting SELECT ?, ?, ?, coalesce(max(position), 0) + 1, ? FROM gmail_setting"
                " WHERE mailbox = ? AND kind = ?"
                " ON CONFLICT (mailbox, kind, name) DO UPDATE SET value = excluded.value",
                (self._mailbox, kind, name, json.dumps(value), self._mailbox, kind),
            )

    def delete(self, kind: str, name: str = "") -> bool:
        """Forget a resource; whether it was there."""
        with self._world.transaction():
            gone = self._world.execute(
                "DELETE FROM gmail_setting WHERE mailbox = ? AND kind = ? AND name = ?", (self._mailbox, kind, name)
            )
            return gone.rowcount == 1


def listed(key: str, items: list[Resource]) -> dict[str, list[Resource]] | None:
    """A list as the API answers it: an empty one is no content at all, as was seen of forwarding addresses."""
    return {key: items} if items else None


def _read(text: str) -> Resource:
    value: Resource = json.loads(text)
    return value
