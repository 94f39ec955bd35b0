"""Drafts: an id that stays, and a message that every update replaces."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from ..errors import NotFound
from .changes import remove
from .delivery import Incoming
from .listing import Page

if TYPE_CHECKING:
    from .mailbox import StoredMessage
    from .search import Condition
    from .sending import Outbox

__all__ = ["Draft", "Drafts"]

_ID = re.compile(r"r(-?[0-9]{1,19})")


class Draft(NamedTuple):
    """A draft's number and its present message."""

    id: int
    message: StoredMessage


@dataclass(frozen=True, slots=True)
class Drafts:
    """The drafts of the mailbox behind ``outbox``."""

    outbox: Outbox

    def create(self, raw: bytes, thread: int | None) -> Draft:
        """A new draft, in a thread of its own unless one is named. Raises as ``Outbox.prepared``, and ``NotFound``."""
        return self._kept(raw, thread, None)

    def update(self, draft: Draft, raw: bytes, thread: int | None) -> Draft:
        """Replace the message: another id and, unless a thread is named, another thread. Raises as ``create``."""
        made = self._kept(raw, thread, draft.id)
        remove(self.outbox.kernel, self.outbox.mailbox, [draft.message])
        return made

    def send(self, draft: Draft) -> StoredMessage:
        """Send the draft; answers the sent message, which lies in the draft's thread. The draft is gone."""
        sent = self.outbox.send_draft(draft.message)
        self.delete(draft)
        return sent

    def delete(self, draft: Draft) -> None:
        """Delete draft and message for good."""
        remove(self.outbox.kernel, self.outbox.mailbox, [draft.message])

    def get(self, identifier: str) -> Draft:
        """The draft of that id ("r-123"). Raises ``NotFound``."""
        match = _ID.fullmatch(identifier)
        number = int(match[1]) if match else 2**63
        if not -(2**63) <= number < 2**63:
            raise NotFound
        message = self.outbox.kernel.world.value(
            "SELECT message FROM gmail_draft WHERE id = ? AND mailbox = ?", (number, self.outbox.mailbox.number)
        )
        if message is None:
            raise NotFound
        return Draft(number, self.outbox.mailbox.message(message))

    def page(self, condition: Condition, position: int, limit: int) -> tuple[list[Draft], Page]:
        """The drafts whose messages meet ``condition``, newest first. It must ask for DRAFT."""
        page = self.outbox.mailbox.messages(condition, position, limit)
        return [self._of(listed.message) for listed in page.items], page

    def _of(self, message: int) -> Draft:
        number = self.outbox.kernel.world.value("SELECT id FROM gmail_draft WHERE message = ?", (message,))
        return Draft(int(number), self.outbox.mailbox.message(message))

    def _kept(self, raw: bytes, thread: int | None, draft: int | None) -> Draft:
        form = self.outbox.prepared(raw)
        now = self.outbox.kernel.clock.milliseconds()
        incoming = Incoming(form.written(), ("DRAFT",), now, thread=thread, joining="never", draft=draft)
        (message,) = self.outbox.mailbox.deliver_all([incoming])
        return self._of(message)
