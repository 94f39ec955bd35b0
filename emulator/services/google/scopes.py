"""OAuth scopes as Google spells them.

A scope set is kept as one space-separated string of full names, sorted, so that equal sets are equal strings.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

__all__ = [
    "EMAIL",
    "GMAIL_FULL",
    "IDENTITY",
    "OPENID",
    "PREFIX",
    "PROFILE",
    "apis_of",
    "canonical",
    "is_scope",
    "joined",
    "split",
    "with_openid",
]

PREFIX = "https://www.googleapis.com/auth/"
OPENID = "openid"
EMAIL = PREFIX + "userinfo.email"
PROFILE = PREFIX + "userinfo.profile"
GMAIL_FULL = "https://mail.google.com/"
IDENTITY = frozenset((OPENID, EMAIL, PROFILE))

_ALIASES = {"email": EMAIL, "profile": PROFILE, "mail.google.com": GMAIL_FULL, "https://mail.google.com": GMAIL_FULL}
_API_NAMES = {
    "mail.google.com/": "gmail",
    "gmail": "gmail",
    "youtube": "youtube",
    "youtubepartner": "youtube",
    "yt-analytics": "youtubeanalytics",
    "calendar": "calendar-json",
    "contacts": "people",
    "spreadsheets": "sheets",
    "documents": "docs",
    "presentations": "slides",
}
_FULL_NAME = re.compile(r"https://www\.googleapis\.com/auth/[a-z0-9._-]+|https://www\.google\.com/[a-z0-9/_.-]+")


def is_scope(text: str) -> bool:
    """Whether Google would know ``text`` as a scope. A name under its own prefix is taken to exist."""
    return text in IDENTITY or text in _ALIASES or text == GMAIL_FULL or _FULL_NAME.fullmatch(text) is not None


def canonical(text: str) -> str:
    """The full name of a scope: ``email`` and ``gmail.readonly`` become what tokens and answers carry."""
    if text in _ALIASES:
        return _ALIASES[text]
    return text if text == OPENID or "://" in text else PREFIX + text


def apis_of(scopes: Iterable[str]) -> frozenset[str]:
    """Service names ("gmail.googleapis.com") of the APIs that full scope names open; identity scopes open none."""
    names = (scope.removeprefix(PREFIX).removeprefix("https://") for scope in scopes if scope not in IDENTITY)
    families = (name.partition(".")[0] if name != "mail.google.com/" else name for name in names)
    return frozenset(f"{_API_NAMES.get(family, family)}.googleapis.com" for family in families)


def split(text: str) -> tuple[str, ...]:
    """The scopes of a space-separated string, in order, without repeats."""
    return tuple(dict.fromkeys(text.split()))


def joined(scopes: Iterable[str]) -> str:
    """A scope set as it is kept."""
    return " ".join(sorted(set(scopes)))


def with_openid(scopes: Iterable[str]) -> tuple[str, ...]:
    """Full names, sorted, with ``openid`` wherever the email or profile scope implies it."""
    full = set(scopes)
    return tuple(sorted(full | {OPENID} if full & {EMAIL, PROFILE} else full))
