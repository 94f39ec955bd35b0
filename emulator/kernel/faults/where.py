"""Which calls a fault means: by what they are, and by the how-manieth they are."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, fields
from difflib import get_close_matches
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING, Self, TypedDict

from ..http import Call

if TYPE_CHECKING:
    from ..service import Service

__all__ = ["FaultError", "Matching", "Where"]


class FaultError(ValueError):
    """A fault that says nothing sensible or can never match; the message names the valid choices."""


class Matching(TypedDict, total=False):
    """The keyword arguments every fault takes; see ``Where``."""

    operation: str
    service: str
    host: str
    principal: str
    after: int
    times: int | None
    nth: int | None
    every: int | None
    probability: float | None
    seed: str
    when: Callable[[Call], bool] | None


@dataclass(frozen=True, slots=True)
class Where:
    """What is left empty matches anything.

    ``operation`` and ``host`` are globs, ``service`` a room's name, ``principal`` the account a call is made for: such
    a fault waits until the vendor has admitted the call, the others strike before. Of the calls that match, ``after``
    pass unharmed first, ``nth`` names the only one to hit, ``every`` hits each so-manieth, ``probability`` some of
    them, drawn from ``seed``; at most ``times`` are hit. ``when`` is asked about each call, and the fault rests while
    it says no.
    """

    operation: str = ""
    service: str = ""
    host: str = ""
    principal: str = ""
    after: int = 0
    times: int | None = None
    nth: int | None = None
    every: int | None = None
    probability: float | None = None
    seed: str = "actor-emulator"
    when: Callable[[Call], bool] | None = None

    @classmethod
    def of(cls, given: Matching) -> Self:
        """The record of keyword arguments. Raises ``FaultError`` for one that is unknown."""
        names = [field.name for field in fields(cls)]
        for name in given:
            if name not in names:
                near = get_close_matches(name, names, n=1)
                hint = f"; did you mean {near[0]}?" if near else ""
                raise FaultError(f"a fault has no {name!r}{hint} Calls are chosen by {', '.join(names)}")
        return cls(**given)

    def __post_init__(self) -> None:
        if self.after < 0:
            raise FaultError(f"after must not be negative, got {self.after}")
        if self.times is not None and self.times < 1:
            raise FaultError(f"times must be at least 1, got {self.times}; leave it out to hit every call")
        if self.nth is not None and self.nth < 1:
            raise FaultError(f"nth counts from 1, got {self.nth}")
        if self.every is not None and self.every < 2:
            raise FaultError(f"every must be at least 2, got {self.every}; leave it out to hit every call")
        if self.probability is not None and not 0 < self.probability <= 1:
            raise FaultError(f"probability must lie above 0 and be at most 1, got {self.probability:g}")
        if self.when is not None and not callable(self.when):
            raise FaultError(f"when is asked about each call, so it must be a function of one; got {self.when!r}")
        self._refuse_contradictions()

    def _refuse_contradictions(self) -> None:
        given = [name for name in ("after", "times", "every", "probability") if getattr(self, name)]
        if self.nth is not None and given:
            raise FaultError(f"nth={self.nth} names one call already; leave out {', '.join(given)}")
        if self.every is not None and self.probability is not None:
            raise FaultError("every and probability both say which calls are hit; give one of them")

    # -- one call ------------------------------------------------------------------------------------------------

    def means(self, operation: str, service: str, call: Call, principal: str) -> bool:
        """Whether a call is one of those this fault counts."""
        return (
            (not self.operation or fnmatchcase(operation, self.operation))
            and (not self.service or self.service == service)
            and (not self.host or fnmatchcase(call.host, self.host))
            and self.principal == (principal if self.principal else "")
            and (self.when is None or self.when(call))
        )

    def hits(self, count: int, share: float) -> bool:
        """Whether the call that is number ``count`` among those meant is hit; ``share`` is its draw from the seed."""
        if self.nth is not None:
            return count == self.nth
        if count <= self.after:
            return False
        if self.every is not None:
            return (count - self.after) % self.every == 0
        return self.probability is None or share < self.probability

    def is_over(self, count: int, hits: int) -> bool:
        """Whether no further call can be hit, after ``count`` that were meant and ``hits`` that were hit."""
        return (self.nth is not None and count >= self.nth) or (self.times is not None and hits >= self.times)

    @property
    def hits_all(self) -> bool:
        """Whether every call that is meant is hit, without end."""
        bounds = (self.times, self.nth, self.every, self.when)
        return not self.after and bounds == (None,) * 4 and self.probability in {None, 1}

    # -- all calls -----------------------------------------------------------------------------------------------

    def check(self, services: Iterable[Service]) -> None:
        """Raise ``FaultError``, with the near choices, where no call to any of ``services`` can match."""
        rooms = list(services)
        self._check_service(rooms)
        self._check_operation(rooms)
        self._check_host(rooms)

    def covers(self, other: Where, services: Iterable[Service]) -> bool:
        """Whether ``other`` means no operation that this one does not mean too, whoever calls."""
        mine, others = self._operations(services), other._operations(services)
        return others <= mine and self.host in {"", other.host} and self.principal == other.principal

    def _operations(self, services: Iterable[Service]) -> set[str]:
        return {
            each.id
            for room in services
            if self.service in {"", room.name}
            for each in room.operations
            if not self.operation or fnmatchcase(each.id, self.operation)
        }

    def _check_service(self, rooms: list[Service]) -> None:
        names = [room.name for room in rooms]
        if self.service and self.service not in names:
            raise FaultError(f"no service {self.service!r}; there are {', '.join(names)}")

    def _check_operation(self, rooms: list[Service]) -> None:
        if not self.operation or self._operations(rooms):
            return
        owners = [room.name for room in rooms if any(fnmatchcase(each.id, self.operation) for each in room.operations)]
        if owners:
            raise FaultError(f"{self.operation!r} is an operation of {', '.join(owners)}, not of {self.service!r}")
        choices = [each.id for room in rooms if self.service in {"", room.name} for each in room.operations]
        near = get_close_matches(self.operation, choices, n=3)
        hint = f"; near: {', '.join(near)}" if near else ""
        raise FaultError(f"no operation matches {self.operation!r}{hint}")

    def _check_host(self, rooms: list[Service]) -> None:
        meant = self._operations(rooms)
        chosen = [room for room in rooms if not (self.operation or self.service) or _has_any(room, meant)]
        hosts = dict.fromkeys(host for room in chosen for host in room.hosts)
        loopback = ("127.0.0.1", "localhost")
        if self.host and not any(_may_meet(self.host, host) for host in (*hosts, *loopback)):
            raise FaultError(f"no call comes to host {self.host!r}; there are {', '.join([*hosts, *loopback])}")

    def __str__(self) -> str:
        what = self.operation or self.service or self.host or "any call"
        who = f" as {self.principal}" if self.principal else ""
        return f"{what}{who}{self._count()}"

    def _count(self) -> str:
        said = [f"{name}={value:g}" for name in ("nth", "every", "probability") if (value := getattr(self, name))]
        said += [f"after={self.after}"] if self.after else []
        said += [f"times={self.times}"] if self.times else []
        return f" ({', '.join(said)})" if said else ""


def _has_any(room: Service, operations: set[str]) -> bool:
    return any(each.id in operations for each in room.operations)


def _may_meet(glob: str, host: str) -> bool:
    """Whether a glob over hosts can match a service's host, which may itself be a ``*.`` pattern."""
    return fnmatchcase(host, glob) or (host.startswith("*.") and fnmatchcase(glob, host))
