"""The way from one mailbox to another: who has an address, what is written on mail in transit, what bounces.

Addresses outside the emulated world are accepted and forgotten, as a sender sees it. Of the domains that live here an
unknown address bounces, and so does everything under ``.invalid``.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from ....kernel.service import Kernel
from ....kernel.world import Row
from .mailbox import Mailbox, Mailboxes, StoredMessage
from .rfc822 import date_value
from .settings.arrival import settle
from .spam import is_spam
from .stored_form import SERVER_ZONE, StoredForm

__all__ = ["PostOffice", "Undelivered"]

_CONSUMER = frozenset(("gmail.com", "googlemail.com"))


@dataclass(frozen=True, slots=True)
class Undelivered:
    """An address mail could not be brought to: the SMTP reply with its enhanced status code."""

    address: str
    status: str
    reply: str


class PostOffice:
    """Brings mail to the mailboxes of a world."""

    def __init__(self, kernel: Kernel, mailboxes: Mailboxes) -> None:
        self._kernel = kernel
        self._mailboxes = mailboxes

    def mailbox_of(self, address: str) -> Mailbox | None:
        """The mailbox that takes mail for ``address``, plus-tags and Gmail's dots ignored; ``None`` without."""
        account = self._account(address)
        if account is None or account["deleted"] or account["disabled"] or not account["gmail"]:
            return None
        return self._mailboxes.open(account["email"])

    def dispatch(self, raw: bytes, sender: str, recipients: Iterable[str]) -> list[Undelivered]:
        """Bring a message to each recipient, Bcc taken off; answers where it could not be brought."""
        form, failed = StoredForm.of(raw).without("Bcc"), []
        arrived: set[str] = set()
        for address in recipients:
            mailbox = self.mailbox_of(address)
            if mailbox is None:
                failed += self._refusals(address)
            elif mailbox.account not in arrived:
                arrived.add(mailbox.account)
                self.arrive(mailbox, form, sender)
        return failed

    def arrive(self, mailbox: Mailbox, form: StoredForm, sender: str) -> StoredMessage:
        """A message comes in over SMTP: into the inbox or, by its content, into Spam."""
        raw = form.on_top(self.transit(mailbox.account, sender)).written()
        place = "SPAM" if is_spam(raw) else "INBOX"
        return settle(
            self._kernel, mailbox, mailbox.deliver(raw, ("UNREAD", "CATEGORY_PERSONAL", place)), self.dispatch
        )

    def transit(self, recipient: str, sender: str, *, imported: bool = False) -> list[tuple[str, str]]:
        """The fields a message gets on its way in, top first. ``imported`` are those of messages.import."""
        ids, now = self._kernel.ids, self._kernel.clock.now().astimezone(SERVER_ZONE)
        date = date_value(now)
        queue = f"{ids.hex(12)}mr{ids.bits(20)}abc.{ids.bits(5)}"
        inner = f"by 2002:{ids.hex(4)}:{ids.hex(4)}:b0:{ids.hex(3)}:{ids.hex(4)}:{ids.hex(4)} with SMTP id {queue}"
        stamp = f"{int(now.timestamp() * 1000)}; {date}"
        host = f"mail-sor-f{40 + ids.bits(4)}.google.com"
        outer = (
            f"from {host} ({host}. [209.85.220.{40 + ids.bits(4)}])\r\n        by mx.google.com with SMTPS id {queue}"
        )
        trace = ("X-Forwarded-Encrypted", f"i=1; AJvY{ids.text(120)}@{recipient.partition('@')[2]}")
        return [
            ("Delivered-To", recipient),
            ("Received", f"{inner};\r\n        {date}"),
            trace if imported else ("Return-Path", f"<{sender}>"),
            ("X-Received", f"{inner}.{stamp}"),
            ("Received", f"{outer}\r\n        for <{recipient}>;\r\n        {date}"),
        ]

    def _account(self, address: str) -> Row | None:
        local, _, domain = address.strip().lower().rpartition("@")
        local = local.partition("+")[0]
        columns = "SELECT email, gmail, disabled, deleted FROM google_account"
        if domain in _CONSUMER:
            spelled = f"{local.replace('.', '')}@gmail.com"
            return self._kernel.world.one(
                f"{columns} WHERE replace(substr(email, 1, instr(email, '@') - 1), '.', '')"
                " || replace(substr(email, instr(email, '@')), 'googlemail', 'gmail') = ?",
                (spelled,),
            )
        return self._kernel.world.one(f"{columns} WHERE email = ?", (f"{local}@{domain}",))

    def _refusals(self, address: str) -> list[Undelivered]:
        domain = address.rpartition("@")[2].lower()
        account = self._account(address)
        if account is not None and account["disabled"] and not account["deleted"]:
            reply = "550 5.2.1 The email account that you tried to reach is inactive."
            return [Undelivered(address, "5.2.1", reply)]
        if domain in _CONSUMER or self._lives_here(domain):
            reply = "550 5.1.1 The email account that you tried to reach does not exist."
            return [Undelivered(address, "5.1.1", reply)]
        if domain.rpartition(".")[2] == "invalid":
            reply = f"DNS Error: Domain name not found: {domain}"
            return [Undelivered(address, "4.0.0", reply)]
        return []

    def _lives_here(self, domain: str) -> bool:
        here = "SELECT 1 FROM google_account WHERE substr(email, instr(email, '@') + 1) = ?"
        return self._kernel.world.one(here, (domain,)) is not None
