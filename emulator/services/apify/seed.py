"""The ``apify`` section of a seed: accounts, Actors, named storages."""

from __future__ import annotations

import dataclasses
import re
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any, Literal

from ...kernel.seed import SeedNode, read
from .names import NAME_RULE

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["ActorSeed", "ApifySeed", "DatasetSeed", "EventSeed", "StoreSeed", "UserSeed", "apify_seed"]


_USERNAME = re.compile(r"[a-zA-Z0-9._-]{3,30}")


@dataclass(frozen=True, kw_only=True)
class UserSeed:
    """An account; what is left out is drawn. Memory in megabytes, money in US dollars."""

    username: str
    id: str = ""
    email: str = ""
    token: str = ""
    proxy_password: str = ""
    plan: Literal["FREE", "STARTER", "SCALE", "BUSINESS"] = "FREE"
    paying: bool = False
    general_access: Literal["RESTRICTED", "ANYONE_WITH_ID_CAN_READ"] = "RESTRICTED"
    memory_limit: int = 8192
    usage_limit_usd: float = 5.0
    node: SeedNode = field(repr=False, compare=False)

    def __post_init__(self) -> None:
        if not _USERNAME.fullmatch(self.username):
            raise ValueError(f'a username has 3 to 30 letters, digits and "._-", got "{self.username}"')

    def details(self) -> dict[str, Any]:
        """Everything but the name, as ``Users.add`` takes it."""
        names = (each.name for each in dataclasses.fields(self) if each.name not in {"username", "node"})
        return {name: getattr(self, name) for name in names}


@dataclass(frozen=True, kw_only=True)
class EventSeed:
    """A chargeable event of a pay-per-event Actor."""

    title: str
    price_usd: float
    description: str = ""


@dataclass(frozen=True, kw_only=True)
class ActorSeed:
    """An Actor ``owner/name``; with ``events`` it is paid per event. ``timeout`` in seconds, 0 is none."""

    name: str
    title: str = ""
    description: str = ""
    public: bool = False
    memory: int = 1024
    timeout: int = 0
    build: str = "latest"
    permission: Literal["FULL_PERMISSIONS", "LIMITED_PERMISSIONS"] = "FULL_PERMISSIONS"
    events: dict[str, EventSeed] = field(default_factory=dict)

    def __post_init__(self) -> None:
        owner, slash, name = self.name.partition("/")
        if not (owner and slash and NAME_RULE.fullmatch(name)):
            raise ValueError(f'an Actor is named like "owner/my-actor", got "{self.name}"')

    def spec(self) -> dict[str, Any]:
        """The Actor's facts, as ``ActorSpec`` takes them."""
        names = ("title", "description", "public", "memory", "timeout", "build", "permission")
        values = {name: getattr(self, name) for name in names}
        return {**values, "pricing": self._pricing()} if self.events else values

    def _pricing(self) -> dict[str, Any]:
        events = {
            name: {
                "eventTitle": event.title,
                "eventDescription": event.description,
                "eventPriceUsd": event.price_usd,
            }
            for name, event in self.events.items()
        }
        return {
            "pricingModel": "PAY_PER_EVENT",
            "apifyMarginPercentage": 0.2,
            "createdAt": "2025-01-01T00:00:00.000Z",
            "startedAt": "2025-01-01T00:00:00.000Z",
            "pricingPerEvent": {"actorChargeEvents": events},
        }


@dataclass(frozen=True, kw_only=True)
class StoreSeed:
    """A named key-value store of ``owner`` with text records."""

    owner: str
    name: str
    records: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        _check_name(self.name)


@dataclass(frozen=True, kw_only=True)
class DatasetSeed:
    """A named dataset of ``owner``; the fields of its items are texts."""

    owner: str
    name: str
    items: tuple[dict[str, str], ...] = ()

    def __post_init__(self) -> None:
        _check_name(self.name)


@dataclass(frozen=True, kw_only=True)
class ApifySeed:
    """The section."""

    users: tuple[UserSeed, ...] = ()
    actors: tuple[ActorSeed, ...] = ()
    stores: tuple[StoreSeed, ...] = ()
    datasets: tuple[DatasetSeed, ...] = ()


def apify_seed(node: SeedNode, now: datetime) -> ApifySeed:
    """The section under ``node``, owners checked. Raises ``SeedError``."""
    section = read(node, ApifySeed, now)
    known = {user.username.lower() for user in section.users}
    for place, owner in _owners(node, section):
        if owner.lower() not in known:
            raise place.dangling("Apify user", sorted(known))
    return section


def _check_name(name: str) -> None:
    if not NAME_RULE.fullmatch(name):
        raise ValueError(f'a storage is named with letters, digits and inner hyphens, got "{name}"')


def _owners(node: SeedNode, section: ApifySeed) -> Iterator[tuple[SeedNode, str]]:
    """Every mention of an owner, with its place."""
    fields = node.mapping()
    for position, actor in enumerate(section.actors):
        yield fields["actors"].items()[position].require("name"), actor.name.partition("/")[0]
    for position, store in enumerate(section.stores):
        yield fields["stores"].items()[position].require("owner"), store.owner
    for position, dataset in enumerate(section.datasets):
        yield fields["datasets"].items()[position].require("owner"), dataset.owner
