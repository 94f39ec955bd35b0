"""What the Scalekit API refuses, independent of whether it says so over gRPC or REST.

Codes and ``error_code`` values follow the annotations of the vendor's protocol files and its error documentation; where
neither states a text, ours names the thing that is wrong. See docs/decisions.md.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import IntEnum

__all__ = [
    "AccountExists",
    "AccountInactive",
    "AccountNotFound",
    "AuthRequestNotFound",
    "Code",
    "ConnectionNotFound",
    "IdentifierMismatch",
    "InvalidArgument",
    "MalformedMessage",
    "NotImplementedHere",
    "Refusal",
    "ToolError",
    "ToolFailure",
    "ToolNotFound",
    "Unauthenticated",
    "Violation",
    "WrongProvider",
    "code_of_status",
    "violated",
]

NOT_FOUND = "RESOURCE_NOT_FOUND"


class Code(IntEnum):
    """Status codes of gRPC."""

    OK = 0
    CANCELLED = 1
    UNKNOWN = 2
    INVALID_ARGUMENT = 3
    DEADLINE_EXCEEDED = 4
    NOT_FOUND = 5
    ALREADY_EXISTS = 6
    PERMISSION_DENIED = 7
    RESOURCE_EXHAUSTED = 8
    FAILED_PRECONDITION = 9
    ABORTED = 10
    OUT_OF_RANGE = 11
    UNIMPLEMENTED = 12
    INTERNAL = 13
    UNAVAILABLE = 14
    DATA_LOSS = 15
    UNAUTHENTICATED = 16

    @property
    def http_status(self) -> int:
        """The HTTP status the REST gateway gives for the code."""
        return _HTTP[self]


_HTTP = {
    **dict.fromkeys((Code.INVALID_ARGUMENT, Code.FAILED_PRECONDITION, Code.OUT_OF_RANGE), 400),
    **dict.fromkeys((Code.ALREADY_EXISTS, Code.ABORTED), 409),
    **dict.fromkeys((Code.UNKNOWN, Code.INTERNAL, Code.DATA_LOSS), 500),
    Code.OK: 200,
    Code.CANCELLED: 499,
    Code.DEADLINE_EXCEEDED: 504,
    Code.NOT_FOUND: 404,
    Code.PERMISSION_DENIED: 403,
    Code.RESOURCE_EXHAUSTED: 429,
    Code.UNIMPLEMENTED: 501,
    Code.UNAVAILABLE: 503,
    Code.UNAUTHENTICATED: 401,
}
_OF_STATUS = {
    400: Code.INVALID_ARGUMENT,
    401: Code.UNAUTHENTICATED,
    403: Code.PERMISSION_DENIED,
    404: Code.NOT_FOUND,
    409: Code.ALREADY_EXISTS,
    429: Code.RESOURCE_EXHAUSTED,
    499: Code.CANCELLED,
    501: Code.UNIMPLEMENTED,
    502: Code.UNAVAILABLE,
    503: Code.UNAVAILABLE,
    504: Code.DEADLINE_EXCEEDED,
}


def code_of_status(status: int) -> Code:
    """The code that stands for an HTTP status."""
    return _OF_STATUS.get(status, Code.INTERNAL if status >= 500 else Code.INVALID_ARGUMENT)


@dataclass(frozen=True, slots=True)
class Violation:
    """One field that breaks a rule: ``constraint`` is the rule's id ("string.max_len")."""

    field: str
    description: str
    constraint: str


@dataclass(frozen=True, slots=True)
class ToolFailure:
    """What is told about a tool that failed at its provider. ``message`` is often the provider's own text."""

    execution_id: str
    message: str
    code: str


class Refusal(Exception):
    """A call that is refused. ``cause`` is the journal's word for why.

    ``keeps`` tells that what the call changed before stays changed: a refused tool call has refreshed a token.
    """

    code: Code = Code.INTERNAL
    error_code: str = "INTERNAL_ERROR"
    cause: str = ""
    keeps: bool = False
    violations: tuple[Violation, ...] = ()
    tool: ToolFailure | None = None

    @property
    def message(self) -> str:
        """The text the client is given."""
        return str(self.args[0])


class Unauthenticated(Refusal):
    """No bearer token, or one that is not valid."""

    code, error_code = Code.UNAUTHENTICATED, "UNAUTHENTICATED"

    def __init__(self, *, empty: bool) -> None:
        super().__init__("Token empty" if empty else "Token invalid or expired")
        self.cause = "token_missing" if empty else "token_invalid"


class InvalidArgument(Refusal):
    """Fields that break the rules of the message, told one by one."""

    code, error_code, cause = Code.INVALID_ARGUMENT, "INVALID_ARGUMENT", "invalid_argument"

    def __init__(self, *violations: Violation) -> None:
        told = ", ".join(
            f'{each.field} "{each.description}"' if each.field else each.description for each in violations
        )
        super().__init__(f"Validation error: {told}")
        self.violations = violations


class MalformedMessage(Refusal):
    """Bytes that are no message, or no frame, of the method. Texts are those of grpc-go."""

    error_code, cause = "INTERNAL_ERROR", "malformed_message"

    def __init__(self, text: str, code: Code = Code.INTERNAL) -> None:
        super().__init__(text)
        self.code = code


class NotImplementedHere(Refusal):
    """A method the vendor has and this emulator has not, or one that nobody has."""

    code, error_code, cause = Code.UNIMPLEMENTED, "UNIMPLEMENTED", "not_emulated"


class ConnectionNotFound(Refusal):
    """No connection of that name."""

    code, error_code, cause = Code.NOT_FOUND, NOT_FOUND, "connection_unknown"

    def __init__(self, name: str) -> None:
        super().__init__(f"connection not found: {name}")


class AccountNotFound(Refusal):
    """No such connected account."""

    code, error_code, cause = Code.NOT_FOUND, NOT_FOUND, "account_unknown"

    def __init__(self) -> None:
        super().__init__("connected account not found")


class AccountExists(Refusal):
    """The connection has an account of that identifier already."""

    code, error_code, cause = Code.ALREADY_EXISTS, "ALREADY_EXISTS", "account_exists"

    def __init__(self) -> None:
        super().__init__("connected account already exists")


class AccountInactive(Refusal):
    """A tool call for an account nobody authorized, or that was disconnected."""

    code, error_code, cause = Code.FAILED_PRECONDITION, "FAILED_PRECONDITION", "account_inactive"

    def __init__(self, status: str) -> None:
        super().__init__(f"connected account is not active, status: {status}")


class AuthRequestNotFound(Refusal):
    """No flow waits for verification under that id: it was forged, is too old, or was verified."""

    code, error_code, cause = Code.NOT_FOUND, NOT_FOUND, "auth_request_unknown"

    def __init__(self) -> None:
        super().__init__("auth request not found or already consumed")


class IdentifierMismatch(Refusal):
    """The user who finished the flow is not the one who began it."""

    code, error_code, cause = Code.PERMISSION_DENIED, "PERMISSION_DENIED", "identifier_mismatch"

    def __init__(self) -> None:
        super().__init__("identifier does not match the connected account")


class ToolNotFound(Refusal):
    """No tool of that name."""

    code, error_code, cause = Code.NOT_FOUND, NOT_FOUND, "tool_unknown"

    def __init__(self, name: str) -> None:
        super().__init__(f"tool not found: {name}")


class WrongProvider(Refusal):
    """A tool of one provider called with an account at another."""

    code, error_code, cause = Code.INVALID_ARGUMENT, "INVALID_ARGUMENT", "wrong_provider"

    def __init__(self, tool: str, wanted: str, found: str) -> None:
        super().__init__(f"tool {tool} belongs to {wanted}, the connected account to {found}")


_TOOL_TEXTS = {
    Code.UNAUTHENTICATED: "tool execution failed - unauthorized access",
    Code.PERMISSION_DENIED: "tool execution failed - forbidden access",
    Code.RESOURCE_EXHAUSTED: "tool execution failed - rate limit exceeded",
}


class ToolError(Refusal):
    """A tool that failed at its provider; what happened on the way there stays."""

    error_code, cause, keeps = "TOOL_ERROR", "tool_failed", True

    def __init__(self, code: Code, failure: ToolFailure) -> None:
        super().__init__(_TOOL_TEXTS.get(code, "tool execution failed"))
        self.code = code
        self.tool = failure


def violated(violations: Iterable[Violation]) -> None:
    """Raises ``InvalidArgument`` where there is any."""
    if found := tuple(violations):
        raise InvalidArgument(*found)
