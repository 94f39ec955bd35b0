"""HTML pages that any service room may show: one layout, one style sheet, one set of header lines.

A room keeps its templates in a folder of its own, beginning with ``{% extends "layout.html" %}``. Pages need no
JavaScript. Values are escaped, and the content security policy admits nothing the page did not come with.
"""

from __future__ import annotations

import re
from base64 import b64encode
from functools import cached_property
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ...kernel.http import Headers, HeaderSource, Reply

if TYPE_CHECKING:
    from jinja2 import Environment

__all__ = ["Pages"]

_SHARED = Path(__file__).parent
_INLINE = re.compile(r"<(style|script)>(.*?)</\1>", re.DOTALL)


class Pages:
    """The pages of one room, from the templates in ``folder``."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def reply(self, template: str, context: dict[str, Any], *, status: int = 200, headers: HeaderSource = ()) -> Reply:
        """The page as a reply that no cache keeps and no other site can frame."""
        markup = self._environment.get_template(template).render(context)
        lines = Headers(
            [
                ("Content-Type", "text/html; charset=utf-8"),
                ("Cache-Control", "no-cache, no-store, max-age=0, must-revalidate"),
                ("Content-Security-Policy", _policy(markup)),
                # The pages send Origin with their own forms; "no-referrer" would make it "null".
                ("Referrer-Policy", "same-origin"),
                ("X-Content-Type-Options", "nosniff"),
                ("X-Frame-Options", "DENY"),
            ]
        )
        return Reply(status, lines.adding(headers), markup.encode("utf-8", "replace"))

    @cached_property
    def _environment(self) -> Environment:
        from jinja2 import Environment, FileSystemLoader, StrictUndefined  # noqa: PLC0415 - not before a first page

        return Environment(
            loader=FileSystemLoader([self._folder, _SHARED]),
            autoescape=True,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
        )


def _policy(markup: str) -> str:
    """A policy that admits the page's own inline style and script by their digests, and nothing else.

    A form may end in a redirect to an application anywhere, which browsers hold against ``form-action``.
    """
    digests: dict[str, list[str]] = {"style": ["'none'"], "script": ["'none'"]}
    for kind, text in _INLINE.findall(markup):
        known = [entry for entry in digests[kind] if entry != "'none'"]
        digests[kind] = [*known, f"'sha256-{b64encode(sha256(text.encode()).digest()).decode()}'"]
    inline = "; ".join(f"{kind}-src {' '.join(entries)}" for kind, entries in digests.items())
    limits = "form-action 'self' http: https:; base-uri 'none'; frame-ancestors 'none'"
    return f"default-src 'none'; img-src data:; {inline}; {limits}"
