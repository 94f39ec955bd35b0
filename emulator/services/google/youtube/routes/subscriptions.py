"""``youtube.subscriptions``."""

from __future__ import annotations

from typing import Any

from ..errors import YouTubeError
from ..paging import list_tokens, page_of
from ..request import HANDLERS, YouTubeRequest
from ..resources.subscription import subscription_resource
from ..subscriptions import Subscription

__all__ = ["delete", "insert", "list_"]

_FILTERS = ("id", "channelId", "mine", "myRecentSubscribers", "mySubscribers")


@HANDLERS.bind("youtube.subscriptions.list")
def list_(request: YouTubeRequest) -> Any:
    """Subscriptions by id, of a channel, or to and from the caller's own."""
    arguments = request.arguments
    found = _selected(request, request.filter(*_FILTERS))
    if arguments.text("forChannelId"):
        wanted = set(arguments.text("forChannelId").split(","))
        found = [each for each in found if each.channel.id in wanted]
    if arguments.text("order") == "alphabetical":
        found.sort(key=lambda each: each.channel.title.casefold())
    page = page_of(found, arguments.text("pageToken"), arguments.integer("maxResults"), list_tokens)
    items = [subscription_resource(request, each) for each in page.items]
    return request.response("SubscriptionListResponse", page.fields(), items)


@HANDLERS.bind("youtube.subscriptions.insert")
def insert(request: YouTubeRequest) -> dict[str, Any]:
    """The caller follows a channel."""
    own = request.own_channel()
    named = request.arguments.body.get("snippet", {}).get("resourceId", {})
    channel = request.library.channels.find(str(named.get("channelId", "")))
    if channel is None:
        message = "The resource specified in the request cannot be found."
        raise YouTubeError("subscription", "publisherNotFound", message, code=404)
    made = request.library.subscriptions.add(own.id, channel.id)
    if made is None:
        message = "The subscription that you are trying to create already exists."
        raise YouTubeError("subscription", "subscriptionDuplicate", message)
    return subscription_resource(request, made)


@HANDLERS.bind("youtube.subscriptions.delete")
def delete(request: YouTubeRequest) -> None:
    """The caller follows no longer."""
    own = request.own_channel()
    found = request.library.subscriptions.find(request.arguments.text("id"))
    if found is None:
        message = (
            "The subscription that you are trying to delete cannot be found. Check the value of the request's "
            "<code>id</code> parameter to ensure that it is correct."
        )
        raise YouTubeError("subscription", "subscriptionNotFound", message, location="id", code=404)
    if found.subscriber.id != own.id:
        raise _forbidden("The request to delete the subscription is not properly authorized.")
    request.library.subscriptions.delete(found.id)


def _selected(request: YouTubeRequest, chosen: str) -> list[Subscription]:
    """What the filter selects. Subscriptions of others are theirs unless they show them."""
    subscriptions = request.library.subscriptions
    if chosen == "id":
        return [each for each in subscriptions.all_of(request.ids()) if _is_shown(request, each)]
    if chosen == "mine":
        return subscriptions.of(request.own_channel("mine").id)
    if chosen in {"myRecentSubscribers", "mySubscribers"}:
        followers = subscriptions.to(request.own_channel(chosen).id)
        return followers[::-1] if chosen == "myRecentSubscribers" else followers
    return _of_channel(request)


def _of_channel(request: YouTubeRequest) -> list[Subscription]:
    channel = request.library.channels.find(request.arguments.text("channelId"))
    if channel is None:
        message = "The subscriber identified with the request cannot be found."
        raise YouTubeError("subscription", "subscriberNotFound", message, location="channelId", code=404)
    is_own = bool(channel.account) and channel.account == request.caller.account
    if not (is_own or channel.shows_subscriptions):
        raise _forbidden("The requester is not allowed to access the requested subscriptions.")
    return request.library.subscriptions.of(channel.id)


def _is_shown(request: YouTubeRequest, subscription: Subscription) -> bool:
    subscriber, account = subscription.subscriber, request.caller.account
    return bool(subscriber.shows_subscriptions) or (bool(account) and subscriber.account == account)


def _forbidden(message: str) -> YouTubeError:
    return YouTubeError("subscription", "subscriptionForbidden", message, code=403)
