"""Authorizations that end on a page of Google and never reach the app.

The authorization endpoint answers with a redirect to ``/signin/oauth/error``; its ``authError`` parameter holds code,
message and request details as a small protobuf in URL-safe base64 (observed in the address bar and in public
preflight checks that decode it). The codes are those of "Authorization errors" in Google's OAuth guides.
"""

from __future__ import annotations

import binascii
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Iterator
from dataclasses import dataclass, replace
from urllib.parse import urlencode

from ....kernel.http import Call, Headers
from ....kernel.pipeline import is_loopback
from ....kernel.service import WireError

__all__ = ["FLOW", "AuthError", "Blocked", "origin_of", "read_auth_error"]

FLOW = ("flowName", "GeneralOAuthFlow")
_GUIDE = "https://developers.google.com/identity/protocols/oauth2"
_SHOWN_VALUE = 300
_CODE, _MESSAGE, _GUIDE_FIELD, _STATUS, _DETAIL = 1, 2, 3, 4, 5
_VARINT, _BYTES = 0, 2


@dataclass(frozen=True, slots=True)
class AuthError:
    """What an error page tells: "Error ``status``: ``code``", a message for developers, the request as received."""

    status: int
    code: str
    message: str = ""
    details: tuple[tuple[str, str], ...] = ()

    def encoded(self) -> str:
        """The value of ``authError``."""
        pairs = [_bytes(1, name.encode()) + _bytes(2, value.encode("utf-8", "replace")) for name, value in self.details]
        packed = b"".join(
            (
                _bytes(_CODE, self.code.encode()),
                _bytes(_MESSAGE, self.message.encode("utf-8", "replace")),
                _bytes(_GUIDE_FIELD, _GUIDE.encode()),
                _varint(_STATUS << 3 | _VARINT) + _varint(self.status),
                *(_bytes(_DETAIL, pair) for pair in pairs),
            )
        )
        return urlsafe_b64encode(packed).decode().rstrip("=")


class Blocked(WireError):
    """The request is refused with a page. ``status`` and ``code`` are what the page shows."""

    status = 302

    def __init__(self, status: int, code: str, message: str = "", *, cause: str = "") -> None:
        super().__init__(f"{status} {code}: {message}", cause=cause or code)
        self.error = AuthError(status, code, message)
        self._origin = ""
        self._client_id = ""

    def of_request(self, call: Call, parameters: tuple[tuple[str, str], ...]) -> Blocked:
        """The same refusal with the details of the request it answers."""
        shown = tuple((name, _shortened(value)) for name, value in parameters)
        self.error = replace(self.error, details=(*shown, FLOW))
        self._origin = origin_of(call)
        self._client_id = next((value for name, value in shown if name == "client_id"), "")
        return self

    def headers(self) -> Headers:
        """A redirect to the error page, absolute as Google's is."""
        query = urlencode([("authError", self.error.encoded()), ("client_id", self._client_id), FLOW])
        location = f"{self._origin}/signin/oauth/error?{query}"
        return Headers([("Location", location), ("Cache-Control", "no-store"), ("Referrer-Policy", "same-origin")])

    def body(self) -> bytes:
        """Nothing to read."""
        return b""


def origin_of(call: Call) -> str:
    """What a redirect inside Google's own pages begins with: nothing on the loopback base URL, whose port varies."""
    return "" if is_loopback(call.host) else f"{call.scheme}://{call.host}"


def read_auth_error(text: str) -> AuthError | None:
    """The error in an ``authError`` parameter, ``None`` where it holds none."""
    try:
        fields = list(_fields(urlsafe_b64decode(text + "=" * (-len(text) % 4))))
        known = {number: value for number, value in fields if number != _DETAIL}
        details = tuple(_detail(value) for number, value in fields if number == _DETAIL and isinstance(value, bytes))
    except (ValueError, binascii.Error, IndexError):
        return None
    status, code, message = known.get(_STATUS), known.get(_CODE), known.get(_MESSAGE, b"")
    if not (isinstance(status, int) and isinstance(code, bytes) and isinstance(message, bytes)):
        return None
    if not 400 <= status <= 599:
        return None
    return AuthError(status, code.decode("utf-8", "replace"), message.decode("utf-8", "replace"), details)


def _shortened(value: str) -> str:
    return value if len(value) <= _SHOWN_VALUE else value[:_SHOWN_VALUE] + "…"


def _detail(packed: bytes) -> tuple[str, str]:
    pair = {number: value for number, value in _fields(packed) if isinstance(value, bytes)}
    return pair.get(1, b"").decode("utf-8", "replace"), pair.get(2, b"").decode("utf-8", "replace")


def _bytes(number: int, data: bytes) -> bytes:
    return _varint(number << 3 | _BYTES) + _varint(len(data)) + data


def _varint(value: int) -> bytes:
    low = bytearray()
    while value > 0x7F:
        low.append(value & 0x7F | 0x80)
        value >>= 7
    return bytes([*low, value])


def _fields(packed: bytes) -> Iterator[tuple[int, int | bytes]]:
    """Field numbers and values of a protobuf message of varints and byte strings. Raises ``ValueError``."""
    at = 0
    while at < len(packed):
        tag, at = _read_varint(packed, at)
        value, at = _read_varint(packed, at)
        if tag & 7 == _VARINT:
            yield tag >> 3, value
        elif tag & 7 == _BYTES and at + value <= len(packed):
            yield tag >> 3, packed[at : at + value]
            at += value
        else:
            raise ValueError("not a message of varints and byte strings")


def _read_varint(packed: bytes, at: int) -> tuple[int, int]:
    value = shift = 0
    while True:
        octet = packed[at]
        value |= (octet & 0x7F) << shift
        at, shift = at + 1, shift + 7
        if octet < 0x80:
            return value, at
        if shift > 63:
            raise ValueError("a varint of more than ten bytes")
