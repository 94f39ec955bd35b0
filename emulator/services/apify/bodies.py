"""Request bodies as the SDKs send them: gzip (Python 3.x always), brotli (4.x and JavaScript above 1 kB), deflate."""

from __future__ import annotations

import gzip
import json
import re
import zlib
from collections.abc import Mapping
from typing import Any

import brotli  # type: ignore[import-untyped]

from ...kernel.http import Call
from .errors import InvalidRequest, TooLarge, UnsupportedContentEncoding

__all__ = [
    "JSON_LIMIT",
    "RECORD_LIMIT",
    "decoded_body",
    "json_body",
    "json_object",
    "number_member",
    "object_member",
    "text_member",
]

_ESCAPED_SURROGATE = re.compile(rb"\\u[dD][89a-fA-F]")

JSON_LIMIT = 9 * 1024 * 1024
"""Most bytes of a JSON payload (``MAX_PAYLOAD_SIZE_BYTES`` of the vendor's constants)."""
RECORD_LIMIT = 512 * 1024 * 1024
"""Most bytes of a record: our own bound, below which a world file stays usable."""


def decoded_body(call: Call, limit: int = JSON_LIMIT) -> bytes:
    """The body freed of its content encodings.

    Raises ``UnsupportedContentEncoding`` for an unknown one, ``InvalidRequest`` for bytes that are not so encoded and
    ``TooLarge`` past ``limit`` bytes.
    """
    body = call.body
    encodings = [name.strip().lower() for name in call.headers.get("content-encoding").split(",") if name.strip()]
    for encoding in reversed(encodings):
        body = _decoded(body, encoding, limit)
    if len(body) > limit:
        raise TooLarge(limit)
    return body


def json_body(call: Call) -> Any:
    """The body as a JSON value, ``None`` for an empty one. Raises ``InvalidRequest``."""
    body = decoded_body(call)
    if not body:
        return None
    try:
        value = json.loads(body, parse_constant=_refuse_constant)
        return _repaired(value) if _ESCAPED_SURROGATE.search(body) else value
    except (ValueError, RecursionError) as error:
        raise InvalidRequest(f"Request body is not valid JSON: {error}", cause="body_not_json") from None


def json_object(call: Call) -> dict[str, Any]:
    """The body as a JSON object, an empty one for an empty body. Raises ``InvalidRequest``."""
    value = json_body(call)
    if value is None:
        return {}
    if not isinstance(value, dict):
        raise InvalidRequest("POST data must be a JSON object", cause="body_not_object")
    return value


def text_member(given: Mapping[str, Any], name: str) -> str | None:
    """A text member of a body, ``None`` where absent or null. Raises ``InvalidRequest`` for anything else."""
    value = given.get(name)
    if value is not None and not isinstance(value, str):
        raise InvalidRequest(f'Field "{name}" must be a string', cause="member_invalid")
    return value


def number_member(given: Mapping[str, Any], name: str) -> int | None:
    """A whole-number member, ``None`` where absent or null. Raises ``InvalidRequest`` for anything else."""
    value = given.get(name)
    if value is not None and (isinstance(value, bool) or not isinstance(value, int) or not 0 <= value < 2**53):
        raise InvalidRequest(f'Field "{name}" must be a whole number', cause="member_invalid")
    return value


def object_member(given: Mapping[str, Any], name: str) -> dict[str, Any] | None:
    """An object member, ``None`` where absent or null. Raises ``InvalidRequest`` for anything else."""
    value = given.get(name)
    if value is not None and not isinstance(value, dict):
        raise InvalidRequest(f'Field "{name}" must be an object', cause="member_invalid")
    return value


def _refuse_constant(name: str) -> Any:
    raise ValueError(f"{name} is not JSON")


def _repaired(value: Any) -> Any:
    """``value`` with every half of a surrogate pair, which no text can hold, as U+FFFD."""
    text = json.dumps(value, ensure_ascii=False)
    return json.loads(text.encode("utf-16", "surrogatepass").decode("utf-16", "replace"))


def _decoded(body: bytes, encoding: str, limit: int) -> bytes:
    try:
        if encoding in {"gzip", "x-gzip"}:
            return _inflated(body, zlib.MAX_WBITS | 16, limit)
        if encoding == "deflate":
            # RFC 9110 means zlib's format; some clients send the bare stream.
            bare = len(body) < 2 or body[0] & 0x0F != 8 or int.from_bytes(body[:2], "big") % 31
            return _inflated(body, -zlib.MAX_WBITS if bare else zlib.MAX_WBITS, limit)
        if encoding == "br":
            return _unbrotlied(body, limit)
    except (zlib.error, gzip.BadGzipFile, brotli.error):
        raise InvalidRequest(f"Request body is not valid {encoding} data", cause="body_not_decodable") from None
    if encoding == "identity":
        return body
    raise UnsupportedContentEncoding(f'Content-Encoding "{encoding}" is not supported')


def _inflated(body: bytes, window: int, limit: int) -> bytes:
    inflater = zlib.decompressobj(window)
    data = inflater.decompress(body, limit + 1)
    if len(data) > limit:
        raise TooLarge(limit)
    if not inflater.eof:
        raise zlib.error("incomplete")
    return data


def _unbrotlied(body: bytes, limit: int) -> bytes:
    decoder = brotli.Decompressor()
    data: bytes = decoder.process(body, output_buffer_limit=limit + 1)
    if len(data) > limit:
        raise TooLarge(limit)
    if not decoder.is_finished():
        raise brotli.error("incomplete")
    return data
