"""What every resource has: kind, etag and the spelling of times, counters and pictures.

Etags are 27 letters of base64url, as long as SHA-1 makes them; recorded ones look so.
"""

from __future__ import annotations

import html
import json
from base64 import urlsafe_b64encode
from collections.abc import Mapping
from datetime import UTC, datetime
from hashlib import sha1
from typing import Any

__all__ = ["channel_thumbnails", "etag_of", "html_text", "instant", "resource", "video_thumbnails"]

_SIZES = {
    "default": ("default", 120, 90),
    "medium": ("mqdefault", 320, 180),
    "high": ("hqdefault", 480, 360),
    "standard": ("sddefault", 640, 480),
    "maxres": ("maxresdefault", 1280, 720),
}
_AVATARS = {"default": 88, "medium": 240, "high": 800}
_SEARCHED = ("default", "medium", "high")


def resource(kind: str, identifier: str | dict[str, str], parts: Mapping[str, Any]) -> dict[str, Any]:
    """A resource: what it is, its etag, its id and its parts."""
    body = {"id": identifier, **parts}
    return {"kind": f"youtube#{kind}", "etag": etag_of(body), **body}


def etag_of(value: Any) -> str:
    """An etag that changes with ``value``."""
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    digest = sha1(text.encode("utf-8", "surrogatepass"), usedforsecurity=False).digest()
    return urlsafe_b64encode(digest).rstrip(b"=").decode()


def instant(seconds: float) -> str:
    """A time as YouTube writes it: UTC, whole seconds."""
    return datetime.fromtimestamp(int(seconds), UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def html_text(text: str) -> str:
    """Text as search shows titles: with entities."""
    return html.escape(text).replace("&#x27;", "&#39;")


def video_thumbnails(video: str, *, in_search: bool = False) -> dict[str, Any]:
    """The pictures of a video; search shows the smaller three."""
    names = _SEARCHED if in_search else tuple(_SIZES)
    return {
        name: {"url": f"https://i.ytimg.com/vi/{video}/{file}.jpg", "width": width, "height": height}
        for name in names
        for file, width, height in (_SIZES[name],)
    }


def channel_thumbnails(channel: str, *, with_size: bool = True) -> dict[str, Any]:
    """The pictures of a channel; search and subscriptions leave out how large they are."""
    address = f"https://yt3.ggpht.com/ytc/{channel}"
    return {
        name: {
            "url": f"{address}=s{size}-c-k-c0x00ffffff-no-rj",
            **({"width": size, "height": size} if with_size else {}),
        }
        for name, size in _AVATARS.items()
    }
