"""Environments and who may speak for them: credentials and the bearer tokens they buy."""

from __future__ import annotations

from hmac import compare_digest

from ...kernel.clock import Clock
from ...kernel.ids import Ids
from ...kernel.live import Column, Live
from ...kernel.world import World
from .errors import Unauthenticated

__all__ = ["BEARER_LIFETIME", "Bearers", "Environment"]

BEARER_LIFETIME = 86_399


class Environment(Live):
    """An environment by its domain ("acme.scalekit.dev").

    ``verification`` "scalekit" activates an account when the provider's consent is through; "custom" waits until the
    app has confirmed the user. ``link_lifetime`` is how many seconds a magic link can be opened.
    """

    table, key, kind = "scalekit_environment", "domain", "Scalekit environment"

    verification = Column(str, choices=("scalekit", "custom"))
    link_lifetime = Column(float)

    @property
    def domain(self) -> str:
        """The host name."""
        return self._name

    @property
    def id(self) -> str:
        """The id, ``env_`` and digits."""
        return str(self._world.value("SELECT id FROM scalekit_environment WHERE domain = ?", (self._name,)))

    @property
    def client_id(self) -> str:
        """The first of its API credentials. Raises ``LookupError`` where all were taken away."""
        return self._credential()[0]

    @property
    def client_secret(self) -> str:
        """The secret of that credential."""
        return self._credential()[1]

    @property
    def credentials(self) -> tuple[tuple[str, str], ...]:
        """Every client id with its secret."""
        rows = self._world.all(
            "SELECT client_id, secret FROM scalekit_credential WHERE environment = ? ORDER BY client_id", (self._name,)
        )
        return tuple((row[0], row[1]) for row in rows)

    def add_credential(self, client_id: str, secret: str) -> None:
        """Accept ``client_id`` with ``secret``, in place of an earlier secret of the same id."""
        with self._world.transaction():
            self._world.execute(
                "INSERT OR REPLACE INTO scalekit_credential VALUES (?, ?, ?)", (client_id, self._name, secret)
            )

    def remove_credential(self, client_id: str) -> None:
        """Accept ``client_id`` no longer; its tokens die with it."""
        with self._world.transaction():
            self._world.execute("DELETE FROM scalekit_credential WHERE client_id = ?", (client_id,))
            self._world.execute("DELETE FROM scalekit_bearer WHERE client_id = ?", (client_id,))

    def _credential(self) -> tuple[str, str]:
        if not (held := self.credentials):
            raise LookupError(f"{self!r} has no credential left; add one with add_credential(...)")
        return held[0]


class Bearers:
    """The access tokens of API clients."""

    def __init__(self, world: World, clock: Clock, ids: Ids) -> None:
        self._world = world
        self._clock = clock
        self._ids = ids

    def issue(self, client_id: str, secret: str, domain: str | None) -> str | None:
        """A token for the credential, ``None`` where it is wrong or another domain's. ``domain`` None is any."""
        row = self._world.one("SELECT * FROM scalekit_credential WHERE client_id = ?", (client_id,))
        if row is None or not compare_digest(row["secret"].encode(), secret.encode("utf-8", "replace")):
            return None
        if domain is not None and row["environment"] != domain:
            return None
        now = self._clock.time()
        token = f"{self._ids.text(36)}.{self._ids.text(120)}.{self._ids.text(43)}"
        self._world.execute("DELETE FROM scalekit_bearer WHERE expires_at <= ?", (now,))
        self._world.execute(
            "INSERT INTO scalekit_bearer VALUES (?, ?, ?, ?)",
            (token, client_id, row["environment"], now + BEARER_LIFETIME),
        )
        return token

    def caller(self, lines: tuple[str, ...], domain: str | None) -> tuple[str, str]:
        """Environment and client id of the first valid token among ``authorization`` lines.

        The Python SDK sends two, of which the second may be stale. Raises ``Unauthenticated``.
        """
        given = [line[7:].strip() for line in lines if line[:7].lower() == "bearer "]
        for token in given:
            row = self._world.one("SELECT * FROM scalekit_bearer WHERE token = ?", (token,))
            if row is None or row["expires_at"] <= self._clock.time():
                continue
            if domain is None or row["environment"] == domain:
                return row["environment"], row["client_id"]
        raise Unauthenticated(empty=not any(given))

    def invalidate(self) -> None:
        """Let every token be invalid from now on; clients fetch new ones."""
        with self._world.transaction():
            self._world.execute("DELETE FROM scalekit_bearer")
