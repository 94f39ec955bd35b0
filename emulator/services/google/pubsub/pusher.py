"""Carries messages to push endpoints: real requests to servers on this machine, made beside the calls.

A call that publishes must not wait for a subscriber, who may be calling the emulator at that very moment. So a thread
of its own takes messages out of the world, one at a time, once the call that put them there is committed.
"""

from __future__ import annotations

import json
import threading
from base64 import b64encode
from datetime import UTC, datetime

from ....kernel.callback import CallbackError, post
from ....kernel.clock import rfc3339
from ....kernel.service import Kernel
from ..topics import Delivery, Topics

__all__ = ["Pusher"]

_ACKNOWLEDGED = frozenset((102, 200, 201, 202, 204))
_FIRST_RETRY, _LAST_RETRY = 10.0, 600.0
_NAP = 0.1
"""Real seconds between looks at the clock while a retry waits: virtual time may be moved at any moment."""


class Pusher:
    """One thread, alive while there is something to push."""

    def __init__(self, kernel: Kernel, topics: Topics) -> None:
        self._world = kernel.world
        self._topics = topics
        self._stopped = threading.Event()
        self._thread: threading.Thread | None = None

    def wake(self) -> None:
        """Something may be there to push. The caller holds the world."""
        if self._thread is None and not self._stopped.is_set() and self._topics.seconds_to_push() is not None:
            self._thread = threading.Thread(target=self._work, name="pubsub push", daemon=True)
            self._thread.start()

    def stop(self) -> None:
        """Push nothing more; returns once the thread is gone or waits for a subscriber's answer."""
        self._stopped.set()
        if (thread := self._thread) is not None:
            thread.join(timeout=1.0)

    def _work(self) -> None:
        while not self._stopped.is_set():
            with self._world.lock:
                if self._stopped.is_set():
                    return
                found = self._topics.next_push()
                if found is None and self._topics.seconds_to_push() is None:
                    self._thread = None
                    return
            if found is None:
                self._stopped.wait(_NAP)
            else:
                self._push(*found)

    def _push(self, endpoint: str, delivery: Delivery) -> None:
        try:
            status = post(endpoint, _envelope(delivery), "application/json").status
        except CallbackError:
            status = 0
        with self._world.lock:
            if self._stopped.is_set():
                return
            if status in _ACKNOWLEDGED:
                self._topics.acknowledge(delivery.subscription, [delivery.ack_id])
            else:
                wait = min(_FIRST_RETRY * 2 ** (delivery.attempts - 1), _LAST_RETRY)
                self._topics.postpone(delivery.subscription, [delivery.ack_id], wait)


def _envelope(delivery: Delivery) -> bytes:
    """What a push endpoint is sent: both spellings of id and time, as deliveries carry them."""
    published = rfc3339(datetime.fromtimestamp(delivery.published, UTC))
    message = {
        "data": b64encode(delivery.data).decode(),
        "messageId": delivery.message_id,
        "message_id": delivery.message_id,
        "publishTime": published,
        "publish_time": published,
        "attributes": dict(delivery.attributes),
    }
    return json.dumps({"message": message, "subscription": delivery.subscription}).encode()
