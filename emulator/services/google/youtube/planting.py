"""Puts the ``youtube`` section of a seed into the world; what the world has already is a ``SeedError`` at its line."""

from __future__ import annotations

from datetime import datetime, timedelta

from ....kernel.seed import SeedNode
from .identifiers import derived_channel_id, derived_comment_id
from .library import Library
from .quota import DailyLimits, YouTubeQuota
from .seed import ChannelSeed, CommentSeed, VideoSeed, YouTubeSeed

__all__ = ["plant"]

_ABOUT = timedelta(days=365)
"""How long a channel without a date has been there when its first video came."""


def plant(library: Library, quota: YouTubeQuota, section: YouTubeSeed, now: datetime) -> None:
    """Channels, then what refers to them. The caller holds the transaction."""
    for channel in section.channels:
        _channel(library, channel, now)
    for channel in section.channels:
        for video in channel.videos:
            _video(library, channel.id, video, now)
    for channel in section.channels:
        _lists(library, channel, now)
    for limits in section.limits:
        quota.keep(limits.project, DailyLimits(model=limits.model, searches=limits.searches, units=limits.units))


def _new(library: Library, node: SeedNode, table: str, column: str, value: str) -> None:
    if value and library.world.one(f"SELECT 1 FROM {table} WHERE {column} = ?", (value,)) is not None:
        raise node.error(f'{column} "{value}" is in this world already')


def _channel(library: Library, seed: ChannelSeed, now: datetime) -> None:
    for column, value in (("id", seed.id), ("handle", seed.handle), ("account", seed.owner)):
        _new(library, seed.node, "youtube_channel", column, value)
    first = min((_moment(video.age, video.date, now) for video in seed.videos), default=now) - _ABOUT
    written = seed.age is not None or seed.date is not None
    library.channels.add(
        seed.title,
        id=seed.id,
        account=seed.owner,
        description=seed.description,
        handle=seed.handle,
        username=seed.username,
        published=(_moment(seed.age, seed.date, now) if written else first).timestamp(),
        country=seed.country,
        subscribers=seed.subscribers,
        hides_subscribers=seed.hides_subscribers,
        views=seed.views,
        video_count=seed.video_count,
        shows_subscriptions=seed.shows_subscriptions,
    )


def _video(library: Library, channel: str, seed: VideoSeed, now: datetime) -> None:
    _new(library, seed.node, "youtube_video", "id", seed.id)
    published = _moment(seed.age, seed.date, now)
    library.videos.add(
        channel,
        seed.title,
        id=seed.id,
        published=published.timestamp(),
        description=seed.description,
        tags=seed.tags,
        category=seed.category,
        seconds=int(seed.duration.total_seconds()),
        definition=seed.definition,
        captions=seed.captions,
        license=seed.license,
        embeddable=seed.embeddable,
        age_restricted=seed.age_restricted,
        live=seed.live,
        privacy=seed.privacy,
        comments_enabled=seed.comments_enabled,
        views=seed.views,
        likes=seed.likes,
        comment_count=seed.comment_count,
        language=seed.language,
    )
    for position, comment in enumerate(seed.comments):
        _comment(library, seed.id, comment, published, derived_comment_id(seed.id, str(position)))


def _comment(
    library: Library, video: str, seed: CommentSeed, before: datetime, identifier: str, parent: str = ""
) -> None:
    """A comment by a channel of the world where its author names one by handle, else by somebody unknown to it."""
    known = library.channels.named(handle=seed.author) if seed.author.startswith("@") else None
    author = derived_channel_id("author", seed.author) if known is None else known.id
    published = before + seed.after
    library.comments.add(
        video,
        seed.author,
        author,
        seed.text,
        id=identifier,
        parent=parent,
        likes=seed.likes,
        published=published.timestamp(),
        moderation=seed.moderation,
    )
    for position, reply in enumerate(seed.replies):
        derived = derived_comment_id(identifier, str(position))
        _comment(library, video, reply, published, f"{identifier}.{derived[2:24]}", parent or identifier)


def _lists(library: Library, seed: ChannelSeed, now: datetime) -> None:
    """The playlists and subscriptions of a channel."""
    moment = now.timestamp()
    for playlist in seed.playlists:
        _new(library, playlist.node, "youtube_playlist", "id", playlist.id)
        library.playlists.add(
            seed.id,
            playlist.title,
            id=playlist.id,
            description=playlist.description,
            privacy=playlist.privacy,
            published=moment,
        )
        for video in playlist.videos:
            library.playlists.insert(playlist.id, video, added=moment)
    for channel in seed.subscriptions:
        library.subscriptions.add(seed.id, channel, created=moment)


def _moment(age: timedelta | None, date: datetime | None, now: datetime) -> datetime:
    return date if date is not None else now - (age or timedelta(0))
