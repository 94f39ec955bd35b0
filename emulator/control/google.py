"""Control routes over the Google side. Each changes objects of ``emulator.google`` and answers what they are now."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import asdict
from datetime import datetime
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from ..kernel.clock import rfc3339
from . import google_requests as bodies

if TYPE_CHECKING:
    from .routes import Request

__all__ = ["GOOGLE_ROUTES"]


def change_project(request: Request) -> Any:
    """Change a Cloud project and its consent screen."""
    wanted = request.body(bodies.ProjectChange)
    project = request.app.google.project(wanted.name)
    columns = ("title", "user_type", "publishing_status", "verified", "organization", "denied_as", "user_cap")
    with request.app.world.transaction():
        _assign(project, wanted, columns)
        _each(project.enable, wanted.enable)
        _each(project.disable, wanted.disable)
        _each(project.add_test_user, wanted.add_test_users)
        _each(project.remove_test_user, wanted.remove_test_users)
    return _shown(project, ("id", "number", *columns, "enabled_apis", "test_users"))


def change_client(request: Request) -> Any:
    """Change an OAuth client."""
    wanted = request.body(bodies.ClientChange)
    client = request.app.google.client(wanted.name)
    with request.app.world.transaction():
        _assign(client, wanted, ("deleted", "desktop_like_web"))
        _each(client.add_secret, wanted.add_secrets)
        _each(client.remove_secret, wanted.remove_secrets)
    return _shown(client, ("name", "client_id", "type", "deleted", "desktop_like_web", "secrets", "redirect_uris"))


def change_user(request: Request) -> Any:
    """Change an account, or its password."""
    wanted = request.body(bodies.UserChange)
    user = request.app.google.user(wanted.name)
    columns = ("disabled", "deleted", "gmail", "advanced_protection", "organization")
    with request.app.world.transaction():
        _assign(user, wanted, columns)
        if wanted.change_password:
            user.change_password()
    return _shown(user, ("email", "sub", "name", *columns))


def change_organization(request: Request) -> Any:
    """Decide as an administrator of an organization."""
    wanted = request.body(bodies.OrganizationChange)
    organization = request.app.google.organization(wanted.name)
    with request.app.world.transaction():
        if wanted.session_hours is not None:
            if wanted.session_hours < 0:
                raise ValueError(f"session_hours: expected 0 or more, got {wanted.session_hours:g}")
            organization.session_hours = wanted.session_hours or None
        for verb in ("block", "unblock", "trust", "distrust", "restrict", "unrestrict"):
            _each(getattr(organization, verb), getattr(wanted, verb))
    names = ("domain", "session_hours", "blocked_clients", "trusted_clients", "restricted_apis")
    return _shown(organization, names)


def change_service_account(request: Request) -> Any:
    """Change a service account, its keys and its delegations; answers its newest key as a file."""
    wanted = request.body(bodies.ServiceAccountChange)
    account = request.app.google.service_account(wanted.name)
    with request.app.world.transaction():
        _assign(account, wanted, ("disabled",))
        for delegation in wanted.delegate:
            if delegation.scopes:
                account.delegate(delegation.organization, delegation.scopes)
            else:
                account.end_delegation(delegation.organization)
        if wanted.create_key:
            account.create_key()
        _each(account.delete_key, wanted.delete_keys)
        return _shown(account, ("email", "client_id", "disabled")) | {"key": account.key_info()}


def answer_device(request: Request) -> Any:
    """Answer a device in place of a person."""
    wanted = request.body(bodies.DeviceAnswer)
    if wanted.user is not None:
        request.app.google.approve_device(wanted.user_code, wanted.user)
    else:
        request.app.google.deny_device(wanted.user_code)
    return {"answered": "approved" if wanted.user is not None else "denied"}


def held_tokens(request: Request) -> Any:
    """Every refresh token ever issued, with what it died of; ``?user=`` for one account's."""
    email = request.argument("user")
    google = request.app.google
    held = google.held_tokens() if email is None else google.user(email).tokens()
    return {"tokens": [{name: _as_json(value) for name, value in asdict(token).items()} for token in held]}


def _assign(target: object, wanted: object, columns: Iterable[str]) -> None:
    for column in columns:
        value = getattr(wanted, column)
        if value is not None:
            setattr(target, column, value)


def _each(verb: Callable[[str], object], values: Iterable[str]) -> None:
    for value in values:
        verb(value)


def _shown(target: object, names: Iterable[str]) -> dict[str, Any]:
    return {name: getattr(target, name) for name in names}


def _as_json(value: Any) -> Any:
    return rfc3339(value) if isinstance(value, datetime) else value


GOOGLE_ROUTES: Mapping[tuple[str, str], Callable[[Request], Any]] = MappingProxyType(
    {
        ("POST", "google/project"): change_project,
        ("POST", "google/client"): change_client,
        ("POST", "google/user"): change_user,
        ("POST", "google/organization"): change_organization,
        ("POST", "google/service_account"): change_service_account,
        ("POST", "google/device"): answer_device,
        ("GET", "google/tokens"): held_tokens,
    }
)
