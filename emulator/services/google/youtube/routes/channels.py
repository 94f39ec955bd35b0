"""``youtube.channels``."""

from __future__ import annotations

from typing import Any

from ..channels import ChannelRecord
from ..errors import SignupRequired
from ..paging import list_tokens, page_of
from ..request import HANDLERS, YouTubeRequest
from ..resources.channel import channel_resource

__all__ = ["list_"]

_FILTERS = ("id", "managedByMe", "forUsername", "forHandle", "mine", "mySubscribers", "categoryId")


@HANDLERS.bind("youtube.channels.list")
def list_(request: YouTubeRequest) -> Any:
    """Channels by one filter. Without any there is no ``items``."""
    arguments = request.arguments
    request.refuse_unmodelled("mySubscribers", "categoryId")
    found = _selected(request, request.filter(*_FILTERS))
    page = page_of(found, arguments.text("pageToken"), arguments.integer("maxResults"), list_tokens)
    items = [channel_resource(request, channel) for channel in page.items]
    return request.response("channelListResponse", page.fields(), items if found else None)


def _selected(request: YouTubeRequest, chosen: str) -> list[ChannelRecord]:
    channels = request.library.channels
    if chosen == "id":
        return channels.all_of(request.ids())
    if chosen == "mine":
        return _mine(request)
    value = request.arguments.text(chosen)
    one = channels.named(handle=value) if chosen == "forHandle" else channels.named(username=value)
    return [] if one is None else [one]


def _mine(request: YouTubeRequest) -> list[ChannelRecord]:
    """The caller's channel; an account without one has an empty answer, or under the switch a refusal."""
    try:
        return [request.own_channel("mine")]
    except SignupRequired:
        if request.library.mine_needs_a_channel:
            raise
        return []
