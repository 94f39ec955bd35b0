"""Header fields: where they begin and end, and what their values say.

The scanner is ours, because the standard library's feed parser alone costs more than everything done here, and
because the API wants the folds' white space kept. Values follow what Gmail answers rather than RFC 5322 to the
letter: folds lose only their CRLF, encoded words are decoded anywhere, and a display name that was decoded comes
back quoted. RFC 2231 continuations are left to ``email.utils``.
"""

from __future__ import annotations

import binascii
import re
from email.utils import decode_params
from typing import NamedTuple

from .charsets import decode_text
from .transfer import decode_base64

__all__ = ["Field", "decode_value", "decode_words", "parameters", "scan_fields", "unfold"]


class Field(NamedTuple):
    """One header line as written: the name's own spelling, and the value's bytes, folds included."""

    name: str
    raw: bytes


# A line that opens with "--" is a delimiter whose part had no blank line, never a field.
_FIELD_NAME = re.compile(rb"(?!--)([!-9;-~]*)[ \t]*:")
_FIELD_END = re.compile(rb"\n(?![ \t])")
_ENCODED_WORD = re.compile(r"=\?([^?\s*]{1,64})(?:\*[^?\s]{0,64})?\?([bBqQ])\?([^?]*)\?=")
_PARAMETER = re.compile(r';\s*+([^\s=;"]++)\s*+=\s*+(?:"((?:[^"\\]++|\\.?)*+)"?|([^;]*+))', re.DOTALL)
_ESCAPED = re.compile(r"\\(.)", re.DOTALL)
_ADDRESS_TOKEN = re.compile(r'"(?:[^"\\]++|\\.?)*+"?|\([^()]*+\)?|<[^>]*+>?|[,;:]|[^"(<,;:]++|.', re.DOTALL)
_ADDRESS_FIELDS = frozenset(
    {"from", "to", "cc", "bcc", "sender", "reply-to", "return-path", "delivered-to", "disposition-notification-to"}
    | {f"resent-{name}" for name in ("from", "to", "cc", "bcc", "sender", "reply-to")},
)
_SEPARATORS = (",", ";", ":")
# RFC 2231 numbers a continuation with a digit or two; a longer name only makes int() raise.
_LONGEST_PARAMETER_NAME = 64


def scan_fields(source: bytes, start: int, end: int) -> tuple[tuple[Field, ...], int]:
    """The header block that begins at ``start``, and where the body begins.

    As the standard library does, a line that cannot be a field ends the block and belongs to the body, a
    continuation without a field is skipped, and so is a field without a name.
    """
    fields: list[Field] = []
    position = start
    while position < end:
        match = _FIELD_NAME.match(source, position, end)
        if match is None and source[position] not in b" \t":
            break
        finish = _FIELD_END.search(source, position if match is None else match.end(), end)
        value_end, following = (end, end) if finish is None else finish.span()
        if match is not None and match[1]:
            fields.append(Field(match[1].decode("ascii"), source[match.end() : value_end]))
        position = following
    return tuple(fields), _after_blank_line(source, position, end)


def _after_blank_line(source: bytes, position: int, end: int) -> int:
    if source.startswith(b"\r\n", position, end):
        return position + 2
    return position + 1 if source.startswith(b"\n", position, end) else position


def unfold(raw: bytes) -> str:
    """The value in one line: only line ends go, the indent of a folded line stays. 8-bit bytes are guessed."""
    text = decode_text(raw.replace(b"\r\n", b"").replace(b"\n", b"") if b"\n" in raw else raw)
    return text.lstrip(" \t").rstrip("\r")


def decode_value(name: str, raw: bytes) -> str:
    """The value as the API shows it: unfolded, encoded words decoded, decoded display names quoted."""
    text = unfold(raw)
    if "=?" not in text:
        return text
    return _decode_addresses(text) if name.lower() in _ADDRESS_FIELDS else decode_words(text)


def decode_words(text: str, *, escape: bool = False) -> str:
    """``text`` with RFC 2047 words decoded and white space between two of them dropped.

    ``escape`` makes what was decoded safe inside a quoted string. A word that is no valid base64 stays as written.
    """
    pieces: list[str] = []
    position = 0
    pending, charset = bytearray(), ""
    for match in _ENCODED_WORD.finditer(text):
        gap = text[position : match.start()]
        adjacent = position > 0 and (not gap or gap.isspace())
        # Adjacent words of one charset are joined as bytes: writers split multi-byte characters between them.
        if not adjacent or match[1].lower() != charset:
            pieces.append(_decoded(pending, charset, escape=escape))
            pending, charset = bytearray(), match[1].lower()
        if not adjacent:
            pieces.append(gap)
        pending += _word_bytes(match)
        position = match.end()
    return "".join((*pieces, _decoded(pending, charset, escape=escape), text[position:]))


def _word_bytes(match: re.Match[str]) -> bytes:
    encoded = match[3].encode("utf-8", "replace")
    if match[2] in "qQ":
        return binascii.a2b_qp(encoded, header=True)
    return decode_base64(encoded)


def _decoded(data: bytearray, charset: str, *, escape: bool) -> str:
    text = decode_text(bytes(data), charset) if data else ""
    return text.replace("\\", "\\\\").replace('"', '\\"') if escape else text


def _decode_addresses(text: str) -> str:
    """Decode within an address list: a phrase before ``<`` becomes one quoted string, all else decodes in place."""
    result: list[str] = []
    phrase: list[str] = []
    for match in _ADDRESS_TOKEN.finditer(text):
        token = match[0]
        if token[0] == "<":
            result += (_quoted_phrase("".join(phrase)), token)
        elif token in _SEPARATORS:
            result += (decode_words("".join(phrase)), token)
        else:
            phrase.append(token)
            continue
        phrase = []
    result.append(decode_words("".join(phrase)))
    return "".join(result)


def _quoted_phrase(phrase: str) -> str:
    words = phrase.strip()
    if "=?" not in words:
        return phrase
    lead = phrase[: len(phrase) - len(phrase.lstrip())]
    inner = "".join(_phrase_piece(match[0]) for match in _ADDRESS_TOKEN.finditer(words))
    return f'{lead}"{inner}" '


def _phrase_piece(token: str) -> str:
    if token[0] == '"':
        token = token[1:-1] if token.endswith('"') and len(token) > 1 else token[1:]
    return decode_words(token, escape=True)


def parameters(value: str) -> dict[str, str]:
    """The parameters after the first ``;``, names in lower case, RFC 2231 put together, encoded words decoded.

    The first of two equal names wins, as in the standard library.
    """
    pairs = [(match[1].lower(), _parameter_text(match)) for match in _PARAMETER.finditer(value)]
    starred = [pair for pair in pairs if "*" in pair[0]]
    if starred:
        # The extended form comes first: the plain one beside it is a fallback for readers that lack RFC 2231.
        pairs = [*_rfc2231(starred), *(pair for pair in pairs if "*" not in pair[0])]
    found: dict[str, str] = {}
    for name, text in pairs:
        found.setdefault(name, text)
    return found


def _parameter_text(match: re.Match[str]) -> str:
    if match[2] is None:
        return match[3].strip()
    quoted: str = match[2]
    text = _ESCAPED.sub(r"\1", quoted) if "\\" in quoted else quoted
    return decode_words(text) if "=?" in text else text


def _rfc2231(pairs: list[tuple[str, str]]) -> list[tuple[str, str]]:
    known = [(name, text) for name, text in pairs if len(name) <= _LONGEST_PARAMETER_NAME]
    try:
        # decode_params takes its first item for the header's own value and leaves it alone.
        _, *decoded = decode_params([("", ""), *known])
    except TypeError:  # "name*" beside "name*0": the library cannot order the two
        return known
    return [(name, _collapsed(value)) for name, value in decoded]


def _collapsed(value: str | tuple[str | None, str | None, str]) -> str:
    if isinstance(value, str):
        return _unquoted(value)
    charset, _language, text = value
    # The library percent-decodes to one character per byte.
    return decode_text(_unquoted(text).encode("latin-1", "replace"), charset or "")


def _unquoted(text: str) -> str:
    return (
        text[1:-1].replace('\\"', '"').replace("\\\\", "\\") if text[:1] == text[-1:] == '"' and text != '"' else text
    )
