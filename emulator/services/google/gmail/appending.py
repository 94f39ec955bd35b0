"""Putting existing mail into a mailbox over the API: messages.insert and messages.import.

insert is like IMAP's APPEND: nothing is scanned. import is like delivery by SMTP: lines in transit, a spam verdict,
and a thread that may be found by the subject alone.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from ..errors import InvalidArgument
from .delivery import Incoming
from .joining import Joining
from .mailbox import StoredMessage
from .mime import header_date
from .post_office import PostOffice
from .sending import thread_to_join
from .spam import is_spam
from .stored_form import StoredForm, received_over_api

if TYPE_CHECKING:
    from .sending import Outbox

__all__ = ["Appending"]


@dataclass(frozen=True, slots=True)
class Appending:
    """One upload of mail. ``labels`` are checked ids; ``dated`` indexes it under its Date header instead of now.

    ``deleted`` mail goes to the vault alone: it is answered for, and nobody sees it.
    """

    outbox: Outbox
    labels: tuple[str, ...]
    dated: bool
    deleted: bool

    def insert(self, raw: bytes, thread: int | None) -> StoredMessage:
        """Store as it is, below one Received line. Raises ``NotFound`` for the thread."""
        outbox, form = self.outbox, _readable(raw)
        joined, joining = thread_to_join(outbox.kernel, outbox.mailbox, thread, form)
        line = received_over_api(outbox.caller.project_number, outbox.kernel.clock.now())
        return self._stored(form.on_top([line]), self.labels, joined, joining)

    def import_(self, raw: bytes, *, never_spam: bool) -> StoredMessage:
        """Store as if it had come in by SMTP."""
        outbox, form = self.outbox, _readable(raw)
        spam = not never_spam and is_spam(raw)
        labels = (*(label for label in self.labels if label != "INBOX"), "SPAM", "CATEGORY_PERSONAL")
        office = PostOffice(outbox.kernel, outbox.mailboxes)
        form = form.on_top(office.transit(outbox.mailbox.account, outbox.mailbox.account, imported=True))
        return self._stored(form, tuple(dict.fromkeys(labels)) if spam else self.labels, None, "subject")

    def _stored(self, form: StoredForm, labels: tuple[str, ...], thread: int | None, joining: Joining) -> StoredMessage:
        mailbox, raw, moment = self.outbox.mailbox, form.written(), self._moment(form)
        if self.deleted:
            number = (moment << 20) + self.outbox.kernel.ids.bits(19)
            return StoredMessage(number, thread or number, labels, "", len(raw), 0, moment)
        (message,) = mailbox.deliver_all([Incoming(raw, labels, moment, thread=thread, joining=joining)])
        return mailbox.message(message)

    def _moment(self, form: StoredForm) -> int:
        """The millisecond to index the message under. The header knows seconds; ids were seen to differ below them."""
        date = header_date(form.text("Date")) if self.dated else None
        kernel = self.outbox.kernel
        return kernel.clock.milliseconds() if date is None else date + kernel.ids.bits(16) % 1000


def _readable(raw: bytes) -> StoredForm:
    """The message taken apart. Raises ``InvalidArgument`` for what has no header at all."""
    form = StoredForm.of(raw)
    if not form.lines:
        raise InvalidArgument(cause="no_header")
    return form
