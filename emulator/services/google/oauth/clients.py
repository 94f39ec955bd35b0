"""Client authentication at the token endpoint, with the error of each way it can fail."""

from __future__ import annotations

from collections.abc import Mapping

from ....kernel.clock import Clock
from ....kernel.http import Call
from ....kernel.oauth import ClientAuthentication, client_authentication
from ....kernel.world import World
from ..project import CLIENT_UNUSED_LIFETIME, Client
from .errors import (
    ClientDeleted,
    ClientIdMissing,
    ClientNotFound,
    ClientSecretMissing,
    ClientSecretWrong,
    EmptyBasicCredentials,
)

__all__ = ["Clients"]


class Clients:
    """The OAuth clients of a world, as the token endpoint sees them."""

    def __init__(self, world: World, clock: Clock) -> None:
        self._world = world
        self._clock = clock

    def of(self, call: Call, parameters: Mapping[str, str]) -> Client:
        """The client that proved itself in a call, by HTTP Basic or in its parameters. Raises ``OAuthError``."""
        if call.basic_credentials() == ("", ""):
            raise EmptyBasicCredentials
        return self.authenticated(client_authentication(call, parameters))

    def authenticated(self, given: ClientAuthentication | None) -> Client:
        """The client that proved itself. Service accounts have no secret and are no clients here."""
        if given is None:
            raise ClientIdMissing
        client = self.existing(given.client_id)
        if not given.secret:
            raise ClientSecretMissing
        if not given.proves(client.secrets):
            raise ClientSecretWrong
        return client

    def existing(self, client_id: str) -> Client:
        """The client of that id, unproved. Raises ``ClientNotFound`` or ``ClientDeleted``."""
        row = self._world.one("SELECT type, deleted, last_used FROM google_client WHERE client_id = ?", (client_id,))
        if row is None or row["type"] == "service":
            raise ClientNotFound
        if row["deleted"]:
            raise ClientDeleted
        if row["last_used"] is not None and self._clock.time() >= row["last_used"] + CLIENT_UNUSED_LIFETIME:
            raise ClientDeleted(cause="client_unused")
        return Client(self._world, client_id)
