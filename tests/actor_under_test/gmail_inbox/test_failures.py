"""Every failure a user can meet ends in a message of its own, found from the real exceptions of Google's clients."""

from __future__ import annotations

import json
import socket
import ssl
from http.client import IncompleteRead
from pathlib import Path
from types import ModuleType
from typing import Any

import httplib2
import pytest
import requests
from google.auth.exceptions import RefreshError, TransportError
from google.auth.transport import Response
from google.oauth2.credentials import Credentials
from googleapiclient.errors import HttpError

CLIENT_SECRET = "GOCSPX-secretOfTheClient"
REFRESH_TOKEN = "1//0gRefreshTokenOfTheUser"
ACCESS_TOKEN = "ya29.accessTokenOfTheRun"
SECRETS = (CLIENT_SECRET, REFRESH_TOKEN, ACCESS_TOKEN)
ACTIVATION_URL = "https://console.developers.google.com/apis/api/gmail.googleapis.com/overview?project=123456789012"
NOT_ENABLED = (
    "Gmail API has not been used in project 123456789012 before or it is disabled. Enable it by visiting "
    f"{ACTIVATION_URL} then retry. If you enabled this API recently, wait a few minutes for the action to propagate "
    "to our systems and retry."
)


class TokenEndpoint:
    """A google-auth transport that always gives the same answer."""

    def __init__(self, status: int, body: str) -> None:
        self._answer = _Answer(status, body.encode())

    def __call__(self, **_: object) -> Response:
        return self._answer


class _Answer(Response):
    def __init__(self, status: int, data: bytes) -> None:
        self._status, self._data = status, data

    @property
    def status(self) -> int:
        return self._status

    @property
    def headers(self) -> dict[str, str]:
        return {}

    @property
    def data(self) -> bytes:
        return self._data


def refused(status: int, body: object) -> RefreshError:
    """The error google-auth raises when the token endpoint answers so."""
    credentials = Credentials(  # type: ignore[no-untyped-call]
        token=None,
        client_id="client",
        client_secret=CLIENT_SECRET,
        refresh_token=REFRESH_TOKEN,
        token_uri="https://oauth2.googleapis.com/token",
        scopes=["https://www.googleapis.com/auth/gmail.readonly"],
    )
    endpoint = TokenEndpoint(status, body if isinstance(body, str) else json.dumps(body))
    with pytest.raises(RefreshError) as caught:
        credentials.refresh(endpoint)  # type: ignore[no-untyped-call]
    return caught.value


def unreachable(origin: object) -> TransportError:
    return TransportError(origin)  # type: ignore[no-untyped-call]


def gmail_error(status: int, body: object) -> HttpError:
    content = body if isinstance(body, bytes) else json.dumps(body).encode()
    return HttpError(httplib2.Response({"status": str(status)}), content, uri="https://gmail.googleapis.com/gmail/v1/x")


def gmail_body(
    code: int, message: str, domain: str, reason: str, status: str | None, *details: dict[str, Any]
) -> dict[str, Any]:
    error: dict[str, Any] = {
        "code": code,
        "message": message,
        "errors": [{"message": message, "domain": domain, "reason": reason}],
    }
    if status:
        error["status"] = status
    if details:
        error["details"] = list(details)
    return {"error": error}


def error_info(reason: str, **metadata: str) -> dict[str, Any]:
    return {
        "@type": "type.googleapis.com/google.rpc.ErrorInfo",
        "reason": reason,
        "domain": "googleapis.com",
        "metadata": metadata,
    }


SIGN_IN_ANSWERS = [
    (400, "invalid_grant", "Token has been expired or revoked.", "INVALID_GRANT"),
    (400, "invalid_grant", "Bad Request", "INVALID_GRANT"),
    (400, "invalid_grant", "The account has been deleted", "INVALID_GRANT"),
    (400, "invalid_grant", None, "INVALID_GRANT"),
    (400, "invalid_grant", "reauth related error (invalid_rapt)", "INVALID_RAPT"),
    (401, "invalid_client", "The OAuth client was not found.", "INVALID_CLIENT_ID"),
    (401, "invalid_client", "Unauthorized", "INVALID_CLIENT"),
    (401, "invalid_client", "The provided client secret is invalid.", "INVALID_CLIENT"),
    (401, "deleted_client", "The OAuth client was deleted.", "DELETED_CLIENT"),
    (401, "unauthorized_client", "Unauthorized", "UNAUTHORIZED_CLIENT"),
    (401, "unauthorized_client", None, "UNAUTHORIZED_CLIENT"),
    (400, "invalid_scope", "Bad Request", "INVALID_SCOPE"),
    (400, "invalid_scope", "Some requested scopes were invalid. {invalid=[a]}", "INVALID_SCOPE"),
    (400, "admin_policy_enforced", "Ask your administrator.", "ADMIN_POLICY_ENFORCED"),
    (400, "policy_enforced", "Advanced Protection", "POLICY_ENFORCED"),
    (403, "org_internal", "Restricted to its organization", "ORG_INTERNAL"),
    (403, "rate_limit_exceeded", None, "RATE_LIMITED"),
    (400, "invalid_request", "client_secret is missing.", "SIGN_IN_REFUSED"),
    (400, "something_new", "Never seen before", "SIGN_IN_REFUSED"),
]


@pytest.mark.parametrize(("status", "code", "description", "cause"), SIGN_IN_ANSWERS)
def test_a_refusal_of_the_token_endpoint_has_its_own_cause(
    failures: ModuleType, status: int, code: str, description: str | None, cause: str
) -> None:
    body = {"error": code} if description is None else {"error": code, "error_description": description}
    assert failures.diagnose(refused(status, body)).cause is failures.Cause[cause]


def test_session_control_is_told_apart_although_google_auth_hides_the_answer(failures: ModuleType) -> None:
    body = {
        "error": "invalid_grant",
        "error_description": "reauth related error (invalid_rapt)",
        "error_uri": "https://support.google.com/a/answer/9368756",
        "error_subtype": "invalid_rapt",
    }
    assert failures.diagnose(refused(400, body)).cause is failures.Cause.INVALID_RAPT


@pytest.mark.parametrize("status", [400, 500, 503])
def test_a_fault_of_the_token_endpoint_that_outlasts_the_retries_is_googles(
    failures: ModuleType, monkeypatch: pytest.MonkeyPatch, status: int
) -> None:
    pauses: list[float] = []
    monkeypatch.setattr("time.sleep", pauses.append)
    failure = failures.diagnose(refused(status, {"error": "internal_failure"}))
    assert failure.cause is failures.Cause.GOOGLE_UNAVAILABLE
    assert len(pauses) == 2


@pytest.mark.parametrize(
    ("status", "body", "cause"),
    [
        (502, "<!DOCTYPE html><title>Error 502 (Server Error)!!1</title>", "GOOGLE_UNAVAILABLE"),
        (403, "<html>Please log in to the guest network</html>", "UNREADABLE_ANSWER"),
        (400, {"unexpected": True}, "UNREADABLE_ANSWER"),
        (400, {"error": {"code": 400}}, "SIGN_IN_REFUSED"),
        (200, {"token_type": "Bearer"}, "UNREADABLE_ANSWER"),
    ],
)
def test_a_token_answer_of_another_form_is_still_explained(
    failures: ModuleType, status: int, body: object, cause: str
) -> None:
    assert failures.diagnose(refused(status, body)).cause is failures.Cause[cause]


QUOTA = (
    "Quota exceeded for quota metric 'Total Query Cost' and limit 'Units per minute per user' of service "
    "'gmail.googleapis.com' for consumer 'project_number:347863351495'."
)
BUSY = "User-rate limit exceeded.  Retry after 2026-09-11T20:00:00.000Z"
SCOPE_INFO = error_info(
    "ACCESS_TOKEN_SCOPE_INSUFFICIENT",
    service="gmail.googleapis.com",
    method="caribou.api.proto.MailboxService.ListThreads",
)
UNAUTHENTICATED = {
    "error": {
        "code": 401,
        "message": "Request had invalid authentication credentials. Expected OAuth 2 access token, login cookie or "
        "other valid authentication credential. "
        "See https://developers.google.com/identity/sign-in/web/devconsole-project.",
        "errors": [
            {
                "message": "Invalid Credentials",
                "domain": "global",
                "reason": "authError",
                "location": "Authorization",
                "locationType": "header",
            }
        ],
        "status": "UNAUTHENTICATED",
    }
}
TRANSCODER = {
    "error": {
        "code": 400,
        "message": "Invalid value at 'max_results' (TYPE_UINT32), \"x\"",
        "errors": [{"message": "Invalid value at 'max_results' (TYPE_UINT32), \"x\"", "reason": "invalid"}],
        "status": "INVALID_ARGUMENT",
    }
}

GMAIL_ANSWERS = [
    (
        gmail_body(
            403,
            "Request had insufficient authentication scopes.",
            "global",
            "insufficientPermissions",
            "PERMISSION_DENIED",
            SCOPE_INFO,
        ),
        "SCOPE_INSUFFICIENT",
    ),
    (
        gmail_body(403, "Metadata scope does not support 'q' parameter", "global", "forbidden", "PERMISSION_DENIED"),
        "SCOPE_INSUFFICIENT",
    ),
    (
        gmail_body(403, "Delegation denied for ada@example.com", "global", "forbidden", "PERMISSION_DENIED"),
        "ACCESS_DENIED",
    ),
    (
        gmail_body(
            403,
            "The domain administrators have disabled Gmail apps.",
            "global",
            "domainPolicy",
            "PERMISSION_DENIED",
        ),
        "GMAIL_DISABLED_BY_ADMIN",
    ),
    (gmail_body(403, QUOTA, "usageLimits", "rateLimitExceeded", "PERMISSION_DENIED"), "RATE_LIMITED"),
    (gmail_body(403, "User Rate Limit Exceeded", "usageLimits", "userRateLimitExceeded", None), "RATE_LIMITED"),
    (gmail_body(403, "Daily Limit Exceeded", "usageLimits", "dailyLimitExceeded", None), "QUOTA_EXHAUSTED"),
    (gmail_body(429, BUSY, "global", "rateLimitExceeded", "RESOURCE_EXHAUSTED"), "RATE_LIMITED"),
    (
        gmail_body(400, "Mail service not enabled", "global", "failedPrecondition", "FAILED_PRECONDITION"),
        "MAIL_NOT_ENABLED",
    ),
    (
        gmail_body(400, "Precondition check failed.", "global", "failedPrecondition", "FAILED_PRECONDITION"),
        "GMAIL_REFUSED",
    ),
    (gmail_body(400, "Invalid pageToken", "global", "invalidArgument", "INVALID_ARGUMENT"), "GMAIL_REFUSED"),
    (TRANSCODER, "GMAIL_REFUSED"),
    (UNAUTHENTICATED, "UNAUTHENTICATED"),
    (gmail_body(500, "Backend Error", "global", "backendError", "INTERNAL"), "GOOGLE_UNAVAILABLE"),
    (
        gmail_body(503, "The service is currently unavailable.", "global", "backendError", "UNAVAILABLE"),
        "GOOGLE_UNAVAILABLE",
    ),
]


@pytest.mark.parametrize(("body", "cause"), GMAIL_ANSWERS)
def test_an_error_of_the_gmail_api_has_its_own_cause(failures: ModuleType, body: dict[str, Any], cause: str) -> None:
    failure = failures.diagnose(gmail_error(body["error"]["code"], body))
    assert failure.cause is failures.Cause[cause]


@pytest.mark.parametrize(
    ("status", "body", "cause"),
    [
        (502, b"<!DOCTYPE html><title>Error 502 (Server Error)!!1</title>", "GOOGLE_UNAVAILABLE"),
        (429, b"<html>automated queries</html>", "RATE_LIMITED"),
        (403, b"<html>blocked by the proxy</html>", "GMAIL_REFUSED"),
        (400, b'["not", "an", "object"]', "GMAIL_REFUSED"),
        (400, b'{"error": "text"}', "GMAIL_REFUSED"),
        (400, b'{"error": {"errors": "text", "details": [1, {"reason": 7}]}}', "GMAIL_REFUSED"),
        (499, b"", "GMAIL_REFUSED"),
    ],
)
def test_an_answer_without_googles_error_object_is_judged_by_its_status(
    failures: ModuleType, status: int, body: bytes, cause: str
) -> None:
    assert failures.diagnose(gmail_error(status, body)).cause is failures.Cause[cause]


@pytest.mark.parametrize(
    "details",
    [
        (),
        (error_info("SERVICE_DISABLED", service="gmail.googleapis.com", activationUrl=ACTIVATION_URL),),
    ],
    ids=["message only", "with details"],
)
def test_a_disabled_api_names_the_address_where_to_enable_it(
    failures: ModuleType, details: tuple[dict[str, Any], ...]
) -> None:
    body = gmail_body(403, NOT_ENABLED, "usageLimits", "accessNotConfigured", "PERMISSION_DENIED", *details)
    failure = failures.diagnose(gmail_error(403, body))
    assert failure.cause is failures.Cause.API_NOT_ENABLED
    assert f"{ACTIVATION_URL} " in str(failure)


def test_a_disabled_api_without_an_address_leads_to_the_api_library(failures: ModuleType) -> None:
    body = gmail_body(403, "Access Not Configured.", "usageLimits", "accessNotConfigured", None)
    assert "https://console.cloud.google.com/apis/library/gmail.googleapis.com " in str(
        failures.diagnose(gmail_error(403, body))
    )


@pytest.mark.parametrize(
    ("error", "named"),
    [
        (unreachable(requests.exceptions.ProxyError("refused")), "ProxyError"),
        (unreachable("closed"), "TransportError"),
        (httplib2.ServerNotFoundError("Unable to find the server at gmail.googleapis.com"), "ServerNotFoundError"),
        (ConnectionRefusedError(111, "Connection refused"), "ConnectionRefusedError"),
        (socket.gaierror(-2, "Name or service not known"), "gaierror"),
        (TimeoutError("timed out"), "TimeoutError"),
        (ssl.SSLCertVerificationError("self-signed certificate"), "SSLCertVerificationError"),
        (IncompleteRead(b"{"), "IncompleteRead"),
    ],
)
def test_a_broken_connection_is_a_matter_of_the_network(failures: ModuleType, error: Exception, named: str) -> None:
    failure = failures.diagnose(error)
    assert failure.cause is failures.Cause.NETWORK
    assert f"({named})" in str(failure)


@pytest.mark.parametrize("error", [KeyError("messages"), TypeError("list"), json.JSONDecodeError("x", "y", 0)])
def test_what_the_clients_did_not_foresee_is_an_unreadable_answer(failures: ModuleType, error: Exception) -> None:
    failure = failures.diagnose(error)
    assert failure.cause is failures.Cause.UNREADABLE_ANSWER
    assert type(error).__name__ in str(failure)


def test_no_message_repeats_a_secret_that_an_answer_quotes(failures: ModuleType) -> None:
    quoted = " ".join(SECRETS)
    errors = [
        *(refused(status, {"error": code, "error_description": quoted}) for status, code, _, _ in SIGN_IN_ANSWERS),
        refused(400, {"error": quoted, "error_description": quoted}),
        refused(400, {"unexpected": quoted}),
        refused(403, f"<html>{quoted}</html>"),
        refused(200, {"scope": quoted}),
        *(
            gmail_error(status, gmail_body(status, quoted, quoted, reason, quoted, error_info(quoted, consumer=quoted)))
            for status in (400, 401, 403, 429, 500)
            for reason in ("accessNotConfigured", "forbidden", "rateLimitExceeded", quoted)
        ),
        gmail_error(403, quoted.encode()),
        unreachable(requests.exceptions.ConnectionError(quoted)),
        OSError(quoted),
        ValueError(quoted),
    ]
    messages = [str(failures.diagnose(error).after_reading(1, 2)) for error in errors]
    assert not [message for message in messages for secret in SECRETS if secret in message]


def test_every_message_is_complete(failures: ModuleType) -> None:
    messages = [str(failures.RunError(cause, "the detail")) for cause in failures.Cause]
    assert len(set(messages)) == len(failures.Cause)
    assert all(message.endswith(".") and "{" not in message for message in messages)


def test_the_threads_already_pushed_are_counted_behind_the_message(failures: ModuleType) -> None:
    failure = failures.RunError(failures.Cause.NETWORK, "TimeoutError")
    assert str(failure.after_reading(7, 25)) == f"{failure} Read 7 of 25 threads before that."
    assert failure.after_reading(7, 25).cause is failures.Cause.NETWORK


def test_the_readme_lists_every_message(failures: ModuleType, actor_folder: Path) -> None:
    readme = (actor_folder / "README.md").read_text("utf-8")
    beginnings = [
        line.split("`")[1] for line in readme.splitlines() if line.startswith(("| `The ", "| `G", "| `This "))
    ]
    unlisted = [cause for cause in failures.Cause if not cause.value.startswith(tuple(beginnings))]
    unused = [text for text in beginnings if not any(cause.value.startswith(text) for cause in failures.Cause)]
    assert (unlisted, unused) == ([], [])
