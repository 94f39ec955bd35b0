"""The contract between the kernel and a service room.

``Kernel``      the five things every room may lean on: world, clock, ids, faults, journal.
``Service``     what a room offers the pipeline.
``Exchange``    one call on its way through: what was asked, by whom, and the journal entry it is writing.
``WireError``   an error that knows its own bytes; raising one rolls the call's changes back.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Protocol, runtime_checkable

from .http import Call, Headers, Reply

if TYPE_CHECKING:
    from .clock import Clock
    from .faults import Faults
    from .ids import Ids
    from .journal import Entry, Journal
    from .operations import Operation
    from .world import World

__all__ = ["Conditions", "Exchange", "Kernel", "Routed", "Service", "Upstream", "WireError"]

Upstream = Callable[[Call], Reply]


class WireError(Exception):
    """An error with a wire form. The pipeline rolls the call back and sends ``reply()``.

    ``cause`` is one short machine word for the journal ("token_expired", "scope_missing"): the state of the world
    that led here, which the wire often hides. Vendors subclass and override ``body`` or ``reply``.
    """

    status: int = 500
    cause: str = ""

    def __init__(self, message: str = "", *, cause: str = "") -> None:
        super().__init__(message)
        if cause:
            self.cause = cause

    def headers(self) -> Headers:
        """Header lines of the reply."""
        return Headers([("Content-Type", "application/json; charset=utf-8")])

    def body(self) -> bytes:
        """Body of the reply."""
        return Reply.json({"error": str(self)}).body

    def reply(self) -> Reply:
        """The complete reply this error stands for."""
        return Reply(self.status, self.headers(), self.body())


@dataclass(frozen=True, slots=True)
class Kernel:
    """What a service room is given when it is built: one of each, shared by all rooms of an emulator."""

    world: World
    clock: Clock
    ids: Ids
    faults: Faults
    journal: Journal


@dataclass(frozen=True, slots=True)
class Routed:
    """A call matched to an operation, with its decoded path parameters."""

    operation: Operation
    path_parameters: Mapping[str, str]


@dataclass(slots=True)
class Exchange:
    """One call on its way through a service.

    ``admit`` of the service fills ``principal`` and ``scopes`` in ``entry`` and may leave what it learnt in
    ``state`` for its own handler. ``upstream`` sends a further call through the same pipeline, as its child.
    """

    call: Call
    operation: Operation
    path_parameters: Mapping[str, str]
    kernel: Kernel
    entry: Entry
    upstream: Upstream
    state: dict[str, Any] = field(default_factory=dict)


class Service(Protocol):
    """What the pipeline asks of a room.

    ``hosts`` are names the room answers for ("gmail.googleapis.com", "*.scalekit.dev"); several rooms may share a
    host, the first that routes the path gets the call. ``prefix`` is the path under which the loopback base URL
    serves the room ("" for Google's own paths, "/notion"). ``schema`` is the SQL that creates its tables.
    """

    @property
    def name(self) -> str:
        """Short name, the first word of its operation ids or of its vendor's."""

    @property
    def hosts(self) -> tuple[str, ...]:
        """Host names answered for; a leading ``*.`` stands for any labels."""

    @property
    def prefix(self) -> str:
        """Path prefix on the loopback base URL."""

    @property
    def schema(self) -> str:
        """SQL script that creates the room's tables in a new world."""

    @property
    def operations(self) -> tuple[Operation, ...]:
        """Every operation of the vendor's surface, bound or not."""

    def unbound(self) -> tuple[str, ...]:
        """Operation ids that have no handler."""

    def route(self, call: Call) -> Routed | None:
        """The operation ``call`` asks for, or ``None`` where the vendor has no such path."""

    def admit(self, exchange: Exchange) -> None:
        """Authenticate and authorise; raises ``WireError`` where the vendor refuses."""

    def perform(self, exchange: Exchange) -> Reply:
        """Run the handler of the operation."""

    def unrouted(self, call: Call) -> Reply:
        """The vendor's genuine answer to a path it does not have."""

    def failure(self, status: int, message: str = "") -> Reply:
        """The vendor's own dialect for a fault with ``status`` (a 500 after a crash, an injected 503)."""


@runtime_checkable
class Conditions(Protocol):
    """What a room offers besides that has words of its own for named failures (``quota_exceeded``)."""

    def condition(self, name: str) -> Reply | None:
        """The vendor's reply for the condition; ``None`` for one it has no special words for."""
