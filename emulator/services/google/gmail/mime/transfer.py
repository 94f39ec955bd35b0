"""Content-Transfer-Encoding, undone. Damaged input gives what can be saved of it, never an exception."""

from __future__ import annotations

import binascii
import re

__all__ = ["decode_base64", "decode_transfer"]

_OUTSIDE_ALPHABET = re.compile(rb"[^A-Za-z0-9+/]+")
_UU_NAMES = frozenset({"x-uuencode", "uuencode", "uue", "x-uue"})


def decode_transfer(data: bytes, encoding: str) -> bytes:
    """``data`` with the named encoding undone; identity for 7bit, 8bit, binary and names nobody knows."""
    name = encoding.strip().lower()
    if name == "base64":
        return decode_base64(data)
    if name == "quoted-printable":
        return binascii.a2b_qp(data)
    return _decode_uu(data) if name in _UU_NAMES else data


def decode_base64(data: bytes) -> bytes:
    """Base64 with foreign characters skipped and missing padding supplied."""
    try:
        return binascii.a2b_base64(data)
    except binascii.Error:
        digits = _OUTSIDE_ALPHABET.sub(b"", data)
        whole = len(digits) - (len(digits) % 4 == 1)
        return binascii.a2b_base64(digits[:whole] + b"==")


def _decode_uu(data: bytes) -> bytes:
    lines = iter(data.splitlines())
    decoded = bytearray()
    if not any(line.startswith(b"begin ") for line in lines):  # consumes up to the first line of data
        return data
    for line in lines:
        if line.strip() == b"end":
            break
        decoded += _decode_uu_line(line)
    return bytes(decoded)


def _decode_uu_line(line: bytes) -> bytes:
    try:
        return binascii.a2b_uu(line)
    except binascii.Error:
        # Some encoders pad lines with rubbish: the first byte says how much of the line is data.
        if not line:
            return b""
        try:
            return binascii.a2b_uu(line[: (((line[0] - 32) & 63) * 4 + 5) // 3])
        except binascii.Error:
            return b""
