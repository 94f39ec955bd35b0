"""Gmail API v1: mailboxes over the world database."""

from __future__ import annotations

from importlib.resources import files

from ....kernel.http import Reply
from ....kernel.service import Kernel
from ..api import Admitted, GoogleApi
from ..discovery import load
from ..errors import DomainPolicy
from ..organization import is_switched_off
from ..topics import Topics
from ..uploads import UPLOADS_SCHEMA
from . import routes  # noqa: F401 - enters the handlers
from .mailbox import Mailboxes
from .quota import GmailQuota
from .request import HANDLERS, LARGEST_PAGE, GmailRequest
from .watch import Notifier

__all__ = ["GmailService"]


class GmailService(GoogleApi[GmailRequest]):
    """The room behind gmail.googleapis.com and the Gmail paths of www.googleapis.com."""

    hosts = ("gmail.googleapis.com", "www.googleapis.com")
    ceilings = {"maxResults": LARGEST_PAGE}  # noqa: RUF012 - a mapping nobody writes to

    def __init__(self, kernel: Kernel, topics: Topics) -> None:
        super().__init__(kernel, load("gmail"), HANDLERS)
        self._mailboxes = Mailboxes(kernel)
        self._quota = GmailQuota(kernel)
        self._notifier = Notifier(kernel, topics)

    @property
    def schema(self) -> str:
        """The tables of the mailboxes, the search index and the uploads."""
        room = files(__package__)
        places = (room, room / "search", room / "settings")
        scripts = (*(place / "schema.sql" for place in places), room / "watch.sql")
        return "\n".join((*(script.read_text(encoding="utf-8") for script in scripts), UPLOADS_SCHEMA))

    def charge(self, admitted: Admitted) -> bool:
        """Let the call spend its units, connections and bytes."""
        return self._quota.charge(admitted)

    def settle(self, admitted: Admitted, reply: Reply) -> None:
        """Count the bytes of the reply."""
        self._quota.settle(admitted, reply)

    def request(self, admitted: Admitted) -> GmailRequest:
        """The call at the mailbox of its user. Raises ``DomainPolicy`` where the administrators allow no apps."""
        if is_switched_off(self.kernel.world, admitted.caller.account, "gmail_apps"):
            raise DomainPolicy
        return GmailRequest.of(admitted, self._mailboxes)
