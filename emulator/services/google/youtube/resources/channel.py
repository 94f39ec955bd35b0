"""Channels on the wire."""

from __future__ import annotations

from functools import partial
from typing import Any

from ..channels import ChannelRecord
from ..identifiers import uploads_of
from ..request import YouTubeRequest
from .form import channel_thumbnails, instant

__all__ = ["channel_resource"]


def channel_resource(request: YouTubeRequest, channel: ChannelRecord) -> dict[str, Any]:
    """``youtube#channel``."""
    return request.resource(
        "channel",
        channel.id,
        snippet=partial(_snippet, channel),
        contentDetails=partial(_content_details, channel, is_own=_is_own(request, channel)),
        statistics=partial(_statistics, request, channel),
        status=_status,
        brandingSettings=partial(_branding, channel),
    )


def _is_own(request: YouTubeRequest, channel: ChannelRecord) -> bool:
    return bool(channel.account) and channel.account == request.caller.account


def _snippet(channel: ChannelRecord) -> dict[str, Any]:
    optional = {"customUrl": channel.handle} if channel.handle else {}
    return {
        "title": channel.title,
        "description": channel.description,
        **optional,
        "publishedAt": instant(channel.published),
        "thumbnails": channel_thumbnails(channel.id),
        "localized": {"title": channel.title, "description": channel.description},
        **({"country": channel.country} if channel.country else {}),
    }


def _content_details(channel: ChannelRecord, *, is_own: bool) -> dict[str, Any]:
    return {"relatedPlaylists": {"likes": "LL" if is_own else "", "uploads": uploads_of(channel.id)}}


def _statistics(request: YouTubeRequest, channel: ChannelRecord) -> dict[str, Any]:
    counted = request.library.channels.statistics(channel)
    hides = bool(channel.hides_subscribers)
    return {
        "viewCount": str(counted.views),
        "subscriberCount": "0" if hides else str(_three_figures(counted.subscribers)),
        "hiddenSubscriberCount": hides,
        "videoCount": str(counted.videos),
    }


def _three_figures(count: int) -> int:
    """``count`` rounded down to three significant figures."""
    unit = int("1" + "0" * max(len(str(count)) - 3, 0))
    return count - count % unit


def _status() -> dict[str, Any]:
    return {"privacyStatus": "public", "isLinked": True, "longUploadsStatus": "longUploadsUnspecified"}


def _branding(channel: ChannelRecord) -> dict[str, Any]:
    facts = {"title": channel.title, "description": channel.description, "country": channel.country}
    return {"channel": {name: text for name, text in facts.items() if text}}
