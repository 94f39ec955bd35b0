"""The history of a mailbox: one record for each action and each label it changed, as history.list answers them.

Ids grow by small irregular steps, as on real mailboxes. Records are readable for a time that Google gives as "at
least a week" and that was seen to be about 28 days; older ids answer 404, as do ids the mailbox has not reached.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby, islice
from typing import NamedTuple

from ....kernel.ids import Ids
from ....kernel.service import Kernel
from ....kernel.world import Row, World
from ..errors import NotFound
from .labels import wire_order

__all__ = ["BARE", "HISTORY_DAYS", "History", "HistoryEntry", "HistoryRecord", "mark_day", "next_history"]

BARE = ""
"""The action of a record that names messages and says nothing of them."""

HISTORY_DAYS = 28
"""For how long records can be read."""

_DAY = 86_400_000


class HistoryEntry(NamedTuple):
    """One message of a record, with the labels it had right after the change."""

    message: int
    thread: int
    labels: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class HistoryRecord:
    """One action on some messages. ``changed`` is the label of a label change, "" otherwise."""

    id: int
    action: str
    changed: str
    entries: tuple[HistoryEntry, ...]


class History:
    """The records of one mailbox."""

    def __init__(self, kernel: Kernel, mailbox: int) -> None:
        self._world = kernel.world
        self._clock = kernel.clock
        self._ids = kernel.ids
        self._mailbox = mailbox

    @property
    def present(self) -> int:
        """The mailbox's history id."""
        return int(self._world.value("SELECT history FROM gmail_mailbox WHERE id = ?", (self._mailbox,)))

    def record(self, action: str, entries: Iterable[HistoryEntry], changed: str = "") -> None:
        """Add a record and bring mailbox, messages and threads up to it. Without entries nothing happened."""
        found = list(entries)
        if not found:
            return
        before = self.present
        number = next_history(self._ids, before)
        mark_day(self._world, self._mailbox, self._clock.milliseconds(), before)
        self._world.execute_many(
            "INSERT INTO gmail_history VALUES (?, ?, ?, ?, ?, ?, ?)",
            [
                (self._mailbox, number, each.message, each.thread, action, changed, " ".join(wire_order(each.labels)))
                for each in found
            ],
        )
        touched = [(number, each.message) for each in found]
        self._world.execute_many("UPDATE gmail_message SET history = ? WHERE id = ?", touched)
        threads = {(number, each.thread) for each in found}
        self._world.execute_many("UPDATE gmail_thread SET history = ? WHERE id = ?", sorted(threads))
        self._world.execute("UPDATE gmail_mailbox SET history = ? WHERE id = ?", (number, self._mailbox))

    @property
    def bare_records(self) -> bool:
        """Whether sending leaves records that name a message and say nothing of it, as real mailboxes do."""
        return bool(self._world.value("SELECT bare FROM gmail_mailbox WHERE id = ?", (self._mailbox,)))

    @bare_records.setter
    def bare_records(self, value: bool) -> None:
        self._world.execute("UPDATE gmail_mailbox SET bare = ? WHERE id = ?", (int(value), self._mailbox))

    def record_bare(self, entry: HistoryEntry) -> None:
        """Add the three bare records seen around every send, where the mailbox has them."""
        if self.bare_records:
            for _ in range(3):
                self.record(BARE, [entry])

    def require_known(self, start: int) -> None:
        """Raise ``NotFound`` for an id that is too old or has not been reached."""
        if not self._oldest() <= start <= self.present:
            raise NotFound(cause="history_id_unusable")

    def after(self, start: int, limit: int, actions: Sequence[str] = (), label: str = "") -> list[HistoryRecord]:
        """At most ``limit`` records with ids above ``start``, oldest first.

        ``actions`` keeps those actions (and bare records); ``label`` keeps changes of that label and changes to
        messages that carried it at the time.
        """
        return list(islice(self._records(start, actions, label), limit))

    def _records(self, start: int, actions: Sequence[str], label: str) -> Iterator[HistoryRecord]:
        where, values = "mailbox = ? AND id > ?", [self._mailbox, start]
        kept: list[str] = []
        if actions:
            where += f" AND action IN ({', '.join('?' * (len(actions) + 1))})"
            kept += (BARE, *actions)
        if label:
            where += " AND (changed = ? OR instr(' ' || labels || ' ', ?))"
            kept += (label, f" {label} ")
        rows = self._world.execute(f"SELECT * FROM gmail_history WHERE {where} ORDER BY id, message", (*values, *kept))
        for number, group in groupby(rows, key=lambda row: int(row["id"])):
            yield _record(number, list(group))

    def _oldest(self) -> int:
        """The lowest id that is still understood: that before the first change of the days kept."""
        since = self._clock.milliseconds() // _DAY - HISTORY_DAYS
        found = self._world.value(
            "SELECT min(history) FROM gmail_history_day WHERE mailbox = ? AND day >= ?", (self._mailbox, since)
        )
        return self.present if found is None else int(found)


def next_history(ids: Ids, history: int) -> int:
    """The history id after ``history``."""
    return history + 2 + ids.bits(6)


def mark_day(world: World, mailbox: int, milliseconds: int, history: int) -> None:
    """Remember that the mailbox stood at ``history`` before the first change of a day."""
    world.execute("INSERT OR IGNORE INTO gmail_history_day VALUES (?, ?, ?)", (mailbox, milliseconds // _DAY, history))


def _record(number: int, rows: list[Row]) -> HistoryRecord:
    entries = tuple(HistoryEntry(row["message"], row["thread"], tuple(row["labels"].split())) for row in rows)
    return HistoryRecord(number, rows[0]["action"], rows[0]["changed"], entries)
