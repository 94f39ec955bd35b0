"""Google accounts: who signs in, what they have allowed, and what their owner can do about it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime

from ...kernel.live import Column, Live, UnknownName
from ...kernel.world import World
from . import scopes as scope_names
from .project import Client
from .tokens import RefreshToken, Tokens

__all__ = ["Account", "Credentials", "HeldToken"]


@dataclass(frozen=True, slots=True)
class Credentials:
    """What an Actor is given to act for ``user``: the three strings of the refresh-token recipe, and their scopes."""

    user: str
    client: str
    client_id: str
    client_secret: str
    refresh_token: str
    scopes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class HeldToken:
    """A refresh token with its whole life. ``dead_reason`` says what the wire does not; ``None`` while it lives."""

    user: str
    client: str
    refresh_token: str
    scopes: tuple[str, ...]
    issued: datetime
    last_used: datetime
    expires: datetime | None
    dead_reason: str | None
    died: datetime | None


class Account(Live):
    """A Google account with the verbs its owner has at myaccount.google.com.

    ``gmail`` False has no mailbox; ``organization`` is its Workspace domain, empty for a consumer account.
    """

    table, key, kind = "google_account", "email", "user"

    sub = Column(str)
    name = Column(str)
    organization = Column(str)
    disabled = Column(bool)
    deleted = Column(bool)
    gmail = Column(bool)
    advanced_protection = Column(bool)

    def __init__(self, world: World, name: str, tokens: Tokens) -> None:
        super().__init__(world, name)
        self._tokens = tokens

    @classmethod
    def named(cls, world: World, email: str, tokens: Tokens) -> Account:
        """The account of that address, whatever its case. Raises ``UnknownName``."""
        if world.one("SELECT 1 FROM google_account WHERE email = ?", (email.lower(),)) is None:
            known = [row[0] for row in world.all("SELECT email FROM google_account ORDER BY email LIMIT 50")]
            raise UnknownName(cls.kind, email, known)
        return cls(world, email.lower(), tokens)

    @property
    def email(self) -> str:
        """The address."""
        return self._name

    def consent(self, client: str, scopes: tuple[str, ...], *, refresh_token: str = "") -> Credentials:
        """Allow a client ``scopes`` (short names will do) and answer the credentials that come of it."""
        chosen = Client.named(self._world, client)
        full = scope_names.with_openid(scope_names.canonical(scope) for scope in scopes)
        with self._world.transaction():
            self._tokens.grant(self.email, chosen.project.id, full)
            issued = self._tokens.issue_refresh(self.email, chosen.client_id, full, token=refresh_token)
        return self._credentials(chosen, issued)

    def credentials(self, client: str | None = None) -> Credentials:
        """The newest living credentials, of one client where named. Raises ``UnknownName`` without consent."""
        found = self.all_credentials()
        wanted = Client.named(self._world, client).client_id if client is not None else None
        for each in reversed(found):
            if wanted in {None, each.client_id}:
                return each
        raise UnknownName(f"living refresh token of {self.email} for client", client or "any", _names(found))

    def all_credentials(self) -> list[Credentials]:
        """Credentials for every refresh token that is not dead, oldest first."""
        rows = self._world.all(
            "SELECT token FROM google_refresh_token WHERE account = ? AND dead_reason IS NULL ORDER BY number",
            (self.email,),
        )
        issued = [self._tokens.refresh_token(row[0]) for row in rows]
        return [
            self._credentials(Client.named(self._world, token.client_id), token)
            for token in issued
            if token is not None and self._tokens.why_dead(token) is None
        ]

    def tokens(self) -> list[HeldToken]:
        """Every refresh token ever issued for the account, oldest first, dead ones with their reason."""
        return [self._held(token) for token in self._tokens.refresh_tokens(self.email)]

    def change_password(self) -> None:
        """Change the password, which ends every token that reads or writes mail, and no other."""
        with self._world.transaction():
            self._tokens.end_for_api(self.email, "gmail.googleapis.com", "password_changed")

    def revoke(self, client: str | None = None) -> None:
        """Remove access, as the owner does: the whole grant of the client's project, or of every project."""
        with self._world.transaction():
            for project in self._projects(client):
                self._tokens.revoke_grant(self.email, project, "revoked_by_user")

    def access_token(self, client: str, scopes: tuple[str, ...]) -> str:
        """Mint an access token without a token exchange, for a test that needs only the API."""
        chosen = Client.named(self._world, client)
        full = tuple(scope_names.canonical(scope) for scope in scopes)
        with self._world.transaction():
            return self._tokens.issue_access(self.email, chosen.client_id, full).token

    def expire_access_tokens(self) -> int:
        """Let every access token of this account be past its hour now; the answer counts them."""
        with self._world.transaction():
            return self._tokens.expire_access(self.email)

    def _projects(self, client: str | None) -> list[str]:
        if client is not None:
            return [Client.named(self._world, client).project.id]
        return self._tokens.projects_of(self.email)

    def _held(self, token: RefreshToken) -> HeldToken:
        reason, died = self._tokens.why_dead(token) or (None, None)
        return HeldToken(
            user=self.email,
            client=Client(self._world, token.client_id).name,
            refresh_token=token.token,
            scopes=token.scopes,
            issued=_moment(token.issued_at),
            last_used=_moment(token.last_used),
            expires=None if token.expires_at is None else _moment(token.expires_at),
            dead_reason=reason,
            died=None if died is None else _moment(died),
        )

    def _credentials(self, client: Client, issued: RefreshToken) -> Credentials:
        secret = client.secrets[0] if client.secrets else ""
        return Credentials(self.email, client.name, client.client_id, secret, issued.token, issued.scopes)


def _names(found: list[Credentials]) -> list[str]:
    return [each.client for each in found]


def _moment(seconds: float) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)
