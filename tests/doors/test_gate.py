"""The gate on the wire: HTTP/1.1 as clients, and as no client, speak it."""

from __future__ import annotations

import random
import socket
import threading
import time
from collections.abc import Callable

import pytest
import requests

from emulator.doors.connection import Limits
from emulator.doors.gate import Gate, PortInUse
from emulator.kernel.http import Call, Headers, Reply

from .conftest import DATE, Application, Wire, echo

Dial = Callable[[], Wire]
GET = "GET /x HTTP/1.1\r\nHost: localhost\r\n\r\n"


class TestLife:
    def test_a_port_in_use_is_named(self, gate: Gate, application: Application) -> None:
        other = Gate(application, port=gate.port)
        with pytest.raises(PortInUse, match=f"port {gate.port} on 127.0.0.1 is in use"):
            other.start()

    def test_it_listens_on_loopback_alone(self, gate: Gate) -> None:
        assert gate.url == f"http://127.0.0.1:{gate.port}"
        with socket.socket() as probe:
            probe.bind(("127.0.0.2", gate.port))  # would fail had the gate bound every address

    def test_it_starts_once(self, gate: Gate) -> None:
        with pytest.raises(RuntimeError):
            gate.start()

    def test_stop_is_quick_with_connections_open(self, application: Application, dial_into) -> None:
        gate = Gate(application)
        gate.start()
        idle, half, asked = (dial_into(gate) for _ in range(3))
        half.send(b"GET /x HTT")
        assert asked.ask(GET)[0] == 200
        began = time.perf_counter()
        gate.stop()
        assert time.perf_counter() - began < 0.25  # 50 ms is the aim; the machine is shared
        assert [wire.read_all() for wire in (idle, half, asked)] == [b"", b"", b""]
        gate.stop()

    def test_stop_cuts_a_delay_short(self, application: Application, dial_into) -> None:
        answering = threading.Event()

        def slow(_: Call) -> Reply:
            answering.set()
            return Reply().replacing(disruption=delay(60))

        application.answers["/x"] = slow
        gate = Gate(application)
        gate.start()
        wire = dial_into(gate)
        wire.send(GET.encode())
        assert answering.wait(10)
        began = time.perf_counter()
        gate.stop()
        assert time.perf_counter() - began < 0.25
        assert wire.read_all() == b""

    def test_the_port_is_free_again_after_stop(self, application: Application) -> None:
        with Gate(application) as first:
            assert requests.get(first.url, timeout=10).status_code == 200
        with Gate(application, port=first.port) as second:
            assert requests.get(second.url, timeout=10).status_code == 200

    def test_host_patterns_cover_each_domain_and_below(self, gate: Gate) -> None:
        assert gate.hosts == ("googleapis.com", "*.googleapis.com", "scalekit.dev", "*.scalekit.dev")


def delay(seconds: float):
    from emulator.kernel.http import Disruption

    return Disruption(delay=seconds)


class TestRequests:
    def test_what_arrives_is_what_was_sent(self, dial: Dial, application: Application) -> None:
        status, headers, _ = dial().ask(
            "POST /a%2Fb/c?q=1&q=%20 HTTP/1.1\r\nHost: LocalHost:4010\r\nX_Under_Score: kept\r\nX-Twice: 1\r\n"
            "x-twice: 2\r\nUser-Agent: probe/1\r\nContent-Encoding: gzip\r\nContent-Length: 4\r\n\r\n\x1f\x8b\x00\xff"
        )
        call = application.calls[0]
        assert status == 200
        assert (call.verb, call.scheme, call.host, call.path, call.query) == (
            "POST",
            "http",
            "localhost",
            "/a%2Fb/c",
            "q=1&q=%20",
        )
        assert call.body == b"\x1f\x8b\x00\xff"
        assert call.headers.get("X_Under_Score") == "kept"
        assert call.headers.get_all("X-Twice") == ("1", "2")
        assert ("x-twice", "2") in list(call.headers)
        assert call.peer == "probe/1"
        assert headers["date"] == DATE
        assert "connection" not in headers

    def test_a_caller_without_user_agent_is_named_by_its_address(self, dial: Dial, application: Application) -> None:
        wire = dial()
        wire.ask(GET)
        host, port = wire.connection.getsockname()
        assert application.calls[0].peer == f"{host}:{port}"

    def test_the_connection_stays_for_the_next_request(self, dial: Dial) -> None:
        wire = dial()
        assert [wire.ask(GET)[0] for _ in range(3)] == [200, 200, 200]

    def test_pipelined_requests_are_answered_in_order(self, dial: Dial) -> None:
        wire = dial()
        wire.send("".join(f"GET /{n} HTTP/1.1\r\nHost: localhost\r\n\r\n" for n in range(50)).encode())
        paths = [wire.read_reply()[2] for _ in range(50)]
        assert [f'"/{n}"'.encode() in body for n, body in enumerate(paths)] == [True] * 50

    def test_chunked_bodies_are_joined_and_trailers_dropped(self, dial: Dial, application: Application) -> None:
        wire = dial()
        wire.send(b"POST /x HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nWi")
        wire.send(b"ki\r\n5;ext=1\r\npedia\r\n0\r\nX-Trailer: 1\r\n\r\n" + GET.encode())
        assert (wire.read_reply()[0], wire.read_reply()[0]) == (200, 200)
        assert application.calls[0].body == b"Wikipedia"
        assert "X-Trailer" not in application.calls[0].headers

    def test_a_large_body_arrives_whole(self, gate: Gate, application: Application) -> None:
        application.answers["/x"] = lambda call: Reply.json({"size": len(call.body)})
        body = bytes(8_000_000)
        assert requests.post(f"{gate.url}/x", body, timeout=30).json() == {"size": len(body)}
        assert application.calls[0].body == body

    def test_a_large_answer_arrives_whole(self, gate: Gate, application: Application) -> None:
        body = random.Random(1).randbytes(8_000_000)
        application.answers["/x"] = lambda _: Reply(body=body)
        assert requests.get(f"{gate.url}/x", timeout=30).content == body

    def test_expect_100_continue(self, dial: Dial, application: Application) -> None:
        wire = dial()
        wire.send(b"POST /x HTTP/1.1\r\nHost: localhost\r\nContent-Length: 3\r\nExpect: 100-Continue\r\n\r\n")
        assert wire.read_head() == b"HTTP/1.1 100 Continue\r\n\r\n"
        wire.send(b"abc")
        assert wire.read_reply()[0] == 200
        assert application.calls[0].body == b"abc"

    def test_a_body_that_did_not_wait_gets_no_continue(self, dial: Dial) -> None:
        status, _, _ = dial().ask(
            "POST /x HTTP/1.1\r\nHost: localhost\r\nContent-Length: 3\r\nExpect: 100-continue\r\n\r\nabc"
        )
        assert status == 200

    def test_a_half_closed_client_still_gets_its_answers(self, dial: Dial, application: Application) -> None:
        application.answers["/slow"] = lambda call: echo(call).replacing(disruption=delay(0.02))
        wire = dial()
        wire.send(GET.replace("/x", "/slow").encode() + GET.encode())
        wire.finish()
        assert (wire.read_reply()[0], wire.read_reply()[0]) == (200, 200)
        assert wire.read_all() == b""

    def test_http_1_0(self, dial: Dial, application: Application) -> None:
        wire = dial()
        status, headers, _ = wire.ask("GET /x HTTP/1.0\r\n\r\n")
        assert (status, headers["connection"]) == (200, "close")
        assert wire.read_all() == b""
        assert application.calls[0].host == "127.0.0.1"
        again = dial()
        _, headers, _ = again.ask("GET /x HTTP/1.0\r\nConnection: keep-alive\r\n\r\n")
        assert headers["connection"] == "keep-alive"
        assert again.ask(GET)[0] == 200

    def test_an_upgrade_nobody_offers_is_ignored(self, dial: Dial) -> None:
        wire = dial()
        upgrade = "GET /x HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade\r\nUpgrade: h2c\r\n\r\n"
        assert wire.ask(upgrade)[0] == 200
        assert wire.ask(upgrade + GET)[0] == 200
        assert wire.read_reply()[0] == 200

    def test_connection_close_is_heeded_on_both_sides(self, dial: Dial, application: Application) -> None:
        wire = dial()
        _, headers, _ = wire.ask("GET /x HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
        assert headers["connection"] == "close"
        assert wire.read_all() == b""
        application.answers["/x"] = lambda _: Reply.text("bye").replacing(headers=Headers({"Connection": "close"}))
        wire = dial()
        assert wire.ask(GET)[1]["connection"] == "close"
        assert wire.read_all() == b""

    def test_what_still_comes_after_the_last_answer_destroys_nothing_of_it(
        self, dial: Dial, application: Application
    ) -> None:
        """Closing on unread bytes would send RST, and the client would lose what it has not read yet."""
        application.answers["/x"] = lambda _: Reply(body=bytes(200_000))
        wire = dial()
        wire.send(b"GET /x HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
        assert b"\r\n\r\n" in wire.read_head()
        for _ in range(20):
            wire.send(b"still talking")
        assert len(wire.read_all()) == 200_000


class TestReplies:
    def test_head_has_the_length_but_no_body(self, dial: Dial) -> None:
        wire = dial()
        wire.send(GET.replace("GET", "HEAD").encode())
        head = wire.read_head()
        assert int(head.partition(b"Content-Length: ")[2].partition(b"\r\n")[0]) > 0
        assert wire.ask(GET)[0] == 200

    def test_head_keeps_a_length_only_the_handler_knows(self, dial: Dial, application: Application) -> None:
        application.answers["/x"] = lambda _: Reply(headers=Headers({"Content-Length": "12345"}))
        wire = dial()
        wire.send(GET.replace("GET", "HEAD").encode())
        assert b"Content-Length: 12345\r\n" in wire.read_head()

    @pytest.mark.parametrize("status", [204, 304])
    def test_no_content_means_no_length_and_no_body(self, status: int, dial: Dial, application: Application) -> None:
        application.answers["/x"] = lambda _: Reply(status, body=b"never sent")
        wire = dial()
        got, headers, body = wire.ask(GET)
        assert (got, body) == (status, b"")
        assert "content-length" not in headers
        assert wire.ask(GET.replace("/x", "/y"))[0] == 200

    def test_a_stated_date_and_repeated_headers_stay(self, dial: Dial, application: Application) -> None:
        lines = [("Date", "mine"), ("Set-Cookie", "a=1"), ("Set-Cookie", "b=2"), ("Content-Length", "999")]
        application.answers["/x"] = lambda _: Reply(body=b"ok", headers=Headers(lines))
        wire = dial()
        wire.send(GET.encode())
        head = wire.read_head().decode()
        assert head.count("Date: ") == 1
        assert "Set-Cookie: a=1\r\nSet-Cookie: b=2\r\n" in head
        assert head.count("Content-Length: ") == 1
        assert "Content-Length: 2\r\n" in head

    def test_an_unusual_status_and_a_name_beyond_latin_1(self, dial: Dial, application: Application) -> None:
        application.answers["/x"] = lambda _: Reply(299, headers=Headers({"X-Name": "ж"}))
        wire = dial()
        wire.send(GET.encode())
        head = wire.read_head()
        assert head.startswith(b"HTTP/1.1 299 Unknown\r\n")
        assert "X-Name: ж".encode() in head

    def test_an_application_that_raises_answers_500(self, dial: Dial, application: Application, caplog) -> None:
        application.answers["/x"] = lambda _: Reply(status=1 // 0)
        wire = dial()
        status, _, body = wire.ask(GET)
        assert status == 500
        assert b"ZeroDivisionError" in body
        assert wire.ask(GET.replace("/x", "/y"))[0] == 200
        assert "the application raised" in caplog.text

    def test_a_header_with_a_line_break_is_not_sent(self, dial: Dial, application: Application, caplog) -> None:
        application.answers["/x"] = lambda _: Reply(headers=Headers({"X": "a\r\nSet-Cookie: evil=1"}))
        status, headers, _ = dial().ask(GET)
        assert status == 500
        assert "set-cookie" not in headers
        assert "cannot be sent" in caplog.text


class TestBadInput:
    @pytest.mark.parametrize(
        "request_text",
        [
            "NONSENSE\r\n\r\n",
            "GET /x HTTP/9.9\r\nHost: localhost\r\n\r\n",
            "GET /x HTTP/1.1\r\n\r\n",
            "GET /x HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n",
            "GET /x HTTP/1.1\r\nHost: loc alhost\r\n\r\n",
            "GET /x HTTP/1.1\r\nHost: localhost:99999\r\n\r\n",
            "GET /caf\xc3\xa9 HTTP/1.1\r\nHost: localhost\r\n\r\n",
            "GET x HTTP/1.1\r\nHost: localhost\r\n\r\n",
            "GET ftp://localhost/x HTTP/1.1\r\nHost: localhost\r\n\r\n",
            "GET /x HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n",
            "POST /x HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
            "CONNECT nowhere:port HTTP/1.1\r\nHost: nowhere\r\n\r\n",
        ],
    )
    def test_malformed_requests_get_400_and_the_end(
        self, request_text: str, dial: Dial, application: Application
    ) -> None:
        bystander, wire = dial(), dial()
        assert bystander.ask(GET)[0] == 200
        status, headers, body = wire.ask(request_text)
        assert (status, headers["connection"]) == (400, "close")
        assert b'"message"' in body
        assert wire.read_all() == b""
        assert bystander.ask(GET)[0] == 200
        assert len(application.calls) == 2

    def test_requests_before_the_malformed_one_are_answered(self, dial: Dial) -> None:
        wire = dial()
        wire.send(GET.encode() + b"NONSENSE\r\n\r\n" + GET.encode())
        assert [wire.read_reply()[0] for _ in range(2)] == [200, 400]
        assert wire.read_all() == b""

    @pytest.mark.parametrize("filler", ["X-Long: {}", "X: 1\r\n" * 10 + "Y: {}", "{}: 1"])
    def test_an_oversize_head_gets_431(self, filler: str, dial: Dial, application: Application) -> None:
        status, _, _ = dial().ask(f"GET /x HTTP/1.1\r\nHost: localhost\r\n{filler.format('x' * 70_000)}\r\n\r\n")
        assert status == 431
        assert application.calls == []

    def test_an_endless_head_gets_431_before_it_ends(self, dial: Dial) -> None:
        wire = dial()
        wire.send(b"GET /x HTTP/1.1\r\nHost: localhost\r\nX: " + b"x" * 400_000)
        assert wire.read_reply()[0] == 431

    def test_an_oversize_target_gets_431(self, dial: Dial) -> None:
        assert dial().ask(f"GET /{'x' * 70_000} HTTP/1.1\r\nHost: localhost\r\n\r\n")[0] == 431

    def test_a_head_just_within_the_limit_is_served(self, dial: Dial) -> None:
        assert dial().ask(f"GET /x HTTP/1.1\r\nHost: localhost\r\nX: {'x' * 60_000}\r\n\r\n")[0] == 200

    def test_a_body_shorter_than_announced_gets_400(self, dial: Dial, application: Application) -> None:
        wire = dial()
        wire.send(b"POST /x HTTP/1.1\r\nHost: localhost\r\nContent-Length: 10\r\n\r\nabc")
        wire.finish()
        assert wire.read_reply()[0] == 400
        assert application.calls == []

    def test_a_rejected_upload_can_still_read_the_answer(self, dial: Dial) -> None:
        wire = dial()
        wire.send(b"GET /x HTTP/1.1\r\n\r\n")
        wire.send(b"x" * 2_000_000)
        assert wire.read_reply()[0] == 400

    def test_a_slow_head_gets_408_and_idleness_a_close(self, application: Application, dial_into) -> None:
        gate = Gate(application)
        gate.limits = Limits(head_seconds=0.05, idle_seconds=0.05)
        with gate:
            slow, body, idle, silent_tls = (dial_into(gate) for _ in range(4))
            slow.send(b"GET /x HT")
            body.send(b"POST /x HTTP/1.1\r\nHost: localhost\r\nContent-Length: 10\r\n\r\nabc")
            silent_tls.send(b"\x16\x03\x01")
            assert slow.read_reply()[0] == 408
            assert body.read_reply()[0] == 408
            assert idle.read_all() == b""
            assert silent_tls.read_all() == b""

    def test_random_bytes_disturb_nobody_else(self, dial: Dial, application: Application) -> None:
        """Structured and random garbage, a fixed number of times."""
        source = random.Random(20260101)
        bystander = dial()
        pieces = [
            b"GET ",
            b"/x",
            b" HTTP/1.1\r\n",
            b"Host: localhost\r\n",
            b"\r\n",
            b"CONNECT ",
            b"gmail.googleapis.com",
        ]
        pieces += [
            b":443",
            b"Transfer-Encoding: chunked\r\n",
            b"ffffffffffffffff\r\n",
            b"\x16\x03\x01\x02\x00\x01",
            b"\0",
        ]
        for turn in range(150):
            wire = dial()
            garbage = source.randbytes(source.randrange(1, 200))
            structured = b"".join(source.choices([*pieces, garbage], k=source.randrange(1, 12)))
            try:
                wire.send(garbage if turn % 3 == 0 else structured)
                wire.finish()
                wire.read_all()
            except ConnectionError:
                pass  # a reset is an answer too
            if turn % 10 == 0:
                assert bystander.ask(GET)[0] == 200
        assert bystander.ask(GET)[0] == 200


class TestCrowd:
    def test_idle_connections_delay_nobody(self, dial: Dial) -> None:
        crowd = [dial() for _ in range(300)]
        for wire in crowd[::3]:
            wire.send(b"\x16\x03\x01")
        for wire in crowd[1::3]:
            wire.send(b"POST /x HTTP/1.1\r\nHost: localhost\r\nContent-Length: 9\r\n\r\nabc")
        began = time.perf_counter()
        assert dial().ask(GET)[0] == 200
        assert time.perf_counter() - began < 1

    def test_a_client_that_does_not_read_is_not_fed_without_end(self, dial: Dial, application: Application) -> None:
        application.answers["/big"] = lambda _: Reply(body=bytes(1_000_000))
        greedy = dial()
        greedy.send(b"GET /big HTTP/1.1\r\nHost: localhost\r\n\r\n" * 100)
        assert dial().ask(GET)[0] == 200
        asked = sum(call.path == "/big" for call in application.calls)
        assert asked < 50
        sizes = [len(greedy.read_reply()[2]) for _ in range(100)]
        assert sizes == [1_000_000] * 100
