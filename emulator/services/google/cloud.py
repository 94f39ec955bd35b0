"""Google as a test or a console holds it: ``emulator.google``."""

from __future__ import annotations

from collections.abc import Callable
from importlib.resources import files

from ...kernel.http import Call, Reply
from ...kernel.service import Kernel
from .account import Account, Credentials, HeldToken
from .browser import ConsentBrowser
from .devices import Devices
from .organization import Organization
from .project import Client, Project
from .service_account import ServiceAccount
from .settings import Settings
from .tokens import Tokens
from .topics import Topics

__all__ = ["Google", "schema"]


def schema() -> str:
    """SQL of the tables every Google room shares."""
    return files(__package__).joinpath("schema.sql").read_text(encoding="utf-8")


class Google:
    """The Google side of a world: projects, OAuth clients and users by name, and the tokens between them.

    ``respond`` and ``emulated`` are what its browser walks pages with: the pipeline, and the hosts that answer.
    """

    def __init__(
        self,
        kernel: Kernel,
        respond: Callable[[Call], Reply] | None = None,
        emulated: Callable[[str], bool] | None = None,
    ) -> None:
        self.kernel = kernel
        self.tokens = Tokens(kernel.world, kernel.clock, kernel.ids)
        self._respond = respond
        self._emulated = emulated
        self.settings = Settings(kernel.world)
        self.topics = Topics(kernel.world, kernel.clock, kernel.ids)
        self._devices = Devices(kernel.world, kernel.clock, kernel.ids)

    def project(self, name: str) -> Project:
        """The Cloud project of that id. Raises ``UnknownName`` listing the projects there are."""
        return Project.of(self.kernel.world, name)

    @property
    def projects(self) -> tuple[Project, ...]:
        """Every Cloud project, by id."""
        rows = self.kernel.world.all("SELECT id FROM google_project ORDER BY id")
        return tuple(Project(self.kernel.world, row[0]) for row in rows)

    def client(self, name: str) -> Client:
        """The OAuth client of that name or client id. Raises ``UnknownName``."""
        return Client.named(self.kernel.world, name)

    @property
    def clients(self) -> tuple[Client, ...]:
        """Every OAuth client, by name."""
        rows = self.kernel.world.all("SELECT client_id FROM google_client ORDER BY name")
        return tuple(Client(self.kernel.world, row[0]) for row in rows)

    def user(self, email: str) -> Account:
        """The account of that address. Raises ``UnknownName``."""
        return Account.named(self.kernel.world, email, self.tokens)

    def organization(self, domain: str) -> Organization:
        """The Workspace organization of that domain. Raises ``UnknownName``."""
        return Organization.named(self.kernel.world, domain)

    def service_account(self, name: str) -> ServiceAccount:
        """The service account of that address, or of that name before the ``@``. Raises ``UnknownName``."""
        return ServiceAccount.named(self.kernel.world, name)

    def approve_device(self, user_code: str, as_user: str) -> None:
        """Allow the device that shows ``user_code`` what it asks for. Raises ``UnknownName``."""
        self._devices.approve(user_code, self.user(as_user).email)

    def deny_device(self, user_code: str) -> None:
        """Refuse the device that shows ``user_code``. Raises ``UnknownName``."""
        self._devices.deny(user_code)

    def browser(self, as_user: str | None = None) -> ConsentBrowser:
        """A browser in which ``as_user`` decides on authorizations; nobody is signed in yet.

        Without a name the first account the app is open to is taken. Raises ``UnknownName`` for no account of that
        address.
        """
        if self._respond is None or self._emulated is None:
            raise LookupError("nothing answers for Google's pages here; use the google of an Emulator or App")
        user = self.user(as_user).email if as_user is not None else None
        return ConsentBrowser(self._respond, self._emulated, user)

    @property
    def users(self) -> tuple[Account, ...]:
        """Every account, by address."""
        rows = self.kernel.world.all("SELECT email FROM google_account ORDER BY email")
        return tuple(Account(self.kernel.world, row[0], self.tokens) for row in rows)

    def credentials(self) -> list[Credentials]:
        """The living credentials of every user, oldest first for each."""
        return [each for user in self.users for each in user.all_credentials()]

    def held_tokens(self) -> list[HeldToken]:
        """Every refresh token ever issued, dead ones with their reason, by user and age."""
        return [each for user in self.users for each in user.tokens()]

    def expire_access_tokens(self) -> int:
        """Let every access token be past its hour now; the answer counts them."""
        with self.kernel.world.transaction():
            return self.tokens.expire_access()
