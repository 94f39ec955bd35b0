"""Lists of messages and threads: walks down the list order that stop as soon as a page is full.

Position and estimate follow recorded replies: a page token is a 20-digit position in the list order and knows
nothing of the query; the estimate is exact up to 200 and says 201 beyond.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import islice
from typing import Any, NamedTuple

from ....kernel.world import World
from ..errors import InvalidArgument

__all__ = ["ABOVE_ALL", "Listed", "Page", "Selector", "list_messages", "list_threads", "page_position", "page_token"]

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


@dataclass(frozen=True, slots=True)
class Selector:
    """Which messages of a mailbox a list is about.

    ``labels`` must all sit on a message. ``hidden`` are the values of its column that are let through: 0 for
    ordinary messages, 1 for Spam and Trash. ``condition`` is SQL over ``gmail_message m``, with its ``values``.
    """

    mailbox: int
    labels: tuple[str, ...] = ()
    hidden: tuple[int, ...] = (0,)
    condition: str = ""
    values: tuple[Any, ...] = ()

    def walk(self, world: World, below: int) -> Iterator[Listed]:
        """The messages with ids under ``below``, newest first."""
        branches = [self._branch(hidden, below) for hidden in self.hidden]
        sql = " UNION ALL ".join(text for text, _ in branches) + " ORDER BY 1 DESC"
        for row in world.execute(sql, [value for _, values in branches for value in values]):
            yield Listed(row[0], row[1])

    def reaches(self, world: World, thread: int, least: int) -> bool:
        """Whether a message of ``thread`` with an id of ``least`` or above is selected."""
        # The unary plus keeps SQLite to the index of threads: the one of mailboxes would read all newer mail.
        hidden = ", ".join(str(value) for value in self.hidden)
        where = f"m.thread = ? AND m.id >= ? AND +m.mailbox = ? AND +m.hidden IN ({hidden})"
        more, values = self._narrowed(self.labels)
        found = world.one(f"SELECT 1 FROM gmail_message m WHERE {where}{more}", (thread, least, self.mailbox, *values))
        return found is not None

    def _branch(self, hidden: int, below: int) -> tuple[str, tuple[Any, ...]]:
        """One ordered range of an index; SQLite merges the branches of a compound select without sorting."""
        if not self.labels:
            more, values = self._narrowed(())
            where = f"m.mailbox = ? AND m.hidden = ? AND m.id < ?{more}"
            sql = f"SELECT m.id, m.thread FROM gmail_message m WHERE {where}"
            return sql, (self.mailbox, hidden, below, *values)
        more, values = self._narrowed(self.labels[1:])
        where = f"d.mailbox = ? AND d.label = ? AND d.hidden = ? AND d.message < ?{more}"
        source = "gmail_message_label d CROSS JOIN gmail_message m ON m.id = d.message"
        return f"SELECT d.message, m.thread FROM {source} WHERE {where}", (
            self.mailbox,
            self.labels[0],
            hidden,
            below,
            *values,
        )

    def _narrowed(self, labels: tuple[str, ...]) -> tuple[str, tuple[Any, ...]]:
        """What further labels and the condition add to a WHERE."""
        has = " AND EXISTS (SELECT 1 FROM gmail_message_label x WHERE x.message = m.id AND x.label = ?)"
        more = has * len(labels)
        return (f"{more} AND ({self.condition})" if self.condition else more), (*labels, *self.values)


class Page(NamedTuple):
    """One page of a list. ``next_position`` is ``None`` on the last page."""

    items: list[Listed]
    next_position: int | None
    estimate: int


def list_messages(world: World, selector: Selector, position: int, limit: int) -> Page:
    """The page of messages that begins at ``position``."""
    return _page(world, selector, position, limit, _messages)


def list_threads(world: World, selector: Selector, position: int, limit: int) -> Page:
    """The page of threads that begins at ``position``, each by its newest message that is selected."""
    return _page(world, selector, position, limit, _threads)


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


_Walk = Callable[[World, Selector, int], Iterator[Listed]]


def _page(world: World, selector: Selector, position: int, limit: int, walk: _Walk) -> Page:
    if position == 0:
        return Page([], _TOP, _estimate(world, selector, walk))
    at_top = position == _TOP
    below = min(_END - position, ABOVE_ALL)
    found = list(islice(walk(world, selector, below), max(limit + 1, _ESTIMATED) if at_top else limit + 1))
    estimate = min(len(found), _ESTIMATED) if at_top else _estimate(world, selector, walk)
    items = found[:limit]
    return Page(items, _END - items[-1].message if len(found) > limit else None, estimate)


def _estimate(world: World, selector: Selector, walk: _Walk) -> int:
    return sum(1 for _ in islice(walk(world, selector, ABOVE_ALL), _ESTIMATED))


def _messages(world: World, selector: Selector, below: int) -> Iterator[Listed]:
    return selector.walk(world, below)


def _threads(world: World, selector: Selector, below: int) -> Iterator[Listed]:
    """Each thread once, where its newest selected message stands; those of earlier pages are passed over."""
    seen: set[int] = set()
    for listed in selector.walk(world, below):
        if listed.thread in seen:
            continue
        seen.add(listed.thread)
        if below == ABOVE_ALL or not selector.reaches(world, listed.thread, below):
            yield listed
