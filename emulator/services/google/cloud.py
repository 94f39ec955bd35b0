"""Google as a test or a console holds it: ``emulator.google``."""

from __future__ import annotations

from importlib.resources import files

from ...kernel.service import Kernel
from .account import Account, Credentials
from .organization import Organization
from .project import Client, Project
from .tokens import Tokens

__all__ = ["Google", "schema"]


def schema() -> str:
    """SQL of the tables every Google room shares."""
    return files(__package__).joinpath("schema.sql").read_text(encoding="utf-8")


class Google:
    """The Google side of a world: projects, OAuth clients and users by name, and the tokens between them."""

    def __init__(self, kernel: Kernel) -> None:
        self.kernel = kernel
        self.tokens = Tokens(kernel.world, kernel.clock, kernel.ids)

    def project(self, name: str) -> Project:
        """The Cloud project of that id. Raises ``UnknownName`` listing the projects there are."""
        return Project.of(self.kernel.world, name)

    def client(self, name: str) -> Client:
        """The OAuth client of that name or client id. Raises ``UnknownName``."""
        return Client.named(self.kernel.world, name)

    def user(self, email: str) -> Account:
        """The account of that address. Raises ``UnknownName``."""
        return Account.named(self.kernel.world, email, self.tokens)

    def organization(self, domain: str) -> Organization:
        """The Workspace organization of that domain. Raises ``UnknownName``."""
        return Organization.named(self.kernel.world, domain)

    @property
    def users(self) -> tuple[Account, ...]:
        """Every account, by address."""
        rows = self.kernel.world.all("SELECT email FROM google_account ORDER BY email")
        return tuple(Account(self.kernel.world, row[0], self.tokens) for row in rows)

    def credentials(self) -> list[Credentials]:
        """The living credentials of every user, oldest first for each."""
        return [each for user in self.users for each in user.all_credentials()]

    def expire_access_tokens(self) -> int:
        """Let every access token be past its hour now; the answer counts them."""
        with self.kernel.world.transaction():
            return self.tokens.expire_access()
