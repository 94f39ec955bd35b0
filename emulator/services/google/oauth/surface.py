"""Where Google's OAuth endpoints live: operation ids, verbs, hosts and paths.

Sources: the OpenID discovery document, the discovery document oauth2 v2, and the addresses older clients still use.
"""

from __future__ import annotations

from dataclasses import dataclass

from ....kernel.operations import Match, Operation, Router
from ....kernel.pipeline import is_loopback

__all__ = ["DEVICE_PAGE", "HOSTS", "OPERATIONS", "find"]

DEVICE_PAGE = "google.signin.device"


@dataclass(frozen=True, slots=True)
class _Endpoint:
    operation: str
    verbs: tuple[str, ...]
    host: str
    paths: tuple[str, ...]


_ENDPOINTS = (
    _Endpoint(
        "google.oauth.authorize",
        ("GET", "POST"),
        "accounts.google.com",
        ("/o/oauth2/v2/auth", "/o/oauth2/auth"),
    ),
    _Endpoint("google.signin.identifier", ("GET", "POST"), "accounts.google.com", ("/v3/signin/identifier",)),
    _Endpoint("google.signin.warning", ("GET", "POST"), "accounts.google.com", ("/signin/oauth/warning",)),
    _Endpoint("google.signin.consent", ("GET", "POST"), "accounts.google.com", ("/signin/oauth/consent",)),
    _Endpoint("google.signin.error", ("GET",), "accounts.google.com", ("/signin/oauth/error",)),
    _Endpoint("google.oauth.token", ("POST",), "oauth2.googleapis.com", ("/token",)),
    _Endpoint("google.oauth.token", ("POST",), "www.googleapis.com", ("/oauth2/v4/token", "/oauth2/v3/token")),
    _Endpoint("google.oauth.token", ("POST",), "accounts.google.com", ("/o/oauth2/token",)),
    _Endpoint("google.oauth.revoke", ("POST",), "oauth2.googleapis.com", ("/revoke",)),
    _Endpoint("google.oauth.revoke", ("GET", "POST"), "accounts.google.com", ("/o/oauth2/revoke",)),
    _Endpoint("google.oauth.tokeninfo", ("GET", "POST"), "oauth2.googleapis.com", ("/tokeninfo",)),
    _Endpoint("google.oauth.tokeninfo", ("GET", "POST"), "www.googleapis.com", ("/oauth2/v3/tokeninfo",)),
    _Endpoint(
        "google.oauth.tokeninfo.v2",
        ("GET", "POST"),
        "www.googleapis.com",
        ("/oauth2/v2/tokeninfo", "/oauth2/v1/tokeninfo"),
    ),
    _Endpoint("google.oauth.userinfo", ("GET", "POST"), "openidconnect.googleapis.com", ("/v1/userinfo",)),
    _Endpoint("google.oauth.userinfo", ("GET", "POST"), "www.googleapis.com", ("/oauth2/v3/userinfo",)),
    _Endpoint(
        "google.oauth.userinfo.v2",
        ("GET",),
        "www.googleapis.com",
        ("/oauth2/v2/userinfo", "/oauth2/v1/userinfo", "/userinfo/v2/me"),
    ),
    _Endpoint("google.oauth.keys", ("GET",), "www.googleapis.com", ("/oauth2/v3/certs",)),
    _Endpoint("google.oauth.certificates", ("GET",), "www.googleapis.com", ("/oauth2/v1/certs",)),
    _Endpoint("google.oauth.configuration", ("GET",), "accounts.google.com", ("/.well-known/openid-configuration",)),
    _Endpoint("google.oauth.device_code", ("POST",), "oauth2.googleapis.com", ("/device/code",)),
    _Endpoint(DEVICE_PAGE, ("GET", "POST"), "www.google.com", ("/device",)),
)

HOSTS = tuple(dict.fromkeys(endpoint.host for endpoint in _ENDPOINTS))
OPERATIONS = tuple({e.operation: Operation(e.operation, e.verbs[0], e.paths[0]) for e in _ENDPOINTS}.values())


def find(host: str, verb: str, path: str) -> Match | None:
    """The endpoint at ``host`` and raw ``path``; the loopback base URL serves those of every host."""
    router = _ROUTERS.get("" if is_loopback(host) else host)
    found = router.match(verb, path) if router is not None else None
    return found if isinstance(found, Match) else None


def _router(host: str) -> Router:
    """Endpoints of one host, or of all of them for the empty name."""
    return Router(
        Operation(endpoint.operation, verb, path)
        for endpoint in _ENDPOINTS
        if host in {"", endpoint.host}
        for verb in endpoint.verbs
        for path in endpoint.paths
    )


_ROUTERS = {host: _router(host) for host in ("", *HOSTS)}
