"""Comments and their threads on the wire."""

from __future__ import annotations

import html
from functools import partial
from typing import Any

from ..comments import Comment
from ..request import YouTubeRequest
from .form import instant, resource

__all__ = ["comment_resource", "thread_resource"]

_REPLIES_SHOWN = 5


def comment_resource(request: YouTubeRequest, comment: Comment) -> dict[str, Any]:
    """``youtube#comment``."""
    return request.resource("comment", comment.id, snippet=partial(_snippet, request, comment))


def thread_resource(request: YouTubeRequest, comment: Comment) -> dict[str, Any]:
    """``youtube#commentThread`` of the comment that begins it. ``replies`` shows the last five."""
    replies = request.library.comments.replies(comment.id)
    shown = {"replies": lambda: {"comments": [_embedded(request, each) for each in replies[-_REPLIES_SHOWN:]]}}
    return request.resource(
        "commentThread",
        comment.id,
        snippet=partial(_thread_snippet, request, comment, len(replies)),
        **(shown if replies else {}),
    )


def _thread_snippet(request: YouTubeRequest, comment: Comment, replies: int) -> dict[str, Any]:
    return {
        "channelId": comment.channel,
        "videoId": comment.video,
        "topLevelComment": _embedded(request, comment),
        "canReply": bool(request.caller.account),
        "totalReplyCount": replies,
        "isPublic": True,
    }


def _embedded(request: YouTubeRequest, comment: Comment) -> dict[str, Any]:
    return resource("comment", comment.id, {"snippet": _snippet(request, comment)})


def _snippet(request: YouTubeRequest, comment: Comment) -> dict[str, Any]:
    plain = request.arguments.text("textFormat") == "plainText"
    return {
        "channelId": comment.channel,
        "videoId": comment.video,
        "textDisplay": comment.text if plain else html.escape(comment.text, quote=False).replace("\n", "<br>"),
        "textOriginal": comment.text,
        **({"parentId": comment.parent} if comment.parent else {}),
        "authorDisplayName": comment.author,
        "authorProfileImageUrl": f"https://yt3.ggpht.com/ytc/{comment.author_channel}=s48-c-k-c0x00ffffff-no-rj",
        "authorChannelUrl": f"http://www.youtube.com/channel/{comment.author_channel}",
        "authorChannelId": {"value": comment.author_channel},
        "canRate": bool(request.caller.account),
        "viewerRating": "none",
        "likeCount": comment.likes,
        "publishedAt": instant(comment.published),
        "updatedAt": instant(comment.published),
    }
