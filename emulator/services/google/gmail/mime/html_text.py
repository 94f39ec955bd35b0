"""The text a reader sees in an HTML body, and the addresses its links point to.

Mail's HTML is too broken for a tree to mean much, so this removes markup in one pass. Every alternative of the
pattern runs to its own end or to the end of the input, which keeps the time linear on any input.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterator

__all__ = ["html_text", "link_targets"]

_MARKUP = re.compile(
    r"""<!--.*?(?:-->|\Z)
      |<(?P<hidden>script|style|title|template)\b[^>]*+(?:>.*?(?:</(?P=hidden)\b[^>]*+(?:>|\Z)|\Z)|\Z)
      |</?(?P<tag>[a-z][a-z0-9]*)(?:[^>=]++|=\s*+(?:"[^"]*+(?:"|\Z)|'[^']*+(?:'|\Z))?+)*+(?:>|\Z)
      |<[!?/][^>]*+(?:>|\Z)""",
    re.DOTALL | re.IGNORECASE | re.VERBOSE,
)
_LINK = re.compile(r"""<a\s[^<>]{0,500}?\bhref\s*=\s*["']?([^"'\s>]{1,2000})""", re.IGNORECASE)
# html.unescape turns the digits into an int, and Python refuses to do so with thousands of them.
_HUGE_REFERENCE = re.compile(r"&#(?:[0-9]{8,}|[xX][0-9a-fA-F]{8,});?")
_INLINE_NAMES = (
    "a abbr acronym b bdi bdo big cite code del dfn em font i img ins kbd label mark q s samp small span strike "
    "strong sub sup tt u var wbr"
)
_INLINE = frozenset(_INLINE_NAMES.split())


def html_text(markup: str) -> str:
    """``markup`` without tags, comments, styles and scripts, references resolved. White space is not folded.

    A tag that breaks the line on screen leaves a line end, an inline one (``<b>``, ``<span>``) leaves nothing.
    """
    return _unescaped(_MARKUP.sub(_replacement, markup))


def link_targets(markup: str) -> Iterator[str]:
    """Where the anchors of ``markup`` point, in order."""
    return (_unescaped(match[1]) for match in _LINK.finditer(markup))


def _replacement(match: re.Match[str]) -> str:
    tag = match["tag"]
    return "\n" if tag and tag.lower() not in _INLINE else ""


def _unescaped(text: str) -> str:
    if "&" not in text:
        return text
    return html.unescape(_HUGE_REFERENCE.sub("\N{REPLACEMENT CHARACTER}", text))
