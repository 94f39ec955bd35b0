"""The ``youtube`` section of a seed: channels with their videos, playlists, subscriptions and comments.

``youtube_seed`` reads the section, gives ids to what has none and checks every reference; it touches no database. Ids
are derived from titles, so a seed means the same channels and videos everywhere and always.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Literal

from ....kernel.seed import SeedNode, read
from ..seed_checks import unique
from .identifiers import derived_channel_id, derived_playlist_id, derived_video_id
from .quota import DailyLimits

__all__ = [
    "ChannelSeed",
    "CommentSeed",
    "LimitsSeed",
    "PlaylistSeed",
    "VideoSeed",
    "YouTubeSeed",
    "youtube_seed",
]

Privacy = Literal["public", "unlisted", "private"]

_CHANNEL_ID = re.compile(r"UC[A-Za-z0-9_-]{22}")
_VIDEO_ID = re.compile(r"[A-Za-z0-9_-]{11}")
_HANDLE = re.compile(r"@[\w.-]{3,30}")
_WHEN = "say either age or date"


@dataclass(frozen=True, kw_only=True)
class CommentSeed:
    """What ``author`` wrote, ``after`` so long from the video or, for a reply, from what it answers."""

    author: str
    text: str
    after: timedelta = timedelta(hours=1)
    likes: int = 0
    moderation: Literal["published", "heldForReview", "likelySpam", "rejected"] = "published"
    replies: tuple[CommentSeed, ...] = ()


@dataclass(frozen=True, kw_only=True)
class VideoSeed:
    """A video, published ``age`` before now or at ``date``. ``category`` is an id such as "27" (education).

    ``likes`` come on top of those given in the world; ``comment_count`` replaces the number of ``comments``.
    """

    title: str
    id: str = ""
    age: timedelta | None = None
    date: datetime | None = None
    description: str = ""
    tags: tuple[str, ...] = ()
    category: str = "22"
    duration: timedelta = timedelta(minutes=5)
    definition: Literal["hd", "sd"] = "hd"
    captions: bool = False
    license: Literal["youtube", "creativeCommon"] = "youtube"
    embeddable: bool = True
    age_restricted: bool = False
    live: Literal["none", "live", "upcoming", "completed"] = "none"
    privacy: Privacy = "public"
    comments_enabled: bool = True
    views: int = 0
    likes: int = 0
    comment_count: int | None = None
    language: str = ""
    comments: tuple[CommentSeed, ...] = ()
    node: SeedNode = field(repr=False, compare=False)


@dataclass(frozen=True, kw_only=True)
class PlaylistSeed:
    """A playlist of its channel. ``videos`` are ids, or titles of videos of the seed."""

    title: str
    id: str = ""
    description: str = ""
    privacy: Privacy = "public"
    videos: tuple[str, ...] = ()
    node: SeedNode = field(repr=False, compare=False)


@dataclass(frozen=True, kw_only=True)
class ChannelSeed:
    """A channel, made ``age`` before now or at ``date``. ``owner`` is the address of a Google account of the world.

    ``subscribers`` come on top of the channels of the world that follow it; ``views`` and ``video_count`` replace what
    its videos add up to. ``subscriptions`` are ids, handles or titles of channels of the seed.
    """

    title: str
    id: str = ""
    owner: str = ""
    handle: str = ""
    username: str = ""
    description: str = ""
    age: timedelta | None = None
    date: datetime | None = None
    country: str = ""
    subscribers: int = 0
    hides_subscribers: bool = False
    views: int | None = None
    video_count: int | None = None
    shows_subscriptions: bool = False
    videos: tuple[VideoSeed, ...] = ()
    playlists: tuple[PlaylistSeed, ...] = ()
    subscriptions: tuple[str, ...] = ()
    node: SeedNode = field(repr=False, compare=False)


@dataclass(frozen=True, kw_only=True)
class LimitsSeed(DailyLimits):
    """Daily limits of ``project``."""

    project: str
    node: SeedNode = field(repr=False, compare=False)


@dataclass(frozen=True, kw_only=True)
class YouTubeSeed:
    """The section."""

    channels: tuple[ChannelSeed, ...] = ()
    limits: tuple[LimitsSeed, ...] = ()

    def check_world(self, users: Collection[str], projects: Collection[str]) -> None:
        """Raise ``SeedError`` for an owner or a project the world has not."""
        for channel in self.channels:
            if channel.owner and channel.owner not in users:
                raise channel.node.require("owner").dangling("user", users)
        for limits in self.limits:
            if limits.project not in projects:
                raise limits.node.require("project").dangling("project", projects)


def youtube_seed(node: SeedNode, now: datetime | None = None) -> YouTubeSeed:
    """The section under ``node``, complete. Raises ``SeedError`` at the first value that is wrong or names nothing."""
    section = read(node, YouTubeSeed, now)
    channels = tuple(_channel(channel) for channel in section.channels)
    unique(channels, "id", lambda channel: channel.id)
    unique((each for each in channels if each.owner), "owner", lambda channel: channel.owner)
    unique((each for each in channels if each.handle), "handle", lambda channel: channel.handle)
    unique((video for channel in channels for video in channel.videos), "id", lambda video: video.id)
    unique((each for channel in channels for each in channel.playlists), "id", lambda playlist: playlist.id)
    names = _names(channels)
    videos = _video_names(channels)
    resolved = tuple(_resolved(channel, names, videos) for channel in channels)
    return replace(section, channels=resolved)


def _channel(seed: ChannelSeed) -> ChannelSeed:
    if seed.id and not _CHANNEL_ID.fullmatch(seed.id):
        raise seed.node.require("id").error(f'expected "UC" and 22 letters, got "{seed.id}"')
    if seed.handle and not _HANDLE.fullmatch(seed.handle):
        raise seed.node.require("handle").error(f'expected a handle such as "@lovelace", got "{seed.handle}"')
    if seed.age is not None and seed.date is not None:
        raise seed.node.error(_WHEN)
    identifier = seed.id or derived_channel_id(seed.handle.lower() or seed.title)
    videos = tuple(_video(identifier, video) for video in seed.videos)
    playlists = tuple(
        replace(each, id=each.id or derived_playlist_id(identifier, each.title)) for each in seed.playlists
    )
    return replace(
        seed,
        id=identifier,
        owner=seed.owner.lower(),
        handle=seed.handle.lower(),
        videos=videos,
        playlists=playlists,
    )


def _video(channel: str, seed: VideoSeed) -> VideoSeed:
    if seed.id and not _VIDEO_ID.fullmatch(seed.id):
        raise seed.node.require("id").error(f'expected eleven letters, got "{seed.id}"')
    if (seed.age is None) == (seed.date is None):
        raise seed.node.error(_WHEN)
    return replace(seed, id=seed.id or derived_video_id(channel, seed.title))


def _names(channels: Iterable[ChannelSeed]) -> dict[str, str]:
    """The id of each channel by its id, handle and title."""
    return {name: each.id for each in channels for name in (each.id, each.handle, each.title) if name}


def _video_names(channels: Iterable[ChannelSeed]) -> dict[str, str]:
    """The id of each video by its id and its title."""
    return {name: video.id for each in channels for video in each.videos for name in (video.id, video.title)}


def _resolved(seed: ChannelSeed, channels: dict[str, str], videos: dict[str, str]) -> ChannelSeed:
    """The seed with ids wherever it named something else."""
    followed = _looked_up(seed.node, "subscriptions", seed.subscriptions, channels, "channel")
    playlists = tuple(
        replace(each, videos=_looked_up(each.node, "videos", each.videos, videos, "video")) for each in seed.playlists
    )
    return replace(seed, subscriptions=followed, playlists=playlists)


def _looked_up(
    node: SeedNode, name: str, written: tuple[str, ...], known: dict[str, str], kind: str
) -> tuple[str, ...]:
    for position, each in enumerate(written):
        if each not in known:
            raise node.require(name).items()[position].dangling(kind, known)
    return tuple(known[each] for each in written)
