"""gRPC's status codes beside HTTP's: the numbers of gRPC, and google.rpc.Code's mapping to HTTP."""

from __future__ import annotations

from urllib.parse import quote

from ..http import Call, Headers, Reply
from .where import FaultError

__all__ = ["grpc_reply", "http_status", "is_grpc"]

# Name, number on the wire, HTTP status (google/rpc/code.proto).
CODES = {
    "CANCELLED": (1, 499),
    "UNKNOWN": (2, 500),
    "INVALID_ARGUMENT": (3, 400),
    "DEADLINE_EXCEEDED": (4, 504),
    "NOT_FOUND": (5, 404),
    "ALREADY_EXISTS": (6, 409),
    "PERMISSION_DENIED": (7, 403),
    "RESOURCE_EXHAUSTED": (8, 429),
    "FAILED_PRECONDITION": (9, 400),
    "ABORTED": (10, 409),
    "OUT_OF_RANGE": (11, 400),
    "UNIMPLEMENTED": (12, 501),
    "INTERNAL": (13, 500),
    "UNAVAILABLE": (14, 503),
    "DATA_LOSS": (15, 500),
    "UNAUTHENTICATED": (16, 401),
}


def is_grpc(call: Call) -> bool:
    """Whether the client speaks gRPC."""
    return call.content_type.startswith("application/grpc")


def http_status(name: str) -> int:
    """The HTTP status of a gRPC code. Raises ``FaultError`` for a name that is none."""
    if name not in CODES:
        raise FaultError(f"no gRPC status {name!r}; there are {', '.join(CODES)}")
    return CODES[name][1]


def grpc_reply(name: str, message: str) -> Reply:
    """A failure as a gRPC client reads it: status 200, no message, the code in the trailers."""
    lines = [("grpc-status", str(CODES[name][0]))]
    lines += [("grpc-message", quote(message, safe=" !#$&'()*+,/:;=?@[]~"))] if message else []
    return Reply(200, Headers([("content-type", "application/grpc")]), trailers=Headers(lines))
