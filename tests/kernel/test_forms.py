from __future__ import annotations

import pytest

from emulator.kernel.forms import form_token, is_own_form
from emulator.kernel.http import Call, Headers


def call(**headers):
    return Call(
        "POST", "site.example", "/", headers=Headers({name.replace("_", "-"): v for name, v in headers.items()})
    )


@pytest.mark.parametrize(
    ("headers", "own"),
    [
        ({}, True),
        ({"origin": "https://site.example"}, True),
        ({"origin": "https://SITE.example:8443", "sec_fetch_site": "same-origin"}, True),
        ({"sec_fetch_site": "none"}, True),
        ({"origin": "https://evil.example"}, False),
        ({"origin": "null"}, False),
        ({"origin": "http://[x"}, False),
        ({"sec_fetch_site": "cross-site"}, False),
        ({"sec_fetch_site": "same-site"}, False),
    ],
)
def test_browsers_that_say_where_a_post_began_are_believed(headers, own):
    assert is_own_form(call(**headers), "session", "consent", form_token("session", "consent")) is own


@pytest.mark.parametrize("given", ["", "é", form_token("session", "other"), form_token("another", "consent")])
def test_a_token_of_another_form_or_session_does_not_count(given):
    assert not is_own_form(call(), "session", "consent", given)
