"""Facts about the providers a connection can lead to: where they authorize, and where their APIs are.

Scalekit's keys for them are upper case. Google's are spelled out; every other name is played by the generic OAuth
provider of this emulator, at a host of the reserved domain ``.test``.
"""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["CONNECTION_TYPES", "STATIC_TYPES", "Provider", "provider_of"]

GOOGLE = frozenset(
    (
        *("GMAIL", "YOUTUBE", "GOOGLECALENDAR", "GOOGLECONTACTS", "GOOGLEDOCS", "GOOGLEDRIVE", "GOOGLEFORMS"),
        *("GOOGLEMEET", "GOOGLESHEETS", "GOOGLESLIDES", "GOOGLETASKS"),
    )
)
GOOGLE_APIS = {"GMAIL": "https://gmail.googleapis.com", "YOUTUBE": "https://youtube.googleapis.com"}
OTHER_APIS = {
    "GITHUB": "https://api.github.com",
    "NOTION": "https://api.notion.com",
    "SLACK": "https://slack.com/api",
}
STATIC_TYPES = frozenset(("API_KEY", "BASIC_AUTH", "BEARER_TOKEN", "CUSTOM", "BASIC"))
"""Kinds of connections whose accounts hold credentials a person types in."""
CONNECTION_TYPES = ("OAUTH", *sorted(STATIC_TYPES), "NO_AUTH")
"""Kinds of connections that are emulated, by the names of the protocol's ``ConnectorType``."""

_SCOPE_PREFIX = "https://www.googleapis.com/auth/"
_IDENTITY = frozenset(("openid", "email", "profile"))


@dataclass(frozen=True, slots=True)
class Provider:
    """One provider. ``loopback_path`` is its authorization page on the emulator's own base URL.

    ``parameters`` are what the authorization request carries besides OAuth's own.
    """

    key: str
    authorize_url: str
    loopback_path: str
    token_url: str
    revoke_url: str
    api_root: str
    parameters: tuple[tuple[str, str], ...] = ()

    @property
    def is_google(self) -> bool:
        """Whether Google's authorization server stands behind it."""
        return self.key in GOOGLE

    def scope(self, name: str) -> str:
        """A scope by its full name."""
        if not self.is_google or name in _IDENTITY or "://" in name:
            return name
        return _SCOPE_PREFIX + name

    def authorization_page(self, origin: str) -> str:
        """Where a browser that came from ``origin`` finds the authorization page."""
        if origin.startswith("https://"):
            return self.authorize_url
        return origin + self.loopback_path


def provider_of(key: str) -> Provider:
    """The provider of that key, whatever its case."""
    key = key.upper()
    if key in GOOGLE:
        return Provider(
            key,
            "https://accounts.google.com/o/oauth2/v2/auth",
            "/o/oauth2/v2/auth",
            "https://oauth2.googleapis.com/token",
            "https://oauth2.googleapis.com/revoke",
            GOOGLE_APIS.get(key, "https://www.googleapis.com"),
            (("access_type", "offline"), ("prompt", "consent")),
        )
    host = f"https://{key.lower().replace('_', '-')}.providers.test"
    return Provider(
        key,
        f"{host}/authorize",
        f"/providers/{key.lower()}/authorize",
        f"{host}/token",
        f"{host}/revoke",
        OTHER_APIS.get(key, f"{host}/api"),
    )
