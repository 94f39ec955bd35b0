"""Errors of Google's OAuth endpoints, letter for letter.

The token endpoint answers RFC 6749 objects; statuses and descriptions are those observed from the real endpoint
(each class names its case). Refused authorizations are pages, not these.
"""

from __future__ import annotations

from ....kernel.http import Headers
from ....kernel.service import WireError
from .wire import TOKEN_HEADERS, token_json

__all__ = [
    "ClientDeleted",
    "ClientIdMissing",
    "ClientNotFound",
    "ClientSecretMissing",
    "ClientSecretWrong",
    "EmptyBasicCredentials",
    "InvalidGrant",
    "InvalidScope",
    "InvalidToken",
    "MissingParameter",
    "OAuthError",
    "PolicyEnforced",
    "RedirectUriMismatch",
    "TokenOfAnotherClient",
    "UnsupportedGrantType",
]


class OAuthError(WireError):
    """An RFC 6749 error object: ``error``, optional ``error_description`` and further members."""

    status = 400
    error = "invalid_request"
    description: str | None = "Bad Request"

    def __init__(self, description: str | None = None, *, cause: str = "", **members: str) -> None:
        if description is not None:
            self.description = description
        super().__init__(f"{self.error}: {self.description}", cause=cause or self.cause or self.error)
        self.members = members

    def headers(self) -> Headers:
        """The token endpoint's own header lines, the same for success and error."""
        return TOKEN_HEADERS

    def body(self) -> bytes:
        """The error object, pretty-printed as Google does."""
        described = {} if self.description is None else {"error_description": self.description}
        return token_json({"error": self.error, **described, **self.members})


class UnsupportedGrantType(OAuthError):
    """No handler for the grant type; a body that could not be read counts as an empty one."""

    error = "unsupported_grant_type"

    def __init__(self, grant_type: str) -> None:
        super().__init__(f"Invalid grant_type: {grant_type}")


class MissingParameter(OAuthError):
    """A parameter the grant cannot do without is absent or empty."""

    def __init__(self, name: str) -> None:
        super().__init__(f"Missing required parameter: {name}", cause="parameter_missing")


class ClientIdMissing(OAuthError):
    """Neither the body nor the Authorization header names a client."""

    description = "Could not determine client ID from request."
    cause = "client_id_missing"


class EmptyBasicCredentials(OAuthError):
    """``Authorization: Basic`` with nothing decodable in it."""

    cause = "client_id_missing"


class ClientNotFound(OAuthError):
    """No client of that id in any project."""

    status, error, description, cause = 401, "invalid_client", "The OAuth client was not found.", "client_unknown"


class ClientDeleted(OAuthError):
    """The client was deleted in the Cloud console."""

    status, error, description, cause = 401, "deleted_client", "The OAuth client was deleted.", "client_deleted"


class ClientSecretMissing(OAuthError):
    """Desktop and web clients authenticate with a secret."""

    description, cause = "client_secret is missing.", "client_secret_missing"


class ClientSecretWrong(OAuthError):
    """The secret is none of the client's."""

    status, error, description, cause = 401, "invalid_client", "Unauthorized", "client_secret_wrong"


class TokenOfAnotherClient(OAuthError):
    """The refresh token was issued to another client."""

    status, error, description, cause = 401, "unauthorized_client", "Unauthorized", "token_of_another_client"


class InvalidGrant(OAuthError):
    """The code or refresh token does not stand for a living grant."""

    error = "invalid_grant"


class RedirectUriMismatch(OAuthError):
    """The redirect URI of the exchange is not the one the code was asked for with."""

    error, cause = "redirect_uri_mismatch", "redirect_uri_mismatch"


class PolicyEnforced(OAuthError):
    """Advanced Protection keeps the data of the account from third parties; signing in with it stays possible."""

    error, cause = "policy_enforced", "advanced_protection"


class InvalidScope(OAuthError):
    """Scopes that are none, or that the grant does not hold."""

    error = "invalid_scope"

    @classmethod
    def unknown(cls, names: list[str]) -> InvalidScope:
        """Strings that are no scopes at all."""
        return cls(
            f"Some requested scopes were invalid. {{invalid=[{', '.join(names)}]}}",
            cause="scope_unknown",
            error_uri="https://developers.google.com/identity/protocols/oauth2",
        )


class InvalidToken(OAuthError):
    """``/revoke`` and ``/tokeninfo`` were given a token that is dead or none."""

    error = "invalid_token"
