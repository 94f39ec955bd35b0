"""The clock of a launched Python program, made to run as fast as the emulator's: ``actor-emulator run --speed N``.

Runs in any CPython from 3.9 on, with the standard library alone, before any module of the program is imported: what
says ``from time import monotonic`` later gets the scaled one. Scaled together are ``time``, ``datetime``,
``time.sleep``, ``select`` of the selectors (an event loop's sleep) and ``Condition.wait`` (``Event.wait``,
``Queue.get``). Left alone are ``perf_counter`` and the timeouts inside native code, of sockets and TLS; uvloop keeps
its own clock.
"""

from __future__ import annotations

import time

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

__all__ = ["VirtualTime", "install"]


class VirtualTime:
    """Virtual seconds from real ones: ``virtual`` at ``real`` (both since the epoch), and ``rate`` times as fast."""

    def __init__(self, real: float, virtual: float, rate: float) -> None:
        self._real, self._virtual, self.rate = real, virtual, rate
        self._wall, self._monotonic = time.time, time.monotonic
        self._began = self._monotonic()

    def time(self) -> float:
        """Virtual seconds since the epoch."""
        return self._virtual + (self._wall() - self._real) * self.rate

    def monotonic(self) -> float:
        """A reading that only grows, in virtual seconds; equal to the real one at the start of the program."""
        return self._began + (self._monotonic() - self._began) * self.rate

    def shortened(self, seconds: Any) -> Any:
        """How long to wait in real time; ``None`` and what is no positive number as it is."""
        return seconds / self.rate if isinstance(seconds, (int, float)) and seconds > 0 else seconds


def install(setting: str) -> VirtualTime:
    """Let this program's time follow ``setting``: "real,virtual,rate", as the emulator's clock states it."""
    real, virtual, rate = (float(number) for number in setting.split(","))
    clock = VirtualTime(real, virtual, rate)
    scale_time(clock)
    scale_datetime(clock)
    scale_waits(clock)
    return clock


def scale_time(clock: VirtualTime) -> None:
    functions = _TimeFunctions(clock)
    for name in ("gmtime", "localtime", "ctime", "strftime", "asctime", "sleep", "time_ns", "monotonic_ns"):
        setattr(time, name, getattr(functions, name))
    time.time, time.monotonic = clock.time, clock.monotonic


class _TimeFunctions:
    """What replaces the functions of ``time``, as bound methods: logging keeps ``time.localtime`` in a class, where a
    function would become a method and a built-in does not.
    """

    def __init__(self, clock: VirtualTime) -> None:
        self._clock = clock
        self._sleep, self._strftime, self._asctime = time.sleep, time.strftime, time.asctime
        self._gmtime, self._localtime, self._ctime = time.gmtime, time.localtime, time.ctime

    def sleep(self, seconds: Any) -> None:
        self._sleep(self._clock.shortened(seconds))

    def time_ns(self) -> int:
        return int(self._clock.time() * 1e9)

    def monotonic_ns(self) -> int:
        return int(self._clock.monotonic() * 1e9)

    def gmtime(self, seconds: Any = None) -> time.struct_time:
        return self._gmtime(self._clock.time() if seconds is None else seconds)

    def localtime(self, seconds: Any = None) -> time.struct_time:
        return self._localtime(self._clock.time() if seconds is None else seconds)

    def ctime(self, seconds: Any = None) -> str:
        return self._ctime(self._clock.time() if seconds is None else seconds)

    def strftime(self, form: str, moment: Any = None) -> str:
        return self._strftime(form, self.localtime() if moment is None else moment)

    def asctime(self, moment: Any = None) -> str:
        return self._asctime(self.localtime() if moment is None else moment)


def scale_datetime(clock: VirtualTime) -> None:
    """Give ``datetime.now`` and ``utcnow`` the scaled time; ``today`` asks ``time.time`` by itself.

    They read the C clock and belong to an immutable type. A subclass in its place would be another type to pickle,
    orjson and every table that is keyed by type, so the methods are changed where the type keeps them.
    """
    import ctypes  # noqa: PLC0415 - 5 ms that only a program under --speed pays
    import datetime as dt  # noqa: PLC0415
    import gc  # noqa: PLC0415

    real = dt.datetime
    methods: dict[str, Any] = next(each for each in gc.get_referents(vars(real)) if isinstance(each, dict))

    def now(cls: Any, tz: Any = None) -> Any:
        return cls.fromtimestamp(clock.time(), tz)

    def utcnow(cls: Any) -> Any:
        return cls.fromtimestamp(clock.time(), dt.timezone.utc).replace(tzinfo=None)  # noqa: UP017 - Python 3.9

    methods["now"], methods["utcnow"] = classmethod(now), classmethod(utcnow)
    ctypes.pythonapi.PyType_Modified(ctypes.py_object(real))


def scale_waits(clock: VirtualTime) -> None:
    import selectors  # noqa: PLC0415 - imported here, after ``time`` has changed
    import threading  # noqa: PLC0415

    def scaled(wait: Callable[..., Any]) -> Callable[..., Any]:
        return lambda self, timeout=None: wait(self, clock.shortened(timeout))

    names = ("SelectSelector", "PollSelector", "EpollSelector", "KqueueSelector", "DevpollSelector")
    for kind in {getattr(selectors, name) for name in names if hasattr(selectors, name)}:
        kind.select = scaled(kind.select)
    threading.Condition.wait = scaled(threading.Condition.wait)  # type: ignore[method-assign]
