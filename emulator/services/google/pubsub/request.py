"""What a Pub/Sub handler is given, and the registry of handlers."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from ....kernel.bindings import Bindings
from ..api import Admitted
from ..discovery import load
from ..errors import NotFound
from ..topics import Subscription, Topics

__all__ = ["HANDLERS", "Handler", "PubSubRequest"]


@dataclass(frozen=True, slots=True)
class PubSubRequest:
    """An admitted call. Path parameters become whole resource names."""

    admitted: Admitted
    topics: Topics

    @property
    def project(self) -> str:
        """The project of the path."""
        return self.admitted.arguments.text("project")

    @property
    def body(self) -> Mapping[str, Any]:
        """The JSON body."""
        return self.admitted.arguments.body

    @property
    def topic(self) -> str:
        """The topic of the path, there or not."""
        return f"projects/{self.project}/topics/{self.admitted.arguments.text('topic')}"

    @property
    def subscription(self) -> str:
        """The subscription of the path, there or not."""
        return f"projects/{self.project}/subscriptions/{self.admitted.arguments.text('subscription')}"

    def require_topic(self, name: str = "") -> str:
        """The topic of the path, or ``name``. Raises ``NotFound``."""
        topic = name or self.topic
        if not self.topics.exists(topic):
            raise NotFound(f"Resource not found (resource={topic.rpartition('/')[2]}).")
        return topic

    def require_subscription(self) -> Subscription:
        """The subscription of the path. Raises ``NotFound``."""
        found = self.topics.subscription(self.subscription)
        if found is None:
            raise NotFound(f"Resource not found (resource={self.subscription.rpartition('/')[2]}).")
        return found


Handler = Callable[[PubSubRequest], Any]

HANDLERS: Bindings[Handler] = Bindings(load("pubsub").operations)
"""The handlers by operation id. ``routes`` enters them when it is imported."""
