"""Platform events: what a run's process hears over its WebSocket.

``systemInfo``    once a virtual second, while somebody looks at the clock; or on request
``cpuInfo``       on request; deprecated
``aborting``      with a graceful abort or at the timeout, followed by ``persistState`` after an abort
``migrating``     when a migration is announced; never with ``persistState``
``exit``          never sent by the platform; on request only

Messages are text, ``{"name", "createdAt", "data"?}``. For a run unknown or over the upgrade is followed by
close code 1008; a run that ends closes with 1000. Shapes after Apify's documentation of events and its own runtime.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from ...kernel.clock import Clock, rfc3339
from ...kernel.http import Call
from ...kernel.websocket import Close, Send
from ...kernel.world import World
from .errors import NotFound
from .runs import Run, Runs
from .signals import Signal, Signals

__all__ = ["EventStream", "Events", "SystemInfo", "events_url"]

PATH = re.compile(r"/events/([a-zA-Z0-9]{17})")
SYSTEM_INFO_SECONDS = 1.0
NORMAL, POLICY_VIOLATION = 1000, 1008  # RFC 6455, section 7.4.1
HEARD = frozenset(("aborting", "persistState", "migrating"))


def events_url(base_url: str, run_id: str) -> str:
    """What ``ACTOR_EVENTS_WEBSOCKET_URL`` holds for a run, given the emulator's own URL."""
    return f"{base_url.replace('http', 'ws', 1)}/v2/events/{run_id}"


@dataclass(frozen=True, slots=True, kw_only=True)
class SystemInfo:
    """The load of a container: memory in bytes, CPU in percent of what the run has."""

    memory_average: int
    memory_current: int
    memory_maximum: int
    cpu_average: float = 15.0
    cpu_current: float = 20.0
    cpu_maximum: float = 40.0
    overloaded: bool = False

    @classmethod
    def of(cls, run: Run, **changes: Any) -> SystemInfo:
        """An ordinary load for the memory of ``run``, or what ``changes`` say."""
        memory = run.memory * 1024 * 1024
        usual = {"memory_average": memory // 5, "memory_current": memory // 4, "memory_maximum": memory // 3}
        return cls(**{**usual, **changes})

    def data(self, moment: str) -> dict[str, Any]:
        """The ``data`` of a ``systemInfo`` event."""
        return {
            "memAvgBytes": self.memory_average,
            "memCurrentBytes": self.memory_current,
            "memMaxBytes": self.memory_maximum,
            "cpuAvgUsage": self.cpu_average,
            "cpuMaxUsage": self.cpu_maximum,
            "cpuCurrentUsage": self.cpu_current,
            "isCpuOverloaded": self.overloaded,
            "createdAt": moment,
        }


class Events:
    """The open streams of a platform, and what is to be sent when the virtual clock gets there."""

    def __init__(self, world: World, clock: Clock, runs: Runs, signals: Signals) -> None:
        self._world = world
        self._clock = clock
        self._runs = runs
        self._signals = signals
        self._streams: list[EventStream] = []

    def converse(self, call: Call) -> EventStream | None:
        """The stream a WebSocket request asks for."""
        found = PATH.search(call.path)
        return None if found is None else EventStream(found[1], self._runs, self._signals, self._streams, self._text)

    def listening(self, run_id: str) -> int:
        """How many streams of a run are open."""
        return sum(stream.run_id == run_id for stream in tuple(self._streams))

    def send(self, run_id: str, name: str, data: dict[str, Any] | None = None) -> int:
        """Send an event now to whoever listens to the run; answers how many do."""
        text = self._text(name, data)
        listening = [stream for stream in tuple(self._streams) if stream.run_id == run_id]
        for stream in listening:
            stream.send(text)
        return len(listening)

    def schedule(self, run_id: str, name: str, data: dict[str, Any] | None, after: float) -> None:
        """Send an event once ``after`` virtual seconds have passed."""
        values = (run_id, self._clock.time() + after, name, json.dumps(data))
        self._world.execute("INSERT INTO apify_event VALUES (?, ?, ?, ?)", values)

    def pass_time(self) -> None:
        """Send what has become due: scheduled events, and the load of every run somebody listens to."""
        now = self._clock.time()
        for row in self._world.all("SELECT rowid, * FROM apify_event WHERE at <= ? ORDER BY at", (now,)):
            self._world.execute("DELETE FROM apify_event WHERE rowid = ?", (row["rowid"],))
            self.send(row["run"], row["name"], json.loads(row["data"]))
        for stream in tuple(self._streams):
            if now - stream.informed_at >= SYSTEM_INFO_SECONDS:
                stream.informed_at = now
                self.send_system_info(stream.run_id)

    def send_system_info(self, run_id: str, **changes: Any) -> int:
        """Send the load of a run's container (see ``SystemInfo``) now; answers how many listen."""
        info = SystemInfo.of(self._runs.get(run_id), **changes)
        return self.send(run_id, "systemInfo", info.data(self._now()))

    def _text(self, name: str, data: dict[str, Any] | None) -> str:
        message = {"name": name, "createdAt": self._now()}
        return json.dumps(message if data is None else {**message, "data": data})

    def _now(self) -> str:
        return rfc3339(datetime.fromtimestamp(self._clock.time(), UTC))


class EventStream:
    """One WebSocket: a handler for the door, fed by the platform's decisions about its run."""

    def __init__(
        self,
        run_id: str,
        runs: Runs,
        signals: Signals,
        streams: list[EventStream],
        text: Callable[[str, dict[str, Any] | None], str],
    ) -> None:
        self.run_id = run_id
        self.informed_at = 0.0
        self._runs = runs
        self._signals = signals
        self._streams = streams
        self._text = text

    def opened(self, send: Send, close: Close) -> None:
        """The process listens from now on, unless its run is unknown or over."""
        try:
            over = self._runs.get(self.run_id).finished
        except NotFound:
            over = True
        self.send, self._close = send, close
        self._unsubscribe = self._signals.subscribe(self.run_id, self._hear)
        self._streams.append(self)
        if over:
            close(POLICY_VIOLATION, "No such run, or it has finished")

    def received(self, message: str | bytes) -> None:
        """Processes have nothing to say here."""

    def closed(self, code: int) -> None:
        """Nobody listens any more."""
        self._unsubscribe()
        self._streams.remove(self)

    def _hear(self, signal: Signal) -> None:
        if signal.name in HEARD:
            self.send(self._text(signal.name, signal.data or None))
        elif signal.name == "ended":
            self._close(NORMAL, "")
