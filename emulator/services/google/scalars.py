"""Typed values: what one query parameter or JSON member may be, in the words of Google's JSON transcoder.

Kinds, leniencies and wording ("TYPE_UINT32", ...) follow recorded replies and protobuf's published ``proto_writer``.
"""

from __future__ import annotations

import base64
import binascii
import json
import re
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from .discovery import Schema, snake_case

__all__ = ["NotThatKind", "Scalar", "decode_base64", "read_scalar", "shown"]

Scalar = str | int | float | bool | bytes | datetime


class NotThatKind(ValueError):
    """A value that is not of the wanted kind. ``kind`` and ``complaint`` are the two last parts of the complaint."""

    def __init__(self, kind: str, complaint: str) -> None:
        super().__init__(f"({kind}), {complaint}")
        self.kind = kind
        self.complaint = complaint


_RANGES = {
    "int32": (-(2**31), 2**31 - 1),
    "uint32": (0, 2**32 - 1),
    "int64": (-(2**63), 2**63 - 1),
    "uint64": (0, 2**64 - 1),
}
_TRUTH = dict.fromkeys(("true", "t", "yes", "y", "1"), True) | dict.fromkeys(("false", "f", "no", "n", "0"), False)
_INTEGER = re.compile(r"-?[0-9]{1,20}")
_TIMESTAMP = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,9})?(Z|[+-]\d\d:\d\d)", re.ASCII)


def read_scalar(facts: Schema, value: Any, name: str) -> Scalar:
    """``value`` as the kind that ``facts`` (``type``, ``format``, ``enum``) declare. Raises ``NotThatKind``.

    Integers come as numbers or decimal text, also the 64-bit ones; ``byte`` becomes ``bytes``; ``google-datetime``
    an aware ``datetime``. An enum value is answered in its declared spelling; the upper-case proto spelling will do.
    """
    kind, format_ = facts.get("type"), facts.get("format", "")
    if facts.get("enum"):
        return _enum(facts["enum"], value)
    if kind == "integer" or format_ in _RANGES:
        return _integer(value, format_ or "int32")
    if kind == "boolean":
        return _boolean(value)
    if kind == "number":
        return _number(value)
    if not isinstance(value, str):
        raise NotThatKind("TYPE_BYTES" if format_ == "byte" else "TYPE_STRING", shown(value))
    if format_ == "byte":
        return decode_base64(value)
    return _timestamp(value, name) if format_ == "google-datetime" else value


def decode_base64(text: str) -> bytes:
    """Base64 of either alphabet, padded or not. Raises ``NotThatKind``."""
    try:
        encoded = text.encode("ascii").translate(bytes.maketrans(b"-_", b"+/")).rstrip(b"=")
        return base64.b64decode(encoded + b"=" * (-len(encoded) % 4), validate=True)
    except (UnicodeEncodeError, binascii.Error):
        raise NotThatKind("TYPE_BYTES", f"Base64 decoding failed for {shown(text)}") from None


def _integer(value: Any, format_: str) -> int:
    low, high = _RANGES[format_]
    number: int | None = None
    if (isinstance(value, str) and _INTEGER.fullmatch(value)) or (
        isinstance(value, int | float) and not isinstance(value, bool) and value == value // 1
    ):
        number = int(value)
    if number is None or not low <= number <= high:
        raise NotThatKind(f"TYPE_{format_.upper()}", shown(value))
    return number


def _boolean(value: Any) -> bool:
    truth = value if isinstance(value, bool) else _TRUTH.get(value.lower()) if isinstance(value, str) else None
    if truth is None:
        raise NotThatKind("TYPE_BOOL", shown(value))
    return truth


def _number(value: Any) -> float:
    try:
        if not isinstance(value, bool):
            return float(value)
    except (TypeError, ValueError, OverflowError):
        pass
    raise NotThatKind("TYPE_DOUBLE", shown(value))


def _enum(declared: Sequence[str], value: Any) -> str:
    if isinstance(value, str):
        if value in declared:
            return value
        wanted = value.replace("-", "_").upper()
        for name in declared:
            if wanted in {snake_case(name).upper(), name.upper()}:
                return name
    raise NotThatKind("TYPE_ENUM", shown(value))


def _timestamp(text: str, name: str) -> datetime:
    try:
        if _TIMESTAMP.fullmatch(text):
            return datetime.fromisoformat(text)
    except ValueError:
        pass
    complaint = "Illegal timestamp format; timestamps must end with 'Z' or have a valid timezone offset."
    raise NotThatKind("type.googleapis.com/google.protobuf.Timestamp", f"Field '{name}', {complaint}")


def shown(value: Any) -> str:
    """A value as complaints show it."""
    return json.dumps(value, ensure_ascii=False)
