"""What the consent screen says about a scope, and how careful Google is about it.

The sentences are our own. Google's classes decide on the unverified-app warning: "OAuth 2.0 Scopes for Google APIs"
calls all but a few scopes sensitive or restricted.
"""

from __future__ import annotations

from dataclasses import dataclass

from ..scopes import EMAIL, GMAIL_FULL, IDENTITY, OPENID, PREFIX, PROFILE

__all__ = ["ScopeText", "is_administrative", "needs_verification", "scope_text"]

_FREE = IDENTITY | {PREFIX + "drive.file", PREFIX + "drive.appdata", PREFIX + "drive.install"}
_ADMINISTRATIVE = (PREFIX + "admin.", PREFIX + "apps.")
_TEXTS = {
    OPENID: "Recognise you by your account",
    EMAIL: "See your primary email address",
    PROFILE: "See your name and picture",
    GMAIL_FULL: "Read, write, send and permanently delete all your mail",
    PREFIX + "gmail.readonly": "Read your mail and your mail settings",
    PREFIX + "gmail.modify": "Read, write and send mail, and move it to the trash",
    PREFIX + "gmail.compose": "Write drafts and send mail",
    PREFIX + "gmail.send": "Send mail for you",
    PREFIX + "gmail.insert": "Put messages into your mailbox",
    PREFIX + "gmail.labels": "See and change your mail labels",
    PREFIX + "gmail.metadata": "See senders, subjects and labels of your mail, but not its text",
    PREFIX + "gmail.settings.basic": "See and change your mail settings and filters",
    PREFIX + "gmail.settings.sharing": "Decide who else may use your mailbox and where it is forwarded",
    PREFIX + "youtube": "Manage your YouTube account",
    PREFIX + "youtube.readonly": "See your YouTube account, playlists and subscriptions",
    PREFIX + "youtube.force-ssl": "See, change and permanently delete your videos, ratings, comments and captions",
    PREFIX + "youtube.upload": "Upload videos to YouTube and manage them",
    PREFIX + "youtubepartner": "Manage YouTube assets and content of yours",
    PREFIX + "yt-analytics.readonly": "See the statistics of your YouTube content",
    PREFIX + "drive": "See, change, create and delete all your Drive files",
    PREFIX + "drive.readonly": "See and download all your Drive files",
    PREFIX + "drive.file": "See and change the Drive files you use with this app",
    PREFIX + "calendar": "See, change, share and permanently delete all your calendars",
    PREFIX + "calendar.readonly": "See and download all your calendars",
    PREFIX + "contacts.readonly": "See and download your contacts",
    PREFIX + "spreadsheets": "See, change, create and delete all your spreadsheets",
    PREFIX + "spreadsheets.readonly": "See all your spreadsheets",
}


@dataclass(frozen=True, slots=True)
class ScopeText:
    """A scope as a line of the consent screen."""

    name: str
    short_name: str
    text: str


def scope_text(scope: str) -> ScopeText:
    """The line about a scope for the person who decides."""
    short_name = scope.removeprefix(PREFIX).removeprefix("https://").removesuffix("/")
    return ScopeText(scope, short_name, _TEXTS.get(scope) or f"Use {short_name}")


def needs_verification(scope: str) -> bool:
    """Whether an app has to be verified by Google before strangers grant it this scope without a warning."""
    return scope not in _FREE


def is_administrative(scope: str) -> bool:
    """Whether only the administrators of an organization can grant a scope."""
    return scope.startswith(_ADMINISTRATIVE)
