"""The ``scalekit`` section of a seed."""

from __future__ import annotations

import pytest

from emulator.app import App
from emulator.kernel.seed import SeedError

WORLD = """
scalekit:
  environments:
    - domain: tiny.scalekit.dev
      verification: custom
      link_lifetime: 1m
      client_id: skc_1
      client_secret: s3cret
      connections:
        - {name: linear, provider: linear, scopes: [read]}
        - {name: warehouse, provider: snowflake, type: API_KEY, proxy: true}
      accounts:
        - {connection: linear, identifier: u1}
        - {connection: Linear, identifier: u2, as_user: ursula@linear.example}
        - {connection: warehouse, identifier: u3, status: DISCONNECTED}
"""


@pytest.fixture
def app():
    built = App()
    yield built
    built.close()


def test_a_section_becomes_a_world(app):
    app.seed(text=WORLD)
    environment = app.scalekit.environment("tiny.scalekit.dev")
    assert (environment.verification, environment.link_lifetime) == ("custom", 60)
    assert environment.credentials == (("skc_1", "s3cret"),)
    assert [(each.identifier, each.status) for each in app.scalekit.accounts] == [
        ("u1", "PENDING_AUTH"),
        ("u2", "ACTIVE"),
        ("u3", "DISCONNECTED"),
    ]
    assert app.scalekit.connection("warehouse").proxy_enabled
    assert app.scalekit.variables("http://127.0.0.1:1")["SCALEKIT_CLIENT_ID"] == "skc_1"


def test_what_is_left_out_follows_from_the_names(app):
    other = App()
    for each in (app, other):
        each.seed(text=WORLD)
    assert app.scalekit.connection("linear").id == other.scalekit.connection("linear").id
    assert app.scalekit.connection("linear").client_secret == other.scalekit.connection("linear").client_secret
    other.close()


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (("connection: linear,", "connection: asana,"), 'no connection "asana"'),
        (("name: warehouse", "name: LINEAR"), 'connection "LINEAR" is given twice'),
        (("scopes: [read]", "client: nobody"), "client names a Google client"),
        (("provider: linear, scopes: [read]", "provider: gmail, client: nobody"), "nobody"),
        (("verification: custom", "verification: maybe"), "verification"),
    ],
)
def test_a_mistake_is_told_and_leaves_nothing(change, told, app):
    with pytest.raises(SeedError, match=told):
        app.seed(text=WORLD.replace(*change))
    assert app.scalekit.environments == ()


def test_a_world_without_scalekit_has_no_variables(app):
    assert app.scalekit.variables("http://127.0.0.1:1") == {}
    with pytest.raises(LookupError, match="no Scalekit environment"):
        app.scalekit.environment()


def test_an_environment_is_planted_once(app):
    app.seed(text=WORLD)
    with pytest.raises(SeedError, match="in this world already"):
        app.seed(text=WORLD)


def test_a_restored_world_remembers(app):
    app.seed(text=WORLD)
    token = app.scalekit.account("linear", "u2").access_token
    image = app.world.image()
    app.scalekit.account("linear", "u2").delete()
    app.world.load(image)
    assert app.scalekit.account("linear", "u2").access_token == token
