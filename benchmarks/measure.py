"""Timing two things in turn and comparing them."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable

__all__ = ["in_turn", "median", "report", "timed"]


def median(action: Callable[[], object], rounds: int, warm_up: int = 3) -> float:
    """Median seconds of ``action``."""
    for _ in range(warm_up):
        action()
    return statistics.median(timed(action) for _ in range(rounds))


def in_turn(one: Callable[[], object], other: Callable[[], object], rounds: int) -> tuple[float, float]:
    """Median seconds of both, run one after the other so that a slow moment hits both."""
    for _ in range(3):
        one()
        other()
    pairs = [(timed(one), timed(other)) for _ in range(rounds)]
    return statistics.median(pair[0] for pair in pairs), statistics.median(pair[1] for pair in pairs)


def report(title: str, ours: str, reference: str, ratio: float, bar: str) -> None:
    """One line: what was compared, both figures, their ratio and the bar it should clear."""
    print(f"{title:<46} {ours:>16}  beside {reference:>26}  ratio {ratio:7.2f}  (bar: {bar})")


def timed(action: Callable[[], object]) -> float:
    """Seconds ``action`` takes, once."""
    started = time.perf_counter()
    action()
    return time.perf_counter() - started
