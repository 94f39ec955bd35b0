"""Attachment ids: opaque, different at every look, and checked without being stored.

Recorded ids begin with ANGjdJ, are some hundreds of URL-safe characters long, and change between two gets of one
message. A cut or foreign one is refused. Here a token holds a nonce, a keyed hash over nonce, message and part, and
the part's id under a keystream, so that nothing in it can be read or shortened.
"""

from __future__ import annotations

import binascii
from base64 import urlsafe_b64decode, urlsafe_b64encode
from hashlib import blake2b
from hmac import compare_digest

__all__ = ["attachment_token", "part_of_token"]

_PREFIX = "ANGjdJ"
_NONCE = 16
_SEAL = 32
_BLOCK = 240  # with nonce and seal a multiple of three, so that base64 needs no padding and has no idle bits
_LONGEST = 64 * 1024


def attachment_token(secret: bytes, message: int, part_id: str, nonce: bytes) -> str:
    """A token for one part of ``message``. ``nonce`` is 16 fresh bytes."""
    name = part_id.encode()
    padded = name.ljust(-(-(len(name) + 1) // _BLOCK) * _BLOCK, b"\0")
    hidden = _masked(padded, secret, nonce)
    return _PREFIX + urlsafe_b64encode(nonce + _seal(secret, message, nonce, hidden) + hidden).decode()


def part_of_token(secret: bytes, message: int, token: str) -> str | None:
    """The part id inside a token made for ``message`` with ``secret``; ``None`` for any other text."""
    encoded = token.removeprefix(_PREFIX)
    if encoded == token or len(token) > _LONGEST or not token.isascii():
        return None
    try:
        data = urlsafe_b64decode(encoded)
    except binascii.Error:
        return None
    nonce, seal, hidden = data[:_NONCE], data[_NONCE : _NONCE + _SEAL], data[_NONCE + _SEAL :]
    # The decoder skips foreign characters; a token counts only letter for letter.
    if urlsafe_b64encode(data).decode() != encoded or not compare_digest(seal, _seal(secret, message, nonce, hidden)):
        return None
    return _masked(hidden, secret, nonce).rstrip(b"\0").decode()


def _seal(secret: bytes, message: int, nonce: bytes, hidden: bytes) -> bytes:
    return blake2b(message.to_bytes(8, "big") + nonce + hidden, key=secret, digest_size=_SEAL).digest()


def _masked(data: bytes, secret: bytes, nonce: bytes) -> bytes:
    """``data`` under a keystream; applied twice it is ``data`` again."""
    stream = b"".join(
        blake2b(nonce + block.to_bytes(4, "big"), key=secret, person=b"part").digest()
        for block in range(-(-len(data) // 64))
    )
    return bytes(byte ^ mask for byte, mask in zip(data, stream, strict=False))
