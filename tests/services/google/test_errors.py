"""Every error in Google's envelope, letter for letter where a recorded body exists."""

from __future__ import annotations

import json
from typing import Any

import httplib2
import pytest
from googleapiclient.errors import HttpError

from emulator.kernel.http import Call
from emulator.services.google import errors, refusals
from emulator.services.google.envelope import Presentation
from emulator.services.google.errors import ApiError
from emulator.services.google.refusals import Violation

GMAIL = "gmail.googleapis.com"
METHOD = "caribou.api.proto.MailboxService.GetProfile"
EXPECTED = (
    "Expected OAuth 2 access token, login cookie or other valid authentication credential. "
    "See https://developers.google.com/identity/sign-in/web/devconsole-project."
)
AUTHORIZATION = {"location": "Authorization", "locationType": "header"}

EVERY_ERROR: list[ApiError] = [
    errors.BadRequest("No"),
    errors.InvalidArgument("Invalid id value"),
    errors.FailedPrecondition(),
    errors.Forbidden("Metadata scope does not support 'q' parameter"),
    errors.DelegationDenied("ada@example.com"),
    errors.DomainPolicy(),
    errors.NotFound(),
    errors.Aborted("Label name exists or conflicts"),
    errors.PayloadTooLarge(),
    errors.ResourceExhausted(),
    errors.TooManyConcurrentRequests(),
    errors.UserRateExceeded("2026-09-11T20:00:00.000Z"),
    errors.UserRateExceeded("2026-09-11T20:00:00.000Z", 403),
    errors.QuotaExceeded(GMAIL, 347863351495),
    errors.LegacyLimitExceeded("dailyLimitExceeded"),
    errors.LegacyLimitExceeded("userRateLimitExceeded"),
    errors.LegacyLimitExceeded("rateLimitExceeded"),
    *(errors.BackendError(code) for code in (500, 502, 503, 504)),
    refusals.MissingCredentials(GMAIL, METHOD),
    refusals.ApiKeyRefused(GMAIL, METHOD),
    *(refusals.InvalidCredentials(GMAIL, METHOD, cause) for cause in ("token_expired", "token_revoked")),
    refusals.InvalidCredentials(GMAIL, METHOD, "token_unknown"),
    refusals.UnregisteredCaller(),
    refusals.InvalidApiKey("youtube.googleapis.com"),
    refusals.InsufficientScope(GMAIL, METHOD, ["https://mail.google.com/"]),
    refusals.ApiDisabled("Gmail API", GMAIL, 42),
    refusals.ApiDisabled("YouTube Data API v3", "youtube.googleapis.com", 42, brief=True),
    refusals.RequiredParameter("part"),
    refusals.OutOfRange("maxResults", 99, 0, 50),
    refusals.InvalidFieldSelection("foo"),
    refusals.TranscodingError(Violation.unknown_query("foo"), Violation.malformed("Unexpected token.")),
]


def error_of(error: ApiError) -> dict[str, Any]:
    envelope: dict[str, Any] = json.loads(error.reply().body)
    assert list(envelope) == ["error"]
    inner: dict[str, Any] = envelope["error"]
    return inner


@pytest.mark.parametrize("error", EVERY_ERROR, ids=lambda error: f"{type(error).__name__}-{error.status}")
def test_every_error_has_the_envelope(error: ApiError) -> None:
    reply = error.reply()
    assert reply.body == json.dumps(error.value(), ensure_ascii=False, indent=2).encode() + b"\n"
    assert reply.status == error.status
    assert reply.headers == error.headers()
    assert reply.headers.get("Content-Type") == "application/json; charset=UTF-8"
    assert reply.headers.get_all("Vary") == ("Origin", "X-Origin", "Referer")
    inner = error_of(error)
    assert list(inner) == [key for key in ("code", "message", "errors", "status", "details") if key in inner]
    assert inner["code"] == reply.status
    assert len(inner["errors"]) == 1
    assert set(inner["errors"][0]) <= {"message", "domain", "reason", "location", "locationType", "extendedHelp"}
    assert all(inner["errors"][0].values())
    assert all(detail["@type"].startswith("type.googleapis.com/google.rpc.") for detail in inner.get("details", ()))
    assert error.cause.replace("_", "").isalpha()


def test_every_public_error_class_is_covered_here() -> None:
    public = {
        value
        for module in (errors, refusals)
        for value in vars(module).values()
        if isinstance(value, type) and issubclass(value, ApiError) and not value.__name__.startswith("_")
    }
    assert public - {ApiError} == {type(error) for error in EVERY_ERROR}


def test_an_api_error_carries_no_details() -> None:
    message = "Invalid id value"
    assert error_of(errors.InvalidArgument(message)) == {
        "code": 400,
        "message": message,
        "errors": [{"message": message, "domain": "global", "reason": "invalidArgument"}],
        "status": "INVALID_ARGUMENT",
    }


@pytest.mark.parametrize(
    ("error", "expected"),
    [
        (
            errors.NotFound(),
            (404, "Requested entity was not found.", "global", "notFound", "NOT_FOUND"),
        ),
        (
            errors.FailedPrecondition(),
            (400, "Precondition check failed.", "global", "failedPrecondition", "FAILED_PRECONDITION"),
        ),
        (
            errors.DelegationDenied("ada@example.com"),
            (403, "Delegation denied for ada@example.com", "global", "forbidden", "PERMISSION_DENIED"),
        ),
        (
            errors.TooManyConcurrentRequests(),
            (429, "Too many concurrent requests for user.", "global", "rateLimitExceeded", "RESOURCE_EXHAUSTED"),
        ),
        (
            errors.UserRateExceeded("2026-09-11T20:00:00.000Z", 403),
            (
                403,
                "User-rate limit exceeded.  Retry after 2026-09-11T20:00:00.000Z",
                "usageLimits",
                "userRateLimitExceeded",
                "PERMISSION_DENIED",
            ),
        ),
        (
            errors.QuotaExceeded(GMAIL, 347863351495),
            (
                403,
                (
                    "Quota exceeded for quota metric 'Total Query Cost' and limit 'Units per minute per user' of "
                    "service 'gmail.googleapis.com' for consumer 'project_number:347863351495'."
                ),
                "usageLimits",
                "rateLimitExceeded",
                "PERMISSION_DENIED",
            ),
        ),
        (
            errors.LegacyLimitExceeded("dailyLimitExceeded"),
            (403, "Daily Limit Exceeded", "usageLimits", "dailyLimitExceeded", None),
        ),
        (
            errors.BackendError(503),
            (503, "The service is currently unavailable.", "global", "backendError", "UNAVAILABLE"),
        ),
    ],
    ids=lambda value: type(value).__name__ if isinstance(value, ApiError) else "",
)
def test_texts_and_reasons_of_the_catalogue(error: ApiError, expected: tuple[object, ...]) -> None:
    inner = error_of(error)
    entry = inner["errors"][0]
    assert (inner["code"], inner["message"], entry["domain"], entry["reason"], inner.get("status")) == expected
    assert entry["message"] == inner["message"]
    assert "details" not in inner
    assert "Retry-After" not in error.reply().headers


def test_missing_credentials_body_and_challenge() -> None:
    error = refusals.MissingCredentials(GMAIL, METHOD)
    assert error_of(error) == {
        "code": 401,
        "message": f"Request is missing required authentication credential. {EXPECTED}",
        "errors": [{"message": "Login Required.", "domain": "global", "reason": "required", **AUTHORIZATION}],
        "status": "UNAUTHENTICATED",
        "details": [
            {
                "@type": "type.googleapis.com/google.rpc.ErrorInfo",
                "reason": "CREDENTIALS_MISSING",
                "domain": "googleapis.com",
                "metadata": {"method": METHOD, "service": GMAIL},
            }
        ],
    }
    assert error.headers().get("WWW-Authenticate") == 'Bearer realm="https://accounts.google.com/"'


@pytest.mark.parametrize(
    ("cause", "reason"),
    [
        ("token_expired", "ACCESS_TOKEN_EXPIRED"),
        ("token_revoked", "ACCESS_TOKEN_EXPIRED"),
        ("token_unknown", "ACCESS_TOKEN_TYPE_UNSUPPORTED"),
    ],
)
def test_bad_tokens_differ_only_in_error_info(cause: str, reason: str) -> None:
    error = refusals.InvalidCredentials(GMAIL, METHOD, cause)
    inner = error_of(error)
    assert inner["message"] == f"Request had invalid authentication credentials. {EXPECTED}"
    assert inner["errors"] == [
        {"message": "Invalid Credentials", "domain": "global", "reason": "authError", **AUTHORIZATION}
    ]
    assert inner["details"][0]["reason"] == reason
    assert error.cause == cause
    challenge = 'Bearer realm="https://accounts.google.com/", error="invalid_token"'
    assert error.headers().get("WWW-Authenticate") == challenge


def test_api_key_in_place_of_a_token() -> None:
    inner = error_of(refusals.ApiKeyRefused(GMAIL, METHOD))
    assert inner["message"] == (
        "API keys are not supported by this API. Expected OAuth2 access token or other authentication credentials that "
        "assert a principal. See https://cloud.google.com/docs/authentication"
    )
    assert (inner["code"], inner["details"][0]["reason"]) == (401, "CREDENTIALS_MISSING")


def test_insufficient_scope_body_and_challenge() -> None:
    method = "caribou.api.proto.MailboxService.CreateDraft"
    error = refusals.InsufficientScope(GMAIL, method, ["https://mail.google.com/", "https://x/gmail.modify"])
    assert error_of(error) == {
        "code": 403,
        "message": "Request had insufficient authentication scopes.",
        "errors": [{"message": "Insufficient Permission", "domain": "global", "reason": "insufficientPermissions"}],
        "status": "PERMISSION_DENIED",
        "details": [
            {
                "@type": "type.googleapis.com/google.rpc.ErrorInfo",
                "reason": "ACCESS_TOKEN_SCOPE_INSUFFICIENT",
                "domain": "googleapis.com",
                "metadata": {"service": GMAIL, "method": method},
            }
        ],
    }
    assert error.headers().get("WWW-Authenticate") == (
        'Bearer realm="https://accounts.google.com/", error="insufficient_scope", '
        'scope="https://mail.google.com/ https://x/gmail.modify"'
    )


def test_disabled_api_names_project_and_console() -> None:
    inner = error_of(refusals.ApiDisabled("Gmail API", GMAIL, 42))
    url = "https://console.developers.google.com/apis/api/gmail.googleapis.com/overview?project=42"
    assert inner["message"] == (
        f"Gmail API has not been used in project 42 before or it is disabled. Enable it by visiting {url} then "
        "retry. If you enabled this API recently, wait a few minutes for the action to propagate to our systems and "
        "retry."
    )
    assert inner["errors"] == [
        {
            "message": inner["message"],
            "domain": "usageLimits",
            "reason": "accessNotConfigured",
            "extendedHelp": "https://console.developers.google.com",
        }
    ]
    info, localized, console = inner["details"]
    assert info["metadata"] == {
        "consumer": "projects/42",
        "service": GMAIL,
        "serviceTitle": "Gmail API",
        "containerInfo": "42",
        "activationUrl": url,
    }
    assert (localized["locale"], localized["message"]) == ("en-US", inner["message"])
    assert console["links"] == [{"description": "Google developers console API activation", "url": url}]


def test_disabled_youtube_has_help_before_error_info() -> None:
    details = error_of(refusals.ApiDisabled("YouTube Data API v3", "youtube.googleapis.com", 7, brief=True))["details"]
    assert details[0]["@type"].endswith("Help")
    assert details[1]["reason"] == "SERVICE_DISABLED"
    assert details[1]["metadata"] == {"consumer": "projects/7", "service": "youtube.googleapis.com"}


def test_transcoding_error_has_no_domain_and_lists_every_violation() -> None:
    first = Violation.invalid_value("start_history_id", "TYPE_UINT64", '"abc"')
    text = "Invalid value at 'start_history_id' (TYPE_UINT64), \"abc\""
    assert error_of(refusals.TranscodingError(first)) == {
        "code": 400,
        "message": text,
        "errors": [{"message": text, "reason": "invalid"}],
        "status": "INVALID_ARGUMENT",
        "details": [
            {
                "@type": "type.googleapis.com/google.rpc.BadRequest",
                "fieldViolations": [{"field": "start_history_id", "description": text}],
            }
        ],
    }
    both = error_of(refusals.TranscodingError(first, Violation.unknown_query("foo")))
    unknown = (
        'Invalid JSON payload received. Unknown name "foo": Cannot bind query parameter. '
        "Field 'foo' could not be found in request message."
    )
    assert both["message"] == f"{text}\n{unknown}"
    assert both["details"][0]["fieldViolations"][1] == {"description": unknown}


def test_presentation_drops_the_legacy_array_or_wraps_a_script() -> None:
    error = errors.NotFound()
    error.presentation = Presentation(legacy_errors=False)
    assert list(error_of(error)) == ["code", "message", "status"]
    error.presentation = Presentation(callback="cb", pretty=False)
    reply = error.reply()
    assert reply.status == 200
    assert reply.body.startswith(b'// API callback\ncb({\n  "error"')


def test_an_error_takes_the_form_its_call_asks_for() -> None:
    error = errors.NotFound()
    with pytest.raises(errors.NotFound), errors.presented(Call("GET", GMAIL, "/", "$.xgafv=2&prettyPrint=false")):
        raise error
    assert error.reply().body == (
        b'{\n  "error": {\n    "code": 404,\n    "message": "Requested entity was not found.",\n'
        b'    "status": "NOT_FOUND"\n  }\n}\n'
    )


def test_an_unrouted_path_is_a_page_that_escapes_the_path() -> None:
    error = refusals.UnroutedPath("/gmail/<script>", wrong_verb=True)
    reply = error.reply()
    assert (reply.status, error.cause) == (404, "wrong_verb")
    assert reply.headers.get("Content-Type") == "text/html; charset=UTF-8"
    assert b"/gmail/&lt;script&gt;" in reply.body
    assert refusals.UnroutedPath("/x").cause == "unknown_path"


@pytest.mark.parametrize("status", [400, 401, 403, 404, 408, 409, 413, 429, 500, 502, 503, 504, 599])
def test_a_fault_of_any_status_has_a_body(status: int) -> None:
    assert error_of(errors.failure(status))["code"] == status
    assert error_of(errors.failure(status, "Try later"))["message"] == "Try later"


@pytest.mark.parametrize(
    ("error", "details"),
    [
        (
            errors.InvalidArgument("Invalid pageToken"),
            [{"message": "Invalid pageToken", "domain": "global", "reason": "invalidArgument"}],
        ),
        (
            refusals.InvalidCredentials(GMAIL, METHOD),
            [
                {
                    "@type": "type.googleapis.com/google.rpc.ErrorInfo",
                    "reason": "ACCESS_TOKEN_EXPIRED",
                    "domain": "googleapis.com",
                    "metadata": {"method": METHOD, "service": GMAIL},
                }
            ],
        ),
    ],
)
def test_the_python_client_reads_reason_and_details(error: ApiError, details: list[dict[str, Any]]) -> None:
    reply = error.reply()
    response = httplib2.Response({"status": str(reply.status), "content-type": reply.headers.get("content-type")})
    seen = HttpError(response, reply.body, uri="https://gmail.googleapis.com/gmail/v1/users/me/profile")
    assert (seen.status_code, seen.reason) == (error.status, error.message)
    read: Any = seen.error_details
    assert read == details
