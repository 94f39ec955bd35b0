"""Which calls were made again."""

from __future__ import annotations

from collections.abc import Iterable

from .entry import Entry

__all__ = ["retries"]

AGAIN = frozenset((401, 408, 425, 429))


def retries(entries: Iterable[Entry]) -> list[Entry]:
    """The calls that repeat one that failed: same address and body, after an error worth repeating or a fault."""
    failed: set[tuple[str, str, str, str, bytes]] = set()
    found = []
    for entry in entries:
        call = entry.call
        identity = (call.verb, call.host, call.path, call.query, call.body)
        if identity in failed:
            found.append(entry)
        if entry.fault or entry.status >= 500 or entry.status in AGAIN or (entry.status == 403 and _limited(entry)):
            failed.add(identity)
        else:
            failed.discard(identity)
    return found


def _limited(entry: Entry) -> bool:
    """Whether a 403 says that a limit was hit rather than that access is forbidden."""
    return entry.reply is not None and b"imitExceeded" in entry.reply.body
