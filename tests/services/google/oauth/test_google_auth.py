"""The endpoints as google-auth and hand-written requests code meet them (acceptance probes 1-5, 12, 14 and 15)."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta

import google.auth._exponential_backoff
import pytest
import requests
from google.auth.exceptions import RefreshError, TransportError
from google.auth.transport.requests import Request
from google.oauth2.credentials import Credentials

from emulator.doors.inprocess import requests_adapter
from emulator.kernel.faults import Fault

TOKEN_URI = "https://oauth2.googleapis.com/token"
READONLY = "https://www.googleapis.com/auth/gmail.readonly"
REVOKED = {"error": "invalid_grant", "error_description": "Token has been expired or revoked."}


@pytest.fixture
def session(house):
    with requests.Session() as made:
        made.mount("https://", requests_adapter(house))
        yield made


@pytest.fixture
def naps(monkeypatch):
    """The seconds google-auth would have slept between attempts."""
    slept = []
    monkeypatch.setattr(google.auth._exponential_backoff.time, "sleep", slept.append)
    return slept


@pytest.fixture
def refresh(house, session, naps):
    """Refresh through google-auth with the form of ``house.refresh_form``; the answer is the credentials object."""

    def refreshing(form=None, scopes=(READONLY,), **changes):
        given = (form or house.refresh_form()) | changes
        credentials = Credentials(
            None,
            refresh_token=given["refresh_token"],
            token_uri=TOKEN_URI,
            client_id=given["client_id"],
            client_secret=given["client_secret"],
            scopes=list(scopes) or None,
        )
        credentials.refresh(Request(session))
        return credentials

    return refreshing


def calls(house):
    return house.journal.calls("google.oauth.token")


def test_a_refresh_makes_the_credentials_valid_for_an_hour(house, refresh):
    kept = house.refresh_form()["refresh_token"]
    before = datetime.now(UTC).replace(tzinfo=None)
    credentials = refresh()
    [entry] = calls(house).assert_count(1)
    assert credentials.valid
    assert credentials.refresh_token == kept
    assert abs(credentials.expiry - before - timedelta(seconds=3599)) < timedelta(seconds=60)
    assert dict(entry.call.form_pairs)["scope"] == READONLY
    assert entry.scopes == (READONLY,)
    assert entry.call.headers.get("x-goog-api-client").endswith("cred-type/u")


def test_without_scopes_everything_granted_comes_back(refresh):
    credentials = refresh(scopes=())
    assert credentials.valid
    assert credentials.granted_scopes is None


def test_granted_scopes_are_what_was_asked_for(refresh):
    assert refresh().granted_scopes == [READONLY]


def test_a_revoked_grant_is_an_invalid_grant_without_retries(house, refresh, naps):
    form = house.refresh_form()
    house.google.user("u@example.com").revoke()
    with pytest.raises(RefreshError) as failure:
        refresh(form)
    assert failure.value.args == ("invalid_grant: Token has been expired or revoked.", REVOKED)
    assert not failure.value.retryable
    assert naps == []
    calls(house).assert_count(1)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"client_id": "unknown"}, "invalid_client: The OAuth client was not found."),
        ({"client_secret": "wrong"}, "invalid_client: Unauthorized"),
        ({"refresh_token": "1//garbage"}, "invalid_grant: Bad Request"),
    ],
)
def test_wrong_credentials_are_told_apart(house, refresh, changes, message):
    with pytest.raises(RefreshError) as failure:
        refresh(**changes)
    assert failure.value.args[0] == message
    assert calls(house).assert_count(1)[0].status == (400 if "grant" in message else 401)


def test_a_token_of_another_client_is_unauthorized(house, refresh):
    web = house.google.client("W")
    with pytest.raises(RefreshError, match="unauthorized_client: Unauthorized"):
        refresh(client_id=web.client_id, client_secret=web.secret)
    assert calls(house).assert_count(1)[0].status == 401


def test_a_scope_that_was_not_granted_is_invalid(house, refresh):
    with pytest.raises(RefreshError, match="invalid_scope: Bad Request"):
        refresh(scopes=["https://www.googleapis.com/auth/youtube.readonly"])


def test_one_internal_failure_is_ridden_out(house, refresh, naps):
    house.faults.add(Fault.status(500, operation="google.oauth.token", times=1))
    assert refresh().valid
    calls(house).assert_count(2)
    assert len(naps) == 1


def test_a_service_that_stays_unavailable_is_given_up_after_three_attempts(house, refresh, naps):
    house.faults.add(Fault.status(503, operation="google.oauth.token"))
    with pytest.raises(RefreshError):
        refresh()
    calls(house).assert_count(3)
    assert len(naps) == 2


def test_a_bad_gateway_page_is_not_retried(house, refresh):
    house.faults.add(Fault.status(502, operation="google.oauth.token"))
    with pytest.raises(RefreshError) as failure:
        refresh()
    calls(house).assert_count(1)
    [page] = failure.value.args
    assert "<title>Error 502 (Server Error)!!1</title>" in page


def test_a_broken_connection_is_a_transport_error(house, refresh):
    house.faults.add(Fault.reset(operation="google.oauth.token"))
    with pytest.raises(TransportError):
        refresh()


def test_the_101st_token_ends_the_first_and_spares_the_second(house, refresh):
    user = house.google.user("u@example.com")
    first = house.refresh_form()
    later = [user.consent("N", ("gmail.readonly",)).refresh_token for _ in range(100)]
    with pytest.raises(RefreshError, match="invalid_grant"):
        refresh(first)
    assert refresh(first, refresh_token=later[0]).valid


def test_a_token_of_a_testing_project_ends_after_seven_days(house, refresh):
    form = house.refresh_form("T")
    signed_in = house.google.user("u@example.com").consent("T", ("openid", "email"))
    house.clock.advance(days=7, seconds=1)
    with pytest.raises(RefreshError, match=r"invalid_grant: Token has been expired or revoked\."):
        refresh(form)
    assert refresh(form, refresh_token=signed_in.refresh_token, scopes=["openid"]).valid


def test_an_empty_post_names_an_empty_grant_type(session):
    answer = session.post(TOKEN_URI, timeout=5)
    assert (answer.status_code, answer.json()) == (
        400,
        {"error": "unsupported_grant_type", "error_description": "Invalid grant_type: "},
    )


# -- the recipe's own code: one POST and raise_for_status ------------------------------------------------------------


def exchange(session, form):
    answer = session.post(TOKEN_URI, data=form, timeout=10)
    answer.raise_for_status()
    return answer.json()["access_token"]


def test_the_recipe_gets_a_token_that_tokeninfo_knows(house, session):
    token = exchange(session, house.refresh_form())
    told = session.get("https://oauth2.googleapis.com/tokeninfo", params={"access_token": token}, timeout=5).json()
    assert (told["aud"], told["expires_in"]) == (house.google.client("N").client_id, "3599")


def test_the_recipe_meets_the_body_of_a_refusal_in_its_exception(house, session):
    form = house.refresh_form()
    session.post("https://oauth2.googleapis.com/revoke", params={"token": form["refresh_token"]}, timeout=5)
    with pytest.raises(requests.HTTPError, match="400 Client Error: Bad Request") as failure:
        exchange(session, form)
    assert json.loads(failure.value.response.content) == REVOKED


def test_the_recipe_meets_a_wrong_secret_as_401(house, session):
    with pytest.raises(requests.HTTPError, match="401 Client Error: Unauthorized"):
        exchange(session, house.refresh_form() | {"client_secret": "wrong"})
