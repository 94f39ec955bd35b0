"""Channels in the world."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, NamedTuple

from ....kernel.service import Kernel
from ....kernel.world import Row
from .identifiers import channel_id
from .rows import insert, placeholders

__all__ = ["ChannelRecord", "ChannelStatistics", "Channels"]


@dataclass(frozen=True, slots=True)
class ChannelRecord:
    """A row of ``youtube_channel``; ``views`` and ``video_count`` are ``None`` where the world's videos tell."""

    number: int
    id: str
    account: str
    title: str
    description: str
    handle: str
    username: str
    published: float
    country: str
    subscribers: int
    hides_subscribers: int
    views: int | None
    video_count: int | None
    shows_subscriptions: int


class ChannelStatistics(NamedTuple):
    """The counters of a channel, unrounded."""

    views: int
    subscribers: int
    videos: int


class Channels:
    """Finds and makes channels."""

    def __init__(self, kernel: Kernel) -> None:
        self._world = kernel.world
        self._clock = kernel.clock
        self._ids = kernel.ids

    def add(self, title: str, **columns: Any) -> ChannelRecord:
        """A new channel. ``columns`` are further ones of its table; ``id`` and ``published`` come by themselves."""
        values = {"id": "", "published": None, **columns, "title": title}
        values["id"] = values["id"] or channel_id(self._ids)
        values["published"] = self._clock.time() if values["published"] is None else values["published"]
        values["handle"] = str(values.get("handle", "")).lower()
        insert(self._world, "youtube_channel", values)
        return self.require(values["id"])

    def require(self, identifier: str) -> ChannelRecord:
        """The channel of that id. Raises ``LookupError``."""
        if (found := self.find(identifier)) is None:
            raise LookupError(f"no channel {identifier!r} in this world")
        return found

    def find(self, identifier: str) -> ChannelRecord | None:
        """The channel of that id."""
        return self._one("id", identifier)

    def of_account(self, account: str) -> ChannelRecord | None:
        """The channel of a Google account."""
        return self._one("account", account) if account else None

    def named(self, *, handle: str = "", username: str = "") -> ChannelRecord | None:
        """The channel of a handle, with or without ``@``, or of a legacy user name; case does not matter."""
        if handle:
            return self._one("handle", "@" + handle.lower().removeprefix("@"))
        return self._one("lower(username)", username.lower()) if username else None

    def all_of(self, ids: Iterable[str]) -> list[ChannelRecord]:
        """Those of the ids that exist, oldest in the world first."""
        wanted = list(ids)
        rows = self._world.all(
            f"SELECT * FROM youtube_channel WHERE id IN ({placeholders(wanted)}) ORDER BY number", wanted
        )
        return [_record(row) for row in rows]

    def statistics(self, channel: ChannelRecord) -> ChannelStatistics:
        """The counters, subscribers of this world added to those a seed gave."""
        row = self._world.one(
            "SELECT coalesce(sum(views), 0) AS views, count(*) AS videos FROM youtube_video"
            " WHERE channel = ? AND privacy = 'public'",
            (channel.id,),
        )
        here = self._world.value("SELECT count(*) FROM youtube_subscription WHERE channel = ?", (channel.id,))
        views, videos = (row["views"], row["videos"]) if row is not None else (0, 0)
        return ChannelStatistics(
            views if channel.views is None else channel.views,
            channel.subscribers + int(here),
            videos if channel.video_count is None else channel.video_count,
        )

    def _one(self, column: str, value: str) -> ChannelRecord | None:
        row = self._world.one(f"SELECT * FROM youtube_channel WHERE {column} = ?", (value,))
        return _record(row) if row is not None else None


def _record(row: Row) -> ChannelRecord:
    return ChannelRecord(**dict(row))
