"""Cloud Pub/Sub as far as Google's push notifications need it: topics, who may publish, subscriptions, messages.

Kept apart from the room that serves its API, because Gmail publishes here. A message waits in each subscription of its
topic until it is acknowledged; one handed out comes back after the acknowledgement deadline.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from ...kernel.clock import Clock
from ...kernel.ids import Ids
from ...kernel.live import UnknownName
from ...kernel.world import Row, World

__all__ = ["GMAIL_PUBLISHER", "Delivery", "Subscription", "Topics", "is_push_endpoint"]

GMAIL_PUBLISHER = "serviceAccount:gmail-api-push@system.gserviceaccount.com"
"""Who publishes Gmail's notifications and has to be let."""

_PUBLISHING_ROLES = frozenset(("roles/pubsub.publisher", "roles/pubsub.editor", "roles/pubsub.admin", "roles/owner"))
_EVERYONE = frozenset(("allUsers", "allAuthenticatedUsers"))
_TOPIC = re.compile(r"projects/[^/]+/topics/[^/]+")
_SUBSCRIPTION = re.compile(r"projects/[^/]+/subscriptions/[^/]+")
_LOOPBACK = frozenset(("127.0.0.1", "localhost", "::1"))
_ACK_SECONDS = 10


@dataclass(frozen=True, slots=True)
class Subscription:
    """A subscription; ``push_endpoint`` "" is read by pulling. Names are whole resource names."""

    name: str
    topic: str
    push_endpoint: str = ""
    ack_seconds: int = _ACK_SECONDS


@dataclass(frozen=True, slots=True)
class Delivery:
    """A message on its way to one subscriber. ``published`` is in virtual seconds."""

    number: int
    subscription: str
    ack_id: str
    message_id: str
    data: bytes
    attributes: Mapping[str, str]
    published: float
    attempts: int


class Topics:
    """Every topic and subscription of a world. ``published`` listeners hear of each publication, inside its call."""

    def __init__(self, world: World, clock: Clock, ids: Ids) -> None:
        self._world = world
        self._clock = clock
        self._ids = ids
        self.published: list[Callable[[], None]] = []

    # -- topics --------------------------------------------------------------------------------------------------

    def create(self, name: str, *, publishers: Iterable[str] = (GMAIL_PUBLISHER,)) -> bool:
        """A topic ``projects/P/topics/T`` on which ``publishers`` (IAM members) may publish; ``False`` if it is there.

        Raises ``ValueError`` for a name of another form.
        """
        if not _TOPIC.fullmatch(name):
            raise ValueError(f"a topic is named projects/PROJECT/topics/TOPIC, got {name!r}")
        bindings = [{"role": "roles/pubsub.publisher", "members": list(publishers)}]
        policy = json.dumps({"bindings": bindings if bindings[0]["members"] else []})
        with self._world.transaction():
            made = self._world.execute("INSERT OR IGNORE INTO google_topic VALUES (?, ?)", (name, policy))
            return made.rowcount == 1

    def exists(self, topic: str) -> bool:
        """Whether there is such a topic."""
        return self._world.one("SELECT 1 FROM google_topic WHERE name = ?", (topic,)) is not None

    def names(self, project: str) -> tuple[str, ...]:
        """The topics of a project, by name."""
        prefix = f"projects/{project}/topics/"
        rows = self._world.all("SELECT name FROM google_topic ORDER BY name")
        return tuple(row[0] for row in rows if row[0].startswith(prefix))

    def delete(self, topic: str) -> None:
        """Delete a topic; its subscriptions stay and receive nothing more."""
        with self._world.transaction():
            self._world.execute("DELETE FROM google_topic WHERE name = ?", (topic,))
            self._world.execute("UPDATE google_subscription SET topic = '_deleted-topic_' WHERE topic = ?", (topic,))

    def policy(self, topic: str) -> dict[str, Any]:
        """The IAM policy of a topic. Raises ``UnknownName``."""
        kept = self._world.value("SELECT policy FROM google_topic WHERE name = ?", (topic,))
        if kept is None:
            known = [row[0] for row in self._world.all("SELECT name FROM google_topic ORDER BY name LIMIT 50")]
            raise UnknownName("topic", topic, known)
        found: dict[str, Any] = json.loads(kept)
        return found

    def keep_policy(self, topic: str, policy: Mapping[str, Any]) -> None:
        """Replace the IAM policy of a topic."""
        with self._world.transaction():
            self._world.execute("UPDATE google_topic SET policy = ? WHERE name = ?", (json.dumps(dict(policy)), topic))

    def may_publish(self, topic: str, member: str) -> bool:
        """Whether an IAM member may publish on a topic. Raises ``UnknownName``."""
        bindings = self.policy(topic).get("bindings", [])
        return any(
            binding.get("role") in _PUBLISHING_ROLES and not {member, *_EVERYONE}.isdisjoint(binding.get("members", ()))
            for binding in bindings
        )

    def publish(self, topic: str, data: bytes, attributes: Mapping[str, str] | None = None) -> str:
        """Put a message into every subscription of ``topic``; answers its id."""
        message_id, now = self._ids.decimal(17), self._clock.time()
        subscriptions = self._world.all("SELECT name FROM google_subscription WHERE topic = ?", (topic,))
        self._world.execute_many(
            "INSERT INTO google_delivery (subscription, message_id, data, attributes, published, due)"
            " VALUES (?, ?, ?, ?, ?, ?)",
            [(row[0], message_id, data, json.dumps(attributes or {}), now, now) for row in subscriptions],
        )
        for listener in self.published:
            listener()
        return message_id

    # -- subscriptions -------------------------------------------------------------------------------------------

    def subscribe(
        self, name: str, topic: str, *, push_endpoint: str = "", ack_seconds: int = _ACK_SECONDS
    ) -> Subscription | None:
        """A subscription ``projects/P/subscriptions/S``; ``None`` where one of that name is there.

        ``push_endpoint`` is an http URL on this machine. Raises ``ValueError`` for names and URLs of another form,
        ``UnknownName`` for no such topic.
        """
        if not _SUBSCRIPTION.fullmatch(name):
            raise ValueError(f"a subscription is named projects/PROJECT/subscriptions/SUBSCRIPTION, got {name!r}")
        if push_endpoint and not is_push_endpoint(push_endpoint):
            raise ValueError(f"the emulator pushes to http URLs on this machine only, got {push_endpoint!r}")
        self.policy(topic)
        with self._world.transaction():
            made = self._world.execute(
                "INSERT OR IGNORE INTO google_subscription VALUES (?, ?, ?, ?)",
                (name, topic, push_endpoint, ack_seconds),
            )
        return Subscription(name, topic, push_endpoint, ack_seconds) if made.rowcount == 1 else None

    def subscription(self, name: str) -> Subscription | None:
        """The subscription of that name."""
        row = self._world.one("SELECT * FROM google_subscription WHERE name = ?", (name,))
        return Subscription(*row) if row is not None else None

    def subscriptions(self, project: str) -> tuple[Subscription, ...]:
        """The subscriptions of a project, by name."""
        prefix = f"projects/{project}/subscriptions/"
        rows = self._world.all("SELECT * FROM google_subscription ORDER BY name")
        return tuple(Subscription(*row) for row in rows if row["name"].startswith(prefix))

    def unsubscribe(self, name: str) -> None:
        """Delete a subscription and what waits in it."""
        with self._world.transaction():
            self._world.execute("DELETE FROM google_subscription WHERE name = ?", (name,))

    def push_to(self, name: str, endpoint: str) -> None:
        """Push to ``endpoint`` from now on; "" lets the subscription be pulled. Raises ``ValueError``."""
        if endpoint and not is_push_endpoint(endpoint):
            raise ValueError(f"the emulator pushes to http URLs on this machine only, got {endpoint!r}")
        with self._world.transaction():
            self._world.execute("UPDATE google_subscription SET push_endpoint = ? WHERE name = ?", (endpoint, name))
        for listener in self.published:
            listener()

    # -- deliveries ----------------------------------------------------------------------------------------------

    def pull(self, name: str, most: int = 100) -> list[Delivery]:
        """Hand out up to ``most`` messages that wait, oldest first; they come back unless acknowledged in time."""
        with self._world.transaction():
            rows = self._world.all(
                "SELECT d.*, s.ack_seconds FROM google_delivery d JOIN google_subscription s ON s.name = d.subscription"
                " WHERE d.subscription = ? AND d.due <= ? ORDER BY d.number LIMIT ?",
                (name, self._clock.time(), most),
            )
            return [self._handed_out(row, row["ack_seconds"]) for row in rows]

    def acknowledge(self, name: str, ack_ids: Iterable[str]) -> None:
        """End the delivery of messages; ids that are out of date are passed over."""
        with self._world.transaction():
            self._world.execute_many(
                "DELETE FROM google_delivery WHERE subscription = ? AND ack_id = ?", [(name, each) for each in ack_ids]
            )

    def postpone(self, name: str, ack_ids: Iterable[str], seconds: float) -> None:
        """Let messages that were handed out come back ``seconds`` from now."""
        due = self._clock.time() + seconds
        with self._world.transaction():
            self._world.execute_many(
                "UPDATE google_delivery SET due = ? WHERE subscription = ? AND ack_id = ?",
                [(due, name, each) for each in ack_ids],
            )

    def next_push(self) -> tuple[str, Delivery] | None:
        """The oldest message due to be pushed, handed out, and where to; ``None`` while there is none."""
        row = self._world.one(
            "SELECT d.*, s.push_endpoint, s.ack_seconds FROM google_delivery d"
            " JOIN google_subscription s ON s.name = d.subscription"
            " WHERE s.push_endpoint <> '' AND d.due <= ? ORDER BY d.number LIMIT 1",
            (self._clock.time(),),
        )
        if row is None:
            return None
        with self._world.transaction():
            return row["push_endpoint"], self._handed_out(row, row["ack_seconds"])

    def seconds_to_push(self) -> float | None:
        """Virtual seconds until a message is due to be pushed, ``None`` where none waits."""
        due = self._world.value(
            "SELECT min(d.due) FROM google_delivery d JOIN google_subscription s ON s.name = d.subscription"
            " WHERE s.push_endpoint <> ''"
        )
        return None if due is None else max(0.0, due - self._clock.time())

    def _handed_out(self, row: Row, ack_seconds: float) -> Delivery:
        ack_id = self._ids.text(176)
        self._world.execute(
            "UPDATE google_delivery SET ack_id = ?, due = ?, attempts = attempts + 1 WHERE number = ?",
            (ack_id, self._clock.time() + ack_seconds, row["number"]),
        )
        return Delivery(
            row["number"],
            row["subscription"],
            ack_id,
            row["message_id"],
            row["data"],
            json.loads(row["attributes"]),
            row["published"],
            row["attempts"] + 1,
        )


def is_push_endpoint(url: str) -> bool:
    """Whether the emulator would push to ``url``: plain HTTP on this machine."""
    parts = urlsplit(url)
    return parts.scheme == "http" and parts.hostname in _LOOPBACK
