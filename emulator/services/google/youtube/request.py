"""What a YouTube handler is given, and the registry of handlers."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from ....kernel.bindings import Bindings
from ....kernel.http import Headers, Reply
from ..api import Admitted, Caller, NotImplementedHere
from ..discovery import load
from ..envelope import FRONT_END_HEADERS
from ..parameters import Arguments
from .channels import ChannelRecord
from .errors import (
    AuthorizationRequired,
    IncompatibleFilters,
    InvalidFilter,
    NoFilter,
    SignupRequired,
    UnknownPart,
)
from .library import Library
from .resources.form import etag_of, resource

__all__ = ["HANDLERS", "Handler", "YouTubeRequest"]

_MOST_IDS = 50
_FOR_PARTNERS = ("onBehalfOfContentOwner", "onBehalfOfContentOwnerChannel", "managedByMe", "forContentOwner")


@dataclass(frozen=True, slots=True)
class YouTubeRequest:
    """An admitted call with everything on YouTube. ``parts`` are those asked for, each once."""

    admitted: Admitted
    library: Library
    parts: tuple[str, ...]

    @classmethod
    def of(cls, admitted: Admitted, library: Library) -> YouTubeRequest:
        """The request of a call. Raises ``UnknownPart``, and the emulator's 501 for what content partners do."""
        request = cls(admitted, library, tuple(_listed(admitted.arguments.texts("part"))))
        known = _parts_of(admitted.operation.response)
        for part in request.parts:
            if known and part not in known:
                raise UnknownPart(part)
        request.refuse_unmodelled(*_FOR_PARTNERS)
        return request

    @property
    def arguments(self) -> Arguments:
        """What the call asks."""
        return self.admitted.arguments

    @property
    def caller(self) -> Caller:
        """On whose behalf; an account "" is a caller with a key alone."""
        return self.admitted.caller

    def refuse_unmodelled(self, *names: str) -> None:
        """Raise the emulator's 501 where the call gives one of these parameters a value."""
        for name in names:
            if name in self.arguments.given and self.arguments[name]:
                self.admitted.exchange.entry.unrouted = True
                raise NotImplementedHere(f"{self.admitted.operation.id} with {name}")

    def filter(self, *expected: str) -> str:
        """The one of the ``expected`` parameters the call selects by. Raises ``NoFilter``, ``IncompatibleFilters``."""
        given = [name for name in expected if name in self.arguments.given and self.arguments[name]]
        if not given:
            raise NoFilter(expected)
        if len(given) > 1:
            raise IncompatibleFilters(given)
        return given[0]

    def ids(self, name: str = "id") -> list[str]:
        """The ids of a parameter, each once. Raises ``InvalidFilter`` for more than fifty."""
        ids = list(_listed(self.arguments.texts(name)))
        if len(ids) > _MOST_IDS:
            raise InvalidFilter
        return ids

    def own_channel(self, parameter: str = "") -> ChannelRecord:
        """The caller's channel. Raises ``SignupRequired`` without one, and 401 where a key asks for ``parameter``."""
        if not self.caller.account:
            raise AuthorizationRequired(parameter)
        channel = self.library.channels.of_account(self.caller.account)
        if channel is None:
            raise SignupRequired
        return channel

    def resource(self, kind: str, identifier: str | dict[str, str], **parts: Callable[[], Any]) -> dict[str, Any]:
        """A resource with the parts asked for, of those it can have."""
        return resource(kind, identifier, {name: part() for name, part in parts.items() if name in self.parts})

    def response(self, kind: str, fields: Mapping[str, Any], items: list[dict[str, Any]] | None) -> Any:
        """A list response, without ``items`` for ``None``; 304 where the caller holds it already."""
        body = dict(fields) if items is None else {**fields, "items": items}
        etag = etag_of(body)
        known = self.admitted.call.headers.get("if-none-match").split(",")
        if etag in {each.strip().removeprefix("W/").strip('"') for each in known}:
            return Reply(304, Headers(FRONT_END_HEADERS))
        return {"kind": f"youtube#{kind}", "etag": etag, **body}


def _listed(values: tuple[str, ...]) -> dict[str, None]:
    """Comma lists and repeated parameters as one, in order, without repeats."""
    return dict.fromkeys(word for value in values for word in value.split(",") if word)


def _parts_of(response: str | None) -> frozenset[str]:
    """What ``part`` may name for an operation with that response: the fields of its resource."""
    if response is None:
        return frozenset()
    surface = load("youtube")
    schema = surface.schemas[response]
    items = surface.properties(schema).get("items")
    fields = surface.properties(schema if items is None else items["items"])
    return frozenset(fields) - {"kind", "etag"} | {"id"}


Handler = Callable[[YouTubeRequest], Any]

HANDLERS: Bindings[Handler] = Bindings(load("youtube").operations)
"""The handlers by operation id. The modules of ``routes`` enter theirs when they are imported."""
