"""Lists of messages and threads: walks down the list order that stop as soon as a page is full.

Position and estimate follow recorded replies: a page token is a 20-digit position in the list order and knows
nothing of the query; the estimate is exact up to 200 and says 201 beyond.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from itertools import islice
from typing import NamedTuple

from ....kernel.world import Row, World
from ..errors import InvalidArgument
from .search import Condition

__all__ = ["ABOVE_ALL", "Listed", "Page", "list_messages", "list_threads", "page_position", "page_token", "walk"]

ABOVE_ALL = 2**63 - 1
"""SQLite's largest integer, above every message id."""

_END = 2**64
_TOP = 1
"""The position above every message. 0 lies before even that: its page is empty and leads to the top."""

_ESTIMATED = 201


class Listed(NamedTuple):
    """One message of a list."""

    message: int
    thread: int


class Page(NamedTuple):
    """One page of a list. ``next_position`` is ``None`` on the last page."""

    items: list[Listed]
    next_position: int | None
    estimate: int


def walk(world: World, condition: Condition, below: int = ABOVE_ALL) -> Iterator[Listed]:
    """The messages under ``below`` that meet ``condition``, newest first, read as the caller goes."""
    for row in world.execute(*condition.select(below)):
        yield Listed(row[0], row[1])


def list_messages(world: World, condition: Condition, position: int, limit: int) -> Page:
    """The page of messages that begins at ``position``."""
    return _page(world, condition, position, limit, _messages)


def list_threads(world: World, condition: Condition, position: int, limit: int) -> Page:
    """The page of threads that begins at ``position``, each by its newest message that meets ``condition``."""
    return _page(world, condition, position, limit, _first_threads)


def page_token(position: int) -> str:
    """A position on the wire."""
    return f"{position:020d}"


def page_position(token: str) -> int:
    """The position a page token stands for; the top for "". Raises the 400 of a token that is none."""
    if not token:
        return _TOP
    if not (token.isascii() and token.isdigit() and len(token) <= 20 and int(token) < _END):
        raise InvalidArgument("Invalid pageToken")
    return int(token)


_Walk = Callable[[World, Condition, int, int], "Sequence[Row | Listed]"]
"""The first so many of a list under an id."""


def _page(world: World, condition: Condition, position: int, limit: int, walked: _Walk) -> Page:
    if position == 0:
        return Page([], _TOP, _estimate(world, condition, walked))
    at_top = position == _TOP
    below = min(_END - position, ABOVE_ALL)
    found = walked(world, condition, below, max(limit + 1, _ESTIMATED) if at_top else limit + 1)
    estimate = min(len(found), _ESTIMATED) if at_top else _estimate(world, condition, walked)
    items = [Listed(*each) for each in found[:limit]]
    return Page(items, _END - items[-1].message if len(found) > limit else None, estimate)


def _estimate(world: World, condition: Condition, walked: _Walk) -> int:
    return len(walked(world, condition, ABOVE_ALL, _ESTIMATED))


def _messages(world: World, condition: Condition, below: int, most: int) -> list[Row]:
    return world.execute(*condition.select(below)).fetchmany(most)


def _first_threads(world: World, condition: Condition, below: int, most: int) -> list[Listed]:
    return list(islice(_threads(world, condition, below), most))


def _threads(world: World, condition: Condition, below: int) -> Iterator[Listed]:
    """Each thread once, where its newest matching message stands; those of earlier pages are passed over."""
    seen: set[int] = set()
    for listed in walk(world, condition, below):
        if listed.thread in seen:
            continue
        seen.add(listed.thread)
        if below == ABOVE_ALL or not _reaches(world, condition, listed.thread, below):
            yield listed


def _reaches(world: World, condition: Condition, thread: int, least: int) -> bool:
    """Whether a message of ``thread`` with an id of ``least`` or above meets ``condition``."""
    expression, values = condition.expression()
    # Left to itself SQLite would rather read all newer mail of the mailbox.
    found = world.one(
        "SELECT 1 FROM gmail_message m INDEXED BY gmail_message_thread"
        f" WHERE m.thread = ? AND m.id >= ? AND ({expression})",
        (thread, least, *values),
    )
    return found is not None
