"""What the app is told at its redirect URI, in Google's parameter order.

Order and spelling as observed in callback logs of 2026; ``iss`` after RFC 9207. The encodings are those of "OAuth 2.0
Multiple Response Type Encoding Practices" and "OAuth 2.0 Form Post Response Mode".
"""

from __future__ import annotations

from collections.abc import Collection
from urllib.parse import urlencode

from ....kernel.http import Headers, Reply
from ...pages import Pages
from ..scopes import EMAIL, PROFILE
from .authorization import AuthorizationRequest
from .id_tokens import ISSUER

__all__ = ["Fields", "answer", "opening", "redirected_scope"]

_LONG_NAMES = {"email": EMAIL, "profile": PROFILE}

Fields = list[tuple[str, str]]


def opening(request: AuthorizationRequest) -> Fields:
    """What every answer begins with: ``state`` where one was sent, and the issuer."""
    state = [("state", request.state)] if request.state else []
    return [*state, ("iss", ISSUER)]


def redirected_scope(request: AuthorizationRequest, granted: Collection[str]) -> str:
    """The granted scopes; ``email`` and ``profile`` by both names where they were asked for by the short one."""
    short = [name for name in request.short_names if _LONG_NAMES[name] in granted]
    return " ".join([*sorted(short), *sorted(granted)])


def answer(pages: Pages, request: AuthorizationRequest, fields: Fields) -> Reply:
    """Send the browser to the app with ``fields``, the way the request asked for."""
    if request.response_mode == "form_post":
        context = {"target": request.redirect_uri, "fields": fields}
        return pages.reply("form_post.html", context)
    query = "&" if "?" in request.redirect_uri else "?"
    joint = "#" if request.response_mode == "fragment" else query
    location = f"{request.redirect_uri}{joint}{urlencode(fields, errors='replace')}"
    return Reply(302, Headers([("Location", location), ("Cache-Control", "no-store")]))
