"""What Google's front end refuses before an API is asked.

ApiError
    MissingCredentials     401  nobody signed the request
        ApiKeyRefused      401  an API key where a token is needed
    InvalidCredentials     401  a token nobody should use: expired, revoked or garbage
    UnregisteredCaller     403  neither key nor token, where a key would do (YouTube)
    InvalidApiKey          400
    InsufficientScope      403  the token lacks every scope the method accepts
    ApiDisabled            403  the OAuth client's project has not enabled the API
    RequiredParameter      400
    OutOfRange             400  a number beyond the declared bounds
    InvalidFieldSelection  400  ``fields`` names something the response has not
    TranscodingError       400  what does not fit the request message, one line per violation
UnroutedPath               404  an HTML page: no such path, or another verb

The checks come in this order: credential, API enabled, scope, parameters. Texts are those of recorded replies (sheets
"How API calls fail" and "Error catalogue"); those of ``TranscodingError`` come from the JSON transcoder of protobuf.
"""

from __future__ import annotations

import html
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from ...kernel.http import Headers
from ...kernel.service import WireError
from .envelope import FRONT_END_HEADERS
from .errors import ApiError, error_info

__all__ = [
    "ApiDisabled",
    "ApiKeyRefused",
    "InsufficientScope",
    "InvalidApiKey",
    "InvalidCredentials",
    "InvalidFieldSelection",
    "MissingCredentials",
    "OutOfRange",
    "RequiredParameter",
    "TranscodingError",
    "UnregisteredCaller",
    "UnroutedPath",
    "Violation",
]

_REALM = 'Bearer realm="https://accounts.google.com/"'

_EXPECTED = (
    "Expected OAuth 2 access token, login cookie or other valid authentication credential. "
    "See https://developers.google.com/identity/sign-in/web/devconsole-project."
)


class _Unauthenticated(ApiError):
    """401 about the ``Authorization`` header."""

    status = 401
    status_name = "UNAUTHENTICATED"

    def __init__(self, message: str, summary: str, detail: dict[str, Any], challenge: str, cause: str) -> None:
        super().__init__(
            message,
            summary=summary,
            location="Authorization",
            location_type="header",
            details=(detail,),
            headers=(("WWW-Authenticate", challenge),),
            cause=cause,
        )


class MissingCredentials(_Unauthenticated):
    """401 without any credential. ``service`` is "gmail.googleapis.com", ``method`` the RPC's full name."""

    reason = "required"

    def __init__(
        self,
        service: str,
        method: str,
        message: str = f"Request is missing required authentication credential. {_EXPECTED}",
        cause: str = "token_missing",
    ) -> None:
        detail = error_info("CREDENTIALS_MISSING", {"method": method, "service": service})
        super().__init__(message, "Login Required.", detail, _REALM, cause)


class ApiKeyRefused(MissingCredentials):
    """401: ``key=`` alone, at an API or method that acts for a user."""

    def __init__(self, service: str, method: str) -> None:
        super().__init__(
            service,
            method,
            "API keys are not supported by this API. Expected OAuth2 access token or other authentication credentials "
            "that assert a principal. See https://cloud.google.com/docs/authentication",
            "api_key_refused",
        )


class InvalidCredentials(_Unauthenticated):
    """401 of a token that came but does not count.

    ``cause`` is "token_expired", "token_revoked" or "token_unknown". The last is what no authorization server ever
    wrote and draws ``ACCESS_TOKEN_TYPE_UNSUPPORTED``; the others draw ``ACCESS_TOKEN_EXPIRED``.
    """

    reason = "authError"

    def __init__(self, service: str, method: str, cause: str = "token_expired") -> None:
        reason = "ACCESS_TOKEN_TYPE_UNSUPPORTED" if cause == "token_unknown" else "ACCESS_TOKEN_EXPIRED"
        super().__init__(
            f"Request had invalid authentication credentials. {_EXPECTED}",
            "Invalid Credentials",
            error_info(reason, {"method": method, "service": service}),
            f'{_REALM}, error="invalid_token"',
            cause,
        )


class UnregisteredCaller(ApiError):
    """403: neither key nor token, at an API that takes keys."""

    status = 403
    reason = "forbidden"
    status_name = "PERMISSION_DENIED"

    def __init__(self) -> None:
        super().__init__(
            "Method doesn't allow unregistered callers (callers without established identity). Please use API Key or "
            "other form of API consumer identity to call this API.",
            cause="token_missing",
        )


class InvalidApiKey(ApiError):
    """400: the key is not one of the project's."""

    reason = "badRequest"

    def __init__(self, service: str) -> None:
        message = "API key not valid. Please pass a valid API key."
        super().__init__(
            message,
            details=(error_info("API_KEY_INVALID", {"service": service}), _localized(message)),
            cause="api_key_invalid",
        )


class InsufficientScope(ApiError):
    """403: the token carries none of ``scopes``, any one of which would do."""

    status = 403
    reason = "insufficientPermissions"
    status_name = "PERMISSION_DENIED"

    def __init__(self, service: str, method: str, scopes: Iterable[str]) -> None:
        challenge = f'{_REALM}, error="insufficient_scope", scope="{" ".join(scopes)}"'
        super().__init__(
            "Request had insufficient authentication scopes.",
            summary="Insufficient Permission",
            details=(error_info("ACCESS_TOKEN_SCOPE_INSUFFICIENT", {"service": service, "method": method}),),
            headers=(("WWW-Authenticate", challenge),),
            cause="scope_missing",
        )


class ApiDisabled(ApiError):
    """403: the project of the OAuth client (not of the user) has not enabled ``service``, whose ``title`` is shown.

    ``brief`` gives the two ``details`` recorded of YouTube, ``Help`` first, instead of Gmail's three.
    """

    status = 403
    reason = "accessNotConfigured"
    domain = "usageLimits"
    status_name = "PERMISSION_DENIED"

    def __init__(self, title: str, service: str, project_number: int | str, *, brief: bool = False) -> None:
        url = f"https://console.developers.google.com/apis/api/{service}/overview?project={project_number}"
        message = (
            f"{title} has not been used in project {project_number} before or it is disabled. Enable it by visiting "
            f"{url} then retry. If you enabled this API recently, wait a few minutes for the action to propagate to "
            "our systems and retry."
        )
        links = [{"description": "Google developers console API activation", "url": url}]
        console_help = {"@type": "type.googleapis.com/google.rpc.Help", "links": links}
        consumer = {"consumer": f"projects/{project_number}", "service": service}
        console = {"serviceTitle": title, "containerInfo": str(project_number), "activationUrl": url}
        full = (error_info("SERVICE_DISABLED", consumer | console), _localized(message), console_help)
        super().__init__(
            message,
            extended_help="https://console.developers.google.com",
            details=(console_help, error_info("SERVICE_DISABLED", consumer)) if brief else full,
            cause="api_disabled",
        )


class RequiredParameter(ApiError):
    """400: a required query parameter is absent. Recorded without ``status``."""

    reason = "required"
    status_name = ""

    def __init__(self, name: str) -> None:
        super().__init__(f"Required parameter: {name}", location=name, cause="parameter_missing")


class OutOfRange(ApiError):
    """400: a number outside the bounds of its parameter. Recorded without ``status``."""

    reason = "invalidParameter"
    status_name = ""

    def __init__(self, name: str, value: int, minimum: int, maximum: int) -> None:
        message = f"Invalid value '{value}'. Values must be within the range: [{minimum}, {maximum}]"
        super().__init__(message, location=name, cause="parameter_out_of_range")


class InvalidFieldSelection(ApiError):
    """400: ``fields`` names ``path``, which the response does not have, or cannot be parsed."""

    reason = "invalidParameter"

    def __init__(self, name: str, path: str = "") -> None:
        where = path or name
        description = f"Error expanding 'fields' parameter. Cannot find matching fields for path '{where}'."
        super().__init__(
            f"Invalid field selection {name}",
            location="fields",
            details=(_bad_request([Violation(description, where)]),),
            cause="invalid_fields",
        )


@dataclass(frozen=True, slots=True)
class Violation:
    """One way a request does not fit its message; ``field`` is a proto path ("message.raw"), empty at the root."""

    description: str
    field: str = ""

    @classmethod
    def invalid_value(cls, field: str, kind: str, value: str) -> Violation:
        """A value of the wrong type. ``kind`` is the proto kind ("TYPE_UINT32"); ``value`` is shown as it is."""
        return cls(f"Invalid value at '{field}' ({kind}), {value}", field)

    @classmethod
    def unknown_query(cls, name: str) -> Violation:
        """A query parameter the request message has no field for."""
        return cls(
            f'Invalid JSON payload received. Unknown name "{name}": Cannot bind query parameter. '
            f"Field '{name}' could not be found in request message."
        )

    @classmethod
    def unknown_name(cls, name: str, field: str, why: str = "Cannot find field.") -> Violation:
        """A JSON name that cannot be bound inside ``field``."""
        place = f" at '{field}'" if field else ""
        return cls(f'Invalid JSON payload received. Unknown name "{name}"{place}: {why}', field)

    @classmethod
    def malformed(cls, complaint: str) -> Violation:
        """A body that is not JSON."""
        return cls(f"Invalid JSON payload received. {complaint}")


class TranscodingError(ApiError):
    """400 of the JSON transcoder: reason ``invalid``, no ``domain``; message and ``details`` hold every violation."""

    reason = "invalid"
    domain = ""

    def __init__(self, *violations: Violation) -> None:
        super().__init__(
            "\n".join(violation.description for violation in violations),
            details=(_bad_request(violations),),
            cause="malformed_request",
        )
        self.violations = violations


class UnroutedPath(WireError):
    """404 as the front end answers a path it does not know, or knows for other verbs only: HTML, not JSON."""

    status = 404

    def __init__(self, path: str, *, wrong_verb: bool = False) -> None:
        super().__init__(path, cause="wrong_verb" if wrong_verb else "unknown_path")
        self.path = path

    def headers(self) -> Headers:
        """Header lines of the page."""
        return Headers((("Content-Type", "text/html; charset=UTF-8"), *FRONT_END_HEADERS))

    def body(self) -> bytes:
        """The page. It names the path and nothing else."""
        page = (
            '<!DOCTYPE html>\n<html lang="en">\n<meta charset="utf-8">\n'
            "<title>Error 404 (Not Found)</title>\n"
            f"<p><b>404.</b> No such address here: <code>{html.escape(self.path)}</code>\n"
        )
        return page.encode("utf-8", "replace")


def _bad_request(violations: Iterable[Violation]) -> dict[str, Any]:
    listed = [
        {"field": each.field, "description": each.description} if each.field else {"description": each.description}
        for each in violations
    ]
    return {"@type": "type.googleapis.com/google.rpc.BadRequest", "fieldViolations": listed}


def _localized(message: str) -> dict[str, str]:
    return {"@type": "type.googleapis.com/google.rpc.LocalizedMessage", "locale": "en-US", "message": message}
