"""What converses over a WebSocket: a service offers a handler, a door carries its messages."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol, runtime_checkable

from .http import Call

__all__ = ["Close", "Send", "WebSocketHandler", "WebSocketService"]

Send = Callable[[str | bytes], None]
"""Sends one message: text or binary by its type. From any thread; nothing happens once the conversation is over."""

Close = Callable[[int, str], None]
"""Ends the conversation with a code and a reason (RFC 6455 section 7.4). From any thread."""


class WebSocketHandler(Protocol):
    """One conversation. The door calls it on its own thread, in order, and it must not block."""

    def opened(self, send: Send, close: Close) -> None:
        """The client's request was accepted."""

    def received(self, message: str | bytes) -> None:
        """One whole message arrived."""

    def closed(self, code: int) -> None:
        """The conversation is over, for whatever reason; called once. 1006 where no farewell was heard."""


@runtime_checkable
class WebSocketService(Protocol):
    """A service room that also converses: an optional addition to ``Service``."""

    def websocket(self, call: Call) -> WebSocketHandler | None:
        """The handler of a new conversation, or ``None`` where ``call`` is for no WebSocket of this room."""
