"""Secrets that were sent to somebody else than the vendor who gave them out.

What is secret is learnt from the calls themselves: what a token endpoint gave out, and what a vendor was shown and
accepted. Calls that one service makes to another on its own account are not the Actor's doing.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from .entry import Entry
from .masking import mask

__all__ = ["Stray", "strays"]

NAMES = frozenset(("access_token", "refresh_token", "client_secret", "device_code", "code_verifier", "api_key"))
SHORTEST = 12  # a shorter text may turn up anywhere by chance


@dataclass(frozen=True, slots=True)
class Stray:
    """A secret of ``vendor`` in a request to another: which (``name``), where, and in which call."""

    name: str
    value: str
    vendor: str
    place: str
    entry: Entry

    def line(self) -> str:
        """The finding in one line, the secret masked."""
        call = self.entry.call
        where = self.entry.operation or f"{call.verb} {call.host}"
        return f"{self.vendor}'s {self.name} {mask(self.value)} in the {self.place} of #{self.entry.number} {where}"


def strays(entries: Iterable[Entry], vendor_of: Callable[[str], str]) -> list[Stray]:
    """Each secret that a request carried to another vendor. ``vendor_of`` maps a service's name to its vendor's."""
    calls = [(entry, vendor_of(entry.service)) for entry in entries if entry.service]
    if len({vendor for _, vendor in calls}) < 2:
        return []
    known: dict[str, tuple[str, str]] = {}
    for learnt in (_given_out, _accepted):  # who made a secret owns it; else who accepts it
        for entry, vendor in calls:
            if entry.status < 400:
                known |= {
                    value: (name, vendor) for name, value in learnt(entry) if value not in known and _fit(name, value)
                }
    return [
        Stray(name, value, owner, place, entry)
        for entry, vendor in calls
        if entry.parent is None
        for value, (name, owner) in known.items()
        if owner != vendor and (place := _place(entry, value))
    ]


def _given_out(entry: Entry) -> Iterator[tuple[str, str]]:
    """What a token endpoint answered. Other answers may hand on what is another's, as an Actor's input does."""
    if entry.reply is not None and "json" in entry.reply.headers.get("content-type"):
        answer = _parsed(entry.reply.body)
        if isinstance(answer, dict) and "token_type" in answer:
            yield from answer.items()


def _accepted(entry: Entry) -> Iterator[tuple[str, str]]:
    """What the caller showed and the vendor took."""
    yield from entry.call.form_pairs
    yield "access_token", entry.call.bearer_token() or ""


def _fit(name: str, value: Any) -> bool:
    return name in NAMES and isinstance(value, str) and len(value) >= SHORTEST


def _parsed(body: bytes) -> Any:
    try:
        return json.loads(body)
    except ValueError:  # cut short by a fault or by the journal's limit
        return None


def _place(entry: Entry, value: str) -> str:
    call = entry.call
    spellings = {value, quote(value, safe="")}
    places = {"path": call.path, "query": call.query, "body": call.body.decode("utf-8", "replace")}
    places |= {f"{name} header": line for name, line in call.headers}
    return next((place for place, text in places.items() if any(each in text for each in spellings)), "")
