"""What Scalekit's room is given from outside: a person at a browser, and the providers' own consoles.

Rooms do not import one another; the app hands these over.
"""

from __future__ import annotations

from typing import Protocol

from .connections import Connection

__all__ = ["Person", "ProviderConsole", "Walk"]


class Walk(Protocol):
    """Where following a link ended: ``url`` and, where the app's own address was reached, ``returned``."""

    @property
    def url(self) -> str:
        """The last address."""

    @property
    def returned(self) -> bool:
        """Whether the last address is an app's."""

    @property
    def error(self) -> str:
        """The error of the last page, "" for none."""


class Person(Protocol):
    """Somebody who opens links and presses buttons."""

    def follow(self, url: str, *, as_user: str | None = None, approve: bool = True) -> Walk:
        """Walk the pages behind ``url`` to their end."""

    def find_link(self, url: str) -> None:
        """A magic link was made: act on it as the consent mode says."""


class ProviderConsole(Protocol):
    """Where a developer enters redirect URIs at a provider."""

    def register(self, connection: Connection, redirect_uri: str) -> None:
        """Make the provider know the connection's client and accept ``redirect_uri`` for it."""
