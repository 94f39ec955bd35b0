"""Tokens, grants, accounts, projects and clients as a test holds them."""

from __future__ import annotations

import re

import pytest

from emulator.app import App
from emulator.config import Config
from emulator.kernel.live import UnknownName
from emulator.kernel.seed import SeedError

USER, OTHER = "u@example.com", "v@example.com"


@pytest.fixture
def google(house):
    return house.google


def is_live(google, value):
    return google.tokens.access_is_live(google.tokens.access_token(value))


# -- tokens ----------------------------------------------------------------------------------------------------------


def test_tokens_have_the_shape_of_googles(google):
    held = google.user(OTHER).consent("N", ("gmail.readonly",))
    access = google.user(OTHER).access_token("N", ("gmail.readonly",))
    assert re.fullmatch(r"1//0[\w-]{99}", held.refresh_token)
    assert re.fullmatch(r"ya29\.a0[\w-]{209}", access)


def test_consent_adds_to_what_the_project_was_allowed_and_an_address_implies_openid(google):
    google.user(OTHER).consent("N", ("gmail.readonly",))
    google.user(OTHER).consent("W", ("email",))
    assert google.tokens.granted(OTHER, "live") == (
        "https://www.googleapis.com/auth/gmail.readonly",
        "https://www.googleapis.com/auth/userinfo.email",
        "openid",
    )
    assert google.tokens.granted(OTHER, "testing") == ()


def test_each_consent_is_a_new_token_and_the_old_one_lives_on(google):
    first = google.user(OTHER).consent("N", ("gmail.readonly",))
    second = google.user(OTHER).consent("N", ("gmail.readonly",))
    assert first.refresh_token != second.refresh_token
    assert google.user(OTHER).all_credentials() == [first, second]
    assert google.user(OTHER).credentials() == second


def test_revoking_ends_every_token_of_the_project(google):
    user = google.user(USER)
    access = user.access_token("N", ("gmail.readonly",))
    user.revoke("W")
    assert not is_live(google, access)
    assert [held.client for held in user.all_credentials()] == ["T"]


def test_revoking_everything_reaches_tokens_minted_without_a_grant(google):
    user = google.user(OTHER)
    access = user.access_token("N", ("gmail.readonly",))
    user.revoke()
    assert not is_live(google, access)


def test_expiring_counts_the_living_and_spares_others(google):
    mine = [google.user(USER).access_token("N", ("email",)) for _ in range(2)]
    theirs = google.user(OTHER).access_token("N", ("email",))
    assert google.user(USER).expire_access_tokens() == 2
    assert google.user(USER).expire_access_tokens() == 0
    assert [is_live(google, token) for token in (*mine, theirs)] == [False, False, True]
    assert google.expire_access_tokens() == 1


def test_a_token_expired_by_hand_can_be_refreshed_away(house, google):
    google.user(USER).expire_access_tokens()
    assert house.refresh().status == 200


def test_killing_a_refresh_token_leaves_its_access_tokens(google):
    held = google.user(USER).credentials("N")
    access = google.tokens.issue_access(USER, held.client_id, held.scopes, refresh_token=held.refresh_token)
    google.tokens.kill_refresh(held.refresh_token, "password_changed")
    assert google.tokens.why_dead(google.tokens.refresh_token(held.refresh_token))[0] == "password_changed"
    assert is_live(google, access.token)


def test_publishing_does_not_save_tokens_issued_in_testing(house, google):
    google.project("testing").publishing_status = "production"
    held = google.user(USER).credentials("T")
    house.clock.advance(days=7)
    assert google.tokens.why_dead(google.tokens.refresh_token(held.refresh_token)) is not None
    later = google.user(USER).consent("T", ("gmail.readonly",))
    house.clock.advance(days=7)
    assert google.tokens.why_dead(google.tokens.refresh_token(later.refresh_token)) is None


def test_credentials_leave_out_what_has_expired(house, google):
    house.clock.advance(days=7)
    assert [held.client for held in google.credentials()] == ["N"]


# -- accounts --------------------------------------------------------------------------------------------------------


def test_a_user_is_found_in_any_case(google):
    assert google.user("U@Example.COM") == google.user(USER)


def test_an_unknown_user_lists_the_users(google):
    with pytest.raises(UnknownName, match=r"no user 'w@example.com'; .*Known: u@example.com, v@example.com"):
        google.user("w@example.com")


def test_credentials_of_someone_who_never_consented_are_missed_by_name(google):
    with pytest.raises(UnknownName, match=r"no living refresh token of v@example.com for client 'N'"):
        google.user(OTHER).credentials("N")


def test_a_user_keeps_a_21_digit_id(google):
    assert re.fullmatch(r"[1-9]\d{20}", google.user(USER).sub)


# -- projects and clients --------------------------------------------------------------------------------------------


def test_apis_are_enabled_and_disabled_once(google):
    project = google.project("testing")
    project.enable("youtube.googleapis.com")
    project.enable("youtube.googleapis.com")
    assert project.enabled_apis == ("gmail.googleapis.com", "youtube.googleapis.com")
    project.disable("gmail.googleapis.com")
    assert project.enabled_apis == ("youtube.googleapis.com",)


def test_test_users_are_kept_in_lower_case(google):
    project = google.project("testing")
    project.add_test_user("V@Example.com")
    assert project.test_users == (USER, OTHER)
    project.remove_test_user("v@EXAMPLE.com")
    assert project.test_users == (USER,)


def test_a_project_takes_only_states_google_has(google):
    with pytest.raises(ValueError, match="must be one of 'testing', 'production'; got 'published'"):
        google.project("testing").publishing_status = "published"


def test_a_client_is_found_by_name_and_by_id(google):
    client = google.client("N")
    assert google.client(client.client_id) == client
    assert (client.project.id, client.type, client.redirect_uris) == ("live", "desktop", ("http://localhost",))
    with pytest.raises(UnknownName, match="no OAuth client 'desktop'"):
        google.client("desktop")


def test_secrets_can_be_rotated_while_both_work(house, google):
    client = google.client("N")
    old = client.secret
    client.add_secret("GOCSPX-new")
    assert house.refresh(client_secret="GOCSPX-new").status == house.refresh(client_secret=old).status == 200
    client.remove_secret(old)
    assert house.refresh(client_secret=old).status == 401
    assert client.secret == "GOCSPX-new"
    client.remove_secret("GOCSPX-new")
    with pytest.raises(LookupError, match="has no secret left"):
        _ = client.secret


# -- planting --------------------------------------------------------------------------------------------------------

COLLISIONS = [
    ("projects:\n  - {id: other}\n  - {id: live}", ":3: .*live"),
    ("projects:\n  - {id: new, number: 123456789012}", "123456789012"),
    ("users:\n  - {email: U@example.com}", ":2: .*u@example.com"),
    ("projects: [{id: q}]\nclients:\n  - {name: N, project: q, type: web}", ":3: .*N"),
]


@pytest.mark.parametrize(("seed", "message"), COLLISIONS)
def test_what_the_world_has_already_is_refused_where_it_was_written(house, seed, message):
    before = house.tables()
    with pytest.raises(SeedError, match=message) as refusal:
        house.plant(seed)
    assert "already" in str(refusal.value)
    assert house.tables() == before


def test_a_grant_given_long_ago_is_that_old(house, google):
    house.plant(
        "projects: [{id: p}]\n"
        "clients: [{name: c, project: p, type: desktop}]\n"
        "users: [{email: w@example.com}]\n"
        "grants: [{user: w@example.com, client: c, scopes: [gmail.readonly], consented: 8d}]"
    )
    with pytest.raises(UnknownName):
        google.user("w@example.com").credentials()


def test_two_houses_of_one_seed_are_equal(house):
    other = type(house)()
    assert other.tables() == house.tables()
    assert other.refresh().body == house.refresh().body
    other.world.close()


def test_a_token_that_died_of_its_date_keeps_its_reason_when_access_is_removed() -> None:
    app = App(Config(seeds=("demo",)))
    ada = app.google.user("ada@example.com")
    app.clock.advance(days=8)
    ada.revoke()
    assert {token.dead_reason for token in ada.tokens()} == {"expired_after_seven_days_in_testing"}
    app.close()
