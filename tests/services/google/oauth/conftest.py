"""Codes without pages: what the token endpoint's tests exchange."""

from __future__ import annotations

import pytest

from emulator.services.google.oauth.codes import CodeRequest, Codes
from emulator.services.google.scopes import canonical

CALLBACK = "https://app.example.com/callback"


@pytest.fixture
def issue(house):
    """Issue a code of a client for u@example.com, as the consent pages do."""

    def issuing(client="N", scopes=("gmail.readonly",), account="u@example.com", **facts):
        codes = Codes(house.world, house.clock, house.kernel.ids)
        chosen = house.google.client(client)
        full = tuple(canonical(scope) for scope in scopes)
        facts = {"redirect_uri": CALLBACK, "offline": True} | facts
        with house.world.transaction():
            house.google.tokens.grant(account, chosen.project.id, full)
            return codes.issue(CodeRequest(client_id=chosen.client_id, account=account, scopes=full, **facts))

    return issuing


@pytest.fixture
def exchange(house):
    """Exchange a code; a change to ``None`` leaves a parameter out."""

    def exchanging(code, client="N", **changes):
        chosen = house.google.client(client)
        form = {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": CALLBACK,
            "client_id": chosen.client_id,
            "client_secret": chosen.secret,
        }
        form = {name: value for name, value in (form | changes).items() if value is not None}
        return house.post("/token", form)

    return exchanging
