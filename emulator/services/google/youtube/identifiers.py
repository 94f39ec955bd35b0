"""Ids as YouTube spells them: drawn for what is made now, derived from names for what a seed leaves without one.

The last letter of a video or channel id is one of few, because a number of 64 or 128 bits fills the others.
"""

from __future__ import annotations

from ....kernel.ids import BASE64URL, Ids
from ..seed_checks import URL_SAFE, derived

__all__ = [
    "channel_id",
    "comment_id",
    "derived_channel_id",
    "derived_comment_id",
    "derived_playlist_id",
    "derived_video_id",
    "item_id",
    "playlist_id",
    "reply_id",
    "subscription_id",
    "uploads_of",
    "video_id",
]

_VIDEO_END = "AEIMQUYcgkosw048"
_CHANNEL_END = "AQgw"


def video_id(ids: Ids) -> str:
    """Eleven letters."""
    return ids.text(10) + ids.text(1, _VIDEO_END)


def channel_id(ids: Ids) -> str:
    """``UC`` and 22 letters."""
    return "UC" + ids.text(21) + ids.text(1, _CHANNEL_END)


def playlist_id(ids: Ids) -> str:
    """``PL`` and 32 letters."""
    return "PL" + ids.text(32)


def item_id(ids: Ids) -> str:
    """The second half of a playlist item's id: sixteen hexadecimal digits."""
    return ids.hex(16).upper()


def subscription_id(ids: Ids) -> str:
    """43 letters."""
    return ids.text(43, BASE64URL)


def comment_id(ids: Ids) -> str:
    """The id of a thread and of the comment that begins it."""
    return f"Ug{ids.text(17)}4AaABAg"


def reply_id(ids: Ids, parent: str) -> str:
    """The id of a reply, which begins with its thread's."""
    return f"{parent}.{ids.text(22)}"


def uploads_of(channel: str) -> str:
    """The playlist of everything a channel has published."""
    return "UU" + channel[2:]


def derived_video_id(*names: str) -> str:
    """The id of a seeded video without one."""
    return derived(URL_SAFE, 10, "video", *names) + derived(_VIDEO_END, 1, "video", *names)


def derived_channel_id(*names: str) -> str:
    """The id of a seeded channel, or of a commenter without one."""
    return "UC" + derived(URL_SAFE, 21, "channel", *names) + derived(_CHANNEL_END, 1, "channel", *names)


def derived_playlist_id(*names: str) -> str:
    """The id of a seeded playlist without one."""
    return "PL" + derived(URL_SAFE, 32, "playlist", *names)


def derived_comment_id(*names: str) -> str:
    """The id of a seeded comment."""
    return f"Ug{derived(URL_SAFE, 17, 'comment', *names)}4AaABAg"
