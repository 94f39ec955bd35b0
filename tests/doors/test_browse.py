"""The browser a launched program finds in ``BROWSER``, as a process of its own."""

from __future__ import annotations

import os
import shlex
import subprocess
import sys
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from queue import Queue

import pytest

from emulator.doors.environment import browser_command
from emulator.doors.gate import Gate
from emulator.kernel.http import Reply


@pytest.fixture
def app() -> Iterator[tuple[str, Queue[tuple[str, str]]]]:
    """A program that waits for its callback: its address, and what it heard."""
    heard: Queue[tuple[str, str]] = Queue()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            heard.put(("GET", self.path))
            self.send_response(200)
            self.end_headers()

        def do_POST(self) -> None:
            heard.put(("POST", self.rfile.read(int(self.headers["Content-Length"])).decode()))
            self.send_response(500)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            """Keep quiet."""

    server = HTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}", heard
    server.shutdown()
    thread.join()
    server.server_close()


def browse(gate: Gate, url: str, **changes: str) -> str:
    """Open ``url`` as webbrowser does; what the browser said once it was done."""
    command = [part.replace("%s", url) for part in shlex.split(browser_command())]
    environment = {"PATH": os.environ["PATH"], "ACTOR_EMULATOR_URL": gate.url, **changes}
    return subprocess.run(command, env=environment, capture_output=True, text=True, timeout=30, check=False).stderr


def deciding(application, **decision):
    application.answers["/_emulator/consent"] = lambda _: Reply.json({"form": None, "error": "", **decision})


@pytest.mark.parametrize("outcome", ["allowed", "denied"])
def test_the_answer_is_opened_at_the_program(gate, application, app, outcome):
    address, heard = app
    deciding(application, outcome=outcome, location=f"{address}/cb?code=4%2F0")
    assert browse(gate, "https://accounts.google.com/o/oauth2/auth?x=1&y=%20") == ""
    assert heard.get(timeout=10) == ("GET", "/cb?code=4%2F0")
    asked = application.calls[-1]
    assert (asked.verb, asked.json()) == ("POST", {"url": "https://accounts.google.com/o/oauth2/auth?x=1&y=%20"})


def test_a_form_is_posted_and_a_failing_callback_reported(gate, application, app):
    address, heard = app
    deciding(application, outcome="allowed", location=f"{address}/cb", form=[["code", "4/0"]])
    assert "answered the callback with 500" in browse(gate, "https://x.example/")
    assert heard.get(timeout=10) == ("POST", "code=4%2F0")


@pytest.mark.parametrize(
    ("decision", "said"),
    [
        ({"outcome": "blocked", "error": "org_internal"}, "ended on an error page: org_internal"),
        ({"outcome": "allowed", "location": "https://app.example.org/cb"}, "is not on this machine"),
        ({"error": {"message": "x.example is not emulated"}}, "x.example is not emulated"),
    ],
)
def test_what_leads_nowhere_is_said(gate, application, decision, said):
    deciding(application, **decision)
    assert said in browse(gate, "https://x.example/")


def test_what_waits_for_a_person_names_the_page_and_opens_their_browser(gate, application, tmp_path):
    opened = tmp_path / "xdg-open"
    opened.write_text(f'#!/bin/sh\necho "$1" > {tmp_path}/opened\n')
    opened.chmod(0o755)
    deciding(application, outcome="waiting", location="/o/oauth2/auth?x=1")
    said = browse(gate, "https://accounts.google.com/o/oauth2/auth?x=1", PATH=str(tmp_path), DISPLAY=":9")
    assert f"{gate.url}/o/oauth2/auth?x=1" in said
    assert (tmp_path / "opened").read_text().strip() == f"{gate.url}/o/oauth2/auth?x=1"


def test_it_comes_back_before_the_program_listens(gate, application):
    """GenericBrowser waits for its command, and only then does the program accept the callback."""
    held = threading.Event()

    def decide(_):
        held.wait(10)
        return Reply.json({"outcome": "blocked", "error": "x"})

    application.answers["/_emulator/consent"] = decide
    command = [part.replace("%s", "https://x.example/") for part in shlex.split(browser_command())]
    environment = {"PATH": os.environ["PATH"], "ACTOR_EMULATOR_URL": gate.url}
    started = subprocess.Popen(command, env=environment, stderr=subprocess.PIPE, text=True)
    try:
        assert started.wait(10) == 0
        assert not held.is_set()
    finally:
        held.set()
        assert started.stderr is not None
        with started.stderr:
            assert "error page: x" in started.stderr.read()


def test_without_an_emulator_it_says_so():
    command = [part.replace("%s", "https://x.example/") for part in shlex.split(browser_command())]
    done = subprocess.run(command, env={"PATH": ""}, capture_output=True, text=True, timeout=30, check=False)
    assert done.returncode == 1
    assert "ACTOR_EMULATOR_URL is not set" in done.stderr
    assert command[0] == sys.executable
