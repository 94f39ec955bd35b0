"""Cloud Pub/Sub API v1 as far as Gmail's notifications need it: topics and their policies, subscriptions, pull.

Snapshots, schemas, filters, ordering and streaming are no part of it. Messages also leave by push, see ``pusher``.
"""

from __future__ import annotations

from ....kernel.service import Kernel
from ..api import Admitted, GoogleApi
from ..discovery import load
from ..topics import Topics
from . import routes  # noqa: F401 - enters the handlers
from .pusher import Pusher
from .request import HANDLERS, PubSubRequest

__all__ = ["PubSubService"]


class PubSubService(GoogleApi[PubSubRequest]):
    """The room behind pubsub.googleapis.com. Its tables are Google's shared ones."""

    hosts = ("pubsub.googleapis.com",)
    schema = ""

    def __init__(self, kernel: Kernel, topics: Topics) -> None:
        super().__init__(kernel, load("pubsub"), HANDLERS)
        self._topics = topics
        pusher = Pusher(kernel, topics)
        topics.published.append(pusher.wake)
        kernel.world.before_close.append(pusher.stop)

    def request(self, admitted: Admitted) -> PubSubRequest:
        """The call with the topics of the world."""
        return PubSubRequest(admitted, self._topics)
