"""YouTube as a test or a seed holds it: ``emulator.youtube``."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import Any

from ....kernel.live import Column, Live, UnknownName
from ....kernel.service import Kernel
from .identifiers import uploads_of
from .library import Library
from .planting import plant
from .quota import DailyLimits, YouTubeQuota
from .seed import YouTubeSeed

__all__ = ["Channel", "Playlist", "ProjectQuota", "Video", "YouTube"]


class Video(Live):
    """A video. Whatever is set shows in the next answer."""

    table, key, kind = "youtube_video", "id", "video"

    title = Column(str)
    description = Column(str)
    privacy = Column(str, choices=("public", "unlisted", "private"))
    comments_enabled = Column(bool)
    views = Column(int)
    likes = Column(int)
    age_restricted = Column(bool)

    @property
    def id(self) -> str:
        """The video id, eleven letters."""
        return self._name

    def delete(self) -> None:
        """Take the video away, out of every playlist and with its comments."""
        with self._world.transaction():
            self._world.execute("DELETE FROM youtube_video WHERE id = ?", (self._name,))


class Playlist(Live):
    """A playlist."""

    table, key, kind = "youtube_playlist", "id", "playlist"

    title = Column(str)
    description = Column(str)
    privacy = Column(str, choices=("public", "unlisted", "private"))

    @property
    def id(self) -> str:
        """The playlist id."""
        return self._name

    @property
    def videos(self) -> tuple[str, ...]:
        """Ids of the videos, in order."""
        order = "SELECT video FROM youtube_playlist_item WHERE playlist = ? ORDER BY position"
        return tuple(row[0] for row in self._world.all(order, (self._name,)))


class Channel(Live):
    """A channel. ``subscribers`` are those besides the channels of the world that follow it."""

    table, key, kind = "youtube_channel", "id", "channel"

    title = Column(str)
    description = Column(str)
    handle = Column(str)
    account = Column(str)
    country = Column(str)
    subscribers = Column(int)
    hides_subscribers = Column(bool)
    shows_subscriptions = Column(bool)

    @property
    def id(self) -> str:
        """The channel id, ``UC...``."""
        return self._name

    @property
    def uploads(self) -> str:
        """The playlist of everything it has published."""
        return uploads_of(self._name)

    @property
    def videos(self) -> tuple[Video, ...]:
        """Its videos, oldest first."""
        rows = self._world.all(
            "SELECT id FROM youtube_video WHERE channel = ? ORDER BY published, number", (self._name,)
        )
        return tuple(Video(self._world, row[0]) for row in rows)

    @property
    def playlists(self) -> tuple[Playlist, ...]:
        """Its playlists, oldest first."""
        rows = self._world.all("SELECT id FROM youtube_playlist WHERE channel = ? ORDER BY number", (self._name,))
        return tuple(Playlist(self._world, row[0]) for row in rows)

    @property
    def subscriptions(self) -> tuple[str, ...]:
        """Ids of the channels it follows."""
        rows = self._world.all(
            "SELECT channel FROM youtube_subscription WHERE subscriber = ? ORDER BY number", (self._name,)
        )
        return tuple(row[0] for row in rows)

    def delete(self) -> None:
        """End the channel, with everything on it; its account has none then."""
        with self._world.transaction():
            self._world.execute("DELETE FROM youtube_channel WHERE id = ?", (self._name,))


class ProjectQuota:
    """What one project may spend in a day, and has spent."""

    def __init__(self, quota: YouTubeQuota, project: str) -> None:
        self._quota = quota
        self._project = project

    @property
    def limits(self) -> DailyLimits:
        """The limits of the project. Setting them forgets what was spent."""
        return self._quota.limits(self._project)

    @limits.setter
    def limits(self, limits: DailyLimits) -> None:
        self._quota.keep(self._project, limits)

    def limit(self, **changes: Any) -> None:
        """Change some of the limits: ``limit(searches=2)``, ``limit(model="units", units=150)``."""
        self.limits = replace(self.limits, **changes)

    @property
    def spent(self) -> dict[str, int]:
        """What was spent since midnight in California: "searches" and "units"."""
        return self._quota.spent(self._project)


class YouTube:
    """Everything on YouTube in a world."""

    def __init__(self, kernel: Kernel) -> None:
        self._kernel = kernel
        self._library = Library(kernel)
        self._quota = YouTubeQuota(kernel)

    @property
    def channels(self) -> tuple[Channel, ...]:
        """Every channel, oldest in the world first."""
        rows = self._kernel.world.all("SELECT id FROM youtube_channel ORDER BY number")
        return tuple(Channel(self._kernel.world, row[0]) for row in rows)

    def channel(self, name: str) -> Channel:
        """The channel of that id, handle, title or owner's address. Raises ``UnknownName``."""
        found = self._kernel.world.value(
            "SELECT id FROM youtube_channel WHERE id = :name OR handle = lower(:name) OR title = :name"
            " OR account = lower(:name) ORDER BY number",
            {"name": name},
        )
        if found is None:
            rows = self._kernel.world.all("SELECT title FROM youtube_channel ORDER BY number LIMIT 50")
            raise UnknownName("channel", name, [row[0] for row in rows])
        return Channel(self._kernel.world, str(found))

    def video(self, name: str) -> Video:
        """The video of that id or title. Raises ``UnknownName``."""
        found = self._kernel.world.value(
            "SELECT id FROM youtube_video WHERE id = :name OR title = :name ORDER BY number", {"name": name}
        )
        return Video.of(self._kernel.world, str(found or name))

    def add_channel(self, title: str, *, owner: str = "", **columns: Any) -> Channel:
        """A new channel, of the account ``owner`` where one is given. ``columns`` are those of its table."""
        with self._kernel.world.transaction():
            made = self._library.channels.add(title, account=owner.lower(), **columns)
        return Channel(self._kernel.world, made.id)

    def add_video(self, channel: str, title: str, *, published: datetime | None = None, **columns: Any) -> Video:
        """A new video of the channel of that id, handle or title, now or at ``published`` (aware)."""
        moment = (published or self._kernel.clock.now()).timestamp()
        owner = self.channel(channel)
        with self._kernel.world.transaction():
            made = self._library.videos.add(owner.id, title, published=moment, **columns)
        return Video(self._kernel.world, made.id)

    def add_comment(self, video: str, author: str, text: str, *, reply_to: str = "") -> str:
        """A comment under the video of that id or title, by the channel ``author``; answers its id."""
        writer, under = self.channel(author), self.video(video)
        with self._kernel.world.transaction():
            name = writer.handle or writer.title
            return self._library.comments.add(under.id, name, writer.id, text, parent=reply_to).id

    def quota(self, project: str) -> ProjectQuota:
        """The quota of a Cloud project. Raises ``UnknownName``."""
        world = self._kernel.world
        if world.one("SELECT 1 FROM google_project WHERE id = ?", (project,)) is None:
            known = [row[0] for row in world.all("SELECT id FROM google_project ORDER BY id")]
            raise UnknownName("project", project, known)
        return ProjectQuota(self._quota, project)

    @property
    def mine_needs_a_channel(self) -> bool:
        """Whether ``channels.list(mine=true)`` of an account without channel is a 401; by default it is empty."""
        return self._library.mine_needs_a_channel

    @mine_needs_a_channel.setter
    def mine_needs_a_channel(self, needed: bool) -> None:
        self._library.mine_needs_a_channel = needed

    def plant(self, section: YouTubeSeed) -> None:
        """Put a seed section into the world. The caller holds the transaction."""
        plant(self._library, self._quota, section, self._kernel.clock.now())
