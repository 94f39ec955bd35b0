"""The refresh grant of the token endpoint, letter for letter."""

from __future__ import annotations

import json
from base64 import b64encode

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from emulator.kernel.faults import Fault

PREFIX = "https://www.googleapis.com/auth/"
HEADERS = [
    ("accept-ranges", "none"),
    ("cache-control", "no-cache, no-store, max-age=0, must-revalidate"),
    ("content-type", "application/json; charset=utf-8"),
    ("expires", "Mon, 01 Jan 1990 00:00:00 GMT"),
    ("pragma", "no-cache"),
    ("server", "scaffolding on HTTPServer2"),
    ("vary", "Origin,Accept-Encoding"),
    ("vary", "Referer"),
    ("vary", "X-Origin"),
    ("x-content-type-options", "nosniff"),
    ("x-frame-options", "SAMEORIGIN"),
    ("x-xss-protection", "0"),
]
DAY = 86400


def lines(reply):
    return sorted((name.lower(), value) for name, value in reply.headers)


def refused(reply):
    """Status, error, description of an error reply; and that it carries the endpoint's header set."""
    assert lines(reply) == HEADERS
    body = json.loads(reply.body)
    return reply.status, body["error"], body.get("error_description")


# -- success ---------------------------------------------------------------------------------------------------------


def test_a_refresh_answers_an_hours_access_token_over_everything_granted(house):
    reply = house.refresh()
    body = json.loads(reply.body)
    token = body.pop("access_token")
    assert (reply.status, lines(reply)) == (200, HEADERS)
    assert body == {
        "expires_in": 3599,
        "scope": f"{PREFIX}gmail.readonly {PREFIX}gmail.send",
        "token_type": "Bearer",
    }
    assert token.startswith("ya29.a0")
    assert len(token) <= 2048
    assert reply.body.startswith(b'{\n  "access_token": "ya29.')


def test_a_refresh_never_rotates_the_refresh_token_and_each_access_token_is_new(house):
    bodies = [json.loads(house.refresh().body) for _ in range(3)]
    assert len({body["access_token"] for body in bodies}) == 3
    assert not any("refresh_token" in body for body in bodies)


def test_the_journal_knows_who_and_which_scopes_and_no_secret(house):
    form = house.refresh_form()
    house.post("/token", form)
    entry = house.last
    assert (entry.operation, entry.principal, entry.status, entry.cause) == (
        "google.oauth.token",
        "u@example.com",
        200,
        "",
    )
    shown = json.dumps(entry.public())
    assert form["refresh_token"] not in shown
    assert form["client_secret"] not in shown
    assert form["client_id"] in shown


def test_scopes_can_be_narrowed(house):
    body = json.loads(house.refresh(scope=f"{PREFIX}gmail.send").body)
    assert body["scope"] == f"{PREFIX}gmail.send"
    assert house.google.tokens.access_token(body["access_token"]).scopes == (f"{PREFIX}gmail.send",)
    assert len(json.loads(house.refresh().body)["scope"].split()) == 2


@pytest.mark.parametrize("scope", ["", "   "])
def test_an_empty_scope_asks_for_everything(house, scope):
    assert len(json.loads(house.refresh(scope=scope).body)["scope"].split()) == 2


def test_a_scope_asked_for_twice_is_granted_once(house):
    scope = f"{PREFIX}gmail.send"
    assert json.loads(house.refresh(scope=f"{scope} {scope}").body)["scope"] == scope


# -- how parameters arrive -------------------------------------------------------------------------------------------


def test_basic_authentication_replaces_the_client_in_the_body(house):
    form = house.refresh_form()
    basic = form.pop("client_id"), form.pop("client_secret")
    assert house.post("/token", form, basic=basic).status == 200


def test_basic_authentication_wins_over_the_body(house):
    form = house.refresh_form()
    basic = form["client_id"], form["client_secret"]
    form |= {"client_id": "someone-else", "client_secret": "wrong"}
    assert house.post("/token", form, basic=basic).status == 200


def test_basic_credentials_are_not_percent_decoded(house):
    client = house.google.client("N")
    client.add_secret("GOCSPX-a%20b+c:d")
    form = house.refresh_form()
    basic = form.pop("client_id"), "GOCSPX-a%20b+c:d"
    form.pop("client_secret")
    assert house.post("/token", form, basic=basic).status == 200


def test_parameters_may_stand_in_the_query_of_a_post(house):
    from urllib.parse import urlencode

    assert house.post("/token", b"", query=urlencode(house.refresh_form())).status == 200


def test_the_body_wins_over_the_query(house):
    assert house.post("/token", house.refresh_form(), query="refresh_token=other").status == 200


def test_a_json_body_is_understood(house):
    body = json.dumps(house.refresh_form()).encode()
    assert house.post("/token", body, content_type="application/json; charset=utf-8").status == 200


def test_the_first_of_repeated_parameters_counts(house):
    pairs = [*house.refresh_form().items(), ("refresh_token", "later"), ("client_id", "later")]
    assert house.post("/token", pairs).status == 200
    assert house.post("/token", [("refresh_token", "earlier"), *pairs]).status == 400


def test_unknown_parameters_are_ignored(house):
    assert house.refresh(audience="x", redirect_uri="http://localhost", code_challenge="y").status == 200


@pytest.mark.parametrize(
    ("host", "path"),
    [
        ("oauth2.googleapis.com", "/token"),
        ("www.googleapis.com", "/oauth2/v4/token"),
        ("www.googleapis.com", "/oauth2/v3/token"),
        ("accounts.google.com", "/o/oauth2/token"),
        ("127.0.0.1", "/token"),
        ("127.0.0.1", "/oauth2/v4/token"),
    ],
)
def test_every_address_of_the_endpoint_answers(house, host, path):
    assert house.post(path, house.refresh_form(), host=host).status == 200


def test_the_endpoint_takes_only_posts(house):
    from emulator.kernel.http import Call

    reply = house.respond(Call("GET", "oauth2.googleapis.com", "/token"))
    assert (reply.status, reply.headers.get("content-type")) == (404, "text/html; charset=UTF-8")
    assert b"<title>Error 404 (Not Found)!!1</title>" in reply.body


# -- refusals, row by row --------------------------------------------------------------------------------------------

UNSUPPORTED = b'{\n  "error": "unsupported_grant_type",\n  "error_description": "Invalid grant_type: %s"\n}'


def test_an_empty_body_names_an_empty_grant_type(house):
    reply = house.post("/token", b"")
    assert (reply.status, reply.body, lines(reply)) == (400, UNSUPPORTED % b"", HEADERS)


@pytest.mark.parametrize("content_type", ["text/plain", "", "multipart/form-data; boundary=x", "application/xml"])
def test_a_body_of_the_wrong_type_holds_no_parameters(house, content_type):
    from urllib.parse import urlencode

    reply = house.post("/token", urlencode(house.refresh_form()).encode(), content_type=content_type)
    assert (reply.status, reply.body) == (400, UNSUPPORTED % b"")


@pytest.mark.parametrize("body", [b"", b"{", b"[1]", b"null", b"\xff", b"[" * 100_000])
def test_json_that_is_no_object_holds_no_parameters(house, body):
    assert house.post("/token", body, content_type="application/json").body == UNSUPPORTED % b""


@pytest.mark.parametrize("grant_type", [b"password", b"client_credentials", b"refresh_token ", b"Refresh_Token"])
def test_other_grant_types_are_named_back(house, grant_type):
    reply = house.post("/token", b"grant_type=" + grant_type.replace(b" ", b"+"))
    assert (reply.status, reply.body) == (400, UNSUPPORTED % grant_type)


def test_characters_html_minds_are_escaped_by_number(house):
    reply = house.post("/token", {"grant_type": "a=<b>&'c'"})
    assert reply.body == UNSUPPORTED % rb"a\u003d\u003cb\u003e\u0026\u0027c\u0027"
    assert json.loads(reply.body)["error_description"] == "Invalid grant_type: a=<b>&'c'"


ROWS = [
    ({"client_id": None}, 400, "invalid_request", "Could not determine client ID from request.", "client_id_missing"),
    ({"client_id": ""}, 400, "invalid_request", "Could not determine client ID from request.", "client_id_missing"),
    ({"client_id": "x"}, 401, "invalid_client", "The OAuth client was not found.", "client_unknown"),
    ({"client_secret": None}, 400, "invalid_request", "client_secret is missing.", "client_secret_missing"),
    ({"client_secret": ""}, 400, "invalid_request", "client_secret is missing.", "client_secret_missing"),
    ({"client_secret": "x"}, 401, "invalid_client", "Unauthorized", "client_secret_wrong"),
    (
        {"refresh_token": None},
        400,
        "invalid_request",
        "Missing required parameter: refresh_token",
        "parameter_missing",
    ),
    ({"refresh_token": ""}, 400, "invalid_request", "Missing required parameter: refresh_token", "parameter_missing"),
    ({"refresh_token": "1//garbage"}, 400, "invalid_grant", "Bad Request", "refresh_token_unknown"),
    ({"scope": PREFIX + "drive"}, 400, "invalid_scope", "Bad Request", "scope_not_granted"),
    ({"scope": "https://mail.google.com/"}, 400, "invalid_scope", "Bad Request", "scope_not_granted"),
]


@pytest.mark.parametrize(("changes", "status", "error", "description", "cause"), ROWS)
def test_each_mistake_has_its_own_answer(house, changes, status, error, description, cause):
    reply = house.refresh(**changes)
    assert refused(reply) == (status, error, description)
    assert reply.body == json.dumps({"error": error, "error_description": description}, indent=2).encode()
    assert house.last.cause == cause


def test_strings_that_are_no_scopes_are_listed_with_a_link(house):
    reply = house.refresh(scope=f"gmail.readonly {PREFIX}gmail.send nonsense")
    assert reply.status == 400
    assert reply.body == (
        b'{\n  "error": "invalid_scope",\n'
        b'  "error_description": "Some requested scopes were invalid. {invalid\\u003d[gmail.readonly, nonsense]}",\n'
        b'  "error_uri": "https://developers.google.com/identity/protocols/oauth2"\n}'
    )
    assert house.last.cause == "scope_unknown"


@pytest.mark.parametrize("value", ["Basic", "Basic ", "Basic !!!", "Basic " + b64encode(b":").decode()])
def test_empty_basic_credentials_are_a_bad_request(house, value):
    form = house.refresh_form()
    reply = house.post("/token", form, headers={"Authorization": value})
    assert refused(reply) == (400, "invalid_request", "Bad Request")


def test_basic_with_a_secret_but_no_id_names_no_client(house):
    form = house.refresh_form()
    del form["client_id"]
    reply = house.post("/token", form, basic=("", "secret"))
    assert refused(reply) == (400, "invalid_request", "Could not determine client ID from request.")


def test_another_scheme_names_no_client(house):
    form = house.refresh_form()
    del form["client_id"]
    reply = house.post("/token", form, headers={"Authorization": "Bearer x"})
    assert refused(reply) == (400, "invalid_request", "Could not determine client ID from request.")


def test_a_wrong_secret_by_basic_is_unauthorized_too(house):
    form = house.refresh_form()
    reply = house.post("/token", form, basic=(form["client_id"], "wrong"))
    assert refused(reply) == (401, "invalid_client", "Unauthorized")


def test_a_deleted_client_is_told_so_whatever_its_secret(house):
    form = house.refresh_form()
    house.google.client("N").deleted = True
    assert refused(house.post("/token", form)) == (401, "deleted_client", "The OAuth client was deleted.")
    assert refused(house.post("/token", form | {"client_secret": "x"}))[1] == "deleted_client"
    assert house.last.cause == "client_deleted"


def test_a_token_of_another_client_is_unauthorized(house):
    web = house.google.client("W")
    reply = house.refresh(client_id=web.client_id, client_secret=web.secret)
    assert refused(reply) == (401, "unauthorized_client", "Unauthorized")
    assert house.last.cause == "token_of_another_client"


@pytest.mark.parametrize(
    ("column", "error", "description", "cause"),
    [
        ("deleted", "invalid_grant", "The account has been deleted", "account_deleted"),
        ("disabled", "invalid_grant", "Account has been disabled", "account_disabled"),
        ("advanced_protection", "policy_enforced", "Bad Request", "advanced_protection"),
    ],
)
def test_the_state_of_the_account_decides(house, column, error, description, cause):
    setattr(house.google.user("u@example.com"), column, True)
    assert refused(house.refresh()) == (400, error, description)
    assert house.last.cause == cause
    setattr(house.google.user("u@example.com"), column, False)
    assert house.refresh().status == 200


def test_advanced_protection_still_lets_its_owner_sign_in(house):
    house.google.user("v@example.com").advanced_protection = True
    held = house.google.user("v@example.com").consent("N", ("openid", "email"))
    assert house.refresh(refresh_token=held.refresh_token).status == 200


# -- order of the checks ---------------------------------------------------------------------------------------------

STEPS = [
    ({"grant_type": "nonsense"}, "unsupported_grant_type"),
    ({"client_id": None}, "Could not determine client ID from request."),
    ({"client_id": "x"}, "The OAuth client was not found."),
    ({"client_secret": None}, "client_secret is missing."),
    ({"client_secret": "x"}, "Unauthorized"),
    ({"refresh_token": None}, "Missing required parameter: refresh_token"),
    ({"refresh_token": "1//garbage"}, "invalid_grant"),
    ({"scope": "nonsense"}, "invalid_scope"),
]


@pytest.mark.parametrize("first", range(len(STEPS)))
def test_of_two_mistakes_the_earlier_check_speaks(house, first):
    for later in range(first + 1, len(STEPS)):
        changes, expected = STEPS[first]
        reply = house.refresh(**(STEPS[later][0] | changes))
        assert expected in json.loads(reply.body).values()


# -- lives -----------------------------------------------------------------------------------------------------------

DEAD = (400, "invalid_grant", "Token has been expired or revoked.")
FORGOTTEN = (400, "invalid_grant", "Bad Request")


def test_a_testing_project_tells_the_days_left_and_ends_after_seven(house):
    assert json.loads(house.refresh(client="T").body)["refresh_token_expires_in"] == 604799
    form = house.refresh_form("T")
    house.clock.advance(days=7, seconds=-1)
    last = json.loads(house.post("/token", form).body)
    assert (last["refresh_token_expires_in"], last["expires_in"]) == (0, 3599)
    house.clock.advance(1)
    assert refused(house.post("/token", form)) == DEAD
    assert house.last.cause == "expired_after_seven_days_in_testing"
    token = house.google.tokens.access_token(last["access_token"])
    assert house.google.tokens.access_is_live(token)


def test_identity_scopes_outlive_the_seven_days(house):
    held = house.google.user("u@example.com").consent("T", ("openid", "email", "profile"))
    form = house.refresh_form("T", refresh_token=held.refresh_token)
    assert "refresh_token_expires_in" not in json.loads(house.post("/token", form).body)
    house.clock.advance(days=30)
    assert house.post("/token", form).status == 200


def test_a_project_in_production_has_no_seven_days(house):
    assert "refresh_token_expires_in" not in json.loads(house.refresh().body)
    house.clock.advance(days=30)
    assert house.refresh().status == 200


def test_a_token_unused_for_six_months_dies_and_use_keeps_it_alive(house):
    form = house.refresh_form()
    house.clock.advance(days=182)
    assert house.post("/token", form).status == 200
    house.clock.advance(days=182)
    assert house.post("/token", form).status == 200
    house.clock.advance(days=183)
    assert refused(house.post("/token", form)) == DEAD
    assert house.last.cause == "unused_for_six_months"


def test_a_token_long_dead_is_not_remembered_on_the_wire(house):
    form = house.refresh_form()
    house.google.user("u@example.com").revoke("N")
    house.clock.advance(hours=12)
    assert refused(house.post("/token", form)) == DEAD
    house.clock.advance(1)
    assert refused(house.post("/token", form)) == FORGOTTEN
    assert house.last.cause == "revoked_by_user"


def test_the_101st_token_buries_the_first_in_silence(house):
    user = house.google.user("u@example.com")
    forms = [house.refresh_form()]
    forms += [forms[0] | {"refresh_token": user.consent("N", ("gmail.readonly",)).refresh_token} for _ in range(99)]
    assert house.post("/token", forms[0]).status == 200
    forms.append(forms[0] | {"refresh_token": user.consent("N", ("gmail.readonly",)).refresh_token})
    assert refused(house.post("/token", forms[0])) == DEAD
    assert house.last.cause == "superseded_by_the_101st"
    assert house.post("/token", forms[1]).status == 200
    assert house.refresh(client="T").status == 200


def test_an_access_token_dies_after_exactly_3599_seconds(house):
    value = json.loads(house.refresh().body)["access_token"]
    tokens = house.google.tokens
    house.clock.advance(3598.999)
    assert tokens.access_is_live(tokens.access_token(value))
    house.clock.advance(0.001)
    assert not tokens.access_is_live(tokens.access_token(value))


# -- faults ----------------------------------------------------------------------------------------------------------


def test_a_backend_fault_is_internal_failure(house):
    house.faults.add(Fault.status(500, operation="google.oauth.token"))
    assert refused(house.refresh()) == (500, "internal_failure", None)


@pytest.mark.parametrize(
    ("code", "title"), [(502, b"Server Error"), (503, b"Server Error"), (429, b"Too Many Requests")]
)
def test_a_front_end_fault_is_a_page(house, code, title):
    house.faults.add(Fault.status(code, operation="google.oauth.token"))
    reply = house.refresh()
    assert (reply.status, reply.headers.get("content-type")) == (code, "text/html; charset=UTF-8")
    assert b"<title>Error %d (%s)!!1</title>" % (code, title) in reply.body


# -- whatever comes --------------------------------------------------------------------------------------------------

NAMES = st.sampled_from(
    ["grant_type", "client_id", "client_secret", "refresh_token", "scope", "code", "token", "redirect_uri", "assertion"]
)
TEXT = st.one_of(st.text(max_size=40), st.just("x" * 100_000), st.just("\0"), st.just("\ud800"), st.just("%2F"))


@settings(max_examples=120, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data(), as_json=st.booleans())
def test_no_parameters_whatever_crash_it_and_errors_change_nothing(house, data, as_json):
    right = house.refresh_form()
    kept = data.draw(st.sets(st.sampled_from(sorted(right))))
    odd = data.draw(st.dictionaries(st.one_of(NAMES, TEXT), TEXT, max_size=6))
    form = odd | {name: right[name] for name in kept}
    before, position = house.tables(), house.kernel.ids.position
    if as_json:
        reply = house.post("/token", json.dumps(form).encode(), content_type="application/json")
    else:
        whole = {k.encode("utf-8", "replace"): v.encode("utf-8", "replace") for k, v in form.items()}
        reply = house.post("/token", list(whole.items()))
    assert not house.journal.crashes
    assert reply.status in {200, 400, 401}
    assert lines(reply) == HEADERS
    assert "access_token" in json.loads(reply.body) or "error" in json.loads(reply.body)
    if reply.status != 200:
        assert house.tables() == before
        assert house.kernel.ids.position == position


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    body=st.binary(max_size=300),
    content_type=st.sampled_from(["application/json", "x/y", "application/x-www-form-urlencoded"]),
)
@pytest.mark.parametrize("path", ["/token", "/revoke", "/tokeninfo"])
def test_no_bytes_whatever_crash_an_endpoint(house, path, body, content_type):
    reply = house.post(path, body, content_type=content_type)
    assert not house.journal.crashes
    assert reply.status == 400
    json.loads(reply.body)
