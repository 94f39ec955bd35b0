"""The bytes of a unary gRPC call: one length-prefixed message each way.

Source: "gRPC over HTTP2" of the gRPC project. Refusals carry the codes and texts of grpc-go, which Scalekit runs.
"""

from __future__ import annotations

import struct
import zlib
from urllib.parse import quote

from ...kernel.http import Call
from .errors import Code, MalformedMessage

__all__ = ["LARGEST_MESSAGE", "frame", "percent_encoded", "unframe"]

LARGEST_MESSAGE = 4 * 1024 * 1024
_PREFIX = struct.Struct(">BI")


def frame(payload: bytes) -> bytes:
    """``payload`` as one uncompressed frame."""
    return _PREFIX.pack(0, len(payload)) + payload


def unframe(call: Call) -> bytes:
    """The one message of a unary call. Raises ``MalformedMessage``."""
    body = call.body
    if not body:
        raise MalformedMessage("EOF")
    if len(body) < _PREFIX.size:
        raise MalformedMessage("unexpected EOF")
    flag, length = _PREFIX.unpack_from(body)
    if length > LARGEST_MESSAGE:
        raise _too_large(length)
    payload = body[_PREFIX.size : _PREFIX.size + length]
    if len(payload) < length:
        raise MalformedMessage("unexpected EOF")
    if len(body) > _PREFIX.size + length:
        raise MalformedMessage("cardinality violation: expected <EOF> for non client-streaming RPCs")
    if flag > 1:
        raise MalformedMessage(f"grpc: received unexpected payload format {flag}")
    return _inflated(payload, call.headers.get("grpc-encoding", "identity")) if flag else payload


def percent_encoded(text: str) -> str:
    """A status message as the ``grpc-message`` trailer spells it: printable ASCII stays, the rest is encoded UTF-8."""
    return quote(text, safe=" !\"#$&'()*+,-./:;<=>?@[\\]^_`{|}~", errors="replace")


def _inflated(payload: bytes, encoding: str) -> bytes:
    if encoding == "identity":
        raise MalformedMessage("grpc: compressed flag set with identity or empty encoding")
    if encoding not in {"gzip", "deflate"}:
        text = f'grpc: Decompressor is not installed for grpc-encoding "{encoding}"'
        raise MalformedMessage(text, Code.UNIMPLEMENTED)
    inflater = zlib.decompressobj(31 if encoding == "gzip" else 15)
    try:
        inflated = inflater.decompress(payload, LARGEST_MESSAGE + 1)
    except zlib.error as error:
        raise MalformedMessage(f"grpc: failed to decompress the received message: {error}") from None
    if len(inflated) > LARGEST_MESSAGE:
        raise _too_large(len(inflated))
    return inflated


def _too_large(length: int) -> MalformedMessage:
    text = f"grpc: received message larger than max ({length} vs. {LARGEST_MESSAGE})"
    return MalformedMessage(text, Code.RESOURCE_EXHAUSTED)
