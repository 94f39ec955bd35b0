"""The journal: every call that arrived, what was made of it, and why.

Entries hold the call and the reply as they were; everything that leaves the process goes through ``public``,
where secrets are masked. The journal hangs off the emulator, not in the world: a rolled back call still happened.
"""

from __future__ import annotations

import re
from collections import Counter, deque
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from .clock import rfc3339
from .http import Call, Reply

__all__ = ["Broken", "Calls", "Entry", "Journal", "Refusal", "mask"]

CAPACITY = 20_000
BROKEN_CAPACITY = 1_000
BODY_LIMIT = 256 * 1024

SECRET_NAMES = frozenset(
    (
        "access_token",
        "api_key",
        "assertion",
        "authorization",
        "client_secret",
        "code",
        "code_verifier",
        "device_code",
        "id_token",
        "key",
        "oauth_token",
        "password",
        "proxy-authorization",
        "refresh_token",
        "token",
    )
)


def mask(value: str) -> str:
    """A secret as it may be shown: enough to tell two apart, too little to use."""
    scheme, blank, token = value.partition(" ")
    if blank and scheme.lower() in {"bearer", "basic"}:
        return f"{scheme} {mask(token)}"
    return f"{value[:6]}…{len(value)}" if len(value) > 12 else "…"


@dataclass(slots=True)
class Entry:
    """One call.

    ``operation`` is the operation id ("" where nothing was routed), ``principal`` who was authenticated, ``cause``
    the state of the world that led to a refusal ("token_expired"), ``parent`` the number of the call that made this
    one. ``at`` is virtual, ``duration`` real seconds spent in the emulator. ``units`` are the vendor's quota units.
    """

    number: int
    at: datetime
    call: Call
    service: str = ""
    operation: str = ""
    parameters: Mapping[str, Any] = field(default_factory=dict)
    principal: str = ""
    scopes: tuple[str, ...] = ()
    status: int = 0
    cause: str = ""
    fault: str = ""
    units: int = 0
    parent: int | None = None
    duration: float = 0.0
    reply: Reply | None = None
    crash: BaseException | None = None
    unrouted: bool = False

    def public(self) -> dict[str, Any]:
        """The entry as JSON values, secrets masked and bodies left out."""
        return {
            "number": self.number,
            "at": rfc3339(self.at),
            "service": self.service,
            "operation": self.operation,
            "verb": self.call.verb,
            "host": self.call.host,
            "path": _shown("", self.call.path),
            "query": _shown("", dict(self.call.query_pairs)),
            "form": _shown("", dict(self.call.form_pairs)),
            "parameters": _shown("", self.parameters),
            "principal": self.principal,
            "scopes": list(self.scopes),
            "status": self.status,
            "cause": self.cause,
            "fault": self.fault,
            "units": self.units,
            "parent": self.parent,
            "milliseconds": round(self.duration * 1000, 3),
            "unrouted": self.unrouted,
            "crash": _shown("", repr(self.crash)) if self.crash is not None else "",
        }

    def line(self) -> str:
        """The entry in one line, for a failing test or a log."""
        what = self.operation or f"{self.call.verb} {self.call.host}{_shown('', self.call.path)}"
        why = f"  {self.cause}" if self.cause else ""
        who = f"  as {self.principal}" if self.principal else ""
        return f"#{self.number} {rfc3339(self.at)} {what} -> {self.status}{why}{who}"


@dataclass(frozen=True, slots=True)
class Refusal:
    """A connection to a host that is not emulated: it never became a call."""

    at: datetime
    host: str
    port: int
    peer: str
    reason: str

    def public(self) -> dict[str, Any]:
        """The refusal as JSON values."""
        return {
            "at": rfc3339(self.at),
            "host": self.host,
            "port": self.port,
            "peer": self.peer,
            "reason": self.reason,
        }

    def line(self) -> str:
        """The refusal in one line."""
        return f"{self.host}:{self.port} asked for by {self.peer or 'an unknown client'}: {self.reason}"


@dataclass(frozen=True, slots=True)
class Broken:
    """A connection that ended because of what its client sent: bytes of no protocol, a handshake that failed."""

    at: datetime
    peer: str
    reason: str

    def public(self) -> dict[str, Any]:
        """The event as JSON values."""
        return {"at": rfc3339(self.at), "peer": self.peer, "reason": self.reason}

    def line(self) -> str:
        """The event in one line."""
        return f"connection of {self.peer or 'an unknown client'} ended: {self.reason}"


class Calls(list[Entry]):
    """Entries that were asked for, with assertions that explain themselves."""

    def __init__(self, entries: list[Entry], wanted: str, journal: Journal) -> None:
        super().__init__(entries)
        self._wanted = wanted
        self._journal = journal

    def assert_count(self, expected: int) -> Calls:
        """Fail unless exactly ``expected`` calls were found; the message lists what did arrive."""
        __tracebackhide__ = True
        if len(self) != expected:
            raise AssertionError(
                f"expected {expected} call(s) {self._wanted}, found {len(self)}; the journal holds:\n"
                + self._journal.table()
            )
        return self

    def assert_none(self) -> Calls:
        """Fail if any call was found."""
        return self.assert_count(0)


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
        entry.parent = parent
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
        self, operation: str | None = None, *, host: str | None = None, status: int | None = None, cause: str = ""
    ) -> Calls:
        """The entries that match everything given."""
        found = [
            entry
            for entry in self._entries
            if (operation is None or entry.operation == operation)
            and (host is None or entry.call.host == host)
            and (status is None or entry.status == status)
            and (not cause or entry.cause == cause)
        ]
        given = {"operation": operation, "host": host, "status": status, "cause": cause or None}
        wanted = ", ".join(f"{name}={value}" for name, value in given.items() if value is not None) or "of any kind"
        return Calls(found, f"with {wanted}" if wanted != "of any kind" else wanted, self)

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


def _shown(name: str, value: Any) -> Any:
    """``value`` as it may leave the process: masked whole under a secret's name, else where it looks like one."""
    if isinstance(value, str):
        return mask(value) if name.lower() in SECRET_NAMES else _TOKEN.sub(lambda found: mask(found[0]), value)
    if isinstance(value, Mapping):
        return {_shown("", key): _shown(str(key), item) for key, item in value.items()}
    return [_shown(name, item) for item in value] if isinstance(value, (list, tuple)) else value


# Shapes of credentials that may sit in a parameter of another name.
_TOKEN = re.compile(
    r"ya29\.[\w-]{20,}|1//[\w-]{20,}|1%2[Ff]%2[Ff][\w-]{20,}|GOCSPX-[\w-]{20,}|eyJ[\w-]{10,}\.[\w-]{10,}\.[\w-]*"
)


def _shortened(call: Call) -> Call:
    return call.replacing(body=call.body[:BODY_LIMIT])
