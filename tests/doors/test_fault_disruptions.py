"""Stalled and dripping answers, at every door."""

from __future__ import annotations

import socket
import time

import grpc
import httpx
import pytest
import requests
from werkzeug.test import Client

from emulator.doors.gate import Gate
from emulator.doors.inprocess import httpx_transport, requests_adapter
from emulator.doors.wsgi import application as wsgi_application
from emulator.kernel.http import Disruption, Reply

GET = "GET /x HTTP/1.1\r\nHost: gmail.googleapis.com\r\n\r\n"
BODY = "0123456789"


def answer(application, **disruption):
    application.answers["/x"] = lambda _: Reply.text(BODY).replacing(disruption=Disruption(**disruption))


@pytest.fixture(params=["plain", "tls"])
def wires(request):
    return request.getfixturevalue("dial" if request.param == "plain" else "dial_tls")


def test_a_stalled_answer_never_comes_and_the_client_may_leave(wires, application, gate: Gate):
    answer(application, stall=True)
    wire = wires()
    wire.connection.settimeout(0.2)
    wire.send(GET.encode())
    with pytest.raises(TimeoutError):
        wire.read_head()
    assert gate.settled()
    wire.connection.close()
    assert wires().ask(GET.replace("/x", "/quick"))[0] == 200


def test_nothing_behind_a_stalled_answer_is_answered(dial, application):
    answer(application, stall=True)
    wire = dial()
    wire.connection.settimeout(0.2)
    wire.send((GET + GET.replace("/x", "/quick")).encode())
    with pytest.raises(TimeoutError):
        wire.read_head()
    assert [call.path for call in application.calls] == ["/x"]


def test_a_stalled_client_that_leaves_is_noticed(dial, application, gate: Gate):
    answer(application, stall=True)
    wire = dial()
    wire.send(GET.encode())
    assert gate.settled()
    wire.connection.shutdown(socket.SHUT_WR)
    assert wire.read_all() == b""


def test_a_dripping_body_arrives_whole_and_late(wires, application):
    answer(application, drip=0.02, piece=2)
    wire = wires()
    began = time.perf_counter()
    wire.send((GET + GET.replace("/x", "/quick")).encode())
    assert wire.read_reply()[2] == BODY.encode()
    assert time.perf_counter() - began >= 0.08
    assert wire.read_reply()[0] == 200


def test_http2_drips_and_stalls_one_stream_alone(gate: Gate, application):
    answer(application, drip=0.02, piece=3)
    headers = {"Host": "gmail.googleapis.com"}
    with httpx.Client(http1=False, http2=True, trust_env=False, timeout=0.5) as client:
        began = time.perf_counter()
        assert client.get(f"{gate.url}/x", headers=headers).text == BODY
        assert time.perf_counter() - began >= 0.06
        answer(application, stall=True)
        with pytest.raises(httpx.ReadTimeout):
            client.get(f"{gate.url}/x", headers=headers)
        assert client.get(f"{gate.url}/quick", headers=headers).status_code == 200


def test_a_stalled_grpc_call_meets_its_deadline(gate: Gate, application):
    application.answers["/s/m"] = lambda _: Reply(200, disruption=Disruption(stall=True))
    with grpc.insecure_channel(f"127.0.0.1:{gate.port}") as channel:
        with pytest.raises(grpc.RpcError) as failure:
            channel.unary_unary("/s/m")(b"", timeout=0.3)
        assert failure.value.code() is grpc.StatusCode.DEADLINE_EXCEEDED


def test_a_stall_in_process_is_the_clients_timeout_at_once(application):
    answer(application, stall=True)
    with httpx.Client(transport=httpx_transport(application)) as client, pytest.raises(httpx.ReadTimeout):
        client.get("https://gmail.googleapis.com/x", timeout=None)
    with requests.Session() as session:
        session.mount("https://", requests_adapter(application))
        with pytest.raises(requests.ReadTimeout):
            session.get("https://gmail.googleapis.com/x")


def test_a_slow_drip_in_process_is_a_timeout_for_an_impatient_client_only(application):
    answer(application, drip=2.0, piece=5)
    with httpx.Client(transport=httpx_transport(application)) as client:
        assert client.get("https://gmail.googleapis.com/x", timeout=5).text == BODY
        with pytest.raises(httpx.ReadTimeout):
            client.get("https://gmail.googleapis.com/x", timeout=1)


def test_wsgi_drips(application):
    answer(application, drip=0.02, piece=4)
    began = time.perf_counter()
    response = Client(wsgi_application(application)).get("/x")
    assert response.get_data(as_text=True) == BODY
    assert time.perf_counter() - began >= 0.06


def test_a_gate_at_rest_says_so(dial, application, gate: Gate):
    assert gate.settled()
    answer(application, delay=0.3)
    wire = dial()
    wire.send(GET.encode())
    assert not gate.settled()
    assert wire.read_reply()[0] == 200
    assert gate.settled()
