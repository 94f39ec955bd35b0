"""What goes in and what comes out: ``Call`` and ``Reply``.

Both are immutable and know neither socket nor WSGI, so the same handler serves the gate, intercepted TLS,
the in-process doors and a respx route. A delay or a broken connection is *described* in the ``Reply``;
the door enacts it.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any
from urllib.parse import parse_qsl, quote, unquote

__all__ = ["Call", "Disruption", "HeaderSource", "Headers", "Reply", "decode_segment", "encode_segment"]

HeaderSource = Mapping[str, str] | Iterable[tuple[str, str]]


class Headers:
    """An immutable, ordered multi-map of header lines; look-ups ignore case.

    Names keep the spelling they arrived with. ``get`` answers the first line of a name, ``get_all`` every one.
    """

    __slots__ = ("_items",)

    def __init__(self, items: HeaderSource = ()) -> None:
        pairs = items.items() if isinstance(items, Mapping) else items
        self._items: tuple[tuple[str, str], ...] = tuple((name, value) for name, value in pairs)

    def get(self, name: str, default: str = "") -> str:
        """The first value of ``name``, or ``default``."""
        wanted = name.lower()
        return next((value for key, value in self._items if key.lower() == wanted), default)

    def get_all(self, name: str) -> tuple[str, ...]:
        """Every value of ``name`` in the order received."""
        wanted = name.lower()
        return tuple(value for key, value in self._items if key.lower() == wanted)

    def adding(self, items: HeaderSource) -> Headers:
        """A copy with ``items`` appended."""
        return Headers((*self._items, *Headers(items)))

    def without(self, *names: str) -> Headers:
        """A copy that lacks every line of the given names."""
        dropped = {name.lower() for name in names}
        return Headers(item for item in self._items if item[0].lower() not in dropped)

    def __contains__(self, name: object) -> bool:
        return isinstance(name, str) and any(key.lower() == name.lower() for key, _ in self._items)

    def __iter__(self) -> Iterator[tuple[str, str]]:
        return iter(self._items)

    def __len__(self) -> int:
        return len(self._items)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Headers) and self._items == other._items

    def __hash__(self) -> int:
        return hash(self._items)

    def __repr__(self) -> str:
        return f"Headers({list(self._items)!r})"


@dataclass(frozen=True)
class Call:
    """One request as the emulator sees it.

    ``host`` is the lower-case name the client asked for, without port ("gmail.googleapis.com", "127.0.0.1").
    ``path`` is the raw path, still percent-encoded and without the query, so that ``%2F`` inside an id is not a
    separator. ``query`` is the raw query string without "?". ``peer`` names who is calling where known.
    """

    verb: str
    host: str
    path: str
    query: str = ""
    headers: Headers = field(default_factory=Headers)
    body: bytes = b""
    scheme: str = "https"
    peer: str = ""

    @cached_property
    def query_pairs(self) -> tuple[tuple[str, str], ...]:
        """The query decoded, blank values kept, in order."""
        return tuple(parse_qsl(self.query, keep_blank_values=True, errors="replace")) if self.query else ()

    @cached_property
    def form_pairs(self) -> tuple[tuple[str, str], ...]:
        """The body decoded as ``application/x-www-form-urlencoded``; empty for any other content type."""
        if not self.body or self.content_type != "application/x-www-form-urlencoded":
            return ()
        return tuple(parse_qsl(self.body.decode("utf-8", "replace"), keep_blank_values=True, errors="replace"))

    @cached_property
    def content_type(self) -> str:
        """The media type of the body, lower case, without parameters."""
        return self.headers.get("content-type").partition(";")[0].strip().lower()

    @property
    def url(self) -> str:
        """The address as a person would write it."""
        return f"{self.scheme}://{self.host}{self.path}" + (f"?{self.query}" if self.query else "")

    def json(self) -> Any:
        """The body parsed as JSON. Raises ``ValueError`` where it is not JSON."""
        return json.loads(self.body)

    def bearer_token(self) -> str | None:
        """The token of an ``Authorization: Bearer`` header, ``None`` without such a header."""
        scheme, _, token = self.headers.get("authorization").partition(" ")
        return token.strip() if scheme.lower() == "bearer" else None

    def basic_credentials(self) -> tuple[str, str] | None:
        """Name and password of ``Authorization: Basic``; ``None`` without one, ``("", "")`` where undecodable."""
        scheme, _, encoded = self.headers.get("authorization").partition(" ")
        if scheme.lower() != "basic":
            return None
        try:
            name, _, password = base64.b64decode(encoded.strip(), validate=True).decode().partition(":")
        except ValueError:
            return "", ""
        return name, password

    def replacing(self, **changes: Any) -> Call:
        """A copy with some fields changed."""
        return replace(self, **changes)


@dataclass(frozen=True, slots=True)
class Disruption:
    """What the door does to a reply on its way out, besides or instead of sending it whole.

    ``delay`` seconds pass first. ``reset`` breaks the connection: "before" any byte, or "after" the headers.
    ``truncate`` sends only so many bytes of the body under the full Content-Length. ``stall`` sends nothing and keeps
    the connection until the client gives up. ``drip`` seconds pass between one ``piece`` of the body and the next.
    """

    delay: float = 0.0
    reset: str = ""
    truncate: int | None = None
    stall: bool = False
    drip: float = 0.0
    piece: int = 1

    def __str__(self) -> str:
        if self.stall:
            return "stall"
        told = [f"delay of {self.delay:g} s"] if self.delay else []
        told += [f"reset {self.reset} the answer"] if self.reset else []
        told += [f"body cut to {self.truncate} bytes"] if self.truncate is not None else []
        told += [f"{self.piece} bytes every {self.drip:g} s"] if self.drip else []
        return ", ".join(told) or "nothing"


@dataclass(frozen=True, slots=True)
class Reply:
    """One answer: status, header lines, body bytes, trailer lines and, for faults, a ``Disruption``.

    The door adds ``Date`` and ``Content-Length``; a handler states everything else. ``trailers`` follow the body where
    the protocol has room for them, which is HTTP/2: gRPC puts ``grpc-status`` there, and the body holds its
    length-prefixed messages. ``relay`` is a loopback port: a door that can (HTTP/1.1 at the gate) passes the request on
    to the program that listens there, and the rest of the reply is for those that cannot.
    """

    status: int = 200
    headers: Headers = field(default_factory=Headers)
    body: bytes = b""
    disruption: Disruption | None = None
    trailers: Headers = field(default_factory=Headers)
    relay: int | None = None

    @classmethod
    def json(cls, value: Any, status: int = 200, headers: HeaderSource = (), *, indent: int | None = None) -> Reply:
        """A JSON reply, UTF-8, keys in the order given."""
        separators = None if indent else (",", ":")
        text = json.dumps(value, ensure_ascii=False, indent=indent, separators=separators)
        lines = Headers([("Content-Type", "application/json; charset=utf-8")]).adding(headers)
        return cls(status, lines, text.encode("utf-8", "surrogatepass"))

    @classmethod
    def text(cls, text: str, status: int = 200, content_type: str = "text/plain; charset=utf-8") -> Reply:
        """A reply of plain text or, with another ``content_type``, of markup."""
        return cls(status, Headers([("Content-Type", content_type)]), text.encode())

    def replacing(self, **changes: Any) -> Reply:
        """A copy with some fields changed."""
        return replace(self, **changes)


def decode_segment(segment: str) -> str:
    """One raw path segment as text."""
    return unquote(segment) if "%" in segment else segment


def encode_segment(text: str) -> str:
    """Text as one raw path segment."""
    return quote(text, safe="@:$-_.!~*'(),")
