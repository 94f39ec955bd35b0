"""What an error page says to the person in front of it. The codes are Google's, the sentences are ours."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["BlockedText", "about"]


@dataclass(frozen=True, slots=True)
class BlockedText:
    """A heading and one or two sentences; ``{app}`` stands for the app's title."""

    heading: str
    text: str


_INVALID = "Access blocked: the request of {app} is invalid"
_TEXTS = {
    "redirect_uri_mismatch": BlockedText(
        _INVALID, "You can't sign in, because the app asked to be answered at an address it has not registered."
    ),
    "invalid_request": BlockedText(
        "Access blocked: authorization error", "{app} sent a request that is incomplete or not allowed."
    ),
    "invalid_scope": BlockedText(_INVALID, "The app asked for permissions that do not exist or cannot be given."),
    "unsupported_response_type": BlockedText(_INVALID, "The app asked for an answer of a kind it cannot have."),
    "invalid_client": BlockedText("Access blocked: authorization error", "The OAuth client was not found."),
    "deleted_client": BlockedText("Access blocked: authorization error", "The OAuth client was deleted."),
    "disallowed_useragent": BlockedText(
        "Access blocked: use a secure browser",
        "{app} opened this page inside itself. Signing in is possible in a browser only.",
    ),
    "admin_policy_enforced": BlockedText(
        "Access blocked: your organization has to review {app}",
        "The administrators of your organization restrict which apps may use its data. "
        "Ask them to allow this app for the permissions it needs.",
    ),
    "policy_enforced": BlockedText(
        "Access blocked: your account has Advanced Protection",
        "Advanced Protection keeps most apps that are not Google's away from your data.",
    ),
    "org_internal": BlockedText(
        "Access blocked: {app} can only be used within its organization",
        "The app is internal to the organization that owns it, and your account is not part of that organization. "
        "Sign in with an account of the organization.",
    ),
    "access_denied": BlockedText(
        "Access blocked: {app} has not completed the Google verification process",
        "The app is being tested, and only people its developer listed as testers can use it. "
        "If you should be one of them, ask the developer to add your account.",
    ),
    "restricted_client": BlockedText(
        "Access blocked: {app} has reached its limit of users",
        "The app is not verified, and no more people can sign in until it is.",
    ),
    "forbidden": BlockedText("That did not come from here", "The form was not sent from its own page. Start again."),
}
_OTHER = BlockedText("Access blocked: authorization error", "{app} cannot be used right now.")


def about(code: str) -> BlockedText:
    """The text that goes with an error code."""
    return _TEXTS.get(code, _OTHER)
