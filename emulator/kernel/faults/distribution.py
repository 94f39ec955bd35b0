"""How long a delay lasts: always the same, or drawn anew for each call, by seed and so repeatably."""

from __future__ import annotations

from dataclasses import dataclass
from math import inf, log
from statistics import NormalDist
from typing import Protocol

from ..ids import Ids
from .where import FaultError

__all__ = ["Distribution", "Exponential", "Fixed", "Normal", "Uniform", "fraction"]

LEAST = 0.001  # a delay is never shorter, whatever is drawn


class Distribution(Protocol):
    """Where the seconds of a delay come from."""

    def seconds(self, share: float) -> float:
        """The delay at ``share``, a number between 0 and 1 drawn evenly."""


@dataclass(frozen=True, slots=True)
class Fixed:
    """Always ``length`` seconds."""

    length: float

    def __post_init__(self) -> None:
        if not 0 < self.length < inf:
            raise FaultError(f"a delay must be longer than nothing and end, got {self.length:g} s")

    def seconds(self, share: float) -> float:
        """The one length."""
        return self.length

    def __str__(self) -> str:
        return f"{self.length:g} s"


@dataclass(frozen=True, slots=True)
class Uniform:
    """Any length between ``low`` and ``high`` seconds, all equally likely."""

    low: float
    high: float

    def __post_init__(self) -> None:
        if not 0 <= self.low < self.high < inf:
            raise FaultError(f"a uniform delay needs 0 <= low < high, got {self.low:g} and {self.high:g}")

    def seconds(self, share: float) -> float:
        """The length at ``share`` of the way."""
        return max(LEAST, self.low + (self.high - self.low) * share)

    def __str__(self) -> str:
        return f"{self.low:g} to {self.high:g} s"


@dataclass(frozen=True, slots=True)
class Normal:
    """Around ``mean`` seconds with standard ``deviation``; what would be negative is no delay to speak of."""

    mean: float
    deviation: float

    def __post_init__(self) -> None:
        if not (0 < self.mean < inf and 0 < self.deviation < inf):
            raise FaultError(
                f"a normal delay needs a positive mean and deviation, got {self.mean:g}, {self.deviation:g}"
            )

    def seconds(self, share: float) -> float:
        """The quantile at ``share``."""
        return max(LEAST, NormalDist(self.mean, self.deviation).inv_cdf(min(max(share, 1e-9), 1 - 1e-9)))

    def __str__(self) -> str:
        return f"{self.mean:g} +- {self.deviation:g} s"


@dataclass(frozen=True, slots=True)
class Exponential:
    """Mostly short and now and then long, ``mean`` seconds on average: the shape of real response times."""

    mean: float

    def __post_init__(self) -> None:
        if not 0 < self.mean < inf:
            raise FaultError(f"an exponential delay needs a positive mean, got {self.mean:g}")

    def seconds(self, share: float) -> float:
        """The quantile at ``share``."""
        return max(LEAST, -self.mean * log(1 - min(share, 1 - 1e-9)))

    def __str__(self) -> str:
        return f"about {self.mean:g} s"


def fraction(seed: str, position: int) -> float:
    """The draw of ``seed`` at ``position``: at least 0 and below 1, the same whenever it is asked for."""
    return Ids(seed, position).bits(53) / (1 << 53)
