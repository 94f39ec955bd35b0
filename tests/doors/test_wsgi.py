"""The WSGI application, driven by Werkzeug's test client and by the reference server's environment."""

from __future__ import annotations

import io
import threading
from wsgiref.util import setup_testing_defaults

import pytest
from werkzeug.test import Client

from emulator.doors.wsgi import application, call_of
from emulator.kernel.faults import Fault
from emulator.kernel.http import Call, Disruption, Headers, Reply

DATE = "Thu, 01 Jan 2026 00:00:00 GMT"


class Answering:
    """Answers every call with the reply it was given, and keeps the calls."""

    def __init__(self):
        self.calls: list[Call] = []
        self.reply = Reply.json({"ok": True})

    def respond(self, call):
        self.calls.append(call)
        return self.reply

    def date(self):
        return DATE


@pytest.fixture
def responder():
    return Answering()


@pytest.fixture
def client(responder):
    return Client(application(responder))


# -- in --------------------------------------------------------------------------------------------------------------


def test_a_request_becomes_a_call(client, responder):
    client.post(
        "/gmail/v1/x?q=a%20b&q=%C3%A9",
        base_url="https://GMAIL.googleapis.com/",
        data=b'{"a": 1}',
        headers={"Content-Type": "application/json", "User-Agent": "probe/1"},
    )
    [call] = responder.calls
    assert (call.verb, call.scheme, call.host, call.path) == ("POST", "https", "gmail.googleapis.com", "/gmail/v1/x")
    assert call.query_pairs == (("q", "a b"), ("q", "é"))
    assert (call.json(), call.content_type, call.peer) == ({"a": 1}, "application/json", "probe/1")


def test_an_encoded_slash_survives(client, responder):
    client.get("/gmail/v1/users/me/labels/a%2Fb%25c")
    assert responder.calls[0].path == "/gmail/v1/users/me/labels/a%2Fb%25c"


@pytest.mark.parametrize(
    ("header", "host"),
    [
        ("127.0.0.1:4010", "127.0.0.1"),
        ("LOCALHOST:4010", "localhost"),
        ("localhost", "localhost"),
        ("[::1]:4010", "[::1]"),
        ("[::1]", "[::1]"),
        ("gmail.googleapis.com:443", "gmail.googleapis.com"),
    ],
)
def test_the_host_loses_its_port_and_its_capitals(client, responder, header, host):
    client.get("/", headers={"Host": header})
    assert responder.calls[0].host == host


def environ(**changes):
    values = {"PATH_INFO": "/", "QUERY_STRING": "", "wsgi.input": io.BytesIO(b""), **changes}
    setup_testing_defaults(values)
    return values


def test_a_server_that_keeps_no_raw_path_gets_it_encoded_again():
    call = call_of(environ(PATH_INFO="/a b/100%/\xc3\xa9", QUERY_STRING="q=1"))
    assert (call.path, call.query) == ("/a%20b/100%25/%C3%A9", "q=1")


@pytest.mark.parametrize("name", ["REQUEST_URI", "RAW_URI"])
@pytest.mark.parametrize("start", ["", "http://127.0.0.1:4010"])
def test_a_server_that_keeps_the_raw_target_is_believed(name, start):
    call = call_of(environ(PATH_INFO="/a/b", **{name: f"{start}/a%2Fb?c=%2F"}))
    assert (call.path, call.query) == ("/a%2Fb", "c=%2F")


# -- out -------------------------------------------------------------------------------------------------------------


def test_the_reply_goes_out_with_its_lines_length_and_the_virtual_date(client, responder):
    responder.reply = Reply(201, Headers([("Vary", "A"), ("Vary", "B"), ("Content-Type", "text/x")]), b"body")
    answer = client.get("/")
    assert (answer.status_code, answer.data) == (201, b"body")
    assert answer.headers.getlist("Vary") == ["A", "B"]
    assert dict(answer.headers) | {"Vary": ""} == {
        "Vary": "",
        "Content-Type": "text/x",
        "Content-Length": "4",
        "Date": DATE,
    }


def test_a_204_has_no_length_and_no_type(client, responder):
    responder.reply = Reply(204)
    answer = client.delete("/")
    assert (answer.status_code, answer.data) == (204, b"")
    assert {"Content-Length", "Content-Type"} & set(answer.headers.keys()) == set()


def test_a_location_is_left_as_it_was_written(client, responder):
    responder.reply = Reply(302, Headers({"Location": "/signin?x=1"}))
    assert client.get("/").headers["Location"] == "/signin?x=1"


def test_a_delay_waits_before_the_first_byte(client, responder, monkeypatch):
    waited = []
    monkeypatch.setattr(threading.Event, "wait", lambda self, seconds=None: waited.append(seconds))
    responder.reply = Reply(disruption=Disruption(delay=2.5))
    assert client.get("/").status_code == 200
    assert waited == [2.5]


def test_a_reset_before_sends_nothing(client, responder):
    responder.reply = Reply(body=b"whole", disruption=Disruption(reset="before"))
    with pytest.raises(ConnectionResetError):
        client.get("/")


def served(responder):
    """Status line, header lines and an iterator over the body, as a server sees them."""
    lines = []
    body = application(responder)(environ(), lambda status, headers, info=None: lines.append((status, dict(headers))))
    return lines[0], iter(body)


def test_a_reset_after_sends_the_head_alone(responder):
    responder.reply = Reply(body=b"whole", disruption=Disruption(reset="after"))
    (status, headers), body = served(responder)
    assert (status, headers["Content-Length"]) == ("200 OK", "5")
    assert next(body) == b""
    with pytest.raises(ConnectionResetError):
        next(body)


def test_a_truncated_body_breaks_off_under_its_full_length(responder):
    responder.reply = Reply(body=b"whole", disruption=Disruption(truncate=2))
    (_, headers), body = served(responder)
    assert headers["Content-Length"] == "5"
    assert next(body) == b"wh"
    with pytest.raises(ConnectionResetError):
        next(body)


def test_the_token_endpoint_answers_through_it(house):
    client = Client(application(house))
    answer = client.post("/token", base_url="https://oauth2.googleapis.com", data=house.refresh_form())
    assert (answer.status_code, answer.json["token_type"]) == (200, "Bearer")
    house.faults.add(Fault.truncate(10))
    with pytest.raises(ConnectionResetError):
        _ = client.post("/token", base_url="https://oauth2.googleapis.com", data=house.refresh_form()).data
