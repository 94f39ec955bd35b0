from __future__ import annotations

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest

from emulator.kernel.callback import CallbackError, deliver


@pytest.fixture
def app() -> Iterator[tuple[str, list[tuple[str, str, bytes]]]]:
    """An app that listens for callbacks: its address, and what it was sent."""
    heard: list[tuple[str, str, bytes]] = []

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.answer()

        def do_POST(self) -> None:
            self.answer()

        def answer(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length", "0")))
            heard.append((self.command, self.path, body))
            self.send_response(302)
            self.send_header("Location", "/done")
            self.end_headers()
            self.wfile.write(b"thanks")

        def log_message(self, *_: object) -> None:
            """Keep quiet."""

    server = HTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}", heard
    server.shutdown()
    thread.join()
    server.server_close()


def test_the_app_hears_one_request_and_its_answer_comes_back(app):
    address, heard = app
    answer = deliver(f"{address}/cb?code=4%2F0&state=x")
    assert (answer.status, answer.body) == (302, b"thanks")
    assert heard == [("GET", "/cb?code=4%2F0&state=x", b"")]


def test_a_form_is_posted(app):
    address, heard = app
    deliver(address, [("code", "4/0"), ("state", "a b")])
    assert heard == [("POST", "/", b"code=4%2F0&state=a+b")]


@pytest.mark.parametrize("url", ["https://localhost:1/", "http://app.example.org/cb", "ftp://127.0.0.1/", "x"])
def test_nothing_but_plain_http_on_this_machine_is_called(url):
    with pytest.raises(CallbackError, match="is not plain HTTP on this machine"):
        deliver(url)


def test_an_app_that_does_not_listen_is_named():
    with pytest.raises(CallbackError, match=r"nobody answers at 127\.0\.0\.1:1"):
        deliver("http://127.0.0.1:1/")
