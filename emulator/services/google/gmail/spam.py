"""The spam verdict on incoming mail."""

from __future__ import annotations

__all__ = ["GTUBE", "is_spam"]

GTUBE = "XJS*C4JDBQADN1.NSBN3*2IDNEN*GTUBE-STANDARD-ANTI-UBE-TEST-EMAIL*C.34X"
"""The text every spam filter agrees on: a test string published for the purpose."""


def is_spam(raw: bytes) -> bool:
    """Whether a message is spam. Only one that holds ``GTUBE``, unencoded, is: no test meets spam by chance."""
    return GTUBE.encode() in raw
