"""The journal: what it keeps, what it shows, how it fails a test."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import pytest

from emulator.kernel.http import Call, Headers, Reply
from emulator.kernel.journal import BODY_LIMIT, CAPACITY, Journal, mask

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
