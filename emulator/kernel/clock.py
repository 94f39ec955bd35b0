"""Virtual time. The only module that reads the wall clock.

The clock maps real time to virtual time by an anchor pair and a rate: rate 1 runs beside the real clock, 0 is
frozen, 60 makes a minute of every second. The triple is kept in the world, so a restored world continues at the
instant (or with the distance to real time) it was saved with.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

__all__ = ["Clock", "ClockError", "ClockSetting", "http_date", "perf_counter", "real_time", "rfc3339"]


class ClockError(ValueError):
    """The clock was asked for something time does not do, such as to run backwards."""


@dataclass(frozen=True, slots=True)
class ClockSetting:
    """Real seconds ``real`` correspond to virtual seconds ``virtual``; from there virtual time runs at ``rate``."""

    real: float
    virtual: float
    rate: float


class Clock:
    """The emulator's only notion of now. All values are seconds since the Unix epoch or aware UTC datetimes.

    Every setting goes through ``keep``, which the owner replaces to keep it in the world as well.
    """

    def __init__(self, source: Callable[[], float] = time.time) -> None:
        self._source = source
        now = source()
        self._setting = ClockSetting(now, now, 1.0)
        self.keep: Callable[[ClockSetting], None] = self.restore

    @property
    def setting(self) -> ClockSetting:
        """What the world remembers of the clock."""
        return self._setting

    def restore(self, setting: ClockSetting) -> None:
        """Take up a remembered setting, without ``keep``."""
        self._setting = setting

    def time(self) -> float:
        """Virtual seconds since the epoch."""
        setting = self._setting
        return setting.virtual + (self._source() - setting.real) * setting.rate

    def milliseconds(self) -> int:
        """Virtual milliseconds since the epoch, rounded down."""
        return int(self.time() * 1000)

    def seconds(self) -> int:
        """Virtual seconds since the epoch, rounded down."""
        return int(self.time())

    def now(self) -> datetime:
        """Virtual time as an aware UTC datetime."""
        return datetime.fromtimestamp(self.time(), UTC)

    @property
    def frozen(self) -> bool:
        """Whether virtual time stands still."""
        return self._setting.rate == 0

    @property
    def rate(self) -> float:
        """Virtual seconds per real second."""
        return self._setting.rate

    def advance(self, by: timedelta | float | None = None, **parts: float) -> datetime:
        """Move time forward by a timedelta, by seconds, or by its parts (``hours=1, minutes=30``).

        Answers the new time. Raises ``ClockError`` for a negative step: things that already happened would not
        un-happen.
        """
        step = by if isinstance(by, timedelta) else timedelta(seconds=by or 0)
        step += timedelta(**parts)
        if step < timedelta(0):
            raise ClockError(f"time cannot run backwards: asked to advance by {step}; use a positive step")
        return self._anchor(self.time() + step.total_seconds(), self.rate)

    def set(self, moment: datetime) -> datetime:
        """Jump forward to ``moment`` (aware). Raises ``ClockError`` where that lies in the virtual past."""
        if moment.tzinfo is None:
            raise ClockError(f"{moment.isoformat()} has no zone; write it with one, such as {moment.isoformat()}+00:00")
        if moment.timestamp() < self.time():
            raise ClockError(f"time cannot run backwards: it is {rfc3339(self.now())}, asked for {rfc3339(moment)}")
        return self._anchor(moment.timestamp(), self.rate)

    def start_at(self, moment: datetime) -> datetime:
        """Place the beginning of a new world at ``moment``, past or future; for use before anything happened."""
        return self._anchor(moment.timestamp(), self.rate)

    def freeze(self) -> datetime:
        """Stop virtual time."""
        return self._anchor(self.time(), 0.0)

    def speed(self, rate: float) -> datetime:
        """Let time run at ``rate`` virtual seconds per real second; 1 is the ordinary pace, 0 freezes."""
        if not 0 <= rate <= 100_000:
            raise ClockError(f"speed must lie between 0 (frozen) and 100000, got {rate:g}")
        return self._anchor(self.time(), float(rate))

    def _anchor(self, virtual: float, rate: float) -> datetime:
        self.keep(ClockSetting(self._source(), virtual, rate))
        return self.now()


def perf_counter() -> float:
    """Real seconds for measuring how long our own work took; never part of the world."""
    return time.perf_counter()


_STARTED = time.time() - time.perf_counter()


def real_time() -> float:
    """The machine's own seconds since the epoch, also while a test moves ``time`` itself: for the journal alone."""
    return _STARTED + time.perf_counter()


def http_date(seconds: float) -> str:
    """Seconds since the epoch as an HTTP ``Date`` value (RFC 9110, section 5.6.7)."""
    moment = time.gmtime(seconds)
    day = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")[moment.tm_wday]
    month = "JanFebMarAprMayJunJulAugSepOctNovDec"[moment.tm_mon * 3 - 3 : moment.tm_mon * 3]
    return (
        f"{day}, {moment.tm_mday:02} {month} {moment.tm_year} "
        f"{moment.tm_hour:02}:{moment.tm_min:02}:{moment.tm_sec:02} GMT"
    )


def rfc3339(moment: datetime) -> str:
    """An aware datetime as RFC 3339 in UTC with milliseconds and ``Z``."""
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
