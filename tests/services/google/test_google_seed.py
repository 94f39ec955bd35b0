"""The google section: what is derived, and every reference that can dangle."""

from __future__ import annotations

import re

import pytest

from emulator.kernel.seed import SeedDocument, SeedError
from emulator.services.google.seed import GoogleSeed, google_seed

WORLD = """\
projects:
  - {id: demo, number: 123456789012, organization: Example.com, test_users: [Ada@example.com]}
clients:
  - {name: desk, project: demo, type: desktop}
users:
  - {email: Ada@Example.com, given_name: Ada, family_name: Lovelace}
  - {email: mallory@example.org}
grants:
  - {user: ada@example.com, client: desk, scopes: [gmail.readonly, email, mail.google.com, gmail.readonly]}
"""


def load(text: str) -> GoogleSeed:
    return google_seed(SeedDocument.load(text, "w.yaml"))


def test_what_is_left_out_is_derived_in_googles_formats() -> None:
    seed = load(WORLD)
    client, user, grant = seed.clients[0], seed.users[0], seed.grants[0]
    assert re.fullmatch(r"123456789012-[a-z0-9]{32}\.apps\.googleusercontent\.com", client.client_id)
    assert re.fullmatch(r"GOCSPX-[A-Za-z0-9_-]{28}", client.secrets[0])
    assert re.fullmatch(r"1[0-9]{20}", user.sub)
    assert re.fullmatch(r"1//0[A-Za-z0-9_-]{99}", grant.refresh_token)
    assert (user.email, user.name, user.organization) == ("ada@example.com", "Ada Lovelace", "example.com")
    assert (seed.users[1].name, seed.users[1].organization) == ("mallory", "")
    assert seed.projects[0].test_users == ("ada@example.com",)
    assert seed.projects[0].title == "demo"


def test_derivation_is_the_same_every_time_and_differs_by_name() -> None:
    other = WORLD.replace("name: desk", "name: other").replace("client: desk", "client: other")
    assert load(WORLD) == load(WORLD)
    assert load(WORLD).clients[0].client_id != load(other).clients[0].client_id
    assert load(WORLD).clients[0].secrets != load(other).clients[0].secrets
    assert load(WORLD).grants[0].refresh_token != load(other).grants[0].refresh_token


def test_scopes_are_written_short_and_kept_whole() -> None:
    assert load(WORLD).grants[0].scopes == (
        "https://www.googleapis.com/auth/gmail.readonly",
        "https://www.googleapis.com/auth/userinfo.email",
        "https://mail.google.com/",
    )


def test_a_project_number_left_out_has_twelve_digits() -> None:
    assert len(str(load("projects: [{id: x}]").projects[0].number)) == 12


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("project: demo", "project: dmo", 'w.yaml:4: clients[0].project: no project "dmo"; did you mean "demo"?'),
        (
            "user: ada@",
            "user: ida@",
            'w.yaml:9: grants[0].user: no user "ida@example.com"; did you mean "ada@example.com"?',
        ),
        ("client: desk", "client: dusk", 'w.yaml:9: grants[0].client: no client "dusk"; did you mean "desk"?'),
        (
            "gmail.readonly, email",
            "gmail.readnly, email",
            'w.yaml:9: grants[0].scopes[0]: no scope "gmail.readnly"; did you mean "gmail.readonly"?',
        ),
        (
            "[Ada@example.com]",
            "[ada]",
            'w.yaml:2: projects[0].test_users[0]: expected an address such as "ada@example.com", got "ada"',
        ),
        (
            "mallory@example.org",
            "ada@example.com",
            'w.yaml:7: users[1].email: "ada@example.com" is already used on line 6',
        ),
        (
            "type: desktop",
            "type: desktp",
            (
                'w.yaml:4: clients[0].type: expected one of "desktop", "web", "tv", got "desktp";'
                ' did you mean "desktop"?'
            ),
        ),
        (
            "organization: Example.com,",
            "user_type: internal,",
            "w.yaml:2: projects[0].user_type: internal needs an organization: only a project of one can be internal",
        ),
        (
            "type: desktop",
            "type: web, redirect_uris: [http://a/b, localhost]",
            (
                "w.yaml:4: clients[0].redirect_uris[1]: expected an absolute http or https address without fragment,"
                ' got "localhost"'
            ),
        ),
        ("given_name: Ada", "sub: 12", 'w.yaml:6: users[0].sub: expected 21 digits, got "12"'),
        (
            "[gmail.readonly, email, mail.google.com, gmail.readonly]",
            "[]",
            "w.yaml:9: grants[0].scopes: expected at least one scope",
        ),
    ],
)
def test_each_mistake_has_its_message(old: str, new: str, message: str) -> None:
    assert old in WORLD
    with pytest.raises(SeedError) as caught:
        load(WORLD.replace(old, new))
    assert str(caught.value) == message
