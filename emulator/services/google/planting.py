"""Puts the ``google`` section of a seed into the world; what the world has already is a ``SeedError`` at its line."""

from __future__ import annotations

from ...kernel.seed import SeedNode
from ...kernel.world import World
from .api_keys import ApiKeys
from .cloud import Google
from .organization import Organization
from .quota import Quota, keep_quota
from .scopes import with_openid
from .seed import ClientSeed, GoogleSeed, GrantSeed, ProjectSeed, UserSeed
from .seed_administration import OrganizationSeed, ServiceAccountSeed, TopicSeed

__all__ = ["plant"]


def plant(google: Google, section: GoogleSeed) -> None:
    """Projects, clients, users and grants of ``section``, in one go. The caller holds the transaction."""
    world = google.kernel.world
    for project in section.projects:
        _project(world, project)
    for client in section.clients:
        _client(google, client)
    belonging = [project.organization for project in section.projects]
    belonging += [user.organization or "" for user in section.users]
    for domain in dict.fromkeys(filter(None, belonging)):
        Organization.ensured(world, domain)
    for user in section.users:
        _user(world, user)
    for grant in section.grants:
        _grant(google, grant)
    for account in section.service_accounts:
        _service_account(google, account)
    for organization in section.organizations:
        _organization(world, organization)
    for topic in section.topics:
        _topic(google, topic)
    if not section.error_descriptions:
        google.settings.error_descriptions = False


def _new(world: World, node: SeedNode, table: str, **values: str | int) -> None:
    """Refuse, where it was written, a value that the world's ``table`` already holds in that column."""
    for column, value in values.items():
        if world.one(f"SELECT 1 FROM {table} WHERE {column} = ?", (value,)) is not None:
            raise (node.get(column) or node).error(f'"{value}" is already in the world')


def _project(world: World, seed: ProjectSeed) -> None:
    _new(world, seed.node, "google_project", id=seed.id, number=seed.number)
    world.execute(
        "INSERT INTO google_project (id, number, title, user_type, publishing_status, verified, organization,"
        " denied_as, user_cap) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (
            seed.id,
            seed.number,
            seed.title,
            seed.user_type,
            seed.publishing_status,
            seed.verified,
            seed.organization,
            seed.denied_as,
            seed.user_cap,
        ),
    )
    if seed.quota != "off":
        keep_quota(world, seed.id, seed.quota if isinstance(seed.quota, Quota) else Quota(costs=seed.quota))
    for key in seed.api_keys:
        _new(world, seed.node, "google_api_key", value=key)
        ApiKeys(world).keep(key, seed.id)
    world.execute_many("INSERT INTO google_tester VALUES (?, ?)", [(seed.id, email) for email in seed.test_users])
    world.execute_many("INSERT INTO google_enabled_api VALUES (?, ?)", [(seed.id, api) for api in seed.enabled])


def _client(google: Google, seed: ClientSeed) -> None:
    world = google.kernel.world
    _new(world, seed.node, "google_client", name=seed.name, client_id=seed.client_id)
    world.execute(
        "INSERT INTO google_client (client_id, name, project, type, deleted, desktop_like_web, last_used)"
        " VALUES (?, ?, ?, ?, ?, ?, ?)",
        (
            seed.client_id,
            seed.name,
            seed.project,
            seed.type,
            seed.deleted,
            seed.desktop_like_web,
            google.kernel.clock.time(),
        ),
    )
    secrets = [(seed.client_id, secret) for secret in seed.secrets]
    world.execute_many("INSERT INTO google_client_secret (client_id, secret) VALUES (?, ?)", secrets)
    uris = [(seed.client_id, uri) for uri in seed.redirect_uris]
    world.execute_many("INSERT INTO google_redirect_uri VALUES (?, ?)", uris)


def _user(world: World, seed: UserSeed) -> None:
    _new(world, seed.node, "google_account", email=seed.email, sub=seed.sub)
    world.execute(
        "INSERT INTO google_account (email, sub, name, given_name, family_name, picture, organization, disabled,"
        " deleted, gmail, advanced_protection) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (
            seed.email,
            seed.sub,
            seed.name,
            seed.given_name,
            seed.family_name,
            seed.picture,
            seed.organization or "",
            seed.disabled,
            seed.deleted,
            seed.gmail,
            seed.advanced_protection,
        ),
    )


def _grant(google: Google, seed: GrantSeed) -> None:
    if google.tokens.refresh_token(seed.refresh_token) is not None:
        raise (seed.node.get("refresh_token") or seed.node).error("this refresh token is already in the world")
    client = google.client(seed.client)
    scopes = with_openid(seed.scopes)
    google.tokens.grant(seed.user, client.project.id, scopes)
    issued_at = google.kernel.clock.time() - seed.consented.total_seconds()
    google.tokens.issue_refresh(seed.user, client.client_id, scopes, token=seed.refresh_token, issued_at=issued_at)


def _service_account(google: Google, seed: ServiceAccountSeed) -> None:
    world = google.kernel.world
    _new(world, seed.node, "google_service_account", email=seed.email)
    world.execute(
        "INSERT INTO google_client (client_id, name, project, type, last_used) VALUES (?, ?, ?, 'service', ?)",
        (seed.client_id, seed.email, seed.project, google.kernel.clock.time()),
    )
    world.execute(
        "INSERT INTO google_service_account (email, client_id, disabled) VALUES (?, ?, ?)",
        (seed.email, seed.client_id, seed.disabled),
    )
    for delegation in seed.delegations:
        Organization.ensured(world, delegation.organization)
        google.service_account(seed.email).delegate(delegation.organization, delegation.scopes)


def _organization(world: World, seed: OrganizationSeed) -> None:
    organization = Organization.ensured(world, seed.domain)
    organization.session_hours = seed.session_hours
    for client in seed.blocked_clients:
        organization.block(client)
    for client in seed.trusted_clients:
        organization.trust(client)
    for api in seed.restricted_apis:
        organization.restrict(api)
    for feature in seed.switched_off:
        organization.switch_off(feature)


def _topic(google: Google, seed: TopicSeed) -> None:
    _new(google.kernel.world, seed.node, "google_topic", name=seed.name)
    try:
        google.topics.create(seed.name)
    except ValueError as error:
        raise seed.node.require("name").error(str(error)) from None
    for each in seed.subscriptions:
        _new(google.kernel.world, each.node, "google_subscription", name=each.name)
        try:
            google.topics.subscribe(each.name, seed.name, push_endpoint=each.push_endpoint)
        except ValueError as error:
            raise each.node.error(str(error)) from None
