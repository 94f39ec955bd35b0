"""Clients, authorizations, codes and grants of the generic providers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from hmac import compare_digest

from ...kernel.clock import Clock
from ...kernel.ids import Ids
from ...kernel.service import Kernel
from ...kernel.world import Row, World

__all__ = ["Authorization", "Grant", "ProviderState"]

CODE_LIFETIME = 600.0
PENDING_LIFETIME = 3600.0
ACCESS_LIFETIME = 3600
LASTING = frozenset(("github", "notion", "slack"))
"""Providers whose access tokens do not expire, and so come without a refresh token."""


@dataclass(frozen=True, slots=True)
class Authorization:
    """A request on its way through the pages; ``user`` is "" until one is chosen."""

    part: str
    provider: str
    cookie: str
    client_id: str
    redirect_uri: str
    scope: str
    state: str
    user: str


@dataclass(frozen=True, slots=True)
class Grant:
    """A living grant with its access token. ``lifetime`` is in seconds, ``None`` for ever."""

    access_token: str
    refresh_token: str
    scope: str
    user: str
    lifetime: int | None


class ProviderState:
    """What the generic providers of a world keep, each under its own name."""

    def __init__(self, kernel: Kernel) -> None:
        self._world: World = kernel.world
        self._clock: Clock = kernel.clock
        self._ids: Ids = kernel.ids

    def register(self, provider: str, client_id: str, secret: str, redirect_uri: str) -> None:
        """Make a provider know a client and accept a redirect URI for it."""
        with self._world.transaction():
            self._world.execute(
                "INSERT OR REPLACE INTO provider_client VALUES (?, ?, ?)", (provider, client_id, secret)
            )
            self._world.execute(
                "INSERT OR IGNORE INTO provider_redirect_uri VALUES (?, ?, ?)", (provider, client_id, redirect_uri)
            )

    def knows_client(self, provider: str, client_id: str) -> bool:
        """Whether a client of that id is registered."""
        return self._secret(provider, client_id) is not None

    def accepts_redirect(self, provider: str, client_id: str, uri: str) -> bool:
        """Whether the client may be answered at ``uri``."""
        return bool(
            self._world.value(
                "SELECT 1 FROM provider_redirect_uri WHERE provider = ? AND client_id = ? AND uri = ?",
                (provider, client_id, uri),
            )
        )

    def proves(self, provider: str, client_id: str, secret: str) -> bool:
        """Whether the secret is the client's."""
        kept = self._secret(provider, client_id)
        return kept is not None and compare_digest(kept.encode(), secret.encode("utf-8", "replace"))

    def users(self, provider: str) -> tuple[str, ...]:
        """Who has granted something there before."""
        rows = self._world.all("SELECT DISTINCT user FROM provider_grant WHERE provider = ? ORDER BY 1", (provider,))
        return tuple(row[0] for row in rows)

    # -- the pages ---------------------------------------------------------------------------------------------

    def begin(self, provider: str, given: Mapping[str, str]) -> Authorization:
        """Remember a request while its pages are walked."""
        found = Authorization(
            *(self._ids.text(32), provider, self._ids.text(32), given["client_id"], given["redirect_uri"]),
            *(given.get("scope", ""), given.get("state", ""), ""),
        )
        now = self._clock.time()
        self._world.execute("DELETE FROM provider_authorization WHERE expires_at <= ?", (now,))
        self._world.execute(
            "INSERT INTO provider_authorization VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (
                *(found.part, found.provider, found.cookie, found.client_id, found.redirect_uri, found.scope),
                *(found.state, found.user, now + PENDING_LIFETIME),
            ),
        )
        return found

    def pending(self, provider: str, part: str) -> Authorization | None:
        """The request of that part."""
        row = self._world.one(
            "SELECT * FROM provider_authorization WHERE part = ? AND provider = ? AND expires_at > ?",
            (part, provider, self._clock.time()),
        )
        if row is None:
            return None
        return Authorization(**{name: row[name] for name in Authorization.__slots__})

    def choose(self, found: Authorization, user: str) -> Authorization:
        """Note who decides."""
        self._world.execute("UPDATE provider_authorization SET user = ? WHERE part = ?", (user, found.part))
        chosen = self.pending(found.provider, found.part)
        assert chosen is not None
        return chosen

    def finish(self, found: Authorization) -> None:
        """Forget a request that was answered."""
        self._world.execute("DELETE FROM provider_authorization WHERE part = ?", (found.part,))

    # -- codes and tokens --------------------------------------------------------------------------------------

    def issue_code(self, found: Authorization) -> str:
        """A code for an authorization that was allowed."""
        code = self._ids.text(40)
        self._world.execute(
            "INSERT INTO provider_code VALUES (?, ?, ?, ?, ?, ?, ?)",
            (
                *(code, found.provider, found.client_id, found.redirect_uri, found.scope, found.user),
                self._clock.time() + CODE_LIFETIME,
            ),
        )
        return code

    def redeem(self, provider: str, client_id: str, code: str, redirect_uri: str) -> Grant | None:
        """The grant of a code, which is used up."""
        row = self._world.one(
            "SELECT * FROM provider_code WHERE code = ? AND provider = ? AND client_id = ? AND redirect_uri = ?"
            " AND expires_at > ?",
            (code, provider, client_id, redirect_uri, self._clock.time()),
        )
        if row is None:
            return None
        self._world.execute("DELETE FROM provider_code WHERE code = ?", (code,))
        refresh = "" if provider in LASTING else f"rt_{provider}_{self._ids.text(48)}"
        return self._issue(row, refresh)

    def refresh(self, provider: str, client_id: str, refresh_token: str) -> Grant | None:
        """The grant of a refresh token with a new access token."""
        row = self._world.one(
            "SELECT * FROM provider_grant WHERE refresh_token = ? AND refresh_token <> '' AND provider = ?"
            " AND client_id = ?",
            (refresh_token, provider, client_id),
        )
        if row is None:
            return None
        self._world.execute("DELETE FROM provider_grant WHERE access_token = ?", (row["access_token"],))
        return self._issue(row, refresh_token)

    def revoke(self, provider: str, token: str) -> bool:
        """End the grant of an access or refresh token."""
        done = self._world.execute(
            "DELETE FROM provider_grant WHERE provider = ? AND (access_token = ? OR (refresh_token = ? AND ? <> ''))",
            (provider, token, token, token),
        )
        return done.rowcount > 0

    def bearer(self, provider: str, token: str) -> Grant | None:
        """The living grant of an access token."""
        row = self._world.one(
            "SELECT * FROM provider_grant WHERE access_token = ? AND provider = ?"
            " AND (expires_at IS NULL OR expires_at > ?)",
            (token, provider, self._clock.time()),
        )
        if row is None:
            return None
        return Grant(row["access_token"], row["refresh_token"], row["scope"], row["user"], None)

    def _issue(self, row: Row, refresh_token: str) -> Grant:
        provider = row["provider"]
        lifetime = None if provider in LASTING else ACCESS_LIFETIME
        access = f"at_{provider}_{self._ids.text(48)}"
        self._world.execute(
            "INSERT INTO provider_grant VALUES (?, ?, ?, ?, ?, ?, ?)",
            (
                *(access, refresh_token, provider, row["client_id"], row["scope"], row["user"]),
                None if lifetime is None else self._clock.time() + lifetime,
            ),
        )
        return Grant(access, refresh_token, row["scope"], row["user"], lifetime)

    def _secret(self, provider: str, client_id: str) -> str | None:
        found: str | None = self._world.value(
            "SELECT secret FROM provider_client WHERE provider = ? AND client_id = ?", (provider, client_id)
        )
        return found
