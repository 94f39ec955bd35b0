"""Bytes of a declared charset to text.

Mail declares charsets wrongly more often than rightly, so nothing here raises: what cannot be decoded as
declared is guessed (UTF-8, else ISO-8859-1, as Gmail's own answers show) or carries U+FFFD.
"""

from __future__ import annotations

import codecs
import re
from functools import lru_cache

__all__ = ["decode_text", "to_utf8"]

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._:-]{0,39}")

# Names mail uses that Python lacks, or takes narrower than the programs that write them.
_WIDER = {
    "gb2312": "gb18030",
    "gb2312-80": "gb18030",
    "gbk": "gb18030",
    "iso-8859-8-i": "iso-8859-8",
    "ks_c_5601-1987": "cp949",
    "euc-kr": "cp949",
    "shift_jis": "cp932",
    "shift-jis": "cp932",
    "x-sjis": "cp932",
    "windows-874": "cp874",
    "unicode-1-1-utf-7": "utf-7",
}
# Python text codecs that are no charset of mail: they raise on "replace", or read escapes out of the text.
_NOT_CHARSETS = frozenset({"idna", "mbcs", "oem", "punycode", "raw-unicode-escape", "undefined", "unicode-escape"})


def decode_text(data: bytes, charset: str = "") -> str:
    """``data`` as text. ``charset`` is the name the message gives, "" when it gives none. Never raises."""
    codec = _codec(charset)
    if codec is None:
        return _guess(data)
    try:
        return _without_surrogates(data.decode(codec, "replace"), codec)
    except (LookupError, ValueError):  # a codec that is not for text, or knows no "replace"
        return _guess(data)


def to_utf8(data: bytes, charset: str = "") -> bytes:
    """``data`` transcoded to UTF-8; valid UTF-8 without a contrary declaration comes back untouched."""
    return decode_text(data, charset).encode()


@lru_cache(maxsize=256)
def _codec(charset: str) -> str | None:
    """Python's name for ``charset``; ``None`` when the bytes should speak for themselves."""
    name = charset.strip().strip("'\"").lower()
    if _NAME.fullmatch(name) is None:
        return None
    try:
        codec = codecs.lookup(_WIDER.get(name, name)).name
    except (LookupError, ValueError):
        return None
    return None if codec == "ascii" or codec in _NOT_CHARSETS else codec


def _guess(data: bytes) -> str:
    try:
        return data.decode()
    except UnicodeDecodeError:
        return data.decode("iso-8859-1")


def _without_surrogates(text: str, codec: str) -> str:
    # Only UTF-7 lets half a surrogate pair through, and JSON in UTF-8 has no way to say it.
    return text.encode("utf-8", "replace").decode() if codec == "utf-7" else text
