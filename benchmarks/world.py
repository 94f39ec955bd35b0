"""A fresh world for a test, and the cost of listing as the mailbox grows."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from emulator import Emulator
from emulator.kernel.http import Call, Headers
from emulator.services.google.gmail.mailfiles import MailItem

from .measure import median, report

SMALL, LARGE = 1_000, 100_000


def run() -> None:
    """Print both figures."""
    with Emulator.start(seed="demo") as emulator:
        fresh = median(lambda: _one_test(emulator), 300)
        report("a fresh world for a test", f"{fresh * 1e6:.0f} us", "1 ms", fresh / 1e-3, "<= 1")
    small, large = _listing(SMALL), _listing(LARGE)
    title = f"messages.list at {LARGE:,} messages"
    report(title, f"{large * 1e6:.0f} us", f"at {SMALL:,}: {small * 1e6:.0f} us", large / small, "<= 1.5")


def _one_test(emulator: Emulator) -> None:
    with emulator.isolated():
        emulator.google.user("ada@example.com").revoke()


def _listing(size: int) -> float:
    with Emulator.start(seed="demo") as emulator:
        emulator.gmail.import_mail("grace@example.com", _messages(emulator, size))
        token = emulator.google.user("grace@example.com").access_token("demo-desktop", ("gmail.readonly",))
        call = Call(
            "GET",
            "gmail.googleapis.com",
            "/gmail/v1/users/me/messages",
            headers=Headers({"Authorization": f"Bearer {token}"}),
        )
        return median(lambda: emulator.respond(call), 200)


def _messages(emulator: Emulator, size: int) -> Iterator[MailItem]:
    now = emulator.clock.now()
    for number in range(size):
        raw = (
            f"From: Sender {number % 97} <s{number % 97}@example.net>\r\nTo: grace@example.com\r\n"
            f"Subject: Notice {number}\r\nMessage-ID: <{number}@example.net>\r\n\r\nBody of notice {number}.\r\n"
        ).encode()
        yield MailItem(raw, ("INBOX",), now - timedelta(minutes=size - number), f"notice {number}", len(raw))
