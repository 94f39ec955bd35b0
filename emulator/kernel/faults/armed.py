"""The faults in force, and what each has done so far."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from ..http import Call, Reply
from .distribution import fraction
from .effects import History
from .fault import Fault
from .where import FaultError

if TYPE_CHECKING:
    from ..service import Service

__all__ = ["Armed", "Arrival", "Faults", "Hit"]


def _no_history() -> list[object]:
    return []


@dataclass(frozen=True, slots=True)
class Arrival:
    """A call as a fault sees it. ``principal`` is empty until the vendor has admitted the call."""

    operation: str
    service: str
    call: Call
    principal: str = ""
    history: History = _no_history  # type: ignore[assignment]


@dataclass(frozen=True, slots=True)
class Hit:
    """A fault that strikes one call, the one that is number ``count`` among those it means."""

    fault: Fault
    count: int
    arrival: Arrival

    def answer(self, service: Service) -> Reply | None:
        """The reply instead of the handler's, ``None`` where the handler runs."""
        arrival = self.arrival
        return self.fault.effect.answer(service, arrival.call, arrival.operation, arrival.history)

    def spoil(self, reply: Reply, pace: float) -> Reply:
        """The reply as it leaves, where ``pace`` virtual seconds pass in a real one."""
        return self.fault.effect.spoil(reply, self.fault.where.seed, self.count, pace)

    def __str__(self) -> str:
        return str(self.fault)


@dataclass(frozen=True, slots=True)
class Armed:
    """A fault in force: ``count`` calls were of those it means, ``hits`` of them were hit."""

    fault: Fault
    count: int = 0
    hits: int = 0


class Faults:
    """The faults in force, oldest first. Taking one is atomic.

    ``services`` tells what there is to hit; without it nothing is known and any fault is believed.
    """

    def __init__(self, services: Callable[[], Iterable[Service]] | None = None) -> None:
        self._services = services
        self._lock = threading.RLock()
        self._armed: dict[int, Armed] = {}
        self._next = 1
        self.personal = False

    def add(self, fault: Fault) -> int:
        """Arm a fault; the answer is its number. Raises ``FaultError`` for one that can never strike."""
        with self._lock:
            if self._services is not None:
                self._check(fault, list(self._services()))
            number, self._next = self._next, self._next + 1
            self._keep({**self._armed, number: Armed(fault)})
            return number

    def remove(self, number: int) -> None:
        """Disarm one fault. Raises ``FaultError`` where there is none of that number."""
        with self._lock:
            if number not in self._armed:
                raise FaultError(f"no fault {number}; armed: {', '.join(map(str, self._armed)) or 'none'}")
            self._keep({other: armed for other, armed in self._armed.items() if other != number})

    def clear(self) -> None:
        """Disarm every fault."""
        with self._lock:
            self._keep({})

    def __iter__(self) -> Iterator[tuple[int, Fault]]:
        return iter([(number, armed.fault) for number, armed in self._armed.items()])

    def __len__(self) -> int:
        return len(self._armed)

    def take(self, arrival: Arrival) -> Hit | None:
        """The fault that hits this call, counted as used; ``None`` for the ordinary case.

        Faults for a principal strike only where the arrival names one, the others only where it does not: a call is
        taken once before it is admitted and, while ``personal`` is true, once after.
        """
        if not self._armed:
            return None
        with self._lock:
            for number, armed in self._armed.items():
                if bool(armed.fault.where.principal) == bool(arrival.principal) and _means(armed.fault, arrival):
                    count = armed.count + 1
                    if self._count(number, replace(armed, count=count)):
                        return Hit(armed.fault, count, arrival)
        return None

    def _count(self, number: int, armed: Armed) -> bool:
        """Keep what has become of a fault, and say whether it strikes."""
        where = armed.fault.where
        share = fraction(where.seed, armed.count) if where.probability is not None else 0.0
        strikes = where.hits(armed.count, share)
        used = replace(armed, hits=armed.hits + strikes)
        if where.is_over(used.count, used.hits):
            self._keep({other: each for other, each in self._armed.items() if other != number})
        else:
            self._keep({**self._armed, number: used})
        return strikes

    def _keep(self, armed: dict[int, Armed]) -> None:
        # A new dictionary each time: whoever is going through the old one goes on undisturbed.
        self._armed = armed
        self.personal = any(each.fault.where.principal for each in armed.values())

    def _check(self, fault: Fault, services: list[Service]) -> None:
        fault.where.check(services)
        for number, armed in self._armed.items():
            if armed.fault.where.hits_all and armed.fault.where.covers(fault.where, services):
                raise FaultError(f"{fault} can never strike: fault {number}, {armed.fault}, hits every such call first")

    def snapshot(self) -> dict[int, Armed]:
        """The armed faults with their counts, to be given back to ``restore``."""
        return dict(self._armed)

    def restore(self, armed: dict[int, Armed]) -> None:
        """Arm exactly what ``snapshot`` answered."""
        with self._lock:
            self._keep(dict(armed))


def _means(fault: Fault, arrival: Arrival) -> bool:
    return fault.where.means(
        arrival.operation, arrival.service, arrival.call, arrival.principal
    ) and fault.effect.ready(arrival.call, arrival.operation, arrival.history)
