"""Videos on the wire."""

from __future__ import annotations

from functools import partial
from typing import Any

from ..request import YouTubeRequest
from ..videos import VideoRecord
from .form import instant, video_thumbnails

__all__ = ["broadcast_content", "video_resource"]


def video_resource(request: YouTubeRequest, video: VideoRecord) -> dict[str, Any]:
    """``youtube#video``."""
    return request.resource(
        "video",
        video.id,
        snippet=partial(_snippet, video),
        contentDetails=partial(_content_details, video),
        status=partial(_status, video),
        statistics=partial(_statistics, request, video),
        player=partial(_player, video),
    )


def broadcast_content(video: VideoRecord) -> str:
    """``liveBroadcastContent``: a broadcast that is over is a video like any other."""
    return "none" if video.live == "completed" else video.live


def _snippet(video: VideoRecord) -> dict[str, Any]:
    return {
        "publishedAt": instant(video.published),
        "channelId": video.channel,
        "title": video.title,
        "description": video.description,
        "thumbnails": video_thumbnails(video.id),
        "channelTitle": video.channel_title,
        **({"tags": list(video.tags)} if video.tags else {}),
        "categoryId": video.category,
        "liveBroadcastContent": broadcast_content(video),
        **({"defaultLanguage": video.language} if video.language else {}),
        "localized": {"title": video.title, "description": video.description},
        **({"defaultAudioLanguage": video.language} if video.language else {}),
    }


def _content_details(video: VideoRecord) -> dict[str, Any]:
    return {
        "duration": _duration(video.seconds),
        "dimension": "2d",
        "definition": video.definition,
        "caption": "true" if video.captions else "false",
        "licensedContent": False,
        "contentRating": {"ytRating": "ytAgeRestricted"} if video.age_restricted else {},
        "projection": "rectangular",
    }


def _duration(seconds: int) -> str:
    """``PT5M12S``; a broadcast without an end has ``P0D``."""
    if not seconds:
        return "P0D"
    days, rest = divmod(seconds, 86_400)
    hours, rest = divmod(rest, 3_600)
    minutes, left = divmod(rest, 60)
    time = "".join(f"{count}{unit}" for count, unit in ((hours, "H"), (minutes, "M"), (left, "S")) if count)
    return f"P{f'{days}D' if days else ''}{f'T{time}' if time else ''}"


def _status(video: VideoRecord) -> dict[str, Any]:
    return {
        "uploadStatus": "processed",
        "privacyStatus": video.privacy,
        "license": video.license,
        "embeddable": bool(video.embeddable),
        "publicStatsViewable": True,
        "madeForKids": False,
    }


def _statistics(request: YouTubeRequest, video: VideoRecord) -> dict[str, str]:
    counted = request.library.videos.statistics(video)
    comments = {} if counted.comments is None else {"commentCount": str(counted.comments)}
    return {"viewCount": str(counted.views), "likeCount": str(counted.likes), "favoriteCount": "0", **comments}


def _player(video: VideoRecord) -> dict[str, str]:
    address = f"//www.youtube.com/embed/{video.id}"
    return {"embedHtml": f'<iframe width="480" height="270" src="{address}" frameborder="0" allowfullscreen></iframe>'}
