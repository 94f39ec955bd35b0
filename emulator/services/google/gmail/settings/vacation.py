"""The vacation responder: whom it answers, and what it says.

It keeps out of the way of machines (RFC 3834): lists, bulk mail, other responders and delivery reports get no answer,
and nobody gets two within four days. Contacts are the people the owner has written to.
"""

from __future__ import annotations

from .....kernel.service import Kernel
from ..compose import MessageSpec, compose
from ..mailbox import Mailbox, StoredMessage
from ..mime import Part
from ..recipients import addresses
from .preferences import Preferences
from .store import SettingStore

__all__ = ["vacation_reply"]

_PAUSE_SECONDS = 4 * 86400
_UNATTENDED = ("noreply", "no-reply", "donotreply", "do-not-reply", "mailer-daemon", "postmaster")
_MACHINES = frozenset(("bulk", "list", "junk"))


def vacation_reply(kernel: Kernel, mailbox: Mailbox, message: StoredMessage) -> tuple[bytes, str] | None:
    """The answer to a message that has just come in, and its addressee; ``None`` where none is due.

    A reply that is due counts as sent.
    """
    settings = Preferences(SettingStore(kernel.world, mailbox.number)).vacation
    now = kernel.clock.time()
    if not settings["enableAutoReply"] or not _is_on(settings, now * 1000):
        return None
    root = mailbox.mime(message).root
    sender = _answerable(root, mailbox.account)
    if not sender or not _is_admitted(mailbox, settings, sender) or not _is_due(kernel, mailbox, sender, now):
        return None
    subject = settings["responseSubject"] or f"Re: {' '.join((root.header('Subject') or '').split())}"
    about = (root.header("Message-ID") or "").strip()
    spec = MessageSpec(
        from_=mailbox.account,
        to=(sender,),
        subject=" ".join(subject.split()),
        text=settings.get("responseBodyPlainText", ""),
        html=settings.get("responseBodyHtml", ""),
        in_reply_to=about,
        references=(about,) if about else (),
        message_id=f"<CA{kernel.ids.text(48)}@mail.gmail.com>",
        headers={"Auto-Submitted": "auto-replied", "Precedence": "bulk", "X-Autoreply": "yes"},
    )
    return compose(spec, kernel.clock.now()), sender


def _is_on(settings: dict[str, str], milliseconds: float) -> bool:
    start, end = int(settings.get("startTime", "0")), int(settings.get("endTime", "0"))
    return start <= milliseconds and (not end or milliseconds < end)


def _answerable(root: Part, account: str) -> str:
    """Who wrote a message, "" where a machine did or the owner."""
    automatic = (root.header("Auto-Submitted") or "no").strip().lower() != "no"
    bulk = (root.header("Precedence") or "").strip().lower() in _MACHINES
    listed = root.header("List-Id") is not None or root.header("List-Unsubscribe") is not None
    if automatic or bulk or listed or (root.header("Return-Path") or "").strip() == "<>":
        return ""
    found = addresses(root.header("Reply-To") or root.header("From") or "") or []
    sender = found[0].lower() if found else ""
    return "" if sender == account or sender.startswith(_UNATTENDED) else sender


def _is_admitted(mailbox: Mailbox, settings: dict[str, str], sender: str) -> bool:
    if settings["restrictToDomain"] and sender.rpartition("@")[2] != mailbox.account.rpartition("@")[2]:
        return False
    if not settings["restrictToContacts"]:
        return True
    written = mailbox.matching(mailbox.condition(f'in:sent to:"{sender}"'))
    return next(written, None) is not None


def _is_due(kernel: Kernel, mailbox: Mailbox, sender: str, now: float) -> bool:
    """Whether the sender has not been answered lately; if so the answer is noted."""
    key = (mailbox.number, sender)
    last = kernel.world.value("SELECT at FROM gmail_vacation_reply WHERE mailbox = ? AND sender = ?", key)
    if last is not None and now - last < _PAUSE_SECONDS:
        return False
    kernel.world.execute("INSERT OR REPLACE INTO gmail_vacation_reply VALUES (?, ?, ?)", (*key, now))
    return True
