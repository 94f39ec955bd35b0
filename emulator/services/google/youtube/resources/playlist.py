"""Playlists and their items on the wire."""

from __future__ import annotations

from functools import partial
from typing import Any

from ..playlists import PlaylistItem, PlaylistRecord
from ..request import YouTubeRequest
from .form import instant, video_thumbnails

__all__ = ["item_resource", "playlist_resource"]

_NO_PICTURE = {"default": {"url": "https://i.ytimg.com/img/no_thumbnail.jpg", "width": 120, "height": 90}}


def playlist_resource(request: YouTubeRequest, playlist: PlaylistRecord) -> dict[str, Any]:
    """``youtube#playlist``."""
    return request.resource(
        "playlist",
        playlist.id,
        snippet=partial(_snippet, request, playlist),
        status=lambda: {"privacyStatus": playlist.privacy},
        contentDetails=lambda: {"itemCount": request.library.playlists.size(playlist.id)},
        player=partial(_player, playlist),
    )


def item_resource(request: YouTubeRequest, item: PlaylistItem) -> dict[str, Any]:
    """``youtube#playlistItem``."""
    return request.resource(
        "playlistItem",
        item.id,
        snippet=partial(_item_snippet, item, request.caller.account),
        contentDetails=partial(_item_details, item),
        status=lambda: {"privacyStatus": item.video.privacy},
    )


def _snippet(request: YouTubeRequest, playlist: PlaylistRecord) -> dict[str, Any]:
    first = request.library.playlists.first_video(playlist.id)
    return {
        "publishedAt": instant(playlist.published),
        "channelId": playlist.channel,
        "title": playlist.title,
        "description": playlist.description,
        "thumbnails": video_thumbnails(first) if first else _NO_PICTURE,
        "channelTitle": playlist.channel_title,
        **({"defaultLanguage": playlist.language} if playlist.language else {}),
        "localized": {"title": playlist.title, "description": playlist.description},
    }


def _player(playlist: PlaylistRecord) -> dict[str, str]:
    address = f"http://www.youtube.com/embed/videoseries?list={playlist.id}"
    return {"embedHtml": f'<iframe width="640" height="360" src="{address}" frameborder="0" allowfullscreen></iframe>'}


def _item_snippet(item: PlaylistItem, account: str) -> dict[str, Any]:
    """A video that turned private keeps its place, and nothing else of it is shown."""
    video, place = item.video, {"playlistId": item.playlist, "position": item.position}
    which = {"resourceId": {"kind": "youtube#video", "videoId": video.id}}
    head = {"publishedAt": instant(item.added), "channelId": item.channel}
    if not video.shown_to(account):
        hidden = {"title": "Private video", "description": "This video is private.", "thumbnails": {}}
        return {**head, **hidden, "channelTitle": item.channel_title, **place, **which}
    return {
        **head,
        "title": video.title,
        "description": video.description,
        "thumbnails": video_thumbnails(video.id),
        "channelTitle": item.channel_title,
        **place,
        **which,
        "videoOwnerChannelTitle": video.channel_title,
        "videoOwnerChannelId": video.channel,
    }


def _item_details(item: PlaylistItem) -> dict[str, Any]:
    note = {"note": item.note} if item.note else {}
    return {"videoId": item.video.id, **note, "videoPublishedAt": instant(item.video.published)}
