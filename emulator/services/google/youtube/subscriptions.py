"""Who follows whom."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from ....kernel.service import Kernel
from .channels import ChannelRecord, Channels
from .identifiers import subscription_id
from .rows import insert, placeholders

__all__ = ["Subscription", "Subscriptions"]


@dataclass(frozen=True, slots=True)
class Subscription:
    """``subscriber`` follows ``channel`` since ``created``."""

    id: str
    subscriber: ChannelRecord
    channel: ChannelRecord
    created: float


class Subscriptions:
    """Finds, makes and ends subscriptions."""

    def __init__(self, kernel: Kernel, channels: Channels) -> None:
        self._world = kernel.world
        self._clock = kernel.clock
        self._ids = kernel.ids
        self._channels = channels

    def add(self, subscriber: str, channel: str, **columns: Any) -> Subscription | None:
        """A new subscription; ``None`` where there is one already."""
        if self._select("subscriber = ? AND channel = ?", [subscriber, channel]):
            return None
        values = {"id": columns.get("id") or subscription_id(self._ids), "subscriber": subscriber, "channel": channel}
        insert(self._world, "youtube_subscription", {**values, "created": columns.get("created", self._clock.time())})
        return self._select("id = ?", [values["id"]])[0]

    def find(self, identifier: str) -> Subscription | None:
        """The subscription of that id."""
        return next(iter(self._select("id = ?", [identifier])), None)

    def all_of(self, ids: Iterable[str]) -> list[Subscription]:
        """Those of the ids that exist."""
        wanted = list(ids)
        return self._select(f"id IN ({placeholders(wanted)})", wanted)

    def of(self, subscriber: str) -> list[Subscription]:
        """What a channel follows, oldest first."""
        return self._select("subscriber = ?", [subscriber])

    def to(self, channel: str) -> list[Subscription]:
        """Who follows a channel, oldest first."""
        return self._select("channel = ?", [channel])

    def delete(self, identifier: str) -> None:
        """End a subscription."""
        self._world.execute("DELETE FROM youtube_subscription WHERE id = ?", (identifier,))

    def _select(self, condition: str, values: list[str]) -> list[Subscription]:
        rows = self._world.all(f"SELECT * FROM youtube_subscription WHERE {condition} ORDER BY number", values)
        named = {each for row in rows for each in (row["subscriber"], row["channel"])}
        channels = {channel.id: channel for channel in self._channels.all_of(named)}
        return [
            Subscription(row["id"], channels[row["subscriber"]], channels[row["channel"]], row["created"])
            for row in rows
        ]
