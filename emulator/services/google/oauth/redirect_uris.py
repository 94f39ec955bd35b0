"""Which redirect URIs a client may use.

Rules: "Using OAuth 2.0 for Web Server Applications" (URI validation), "OAuth 2.0 for iOS & Desktop Apps" (loopback
address, any port); the out-of-band URI is refused since 2022.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from ipaddress import ip_address
from urllib.parse import SplitResult, urlsplit

from .blocked import Blocked

__all__ = ["check_redirect_uri"]

_URI = re.compile(r"[A-Za-z0-9._~:/?#\[\]@!$&'()*+,;=%-]+")
_LOOPBACK = frozenset(("localhost", "127.0.0.1", "::1"))
_OUT_OF_BAND = ("urn:ietf:wg:oauth:2.0:oob", "oob")
_POLICY = "This redirect does not comply with the OAuth 2.0 policy for keeping apps secure."


def check_redirect_uri(uri: str, client_type: str, registered: Collection[str]) -> None:
    """Raises ``Blocked`` unless a client of that type, with these URIs ``registered``, may be answered at ``uri``."""
    if uri.startswith(_OUT_OF_BAND):
        raise Blocked(400, "invalid_request", f"{_POLICY} The out-of-band flow is blocked.", cause="redirect_oob")
    parts = _split(uri)
    if client_type == "desktop" and _is_loopback(parts) and parts.scheme == "http":
        return
    _check_host(parts, uri)
    if uri not in registered:
        raise Blocked(
            400,
            "redirect_uri_mismatch",
            f"The redirect URI is not registered for this client. Register it in the Cloud console: {uri}",
        )
    if parts.scheme != "https" and not _is_loopback(parts):
        raise Blocked(400, "invalid_request", f"{_POLICY} A web address has to use https.", cause="redirect_insecure")


def _split(uri: str) -> SplitResult:
    """The URI in parts; what no client may use at all is refused here."""
    try:
        parts = urlsplit(uri)
        parts.port  # noqa: B018 - raises for a port that is none
    except ValueError:
        raise _invalid("Invalid URI", uri) from None
    if not parts.scheme or "://" not in uri:
        raise _invalid("Missing scheme", uri)
    if not _URI.fullmatch(uri):
        raise _invalid("Invalid URI", uri)
    if parts.scheme not in {"http", "https"}:
        raise _invalid("Invalid scheme", uri)
    if not parts.hostname:
        raise _invalid("Missing authority", uri)
    if "#" in uri:
        raise _invalid("Fragments not allowed", uri)
    if parts.username is not None:
        raise _invalid("Userinfo not allowed", uri)
    if ".." in parts.path.split("/"):
        raise _invalid("Path traversal not allowed", uri)
    return parts


def _check_host(parts: SplitResult, uri: str) -> None:
    """Addresses in place of names: a private one asks for a device, a public one is refused."""
    if _is_loopback(parts):
        return
    try:
        address = ip_address(parts.hostname or "")
    except ValueError:
        return
    if address.is_private:
        message = f"device_id and device_name are required for private IP: {uri}"
        raise Blocked(400, "invalid_request", message, cause="redirect_private_address")
    raise _invalid("Raw IP addresses not allowed", uri)


def _is_loopback(parts: SplitResult) -> bool:
    return parts.hostname in _LOOPBACK


def _invalid(problem: str, uri: str) -> Blocked:
    return Blocked(
        400, "invalid_request", f"Invalid parameter value for redirect_uri: {problem}: {uri}", cause="redirect_invalid"
    )
