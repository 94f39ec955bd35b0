"""The parts of the ``google`` seed section that administrators own: organizations and service accounts."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from ...kernel.seed import SeedNode
from .organization import Feature
from .seed_checks import DIGITS, addresses, derived, full_scopes
from .service_account import SERVICE_ACCOUNT_DOMAIN

__all__ = [
    "DelegationSeed",
    "OrganizationSeed",
    "ServiceAccountSeed",
    "SubscriptionSeed",
    "TopicSeed",
    "checked_organization",
    "checked_service_account",
]


@dataclass(frozen=True, kw_only=True)
class DelegationSeed:
    """Domain-wide delegation: a service account may act as any account of ``organization`` within ``scopes``."""

    organization: str
    scopes: tuple[str, ...]
    node: SeedNode = field(repr=False, compare=False)


@dataclass(frozen=True, kw_only=True)
class ServiceAccountSeed:
    """A service account of ``project``. Its address is derived from ``name``, its unique id from the address."""

    name: str
    project: str
    email: str = ""
    client_id: str = ""
    disabled: bool = False
    delegations: tuple[DelegationSeed, ...] = ()
    node: SeedNode = field(repr=False, compare=False)


@dataclass(frozen=True, kw_only=True)
class SubscriptionSeed:
    """A Pub/Sub subscription ``projects/P/subscriptions/S``; with ``push_endpoint`` messages are posted there."""

    name: str
    push_endpoint: str = ""
    node: SeedNode = field(repr=False, compare=False)


@dataclass(frozen=True, kw_only=True)
class TopicSeed:
    """A Pub/Sub topic ``projects/P/topics/T`` Gmail may publish on, and who hears of it."""

    name: str
    subscriptions: tuple[SubscriptionSeed, ...] = ()
    node: SeedNode = field(repr=False, compare=False)


@dataclass(frozen=True, kw_only=True)
class OrganizationSeed:
    """What the administrators of ``domain`` decided. Clients are named as elsewhere in the seed.

    ``session_hours`` is how long a sign-in lasts, absent for ever; ``restricted_apis`` are service names,
    ``switched_off`` the features of Gmail its accounts do not have.
    """

    domain: str
    session_hours: float | None = None
    blocked_clients: tuple[str, ...] = ()
    trusted_clients: tuple[str, ...] = ()
    restricted_apis: tuple[str, ...] = ()
    switched_off: tuple[Feature, ...] = ()
    node: SeedNode = field(repr=False, compare=False)


def checked_service_account(seed: ServiceAccountSeed, projects: list[str]) -> ServiceAccountSeed:
    """``seed`` complete; ``projects`` are the ids it may name. Raises ``SeedError``."""
    if seed.project not in projects:
        raise seed.node.require("project").dangling("project", projects)
    written = seed.email or f"{seed.name}@{seed.project}.iam.gserviceaccount.com"
    email = addresses((written,), seed.node, "email" if seed.email else "name")[0]
    if not email.endswith(SERVICE_ACCOUNT_DOMAIN):
        raise seed.node.require("email").error(f'expected an address under gserviceaccount.com, got "{email}"')
    delegations = (
        replace(each, organization=each.organization.lower(), scopes=full_scopes(each.scopes, each.node))
        for each in seed.delegations
    )
    client_id = seed.client_id or "1" + derived(DIGITS, 20, "service account", email)
    return replace(seed, email=email, client_id=client_id, delegations=tuple(delegations))


def checked_organization(seed: OrganizationSeed, clients: list[str]) -> OrganizationSeed:
    """``seed`` checked; ``clients`` are the names and ids it may name. Raises ``SeedError``."""
    for name, named in (("blocked_clients", seed.blocked_clients), ("trusted_clients", seed.trusted_clients)):
        for position, client in enumerate(named):
            if client not in clients:
                raise seed.node.require(name).items()[position].dangling("client", clients)
    if seed.session_hours is not None and seed.session_hours <= 0:
        raise seed.node.require("session_hours").error("expected hours above 0; leave it out for sessions without end")
    return replace(seed, domain=seed.domain.lower())
