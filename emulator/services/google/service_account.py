"""Service accounts: accounts of software, which prove themselves with a key instead of a consent.

Facts: "Using OAuth 2.0 for Server to Server Applications"; the key file is the one google-auth reads.
"""

from __future__ import annotations

import json
from hashlib import sha256
from typing import Any

from ...kernel.live import Column, Live, UnknownName
from ...kernel.world import World
from ..rsa_keys import private_key_pem, public_key_pem
from . import scopes as scope_names
from .organization import Organization
from .project import Client, Project

__all__ = ["SERVICE_ACCOUNT_DOMAIN", "ServiceAccount"]

SERVICE_ACCOUNT_DOMAIN = ".gserviceaccount.com"
_CERTIFICATES = "https://www.googleapis.com/robot/v1/metadata/x509/"


class ServiceAccount(Live):
    """A service account by its address. ``client_id`` is its unique id of 21 digits."""

    table, key, kind = "google_service_account", "email", "service account"

    client_id = Column(str)
    disabled = Column(bool)

    @classmethod
    def named(cls, world: World, name: str) -> ServiceAccount:
        """The service account of that address, or of that name before the ``@``. Raises ``UnknownName``."""
        known = [row[0] for row in world.all("SELECT email FROM google_service_account ORDER BY email")]
        for email in known:
            if name.lower() in {email, email.partition("@")[0]}:
                return cls(world, email)
        raise UnknownName(cls.kind, name, known)

    @property
    def email(self) -> str:
        """The address."""
        return self._name

    @property
    def project(self) -> Project:
        """The project the account belongs to."""
        return Client.of(self._world, self.client_id).project

    # -- keys --------------------------------------------------------------------------------------------------

    def key_json(self) -> str:
        """The newest key as the file the Cloud console hands out; the first is made on demand."""
        return json.dumps(self.key_info(), indent=2) + "\n"

    def key_info(self) -> dict[str, Any]:
        """The same as a mapping, for ``Credentials.from_service_account_info``."""
        row = self._world.one(
            "SELECT kid, private_pem FROM google_service_account_key WHERE email = ? AND NOT deleted"
            " ORDER BY number DESC LIMIT 1",
            (self.email,),
        )
        kid, private_pem = (row["kid"], row["private_pem"]) if row is not None else self._new_key()
        return {
            "type": "service_account",
            "project_id": self.project.id,
            "private_key_id": kid,
            "private_key": private_pem,
            "client_email": self.email,
            "client_id": self.client_id,
            "auth_uri": "https://accounts.google.com/o/oauth2/auth",
            "token_uri": "https://oauth2.googleapis.com/token",
            "auth_provider_x509_cert_url": "https://www.googleapis.com/oauth2/v1/certs",
            "client_x509_cert_url": _CERTIFICATES + self.email.replace("@", "%40"),
            "universe_domain": "googleapis.com",
        }

    def create_key(self) -> str:
        """A further key; the answer is its id. Older ones stay good."""
        return self._new_key()[0]

    def delete_key(self, kid: str) -> None:
        """Delete one key: what it signs draws ``Invalid JWT Signature.``. Raises ``UnknownName``."""
        known = [row[0] for row in self._world.all(_LIVING_KEYS, (self.email,))]
        if kid not in known:
            raise UnknownName(f"key of {self.email}", kid, known)
        with self._world.transaction():
            self._world.execute("UPDATE google_service_account_key SET deleted = 1 WHERE kid = ?", (kid,))

    def public_keys(self) -> dict[str, str]:
        """Public keys that still count, in PEM by id."""
        rows = self._world.all(
            "SELECT kid, public_pem FROM google_service_account_key WHERE email = ? AND NOT deleted", (self.email,)
        )
        return {row["kid"]: row["public_pem"] for row in rows}

    def _new_key(self) -> tuple[str, str]:
        made = self._world.value("SELECT count(*) FROM google_service_account_key WHERE email = ?", (self.email,))
        name = f"service account key {made} of {self.email}"
        kid, private_pem = sha256(name.encode()).hexdigest()[:40], private_key_pem(name)
        with self._world.transaction():
            self._world.execute(
                "INSERT INTO google_service_account_key (kid, email, number, private_pem, public_pem)"
                " VALUES (?, ?, ?, ?, ?)",
                (kid, self.email, made, private_pem, public_key_pem(private_pem)),
            )
        return kid, private_pem

    # -- domain-wide delegation --------------------------------------------------------------------------------

    def delegate(self, organization: str, scopes: tuple[str, ...]) -> None:
        """Let the account act as any account of ``organization`` within ``scopes`` (short names will do).

        What was delegated before is replaced, as in the admin console. Raises ``UnknownName``.
        """
        domain = Organization.named(self._world, organization).domain
        full = scope_names.joined(scope_names.canonical(scope) for scope in scopes)
        with self._world.transaction():
            values = (domain, self.client_id, full)
            self._world.execute("INSERT OR REPLACE INTO google_delegation VALUES (?, ?, ?)", values)

    def end_delegation(self, organization: str) -> None:
        """Undo ``delegate``."""
        with self._world.transaction():
            self._world.execute(
                "DELETE FROM google_delegation WHERE domain = ? AND client_id = ?",
                (organization.lower(), self.client_id),
            )

    def delegated(self, organization: str) -> tuple[str, ...]:
        """The scopes delegated in ``organization``; empty without delegation."""
        found = self._world.value(
            "SELECT scopes FROM google_delegation WHERE domain = ? AND client_id = ?", (organization, self.client_id)
        )
        return scope_names.split(found or "")


_LIVING_KEYS = "SELECT kid FROM google_service_account_key WHERE email = ? AND NOT deleted ORDER BY number"
