"""The ``google`` section of a seed: Cloud projects, OAuth clients, users and what they have granted.

``google_seed`` reads the section, fills what was left out and checks every cross-reference; it touches no database.
Whatever is left out is derived from names by hashing, so one seed has the same client ids, secrets, account ids and
refresh tokens everywhere and always. Formats: google-auth client JSON and token answers as Google issues them.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from datetime import timedelta
from hashlib import shake_256
from typing import TYPE_CHECKING, Literal, TypeVar

from ...kernel.seed import SeedNode, read
from .scopes import GMAIL_FULL, OPENID, PREFIX, canonical

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from datetime import datetime

__all__ = ["ClientSeed", "GoogleSeed", "GrantSeed", "ProjectSeed", "UserSeed", "google_seed"]

_DIGITS = "0123456789"
_LOWER = "abcdefghijklmnopqrstuvwxyz" + _DIGITS
_URL_SAFE = "ABCDEFGHIJKLMNOPQRSTUVWXYZ" + _LOWER + "-_"
_ADDRESS = re.compile(r"[^@\s<>]+@[^@\s<>]+\.[^@\s<>.]+")
_SUB = re.compile(r"[0-9]{21}")
_SHORT_SCOPES = (
    "openid",
    "email",
    "profile",
    "mail.google.com",
    *(
        "gmail." + name
        for name in (
            *("readonly", "modify", "compose", "send", "insert", "labels", "metadata"),
            *("settings.basic", "settings.sharing"),
        )
    ),
    *("youtube", "youtube.readonly", "youtube.force-ssl", "youtube.upload", "youtubepartner", "yt-analytics.readonly"),
)


@dataclass(frozen=True, kw_only=True)
class ProjectSeed:
    """A Cloud project and its consent screen. ``number`` has twelve digits; 0 stands for one derived from ``id``."""

    id: str
    number: int = 0
    title: str = ""
    user_type: Literal["external", "internal"] = "external"
    publishing_status: Literal["testing", "production"] = "testing"
    verified: bool = False
    test_users: tuple[str, ...] = ()
    organization: str = ""
    enabled: tuple[str, ...] = ()
    denied_as: Literal["", "org_internal", "access_denied"] = ""
    node: SeedNode = field(repr=False, compare=False)


@dataclass(frozen=True, kw_only=True)
class ClientSeed:
    """An OAuth client of ``project``; ``name`` is how seed and tests call it. The first of ``secrets`` is current."""

    name: str
    project: str
    type: Literal["desktop", "web", "tv", "service"]
    client_id: str = ""
    secrets: tuple[str, ...] = ()
    redirect_uris: tuple[str, ...] = ()
    deleted: bool = False
    desktop_like_web: bool = False
    node: SeedNode = field(repr=False, compare=False)


@dataclass(frozen=True, kw_only=True)
class UserSeed:
    """A Google account. ``organization`` is its Workspace domain, "" for a consumer account.

    Left out, it is the domain of ``email`` where a project of the seed belongs to that organization. ``gmail``
    False has no mailbox. ``sub`` is the account id of 21 digits.
    """

    email: str
    name: str = ""
    given_name: str = ""
    family_name: str = ""
    sub: str = ""
    picture: str = ""
    organization: str | None = None
    disabled: bool = False
    deleted: bool = False
    gmail: bool = True
    advanced_protection: bool = False
    node: SeedNode = field(repr=False, compare=False)


@dataclass(frozen=True, kw_only=True)
class GrantSeed:
    """What ``user`` allowed ``client``, ``consented`` ago, and the refresh token the client holds for it.

    ``scopes`` are full names once read; short ones (``gmail.readonly``, ``email``) may be written. ``client`` is
    the name of a client of the seed; its client id may be written.
    """

    user: str
    client: str
    scopes: tuple[str, ...]
    consented: timedelta = timedelta(0)
    refresh_token: str = ""
    node: SeedNode = field(repr=False, compare=False)


@dataclass(frozen=True, kw_only=True)
class GoogleSeed:
    """The section, complete and free of contradictions when it comes from ``google_seed``."""

    projects: tuple[ProjectSeed, ...] = ()
    clients: tuple[ClientSeed, ...] = ()
    users: tuple[UserSeed, ...] = ()
    grants: tuple[GrantSeed, ...] = ()


_Record = TypeVar("_Record", ProjectSeed, ClientSeed, UserSeed, GrantSeed)


def google_seed(node: SeedNode, now: datetime | None = None) -> GoogleSeed:
    """The section under ``node``. Raises ``SeedError`` at the first value that is wrong or names nothing."""
    section = read(node, GoogleSeed, now)
    projects = tuple(_project(project) for project in section.projects)
    _unique(projects, "id", lambda project: project.id)
    _unique(projects, "number", lambda project: str(project.number))
    clients = tuple(_client(client, projects) for client in section.clients)
    _unique(clients, "name", lambda client: client.name)
    _unique(clients, "client_id", lambda client: client.client_id)
    users = tuple(_user(user, {project.organization for project in projects}) for user in section.users)
    _unique(users, "email", lambda user: user.email)
    _unique(users, "sub", lambda user: user.sub)
    grants = tuple(_grant(grant, clients, users) for grant in section.grants)
    _unique(grants, "refresh_token", lambda grant: grant.refresh_token)
    return GoogleSeed(projects=projects, clients=clients, users=users, grants=grants)


def _project(seed: ProjectSeed) -> ProjectSeed:
    if seed.user_type == "internal" and not seed.organization:
        problem = "internal needs an organization: only a project of one can be internal"
        raise seed.node.require("user_type").error(problem)
    if seed.number < 0:
        raise seed.node.require("number").error("expected a positive number")
    return replace(
        seed,
        number=seed.number or int("1" + _derived(_DIGITS, 11, "project number", seed.id)),
        title=seed.title or seed.id,
        test_users=_addresses(seed.test_users, seed.node, "test_users"),
        organization=seed.organization.lower(),
    )


def _client(seed: ClientSeed, projects: tuple[ProjectSeed, ...]) -> ClientSeed:
    project = next((each for each in projects if each.id == seed.project), None)
    if project is None:
        raise seed.node.require("project").dangling("project", [each.id for each in projects])
    for position, uri in enumerate(seed.redirect_uris):
        if not re.fullmatch(r"https?://[^\s/#]+[^\s#]*", uri):
            problem = f'expected an absolute http or https address without fragment, got "{uri}"'
            raise seed.node.require("redirect_uris").items()[position].error(problem)
    name = _derived(_LOWER, 32, "client", str(project.number), seed.name)
    return replace(
        seed,
        client_id=seed.client_id or f"{project.number}-{name}.apps.googleusercontent.com",
        secrets=seed.secrets or ("GOCSPX-" + _derived(_URL_SAFE, 28, "secret", str(project.number), seed.name),),
    )


def _user(seed: UserSeed, organizations: set[str]) -> UserSeed:
    email = _addresses((seed.email,), seed.node, "email")[0]
    if seed.sub and not _SUB.fullmatch(seed.sub):
        raise seed.node.require("sub").error(f'expected 21 digits, got "{seed.sub}"')
    domain = email.rpartition("@")[2]
    derived_organization = domain if domain in organizations else ""
    return replace(
        seed,
        email=email,
        name=seed.name or f"{seed.given_name} {seed.family_name}".strip() or email.partition("@")[0],
        sub=seed.sub or "1" + _derived(_DIGITS, 20, "account", email),
        organization=derived_organization if seed.organization is None else seed.organization.lower(),
    )


def _grant(seed: GrantSeed, clients: tuple[ClientSeed, ...], users: tuple[UserSeed, ...]) -> GrantSeed:
    user = next((each for each in users if each.email == seed.user.lower()), None)
    if user is None:
        raise seed.node.require("user").dangling("user", [each.email for each in users])
    client = next((each for each in clients if seed.client in {each.name, each.client_id}), None)
    if client is None:
        raise seed.node.require("client").dangling("client", [each.name for each in clients])
    if not seed.scopes:
        raise seed.node.require("scopes").error("expected at least one scope")
    token = "1//0" + _derived(_URL_SAFE, 99, "refresh token", client.client_id, user.email)
    scopes = tuple(_scope(seed, position) for position in range(len(seed.scopes)))
    return replace(
        seed,
        user=user.email,
        client=client.name,
        scopes=tuple(dict.fromkeys(scopes)),
        refresh_token=seed.refresh_token or token,
    )


def _scope(seed: GrantSeed, position: int) -> str:
    """One scope by its full name; a short name has to be one of Gmail, YouTube or identity."""
    written = seed.scopes[position]
    full = canonical(written)
    known = full in {canonical(name) for name in _SHORT_SCOPES}
    whole = "://" in written and (full == GMAIL_FULL or full.startswith((PREFIX, "https://www.google.com/")))
    if not (known or whole or full == OPENID):
        raise seed.node.require("scopes").items()[position].dangling("scope", _SHORT_SCOPES)
    return full


def _addresses(addresses: tuple[str, ...], node: SeedNode, name: str) -> tuple[str, ...]:
    """Mail addresses in lower case, under field ``name`` of ``node``."""
    for position, address in enumerate(addresses):
        if not _ADDRESS.fullmatch(address):
            place = node.require(name)
            where = place.items()[position] if place.is_list else place
            raise where.error(f'expected an address such as "ada@example.com", got "{address}"')
    return tuple(address.lower() for address in addresses)


def _unique(items: Iterable[_Record], name: str, key: Callable[[_Record], str]) -> None:
    """Refuse the second item with the same ``key``, at its field ``name`` where that was written."""
    first: dict[str, SeedNode] = {}
    for item in items:
        value = key(item)
        place = item.node.get(name) or item.node
        if value in first:
            raise place.error(f'"{value}" is already used on line {first[value].line}')
        first[value] = place


def _derived(alphabet: str, length: int, *names: str) -> str:
    """``length`` characters of ``alphabet`` that follow from ``names`` alone."""
    number = int.from_bytes(shake_256("\0".join(names).encode()).digest(length), "big")
    characters = []
    for _ in range(length):
        number, index = divmod(number, len(alphabet))
        characters.append(alphabet[index])
    return "".join(characters)
