"""A token refresh through the model, in process, beside a canned answer of respx."""

from __future__ import annotations

import httpx
import respx

from emulator import Emulator

from .measure import in_turn, report

URL = "https://oauth2.googleapis.com/token"


def run() -> None:
    """Print the ratio."""
    with Emulator.start(seed="demo") as emulator, respx.mock(assert_all_called=False) as router:
        held = emulator.google.user("ada@example.com").credentials("demo-desktop")
        form = {
            "grant_type": "refresh_token",
            "client_id": held.client_id,
            "client_secret": held.client_secret,
            "refresh_token": held.refresh_token,
        }
        canned = {"access_token": "ya29.canned", "expires_in": 3599, "token_type": "Bearer"}
        router.post(URL).respond(json=canned)
        model, mocked = httpx.Client(transport=emulator.transport()), httpx.Client()
        ours, theirs = in_turn(
            lambda: model.post(URL, data=form).raise_for_status(),
            lambda: mocked.post(URL, data=form).raise_for_status(),
            400,
        )
    report(
        "token refresh in process", f"{ours * 1e6:.0f} us", f"respx canned {theirs * 1e6:.0f} us", ours / theirs, "<= 2"
    )
