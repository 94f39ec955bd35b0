"""``youtube.videos``."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from ..errors import InvalidFilter, YouTubeError
from ..paging import list_tokens, page_of
from ..request import HANDLERS, YouTubeRequest
from ..resources.video import video_resource
from ..videos import VideoRecord
from .categories import CATEGORIES

__all__ = ["delete", "get_rating", "list_", "rate", "update"]

_LONGEST_TITLE = 100


@HANDLERS.bind("youtube.videos.list")
def list_(request: YouTubeRequest) -> Any:
    """Videos by id, the most popular, or what the caller likes. Pages are those of the last two."""
    chosen = request.filter("myRating", "id", "chart")
    videos, account = request.library.videos, request.caller.account
    if chosen == "id":
        found = [video for video in videos.all_of(request.ids()) if video.shown_to(account)]
        items = [video_resource(request, video) for video in found]
        info = {"totalResults": len(found), "resultsPerPage": len(found)}
        return request.response("videoListResponse", {"pageInfo": info}, items)
    listed = _most_popular(request) if chosen == "chart" else _rated(request)
    arguments = request.arguments
    page = page_of(listed, arguments.text("pageToken"), arguments.integer("maxResults"), list_tokens)
    items = [video_resource(request, video) for video in page.items]
    return request.response("videoListResponse", page.fields(), items)


@HANDLERS.bind("youtube.videos.rate")
def rate(request: YouTubeRequest) -> None:
    """Like, dislike or neither."""
    request.own_channel()
    video = request.library.videos.seen(request.arguments.text("id"), request.caller.account)
    if video is None:
        message = (
            "The video that you are trying to rate cannot be found. Check the value of the <code>id</code> parameter "
            "to ensure that it is correct."
        )
        raise YouTubeError("video", "videoNotFound", message, location="id", code=404)
    request.library.videos.rate(request.caller.account, video.id, request.arguments.text("rating"))


@HANDLERS.bind("youtube.videos.getRating")
def get_rating(request: YouTubeRequest) -> Any:
    """What the caller thinks of videos."""
    account = request.own_channel().account
    videos = [video for video in request.library.videos.all_of(request.ids()) if video.shown_to(account)]
    items = [{"videoId": video.id, "rating": request.library.videos.rating(account, video.id)} for video in videos]
    return request.response("videoGetRatingResponse", {}, items)


@HANDLERS.bind("youtube.videos.update")
def update(request: YouTubeRequest) -> dict[str, Any]:
    """New facts for one of the caller's videos: a ``snippet`` replaces the whole of the one there was."""
    body = request.arguments.body
    video = _own(request, str(body.get("id", "")), "The request is not properly authorized to change the video.")
    if "snippet" in request.parts:
        video = replace(video, **_snippet(body.get("snippet", {})))
    if "status" in request.parts and "privacyStatus" in body.get("status", {}):
        video = replace(video, privacy=body["status"]["privacyStatus"])
    request.library.videos.change(video)
    return video_resource(request, video)


@HANDLERS.bind("youtube.videos.delete")
def delete(request: YouTubeRequest) -> None:
    """One of the caller's videos."""
    message = "The video that you are trying to delete cannot be deleted. The request might not be properly authorized."
    request.library.videos.delete(_own(request, request.arguments.text("id"), message).id)


def _own(request: YouTubeRequest, identifier: str, forbidden: str) -> VideoRecord:
    """A video the caller may change. Raises 404, or 403 for somebody else's."""
    account = request.own_channel().account
    video = request.library.videos.seen(identifier, account)
    if video is None:
        raise YouTubeError("video", "videoNotFound", "Video not found.", location="id", code=404)
    if video.owner != account:
        raise YouTubeError("video", "forbidden", forbidden, code=403)
    return video


def _snippet(snippet: Mapping[str, Any]) -> dict[str, Any]:
    """The facts of a video in a body. Raises 400 for a title or a category that is none."""
    title, category = str(snippet.get("title", "")), str(snippet.get("categoryId", ""))
    if not title.strip() or len(title) > _LONGEST_TITLE or "<" in title or ">" in title:
        message = "The request metadata specifies an invalid or empty video title."
        raise YouTubeError("video", "invalidTitle", message, location="body.snippet.title")
    if category not in CATEGORIES:
        message = "The request metadata specifies an invalid category ID."
        raise YouTubeError("video", "invalidCategoryId", message, location="body.snippet.categoryId")
    description, tags = str(snippet.get("description", "")), tuple(snippet.get("tags", ()))
    return {"title": title, "description": description, "tags": tags, "category": category}


def _most_popular(request: YouTubeRequest) -> list[VideoRecord]:
    if request.arguments.text("chart") != "mostPopular":
        raise InvalidFilter
    category = request.arguments.text("videoCategoryId")
    return request.library.videos.most_popular("" if category == "0" else category)


def _rated(request: YouTubeRequest) -> list[VideoRecord]:
    rating = request.arguments.text("myRating")
    if rating == "none":
        raise InvalidFilter
    return request.library.videos.rated(request.own_channel("myRating").account, rating)
