"""Scalekit as an OAuth client of the providers: exchange, refresh, revoke, over the same pipeline as every call.

The requests are those of RFC 6749 with the client's credentials in the body, which the emulated providers accept.
"""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import urlencode, urlsplit

from ...kernel.clock import Clock
from ...kernel.http import Call, Headers, Reply
from ...kernel.service import Upstream
from .accounts import Credentials
from .connections import Connection
from .hearing import heard

__all__ = ["GrantRefused", "Grants", "ProviderUnavailable"]


class GrantRefused(Exception):
    """The provider refused; ``error`` and ``description`` are its words."""

    def __init__(self, error: str, description: str) -> None:
        super().__init__(f"{error}: {description}" if description else error)
        self.error = error
        self.description = description


class ProviderUnavailable(Exception):
    """The provider answered nothing that could be used; the grant is as good as before."""


class Grants:
    """Token requests for connections."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock

    def exchange(self, upstream: Upstream, connection: Connection, code: str, redirect_uri: str) -> Credentials:
        """The credentials for an authorization code. Raises ``GrantRefused`` or ``ProviderUnavailable``."""
        form = {"grant_type": "authorization_code", "code": code, "redirect_uri": redirect_uri}
        return self._credentials(self._ask(upstream, connection, form), Credentials())

    def refresh(self, upstream: Upstream, connection: Connection, held: Credentials) -> Credentials:
        """Fresh credentials for ``held``; the provider may leave refresh token and scopes as they were.

        Raises ``GrantRefused`` or ``ProviderUnavailable``.
        """
        form = {"grant_type": "refresh_token", "refresh_token": held.refresh_token}
        return self._credentials(self._ask(upstream, connection, form), held)

    def revoke(self, upstream: Upstream, connection: Connection, held: Credentials) -> Reply:
        """Give the token back to the provider."""
        return upstream(_form_call(connection.provider.revoke_url, {"token": held.refresh_token or held.access_token}))

    def _ask(self, upstream: Upstream, connection: Connection, form: dict[str, str]) -> dict[str, Any]:
        client = {"client_id": connection.client_id, "client_secret": connection.client_secret}
        reply = heard(upstream(_form_call(connection.provider.token_url, {**form, **client})))
        try:
            answer = json.loads(reply.body)
        except ValueError:
            answer = None
        if reply.status == 200 and isinstance(answer, dict) and isinstance(answer.get("access_token"), str):
            return answer
        if isinstance(answer, dict) and isinstance(answer.get("error"), str) and reply.status < 500:
            raise GrantRefused(answer["error"], str(answer.get("error_description", "")))
        raise ProviderUnavailable(f"{connection.provider.token_url} answered {reply.status}")

    def _credentials(self, answer: dict[str, Any], before: Credentials) -> Credentials:
        lifetime, scope = answer.get("expires_in"), answer.get("scope")
        return Credentials(
            access_token=answer["access_token"],
            refresh_token=str(answer.get("refresh_token") or before.refresh_token),
            scopes=tuple(scope.replace(",", " ").split()) if isinstance(scope, str) else before.scopes,
            expires_at=self._clock.time() + lifetime if isinstance(lifetime, (int, float)) else None,
        )


def _form_call(url: str, form: dict[str, str]) -> Call:
    parts = urlsplit(url)
    headers = Headers(
        [
            ("Host", parts.netloc),
            ("Content-Type", "application/x-www-form-urlencoded"),
            ("Accept", "application/json"),
            ("User-Agent", "scalekit"),
        ]
    )
    return Call("POST", parts.netloc, parts.path, "", headers, urlencode(form).encode(), peer="scalekit")
