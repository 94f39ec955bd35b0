"""Page tokens and the page they lead to.

A token is unpadded base64 of a protobuf message: field 1 the offset, field 2 whether the page ends there instead of
beginning there. Tokens of search are that message; those of other lists carry it, once more in base64, as text
``PT:...``. Both were read off recorded tokens (``CAUQAA``, ``CAUQAQ``, ``EAAaBlBUOkNBVQ``).
"""

from __future__ import annotations

from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Generic, NamedTuple, TypeVar

from .errors import InvalidPageToken

__all__ = ["Page", "TokenStyle", "list_tokens", "page_of", "search_tokens"]

_Item = TypeVar("_Item")
_MOST = 1_000_000
_PREFIX = b"PT:"


class _Place(NamedTuple):
    """An offset, and whether the page ends there instead of beginning there."""

    offset: int
    ends_there: bool = False


@dataclass(frozen=True, slots=True)
class TokenStyle:
    """How a method writes a place in its list."""

    write: Callable[[_Place], str]


@dataclass(frozen=True, slots=True)
class Page(Generic[_Item]):
    """Some of the items there are, with the tokens of its neighbours ("" for none)."""

    items: Sequence[_Item]
    total: int
    size: int
    next_token: str = ""
    previous_token: str = ""

    def tokens(self) -> dict[str, str]:
        """The tokens of the list response."""
        tokens = {"nextPageToken": self.next_token, "prevPageToken": self.previous_token}
        return {name: token for name, token in tokens.items() if token}

    def fields(self) -> dict[str, Any]:
        """The tokens and ``pageInfo`` of the list response."""
        return {**self.tokens(), "pageInfo": {"totalResults": self.total, "resultsPerPage": self.size}}


def page_of(items: Sequence[_Item], token: str, size: int, style: TokenStyle, reachable: int = _MOST) -> Page[_Item]:
    """The page of ``items`` that ``token`` asks for. No page leads beyond the ``reachable`` first.

    Raises ``InvalidPageToken``.
    """
    start = _start(token, size, style)
    shown = items[start : min(start + size, reachable)]
    end = start + len(shown)
    more = bool(shown) and end < min(len(items), reachable)
    return Page(
        shown,
        len(items),
        size,
        style.write(_Place(end)) if more else "",
        style.write(_Place(start, ends_there=True)) if start and size else "",
    )


def _start(token: str, size: int, style: TokenStyle) -> int:
    if not token:
        return 0
    place = _place_of(token)
    if style.write(place) != token:
        raise InvalidPageToken
    return max(place.offset - size, 0) if place.ends_there else place.offset


def _place_of(token: str) -> _Place:
    """What a token may say, read leniently; only one that would be written just so counts."""
    data = _decoded(token)
    if data[:1] == b"\x10" and data[4:7] == _PREFIX:
        offset = _varint(_decoded(data[7:].decode("latin-1"))[1:])
        return _Place(offset, data[1:2] == b"\x01")
    return _Place(_varint(data[1:]), data[-1:] == b"\x01")


def _search_token(place: _Place) -> str:
    return _encoded(b"\x08" + _varint_bytes(place.offset) + b"\x10" + bytes([place.ends_there]))


def _list_token(place: _Place) -> str:
    text = _PREFIX + _encoded(b"\x08" + _varint_bytes(place.offset)).encode()
    return _encoded(bytes([0x10, place.ends_there, 0x1A, len(text)]) + text)


search_tokens = TokenStyle(_search_token)
"""``CAUQAA``: the page that begins with the sixth hit."""

list_tokens = TokenStyle(_list_token)
"""``EAAaBlBUOkNBVQ``: the same place in any other list."""


def _encoded(data: bytes) -> str:
    return urlsafe_b64encode(data).rstrip(b"=").decode()


def _decoded(text: str) -> bytes:
    if not text.isascii():
        return b""
    try:
        return urlsafe_b64decode(text + "=" * (-len(text) % 4))
    except ValueError:
        return b""


def _varint_bytes(number: int) -> bytes:
    groups = []
    while number > 0x7F:
        groups.append(number & 0x7F | 0x80)
        number >>= 7
    return bytes([*groups, number])


def _varint(data: bytes) -> int:
    """The number at the beginning of ``data``, 0 where there is none; no list is so long that it needs five bytes."""
    number = 0
    for position, octet in enumerate(data[:4]):
        number |= (octet & 0x7F) << (7 * position)
        if octet < 0x80:
            return number
    return 0
