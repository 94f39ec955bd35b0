"""Mail that asks the owner of an address whether another mailbox may use it."""

from __future__ import annotations

from datetime import datetime

from .....kernel.ids import Ids
from .....kernel.service import Kernel
from ..compose import MessageSpec, compose
from ..mailbox import Mailboxes
from ..post_office import PostOffice

__all__ = ["send_confirmation"]

_SENDER = "Gmail Team <gmail-noreply@google.com>"


def send_confirmation(kernel: Kernel, account: str, address: str, purpose: str) -> None:
    """Ask the owner of ``address``; ``purpose`` is "Forwarding" or "Send Mail as"."""
    raw = compose(_question(account, address, purpose, kernel.ids), _seconds(kernel.clock.now()))
    PostOffice(kernel, Mailboxes(kernel)).dispatch(raw, "gmail-noreply@google.com", [address])


def _question(account: str, address: str, purpose: str, ids: Ids) -> MessageSpec:
    code = ids.decimal(9)
    link = f"https://mail-settings.google.com/mail/vf-{ids.text(64)}"
    text = (
        f"{account} has requested to use your address {address}.\n"
        f"Confirmation code: {code}\n\nTo allow this, open the link below:\n\n{link}\n\n"
        "If you do not know this request, do nothing: without your confirmation nothing changes.\n"
    )
    return MessageSpec(
        from_=_SENDER, to=(address,), subject=f"(#{code}) Gmail {purpose} Confirmation - {account}", text=text
    )


def _seconds(moment: datetime) -> datetime:
    return moment.replace(microsecond=0)
