"""``/users``."""

from __future__ import annotations

from ....kernel.http import Reply
from ....kernel.service import Exchange
from .. import wire
from ..errors import NotFound
from ..platform import Platform
from .binding import bindings, caller_of

__all__ = ["get", "get_limits", "get_me"]


@bindings.bind("apify.users.me.get")
def get_me(_: Platform, exchange: Exchange) -> Reply:
    """The caller's account."""
    return wire.data(wire.private_user(caller_of(exchange).user))


@bindings.bind("apify.users.me.limits.get")
def get_limits(platform: Platform, exchange: Exchange) -> Reply:
    """The caller's bounds and use of this month."""
    return wire.data(wire.limits(caller_of(exchange).user, platform.kernel.clock.time()))


@bindings.bind("apify.users.get")
def get(platform: Platform, exchange: Exchange) -> Reply:
    """Another account, as anyone sees it."""
    user = platform.users.referred(exchange.path_parameters["userId"])
    if user is None:
        raise NotFound("User")
    return wire.data(wire.public_user(user))
