"""Message identifiers in the form two of them are compared in."""

from __future__ import annotations

import re

__all__ = ["folded_message_id", "message_ids"]

_ANGLED = re.compile(r"<([^<>]*)>")


def folded_message_id(value: str) -> str:
    """A Message-ID without angle brackets and white space, its domain in lower case; "" when there is none.

    The part before the last ``@`` keeps its case: only the domain of an identifier is case-insensitive.
    """
    match = _ANGLED.search(value)
    bare = "".join((match[1] if match else value.strip().strip("<>")).split())
    local, at, domain = bare.rpartition("@")
    return f"{local}{at}{domain.lower()}" if at else bare


def message_ids(value: str) -> tuple[str, ...]:
    """Every identifier of a References or In-Reply-To header, folded, in order.

    Without a single pair of angle brackets the header's words are taken, as old mailers wrote them.
    """
    found = _ANGLED.findall(value) or value.split()
    return tuple(filter(None, map(folded_message_id, found)))
