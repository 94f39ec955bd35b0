"""Sending: what is kept of a message, where it goes, and what comes back.

A self-send is one message with SENT, INBOX and UNREAD. A threadId is honoured where the subject fits; otherwise the
message begins a thread of its own.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from ..errors import InvalidArgument, NotFound
from .bounce import delivery_report
from .delivery import Incoming
from .history import History, HistoryEntry
from .joining import Joining, base_subject
from .mime import parse
from .post_office import PostOffice
from .quota import GmailQuota
from .recipients import Recipients
from .settings.send_as import SendAs
from .stored_form import StoredForm, received_over_api

if TYPE_CHECKING:
    from ....kernel.service import Kernel
    from ..api import Caller
    from .mailbox import Mailbox, Mailboxes, StoredMessage

__all__ = ["Outbox", "thread_to_join"]


@dataclass(frozen=True, slots=True)
class Outbox:
    """One mailbox as a place to send from, for the calls of ``caller``."""

    kernel: Kernel
    mailboxes: Mailboxes
    mailbox: Mailbox
    caller: Caller

    def prepared(self, raw: bytes) -> StoredForm:
        """A message as a draft is kept. Raises ``InvalidArgument`` for address fields that cannot be read."""
        form = StoredForm.of(raw)
        Recipients.of(parse(form.written()).root)
        form = form.from_one_of(self.senders())
        form = form.filled("Date", self._date).filled("Message-Id", self._message_id)
        return form.filled("From", self._default_sender).on_top([self._received()])

    def send(self, raw: bytes, thread: int | None) -> StoredMessage:
        """Send a message; answers the copy kept. Raises ``InvalidArgument`` and ``NotFound`` (for the thread)."""
        form = self.prepared(raw)
        joined, joining = thread_to_join(self.kernel, self.mailbox, thread, form)
        return self._sent(form, joined, joining)

    def send_draft(self, draft: StoredMessage) -> StoredMessage:
        """Send the message of a draft, in its thread; answers the copy kept. The draft itself stays."""
        return self._sent(StoredForm.of(self.mailbox.raw(draft)), draft.thread, "never")

    def senders(self) -> tuple[str, ...]:
        """The addresses this mailbox may send as, the one it falls back to first."""
        return SendAs(self.kernel, self.mailbox).accepted

    def _sent(self, form: StoredForm, thread: int | None, joining: Joining) -> StoredMessage:
        form = form.rewritten("Date", self._date()).on_top([self._received()])
        raw = form.written()
        recipients = Recipients.of(parse(raw).root).all
        if not recipients:
            raise InvalidArgument("Recipient address required")
        GmailQuota(self.kernel).spend_recipients(self.caller, len(recipients))
        office = PostOffice(self.kernel, self.mailboxes)
        own = [address for address in recipients if self._is_own(office, address)]
        labels = ("UNREAD", "SENT", "INBOX") if own else ("SENT",)
        now = self.kernel.clock.milliseconds()
        (kept,) = self.mailbox.deliver_all([Incoming(raw, labels, now, thread=thread, joining=joining)])
        others = [address for address in recipients if address not in own]
        sent = self.mailbox.message(kept)
        History(self.kernel, self.mailbox.number).record_bare(HistoryEntry(sent.id, sent.thread, sent.labels))
        if failed := office.dispatch(raw, self.mailbox.account, others):
            report = delivery_report(form, self.mailbox.account, failed, self.kernel.clock.now(), self.kernel.ids)
            self.mailbox.deliver(report, ("UNREAD", "CATEGORY_UPDATES", "INBOX"), thread=sent.thread)
        return sent

    def _is_own(self, office: PostOffice, address: str) -> bool:
        found = office.mailbox_of(address)
        return found is not None and found.account == self.mailbox.account

    def _default_sender(self) -> str:
        address: str = SendAs(self.kernel, self.mailbox).default["sendAsEmail"]
        return address

    def _received(self) -> tuple[str, str]:
        return received_over_api(self.caller.project_number, self.kernel.clock.now())

    def _date(self) -> str:
        return self._received()[1].rpartition("\r\n ")[2]

    def _message_id(self) -> str:
        return f"<CA{self.kernel.ids.text(48)}@mail.gmail.com>"


def thread_to_join(
    kernel: Kernel, mailbox: Mailbox, wanted: int | None, form: StoredForm
) -> tuple[int | None, Joining]:
    """The thread a message asks for and how else to find one: without a wish by its references, with a wish that
    its subject does not fit not at all. Raises ``NotFound`` for a thread that is not here.
    """
    if wanted is None:
        return None, "references"
    subject = kernel.world.value(
        "SELECT subject FROM gmail_thread WHERE id = ? AND mailbox = ?", (wanted, mailbox.number)
    )
    if subject is None:
        raise NotFound
    own = parse(form.written()).root.header("Subject") or ""
    return (wanted if base_subject(own) == subject else None), "never"
