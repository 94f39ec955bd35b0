"""Protection of HTML forms against posts that another site started.

A form carries a token that follows from the browser's session and from what the form is for. A page elsewhere can
make the browser send its cookie, but cannot read the token. Browsers that say where a request started are believed
besides (Fetch Metadata; RFC 6454).
"""

from __future__ import annotations

from hashlib import sha256
from hmac import compare_digest
from hmac import new as hmac
from urllib.parse import urlsplit

from .http import Call

__all__ = ["form_token", "is_own_form"]

_OWN_SITES = frozenset(("", "same-origin", "none"))


def form_token(session: str, purpose: str) -> str:
    """The token of a form for ``purpose`` in a browser whose session cookie is ``session``."""
    return hmac(session.encode(), purpose.encode(), sha256).hexdigest()


def is_own_form(call: Call, session: str, purpose: str, given: str) -> bool:
    """Whether a post comes from a form of ours: the right token, and no sign of another site."""
    if call.headers.get("sec-fetch-site") not in _OWN_SITES:
        return False
    origin = call.headers.get("origin")
    if origin and _host(origin) != call.host:
        return False
    return compare_digest(form_token(session, purpose).encode(), given.encode())


def _host(origin: str) -> str:
    try:
        return (urlsplit(origin).hostname or "").lower()
    except ValueError:
        return ""
