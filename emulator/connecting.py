"""Who acts for Scalekit's users and developers: a browser for magic links, and the consoles of the providers.

Scalekit's room knows neither Google nor the generic provider; this puts them together.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from threading import Thread
from urllib.parse import urlsplit

from .consent import ConsentDesk
from .kernel.browser import BrowserError
from .kernel.callback import CallbackError, deliver
from .kernel.http import Call, Reply
from .services.google.browser import ConsentBrowser, Outcome
from .services.google.cloud import Google
from .services.provider.state import ProviderState
from .services.scalekit.connections import Connection

__all__ = ["LinkOpener", "ProviderConsoles"]

log = logging.getLogger("emulator")


class LinkOpener:
    """Opens magic links as a user would; ``desk`` tells whether one that was just made is opened by itself."""

    def __init__(self, respond: Callable[[Call], Reply], knows: Callable[[str], bool], desk: ConsentDesk) -> None:
        self._respond = respond
        self._knows = knows
        self._desk = desk

    def follow(self, url: str, *, as_user: str | None = None, approve: bool = True) -> Outcome:
        """Walk the pages behind ``url`` to their end, or to an address of the app's. Raises ``BrowserError``."""
        return ConsentBrowser(self._respond, self._knows, as_user).follow(url, approve=approve)

    def find_link(self, url: str) -> None:
        """Act on a link that was just made as the consent mode says; what cannot be walked is left to a person.

        An app that wants its user verified is called beside the present call, which it may itself be waiting for. The
        public name of an Actor's live view leads to the Actor's own port on this machine.
        """
        if self._desk.mode == "manual":
            self._desk.leave(url)
            return
        try:
            outcome = self.follow(url, approve=self._desk.mode != "deny")
        except BrowserError as error:
            log.info("the magic link is left to a person: %s", error)
            self._desk.leave(url)
            return
        if outcome.returned:
            Thread(target=_call_app, args=(outcome.url,), name="user verification", daemon=True).start()


class ProviderConsoles:
    """Where a developer registers a connection's client and redirect URI."""

    def __init__(self, google: Google, generic: ProviderState) -> None:
        self._google = google
        self._generic = generic

    def register(self, connection: Connection, redirect_uri: str) -> None:
        """Enter ``redirect_uri`` at the connection's provider. Google knows only clients that a project has."""
        provider = connection.provider
        if not provider.is_google:
            key = provider.key.lower()
            self._generic.register(key, connection.client_id, connection.client_secret, redirect_uri)
            return
        for client in self._google.clients:
            if client.client_id == connection.client_id:
                client.add_redirect_uri(redirect_uri)


def _call_app(url: str) -> None:
    try:
        deliver(url)
    except CallbackError as error:
        log.warning("the app was not called back at %s: %s", urlsplit(url).netloc, error)
