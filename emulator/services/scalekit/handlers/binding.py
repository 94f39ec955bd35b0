"""A method call as its handler sees it, and the registry of the handlers."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from ....kernel.bindings import Bindings
from ....kernel.pipeline import is_loopback
from ....kernel.service import Exchange
from ..descriptors import message
from ..platform import Platform
from ..surface import METHODS, RPC_OPERATIONS

__all__ = ["Handler", "MethodCall", "bindings", "origin_of"]


@dataclass(frozen=True, slots=True)
class MethodCall:
    """One call of a method: its checked request, and the environment its token speaks for."""

    platform: Platform
    exchange: Exchange
    request: Any
    environment: str

    def response(self, **fields: Any) -> Any:
        """The method's response message."""
        return message(METHODS[self.exchange.operation.id].response, **fields)

    @property
    def origin(self) -> str:
        """The base URL under which the client reaches the environment."""
        return origin_of(self.exchange)


Handler = Callable[[MethodCall], Any]

bindings: Bindings[Handler] = Bindings(RPC_OPERATIONS)
"""The handlers by operation id."""


def origin_of(exchange: Exchange) -> str:
    """The base URL a call came to. On loopback it is plain HTTP, whatever the call itself came through: the Python SDK
    speaks gRPC in TLS even where its environment URL says ``http``.
    """
    call = exchange.call
    authority = call.headers.get("host") or call.host
    return f"http://{authority}" if is_loopback(call.host) else f"https://{call.host}"
