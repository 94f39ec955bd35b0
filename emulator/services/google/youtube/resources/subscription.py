"""Subscriptions on the wire."""

from __future__ import annotations

from functools import partial
from typing import Any

from ..channels import ChannelRecord
from ..request import YouTubeRequest
from ..subscriptions import Subscription
from .form import channel_thumbnails, instant

__all__ = ["subscription_resource"]


def subscription_resource(request: YouTubeRequest, subscription: Subscription) -> dict[str, Any]:
    """``youtube#subscription``."""
    return request.resource(
        "subscription",
        subscription.id,
        snippet=partial(_snippet, subscription),
        contentDetails=partial(_content_details, request, subscription.channel),
        subscriberSnippet=partial(_subscriber, subscription.subscriber),
    )


def _snippet(subscription: Subscription) -> dict[str, Any]:
    channel = subscription.channel
    return {
        "publishedAt": instant(subscription.created),
        "title": channel.title,
        "description": channel.description,
        "resourceId": {"kind": "youtube#channel", "channelId": channel.id},
        "channelId": subscription.subscriber.id,
        "thumbnails": channel_thumbnails(channel.id, with_size=False),
    }


def _content_details(request: YouTubeRequest, channel: ChannelRecord) -> dict[str, Any]:
    videos = request.library.channels.statistics(channel).videos
    return {"totalItemCount": videos, "newItemCount": 0, "activityType": "all"}


def _subscriber(channel: ChannelRecord) -> dict[str, Any]:
    return {
        "title": channel.title,
        "description": channel.description,
        "channelId": channel.id,
        "thumbnails": channel_thumbnails(channel.id, with_size=False),
    }
