"""Playlists in the world and the videos in them.

Two playlists are no rows: the uploads of a channel (``UU...``) and what the caller likes (``LL``).
"""

from __future__ import annotations

from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from ....kernel.service import Kernel
from ....kernel.world import Row
from .channels import ChannelRecord, Channels
from .identifiers import item_id, playlist_id, uploads_of
from .rows import insert, placeholders
from .videos import VideoRecord, Videos

__all__ = ["MOST_ITEMS", "PlaylistItem", "PlaylistRecord", "Playlists"]

MOST_ITEMS = 5_000
_LIKED = "LL"


@dataclass(frozen=True, slots=True)
class PlaylistRecord:
    """A row of ``youtube_playlist`` with the title and owner of its channel."""

    number: int
    id: str
    channel: str
    title: str
    description: str
    published: float
    privacy: str
    language: str
    channel_title: str
    owner: str

    def shown_to(self, account: str) -> bool:
        """Whether a caller may see it at all."""
        return self.privacy != "private" or (bool(account) and account == self.owner)


@dataclass(frozen=True, slots=True)
class PlaylistItem:
    """A video at its place in a playlist of ``channel``."""

    id: str
    playlist: str
    channel: str
    channel_title: str
    video: VideoRecord
    position: int
    added: float
    note: str = ""


class Playlists:
    """Finds, makes and changes playlists. Positions of a playlist run from 0 without gaps."""

    def __init__(self, kernel: Kernel, channels: Channels, videos: Videos) -> None:
        self._world = kernel.world
        self._clock = kernel.clock
        self._ids = kernel.ids
        self._channels = channels
        self._videos = videos

    def add(self, channel: str, title: str, **columns: Any) -> PlaylistRecord:
        """A new playlist. ``columns`` are further ones of its table; ``id`` and ``published`` come by themselves."""
        values = {"id": "", "published": None, **columns, "channel": channel, "title": title}
        values["id"] = values["id"] or playlist_id(self._ids)
        values["published"] = self._clock.time() if values["published"] is None else values["published"]
        insert(self._world, "youtube_playlist", values)
        return self.all_of([values["id"]])[0]

    def change(self, playlist: str, title: str, description: str, language: str, privacy: str) -> None:
        """New facts for a playlist."""
        self._world.execute(
            "UPDATE youtube_playlist SET title = ?, description = ?, language = ?, privacy = ? WHERE id = ?",
            (title, description, language, privacy, playlist),
        )

    def delete(self, playlist: str) -> None:
        """Remove a playlist; its videos stay."""
        self._world.execute("DELETE FROM youtube_playlist WHERE id = ?", (playlist,))

    def find(self, identifier: str) -> PlaylistRecord | None:
        """The playlist of that id."""
        return next(iter(self.all_of([identifier])), None)

    def all_of(self, ids: Iterable[str]) -> list[PlaylistRecord]:
        """Those of the ids that exist, oldest in the world first."""
        wanted = list(ids)
        return self._select(f"p.id IN ({placeholders(wanted)}) ORDER BY p.number", wanted)

    def of_channel(self, channel: str, account: str) -> list[PlaylistRecord]:
        """A channel's playlists as ``account`` sees them, newest first."""
        visible = "(p.privacy = 'public' OR c.account = ?)"
        return self._select(f"p.channel = ? AND {visible} ORDER BY p.number DESC", [channel, account])

    def size(self, playlist: str) -> int:
        """How many videos are in it."""
        return int(self._world.value("SELECT count(*) FROM youtube_playlist_item WHERE playlist = ?", (playlist,)))

    def first_video(self, playlist: str) -> str:
        """The video whose picture a playlist shows, "" for an empty one."""
        first = "SELECT video FROM youtube_playlist_item WHERE playlist = ? ORDER BY position LIMIT 1"
        return str(self._world.value(first, (playlist,)) or "")

    # -- items ---------------------------------------------------------------------------------------------------

    def items(self, playlist: str, account: str) -> list[PlaylistItem] | None:
        """What is in a playlist, in its order; ``None`` for one that does not exist or is hidden from ``account``."""
        if playlist.startswith("UU"):
            channel = self._channels.find("UC" + playlist[2:])
            return None if channel is None else self._uploads(channel, account)
        if playlist.startswith(_LIKED):
            own = self._channels.of_account(account)
            return self._liked(own) if own is not None and playlist in {_LIKED, _LIKED + own.id[2:]} else None
        found = self.find(playlist)
        if found is None or not found.shown_to(account):
            return None
        return self._items("playlist = ? ORDER BY position", [playlist])

    def items_of(self, ids: Iterable[str], account: str) -> list[PlaylistItem]:
        """The items of those ids that ``account`` may see, in the order asked for."""
        found = (self._seen_item(identifier, account) for identifier in ids)
        return [item for item in found if item is not None]

    def item(self, identifier: str) -> PlaylistItem | None:
        """The item of that id in a playlist that is a row."""
        return next(iter(self._items("id = ?", [identifier])), None)

    def insert(self, playlist: str, video: str, position: int | None = None, note: str = "", **columns: Any) -> str:
        """Put a video into a playlist, at its end by default; answers the item's id."""
        size = self.size(playlist)
        place = size if position is None else min(position, size)
        self._shift(playlist, place, 1)
        identifier = columns.get("id") or _item_id(playlist, item_id(self._ids))
        added = columns.get("added", self._clock.time())
        values = {"id": identifier, "playlist": playlist, "video": video, "position": place, "added": added}
        insert(self._world, "youtube_playlist_item", {**values, "note": note})
        return str(identifier)

    def move(self, item: PlaylistItem, position: int, note: str) -> None:
        """Put an item at another place, with another note."""
        self._shift(item.playlist, item.position + 1, -1)
        self._shift(item.playlist, position, 1, item.id)
        self._world.execute(
            "UPDATE youtube_playlist_item SET position = ?, note = ? WHERE id = ?", (position, note, item.id)
        )

    def remove(self, item: PlaylistItem) -> None:
        """Take an item out; those behind it move up."""
        self._world.execute("DELETE FROM youtube_playlist_item WHERE id = ?", (item.id,))
        self._shift(item.playlist, item.position + 1, -1)

    def _seen_item(self, identifier: str, account: str) -> PlaylistItem | None:
        """An item by the id that names its playlist, those of uploads included."""
        seen = self.items(_playlist_in(identifier), account) or ()
        return next((item for item in seen if item.id == identifier), None)

    def _shift(self, playlist: str, position: int, by: int, but: str = "") -> None:
        self._world.execute(
            "UPDATE youtube_playlist_item SET position = position + ? WHERE playlist = ? AND position >= ? AND id <> ?",
            (by, playlist, position, but),
        )

    def _uploads(self, channel: ChannelRecord, account: str) -> list[PlaylistItem]:
        return self._derived(uploads_of(channel.id), channel, self._videos.uploads(channel.id, account))

    def _liked(self, channel: ChannelRecord) -> list[PlaylistItem]:
        return self._derived(_LIKED + channel.id[2:], channel, self._videos.rated(channel.account, "like"))

    def _derived(self, playlist: str, channel: ChannelRecord, videos: list[VideoRecord]) -> list[PlaylistItem]:
        return [
            PlaylistItem(
                _item_id(playlist, video.id), playlist, channel.id, channel.title, video, position, video.published
            )
            for position, video in enumerate(videos)
        ]

    def _items(self, condition: str, values: list[str]) -> list[PlaylistItem]:
        rows = self._world.all(f"SELECT * FROM youtube_playlist_item WHERE {condition}", values)
        videos = {video.id: video for video in self._videos.all_of({row["video"] for row in rows})}
        lists = {each.id: each for each in self.all_of({row["playlist"] for row in rows})}
        return [_item(row, lists[row["playlist"]], videos[row["video"]]) for row in rows]

    def _select(self, condition: str, values: list[str]) -> list[PlaylistRecord]:
        rows = self._world.all(
            "SELECT p.*, c.title AS channel_title, c.account AS owner FROM youtube_playlist p"
            f" JOIN youtube_channel c ON c.id = p.channel WHERE {condition}",
            values,
        )
        return [PlaylistRecord(**dict(row)) for row in rows]


def _item(row: Row, playlist: PlaylistRecord, video: VideoRecord) -> PlaylistItem:
    return PlaylistItem(
        row["id"],
        row["playlist"],
        playlist.channel,
        playlist.channel_title,
        video,
        row["position"],
        row["added"],
        row["note"],
    )


def _item_id(playlist: str, within: str) -> str:
    """An item's id as YouTube writes it: the playlist and a name within it, in base64."""
    return urlsafe_b64encode(f"{playlist}.{within}".encode()).rstrip(b"=").decode()


def _playlist_in(item: str) -> str:
    """The playlist an item's id begins with, "" for what is no such id."""
    try:
        return urlsafe_b64decode(item + "=" * (-len(item) % 4)).decode().partition(".")[0]
    except ValueError:
        return ""
