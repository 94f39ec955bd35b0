"""The ``google`` section of a seed: Cloud projects, OAuth clients, users and what they have granted.

``google_seed`` reads the section, fills what was left out and checks every cross-reference; it touches no database.
Whatever is left out is derived from names by hashing, so one seed has the same client ids, secrets, account ids and
refresh tokens everywhere and always. Formats: google-auth client JSON and token answers as Google issues them.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import TYPE_CHECKING, Literal

from ...kernel.seed import SeedNode, read
from .quota import Quota
from .seed_administration import (
    OrganizationSeed,
    ServiceAccountSeed,
    TopicSeed,
    checked_organization,
    checked_service_account,
)
from .seed_checks import DIGITS, LOWER_ALPHANUMERIC, URL_SAFE, addresses, derived, full_scopes, unique

if TYPE_CHECKING:
    from datetime import datetime

__all__ = ["ClientSeed", "GoogleSeed", "GrantSeed", "ProjectSeed", "UserSeed", "google_seed"]

_SUB = re.compile(r"[0-9]{21}")


@dataclass(frozen=True, kw_only=True)
class ProjectSeed:
    """A Cloud project and its consent screen. ``number`` has twelve digits; 0 stands for one derived from ``id``.

    ``quota`` are limits by name, or "current" or "legacy" for the usual ones of that table. ``api_keys`` open what an
    API shows without a user.

    ``user_cap`` is how many accounts may ever allow an unverified external project more than signing in.
    """

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
    user_cap: int = 100
    quota: Literal["off", "current", "legacy"] | Quota = "off"
    api_keys: tuple[str, ...] = ()
    node: SeedNode = field(repr=False, compare=False)


@dataclass(frozen=True, kw_only=True)
class ClientSeed:
    """An OAuth client of ``project``; ``name`` is how seed and tests call it. The first of ``secrets`` is current."""

    name: str
    project: str
    type: Literal["desktop", "web", "tv"]
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
    service_accounts: tuple[ServiceAccountSeed, ...] = ()
    organizations: tuple[OrganizationSeed, ...] = ()
    topics: tuple[TopicSeed, ...] = ()
    error_descriptions: bool = True


def google_seed(node: SeedNode, now: datetime | None = None) -> GoogleSeed:
    """The section under ``node``. Raises ``SeedError`` at the first value that is wrong or names nothing."""
    section = read(node, GoogleSeed, now)
    projects = tuple(_project(project) for project in section.projects)
    unique(projects, "id", lambda project: project.id)
    unique(projects, "number", lambda project: str(project.number))
    clients = tuple(_client(client, projects) for client in section.clients)
    unique(clients, "name", lambda client: client.name)
    unique(clients, "client_id", lambda client: client.client_id)
    users = tuple(_user(user, {project.organization for project in projects}) for user in section.users)
    unique(users, "email", lambda user: user.email)
    unique(users, "sub", lambda user: user.sub)
    grants = tuple(_grant(grant, clients, users) for grant in section.grants)
    unique(grants, "refresh_token", lambda grant: grant.refresh_token)
    named = [each for client in clients for each in (client.name, client.client_id)]
    return replace(
        section,
        projects=projects,
        clients=clients,
        users=users,
        grants=grants,
        service_accounts=_service_accounts(section, [project.id for project in projects]),
        organizations=tuple(checked_organization(organization, named) for organization in section.organizations),
    )


def _service_accounts(section: GoogleSeed, projects: list[str]) -> tuple[ServiceAccountSeed, ...]:
    accounts = tuple(checked_service_account(account, projects) for account in section.service_accounts)
    unique(accounts, "email", lambda account: account.email)
    unique(accounts, "client_id", lambda account: account.client_id)
    return accounts


def _project(seed: ProjectSeed) -> ProjectSeed:
    if seed.user_type == "internal" and not seed.organization:
        problem = "internal needs an organization: only a project of one can be internal"
        raise seed.node.require("user_type").error(problem)
    if seed.number < 0:
        raise seed.node.require("number").error("expected a positive number")
    if seed.user_cap < 0:
        raise seed.node.require("user_cap").error("expected how many users an unverified app may ever have, or 0")
    return replace(
        seed,
        number=seed.number or int("1" + derived(DIGITS, 11, "project number", seed.id)),
        title=seed.title or seed.id,
        test_users=addresses(seed.test_users, seed.node, "test_users"),
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
    name = derived(LOWER_ALPHANUMERIC, 32, "client", str(project.number), seed.name)
    return replace(
        seed,
        client_id=seed.client_id or f"{project.number}-{name}.apps.googleusercontent.com",
        secrets=seed.secrets or ("GOCSPX-" + derived(URL_SAFE, 28, "secret", str(project.number), seed.name),),
    )


def _user(seed: UserSeed, organizations: set[str]) -> UserSeed:
    email = addresses((seed.email,), seed.node, "email")[0]
    if seed.sub and not _SUB.fullmatch(seed.sub):
        raise seed.node.require("sub").error(f'expected 21 digits, got "{seed.sub}"')
    domain = email.rpartition("@")[2]
    derived_organization = domain if domain in organizations else ""
    return replace(
        seed,
        email=email,
        name=seed.name or f"{seed.given_name} {seed.family_name}".strip() or email.partition("@")[0],
        sub=seed.sub or "1" + derived(DIGITS, 20, "account", email),
        organization=derived_organization if seed.organization is None else seed.organization.lower(),
    )


def _grant(seed: GrantSeed, clients: tuple[ClientSeed, ...], users: tuple[UserSeed, ...]) -> GrantSeed:
    user = next((each for each in users if each.email == seed.user.lower()), None)
    if user is None:
        raise seed.node.require("user").dangling("user", [each.email for each in users])
    client = next((each for each in clients if seed.client in {each.name, each.client_id}), None)
    if client is None:
        raise seed.node.require("client").dangling("client", [each.name for each in clients])
    token = "1//0" + derived(URL_SAFE, 99, "refresh token", client.client_id, user.email)
    return replace(
        seed,
        user=user.email,
        client=client.name,
        scopes=full_scopes(seed.scopes, seed.node),
        refresh_token=seed.refresh_token or token,
    )
