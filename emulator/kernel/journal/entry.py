"""What the journal holds: calls, refusals, broken connections."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from ..clock import rfc3339
from ..http import Call, Reply
from .masking import shown

__all__ = ["Broken", "Entry", "Refusal"]


@dataclass(slots=True)
class Entry:
    """One call.

    ``operation`` is the operation id ("" where nothing was routed), ``principal`` who was authenticated, ``cause``
    the state of the world that led to a refusal ("token_expired"), ``parent`` the number of the call that made this
    one. ``at`` is virtual time, ``real`` the machine's in seconds since the epoch, ``duration`` real seconds spent in
    the emulator. ``units`` are the vendor's quota units. ``parameters`` is what the room decoded, ``arguments`` the
    same for every room: what stood in path, query and form where the room has no more to say.
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
    real: float = 0.0
    path_parameters: Mapping[str, str] = field(default_factory=dict)

    @property
    def arguments(self) -> Mapping[str, Any]:
        """The decoded parameters of the call."""
        if self.parameters:
            return self.parameters
        return {**dict(self.call.query_pairs), **dict(self.call.form_pairs), **self.path_parameters}

    def public(self) -> dict[str, Any]:
        """The entry as JSON values, secrets masked and bodies left out."""
        return {
            "number": self.number,
            "at": rfc3339(self.at),
            "real": rfc3339(datetime.fromtimestamp(self.real, UTC)),
            "service": self.service,
            "operation": self.operation,
            "verb": self.call.verb,
            "host": self.call.host,
            "path": shown("", self.call.path),
            "query": shown("", dict(self.call.query_pairs)),
            "form": shown("", dict(self.call.form_pairs)),
            "parameters": shown("", self.arguments),
            "principal": self.principal,
            "scopes": list(self.scopes),
            "status": self.status,
            "cause": self.cause,
            "fault": self.fault,
            "units": self.units,
            "parent": self.parent,
            "milliseconds": round(self.duration * 1000, 3),
            "unrouted": self.unrouted,
            "crash": shown("", repr(self.crash)) if self.crash is not None else "",
        }

    def line(self) -> str:
        """The entry in one line, for a failing test or a log."""
        what = self.operation or f"{self.call.verb} {self.call.host}{shown('', self.call.path)}"
        why = f"  {self.cause}" if self.cause else ""
        who = f"  as {self.principal}" if self.principal else ""
        fault = f"  fault: {self.fault}" if self.fault else ""
        parent = f"  from #{self.parent}" if self.parent is not None else ""
        return f"#{self.number} {rfc3339(self.at)} {what} -> {self.status}{why}{who}{fault}{parent}"


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
