"""YouTube Data API v3: channels, videos, playlists, subscriptions and comments over the world database.

The API's surface is the largest of Google's here, so it is read when the first call or question about it comes.
"""

from __future__ import annotations

from functools import cached_property
from importlib.resources import files
from typing import TYPE_CHECKING

from ....kernel.http import Call, Reply
from ....kernel.operations import Operation
from ....kernel.service import Exchange, Kernel, Routed

if TYPE_CHECKING:
    from .room import YouTubeApi

__all__ = ["YouTubeService"]

_PATHS = ("/youtube/", "/upload/youtube/", "/resumable/upload/youtube/", "/batch/youtube/")


class YouTubeService:
    """The room behind youtube.googleapis.com and the YouTube paths of www.googleapis.com."""

    name = "youtube"
    hosts = ("youtube.googleapis.com", "www.googleapis.com")
    prefix = ""

    def __init__(self, kernel: Kernel) -> None:
        self._kernel = kernel

    @property
    def schema(self) -> str:
        """The tables of everything on YouTube."""
        return files(__package__).joinpath("schema.sql").read_text(encoding="utf-8")

    @property
    def operations(self) -> tuple[Operation, ...]:
        """Every operation of the surface."""
        return self._api.operations

    def unbound(self) -> tuple[str, ...]:
        """Operations without a handler."""
        return self._api.unbound()

    def route(self, call: Call) -> Routed | None:
        """The operation a call asks for, where its path can be one of YouTube's."""
        is_ours = call.path.startswith(_PATHS) or (call.path == "/batch" and call.host == self.hosts[0])
        return self._api.route(call) if is_ours else None

    def admit(self, exchange: Exchange) -> None:
        """Everything Google's front end checks."""
        self._api.admit(exchange)

    def perform(self, exchange: Exchange) -> Reply:
        """Run the handler."""
        return self._api.perform(exchange)

    def unrouted(self, call: Call) -> Reply:
        """The front end's HTML page."""
        return self._api.unrouted(call)

    def failure(self, status: int, message: str = "") -> Reply:
        """The envelope a status without a cause usually comes in."""
        return self._api.failure(status, message)

    @cached_property
    def _api(self) -> YouTubeApi:
        from .room import YouTubeApi  # noqa: PLC0415 - a run without YouTube need not read its surface

        return YouTubeApi(self._kernel)
