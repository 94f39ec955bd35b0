"""Connections: which provider, with which OAuth client, asking for which scopes."""

from __future__ import annotations

import json
from collections.abc import Iterable

from ...kernel.clock import Clock
from ...kernel.ids import Ids
from ...kernel.live import Column, Live, UnknownName
from ...kernel.world import World
from .errors import ConnectionNotFound
from .providers import CONNECTION_TYPES, STATIC_TYPES, Provider, provider_of

__all__ = ["Connection", "Connections"]


class Connection(Live):
    """A connection by id.

    ``scopes`` count for authorizations to come: what an account was granted before stays as it is. ``proxy_enabled``
    opens ``/proxy``. ``redirect_registered`` tells that the redirect URI was entered at the provider's client; False
    makes the provider refuse it.
    """

    table, key, kind = "scalekit_connection", "id", "connection"

    name = Column(str)
    type = Column(str, choices=CONNECTION_TYPES)
    client_id = Column(str)
    client_secret = Column(str)
    enabled = Column(bool)
    proxy_enabled = Column(bool)
    redirect_registered = Column(bool)
    created_at = Column(float)
    environment = Column(str)

    @property
    def id(self) -> str:
        """The id, ``conn_`` and digits."""
        return self._name

    @property
    def provider(self) -> Provider:
        """Who grants and serves."""
        key = self._world.value("SELECT provider FROM scalekit_connection WHERE id = ?", (self._name,))
        return provider_of(str(key))

    @property
    def is_static(self) -> bool:
        """Whether its accounts hold credentials a person types in."""
        return self.type in STATIC_TYPES

    @property
    def scopes(self) -> tuple[str, ...]:
        """The scopes asked for from now on, as they were written."""
        kept = self._world.value("SELECT scopes FROM scalekit_connection WHERE id = ?", (self._name,))
        return tuple(json.loads(kept or "[]"))

    @scopes.setter
    def scopes(self, scopes: Iterable[str]) -> None:
        with self._world.transaction():
            self._world.execute(
                "UPDATE scalekit_connection SET scopes = ? WHERE id = ?", (json.dumps(list(scopes)), self._name)
            )

    def redirect_uri(self, origin: str) -> str:
        """Where the provider sends the browser back to."""
        return f"{origin}/sso/v1/oauth/{self._name}/callback"


class Connections:
    """The connections of every environment."""

    def __init__(self, world: World, clock: Clock, ids: Ids) -> None:
        self._world = world
        self._clock = clock
        self._ids = ids

    def create(
        self,
        environment: str,
        name: str,
        provider: str,
        kind: str = "OAUTH",
        scopes: Iterable[str] = (),
        client: tuple[str, str] = ("", ""),
        *,
        proxy_enabled: bool = False,
    ) -> Connection:
        """A new connection; ``client`` is id and secret at the provider. The name must be free."""
        identity = f"conn_{self._ids.decimal(18)}"
        self._world.execute(
            "INSERT INTO scalekit_connection (id, environment, name, provider, type, client_id, client_secret, scopes,"
            " proxy_enabled, created_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (
                *(identity, environment, name, provider.upper(), kind, *client),
                *(json.dumps(list(scopes)), proxy_enabled, self._clock.time()),
            ),
        )
        return Connection(self._world, identity)

    def find(self, environment: str, name: str) -> Connection:
        """The connection of that name, whatever its case. Raises ``ConnectionNotFound``."""
        found = self._world.value(
            "SELECT id FROM scalekit_connection WHERE environment = ? AND name = ? AND enabled", (environment, name)
        )
        if found is None:
            raise ConnectionNotFound(name)
        return Connection(self._world, found)

    def named(self, environment: str, name: str) -> Connection:
        """The connection of that name for a test. Raises ``UnknownName`` listing the connections there are."""
        for each in self.all(environment):
            if each.name.lower() == name.lower():
                return each
        raise UnknownName("connection", name, [each.name for each in self.all(environment)])

    def all(self, environment: str) -> tuple[Connection, ...]:
        """Every connection of an environment, by name."""
        rows = self._world.all("SELECT id FROM scalekit_connection WHERE environment = ? ORDER BY name", (environment,))
        return tuple(Connection(self._world, row[0]) for row in rows)
