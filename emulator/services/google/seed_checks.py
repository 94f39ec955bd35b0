"""What the parts of the ``google`` seed section have in common: derived values, full scope names, refusals."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from hashlib import shake_256
from typing import Protocol, TypeVar

from ...kernel.seed import SeedNode
from .scopes import GMAIL_FULL, OPENID, PREFIX, canonical

__all__ = ["DIGITS", "LOWER_ALPHANUMERIC", "URL_SAFE", "Seeded", "addresses", "derived", "full_scopes", "unique"]

DIGITS = "0123456789"
LOWER_ALPHANUMERIC = "abcdefghijklmnopqrstuvwxyz" + DIGITS
URL_SAFE = "ABCDEFGHIJKLMNOPQRSTUVWXYZ" + LOWER_ALPHANUMERIC + "-_"
_ADDRESS = re.compile(r"[^@\s<>]+@[^@\s<>]+\.[^@\s<>.]+")
_SHORT_SCOPES = (
    "openid",
    "email",
    "profile",
    "mail.google.com",
    *(
        "gmail." + name
        for name in (
            *("readonly", "modify", "compose", "send", "insert", "labels", "metadata"),
            *("settings.basic", "settings.sharing"),
        )
    ),
    *("youtube", "youtube.readonly", "youtube.force-ssl", "youtube.upload", "youtubepartner", "yt-analytics.readonly"),
)


class Seeded(Protocol):
    """A record of a seed that knows where it was written."""

    @property
    def node(self) -> SeedNode:
        """The mapping it was read from."""


_Record = TypeVar("_Record", bound=Seeded)


def full_scopes(written: tuple[str, ...], node: SeedNode) -> tuple[str, ...]:
    """Scopes by their full names, under field ``scopes`` of ``node``. Raises ``SeedError`` for none and unknown ones.

    A short name has to be one of Gmail, YouTube or identity.
    """
    if not written:
        raise node.require("scopes").error("expected at least one scope")
    known = {canonical(name) for name in _SHORT_SCOPES}
    for position, scope in enumerate(written):
        full = canonical(scope)
        whole = "://" in scope and (full == GMAIL_FULL or full.startswith((PREFIX, "https://www.google.com/")))
        if not (full in known or whole or full == OPENID):
            raise node.require("scopes").items()[position].dangling("scope", _SHORT_SCOPES)
    return tuple(dict.fromkeys(canonical(scope) for scope in written))


def addresses(written: tuple[str, ...], node: SeedNode, name: str) -> tuple[str, ...]:
    """Mail addresses in lower case, under field ``name`` of ``node``."""
    for position, address in enumerate(written):
        if not _ADDRESS.fullmatch(address):
            place = node.require(name)
            where = place.items()[position] if place.is_list else place
            raise where.error(f'expected an address such as "ada@example.com", got "{address}"')
    return tuple(address.lower() for address in written)


def unique(items: Iterable[_Record], name: str, key: Callable[[_Record], str]) -> None:
    """Refuse the second item with the same ``key``, at its field ``name`` where that was written."""
    first: dict[str, SeedNode] = {}
    for item in items:
        value = key(item)
        place = item.node.get(name) or item.node
        if value in first:
            raise place.error(f'"{value}" is already used on line {first[value].line}')
        first[value] = place


def derived(alphabet: str, length: int, *names: str) -> str:
    """``length`` characters of ``alphabet`` that follow from ``names`` alone."""
    number = int.from_bytes(shake_256("\0".join(names).encode()).digest(length), "big")
    characters = []
    for _ in range(length):
        number, index = divmod(number, len(alphabet))
        characters.append(alphabet[index])
    return "".join(characters)
