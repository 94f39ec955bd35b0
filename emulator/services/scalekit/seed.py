"""The ``scalekit`` section of a seed.

Ids and credentials that are left out follow from the names, so they are the same on every machine.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from hashlib import blake2b
from typing import Literal

from ...kernel.seed import SeedNode, read
from .accounts import PENDING_AUTH
from .facade import Scalekit
from .providers import provider_of

__all__ = ["ScalekitSeed", "plant", "scalekit_seed"]

GoogleClient = Callable[[str], tuple[str, str]]
"""Id and secret of the Google OAuth client of a name; raises ``LookupError``."""


@dataclass(frozen=True)
class ConnectionSeed:
    """A connection. ``client`` names a client of the ``google`` section; other providers take id and secret."""

    name: str
    provider: str
    type: Literal["OAUTH", "API_KEY", "BASIC_AUTH", "BEARER_TOKEN", "CUSTOM", "BASIC", "NO_AUTH"] = "OAUTH"
    scopes: tuple[str, ...] = ()
    client: str | None = None
    client_id: str | None = None
    client_secret: str | None = None
    proxy: bool = False
    redirect_registered: bool = True
    node: SeedNode = field(default=None)  # type: ignore[assignment]


@dataclass(frozen=True)
class AccountSeed:
    """An account that is there from the beginning; ``as_user`` authorizes it at the provider."""

    connection: str
    identifier: str
    status: Literal["EXPIRED", "PENDING_AUTH", "DISCONNECTED"] = "PENDING_AUTH"
    as_user: str | None = None
    node: SeedNode = field(default=None)  # type: ignore[assignment]


@dataclass(frozen=True)
class EnvironmentSeed:
    """An environment with one API credential."""

    domain: str
    verification: Literal["scalekit", "custom"] = "scalekit"
    link_lifetime: timedelta = timedelta(minutes=10)
    client_id: str | None = None
    client_secret: str | None = None
    connections: tuple[ConnectionSeed, ...] = ()
    accounts: tuple[AccountSeed, ...] = ()
    node: SeedNode = field(default=None)  # type: ignore[assignment]


@dataclass(frozen=True)
class ScalekitSeed:
    """The whole section."""

    environments: tuple[EnvironmentSeed, ...] = ()


def scalekit_seed(node: SeedNode, now: datetime) -> ScalekitSeed:
    """The section as written. Raises ``SeedError`` for what cannot be meant."""
    section = read(node, ScalekitSeed, now)
    for environment in section.environments:
        names: set[str] = set()
        for each in environment.connections:
            if each.name.lower() in names:
                raise each.node.error(f'connection "{each.name}" is given twice')
            names.add(each.name.lower())
        for account in environment.accounts:
            if account.connection.lower() not in names:
                raise account.node.error(f'no connection "{account.connection}" in this environment')
    return section


def plant(scalekit: Scalekit, section: ScalekitSeed, google_client: GoogleClient) -> None:
    """Put a section into the world. Raises ``SeedError`` for what is there already, or not."""
    for environment in section.environments:
        _plant_environment(scalekit, environment)
        for connection in environment.connections:
            _plant_connection(scalekit, environment, connection, google_client)
        for account in environment.accounts:
            planted = scalekit.account(account.connection, account.identifier, environment=environment.domain)
            if account.as_user is not None:
                planted.authorize(account.as_user)
            if account.status != PENDING_AUTH:
                planted.status = account.status


def _plant_environment(scalekit: Scalekit, seed: EnvironmentSeed) -> None:
    world = scalekit.platform.kernel.world
    if world.one("SELECT 1 FROM scalekit_environment WHERE domain = ?", (seed.domain,)):
        raise seed.node.error(f'environment "{seed.domain}" is in this world already')
    world.execute(
        "INSERT INTO scalekit_environment VALUES (?, ?, ?, ?)",
        (
            *(seed.domain, f"env_{_digits(seed.domain)}"),
            *(seed.verification, seed.link_lifetime.total_seconds()),
        ),
    )
    scalekit.environment(seed.domain).add_credential(
        seed.client_id or f"skc_{_digits('client', seed.domain)}",
        seed.client_secret or f"test_{_digest('secret', seed.domain)}",
    )


def _plant_connection(
    scalekit: Scalekit, environment: EnvironmentSeed, seed: ConnectionSeed, google_client: GoogleClient
) -> None:
    world = scalekit.platform.kernel.world
    world.execute(
        "INSERT INTO scalekit_connection (id, environment, name, provider, type, client_id, client_secret, scopes,"
        " proxy_enabled, redirect_registered, created_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (
            f"conn_{_digits('connection', environment.domain, seed.name)}",
            *(environment.domain, seed.name, seed.provider.upper(), seed.type),
            *_client(environment, seed, google_client),
            *(json.dumps(seed.scopes), seed.proxy, seed.redirect_registered),
            scalekit.platform.kernel.clock.time(),
        ),
    )


def _client(environment: EnvironmentSeed, seed: ConnectionSeed, google_client: GoogleClient) -> tuple[str, str]:
    if seed.client is not None:
        if not provider_of(seed.provider).is_google:
            raise seed.node.error(f"client names a Google client; {seed.provider} takes client_id and client_secret")
        try:
            return google_client(seed.client)
        except LookupError as error:
            raise seed.node.error(str(error)) from None
    key = ("client", environment.domain, seed.name)
    return seed.client_id or _digest("id", *key)[:32], seed.client_secret or _digest("secret", *key)


def _digest(*parts: str) -> str:
    return blake2b("\0".join(parts).encode(), digest_size=20).hexdigest()


def _digits(*parts: str) -> str:
    return str(10**17 + int(_digest(*parts), 16) % (9 * 10**17))
