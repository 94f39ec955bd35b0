"""Bodies of the routes that change the Google side: one frozen dataclass for each kind of object.

A field left out leaves its attribute as it is.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

__all__ = [
    "ClientChange",
    "Delegation",
    "DeviceAnswer",
    "OrganizationChange",
    "ProjectChange",
    "ServiceAccountChange",
    "UserChange",
]


@dataclass(frozen=True)
class ProjectChange:
    """``POST google/project``: the project ``name`` (its id)."""

    name: str
    title: str | None = None
    user_type: Literal["external", "internal"] | None = None
    publishing_status: Literal["testing", "production"] | None = None
    verified: bool | None = None
    organization: str | None = None
    denied_as: Literal["", "org_internal", "access_denied"] | None = None
    user_cap: int | None = None
    enable: tuple[str, ...] = ()
    disable: tuple[str, ...] = ()
    add_test_users: tuple[str, ...] = ()
    remove_test_users: tuple[str, ...] = ()


@dataclass(frozen=True)
class ClientChange:
    """``POST google/client``: the OAuth client ``name`` (or its id)."""

    name: str
    deleted: bool | None = None
    desktop_like_web: bool | None = None
    add_secrets: tuple[str, ...] = ()
    remove_secrets: tuple[str, ...] = ()


@dataclass(frozen=True)
class UserChange:
    """``POST google/user``: the account ``name`` (its address)."""

    name: str
    disabled: bool | None = None
    deleted: bool | None = None
    gmail: bool | None = None
    advanced_protection: bool | None = None
    organization: str | None = None
    change_password: bool = False


@dataclass(frozen=True)
class OrganizationChange:
    """``POST google/organization``: the organization ``name`` (its domain). ``session_hours`` 0 is for ever."""

    name: str
    session_hours: float | None = None
    block: tuple[str, ...] = ()
    unblock: tuple[str, ...] = ()
    trust: tuple[str, ...] = ()
    distrust: tuple[str, ...] = ()
    restrict: tuple[str, ...] = ()
    unrestrict: tuple[str, ...] = ()


@dataclass(frozen=True)
class Delegation:
    """Domain-wide delegation in ``organization``; without scopes it ends."""

    organization: str
    scopes: tuple[str, ...] = ()


@dataclass(frozen=True)
class ServiceAccountChange:
    """``POST google/service_account``: the service account ``name`` (or its address)."""

    name: str
    disabled: bool | None = None
    create_key: bool = False
    delete_keys: tuple[str, ...] = ()
    delegate: tuple[Delegation, ...] = ()


@dataclass(frozen=True)
class DeviceAnswer:
    """``POST google/device``: approve as ``user`` the device that shows ``user_code``; without a user, refuse it."""

    user_code: str
    user: str | None = None
