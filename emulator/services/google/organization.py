"""Workspace organizations: what their administrators allow the accounts of a domain to give away.

Facts: "Control which apps access Google Workspace data" (blocked and trusted apps, restricted services) and "Set
session length for Google Cloud services", both Workspace admin help; the errors in "Using OAuth 2.0 to Access
Google APIs". Pages and token endpoint ask ``policy_violation``, so that they refuse for the same causes.
"""

from __future__ import annotations

from typing import Literal, get_args

from ...kernel.live import Column, Live, UnknownName
from ...kernel.world import World
from .project import Client
from .scopes import apis_of

__all__ = ["Feature", "Organization", "PolicyViolation", "is_switched_off", "policy_violation"]

PolicyViolation = Literal["client_blocked", "api_restricted"]

Feature = Literal["gmail_apps", "automatic_forwarding", "mail_delegation"]
"""What administrators can switch off in Gmail: its API, forwarding by rule, delegates."""


class Organization(Live):
    """A Workspace organization by its domain.

    ``session_hours`` is how long a sign-in lasts before a refresh asks for the user again, ``None`` for ever.
    """

    table, key, kind = "google_organization", "domain", "organization"

    session_hours = Column[float | None](float, nullable=True)

    @classmethod
    def named(cls, world: World, domain: str) -> Organization:
        """The organization some account or project belongs to. Raises ``UnknownName``."""
        known = [row[0] for row in world.all(_KNOWN_DOMAINS)]
        if domain.lower() not in known:
            raise UnknownName(cls.kind, domain, known)
        return cls.ensured(world, domain)

    @classmethod
    def ensured(cls, world: World, domain: str) -> Organization:
        """The organization of ``domain``, made where there was none."""
        name = domain.lower()
        with world.transaction():
            world.execute("INSERT OR IGNORE INTO google_organization (domain) VALUES (?)", (name,))
        return cls(world, name)

    @property
    def domain(self) -> str:
        """The domain, lower case."""
        return self._name

    @property
    def blocked_clients(self) -> tuple[str, ...]:
        """Client ids no account of the organization may use, sorted."""
        return self._listed("google_blocked_client", "client_id")

    @property
    def trusted_clients(self) -> tuple[str, ...]:
        """Client ids that restrictions do not concern, sorted."""
        return self._listed("google_trusted_client", "client_id")

    @property
    def restricted_apis(self) -> tuple[str, ...]:
        """Service names only trusted clients may reach, sorted."""
        return self._listed("google_restricted_api", "api")

    def block(self, client: str) -> None:
        """Let no account use an OAuth client (name or id): pages and refreshes answer ``admin_policy_enforced``."""
        self._enter("google_blocked_client", Client.named(self._world, client).client_id)

    def unblock(self, client: str) -> None:
        """Undo ``block``."""
        self._strike("google_blocked_client", "client_id", Client.named(self._world, client).client_id)

    def trust(self, client: str) -> None:
        """Exempt an OAuth client (name or id) from restrictions."""
        self._enter("google_trusted_client", Client.named(self._world, client).client_id)

    def distrust(self, client: str) -> None:
        """Undo ``trust``."""
        self._strike("google_trusted_client", "client_id", Client.named(self._world, client).client_id)

    def restrict(self, api: str) -> None:
        """Keep an API ("gmail.googleapis.com") to trusted clients: its scopes answer ``admin_policy_enforced``."""
        self._enter("google_restricted_api", api)

    def unrestrict(self, api: str) -> None:
        """Undo ``restrict``."""
        self._strike("google_restricted_api", "api", api)

    @property
    def switched_off(self) -> tuple[str, ...]:
        """The features no account of the organization has, sorted."""
        return self._listed("google_disabled_feature", "feature")

    def switch_off(self, feature: Feature) -> None:
        """Take a feature away from every account. Raises ``ValueError`` for one there is not."""
        if feature not in get_args(Feature):
            raise ValueError(f"no feature {feature!r}; there are {', '.join(get_args(Feature))}")
        self._enter("google_disabled_feature", feature)

    def switch_on(self, feature: Feature) -> None:
        """Undo ``switch_off``."""
        self._strike("google_disabled_feature", "feature", feature)

    def _listed(self, table: str, column: str) -> tuple[str, ...]:
        rows = self._world.all(f"SELECT {column} FROM {table} WHERE domain = ? ORDER BY 1", (self._name,))
        return tuple(row[0] for row in rows)

    def _enter(self, table: str, value: str) -> None:
        with self._world.transaction():
            self._world.execute(f"INSERT OR IGNORE INTO {table} VALUES (?, ?)", (self._name, value))

    def _strike(self, table: str, column: str, value: str) -> None:
        with self._world.transaction():
            self._world.execute(f"DELETE FROM {table} WHERE domain = ? AND {column} = ?", (self._name, value))


def policy_violation(world: World, domain: str, client_id: str, scopes: tuple[str, ...]) -> PolicyViolation | None:
    """Why the administrators of ``domain`` refuse a client these scopes, ``None`` where they do not.

    ``domain`` is the organization of the account, "" for a consumer account, which no administrator rules.
    """
    if not domain:
        return None
    if world.one("SELECT 1 FROM google_blocked_client WHERE domain = ? AND client_id = ?", (domain, client_id)):
        return "client_blocked"
    restricted = {row[0] for row in world.all("SELECT api FROM google_restricted_api WHERE domain = ?", (domain,))}
    if restricted.isdisjoint(apis_of(scopes)):
        return None
    trusted = world.one("SELECT 1 FROM google_trusted_client WHERE domain = ? AND client_id = ?", (domain, client_id))
    return None if trusted else "api_restricted"


def is_switched_off(world: World, account: str, feature: Feature) -> bool:
    """Whether the administrators of an account's organization took ``feature`` away; of a consumer's nobody can."""
    found = world.one(
        "SELECT 1 FROM google_disabled_feature f JOIN google_account a ON a.organization = f.domain"
        " WHERE a.email = ? AND f.feature = ?",
        (account, feature),
    )
    return found is not None


_KNOWN_DOMAINS = """
SELECT domain FROM google_organization
UNION SELECT organization FROM google_account WHERE organization <> ''
UNION SELECT organization FROM google_project WHERE organization <> '' ORDER BY 1
"""
