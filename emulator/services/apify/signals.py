"""What the platform tells a run's container, and who listens there.

A launcher (a process, an in-process run, the events WebSocket) subscribes to one run and hears the platform's
decisions as they are made. Subscriptions are wires to live things and so belong to the process, not to the world.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal

__all__ = ["Signal", "SignalName", "Signals"]

SignalName = Literal["aborting", "persistState", "migrating", "kill", "restart", "ended"]


@dataclass(frozen=True, slots=True)
class Signal:
    """One decision.

    ``aborting``, ``persistState`` and ``migrating`` are also platform events the Actor hears; ``kill`` means the
    container goes at once, ``restart`` that it comes up again (reboot, migration, metamorph), ``ended`` that the run
    reached a final status.
    """

    run: str
    name: SignalName
    data: dict[str, Any]


class Signals:
    """Who listens to which run. Listeners are called in the thread that decides and must not block."""

    def __init__(self) -> None:
        self._listeners: dict[str, list[Callable[[Signal], None]]] = {}

    def subscribe(self, run: str, listener: Callable[[Signal], None]) -> Callable[[], None]:
        """Hear the signals of ``run``; the answer ends the subscription and may be called twice."""
        self._listeners.setdefault(run, []).append(listener)

        def unsubscribe() -> None:
            listeners = self._listeners.get(run, [])
            if listener in listeners:
                listeners.remove(listener)
            if not listeners:
                self._listeners.pop(run, None)

        return unsubscribe

    def emit(self, run: str, name: SignalName, data: dict[str, Any] | None = None) -> None:
        """Tell everyone who listens to ``run``."""
        for listener in tuple(self._listeners.get(run, ())):
            listener(Signal(run, name, data or {}))

    def emit_all(self, name: SignalName) -> None:
        """Tell everyone who listens to any run."""
        for run in tuple(self._listeners):
            self.emit(run, name)
