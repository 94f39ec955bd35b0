"""A refresh in our own code alone, without and with ten thousand other living tokens."""

from __future__ import annotations

from urllib.parse import urlencode

from emulator import Emulator
from emulator.kernel.http import Call, Headers

from .measure import median, report

OTHERS = 10_000


def run() -> None:
    """Print our own time for one refresh, and what other tokens add to it."""
    with Emulator.start(seed="demo") as emulator:
        call = refresh(emulator)
        few = median(lambda: emulator.respond(call), 300)
        with emulator.world.transaction():
            for _ in range(OTHERS):
                emulator.google.tokens.issue_access("grace@example.com", client(emulator), ("openid",))
        many = median(lambda: emulator.respond(call), 300)
    report("a refresh, our own time", f"{few * 1e6:.0f} us", "300 us", few / 300e-6, "<= 1")
    report(
        f"a refresh among {OTHERS:,} living tokens",
        f"{many * 1e6:.0f} us",
        f"alone {few * 1e6:.0f} us",
        many / few,
        "<= 1.2",
    )


def refresh(emulator: Emulator) -> Call:
    """The call google-auth makes."""
    held = emulator.google.user("ada@example.com").credentials("demo-desktop")
    form = {
        "grant_type": "refresh_token",
        "client_id": held.client_id,
        "client_secret": held.client_secret,
        "refresh_token": held.refresh_token,
    }
    headers = Headers({"Content-Type": "application/x-www-form-urlencoded"})
    return Call("POST", "oauth2.googleapis.com", "/token", headers=headers, body=urlencode(form).encode())


def client(emulator: Emulator) -> str:
    """The desktop client's id."""
    return emulator.google.client("demo-desktop").client_id
