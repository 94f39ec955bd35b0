"""Errors of the Apify API: ``{"error": {"type", "message"}}``.

Types are those of the vendor's OpenAPI document; wording as pasted from real answers where there is one, otherwise
after the pattern of its neighbours (each class says which).

ApifyError
    InvalidRequest, InvalidValue, InvalidInput, InvalidRecordKey, SchemaViolation,                 400
    UnsupportedContentEncoding, RunningRun
    TokenNotProvided, TokenInvalid                                                                 401
    UsageExceeded, MemoryExceeded                                                                  402
    MonthlyLimitExceeded, InsufficientPermissions, InvalidSignature, JobFinished                   403
    NotFound, ActorNotFound, PageNotFound                                                          404
    MethodNotAllowed, CannotCharge                                                                 405
    TooLarge                                                                                       413
    RateLimitExceeded                                                                              429
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from ...kernel.http import Headers, Reply
from ...kernel.service import WireError

__all__ = [
    "ActorNotFound",
    "ApifyError",
    "CannotCharge",
    "InsufficientPermissions",
    "InvalidInput",
    "InvalidRecordKey",
    "InvalidRequest",
    "InvalidSignature",
    "InvalidValue",
    "JobFinished",
    "MemoryExceeded",
    "MethodNotAllowed",
    "MonthlyLimitExceeded",
    "NotFound",
    "PageNotFound",
    "RateLimitExceeded",
    "RunningRun",
    "SchemaViolation",
    "TokenInvalid",
    "TokenNotProvided",
    "TooLarge",
    "UnsupportedContentEncoding",
    "UsageExceeded",
    "error_reply",
]


def error_reply(status: int, kind: str, message: str, data: Any = None, headers: Headers | None = None) -> Reply:
    """The error object as a reply; ``data`` is left out where there is none."""
    detail = {} if data is None else {"data": data}
    return Reply.json({"error": {"type": kind, "message": message, **detail}}, status, headers or ())


class ApifyError(WireError):
    """An error of the API. ``type`` is the vendor's machine word and serves as the journal's cause."""

    status = 400
    type = "invalid-request"
    text = ""

    def __init__(self, message: str = "", *, data: Any = None, cause: str = "") -> None:
        super().__init__(message or self.text, cause=cause or self.cause or self.type.replace("-", "_"))
        self.data = data

    def reply(self) -> Reply:
        """The error object."""
        return error_reply(self.status, self.type, str(self), self.data)


class InvalidRequest(ApifyError):
    """The request itself is wrong: a body that is no object, a missing header."""


class InvalidValue(ApifyError):
    """A parameter or member outside its range."""

    type = "invalid-value"

    def __init__(self, problem: str) -> None:
        super().__init__(f"Invalid value provided: {problem}")


class InvalidInput(ApifyError):
    """The input of a run does not fit the Actor's input schema, or is none at all."""

    type = "invalid-input"


class InvalidRecordKey(ApifyError):
    """A record key with a character outside ``a-zA-Z0-9!-_.'()``."""

    type, text = "invalid-record-key", "Record key contains invalid character"


class SchemaViolation(ApifyError):
    """Items that do not fit the dataset's schema; nothing of the push was stored."""

    type, text = "schema-validation-error", "Schema validation failed"


class UnsupportedContentEncoding(ApifyError):
    """A body in an encoding other than gzip, deflate, br or identity."""

    type = "unsupported-content-encoding"


class TokenNotProvided(ApifyError):
    """Neither header nor query carries a token."""

    status, type, text = 401, "token-not-provided", "Authentication token was not provided"


class TokenInvalid(ApifyError):
    """The token belongs to nobody."""

    status, type = 401, "user-or-token-not-found"
    text = "User was not found or authentication token is not valid"


class UsageExceeded(ApifyError):
    """The account cannot pay for the job."""

    status, type = 402, "not-enough-usage-to-run-paid-actor"

    def __init__(self, remaining_usd: float) -> None:
        super().__init__(
            f"By launching this job you will exceed your remaining usage of ${remaining_usd:g}. "
            "Consider upgrading to a paid plan at https://console.apify.com/billing"
        )


class MemoryExceeded(ApifyError):
    """All runs of the account together would need more memory than its plan has."""

    status, type = 402, "actor-memory-limit-exceeded"

    def __init__(self, limit_mbytes: int) -> None:
        super().__init__(
            f"By launching this job you will exceed the memory limit of {limit_mbytes}MB for all your Actor runs "
            "and builds"
        )


class MonthlyLimitExceeded(ApifyError):
    """The account reached its monthly cap; 403, not 402."""

    status, type, text = 403, "platform-feature-disabled", "Monthly usage hard limit exceeded"


class InsufficientPermissions(ApifyError):
    """The token may not do this."""

    status, type = 403, "insufficient-permissions"
    text = "You do not have permission to perform this action."


class InvalidSignature(ApifyError):
    """The signature of a public URL does not fit, or its time is over. Wording by pattern."""

    status, type, text = 403, "invalid-signature", "Invalid signature"


class JobFinished(ApifyError):
    """The run is over."""

    status, type, text = 403, "job-finished", "Actor job is already finished."


class RunningRun(ApifyError):
    """A run that still goes cannot be deleted."""

    type = "cannot-remove-running-run"
    text = "It is not possible to delete a run that has not finished yet."


class NotFound(ApifyError):
    """Nothing of that id or name; ``noun`` as the vendor spells it ("Actor run", "Key-value Store")."""

    status, type = 404, "record-not-found"

    def __init__(self, noun: str) -> None:
        super().__init__(f"{noun} was not found")


class ActorNotFound(ApifyError):
    """No such Actor, or none the token may see."""

    status, type, text = 404, "record-or-token-not-found", "Actor was not found"


class PageNotFound(ApifyError):
    """The API has no such path. Wording by pattern."""

    status, type = 404, "page-not-found"
    text = "We have bad news: there is no API endpoint at this URL."


class MethodNotAllowed(ApifyError):
    """The path exists for other methods."""

    status, type = 405, "method-not-allowed"

    def __init__(self, allowed: Iterable[str]) -> None:
        listed = ", ".join(sorted({"OPTIONS", *allowed}))
        super().__init__(f"This API endpoint can only be accessed using the following HTTP methods: {listed}")


class CannotCharge(ApifyError):
    """A charge that no pricing allows."""

    status = 405

    @classmethod
    def unpaid(cls) -> CannotCharge:
        """The Actor is not paid per event."""
        error = cls("You cannot charge events for an Actor that is not paid per event.")
        error.type = error.cause = "cannot-charge-non-pay-per-event-actor"
        return error

    @classmethod
    def system_event(cls, event: str) -> CannotCharge:
        """Events named ``apify-`` are charged by the platform."""
        error = cls(f'Event "{event}" is system event and cannot be charged.')
        error.type = error.cause = "cannot-charge-apify-event"
        return error


class TooLarge(ApifyError):
    """A body beyond the limit. Wording by pattern."""

    status, type = 413, "request-too-large"

    def __init__(self, limit: int) -> None:
        super().__init__(f"Maximum allowed request size is {limit} bytes.")


class RateLimitExceeded(ApifyError):
    """More calls in one second than the resource takes."""

    status, type = 429, "rate-limit-exceeded"

    def __init__(self, limit: int) -> None:
        super().__init__(f"You have exceeded the rate limit of {limit} requests per second")
        self.limit = limit

    def reply(self) -> Reply:
        """The error object, with the limit in ``X-RateLimit-Limit``."""
        headers = Headers([("X-RateLimit-Limit", str(self.limit))])
        return error_reply(self.status, self.type, str(self), headers=headers)
