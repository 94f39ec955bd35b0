"""What a fault does to a call it hits: answers instead of the handler, or spoils the handler's answer."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Literal

from ..http import Disruption, Headers, Reply
from ..journal import BODY_LIMIT
from .distribution import Distribution, fraction
from .grpc import grpc_reply, http_status, is_grpc
from .where import FaultError

if TYPE_CHECKING:
    from ..http import Call
    from ..journal import Entry
    from ..service import Service

__all__ = [
    "Broken",
    "Canned",
    "Condition",
    "ContentType",
    "Delay",
    "Dialect",
    "Effect",
    "GrpcStatus",
    "History",
    "Malformed",
    "Replay",
]

History = Callable[[], "list[Entry]"]
"""The calls before this one, oldest first."""

# Where a vendor has no words of its own for a condition, the status it is usually told with.
STATUSES = {"quota_exceeded": 429, "rate_limited": 429, "backend_error": 503}


@dataclass(frozen=True, slots=True)
class Effect:
    """Does nothing by itself; each subclass says one thing."""

    def ready(self, call: Call, operation: str, history: History) -> bool:
        """Whether this call can be hit now."""
        return True

    def answer(self, service: Service, call: Call, operation: str, history: History) -> Reply | None:
        """The reply instead of the handler's; ``None`` lets the handler run."""
        return None

    def spoil(self, reply: Reply, seed: str, count: int, pace: float) -> Reply:
        """The reply as it leaves. ``pace`` is how many virtual seconds pass in a real one."""
        return reply

    def check(self, service: Service) -> None:
        """Raise ``FaultError`` where ``service`` cannot fail so."""


@dataclass(frozen=True, slots=True)
class Dialect(Effect):
    """An HTTP status in the vendor's own words; a room that speaks gRPC says it with the code that stands for it."""

    code: int
    message: str = ""
    headers: Headers = field(default_factory=Headers)

    def __post_init__(self) -> None:
        if not 200 <= self.code <= 599:
            raise FaultError(f"a fault's status must lie between 200 and 599, got {self.code}")

    def answer(self, service: Service, call: Call, operation: str, history: History) -> Reply:
        """What the vendor says with this status."""
        reply = service.failure(self.code, self.message)
        return reply.replacing(headers=reply.headers.adding(self.headers)) if len(self.headers) else reply

    def __str__(self) -> str:
        return str(self.code)


@dataclass(frozen=True, slots=True)
class Canned(Effect):
    """Exactly this reply."""

    reply: Reply

    def answer(self, service: Service, call: Call, operation: str, history: History) -> Reply:
        """The reply as given."""
        return self.reply

    def __str__(self) -> str:
        return str(self.reply.status)


@dataclass(frozen=True, slots=True)
class Condition(Effect):
    """A named failure that vendors word each in their way: ``quota_exceeded``, ``rate_limited``, ``backend_error``."""

    name: str

    def __post_init__(self) -> None:
        if self.name not in STATUSES:
            raise FaultError(f"no condition {self.name!r}; there are {', '.join(STATUSES)}")

    def answer(self, service: Service, call: Call, operation: str, history: History) -> Reply:
        """The vendor's own words where the room has some, else its dialect for the usual status."""
        from ..service import Conditions  # noqa: PLC0415 - the contract imports faults for its annotations

        own = service.condition(self.name) if isinstance(service, Conditions) else None
        return own or Dialect(STATUSES[self.name]).answer(service, call, operation, history)

    def __str__(self) -> str:
        return self.name


@dataclass(frozen=True, slots=True)
class GrpcStatus(Effect):
    """A gRPC status by name (``UNAVAILABLE``); over REST the HTTP status that stands for it, in the vendor's words."""

    name: str
    message: str = ""

    def __post_init__(self) -> None:
        http_status(self.name)

    def answer(self, service: Service, call: Call, operation: str, history: History) -> Reply:
        """Trailers for a gRPC client, the vendor's error body for another."""
        if is_grpc(call):
            return grpc_reply(self.name, self.message)
        return service.failure(http_status(self.name), self.message)

    def __str__(self) -> str:
        return f"gRPC {self.name}"


@dataclass(frozen=True, slots=True)
class Replay(Effect):
    """An earlier answer given again; the handler does not run. A call with nothing before it passes unharmed.

    ``duplicate`` repeats the answer to the last call of the operation, whatever was asked now: a page that comes twice.
    ``stale`` repeats the first answer to the very same request, as a cache would.
    """

    kind: Literal["duplicate", "stale"]

    def ready(self, call: Call, operation: str, history: History) -> bool:
        """Whether there is an answer to repeat."""
        return self._earlier(call, operation, history) is not None

    def answer(self, service: Service, call: Call, operation: str, history: History) -> Reply | None:
        """The earlier answer."""
        return self._earlier(call, operation, history)

    def _earlier(self, call: Call, operation: str, history: History) -> Reply | None:
        found = [entry for entry in history() if entry.operation == operation and _whole(entry)]
        if self.kind == "duplicate":
            return found[-1].reply if found else None
        return next((entry.reply for entry in found if _same(entry.call, call)), None)

    def __str__(self) -> str:
        return f"{self.kind} answer"


def _whole(entry: Entry) -> bool:
    """Whether the journal has a success with its body: of a longer one it keeps only the beginning."""
    return entry.reply is not None and entry.status < 300 and len(entry.reply.body) < BODY_LIMIT


def _same(one: Call, other: Call) -> bool:
    return (one.verb, one.host, one.query, one.body) == (other.verb, other.host, other.query, other.body) and (
        one.path.endswith(other.path) or other.path.endswith(one.path)
    )


@dataclass(frozen=True, slots=True)
class Delay(Effect):
    """The answer held back. The call itself happens at once."""

    length: Distribution

    def spoil(self, reply: Reply, seed: str, count: int, pace: float) -> Reply:
        """The answer with a delay drawn for it: on a faster clock its seconds are that clock's."""
        seconds = self.length.seconds(fraction(f"{seed}/delay", count)) / max(pace, 1.0)
        return reply.replacing(disruption=replace(reply.disruption or Disruption(), delay=seconds))

    def __str__(self) -> str:
        return f"delay of {self.length}"


@dataclass(frozen=True, slots=True)
class Broken(Effect):
    """The connection misbehaves while the answer leaves; see ``Disruption``. The call itself happens."""

    disruption: Disruption

    def spoil(self, reply: Reply, seed: str, count: int, pace: float) -> Reply:
        """The answer as the door is to send it."""
        return reply.replacing(disruption=self.disruption)

    def __str__(self) -> str:
        return str(self.disruption)


@dataclass(frozen=True, slots=True)
class Malformed(Effect):
    """A JSON body that ends in the middle, under a Content-Length that says all is there."""

    def spoil(self, reply: Reply, seed: str, count: int, pace: float) -> Reply:
        """The first two thirds: never JSON, because the closing bracket is missing."""
        text = reply.body.strip()
        cut = text[: max(1, len(text) * 2 // 3)] if text[:1] in {b"{", b"["} else b"{"
        return reply.replacing(body=cut)

    def __str__(self) -> str:
        return "malformed JSON"


@dataclass(frozen=True, slots=True)
class ContentType(Effect):
    """The right body under a wrong ``Content-Type``."""

    value: str

    def __post_init__(self) -> None:
        if "/" not in self.value:
            raise FaultError(f'a content type looks like "text/html", got {self.value!r}')

    def spoil(self, reply: Reply, seed: str, count: int, pace: float) -> Reply:
        """The answer relabelled."""
        return reply.replacing(headers=reply.headers.without("content-type").adding([("Content-Type", self.value)]))

    def __str__(self) -> str:
        return f"content type {self.value}"
