"""``youtube.videoCategories``: the categories videos may be in, the same in every region here."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Any

from ..errors import YouTubeError
from ..request import HANDLERS, YouTubeRequest

__all__ = ["CATEGORIES", "list_"]

CATEGORIES: Mapping[str, str] = {
    "1": "Film & Animation",
    "2": "Autos & Vehicles",
    "10": "Music",
    "15": "Pets & Animals",
    "17": "Sports",
    "19": "Travel & Events",
    "20": "Gaming",
    "22": "People & Blogs",
    "23": "Comedy",
    "24": "Entertainment",
    "25": "News & Politics",
    "26": "Howto & Style",
    "27": "Education",
    "28": "Science & Technology",
    "29": "Nonprofits & Activism",
}
"""Id and English title of the categories a video can be put into."""

_OWNER = "UCBR8-60-B28hp2BmDPdntcQ"


@HANDLERS.bind("youtube.videoCategories.list")
def list_(request: YouTubeRequest) -> Any:
    """Categories by id, or all there are in a region."""
    wanted = request.ids() if request.filter("id", "regionCode") == "id" else list(CATEGORIES)
    for identifier in wanted:
        if identifier not in CATEGORIES:
            message = "The video category identified by the <code>id</code> parameter cannot be found."
            raise YouTubeError("videoCategory", "videoCategoryNotFound", message, location="id", code=404)
    items = [request.resource("videoCategory", each, snippet=partial(_snippet, each)) for each in wanted]
    return request.response("videoCategoryListResponse", {}, items)


def _snippet(category: str) -> dict[str, Any]:
    return {"title": CATEGORIES[category], "assignable": True, "channelId": _OWNER}
