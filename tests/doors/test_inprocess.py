"""httpx and requests without a socket."""

from __future__ import annotations

import asyncio
import gzip
import io

import httpx
import pytest
import requests

from emulator.doors.inprocess import httpx_transport, requests_adapter
from emulator.kernel.faults import Fault
from emulator.kernel.http import Headers, Reply

TOKEN = "https://oauth2.googleapis.com/token"


@pytest.fixture
def session(house):
    with requests.Session() as made:
        made.mount("https://", requests_adapter(house))
        yield made


@pytest.fixture
def client(house):
    with httpx.Client(transport=httpx_transport(house)) as made:
        yield made


def asynchronously(house, use):
    """What the coroutine function ``use`` answers for an ``httpx.AsyncClient`` on ``house``."""

    async def running():
        async with httpx.AsyncClient(transport=httpx_transport(house)) as client:
            return await use(client)

    return asyncio.run(running())


class Answering:
    def __init__(self, reply):
        self.reply, self.calls = reply, []

    def respond(self, call):
        self.calls.append(call)
        return self.reply

    def date(self):
        return "Thu, 01 Jan 2026 00:00:00 GMT"


# -- answers ---------------------------------------------------------------------------------------------------------


def test_httpx_gets_a_token(house, client):
    answer = client.post(TOKEN, data=house.refresh_form())
    assert (answer.status_code, answer.json()["expires_in"]) == (200, 3599)
    assert answer.headers["date"] == house.date()
    assert int(answer.headers["content-length"]) == len(answer.content)
    assert answer.headers.get_list("vary") == ["X-Origin", "Referer", "Origin,Accept-Encoding"]


def test_an_asynchronous_httpx_client_gets_a_token(house):
    form = house.refresh_form()
    answer = asynchronously(house, lambda client: client.post(TOKEN, data=form))
    assert (answer.status_code, answer.json()["token_type"]) == (200, "Bearer")


def test_requests_gets_a_token(house, session):
    answer = session.post(TOKEN, data=house.refresh_form(), timeout=5)
    assert (answer.status_code, answer.reason, answer.json()["expires_in"]) == (200, "OK", 3599)
    assert answer.headers["Date"] == house.date()
    assert answer.headers["Vary"] == "X-Origin, Referer, Origin,Accept-Encoding"


def test_refusals_are_answers_not_exceptions(house, client, session):
    assert client.post(TOKEN).status_code == session.post(TOKEN, timeout=5).status_code == 400


def test_a_call_arrives_as_it_would_by_wire():
    responder = Answering(Reply.json({}))
    with httpx.Client(transport=httpx_transport(responder)) as client:
        client.get("https://Gmail.googleapis.com:443/a%2Fb?q=a%20b&q=c", headers={"User-Agent": "probe"})
    with requests.Session() as session:
        session.mount("https://", requests_adapter(responder))
        session.get("https://Gmail.googleapis.com:443/a%2Fb?q=a%20b&q=c", headers={"User-Agent": "probe"}, timeout=5)
    for call in responder.calls:
        assert (call.verb, call.scheme, call.host, call.path) == ("GET", "https", "gmail.googleapis.com", "/a%2Fb")
        assert call.query_pairs == (("q", "a b"), ("q", "c"))
        assert call.peer == "probe"


@pytest.mark.parametrize(
    "body", [b"text", "text", io.BytesIO(b"text"), bytearray(b"text"), [b"te", b"xt"], iter([b"te", b"xt"])]
)
def test_requests_bodies_of_every_kind_arrive(body):
    responder = Answering(Reply.json({}))
    with requests.Session() as session:
        session.mount("https://", requests_adapter(responder))
        session.send(prepared(session, body), timeout=5)
    assert responder.calls[0].body == b"text"


def prepared(session, body):
    request = session.prepare_request(requests.Request("POST", "https://example.com/"))
    request.body = body
    return request


def test_compressed_answers_are_unpacked():
    headers = Headers({"Content-Encoding": "gzip", "Content-Type": "text/plain; charset=utf-8"})
    responder = Answering(Reply(200, headers, gzip.compress("é".encode())))
    with httpx.Client(transport=httpx_transport(responder)) as client:
        assert client.get("https://example.com/").text == "é"
    with requests.Session() as session:
        session.mount("https://", requests_adapter(responder))
        assert session.get("https://example.com/", timeout=5).text == "é"


# -- faults ----------------------------------------------------------------------------------------------------------


def test_a_delay_beyond_the_read_timeout_is_a_timeout_at_once(house, client, session):
    house.faults.add(Fault.delay(30))
    with pytest.raises(httpx.ReadTimeout):
        client.post(TOKEN, timeout=5)
    with pytest.raises(requests.ReadTimeout):
        session.post(TOKEN, timeout=5)
    with pytest.raises(requests.ReadTimeout):
        session.post(TOKEN, timeout=(60, 5))
    with pytest.raises(httpx.ReadTimeout):
        asynchronously(house, lambda client: client.post(TOKEN, timeout=5))


def test_a_delay_within_the_timeout_passes_unnoticed(house, client, session):
    house.faults.add(Fault.delay(4))
    assert client.post(TOKEN, timeout=5).status_code == 400
    assert session.post(TOKEN, timeout=5).status_code == 400


def test_a_client_without_timeout_waits_for_nobody(house, client, session):
    house.faults.add(Fault.delay(3600))
    assert client.post(TOKEN, timeout=None).status_code == 400
    assert session.post(TOKEN, timeout=None).status_code == 400


@pytest.mark.parametrize("fault", [Fault.reset(), Fault.reset("after"), Fault.truncate(3)])
def test_a_broken_connection_is_the_clients_own_error(house, client, session, fault):
    house.faults.add(fault)
    with pytest.raises(httpx.RemoteProtocolError):
        client.post(TOKEN)
    with pytest.raises(requests.ConnectionError):
        session.post(TOKEN, timeout=5)
    with pytest.raises(httpx.RemoteProtocolError):
        asynchronously(house, lambda client: client.post(TOKEN))


def test_the_call_of_a_broken_connection_did_happen(house, session):
    form = house.refresh_form()
    house.faults.add(Fault.reset(times=1))
    with pytest.raises(requests.ConnectionError):
        session.post("https://oauth2.googleapis.com/revoke", data={"token": form["refresh_token"]}, timeout=5)
    assert session.post(TOKEN, data=form, timeout=5).json()["error"] == "invalid_grant"
