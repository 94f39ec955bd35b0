"""Scalekit as a test or a console holds it: ``emulator.scalekit``."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import timedelta
from typing import Any

from ...kernel.http import Call, Reply
from .accounts import ACTIVE, EXPIRED, STATUSES, Account, Credentials, Filter
from .connections import Connection
from .environments import Environment
from .errors import AccountNotFound
from .links import Link
from .plans import Plan
from .platform import Platform
from .tools.registry import Handler

__all__ = ["ConnectedAccount", "NotAuthorized", "Scalekit"]

MOST_ACCOUNTS = 100_000


class NotAuthorized(Exception):
    """The pages behind a magic link did not end in an authorization; ``error`` is what the last one said."""

    def __init__(self, error: str) -> None:
        super().__init__(error or "the pages ended without an answer")
        self.error = error


class ConnectedAccount:
    """A connected account by id. Reading reads the world, setting writes it."""

    def __init__(self, platform: Platform, account_id: str, respond: Callable[[Call], Reply]) -> None:
        self._platform = platform
        self._respond = respond
        self.id = account_id

    @property
    def status(self) -> str:
        """ACTIVE, EXPIRED, PENDING_AUTH, PENDING_VERIFICATION or DISCONNECTED. Setting it changes nothing else."""
        return self._account.status

    @status.setter
    def status(self, status: str) -> None:
        if status not in STATUSES:
            raise ValueError(f"status must be one of {', '.join(STATUSES)}; got {status!r}")
        with self._platform.kernel.world.transaction():
            self._platform.accounts.set_status(self.id, status)

    @property
    def identifier(self) -> str:
        """Whose account it is, in the app's own words."""
        return self._account.identifier

    @property
    def connection(self) -> Connection:
        """The connection it belongs to."""
        return self._platform.connection_of(self._account)

    @property
    def access_token(self) -> str:
        """The token tools are called with, "" for none."""
        return self._account.credentials.access_token

    @property
    def scopes(self) -> tuple[str, ...]:
        """What was granted at the last authorization."""
        return self._account.credentials.scopes

    def magic_link(self, *, state: str = "", user_verify_url: str = "") -> Link:
        """A link as an app would get it, for this environment's own domain. Opens in the emulator's browser."""
        with self._platform.kernel.world.transaction():
            origin = f"https://{self.connection.environment}"
            return self._platform.make_link(self._account, origin, state=state, user_verify_url=user_verify_url)

    def authorize(self, as_user: str | None = None) -> None:
        """Have ``as_user`` sign in at the provider and allow, and the app confirm the user where it has to.

        Walks the real pages, so what stops a person stops this. Raises ``NotAuthorized``.
        """
        with self._platform.kernel.world.transaction():
            error = self._platform.authorize(self._account, as_user)
            self._platform.confirm(self._account)
        if not self._account.is_active:
            raise NotAuthorized(error)

    def deny(self, as_user: str | None = None) -> str:
        """Have ``as_user`` press Cancel; the error the last page showed."""
        with self._platform.kernel.world.transaction():
            return self._platform.authorize(self._account, as_user, approve=False)

    def becomes_active(
        self, *, after_polls: int | None = None, after: float | timedelta | None = None, as_user: str | None = None
    ) -> None:
        """Let the account be authorized by itself once a link was asked for: the ``after_polls``-th look finds it
        active, or the first look ``after`` so many seconds. Raises ``ValueError`` without either.
        """
        if after_polls is None and after is None:
            raise ValueError("say after how many polls or after what time; never_active() is for neither")
        seconds = after.total_seconds() if isinstance(after, timedelta) else after
        self._keep(Plan(after_polls, seconds, as_user))

    def never_active(self) -> None:
        """Let no consent mode authorize the account, so that whoever polls meets its timeout."""
        self._keep(Plan())

    def connect_with(self, **details: str) -> None:
        """Activate the account of a connection without OAuth, with the credentials its form would ask for."""
        with self._platform.kernel.world.transaction():
            self._platform.accounts.activate(self.id, Credentials(details=details))

    def expire_token(self) -> None:
        """Let the access token be past its time; the next use refreshes it."""
        held = self._account.credentials
        past = self._platform.kernel.clock.time() - 1
        with self._platform.kernel.world.transaction():
            self._platform.accounts.hold(
                self.id, Credentials(held.access_token, held.refresh_token, held.scopes, past, held.details)
            )

    def expire(self) -> None:
        """Let the account be EXPIRED, as after a refresh that was refused."""
        self.status = EXPIRED

    def revoke(self) -> None:
        """Revoke the grant at the provider. Scalekit learns of it when it next refreshes or uses the token."""
        account = self._account
        self._platform.grants.revoke(self._respond, self.connection, account.credentials)

    def disconnect(self) -> None:
        """Let the account be DISCONNECTED, its credentials forgotten."""
        with self._platform.kernel.world.transaction():
            self._platform.disconnect(self._account)

    def delete(self) -> None:
        """Revoke and remove the account; the next get-or-create makes another."""
        with self._platform.kernel.world.transaction():
            self._platform.delete(self._respond, self._account)

    @property
    def is_active(self) -> bool:
        """Whether the account may be used."""
        return self.status == ACTIVE

    @property
    def _account(self) -> Account:
        try:
            return self._platform.accounts.get(self.id)
        except AccountNotFound:
            raise LookupError(f"{self!r} is not in the world any more") from None

    def _keep(self, plan: Plan) -> None:
        with self._platform.kernel.world.transaction():
            self._platform.plans.keep(self.id, plan)

    def __repr__(self) -> str:
        return f"ConnectedAccount({self.id!r})"


class Scalekit:
    """The Scalekit side of a world. Without a domain every verb means the first environment."""

    def __init__(self, platform: Platform, respond: Callable[[Call], Reply]) -> None:
        self.platform = platform
        self._world = platform.kernel.world
        self._respond = respond

    @property
    def environments(self) -> tuple[Environment, ...]:
        """Every environment, by domain."""
        rows = self._world.all("SELECT domain FROM scalekit_environment ORDER BY domain")
        return tuple(Environment(self._world, row[0]) for row in rows)

    def environment(self, domain: str | None = None) -> Environment:
        """The environment of that domain. Raises ``UnknownName``, or ``LookupError`` where there is none at all."""
        if domain is not None:
            return self.platform.environment(domain)
        if not (found := self.environments):
            raise LookupError("this world has no Scalekit environment; seed one under scalekit.environments")
        return found[0]

    def connection(self, name: str, *, environment: str | None = None) -> Connection:
        """The connection of that name, whatever its case. Raises ``UnknownName``."""
        return self.platform.connections.named(self.environment(environment).domain, name)

    @property
    def connections(self) -> tuple[Connection, ...]:
        """Every connection of every environment."""
        return tuple(each for one in self.environments for each in self.platform.connections.all(one.domain))

    def create_connection(
        self,
        name: str,
        provider: str,
        *,
        kind: str = "OAUTH",
        scopes: Iterable[str] = (),
        client: tuple[str, str] | None = None,
        proxy_enabled: bool = False,
        environment: str | None = None,
    ) -> Connection:
        """A new connection. ``client`` is id and secret at the provider; providers without a room of their own learn
        of a client by themselves.
        """
        ids = self.platform.kernel.ids
        with self._world.transaction():
            held = client or (f"client_{ids.text(24)}", ids.text(40))
            domain = self.environment(environment).domain
            return self.platform.connections.create(
                domain, name, provider, kind, scopes, held, proxy_enabled=proxy_enabled
            )

    def account(self, connection: str, identifier: str, *, environment: str | None = None) -> ConnectedAccount:
        """The account of a connection and an identifier, made in PENDING_AUTH where there is none.

        Raises ``UnknownName`` for the connection.
        """
        found = self.connection(connection, environment=environment)
        with self._world.transaction():
            account = self.platform.accounts.find(found.id, identifier)
            account = account or self.platform.accounts.create(found.id, identifier)
        return ConnectedAccount(self.platform, account.id, self._respond)

    def account_of(self, account_id: str) -> ConnectedAccount:
        """The account of that ``ca_`` id. Raises ``LookupError``."""
        if account_id not in {each.id for each in self.accounts}:
            raise LookupError(f"no connected account {account_id!r}")
        return ConnectedAccount(self.platform, account_id, self._respond)

    @property
    def accounts(self) -> tuple[ConnectedAccount, ...]:
        """Every account, oldest first by environment."""
        return tuple(
            ConnectedAccount(self.platform, each.id, self._respond)
            for one in self.environments
            for each in self.platform.accounts.page(Filter(one.domain), MOST_ACCOUNTS)
        )

    def tool(
        self, name: str, *, provider: str, inputs: str = "", description: str = ""
    ) -> Callable[[Handler], Handler]:
        """A decorator that makes a function the tool ``name``; see ``Toolbox.add``."""

        def add(handler: Handler) -> Handler:
            self.platform.tools.add(name, handler, provider=provider, inputs=inputs, description=description)
            return handler

        return add

    def invalidate_tokens(self) -> None:
        """Let every client's bearer token be invalid, as after their day."""
        self.platform.bearers.invalidate()

    def variables(self, url: str) -> Mapping[str, str]:
        """The environment variables of an app of the first environment that has a credential; empty without one."""
        for each in self.environments:
            if each.credentials:
                return {
                    "SCALEKIT_ENV_URL": url,
                    "SCALEKIT_ENVIRONMENT_URL": url,
                    "SCALEKIT_CLIENT_ID": each.client_id,
                    "SCALEKIT_CLIENT_SECRET": each.client_secret,
                }
        return {}

    def overview(self) -> list[dict[str, Any]]:
        """Every account in a few words, without secrets, for a console."""
        return [
            {
                "id": each.id,
                "connection": each.connection.name,
                "provider": each.connection.provider.key,
                "identifier": each.identifier,
                "status": each.status,
                "scopes": list(each.scopes),
            }
            for each in self.accounts
        ]
