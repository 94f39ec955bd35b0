"""Drawing worlds with Hypothesis, beside drawing as many short texts of its own."""

from __future__ import annotations

from collections.abc import Callable
from statistics import median
from typing import Any

from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from hypothesis.strategies import DataObject, SearchStrategy

from fixtures.strategies import mailboxes, queries

from .measure import report, timed

EXAMPLES = 100
MESSAGES = 50


def run() -> None:
    """Print the ratios. The bar on the world is 5 ms as well."""
    texts = st.lists(st.text(max_size=40), min_size=MESSAGES, max_size=MESSAGES)
    reference = seconds_to_draw(texts)
    world = seconds_to_draw(mailboxes(min_size=MESSAGES, max_size=MESSAGES))
    beside = f"{MESSAGES} texts {reference * 1e3:.2f} ms"
    report(f"drawing a world of {MESSAGES} messages", f"{world * 1e3:.2f} ms", beside, world / reference, "<= 3, 5 ms")
    one = seconds_to_draw(st.text(max_size=40))
    query = seconds_to_draw(queries())
    report("drawing a search", f"{query * 1e6:.0f} us", f"a text {one * 1e6:.0f} us", query / one, "<= 20")


def seconds_to_draw(strategy: SearchStrategy[Any]) -> float:
    """Median seconds one draw takes inside a property."""
    taken: list[float] = []

    @settings(
        max_examples=EXAMPLES,
        phases=[Phase.generate],
        database=None,
        deadline=None,
        suppress_health_check=list(HealthCheck),
    )
    @given(st.data())
    def draw(data: DataObject) -> None:
        taken.append(timed(lambda: data.draw(strategy)))

    perform: Callable[[], None] = draw
    perform()
    return median(taken)
