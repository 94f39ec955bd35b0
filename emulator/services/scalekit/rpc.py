"""The gRPC half of Scalekit, on the same host and port as the web half."""

from __future__ import annotations

from importlib.resources import files

from ...kernel.http import Call, Reply
from ...kernel.operations import Match, Operation
from ...kernel.service import Exchange, Routed
from . import surface
from .errors import Code, NotImplementedHere, Refusal, code_of_status
from .handlers import bindings
from .methods import call_method
from .platform import Platform
from .rendering import grpc_failure, rendering_of

__all__ = ["ScalekitRpc"]


class _Fault(Refusal):
    """A fault injected from outside the model."""

    def __init__(self, status: int, text: str) -> None:
        super().__init__(text)
        self.code = code_of_status(status)
        self.error_code = "RATE_LIMITED" if self.code == Code.RESOURCE_EXHAUSTED else self.code.name


class ScalekitRpc:
    """The services ``scalekit.v1.*`` under every Scalekit host, and at the root of the loopback base URL."""

    name = "scalekit"
    hosts = surface.HOSTS
    prefix = ""

    def __init__(self, platform: Platform) -> None:
        self._platform = platform

    @property
    def schema(self) -> str:
        """The tables of both halves."""
        return files(__package__).joinpath("schema.sql").read_text(encoding="utf-8")

    @property
    def operations(self) -> tuple[Operation, ...]:
        """The methods."""
        return surface.RPC_OPERATIONS

    def unbound(self) -> tuple[str, ...]:
        """Methods that answer UNIMPLEMENTED."""
        return bindings.unbound()

    def route(self, call: Call) -> Routed | None:
        """The method a call asks for."""
        if not surface.is_rpc_path(call):
            return None
        found = surface.find(call)
        return Routed(found.operation, found.path_parameters) if isinstance(found, Match) else _UNKNOWN

    def admit(self, exchange: Exchange) -> None:
        """Nothing here: what is refused is refused in the rendering of the call."""

    def perform(self, exchange: Exchange) -> Reply:
        """Run the method."""
        if exchange.operation.id == UNKNOWN_METHOD:
            service, _, method = exchange.call.path.removeprefix("/").rpartition("/")
            exchange.entry.cause = NotImplementedHere.cause
            refusal = NotImplementedHere(f"unknown method {method} for service {service}")
            return rendering_of(grpc=True).refusal(refusal)
        return call_method(self._platform, exchange)

    def unrouted(self, call: Call) -> Reply:
        """What is no method is a page the environment does not have."""
        return Reply.json({"code": int(Code.NOT_FOUND), "message": "Not Found", "details": []}, 404)

    def failure(self, status: int, message: str = "") -> Reply:
        """A fault as a gRPC status with the vendor's details."""
        if status == 500 and not message:  # the room itself crashed; the descriptors may be what is missing
            return grpc_failure(Code.INTERNAL, "internal server error")
        return rendering_of(grpc=True).refusal(_Fault(status, message or _TEXTS.get(status, "service unavailable")))


UNKNOWN_METHOD = "scalekit.unknown"
_UNKNOWN = Routed(Operation(UNKNOWN_METHOD, "POST", "/scalekit.v1.{+method}"), {})
_TEXTS = {429: "rate limit exceeded", 500: "internal server error", 504: "deadline exceeded"}
