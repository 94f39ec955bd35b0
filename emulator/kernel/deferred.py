"""A service room whose code is loaded when the first call comes near it.

A run that meets two vendors should not wait for the code of five. What the directory must know of a room beforehand
is said here; a test compares it with the room itself.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property

from .http import Call, Reply
from .operations import Operation
from .service import Exchange, Routed, Service
from .websocket import WebSocketHandler, WebSocketService

__all__ = ["Deferred"]


class Deferred:
    """Stands for the room that ``load`` answers. ``vendor`` names its package; see ``Service`` for the others."""

    def __init__(
        self,
        vendor: str,
        name: str,
        hosts: tuple[str, ...],
        load: Callable[[], Service],
        *,
        prefix: str = "",
        schema: str = "",
    ) -> None:
        self.vendor = vendor
        self.name = name
        self.hosts = hosts
        self.prefix = prefix
        self.schema = schema
        self._load = load

    @cached_property
    def room(self) -> Service:
        """The room itself, loaded by the first who asks."""
        return self._load()

    @property
    def operations(self) -> tuple[Operation, ...]:
        """Every operation of the room."""
        return self.room.operations

    def unbound(self) -> tuple[str, ...]:
        """Operations without a handler."""
        return self.room.unbound()

    def route(self, call: Call) -> Routed | None:
        """The operation a call asks for."""
        return self.room.route(call)

    def admit(self, exchange: Exchange) -> None:
        """Authenticate and authorise."""
        self.room.admit(exchange)

    def perform(self, exchange: Exchange) -> Reply:
        """Run the handler."""
        return self.room.perform(exchange)

    def unrouted(self, call: Call) -> Reply:
        """The vendor's answer to a path it does not have."""
        return self.room.unrouted(call)

    def failure(self, status: int, message: str = "") -> Reply:
        """The vendor's dialect for a fault."""
        return self.room.failure(status, message)

    def websocket(self, call: Call) -> WebSocketHandler | None:
        """The handler of a conversation, where the room offers any."""
        return self.room.websocket(call) if isinstance(self.room, WebSocketService) else None
