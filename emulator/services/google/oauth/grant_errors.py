"""What the token endpoint answers where a person, an administrator or a key stands in the way, letter for letter.

Device answers: "OAuth 2.0 for TV and Limited-Input Device Applications". Service accounts: texts as recorded by
long-lived clients; statuses by RFC 6749 where no record shows one.
"""

from __future__ import annotations

from .errors import InvalidGrant, OAuthError

__all__ = [
    "AccessDenied",
    "AdminPolicyEnforced",
    "AuthorizationPending",
    "DeviceCodeExpired",
    "DeviceRefused",
    "InvalidAssertionScope",
    "InvalidClientType",
    "InvalidDeviceScope",
    "InvalidImpersonation",
    "OrgInternal",
    "ReauthenticationNeeded",
    "SlowDown",
    "UnauthorizedServiceAccount",
]


class AdminPolicyEnforced(OAuthError):
    """The administrators of the account's organization block the client, or keep the service to trusted ones."""

    error = "admin_policy_enforced"
    description = "Access to your account data is restricted by policies within your organization."


class ReauthenticationNeeded(InvalidGrant):
    """The session length of the organization is over: the user has to sign in again."""

    cause = "session_expired"

    def __init__(self) -> None:
        super().__init__(
            "reauth related error (invalid_rapt)",
            error_uri="https://support.google.com/a/answer/9368756",
            error_subtype="invalid_rapt",
        )


class AuthorizationPending(OAuthError):
    """Nobody has answered the device's page yet."""

    status, error, description = 428, "authorization_pending", "Precondition Required"


class SlowDown(OAuthError):
    """Two polls lie closer together than the interval."""

    status, error, description = 403, "slow_down", "Forbidden"


class DeviceRefused(OAuthError):
    """The person refused the device."""

    status, error, description, cause = 403, "access_denied", "Forbidden", "consent_refused"


class OrgInternal(OAuthError):
    """The account does not belong to the organization of an internal project."""

    status, error, description, cause = 403, "org_internal", "Forbidden", "org_internal"


class DeviceCodeExpired(OAuthError):
    """The half hour of a device code is over."""

    error, cause = "expired_token", "device_code_expired"


class InvalidClientType(OAuthError):
    """The client may not use this grant, such as a web client asking for a device code."""

    status, error, description, cause = 401, "invalid_client", "Invalid client type.", "client_type"


class InvalidDeviceScope(OAuthError):
    """Devices may not ask for this scope; Gmail's are among those."""

    error, cause = "invalid_scope", "device_scope"

    def __init__(self, scope: str) -> None:
        super().__init__(f"Invalid device flow scope: {scope}")


class UnauthorizedServiceAccount(OAuthError):
    """No delegation, or not for every scope asked for."""

    status, error, cause = 401, "unauthorized_client", "delegation_missing"
    description = (
        "Client is unauthorized to retrieve access tokens using this method, "
        "or client not authorized for any of the scopes requested."
    )


class AccessDenied(OAuthError):
    """A service account may not act for this account."""

    status, error = 403, "access_denied"


class InvalidAssertionScope(OAuthError):
    """An assertion names neither a scope that exists nor an audience for an ID token."""

    error, cause = "invalid_scope", "scope_unknown"
    description = "Invalid OAuth scope or ID token audience provided."


class InvalidImpersonation(OAuthError):
    """``sub`` is no address."""

    cause = "sub_malformed"
    description = "Invalid impersonation &quot;sub&quot; field."
