"""The error envelope of Google's REST APIs, and the errors an API itself raises.

What the front end refuses before an API is asked (credentials, scopes, malformed requests) is in ``refusals``.

ApiError
    BadRequest             400 badRequest           a request the platform cannot serve
    InvalidArgument        400 invalidArgument      a value the API rejects
    FailedPrecondition     400 failedPrecondition   the account is not in the needed state
    Forbidden              403 forbidden
        DelegationDenied                            another user's mailbox
        DomainPolicy       403 domainPolicy         switched off by the administrators
    NotFound               404 notFound
    Aborted                409 aborted              a conflict
    PayloadTooLarge        413 uploadTooLarge
    ResourceExhausted      429 rateLimitExceeded    bursts
        TooManyConcurrentRequests
        UserRateExceeded   429 or 403               names the time to retry
    QuotaExceeded          403 rateLimitExceeded    units per minute
    LegacyLimitExceeded    403                      the bodies before 2021
    BackendError           500, 502, 503, 504 backendError

Texts, reasons and the absence of ``details`` are those of recorded replies; the reference for each is Google's "Resolve
errors" page or a public report. Clients read ``error.message``, ``errors[0].reason`` and ``details``.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

from ...kernel.http import Call, Headers, Reply
from ...kernel.service import WireError
from .discovery import snake_case
from .envelope import FRONT_END_HEADERS, JSON_TYPE, PLAIN, Presentation

__all__ = [
    "Aborted",
    "ApiError",
    "BackendError",
    "BadRequest",
    "DelegationDenied",
    "DomainPolicy",
    "FailedPrecondition",
    "Forbidden",
    "InvalidArgument",
    "LegacyLimitExceeded",
    "NotFound",
    "PayloadTooLarge",
    "QuotaExceeded",
    "ResourceExhausted",
    "TooManyConcurrentRequests",
    "UserRateExceeded",
    "error_info",
    "failure",
    "presented",
]

_Detail = Mapping[str, Any]


class ApiError(WireError):
    """An error in Google's envelope: ``code, message, errors[], status, details``.

    Class attributes are a family's defaults, keywords override them for one error. ``""`` for ``domain``, ``location``
    or ``status_name`` leaves the key out. ``summary`` is the text of ``errors[0]`` where it differs from ``message``.
    ``cause`` defaults to the reason in snake case. ``presentation`` is set by whoever knows the call.
    """

    status: int = 400
    reason: str = "invalidArgument"
    domain: str = "global"
    status_name: str = "INVALID_ARGUMENT"

    def __init__(
        self,
        message: str,
        *,
        code: int | None = None,
        reason: str | None = None,
        domain: str | None = None,
        status_name: str | None = None,
        summary: str = "",
        location: str = "",
        location_type: str = "parameter",
        extended_help: str = "",
        details: Sequence[_Detail] = (),
        headers: Iterable[tuple[str, str]] = (),
        cause: str = "",
    ) -> None:
        super().__init__(message)
        self.message = message
        self.status = self.status if code is None else code
        self.reason = self.reason if reason is None else reason
        self.domain = self.domain if domain is None else domain
        self.status_name = self.status_name if status_name is None else status_name
        self.summary = summary or message
        self.location = location
        self.location_type = location_type
        self.extended_help = extended_help
        self.details = tuple(details)
        self.extra_headers = tuple(headers)
        self.cause = cause or self.cause or snake_case(self.reason)
        self.presentation: Presentation = PLAIN

    def value(self) -> dict[str, Any]:
        """The envelope as a JSON value, keys in wire order."""
        error: dict[str, Any] = {"code": self.status, "message": self.message}
        if self.presentation.legacy_errors:
            error["errors"] = [self._entry()]
        if self.status_name:
            error["status"] = self.status_name
        if self.details:
            error["details"] = list(self.details)
        return {"error": error}

    def headers(self) -> Headers:
        """Header lines of the reply, before a JSONP presentation changes the content type."""
        return Headers((("Content-Type", JSON_TYPE), *FRONT_END_HEADERS, *self.extra_headers))

    def body(self) -> bytes:
        """The envelope as bytes, indented by two and ended by a newline whatever ``prettyPrint`` says."""
        return self.reply().body

    def reply(self) -> Reply:
        """The whole reply, as ``presentation`` wants it."""
        return self.presentation.reply(self.value(), self.status, self.extra_headers)

    def _entry(self) -> dict[str, str]:
        entry = {"message": self.summary, "domain": self.domain, "reason": self.reason}
        if self.location:
            entry |= {"location": self.location, "locationType": self.location_type}
        if self.extended_help:
            entry["extendedHelp"] = self.extended_help
        return {key: text for key, text in entry.items() if text or key in {"message", "reason"}}


class BadRequest(ApiError):
    """400 ``badRequest``: what the platform cannot read or serve."""

    reason = "badRequest"


class InvalidArgument(ApiError):
    """400: the API rejects a value. The default text is what a rejected MIME message draws."""

    def __init__(self, message: str = "Request contains an invalid argument.", **facts: Any) -> None:
        super().__init__(message, **facts)


class FailedPrecondition(ApiError):
    """400: the account's state forbids it, e.g. "Mail service not enabled"."""

    reason = "failedPrecondition"
    status_name = "FAILED_PRECONDITION"

    def __init__(self, message: str = "Precondition check failed.", **facts: Any) -> None:
        super().__init__(message, **facts)


class Forbidden(ApiError):
    """403 of the API itself, e.g. "Metadata scope doesn't allow format FULL"."""

    status = 403
    reason = "forbidden"
    status_name = "PERMISSION_DENIED"

    def __init__(self, message: str = "The caller does not have permission", **facts: Any) -> None:
        super().__init__(message, **facts)


class DelegationDenied(Forbidden):
    """403: ``userId`` is another mailbox. The text names the token's own user, not the target."""

    cause = "delegation_denied"

    def __init__(self, caller: str) -> None:
        super().__init__(f"Delegation denied for {caller}")


class DomainPolicy(Forbidden):
    """403: a Workspace policy."""

    reason = "domainPolicy"

    def __init__(self, message: str = "The domain administrators have disabled Gmail apps.") -> None:
        super().__init__(message)


class NotFound(ApiError):
    """404 of a missing entity."""

    status = 404
    reason = "notFound"
    status_name = "NOT_FOUND"

    def __init__(self, message: str = "Requested entity was not found.", **facts: Any) -> None:
        super().__init__(message, **facts)


class Aborted(ApiError):
    """409: a conflict, e.g. "Label name exists or conflicts"."""

    status = 409
    reason = "aborted"
    status_name = "ABORTED"


class PayloadTooLarge(ApiError):
    """413: media above the operation's limit."""

    status = 413
    reason = "uploadTooLarge"
    status_name = ""

    def __init__(self, message: str = "Request Entity Too Large") -> None:
        super().__init__(message)


class ResourceExhausted(ApiError):
    """429 without ``Retry-After``: a burst."""

    status = 429
    reason = "rateLimitExceeded"
    status_name = "RESOURCE_EXHAUSTED"

    def __init__(self, message: str = "Resource has been exhausted (e.g. check quota).", **facts: Any) -> None:
        super().__init__(message, **facts)


class TooManyConcurrentRequests(ResourceExhausted):
    """429: parallel calls of one user, batch parts included."""

    cause = "concurrency"

    def __init__(self) -> None:
        super().__init__("Too many concurrent requests for user.")


class UserRateExceeded(ResourceExhausted):
    """The per-user rate, sending limit or bandwidth. ``retry_after`` is RFC 3339 in UTC with milliseconds and Z.

    Seen as 429 in domain ``global`` and as 403 in ``usageLimits``; ``code`` chooses.
    """

    def __init__(self, retry_after: str, code: int = 429) -> None:
        is_403 = code == 403
        super().__init__(
            f"User-rate limit exceeded.  Retry after {retry_after}",
            code=code,
            reason="userRateLimitExceeded" if is_403 else "rateLimitExceeded",
            domain="usageLimits" if is_403 else "global",
            status_name="PERMISSION_DENIED" if is_403 else "RESOURCE_EXHAUSTED",
        )


class QuotaExceeded(ApiError):
    """The quota of a minute is spent. For Gmail a 403, not a 429, and without ``details``."""

    status = 403
    reason = "rateLimitExceeded"
    domain = "usageLimits"
    status_name = "PERMISSION_DENIED"
    cause = "quota_exceeded"

    def __init__(
        self,
        service: str,
        project_number: int | str,
        metric: str = "Total Query Cost",
        limit: str = "Units per minute per user",
        **facts: Any,
    ) -> None:
        super().__init__(
            f"Quota exceeded for quota metric '{metric}' and limit '{limit}' of service '{service}' "
            f"for consumer 'project_number:{project_number}'.",
            **facts,
        )


class LegacyLimitExceeded(ApiError):
    """The older quota bodies, without ``status``, that programs still handle. ``reason`` chooses the text."""

    status = 403
    domain = "usageLimits"
    status_name = ""

    def __init__(self, reason: str) -> None:
        super().__init__(_LEGACY_LIMITS[reason], reason=reason)


_LEGACY_LIMITS = {
    "dailyLimitExceeded": "Daily Limit Exceeded",
    "userRateLimitExceeded": "User Rate Limit Exceeded",
    "rateLimitExceeded": "Rate Limit Exceeded",
}


class BackendError(ApiError):
    """5xx: nothing the caller did. ``code`` is 500, 502, 503 or 504."""

    status = 500
    reason = "backendError"
    status_name = "INTERNAL"

    def __init__(self, code: int = 500, message: str = "") -> None:
        text, status_name = _BACKEND.get(code, ("Backend Error", "INTERNAL"))
        super().__init__(message or text, code=code, status_name=status_name)


_BACKEND = {
    500: ("Internal error encountered.", "INTERNAL"),
    502: ("Backend Error", "UNAVAILABLE"),
    503: ("The service is currently unavailable.", "UNAVAILABLE"),
    504: ("Deadline expired before operation could complete.", "DEADLINE_EXCEEDED"),
}


def failure(status: int, message: str = "") -> ApiError:
    """An error of ``status`` that has no cause in the model (an injected fault): what that status usually says."""
    if status >= 500:
        return BackendError(status, message)
    text, reason, status_name = _FAILURES.get(status, _FAILURES[400])
    return ApiError(message or text, code=status, reason=reason, status_name=status_name)


_FAILURES = {
    400: ("Bad Request", "badRequest", "INVALID_ARGUMENT"),
    401: ("Invalid Credentials", "authError", "UNAUTHENTICATED"),
    403: ("The caller does not have permission", "forbidden", "PERMISSION_DENIED"),
    404: ("Requested entity was not found.", "notFound", "NOT_FOUND"),
    409: ("The operation was aborted.", "aborted", "ABORTED"),
    413: ("Request Entity Too Large", "uploadTooLarge", ""),
    429: ("Resource has been exhausted (e.g. check quota).", "rateLimitExceeded", "RESOURCE_EXHAUSTED"),
}


def error_info(reason: str, metadata: Mapping[str, str]) -> dict[str, Any]:
    """A ``google.rpc.ErrorInfo`` of the platform for ``details``."""
    return {
        "@type": "type.googleapis.com/google.rpc.ErrorInfo",
        "reason": reason,
        "domain": "googleapis.com",
        "metadata": dict(metadata),
    }


@contextmanager
def presented(call: Call) -> Iterator[None]:
    """Give an ``ApiError`` that leaves this block the form ``call`` asks for (``$.xgafv``, ``callback``)."""
    try:
        yield
    except ApiError as error:
        error.presentation = Presentation.of(call)
        raise
