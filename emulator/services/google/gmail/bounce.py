"""The delivery report a sender gets for addresses mail could not be brought to."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from ....kernel.ids import Ids
from .post_office import Undelivered
from .rfc822 import date_value
from .stored_form import StoredForm

__all__ = ["delivery_report"]

_DAEMON = "mailer-daemon@googlemail.com"


def delivery_report(
    original: StoredForm, sender: str, failed: Sequence[Undelivered], moment: datetime, ids: Ids
) -> bytes:
    """A ``multipart/report`` (RFC 3464) about ``original``, answering it so that it joins its thread."""
    about, boundary = original.text("Message-Id"), f"000000000000{ids.hex(16)}"
    addresses = ", ".join(each.address for each in failed)
    head = [
        f"Return-Path: <>\r\nFrom: Mail Delivery Subsystem <{_DAEMON}>\r\nTo: {sender}\r\nAuto-Submitted: auto-replied",
        f"Subject: Delivery Status Notification (Failure)\r\nReferences: {about}\r\nIn-Reply-To: {about}",
        f"X-Failed-Recipients: {addresses}\r\nMessage-ID: <{ids.hex(8)}.{ids.text(20)}@mx.google.com>",
        f"Date: {date_value(moment)}\r\nMIME-Version: 1.0",
        f'Content-Type: multipart/report; boundary="{boundary}"; report-type=delivery-status',
    ]
    sections = [
        "Content-Type: text/plain; charset=UTF-8\r\n\r\n" + _told(failed),
        "Content-Type: message/delivery-status\r\n\r\n" + _status(failed, sender, moment),
        "Content-Type: message/rfc822\r\n\r\n",
    ]
    opened = "".join(f"\r\n--{boundary}\r\n{section}" for section in sections)
    text = "\r\n".join(head) + "\r\n" + opened
    return text.encode("utf-8", "replace") + original.without("Bcc").written() + f"\r\n--{boundary}--\r\n".encode()


def _told(failed: Sequence[Undelivered]) -> str:
    return "".join(
        f"Your message to {each.address} was not delivered.\r\n\r\nThe response was:\r\n{each.reply}\r\n"
        for each in failed
    )


def _status(failed: Sequence[Undelivered], sender: str, moment: datetime) -> str:
    """The machine-readable part: one group for the message, one for each recipient."""
    date = date_value(moment)
    groups = [f"Reporting-MTA: dns; googlemail.com\r\nArrival-Date: {date}\r\nX-Original-Sender: {sender}\r\n"]
    groups += [
        f"Final-Recipient: rfc822; {each.address}\r\nAction: failed\r\nStatus: {each.status}\r\n"
        f"Diagnostic-Code: smtp; {each.reply}\r\nLast-Attempt-Date: {date}\r\n"
        for each in failed
    ]
    return "\r\n".join(groups)
