"""Batches through Google's client and by raw calls; numbers are the sheet's acceptance probes."""

from __future__ import annotations

import json

import pytest
from googleapiclient.http import BatchHttpRequest
from hypothesis import given
from hypothesis import strategies as st

from emulator import Fault
from emulator.kernel.http import Call, Headers

ALL = "https://mail.google.com/"


@pytest.fixture
def run(site):
    """The replies of Google's client to requests sent as one batch: values, or errors by status."""

    def answered(*requests, uri=None):
        service, found = site.service(), {}

        def keep(number, value, error):
            found[number] = value if error is None else (error.status_code, error.reason)

        batch = BatchHttpRequest(keep, batch_uri=uri) if uri else service.new_batch_http_request(callback=keep)
        for number, request in enumerate(requests):
            batch.add(request, request_id=str(number))
        batch.execute()
        return [found[str(number)] for number in range(len(requests))]

    return answered


@pytest.fixture
def post(site):
    """A raw batch of parts, each a request line with headers and body."""

    def sent(*parts, path="/batch", host="gmail.googleapis.com", token=None, boundary="b", body=None):
        written = body if body is not None else b"".join(_part(part, boundary) for part in parts) + b"--b--"
        headers = {"Content-Type": f"multipart/mixed; boundary={boundary}"}
        if token is not None:
            headers["Authorization"] = f"Bearer {token}"
        return site.app.respond(Call("POST", host, path, "", Headers(headers), written))

    return sent


def _part(part, boundary):
    return f"--{boundary}\nContent-Type: application/http\nContent-ID: <p + 1>\n\n{part}\n\n".encode()


def inner(reply):
    """Status lines of the parts."""
    return [line for line in reply.body.decode().split("\r\n") if line.startswith("HTTP/1.1 ")]


def test_30_each_part_has_its_own_answer(site, users, box, run):
    kept, gone = box.deliver(b"Subject: a\r\n\r\n"), box.deliver(b"Subject: b\r\n\r\n")
    limit = Fault.status(429, operation="gmail.users.messages.modify", times=1)
    site.app.faults.add(limit)
    answers = run(
        users.messages().get(userId="me", id=kept, format="minimal"),
        users.messages().get(userId="me", id="abc"),
        users.messages().delete(userId="me", id=gone),
        users.messages().modify(userId="me", id=kept, body={"addLabelIds": ["STARRED"]}),
    )
    assert answers[0]["id"] == kept
    assert answers[1] == (404, "Requested entity was not found.")
    assert answers[2] == ""
    assert answers[3][0] == 429
    assert box.message(kept).label_ids == {"INBOX", "UNREAD"}
    assert len(box) == 1


@pytest.mark.parametrize(
    "uri", ["https://gmail.googleapis.com/batch/gmail/v1", "https://www.googleapis.com/batch/gmail/v1"]
)
def test_both_addresses_of_the_batch(users, run, uri):
    (answer,) = run(users.getProfile(userId="me"), uri=uri)
    assert answer["emailAddress"] == "ada@example.com"


def test_the_address_all_apis_shared_is_shut(post):
    reply = post("GET /gmail/v1/users/me/profile", host="www.googleapis.com")
    assert (reply.status, reply.headers.get("content-type")) == (404, "text/html; charset=UTF-8")


def test_parts_with_stale_tokens_fail_alone(site, post):
    late = site.token(ALL)
    site.app.clock.advance(minutes=61)
    profile = "GET /gmail/v1/users/me/profile HTTP/1.1\nAuthorization: Bearer {}"
    reply = post(profile.format(late), profile.format(site.token(ALL)))
    assert inner(reply) == ["HTTP/1.1 401 Unauthorized", "HTTP/1.1 200 OK"]
    assert b"WWW-Authenticate" in reply.body


def test_the_credential_may_stand_outside(site, post):
    reply = post("GET /gmail/v1/users/me/profile", token=site.token(ALL))
    assert inner(reply) == ["HTTP/1.1 200 OK"]
    assert inner(post("GET /gmail/v1/users/me/profile")) == ["HTTP/1.1 401 Unauthorized"]


def test_a_header_inside_wins(site, post):
    part = "GET /gmail/v1/users/me/profile\nAuthorization: Bearer wrong"
    assert inner(post(part, token=site.token(ALL))) == ["HTTP/1.1 401 Unauthorized"]


def test_a_part_without_body_still_has_a_header_line(site, post, box):
    message = box.deliver(b"Subject: a\r\n\r\n")
    reply = post(f"DELETE /gmail/v1/users/me/messages/{message}", token=site.token(ALL))
    assert b"HTTP/1.1 204 No Content\r\nVary: Origin\r\nVary: X-Origin\r\nVary: Referer\r\n\r\n" in reply.body


def test_content_ids_are_answered(site, post):
    body = (
        b"--b\nContent-Type: application/http\nContent-ID: <x + 1>\n\nGET /nowhere\n\n"
        b"--b\nContent-Type: application/http\nContent-ID: plain\n\nGET /nowhere\n\n"
        b"--b\nContent-Type: application/http\n\nGET /nowhere\n\n--b--"
    )
    text = post(body=body, token=site.token(ALL)).body.decode()
    ids = [line.partition(": ")[2] for line in text.split("\r\n") if line.startswith("Content-ID")]
    assert ids == ["<response-x + 1>", "response-plain", "response-"]


def test_50_a_hundred_parts_and_no_more(site, post):
    part = "GET /gmail/v1/users/me/labels"
    assert len(inner(post(*[part] * 100, token=site.token(ALL)))) == 100
    reply = post(*[part] * 101, token=site.token(ALL))
    message = "Inner request count exceeds the limit. Received: 101, Limit: 100"
    assert json.loads(reply.body) == {"error": {"code": 400, "message": message, "status": "INVALID_ARGUMENT"}}
    assert reply.status == 400


def test_bodies_and_queries_of_parts(site, post, box):
    body = '{"name": "made"}'
    part = f"POST /gmail/v1/users/me/labels?fields=name HTTP/1.1\ncontent-length: {len(body)}\n\n{body}"
    reply = post(part, token=site.token(ALL))
    assert box.labels == ("made",)
    assert json.loads(reply.body.split(b"\r\n\r\n")[2].split(b"\r\n--")[0]) == {"name": "made"}


def test_a_part_may_name_its_host(site, post):
    part = "GET https://gmail.googleapis.com/gmail/v1/users/me/profile HTTP/1.1\nHost: gmail.googleapis.com"
    assert inner(post(part, token=site.token(ALL))) == ["HTTP/1.1 200 OK"]


@pytest.mark.parametrize(
    "part", ["nonsense", "", "GET http://[ HTTP/1.1", "POST /batch", "POST /upload/gmail/v1/users/me/messages"]
)
def test_a_part_that_cannot_be_served_fails_alone(site, post, part):
    reply = post(part, "GET /gmail/v1/users/me/profile", token=site.token(ALL))
    assert inner(reply) == ["HTTP/1.1 400 Bad Request", "HTTP/1.1 200 OK"]


@pytest.mark.parametrize("body", [b"", b"--b--", b"nonsense", b"--b\n\nGET /"])
def test_a_body_that_is_no_batch(post, body):
    reply = post(body=body)
    message = f"Failed to parse batch request, error: 0 items. Received batch body: ({len(body)}) bytes redacted"
    assert (reply.status, json.loads(reply.body)["error"]["message"]) == (400, message)


def test_parts_are_calls_of_their_own_in_the_journal(site, users, run):
    run(users.getProfile(userId="me"), users.labels().list(userId="me"))
    batch, *parts = list(site.app.journal)[-3:]
    assert batch.operation == "gmail.batch"
    assert [each.operation for each in parts] == ["gmail.users.getProfile", "gmail.users.labels.list"]
    assert {each.parent for each in parts} == {batch.number}


def test_a_broken_part_breaks_the_reply(site, users, post):
    site.app.faults.add(Fault.reset(operation="gmail.users.getProfile"))
    reply = post("GET /gmail/v1/users/me/profile", token=site.token(ALL))
    assert reply.disruption is not None


def test_a_refused_part_leaves_the_others_standing(site, box, post):
    first = 'POST /gmail/v1/users/me/labels\ncontent-length: 13\n\n{"name": "a"}'
    again = 'POST /gmail/v1/users/me/labels\ncontent-length: 13\n\n{"name": "A"}'
    assert [line[9:12] for line in inner(post(first, again, token=site.token(ALL)))] == ["200", "409"]
    assert box.labels == ("a",)


@given(st.binary(max_size=300))
def test_any_batch_body_is_answered_in_googles_way(shared_site, content):
    body = content.replace(b"x", b"\r\n--b\r\nA: 1\r\n\r\nGET /") + b"\r\n--b--"
    headers = Headers({"Content-Type": "multipart/mixed; boundary=b"})
    reply = shared_site.app.respond(Call("POST", "gmail.googleapis.com", "/batch", "", headers, body))
    assert reply.status in {200, 400}
    assert not [entry for entry in shared_site.app.journal if entry.crash]


@pytest.fixture(scope="module")
def shared_site(make_site):
    site = make_site()
    yield site
    site.app.close()
