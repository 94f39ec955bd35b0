"""The room itself: YouTube's place in the order of a call that all Google APIs share."""

from __future__ import annotations

from dataclasses import dataclass

from ....kernel.http import Call, Reply
from ....kernel.operations import Operation
from ....kernel.service import Exchange, Kernel
from ..api import Admitted, Caller, GoogleApi
from ..api_keys import ApiKeys
from ..discovery import load, rpc_method
from ..errors import ApiError, presented
from ..refusals import ApiKeyRefused, InvalidApiKey, UnregisteredCaller
from . import routes  # noqa: F401 - enters the handlers
from .errors import ApiKeyBlocked
from .library import Library
from .quota import YouTubeQuota
from .request import HANDLERS, YouTubeRequest

__all__ = ["YouTubeApi"]


@dataclass(frozen=True, slots=True)
class _Invalid:
    """A call of a known caller that cannot be understood: it is refused, and paid for."""

    caller: Caller
    error: ApiError


class YouTubeApi(GoogleApi[YouTubeRequest]):
    """YouTube Data API v3. Its tables are entered by ``YouTubeService``, which builds this when it is called."""

    hosts = ("youtube.googleapis.com", "www.googleapis.com")
    schema = ""
    brief_refusals = True

    def __init__(self, kernel: Kernel) -> None:
        super().__init__(kernel, load("youtube"), HANDLERS)
        self._library = Library(kernel)
        self._keys = ApiKeys(kernel.world)
        self._quota = YouTubeQuota(kernel)

    def request(self, admitted: Admitted) -> YouTubeRequest:
        """The call with everything on YouTube."""
        return YouTubeRequest.of(admitted, self._library)

    def anonymous(self, call: Call, operation: Operation) -> Caller:
        """The project of an API key, which may read what is public whatever scopes a token would need."""
        value = next((text for name, text in reversed(call.query_pairs) if name == "key"), "")
        value = value or call.headers.get("x-goog-api-key")
        if not value:
            raise UnregisteredCaller
        if (key := self._keys.find(value)) is None:
            raise InvalidApiKey(self.surface.service)
        method = rpc_method(operation.id)
        if not key.opens(self.surface.service):
            raise ApiKeyBlocked(method, key.project_number)
        if operation.verb != "GET" or operation.id not in _PUBLIC:
            raise ApiKeyRefused(self.surface.service, method)
        return Caller("", key.project, key.project_number, frozenset(operation.scopes))

    def charge(self, admitted: Admitted) -> bool:
        """Let the call spend its price; it stays spent whatever comes of it."""
        self._quota.charge(admitted)
        return True

    def admit(self, exchange: Exchange) -> None:
        """As every API; a call that cannot be understood is kept for ``perform``, since it costs something too."""
        try:
            super().admit(exchange)
        except ApiError:
            if "invalid" not in exchange.state:
                raise

    def perform(self, exchange: Exchange) -> Reply:
        """As every API. Raises what the quota refuses."""
        invalid: _Invalid | None = exchange.state.get("invalid")
        if invalid is None:
            return super().perform(exchange)
        with presented(exchange.call):
            self._quota.charge_invalid(invalid.caller, exchange.operation.id)
        exchange.entry.units, exchange.entry.cause = 1, invalid.error.cause
        return invalid.error.reply()

    def _bound(self, call: Call, caller: Caller, exchange: Exchange, body: bytes | None = None) -> Admitted:
        try:
            return super()._bound(call, caller, exchange, body)
        except ApiError as error:
            exchange.state["invalid"] = _Invalid(caller, error)
            raise


_PUBLIC = frozenset(
    f"youtube.{name}.list"
    for name in (
        *("search", "channels", "videos", "playlists", "playlistItems", "subscriptions", "commentThreads", "comments"),
        *("videoCategories", "channelSections", "activities", "i18nLanguages", "i18nRegions"),
    )
)
"""What a key alone may ask; ``mine`` and its like are refused by the handlers."""
