"""The first words of a message, as lists show them.

Recorded snippets are white space folded, HTML-escaped, and end at a word so that the escaped text has at most 201
characters. Invisible preheader characters stay.
"""

from __future__ import annotations

import re

from .mime import Message, html_text, visible_texts

__all__ = ["snippet"]

_LONGEST = 201  # characters after escaping; the longest recorded
_ENOUGH_TEXT = 16_384
_ENOUGH_MARKUP = 262_144  # style sheets at the top of a newsletter are long
_ESCAPES = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&#39;"})
_QUOTED_LINE = re.compile(r"[ \t]*>")
_ATTRIBUTION = re.compile(
    r"[ \t]*(?:On|Am|Le|El|Il|Em|Op)\b.{0,300}(?:wrote|schrieb|écrit|escribió|scritto|escreveu|schreef).{0,60}:\s*\Z",
    re.DOTALL,
)
_ORIGINAL = re.compile(
    r"^[ \t]*-{3,}[ \t]*(?:Original Message|Ursprüngliche Nachricht|Message d'origine)[ \t]*-{3,}",
    re.MULTILINE | re.IGNORECASE,
)
_QUOTED_MARKUP = re.compile(
    r"""<(?:div|blockquote)\s[^<>]{0,300}?(?:\bgmail_quote|\byahoo_quoted|\bmoz-cite-prefix|\bdivRplyFwdMsg|type=["']?cite)""",
    re.IGNORECASE,
)


def snippet(message: Message) -> str:
    """The snippet of ``message``: "" when it has no text. Plain text is preferred; HTML is stripped."""
    return _cut(_words(message))


def _words(message: Message) -> list[str]:
    """The words of the first text that has any, plain before HTML."""
    parts = list(visible_texts(message))
    parts.sort(key=lambda part: part.mime_type == "text/html")  # stable: document order within each kind
    for part in parts:
        text = _unquoted_html(part.text) if part.mime_type == "text/html" else _unquoted_plain(part.text)
        words = text.split()
        if words:
            return words
    return []


def _unquoted_plain(text: str) -> str:
    """``text`` up to the original message it answers, without quoted lines and the line that introduces them."""
    text = text[:_ENOUGH_TEXT]
    original = _ORIGINAL.search(text)
    kept: list[str] = []
    for line in (text[: original.start()] if original else text).splitlines():
        if _QUOTED_LINE.match(line):
            _drop_attribution(kept)
        else:
            kept.append(line)
    own = "\n".join(kept)
    return own if own.strip() else text


def _drop_attribution(lines: list[str]) -> None:
    """Remove a trailing "On … wrote:", which mail programs fold over up to three lines."""
    while lines and not lines[-1].strip():
        lines.pop()
    for count in (1, 2, 3):
        if _ATTRIBUTION.match("\n".join(lines[-count:])) and lines:
            del lines[-count:]
            return


def _unquoted_html(markup: str) -> str:
    markup = markup[:_ENOUGH_MARKUP]
    quote = _QUOTED_MARKUP.search(markup)
    own = html_text(markup[: quote.start()] if quote else markup)
    return own if quote is None or own.strip() else html_text(markup)


def _cut(words: list[str]) -> str:
    """As many words as fit; a first word that does not fit is cut between two characters."""
    escaped = " ".join(words[:_LONGEST]).translate(_ESCAPES)
    if len(escaped) <= _LONGEST:
        return escaped
    end = escaped.rfind(" ", 0, _LONGEST + 1)  # no escape has a blank in it
    return escaped[:end] if end > 0 else _cut_word(words[0])


def _cut_word(word: str) -> str:
    cut = ""
    for character in word[:_LONGEST]:
        escaped = character.translate(_ESCAPES)
        if len(cut) + len(escaped) > _LONGEST:
            break
        cut += escaped
    return cut
