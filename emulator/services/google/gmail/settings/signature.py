"""Signatures as Gmail keeps them: HTML without what could run or load a page of its own."""

from __future__ import annotations

from html import escape
from html.parser import HTMLParser

__all__ = ["sanitised"]

_DROPPED = frozenset(("script", "style", "iframe", "object", "embed", "applet", "form", "head", "title", "noscript"))
_VOID = frozenset(("br", "hr", "img", "wbr", "col"))
_ELEMENTS = (
    "a abbr b big blockquote br caption center cite code col colgroup dd del div dl dt em font h1 h2 h3 "
    "h4 h5 h6 hr i img ins li ol p pre q s small span strike strong sub sup table tbody td tfoot th thead "
    "tr tt u ul wbr"
)
_ALLOWED = frozenset(_ELEMENTS.split())
_LINKS = frozenset(("href", "src", "background"))
_SCHEMES = ("http:", "https:", "mailto:", "cid:", "tel:")


def sanitised(html: str) -> str:
    """``html`` with unknown elements opened, scripts and their like gone, and no attribute that runs anything."""
    cleaner = _Cleaner()
    cleaner.feed(html)
    cleaner.close()
    return "".join(cleaner.written)


class _Cleaner(HTMLParser):
    """Writes what is harmless of what it is fed."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.written: list[str] = []
        self._dropping: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in _DROPPED:
            self._dropping.append(tag)
        elif tag in _ALLOWED and not self._dropping:
            kept = "".join(f' {name}="{escape(value or "")}"' for name, value in attrs if _is_harmless(name, value))
            self.written.append(f"<{tag}{kept}>")

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag not in _DROPPED:
            self.handle_starttag(tag, attrs)

    def handle_endtag(self, tag: str) -> None:
        if tag in self._dropping:
            del self._dropping[self._dropping.index(tag) :]
        elif tag in _ALLOWED and tag not in _VOID and not self._dropping:
            self.written.append(f"</{tag}>")

    def handle_data(self, data: str) -> None:
        if not self._dropping:
            self.written.append(escape(data, quote=False))


def _is_harmless(name: str, value: str | None) -> bool:
    if name.startswith("on"):
        return False
    if name in _LINKS:
        return "".join((value or "").split()).lower().startswith(_SCHEMES)
    return name != "style" or "expression(" not in (value or "").lower()
