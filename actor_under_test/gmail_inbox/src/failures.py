"""Why a run ended early, in words the person who pasted the credentials can act on.

`Cause` is the table of messages, `diagnose` finds the cause of an exception of Google's clients. Messages quote codes
and addresses of Google only, never the free text of an answer: that text may repeat what was sent.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from enum import Enum
from http import HTTPStatus
from http.client import HTTPException
from typing import TYPE_CHECKING, Any

from google.auth.exceptions import RefreshError, TransportError
from googleapiclient.errors import HttpError
from httplib2 import HttpLib2Error

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["Cause", "RunError", "diagnose"]


class Cause(Enum):
    """Every way a run can fail, with its message. `{detail}` is filled in by the `RunError`."""

    # The input.
    INVALID_INPUT = "The input is not valid: {detail}."
    MISSING_CREDENTIALS = (
        "The input lacks {detail}. Paste the values of your Google OAuth client, "
        "or set dry_run to true to see sample output without signing in."
    )
    # The token endpoint.
    INVALID_GRANT = (
        "Google rejected the refresh token (invalid_grant): it was revoked, has expired or was not copied whole. "
        "Generate a new refresh token and paste it into the input. "
        "While the OAuth consent screen is in Testing, tokens expire after 7 days."
    )
    INVALID_RAPT = (
        "The Google Workspace of this user demands a fresh sign-in (invalid_rapt). Generate a new refresh token, "
        "or ask the administrator to trust this OAuth client in the session control settings."
    )
    INVALID_CLIENT_ID = (
        "Google does not know the client_id (invalid_client). "
        "Copy it again from Google Cloud Console, APIs & Services, Credentials."
    )
    INVALID_CLIENT = (
        "Google rejected the client_secret (invalid_client). "
        "Copy the secret that belongs to this client_id from Google Cloud Console, APIs & Services, Credentials."
    )
    DELETED_CLIENT = (
        "The OAuth client was deleted (deleted_client). "
        "Create a new one in Google Cloud Console and generate a refresh token with it."
    )
    UNAUTHORIZED_CLIENT = (
        "The refresh token belongs to another OAuth client (unauthorized_client). "
        "Use the client_id and client_secret it was generated with, or generate a new refresh token with these."
    )
    INVALID_SCOPE = (
        "The refresh token does not cover reading Gmail (invalid_scope). "
        "Generate a new one with the scope https://www.googleapis.com/auth/gmail.readonly."
    )
    ADMIN_POLICY_ENFORCED = (
        "The Google Workspace administrator does not allow this app or its Gmail scope ({detail}). "
        "Ask the administrator to allow the client_id in the Admin console, under API controls."
    )
    POLICY_ENFORCED = (
        "Google's Advanced Protection of this account blocks the app (policy_enforced). Use another account."
    )
    ORG_INTERNAL = (
        "The OAuth client serves its own organisation only (org_internal). Sign in with an account of that "
        "organisation, or set the user type of the consent screen to External."
    )
    SIGN_IN_REFUSED = "Google refused the sign-in ({detail}). Check client_id, client_secret and refresh_token."
    # The Gmail API.
    API_NOT_ENABLED = (
        "The Gmail API is not enabled in the Google Cloud project of this client_id. "
        "Enable it at {detail} , wait a few minutes and run again."
    )
    SCOPE_INSUFFICIENT = (
        "The refresh token does not allow reading mail (insufficient scope). "
        "Generate a new one with the scope https://www.googleapis.com/auth/gmail.readonly and tick every box shown."
    )
    RATE_LIMITED = (
        "Google's rate limit stayed exceeded after several retries ({detail}). "
        "Run again in a few minutes, or lower max_results."
    )
    QUOTA_EXHAUSTED = (
        "The Google Cloud project of this client_id has used up its Gmail API quota for the day ({detail}). "
        "Run again tomorrow, or raise the quota in Google Cloud Console."
    )
    MAIL_NOT_ENABLED = "This Google account has no Gmail mailbox (Mail service not enabled). Use another account."
    GMAIL_DISABLED_BY_ADMIN = (
        "The Google Workspace administrator has disabled Gmail apps for this account (domainPolicy). "
        "Ask the administrator to allow them."
    )
    ACCESS_DENIED = "This Google account may not read the mailbox ({detail}). Generate a refresh token as its owner."
    UNAUTHENTICATED = (
        "Gmail kept refusing a fresh access token (HTTP 401). The user may have just revoked the access: "
        "generate a new refresh token and paste it into the input."
    )
    GMAIL_REFUSED = "Gmail refused the request ({detail}). Check the query; if it is right, run again later."
    # Either, and everything in between.
    GOOGLE_UNAVAILABLE = "Google has a problem of its own that retries did not outlast ({detail}). Run again later."
    NETWORK = (
        "Google could not be reached ({detail}). Check that the network, the firewall and the proxy let the Actor "
        "connect to oauth2.googleapis.com and gmail.googleapis.com."
    )
    UNREADABLE_ANSWER = (
        "Google sent an answer this Actor cannot read ({detail}). "
        "Run again later; if it persists, report it to the Actor's author."
    )


class RunError(Exception):
    """Ends the run. Its text is the terminal status message."""

    def __init__(self, cause: Cause, detail: str = "", progress: str = "") -> None:
        super().__init__(cause.value.format(detail=detail) + progress)
        self.cause = cause
        self.detail = detail

    def after_reading(self, read: int, total: int) -> RunError:
        """Return the same failure, adding how many threads had been pushed by then."""
        return RunError(self.cause, self.detail, f" Read {read} of {total} threads before that.")


# `error` of the token endpoint.
_SIGN_IN_CAUSES = {
    "admin_policy_enforced": Cause.ADMIN_POLICY_ENFORCED,
    "deleted_client": Cause.DELETED_CLIENT,
    "invalid_client": Cause.INVALID_CLIENT,
    "invalid_grant": Cause.INVALID_GRANT,
    "invalid_scope": Cause.INVALID_SCOPE,
    "org_internal": Cause.ORG_INTERNAL,
    "policy_enforced": Cause.POLICY_ENFORCED,
    "rate_limit_exceeded": Cause.RATE_LIMITED,
    "unauthorized_client": Cause.UNAUTHORIZED_CLIENT,
}

# `error.message` of the Gmail API, where the reason beside it is too broad.
_MESSAGE_CAUSES = {
    "Mail service not enabled": Cause.MAIL_NOT_ENABLED,
    "Metadata scope": Cause.SCOPE_INSUFFICIENT,
}

# `reason` of the Gmail API, in `error.errors` or in an ErrorInfo of `error.details`.
_REASON_CAUSES = {
    "ACCESS_TOKEN_SCOPE_INSUFFICIENT": Cause.SCOPE_INSUFFICIENT,
    "RATE_LIMIT_EXCEEDED": Cause.RATE_LIMITED,
    "SERVICE_DISABLED": Cause.API_NOT_ENABLED,
    "accessNotConfigured": Cause.API_NOT_ENABLED,
    "authError": Cause.UNAUTHENTICATED,
    "dailyLimitExceeded": Cause.QUOTA_EXHAUSTED,
    "domainPolicy": Cause.GMAIL_DISABLED_BY_ADMIN,
    "forbidden": Cause.ACCESS_DENIED,
    "insufficientPermissions": Cause.SCOPE_INSUFFICIENT,
    "quotaExceeded": Cause.QUOTA_EXHAUSTED,
    "rateLimitExceeded": Cause.RATE_LIMITED,
    "userRateLimitExceeded": Cause.RATE_LIMITED,
}

# What is left when an answer names no reason, such as a front end's HTML page.
_STATUS_CAUSES: Mapping[int, Cause] = {
    HTTPStatus.UNAUTHORIZED: Cause.UNAUTHENTICATED,
    HTTPStatus.TOO_MANY_REQUESTS: Cause.RATE_LIMITED,
}

_NETWORK_ERRORS = (TransportError, HttpLib2Error, HTTPException, OSError)

_ENABLE_URL = "https://console.cloud.google.com/apis/library/gmail.googleapis.com"
_ACTIVATION_URL = re.compile(
    r"https://console\.(?:developers|cloud)\.google\.com/apis/api/[\w.]+/overview\?project=\w+"
)
_CODE = re.compile(r"[A-Za-z_]{1,40}")


def diagnose(error: Exception) -> RunError:
    """Find the cause of any exception that a call through google-auth or google-api-python-client raised."""
    if isinstance(error, RefreshError):
        return _sign_in_failure(error)
    if isinstance(error, HttpError):
        return _gmail_failure(error)
    if isinstance(error, _NETWORK_ERRORS):
        origin = next((wrapped for wrapped in error.args if isinstance(wrapped, Exception)), error)
        return RunError(Cause.NETWORK, type(origin).__name__)
    return RunError(Cause.UNREADABLE_ANSWER, type(error).__name__)


def _sign_in_failure(error: RefreshError) -> RunError:
    """google-auth raises RefreshError(text, answer), or RefreshError(text) alone when the answer is not JSON."""
    text, answer = str(error.args[0]), error.args[1] if len(error.args) > 1 else None
    if text.startswith("Reauthentication is needed"):  # google-auth's own words, in place of the answer
        return RunError(Cause.INVALID_RAPT)
    if isinstance(answer, Mapping) and "error" in answer:
        code = _code(answer["error"])
        return RunError(_sign_in_cause(code, str(answer.get("error_description")), retried=error.retryable), code)
    broken = "(Server Error)" in text  # the title of the page that Google's front end sends with a 5xx
    return RunError(Cause.GOOGLE_UNAVAILABLE if broken else Cause.UNREADABLE_ANSWER, "sign-in service")


def _sign_in_cause(code: str, description: str, *, retried: bool) -> Cause:
    if code == "invalid_client" and "client was not found" in description:
        return Cause.INVALID_CLIENT_ID
    if code == "invalid_grant" and "rapt" in description:
        return Cause.INVALID_RAPT
    return _SIGN_IN_CAUSES.get(code, Cause.GOOGLE_UNAVAILABLE if retried else Cause.SIGN_IN_REFUSED)


def _gmail_failure(error: HttpError) -> RunError:
    status, answer = error.status_code, _error_object(error.content)
    reasons = list(_reasons(answer))
    cause = _gmail_cause(status, str(answer.get("message")), reasons)
    if cause is Cause.API_NOT_ENABLED:
        url = _ACTIVATION_URL.search(json.dumps(answer))
        return RunError(cause, url.group() if url else _ENABLE_URL)
    return RunError(cause, ", ".join([f"HTTP {status}", *reasons[:1]]))


def _gmail_cause(status: int, message: str, reasons: list[str]) -> Cause:
    by_message = (cause for beginning, cause in _MESSAGE_CAUSES.items() if message.startswith(beginning))
    by_reason = (_REASON_CAUSES[reason] for reason in reasons if reason in _REASON_CAUSES)
    broken = status >= HTTPStatus.INTERNAL_SERVER_ERROR
    by_status = _STATUS_CAUSES.get(status, Cause.GOOGLE_UNAVAILABLE if broken else Cause.GMAIL_REFUSED)
    return next(by_message, None) or next(by_reason, None) or by_status


def _error_object(content: bytes) -> Mapping[str, Any]:
    """Return the `error` member of a Google error body, or nothing when the body is not of that form."""
    try:
        answer = json.loads(content)
    except ValueError:
        return {}
    error = answer.get("error") if isinstance(answer, Mapping) else None
    return error if isinstance(error, Mapping) else {}


def _reasons(error: Mapping[str, Any]) -> Iterator[str]:
    """Yield the reasons of both generations of Google error, the older and more specific one first."""
    for key in ("errors", "details"):
        entries = error.get(key)
        for entry in entries if isinstance(entries, list) else []:
            if isinstance(entry, Mapping) and "reason" in entry:
                yield _code(entry["reason"])


def _code(value: object) -> str:
    """Return an error code, or a stand-in for anything that does not look like one."""
    return value if isinstance(value, str) and _CODE.fullmatch(value) else "no error code"
