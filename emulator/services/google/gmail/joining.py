"""Which thread a message joins, for messages that come in batches.

Threads are found as Gmail finds them: a Message-ID in common (own, In-Reply-To, References) and the same subject
without its reply marks. What a batch learns is looked up in memory and written by ``flush``; the world is asked for
what was there before, by index, so that the cost does not grow with the mailbox.
"""

from __future__ import annotations

import re
from typing import Literal

from ....kernel.world import World
from .mime import IndexFields

__all__ = ["Joining", "ThreadJoiner", "base_subject"]

Joining = Literal["references", "subject", "never"]
"""How a message finds its thread: by ids and subject, failing that by the subject alone, or not at all."""

_REPLY_MARK = re.compile(r"\s*(?:re|fwd?|aw|wg|sv|vs|antw|odp|rv|tr)\s*(?:\[\d+\])?\s*:", re.IGNORECASE)
_TRANSLATED_TAG = re.compile(r"\s*\[[^\[\]]{1,40}\]\s*(?=(?:re|fwd?)\s*:)", re.IGNORECASE)
_MOST_REFERENCES = 100
"""Ids of one message that are looked at, nearest first: a References field may be as long as its writer likes."""


def base_subject(subject: str) -> str:
    """What the subjects of one conversation have in common: no reply marks, no difference of case or white space."""
    while (mark := _REPLY_MARK.match(subject) or _TRANSLATED_TAG.match(subject)) is not None:
        subject = subject[mark.end() :]
    return " ".join(subject.split()).casefold()


class ThreadJoiner:
    """The threads of one mailbox while a batch comes in. ``made`` counts those the batch began."""

    def __init__(self, world: World, mailbox: int) -> None:
        self.made = 0
        self._world = world
        self._mailbox = mailbox
        self._new: dict[int, tuple[str, int]] = {}  # thread: subject and first history id
        self._newest: dict[str, int] = {}  # of each subject, among the new
        self._touched: dict[int, int] = {}  # thread: last history id
        self._seen: dict[tuple[str, str], int] = {}  # Message-ID and thread's subject: oldest thread of the batch
        self._references: list[tuple[int, str, int]] = []

    def join(self, wanted: int | None, message: int, fields: IndexFields, joining: Joining, history: int) -> int:
        """The thread of a message: the one ``wanted``, one found, or a new one. ``history`` is the message's."""
        own = (fields.message_id,) if fields.message_id else ()
        mentioned = tuple(dict.fromkeys((*own, *fields.in_reply_to, *reversed(fields.references))))[:_MOST_REFERENCES]
        subject = base_subject(fields.subject)
        thread = self._known(mentioned, subject, joining) if wanted is None else wanted
        if thread is None:
            thread = message
            self.made += 1
            self._new[thread] = subject, history
            self._newest[subject] = max(thread, self._newest.get(subject, thread))
        else:
            self._touched[thread] = history
            subject = self._subject_of(thread) if wanted is not None else subject
        for each in mentioned:
            self._seen[each, subject] = min(thread, self._seen.get((each, subject), thread))
            self._references.append((self._mailbox, each, thread))
        return thread

    def flush(self) -> None:
        """Write what the batch has changed of threads."""
        new = [(thread, self._mailbox, *facts) for thread, facts in self._new.items()]
        touched = [(history, thread) for thread, history in self._touched.items()]
        self._world.execute_many("INSERT INTO gmail_thread VALUES (?, ?, ?, ?)", new)
        self._world.execute_many("UPDATE gmail_thread SET history = ? WHERE id = ?", touched)
        self._world.execute_many("INSERT OR IGNORE INTO gmail_reference VALUES (?, ?, ?)", self._references)

    def _known(self, mentioned: tuple[str, ...], subject: str, joining: Joining) -> int | None:
        """The thread with that subject which has seen one of the ids; nearest id and oldest thread first."""
        for each in mentioned if joining != "never" else ():
            stored: int | None = self._world.value(_SEEN, (self._mailbox, each, subject))
            found = [thread for thread in (stored, self._seen.get((each, subject))) if thread is not None]
            if found:
                return min(found)
        if joining == "subject" and subject:
            latest: int | None = self._world.value(_NEWEST, (self._mailbox, subject))
            return max((thread for thread in (latest, self._newest.get(subject)) if thread is not None), default=None)
        return None

    def _subject_of(self, thread: int) -> str:
        if thread in self._new:
            return self._new[thread][0]
        found: str = self._world.value("SELECT subject FROM gmail_thread WHERE id = ?", (thread,))
        return found


_SEEN = (
    "SELECT t.id FROM gmail_reference r JOIN gmail_thread t ON t.id = r.thread"
    " WHERE r.mailbox = ? AND r.message_id = ? AND t.subject = ? ORDER BY t.id LIMIT 1"
)
_NEWEST = "SELECT max(id) FROM gmail_thread WHERE mailbox = ? AND subject = ?"
