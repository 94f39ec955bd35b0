"""The journal: what it keeps, what it shows, how it fails a test."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from types import SimpleNamespace

import pytest

from emulator.kernel.http import Call, Headers, Reply
from emulator.kernel.journal import BODY_LIMIT, CAPACITY, Journal, mask, strays

ACCESS = "ya29.a0" + "A" * 209
REFRESH = "1//0" + "r" * 99
SECRET = "GOCSPX-" + "s" * 28
JWT = "eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiIxMjM0NTY3ODkwIn0.c2lnbmF0dXJl"
FORM = Headers({"Content-Type": "application/x-www-form-urlencoded", "Authorization": f"Bearer {ACCESS}"})


@pytest.fixture
def journal():
    return Journal(lambda: datetime(2026, 1, 1, tzinfo=UTC))


def record(journal, path="/", operation="", status=200, **fields):
    entry = journal.open(Call("GET", "example.com", path, **fields))
    entry.operation = operation
    journal.close(entry, Reply(status), 0.001)
    return entry


@pytest.mark.parametrize("secret", [ACCESS, REFRESH, SECRET, JWT, "hunter2-hunter2"])
@pytest.mark.parametrize("name", ["refresh_token", "Client_Secret", "token", "access_token", "password", "code"])
def test_a_secret_under_its_own_name_is_masked_everywhere(journal, secret, name):
    entry = record(journal, query=f"{name}={secret}", body=f"{name}={secret}".encode(), headers=FORM)
    entry.parameters = {name: secret, "nested": {name: [secret]}}
    shown = json.dumps(entry.public(), ensure_ascii=False)
    assert secret not in shown
    assert shown.count("…") == 4


@pytest.mark.parametrize("secret", [ACCESS, REFRESH, SECRET, JWT])
def test_a_secret_in_a_strange_place_is_recognised_by_its_shape(journal, secret):
    entry = record(journal, f"/o/{secret}", query=f"q={secret}", headers=FORM, body=f"note=see {secret}!".encode())
    entry.parameters = {"q": f"see {secret}", "items": [{"deep": (secret,)}]}
    entry.crash = ValueError(f"bad value {secret}")
    assert secret not in json.dumps(entry.public())
    assert secret not in entry.line()


def test_a_secret_inside_a_parameter_name_is_recognised(journal):
    body = f'{{"refresh_token": "{REFRESH}"}}'.encode()
    entry = record(journal, body=body, headers=FORM)
    assert entry.call.form_pairs
    assert REFRESH not in json.dumps(entry.public())


def test_an_encoded_refresh_token_in_a_path_is_recognised(journal):
    entry = record(journal, "/x/" + REFRESH.replace("/", "%2F"))
    assert "r" * 99 not in json.dumps(entry.public())


def test_headers_and_bodies_do_not_leave(journal):
    lines = Headers({"Content-Type": "application/json", "Authorization": f"Bearer {ACCESS}"})
    entry = record(journal, body=b'{"text": "private words"}', headers=lines)
    shown = json.dumps(entry.public())
    assert "private words" not in shown
    assert ACCESS not in shown


def test_masks_tell_two_secrets_apart_and_give_neither_away():
    assert mask(ACCESS) == "ya29.a…216"
    assert mask(f"Bearer {ACCESS}") == "Bearer ya29.a…216"
    assert mask("short") == "…"


def test_harmless_values_stay_readable(journal):
    entry = record(journal, "/gmail/v1/users/me/messages", query="q=from:ada&maxResults=5")
    assert entry.public()["query"] == {"q": "from:ada", "maxResults": "5"}
    assert entry.public()["path"] == "/gmail/v1/users/me/messages"


def test_calls_are_found_by_what_is_given(journal):
    first = record(journal, operation="mail.list", status=200)
    second = record(journal, operation="mail.get", status=404)
    second.cause = "not_found"
    assert list(journal.calls("mail.list")) == [first]
    assert list(journal.calls(status=404)) == list(journal.calls(cause="not_found")) == [second]
    assert list(journal.calls(host="example.com")) == [first, second]
    journal.calls("mail.list", status=404).assert_none()


def test_a_failed_count_lists_what_did_arrive(journal):
    record(journal, operation="mail.list", status=200)
    record(journal, "/lost", status=404)
    with pytest.raises(AssertionError) as failure:
        journal.calls("mail.get").assert_count(2)
    message = str(failure.value)
    assert "expected 2 call(s) with operation=mail.get, found 0" in message
    assert "#1 2026-01-01T00:00:00.000Z mail.list -> 200" in message
    assert "#2 2026-01-01T00:00:00.000Z GET example.com/lost -> 404" in message


def test_an_empty_journal_says_so(journal):
    with pytest.raises(AssertionError, match=r"\(no calls\)"):
        journal.calls().assert_count(1)


def test_a_count_that_holds_answers_the_calls(journal):
    entry = record(journal)
    assert journal.calls().assert_count(1)[0] is entry


def test_the_oldest_calls_make_room_but_stay_counted(journal):
    for _ in range(CAPACITY + 5):
        record(journal, operation="mail.list")
    assert len(journal) == CAPACITY
    assert next(iter(journal)).number == 6
    assert journal.tally["mail.list", 200] == CAPACITY + 5


def test_large_bodies_are_kept_in_part(journal):
    entry = journal.open(Call("POST", "example.com", "/", body=b"x" * (BODY_LIMIT + 1)))
    journal.close(entry, Reply(body=b"y" * (BODY_LIMIT + 1)), 0.0)
    assert (len(entry.call.body), len(entry.reply.body)) == (BODY_LIMIT, BODY_LIMIT)


def test_refusals_and_unrouted_calls_are_told_apart(journal):
    journal.refuse("api.example.net", 443, "python-requests", "not emulated")
    entry = record(journal, "/nowhere", status=404)
    entry.unrouted = True
    assert journal.unrouted == [entry]
    assert journal.refusals[0].line() == "api.example.net:443 asked for by python-requests: not emulated"
    assert journal.refusals[0].public()["host"] == "api.example.net"


def test_clear_forgets_everything_and_numbers_anew(journal):
    crashed = record(journal)
    crashed.crash = ValueError()
    journal.close(crashed, Reply(500), 0.0)
    journal.refuse("h", 1, "", "r")
    journal.clear()
    assert (len(journal), journal.refusals, journal.crashes, dict(journal.tally)) == (0, [], [], {})
    assert record(journal).number == 1


@pytest.fixture
def moving():
    """A journal whose clock the test moves, by ``moving.now``."""
    told = SimpleNamespace(now=datetime(2026, 1, 1, tzinfo=UTC))
    told.journal = Journal(lambda: told.now)
    return told


def test_calls_are_found_by_their_decoded_parameters(journal):
    wanted = record(journal, operation="mail.list", query="maxResults=5&q=a")
    record(journal, operation="mail.list", query="maxResults=6")
    decoded = record(journal, operation="mail.list")
    decoded.parameters = {"maxResults": 5, "includeSpam": True}
    assert list(journal.calls("mail.*", parameters={"maxResults": 5})) == [wanted, decoded]
    assert list(journal.calls("mail.list").having(maxResults="5").having(includeSpam=True)) == [decoded]


def test_a_form_and_a_path_are_decoded_for_every_room(journal):
    entry = record(journal, body=b"grant_type=refresh_token", headers=FORM, query="a=1")
    entry.path_parameters = {"id": "x"}
    assert entry.arguments == {"grant_type": "refresh_token", "a": "1", "id": "x"}
    assert entry.public()["parameters"] == dict(entry.arguments)


def test_calls_between_two_moments(moving):
    for minute in range(5):
        moving.now = datetime(2026, 1, 1, 0, minute, tzinfo=UTC)
        record(moving.journal, operation="mail.list")
    start, end = datetime(2026, 1, 1, 0, 1, tzinfo=UTC), datetime(2026, 1, 1, 0, 3, tzinfo=UTC)
    moving.journal.calls("mail.list").between(start, end).assert_count(3)
    with pytest.raises(AssertionError, match=r"at: wanted 2026-01-01T00:01:00.000Z or later, was 2026-01-01T00:00:00"):
        moving.journal.calls("mail.list").between(start, end).assert_count(4)
    with pytest.raises(ValueError, match="there is no time"):
        moving.journal.calls().between(end, start)


def test_a_failure_shows_the_nearest_calls_field_by_field(journal):
    entry = record(journal, operation="mail.get", status=404, query="id=abc")
    entry.principal = "ada"
    record(journal, operation="other.thing")
    with pytest.raises(AssertionError) as failure:
        journal.calls("mail.get", status=200, principal="ada", parameters={"id": "abd"}).assert_once()
    nearest = str(failure.value).partition("nearest:\n")[2].splitlines()
    assert nearest[0].strip().startswith("#1 ")
    assert [line.strip() for line in nearest[1:3]] == ["status: wanted 200, was 404", "id: wanted 'abd', was 'abc'"]


def test_the_nearest_call_is_shown_without_its_secrets(journal):
    record(journal, operation="google.oauth.token", body=f"refresh_token={REFRESH}".encode(), headers=FORM)
    with pytest.raises(AssertionError) as failure:
        journal.calls(parameters={"refresh_token": "1//other-token-of-a-length"}).assert_once()
    assert REFRESH not in str(failure.value)
    assert "other-token" not in str(failure.value)


def test_the_order_of_calls(journal):
    for operation in ("token", "list", "get", "get", "push"):
        record(journal, operation=operation)
    journal.calls().assert_ordered("token", "g*", "push").assert_ordered("get", "get")
    with pytest.raises(AssertionError, match="expected push then list: there is no list after push"):
        journal.calls().assert_ordered("push", "list")
    with pytest.raises(AssertionError, match="there is no get after get"):
        journal.calls().assert_ordered("get", "get", "get")


def test_none_other_than_these(journal):
    for operation in ("token", "gmail.list", "gmail.get"):
        record(journal, operation=operation)
    journal.calls().assert_none_other("token", "gmail.*")
    with pytest.raises(AssertionError, match=r"none other than gmail\.\*, found 1:\n  #1 .* token -> 200"):
        journal.calls().assert_none_other("gmail.*")


def test_the_statuses_in_their_order(journal):
    for status in (503, 503, 200):
        record(journal, operation="mail.list", status=status)
    journal.calls("mail.list").assert_statuses(503, 503, 200)
    with pytest.raises(AssertionError, match=r"to be answered \(200,\), they were answered \(503, 503, 200\)"):
        journal.calls("mail.list").assert_statuses(200)


def test_what_was_made_again_after_a_failure(journal):
    record(journal, "/a", status=503)
    again = record(journal, "/a", status=429)
    success = record(journal, "/a", status=200)
    record(journal, "/a", status=200)
    record(journal, "/b", status=404)
    record(journal, "/b", status=404)
    record(journal, "/c").fault = "malformed JSON on any call"
    spoilt = record(journal, "/c")
    assert journal.retries() == [again, success, spoilt]


def test_what_the_calls_come_to(journal):
    refresh = {"body": b"grant_type=refresh_token", "headers": FORM}
    record(journal, "/token", status=503, **refresh)
    record(journal, "/token", **refresh).units = 0
    record(journal, "/mail", operation="mail.get").units = 5
    assert journal.totals() == {"calls": 3, "units": 5, "refreshed": 1, "retries": 1}


def test_real_and_virtual_time_stand_side_by_side(journal):
    entry = record(journal)
    assert entry.public()["at"] == "2026-01-01T00:00:00.000Z"
    assert datetime.fromisoformat(entry.public()["real"]).timestamp() == pytest.approx(entry.real, abs=0.001)


def test_json_lines_hold_one_call_each(journal):
    record(journal, query=f"token={ACCESS}")
    record(journal)
    lines = [json.loads(line) for line in journal.jsonl().splitlines()]
    assert [line["number"] for line in lines] == [1, 2]
    assert ACCESS not in journal.jsonl()


@pytest.mark.parametrize("bodies", [True, False])
def test_a_har_has_no_secrets(journal, bodies):
    form = f"refresh_token={REFRESH}&grant_type=refresh_token".encode()
    entry = journal.open(
        Call("POST", "oauth2.googleapis.com", f"/t/{SECRET}", f"access_token={ACCESS}&a=1", FORM, form)
    )
    lines = [("Content-Type", "application/json"), ("Set-Cookie", "SID=very-secret-session-id")]
    reply = Reply(200, Headers(lines), json.dumps({"access_token": ACCESS, "nested": {"note": JWT}}).encode())
    journal.close(entry, reply, 0.002)
    written = json.dumps(journal.har(bodies=bodies))
    for secret in (REFRESH, SECRET, ACCESS, JWT, "very-secret-session-id"):
        assert secret not in written
    told = journal.har(bodies=bodies)["log"]["entries"][0]
    assert told["request"]["method"] == "POST"
    assert told["request"]["queryString"][1] == {"name": "a", "value": "1"}
    assert told["response"]["status"] == 200
    assert told["time"] == 2.0
    assert ("grant_type=refresh_token" in told["request"]["postData"]["text"]) is bodies
    assert ("text" in told["response"]["content"]) is bodies


def test_a_har_is_complete(journal):
    """The fields HAR 1.2 requires (w3c.github.io/web-performance/specs/HAR)."""
    record(journal, "/x", status=299)
    log = journal.har()["log"]
    assert set(log) >= {"version", "creator", "entries"}
    entry = log["entries"][0]
    assert set(entry) >= {"startedDateTime", "time", "request", "response", "cache", "timings"}
    required = {"httpVersion", "cookies", "headers", "headersSize", "bodySize"}
    assert set(entry["request"]) >= required | {"method", "url", "queryString"}
    assert set(entry["response"]) >= required | {"status", "statusText", "content", "redirectURL"}
    assert set(entry["timings"]) >= {"send", "wait", "receive"}
    assert entry["response"]["statusText"] == ""


# -- secrets astray ----------------------------------------------------------------------------------------------------


def exchange(journal, service, path="/", answer=None, status=200, parent=None, **fields):
    entry = journal.open(Call("POST", f"{service}.example", path, **fields), parent)
    entry.service = service
    journal.close(entry, Reply.json(answer or {}, status), 0.0)
    return entry


def grant(journal):
    return exchange(journal, "google", answer={"access_token": ACCESS, "token_type": "Bearer"})


def astray(journal):
    return [(stray.name, stray.vendor, stray.place, stray.entry.number) for stray in strays(journal, str)]


def test_a_token_sent_to_another_vendor_is_found_wherever_it_stands(journal):
    grant(journal)
    exchange(journal, "apify", body=json.dumps({"log": f"got {ACCESS}"}).encode())
    exchange(journal, "llm", query=f"q={ACCESS}")
    exchange(journal, "llm", headers=Headers({"X-Note": ACCESS}), status=401)
    places = ["body", "query", "X-Note header"]
    assert astray(journal) == [("access_token", "google", place, n) for n, place in enumerate(places, 2)]
    assert ACCESS not in strays(journal, str)[0].line()


def test_a_token_at_its_own_vendor_is_at_home(journal):
    grant(journal)
    exchange(journal, "google", headers=Headers({"Authorization": f"Bearer {ACCESS}"}))
    exchange(journal, "apify", body=b"nothing to see")
    assert astray(journal) == []


def test_a_secret_that_was_accepted_belongs_to_who_accepted_it(journal):
    """The Actor reads its refresh token from its input at Apify and shows it to Google: nothing is astray."""
    exchange(journal, "apify", answer={"refresh_token": REFRESH})
    exchange(journal, "google", headers=FORM, body=f"refresh_token={REFRESH}".encode())
    assert astray(journal) == []
    exchange(journal, "apify", body=REFRESH.encode())
    assert astray(journal) == [("refresh_token", "google", "body", 3)]


def test_what_one_service_sends_another_on_its_own_account_is_its_own_affair(journal):
    grant(journal)
    outer = exchange(journal, "scalekit")
    exchange(journal, "notion", body=ACCESS.encode(), parent=outer.number)
    assert astray(journal) == []
