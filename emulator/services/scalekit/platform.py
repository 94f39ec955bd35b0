"""The platform as a whole: its parts, put together once and shared by the API, the pages and ``emulator.scalekit``."""

from __future__ import annotations

from ...kernel.service import Kernel, Upstream
from .accounts import ACTIVE, DISCONNECTED, PENDING_AUTH, PENDING_VERIFICATION, Account, Accounts, Credentials
from .connections import Connection, Connections
from .environments import Bearers, Environment
from .errors import IdentifierMismatch
from .grants import Grants
from .hooks import Person, ProviderConsole
from .links import Flow, Link, Links
from .plans import Plan, Plans
from .tools.registry import Toolbox
from .vault import Vault

__all__ = ["Platform"]

NOBODY = "http://127.0.0.1:9/verify"


class Platform:
    """Everything Scalekit keeps and does, over one kernel."""

    def __init__(self, kernel: Kernel, person: Person, console: ProviderConsole) -> None:
        world, clock, ids = kernel.world, kernel.clock, kernel.ids
        self.kernel = kernel
        self.person = person
        self.console = console
        self.bearers = Bearers(world, clock, ids)
        self.connections = Connections(world, clock, ids)
        self.accounts = Accounts(world, clock, ids)
        self.links = Links(world, clock, ids)
        self.grants = Grants(clock)
        self.vault = Vault(clock, self.accounts, self.grants)
        self.plans = Plans(world, clock, self.links)
        self.tools = Toolbox(world)

    def environment(self, domain: str) -> Environment:
        """The environment of that domain. Raises ``UnknownName``."""
        return Environment.of(self.kernel.world, domain)

    def connection_of(self, account: Account) -> Connection:
        """The connection an account belongs to."""
        return Connection(self.kernel.world, account.connection)

    def look_up(self, upstream: Upstream, account: Account) -> Account:
        """An account as a caller sees it: plans acted out, tokens fresh."""
        if account.status in {PENDING_AUTH, PENDING_VERIFICATION} and (plan := self.plans.poll(account.id)) is not None:
            self._act_out(account, plan)
            account = self.accounts.get(account.id)
        return self.vault.fresh(upstream, self.connection_of(account), account)

    def make_link(self, account: Account, origin: str, *, state: str = "", user_verify_url: str = "") -> Link:
        """A magic link; an account that was active once waits for authorization from now on, an active one stays so."""
        environment = self.environment(self.connection_of(account).environment)
        link = self.links.make(
            account.id, origin, environment.link_lifetime, state=state, user_verify_url=user_verify_url
        )
        if account.status not in {ACTIVE, PENDING_AUTH}:
            self.accounts.set_status(account.id, PENDING_AUTH)
        if self.plans.of(account.id) is None:
            self.person.find_link(link.url)
        return link

    def complete(self, flow: Flow, held: Credentials) -> str:
        """Take in the credentials of a finished flow: the id of the auth request that waits, "" where it is live."""
        link = flow.link
        environment = self.environment(self.connection_of(self.accounts.get(link.account)).environment)
        if environment.verification != "custom":
            self.accounts.activate(link.account, held)
            return ""
        request = self.links.await_verification(flow, held, environment.link_lifetime)
        self.accounts.set_status(link.account, PENDING_VERIFICATION)
        return request.id

    def verify(self, request_id: str, identifier: str, environment: str) -> str:
        """Confirm the user of a finished flow; the address to send the browser to.

        Raises ``AuthRequestNotFound`` and, leaving everything as it was, ``IdentifierMismatch``.
        """
        request = self.links.auth_request(request_id)
        account = self.accounts.get(request.account, environment)
        if account.identifier != identifier:
            raise IdentifierMismatch
        self.links.consume(request)
        self.accounts.activate(account.id, request.credentials)
        return f"{request.origin}/connect/success"

    def disconnect(self, account: Account) -> Account:
        """Forget the credentials and keep the account."""
        self.accounts.hold(account.id, Credentials())
        self.accounts.set_status(account.id, DISCONNECTED)
        return self.accounts.get(account.id)

    def delete(self, upstream: Upstream, account: Account) -> None:
        """Give the token back to the provider and remove the account."""
        connection = self.connection_of(account)
        if account.credentials.access_token and connection.type == "OAUTH":
            self.grants.revoke(upstream, connection, account.credentials)
        self.accounts.delete(account.id)

    def register_redirect(self, connection: Connection, origin: str) -> str:
        """The redirect URI for ``origin``, entered at the provider where the developer has done so."""
        uri = connection.redirect_uri(origin)
        if connection.redirect_registered:
            self.console.register(connection, uri)
        return uri

    def authorize(self, account: Account, as_user: str | None = None, *, approve: bool = True) -> str:
        """Walk the newest link of an account, or a new one, as ``as_user``; the error of the last page, "" for none.

        In custom verification a link without an address for it gets one nobody answers at: ``confirm`` follows.
        """
        environment = self.environment(self.connection_of(account).environment)
        newest = self.links.newest(account.id)
        link = newest[0] if newest is not None and self.links.find(newest[0].token) else None
        if link is None:
            link = self.links.make(
                account.id,
                f"https://{environment.domain}",
                environment.link_lifetime,
                user_verify_url=newest[0].user_verify_url if newest is not None else NOBODY,
            )
        return self.person.follow(link.url, as_user=as_user, approve=approve).error

    def _act_out(self, account: Account, plan: Plan) -> None:
        self.authorize(account, plan.as_user)
        self.confirm(account)

    def confirm(self, account: Account) -> None:
        """Confirm the user of an account's finished flow, as the app would."""
        if (request := self.links.waiting(account.id)) is not None:
            self.links.consume(request)
            self.accounts.activate(account.id, request.credentials)
