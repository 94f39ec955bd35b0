"""Faults: what breaks without a cause inside the model.

Expired tokens and disabled APIs are states of the world and need no fault. A 503, a reset connection or a truncated
body have no cause here, so they are declared: what to match, how often, and what to do.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from difflib import get_close_matches
from fnmatch import fnmatchcase
from math import inf
from typing import TYPE_CHECKING, Self

from .http import Call, Disruption, Headers, HeaderSource, Reply

if TYPE_CHECKING:
    from .service import Service

__all__ = ["Fault", "FaultError", "Faults", "answer"]


class FaultError(ValueError):
    """A fault that says nothing sensible or can never match; the message names the valid choices."""


@dataclass(frozen=True, slots=True)
class Fault:
    """One declared fault.

    Matching: ``operation`` (glob over operation ids), ``service``, ``host``; what is left empty matches anything.
    ``after`` calls pass unharmed first, then ``times`` calls are hit (``None``: every one).
    Effect: ``reply`` answers instead of the handler; ``disruption`` delays, breaks or cuts the answer on its way out.
    """

    operation: str = ""
    service: str = ""
    host: str = ""
    after: int = 0
    times: int | None = None
    code: int = 0
    message: str = ""
    reply: Reply | None = None
    disruption: Disruption | None = None

    def __post_init__(self) -> None:
        if self.after < 0:
            raise FaultError(f"after must not be negative, got {self.after}")
        if self.times is not None and self.times < 1:
            raise FaultError(f"times must be at least 1, got {self.times}; leave it out to hit every call")

    @classmethod
    def status(
        cls,
        code: int,
        *,
        body: bytes | str | None = None,
        headers: HeaderSource = (),
        message: str = "",
        operation: str = "",
        service: str = "",
        host: str = "",
        after: int = 0,
        times: int | None = None,
    ) -> Self:
        """Answer with an HTTP status: in the vendor's own dialect, or with exactly ``body`` where one is given."""
        if not 200 <= code <= 599:
            raise FaultError(f"a fault's status must lie between 200 and 599, got {code}")
        raw = body.encode() if isinstance(body, str) else body
        reply = None if raw is None else Reply(code, Headers(headers), raw)
        return cls(operation, service, host, after, times, code, message, reply)

    @classmethod
    def delay(
        cls,
        seconds: float,
        *,
        operation: str = "",
        service: str = "",
        host: str = "",
        after: int = 0,
        times: int | None = None,
    ) -> Self:
        """Hold the answer back for real ``seconds``; other calls are not delayed."""
        if not 0 < seconds < inf:
            raise FaultError(f"a delay must be longer than nothing and end, got {seconds:g} s")
        return cls(operation, service, host, after, times, disruption=Disruption(delay=seconds))

    @classmethod
    def reset(
        cls,
        when: str = "before",
        *,
        operation: str = "",
        service: str = "",
        host: str = "",
        after: int = 0,
        times: int | None = None,
    ) -> Self:
        """Break the connection ``before`` any byte of the answer or ``after`` its headers. The call itself happened."""
        if when not in {"before", "after"}:
            raise FaultError(f'reset(when) must be "before" or "after", got "{when}"')
        return cls(operation, service, host, after, times, disruption=Disruption(reset=when))

    @classmethod
    def truncate(
        cls,
        length: int,
        *,
        operation: str = "",
        service: str = "",
        host: str = "",
        after: int = 0,
        times: int | None = None,
    ) -> Self:
        """Send only the first ``length`` bytes of the body under its full Content-Length, then close."""
        if length < 0:
            raise FaultError(f"a body cannot be cut to {length} bytes")
        return cls(operation, service, host, after, times, disruption=Disruption(truncate=length))

    def matches(self, operation: str, service: str, host: str) -> bool:
        """Whether a call of these coordinates is meant."""
        return (
            (not self.operation or fnmatchcase(operation, self.operation))
            and (not self.service or self.service == service)
            and (not self.host or fnmatchcase(host, self.host))
        )

    def check(self, operations: Sequence[str], services: Sequence[str]) -> None:
        """Raise ``FaultError``, with the near choices, where this fault can never match."""
        if self.operation and not any(fnmatchcase(each, self.operation) for each in operations):
            near = get_close_matches(self.operation, operations, n=3)
            hint = f"; near: {', '.join(near)}" if near else ""
            raise FaultError(f"no operation matches {self.operation!r}{hint}")
        if self.service and self.service not in services:
            raise FaultError(f"no service {self.service!r}; there are {', '.join(services)}")

    def __str__(self) -> str:
        where = self.operation or self.service or self.host or "any call"
        return f"{self.code or self.disruption} on {where}"


class Faults:
    """The faults in force, oldest first. Taking one is atomic."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._armed: dict[int, Fault] = {}
        self._next = 1

    def add(self, fault: Fault) -> int:
        """Arm a fault; the answer is its number."""
        with self._lock:
            number, self._next = self._next, self._next + 1
            self._armed[number] = fault
            return number

    def remove(self, number: int) -> None:
        """Disarm one fault. Raises ``FaultError`` where there is none of that number."""
        with self._lock:
            if self._armed.pop(number, None) is None:
                raise FaultError(f"no fault {number}; armed: {', '.join(map(str, self._armed)) or 'none'}")

    def clear(self) -> None:
        """Disarm every fault."""
        with self._lock:
            self._armed.clear()

    def __iter__(self) -> Iterator[tuple[int, Fault]]:
        return iter(tuple(self._armed.items()))

    def __len__(self) -> int:
        return len(self._armed)

    def take(self, operation: str, service: str, call: Call) -> Fault | None:
        """The fault that hits this call, counted as used; ``None`` for the ordinary case."""
        if not self._armed:
            return None
        with self._lock:
            for number, fault in self._armed.items():
                if not fault.matches(operation, service, call.host):
                    continue
                if fault.after:
                    self._armed[number] = replace(fault, after=fault.after - 1)
                    continue
                self._use(number, fault)
                return fault
        return None

    def _use(self, number: int, fault: Fault) -> None:
        if fault.times is None:
            return
        if fault.times <= 1:
            del self._armed[number]
        else:
            self._armed[number] = replace(fault, times=fault.times - 1)

    def snapshot(self) -> dict[int, Fault]:
        """The armed faults, to be given back to ``restore``."""
        return dict(self._armed)

    def restore(self, armed: dict[int, Fault]) -> None:
        """Arm exactly what ``snapshot`` answered."""
        with self._lock:
            self._armed = dict(armed)


def answer(fault: Fault, service: Service) -> Reply | None:
    """The reply a status fault gives for ``service``; ``None`` for a fault that lets the handler run."""
    if fault.reply is not None:
        return fault.reply
    return service.failure(fault.code, fault.message) if fault.code else None
