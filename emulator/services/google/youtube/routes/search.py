"""``youtube.search``."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from ..channels import ChannelRecord
from ..errors import InvalidSearchFilter, YouTubeError
from ..paging import page_of, search_tokens
from ..playlists import PlaylistRecord
from ..request import HANDLERS, YouTubeRequest
from ..resources.hit import hit_resource
from ..search import Hit, Search, hits
from ..search_query import SearchQuery
from ..videos import VideoRecord

__all__ = ["list_"]

_REACHABLE = 500
_MOST_COUNTED = 1_000_000
_KINDS = frozenset(("video", "channel", "playlist"))
_CHANNEL_ID = re.compile(r"UC[A-Za-z0-9_-]{22}")
_DURATIONS = {"short": (0, 239), "medium": (240, 1_200), "long": (1_201, None)}
_OF_VIDEOS: Mapping[str, Mapping[str, tuple[str, Any]]] = {
    "videoDefinition": {"standard": ("definition", "sd"), "high": ("definition", "hd")},
    "videoCaption": {"closedCaption": ("captions", 1), "none": ("captions", 0)},
    "videoEmbeddable": {"true": ("embeddable", 1)},
    "videoLicense": {"youtube": ("license", "youtube"), "creativeCommon": ("license", "creativeCommon")},
    "eventType": {name: ("live", name) for name in ("live", "upcoming", "completed")},
    "safeSearch": {"strict": ("age_restricted", 0)},
}
_UNMODELLED = (
    *("forDeveloper", "location", "locationRadius", "topicId", "videoPaidProductPlacement", "videoSyndicated"),
    *("videoDimension", "videoType"),
)
_ANY = frozenset(("", "any", "none", "videoDurationUnspecified", "videoCaptionUnspecified"))


@HANDLERS.bind("youtube.search.list")
def list_(request: YouTubeRequest) -> Any:
    """Videos, channels and playlists, at most the first five hundred."""
    request.refuse_unmodelled(*_UNMODELLED)
    found = hits(request.library.world, _search(request))
    size = request.arguments.integer("maxResults")
    page = page_of(found, request.arguments.text("pageToken"), size, search_tokens, _REACHABLE)
    fields = {
        **page.tokens(),
        "regionCode": request.arguments.text("regionCode") or "US",
        "pageInfo": {"totalResults": min(page.total, _MOST_COUNTED), "resultsPerPage": min(size, page.total)},
    }
    items = [hit_resource(request, _record(request, hit)) for hit in page.items]
    return request.response("searchListResponse", fields, items)


def _record(request: YouTubeRequest, hit: Hit) -> VideoRecord | ChannelRecord | PlaylistRecord:
    library = request.library
    if hit.kind == "video":
        return library.videos.require(hit.id)
    return library.channels.require(hit.id) if hit.kind == "channel" else library.playlists.all_of([hit.id])[0]


def _search(request: YouTubeRequest) -> Search:
    """What the parameters ask for. Raises ``InvalidSearchFilter`` where they do not go together."""
    arguments = request.arguments
    kinds = frozenset(word for value in arguments.texts("type") for word in value.split(",") if word) or _KINDS
    if not kinds <= _KINDS or (kinds != {"video"} and _narrows_to_videos(request)):
        raise InvalidSearchFilter
    shortest, longest = _DURATIONS.get(arguments.text("videoDuration"), (0, None))
    after, before = arguments.moment("publishedAfter"), arguments.moment("publishedBefore")
    is_own = arguments.flag("forMine")
    return Search(
        query=SearchQuery.of(arguments.text("q")),
        kinds=kinds,
        channel=request.own_channel("forMine").id if is_own else _channel(request),
        after=after.timestamp() if after else None,
        before=before.timestamp() if before else None,
        restrictions=tuple(_restrictions(request)),
        shortest=shortest,
        longest=longest,
        private_too=is_own,
        order=arguments.text("order"),
    )


def _narrows_to_videos(request: YouTubeRequest) -> bool:
    """Whether a parameter is there that only goes with ``type=video``."""
    narrowing = [name for name in request.arguments.given if name.startswith("video") or name == "eventType"]
    return request.arguments.flag("forMine") or any(request.arguments.text(name) not in _ANY for name in narrowing)


def _restrictions(request: YouTubeRequest) -> list[tuple[str, Any]]:
    arguments = request.arguments
    chosen = [choices[arguments.text(name)] for name, choices in _OF_VIDEOS.items() if arguments.text(name) in choices]
    category = arguments.text("videoCategoryId")
    return [*chosen, *([("category", category)] if category else [])]


def _channel(request: YouTubeRequest) -> str:
    channel = request.arguments.text("channelId")
    if channel and not _CHANNEL_ID.fullmatch(channel):
        message = "The <code>channelId</code> parameter specified an invalid channel ID."
        raise YouTubeError("search", "invalidChannelId", message, location="channelId")
    return channel
