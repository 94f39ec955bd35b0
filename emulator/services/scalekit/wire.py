"""Records as the vendor's messages, and the parts of requests as records."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from .accounts import STATUSES, Account, Credentials
from .connections import Connection
from .descriptors import message
from .providers import CONNECTION_TYPES

__all__ = ["account", "api_config", "app_connection", "credentials", "listed_account", "plain_struct", "struct"]

ACCOUNTS = "scalekit.v1.connected_accounts."
CONNECTOR_TYPES = (
    *("OAUTH", "API_KEY", "BASIC_AUTH", "BEARER_TOKEN", "CUSTOM", "BASIC", "OAUTH_M2M", "TRELLO_OAUTH1"),
    *("GOOGLE_DWD", "TRUSTED_IDP", "SMART_FHIR", "NO_AUTH"),
)
"""``ConnectorType`` in the order of its numbers from 1."""
CONNECTION_TYPE_NUMBERS = {"OAUTH": 4, "BASIC": 6, "BASIC_AUTH": 6, "BEARER_TOKEN": 7, "API_KEY": 8, "NO_AUTH": 15}
"""``ConnectionType`` of connections.proto, which numbers the same kinds differently; a custom one has no number."""
COMPLETED = 3

assert set(CONNECTION_TYPES) <= set(CONNECTOR_TYPES)


def account(found: Account, connection: Connection, *, secrets: bool) -> Any:
    """A ``ConnectedAccount``; ``secrets`` adds the authorization details."""
    answer = message(f"{ACCOUNTS}ConnectedAccount", **_shared(found, connection))
    _stamp(answer, found)
    if found.api_config:
        answer.api_config.CopyFrom(struct(found.api_config))
    if secrets:
        _fill_details(answer.authorization_details, found.credentials, connection)
    return answer


def listed_account(found: Account, connection: Connection) -> Any:
    """A ``ConnectedAccountForList``."""
    answer = message(f"{ACCOUNTS}ConnectedAccountForList", **_shared(found, connection))
    _stamp(answer, found)
    return answer


def _shared(found: Account, connection: Connection) -> dict[str, Any]:
    return {
        "identifier": found.identifier,
        "provider": connection.provider.key,
        "status": STATUSES.index(found.status) + 1,
        "authorization_type": CONNECTOR_TYPES.index(connection.type) + 1,
        "connector": connection.name,
        "id": found.id,
        "connection_id": connection.id,
    }


def _stamp(answer: Any, found: Account) -> None:
    """Set the times there are; absent ones stay absent."""
    for name, value in (
        ("token_expires_at", found.credentials.expires_at),
        ("updated_at", found.updated_at),
        ("last_used_at", found.last_used_at),
    ):
        if value is not None:
            getattr(answer, name).FromMicroseconds(round(value * 1_000_000))


def _fill_details(details: Any, held: Credentials, connection: Connection) -> None:
    if connection.is_static:
        details.static_auth.details.CopyFrom(struct(held.details or {}))
        return
    details.oauth_token.SetInParent()
    details.oauth_token.access_token = held.access_token
    details.oauth_token.refresh_token = held.refresh_token
    details.oauth_token.scopes.extend(held.scopes)


def credentials(details: Any) -> Credentials:
    """The credentials in ``AuthorizationDetails``; unusable ones where it holds none."""
    kind = details.WhichOneof("details")
    if kind == "oauth_token":
        token = details.oauth_token
        return Credentials(token.access_token, token.refresh_token, tuple(token.scopes))
    if kind == "static_auth":
        return Credentials(details=plain_struct(details.static_auth.details))
    if kind == "google_dwd":
        return Credentials(details.google_dwd.access_token, "", tuple(details.google_dwd.scopes))
    return Credentials()


def api_config(owner: Any) -> dict[str, Any]:
    """The ``api_config`` of a request's account."""
    return plain_struct(owner.api_config) if owner.HasField("api_config") else {}


def app_connection(connection: Connection) -> Any:
    """A connection as ``ListAppConnections`` lists it."""
    kind = "scalekit.v1.connections.ListAppConnectionsResponse"
    answer = message(kind).connections.add(
        id=connection.id,
        type=CONNECTION_TYPE_NUMBERS.get(connection.type, 0),
        status=COMPLETED,
        enabled=connection.enabled,
        provider_key=connection.provider.key,
        key_id=connection.name,
    )
    answer.created_at.FromMicroseconds(round(connection.created_at * 1_000_000))
    return answer


def struct(value: Mapping[str, Any]) -> Any:
    """A ``google.protobuf.Struct``, through JSON so that whatever is JSON fits."""
    from google.protobuf.json_format import ParseDict  # noqa: PLC0415 - with the first Scalekit call

    return ParseDict(json.loads(json.dumps(dict(value))), message("google.protobuf.Struct"))


def plain_struct(value: Any) -> dict[str, Any]:
    """A ``Struct`` as a dictionary; whole numbers come back as integers, which they were to the caller."""
    from google.protobuf.json_format import MessageToDict  # noqa: PLC0415 - with the first Scalekit call

    plain: dict[str, Any] = _whole(MessageToDict(value))
    return plain


def _whole(value: Any) -> Any:
    if isinstance(value, float) and value.is_integer():
        return int(value)
    if isinstance(value, dict):
        return {name: _whole(item) for name, item in value.items()}
    return [_whole(item) for item in value] if isinstance(value, list) else value
