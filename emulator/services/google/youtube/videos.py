"""Videos in the world, and what accounts think of them."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, NamedTuple

from ....kernel.service import Kernel
from ....kernel.world import Row
from .identifiers import video_id
from .rows import insert, placeholders

__all__ = ["VideoRecord", "VideoStatistics", "Videos"]


@dataclass(frozen=True, slots=True)
class VideoRecord:
    """A row of ``youtube_video`` with the title and owner of its channel."""

    number: int
    id: str
    channel: str
    title: str
    description: str
    published: float
    tags: tuple[str, ...]
    category: str
    seconds: int
    definition: str
    captions: int
    license: str
    embeddable: int
    age_restricted: int
    live: str
    privacy: str
    comments_enabled: int
    views: int
    likes: int
    comment_count: int | None
    language: str
    channel_title: str
    owner: str

    def shown_to(self, account: str) -> bool:
        """Whether a caller may see it at all: what is private only its owner may."""
        return self.privacy != "private" or (bool(account) and account == self.owner)


class VideoStatistics(NamedTuple):
    """The counters of a video. ``comments`` is ``None`` where comments are off."""

    views: int
    likes: int
    comments: int | None


class Videos:
    """Finds, makes and rates videos."""

    def __init__(self, kernel: Kernel) -> None:
        self._world = kernel.world
        self._clock = kernel.clock
        self._ids = kernel.ids

    def add(self, channel: str, title: str, **columns: Any) -> VideoRecord:
        """A new video. ``columns`` are further ones of its table; ``id`` and ``published`` come by themselves."""
        values = {"id": "", "published": None, **columns, "channel": channel, "title": title}
        values["id"] = values["id"] or video_id(self._ids)
        values["published"] = self._clock.time() if values["published"] is None else values["published"]
        values["tags"] = json.dumps(list(values.get("tags", ())), ensure_ascii=False)
        insert(self._world, "youtube_video", values)
        return self.require(values["id"])

    def change(self, video: VideoRecord) -> None:
        """Keep the title, description, tags, category and privacy of ``video``."""
        self._world.execute(
            "UPDATE youtube_video SET title = ?, description = ?, tags = ?, category = ?, privacy = ? WHERE id = ?",
            (
                video.title,
                video.description,
                json.dumps(list(video.tags), ensure_ascii=False),
                video.category,
                video.privacy,
                video.id,
            ),
        )

    def delete(self, identifier: str) -> None:
        """Remove a video, out of every playlist and with its comments."""
        self._world.execute("DELETE FROM youtube_video WHERE id = ?", (identifier,))

    def require(self, identifier: str) -> VideoRecord:
        """The video of that id. Raises ``LookupError``."""
        if (found := self.find(identifier)) is None:
            raise LookupError(f"no video {identifier!r} in this world")
        return found

    def find(self, identifier: str) -> VideoRecord | None:
        """The video of that id."""
        return next(iter(self.all_of([identifier])), None)

    def seen(self, identifier: str, account: str) -> VideoRecord | None:
        """The video of that id where ``account`` may see it."""
        found = self.find(identifier)
        return found if found is not None and found.shown_to(account) else None

    def all_of(self, ids: Iterable[str]) -> list[VideoRecord]:
        """Those of the ids that exist, oldest in the world first."""
        wanted = list(ids)
        return self._select(f"v.id IN ({placeholders(wanted)}) ORDER BY v.number", wanted)

    def uploads(self, channel: str, account: str) -> list[VideoRecord]:
        """What a channel has published as ``account`` sees it, newest first."""
        visible = "(v.privacy = 'public' OR c.account = ?)"
        return self._select(f"v.channel = ? AND {visible} ORDER BY v.published DESC, v.number DESC", [channel, account])

    def most_popular(self, category: str = "") -> list[VideoRecord]:
        """The two hundred public videos with the most views, of one category or all."""
        condition = "v.privacy = 'public' AND (? = '' OR v.category = ?)"
        return self._select(f"{condition} ORDER BY v.views DESC, v.number LIMIT 200", [category, category])

    def rated(self, account: str, rating: str) -> list[VideoRecord]:
        """What an account likes or dislikes, last rated first."""
        condition = "v.id IN (SELECT video FROM youtube_rating WHERE account = ? AND rating = ?)"
        order = "(SELECT rated FROM youtube_rating WHERE account = ? AND video = v.id) DESC, v.number DESC"
        return self._select(f"{condition} ORDER BY {order}", [account, rating, account])

    def rating(self, account: str, video: str) -> str:
        """What an account thinks of a video: "like", "dislike" or "none"."""
        found = self._world.value("SELECT rating FROM youtube_rating WHERE account = ? AND video = ?", (account, video))
        return str(found or "none")

    def rate(self, account: str, video: str, rating: str) -> None:
        """Like, dislike, or with "none" take back what was."""
        self._world.execute("DELETE FROM youtube_rating WHERE account = ? AND video = ?", (account, video))
        if rating != "none":
            row = (account, video, rating, self._clock.time())
            self._world.execute("INSERT INTO youtube_rating VALUES (?, ?, ?, ?)", row)

    def statistics(self, video: VideoRecord) -> VideoStatistics:
        """The counters, likes of this world added to those a seed gave."""
        liked = "SELECT count(*) FROM youtube_rating WHERE video = ? AND rating = 'like'"
        comments = video.comment_count
        if comments is None:
            said = "SELECT count(*) FROM youtube_comment WHERE video = ? AND moderation = 'published'"
            comments = int(self._world.value(said, (video.id,)))
        likes = video.likes + int(self._world.value(liked, (video.id,)))
        return VideoStatistics(video.views, likes, comments if video.comments_enabled else None)

    def _select(self, condition: str, values: list[str]) -> list[VideoRecord]:
        rows = self._world.all(
            "SELECT v.*, c.title AS channel_title, c.account AS owner FROM youtube_video v"
            f" JOIN youtube_channel c ON c.id = v.channel WHERE {condition}",
            values,
        )
        return [_record(row) for row in rows]


def _record(row: Row) -> VideoRecord:
    return VideoRecord(**{**dict(row), "tags": tuple(json.loads(row["tags"]))})
