"""What people say under videos."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from ....kernel.service import Kernel
from .identifiers import comment_id, reply_id
from .rows import insert, placeholders

__all__ = ["Comment", "Comments"]


@dataclass(frozen=True, slots=True)
class Comment:
    """A row of ``youtube_comment`` with the channel of its video; ``parent`` "" begins a thread."""

    number: int
    id: str
    parent: str
    video: str
    author: str
    author_channel: str
    text: str
    likes: int
    published: float
    moderation: str
    channel: str


class Comments:
    """Finds and makes comments."""

    def __init__(self, kernel: Kernel) -> None:
        self._world = kernel.world
        self._clock = kernel.clock
        self._ids = kernel.ids

    def add(self, video: str, author: str, author_channel: str, text: str, **columns: Any) -> Comment:
        """A new comment, or with ``parent`` a reply. ``columns`` are further ones of its table."""
        values = {"id": "", "parent": "", "published": None, **columns}
        parent = values["parent"]
        values["id"] = values["id"] or (reply_id(self._ids, parent) if parent else comment_id(self._ids))
        values["published"] = self._clock.time() if values["published"] is None else values["published"]
        values |= {"video": video, "author": author, "author_channel": author_channel, "text": text}
        insert(self._world, "youtube_comment", values)
        return self.all_of([values["id"]])[0]

    def change(self, comment: str, text: str) -> None:
        """Another text for a comment."""
        self._world.execute("UPDATE youtube_comment SET text = ? WHERE id = ?", (text, comment))

    def moderate(self, comment: str, moderation: str) -> None:
        """Publish a comment, hold it for review or reject it."""
        self._world.execute("UPDATE youtube_comment SET moderation = ? WHERE id = ?", (moderation, comment))

    def delete(self, comment: str) -> None:
        """Remove a comment and what replies to it."""
        self._world.execute("DELETE FROM youtube_comment WHERE id = ? OR parent = ?", (comment, comment))

    def all_of(self, ids: Iterable[str]) -> list[Comment]:
        """Those of the ids that exist."""
        wanted = list(ids)
        return self._select(f"k.id IN ({placeholders(wanted)}) ORDER BY k.number", wanted)

    def threads(self, *, video: str = "", channel: str = "", moderation: str = "published") -> list[Comment]:
        """What begins the threads of a video, or of all videos of a channel, newest first."""
        where, value = ("k.video = ?", video) if video else ("v.channel = ?", channel)
        condition = f"k.parent = '' AND k.moderation = ? AND {where}"
        return self._select(f"{condition} ORDER BY k.published DESC, k.number DESC", [moderation, value])

    def replies(self, parent: str) -> list[Comment]:
        """The published replies of a thread, oldest first."""
        condition = "k.parent = ? AND k.moderation = 'published'"
        return self._select(f"{condition} ORDER BY k.published, k.number", [parent])

    def _select(self, condition: str, values: list[str]) -> list[Comment]:
        rows = self._world.all(
            f"SELECT k.*, v.channel FROM youtube_comment k JOIN youtube_video v ON v.id = k.video WHERE {condition}",
            values,
        )
        return [Comment(**dict(row)) for row in rows]
