"""``youtube.videos``."""

from __future__ import annotations

from typing import Any

from ..errors import InvalidFilter, YouTubeError
from ..paging import list_tokens, page_of
from ..request import HANDLERS, YouTubeRequest
from ..resources.video import video_resource
from ..videos import VideoRecord

__all__ = ["get_rating", "list_", "rate"]


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
