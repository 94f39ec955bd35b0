"""Push notifications: who watches a mailbox, and what is published when its history moves.

Facts: "Configure push notifications in Gmail API". A watch lasts seven days and belongs to the developer's project, in
which its topic has to be; a first notification is sent at once, later ones at most once a second for a user, the rest
dropped. Refusals are those of public reports.
"""

from __future__ import annotations

import json
from dataclasses import dataclass

from ....kernel.service import Kernel
from ....kernel.world import Row
from ..errors import Forbidden, InvalidArgument, NotFound
from ..topics import GMAIL_PUBLISHER, Topics
from .mailbox import Mailbox

__all__ = ["Notifier", "Watch", "start_watch", "stop_watch"]

_LIFE_MILLISECONDS = 7 * 86_400_000
_PAUSE_SECONDS = 1.0


@dataclass(frozen=True, slots=True)
class Watch:
    """What a caller asks to be told: changes of messages with any of ``labels`` (ids), or, with ``exclude``, without.

    Without labels every change counts.
    """

    topic: str
    labels: tuple[str, ...] = ()
    exclude: bool = False


def start_watch(kernel: Kernel, mailbox: Mailbox, project: str, watch: Watch) -> int:
    """Watch ``mailbox`` for ``project``, or renew; answers the expiration in epoch milliseconds.

    Raises ``InvalidArgument``, ``NotFound`` or ``Forbidden`` for a topic that is not the project's, not there or not
    Gmail's to publish on, and for a second topic while a watch lives.
    """
    now = kernel.clock.milliseconds()
    _require_topic(kernel, project, watch.topic)
    living = kernel.world.one(
        "SELECT topic FROM gmail_watch WHERE mailbox = ? AND project = ? AND expiration > ?",
        (mailbox.number, project, now),
    )
    if living is not None and living["topic"] != watch.topic:
        raise InvalidArgument(
            "Only one user push notification client allowed per developer (call /stop then try again)"
        )
    kernel.world.execute(
        "INSERT OR REPLACE INTO gmail_watch (mailbox, project, topic, labels, exclude, expiration)"
        " VALUES (?, ?, ?, ?, ?, ?)",
        (mailbox.number, project, watch.topic, " ".join(watch.labels), watch.exclude, now + _LIFE_MILLISECONDS),
    )
    return now + _LIFE_MILLISECONDS


def stop_watch(kernel: Kernel, mailbox: Mailbox, project: str) -> None:
    """Watch no longer; nothing happens where nobody did."""
    kernel.world.execute("DELETE FROM gmail_watch WHERE mailbox = ? AND project = ?", (mailbox.number, project))


class Notifier:
    """Publishes for the watches whose mailbox has moved. Hangs on the commit, so that no change gets past it."""

    def __init__(self, kernel: Kernel, topics: Topics) -> None:
        self._world = kernel.world
        self._clock = kernel.clock
        self._topics = topics
        kernel.world.before_commit.append(self.notify)

    def notify(self) -> None:
        """Publish what is due. The caller's transaction is still open."""
        for row in self._world.all(_MOVED):
            now = self._clock.time()
            if row["expiration"] <= now * 1000:
                continue
            told = row["history"]
            is_due = row["notified"] < 0 or now - row["sent"] >= _PAUSE_SECONDS
            concerned = row["notified"] < 0 or self._concerns(row)
            if is_due and concerned and self._publish(row):
                self._keep(row, told, now)
            else:
                self._keep(row, told, row["sent"])

    def _concerns(self, row: Row) -> bool:
        if not row["labels"]:
            return True
        wanted = frozenset(row["labels"].split(" "))
        changes = self._world.all(
            "SELECT labels, changed FROM gmail_history WHERE mailbox = ? AND id > ?", (row["mailbox"], row["notified"])
        )
        touched = [frozenset((*each["labels"].split(), *each["changed"].split())) for each in changes]
        return any(wanted.isdisjoint(labels) is bool(row["exclude"]) for labels in touched)

    def _publish(self, row: Row) -> bool:
        topic = row["topic"]
        if not self._topics.exists(topic) or not self._topics.may_publish(topic, GMAIL_PUBLISHER):
            return False
        data = json.dumps({"emailAddress": row["account"], "historyId": row["history"]}, separators=(",", ":"))
        self._topics.publish(topic, data.encode())
        return True

    def _keep(self, row: Row, told: int, sent: float) -> None:
        self._world.execute(
            "UPDATE gmail_watch SET notified = ?, sent = ? WHERE mailbox = ? AND project = ?",
            (told, sent, row["mailbox"], row["project"]),
        )


_MOVED = (
    "SELECT w.*, m.account, m.history FROM gmail_watch w JOIN gmail_mailbox m ON m.id = w.mailbox"
    " WHERE m.history > w.notified"
)


def _require_topic(kernel: Kernel, project: str, topic: str) -> None:
    own = f"projects/{project}/topics/"
    if not topic.startswith(own) or "/" in topic.removeprefix(own) or topic == own:
        raise InvalidArgument(f"Invalid topicName does not match {own}*")
    topics = Topics(kernel.world, kernel.clock, kernel.ids)
    failed = f"Error sending test message to Cloud PubSub {topic} :"
    if not topics.exists(topic):
        raise NotFound(f"{failed} Resource not found (resource={topic.removeprefix(own)}).", cause="topic_missing")
    if not topics.may_publish(topic, GMAIL_PUBLISHER):
        raise Forbidden(f"{failed} User not authorized to perform this action.", cause="topic_not_publishable")
