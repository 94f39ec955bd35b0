"""The journal itself."""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from typing import Any

from ..clock import real_time
from ..http import Call, Reply
from .calls import Calls, Criteria
from .entry import Broken, Entry, Refusal
from .export import har, jsonl
from .retries import retries

__all__ = ["BODY_LIMIT", "CAPACITY", "Journal"]

CAPACITY = 20_000
BROKEN_CAPACITY = 1_000
BODY_LIMIT = 256 * 1024


class Journal:
    """The calls and refusals of an emulator, newest last. Keeps the last 20,000 and counts all."""

    def __init__(self, now: Callable[[], datetime]) -> None:
        self._now = now
        self._entries: deque[Entry] = deque(maxlen=CAPACITY)
        self.refusals: list[Refusal] = []
        self.broken: deque[Broken] = deque(maxlen=BROKEN_CAPACITY)
        self.crashes: list[Entry] = []
        self.tally: Counter[tuple[str, int]] = Counter()
        self._number = 0

    def __iter__(self) -> Iterator[Entry]:
        return iter(tuple(self._entries))

    def __len__(self) -> int:
        return len(self._entries)

    def before(self, entry: Entry) -> list[Entry]:
        """The entries opened before ``entry``, oldest first."""
        return [each for each in self._entries if each.number < entry.number]

    def open(self, call: Call, parent: int | None = None) -> Entry:
        """Begin the entry of a call that has just arrived."""
        self._number += 1
        entry = Entry(self._number, self._now(), call if len(call.body) <= BODY_LIMIT else _shortened(call))
        entry.parent, entry.real = parent, real_time()
        self._entries.append(entry)
        return entry

    def close(self, entry: Entry, reply: Reply, duration: float) -> None:
        """Finish an entry with the reply that leaves."""
        entry.status, entry.duration = reply.status, duration
        entry.reply = reply if len(reply.body) <= BODY_LIMIT else reply.replacing(body=reply.body[:BODY_LIMIT])
        self.tally[entry.operation or f"unrouted {entry.call.host}", reply.status] += 1
        if entry.crash is not None:
            self.crashes.append(entry)

    def refuse(self, host: str, port: int, peer: str, reason: str) -> None:
        """Note a connection that was turned away."""
        self.refusals.append(Refusal(self._now(), host, port, peer, reason))

    def break_off(self, peer: str, reason: str) -> None:
        """Note a connection that had to be ended, and why. Keeps the last 1,000."""
        self.broken.append(Broken(self._now(), peer, reason))

    def calls(
        self,
        operation: str | None = None,
        *,
        service: str | None = None,
        host: str | None = None,
        principal: str | None = None,
        status: int | None = None,
        cause: str = "",
        fault: str = "",
        parameters: Mapping[str, Any] | None = None,
    ) -> Calls:
        """The entries that match everything given; ``Criteria`` says how each is compared."""
        criteria = Criteria(operation, service, host, principal, status, cause, fault, parameters or {})
        return Calls([each for each in self._entries if not criteria.differences(each)], str(criteria), self, criteria)

    def retries(self) -> list[Entry]:
        """The calls that repeat one that failed."""
        return retries(self)

    def totals(self) -> dict[str, int]:
        """What the calls come to: ``calls``, quota ``units``, tokens ``refreshed``, ``retries``.

        A token is refreshed where a token endpoint grants it for a refresh token (RFC 6749, section 6).
        """
        refreshed = sum(
            entry.status == 200 and entry.arguments.get("grant_type") == "refresh_token" for entry in self._entries
        )
        return {
            "calls": self.tally.total(),
            "units": sum(entry.units for entry in self._entries),
            "refreshed": refreshed,
            "retries": len(self.retries()),
        }

    def jsonl(self) -> str:
        """The calls as JSON Lines, secrets masked, bodies left out."""
        return jsonl(self)

    def har(self, *, bodies: bool = False) -> dict[str, Any]:
        """The calls as an HTTP archive (HAR 1.2), secrets masked; ``bodies`` lets JSON and form bodies in."""
        return har(self, bodies=bodies)

    @property
    def unrouted(self) -> list[Entry]:
        """Calls to emulated hosts that no operation answers for."""
        return [entry for entry in self._entries if entry.unrouted]

    def table(self, limit: int = 40) -> str:
        """The last ``limit`` entries, one a line."""
        lines = [entry.line() for entry in list(self._entries)[-limit:]]
        return "\n".join(lines) if lines else "(no calls)"

    def clear(self) -> None:
        """Forget everything; numbering starts anew."""
        self._entries.clear()
        self.refusals.clear()
        self.broken.clear()
        self.crashes.clear()
        self.tally.clear()
        self._number = 0


def _shortened(call: Call) -> Call:
    return call.replacing(body=call.body[:BODY_LIMIT])
