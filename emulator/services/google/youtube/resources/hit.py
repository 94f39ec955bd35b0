"""Search results on the wire."""

from __future__ import annotations

from functools import partial
from typing import Any

from ..channels import ChannelRecord
from ..playlists import PlaylistRecord
from ..request import YouTubeRequest
from ..videos import VideoRecord
from .form import channel_thumbnails, html_text, instant, video_thumbnails
from .video import broadcast_content

__all__ = ["hit_resource"]

_SHOWN = 160


def hit_resource(request: YouTubeRequest, found: VideoRecord | ChannelRecord | PlaylistRecord) -> dict[str, Any]:
    """``youtube#searchResult``. Its id is an object, and ``publishTime`` is there though discovery has it not."""
    if isinstance(found, VideoRecord):
        kind, facts = "video", _video(found)
    elif isinstance(found, ChannelRecord):
        kind, facts = "channel", _channel(found)
    else:
        kind, facts = "playlist", _playlist(request, found)
    identifier = {"kind": f"youtube#{kind}", f"{kind}Id": found.id}
    return request.resource("searchResult", identifier, snippet=partial(_snippet, found, facts))


def _snippet(found: VideoRecord | ChannelRecord | PlaylistRecord, facts: dict[str, Any]) -> dict[str, Any]:
    published = instant(found.published)
    return {
        "publishedAt": published,
        "channelId": facts["channelId"],
        "title": html_text(found.title),
        "description": _abridged(found.description),
        "thumbnails": facts["thumbnails"],
        "channelTitle": facts["channelTitle"],
        "liveBroadcastContent": facts["live"],
        "publishTime": published,
    }


def _video(video: VideoRecord) -> dict[str, Any]:
    pictures = video_thumbnails(video.id, in_search=True)
    return _facts(video.channel, video.channel_title, pictures, broadcast_content(video))


def _channel(channel: ChannelRecord) -> dict[str, Any]:
    return _facts(channel.id, channel.title, channel_thumbnails(channel.id, with_size=False))


def _playlist(request: YouTubeRequest, playlist: PlaylistRecord) -> dict[str, Any]:
    first = request.library.playlists.first_video(playlist.id)
    pictures = video_thumbnails(first, in_search=True) if first else {}
    return _facts(playlist.channel, playlist.channel_title, pictures)


def _facts(channel: str, title: str, thumbnails: dict[str, Any], live: str = "none") -> dict[str, Any]:
    return {"channelId": channel, "channelTitle": title, "thumbnails": thumbnails, "live": live}


def _abridged(text: str) -> str:
    """One line, cut where a result is."""
    line = " ".join(text.split())
    return line if len(line) <= _SHOWN else line[:_SHOWN].rsplit(" ", 1)[0] + " ..."
