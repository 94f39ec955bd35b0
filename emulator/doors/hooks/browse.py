"""Stands in for the browser of a launched program, which finds it in ``BROWSER``: ``browse.py URL``.

Asks the emulator to decide about the authorization and carries the answer to the program's own address, as a browser
would. Runs with the standard library alone and comes back at once, because callers wait for it before they listen.
"""

import json
import os
import subprocess
import sys
import time
import webbrowser
from http.client import HTTPConnection, HTTPResponse
from urllib.parse import urlencode, urlsplit

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

__all__ = ["main"]

DETACHED = "ACTOR_EMULATOR_BROWSING"
LOOPBACK = ("127.0.0.1", "localhost", "::1")
PATIENCE = 30.0
FORM = {"Content-Type": "application/x-www-form-urlencoded"}


def main(url: str) -> int:
    """Leave the work to a process of its own; the caller may be what has to answer the callback."""
    base = os.environ.get("ACTOR_EMULATOR_URL", "")
    if not base:
        say("ACTOR_EMULATOR_URL is not set, so there is no emulator to ask")
        return 1
    if DETACHED in os.environ:
        browse(base, url)
        return 0
    command = [sys.executable, "-I", os.path.abspath(__file__), url]  # noqa: PTH100 - as in sitecustomize
    environment = {**os.environ, DETACHED: "1"}
    subprocess.Popen(command, env=environment, stdin=subprocess.DEVNULL, start_new_session=True)  # noqa: S603
    return 0


def browse(base: str, url: str) -> None:
    """Have the emulator decide, and do what a browser would do next."""
    decision = ask(base, url)
    outcome, location = decision.get("outcome"), decision.get("location", "")
    if outcome == "waiting":
        say(f"waiting for a person to decide at {base}{location}")
        os.environ.pop("BROWSER", None)
        webbrowser.open(base + location)
    elif outcome == "blocked":
        say(f"the authorization ended on an error page: {decision.get('error')}; the app is told nothing")
    elif outcome in ("allowed", "denied"):
        call_back(location, decision.get("form"))
    else:
        say(f"{url}: {decision.get('error', {}).get('message', decision)}")


def ask(base: str, url: str) -> "dict[str, Any]":
    """The emulator's decision about an authorization URL, or its error."""
    place = urlsplit(base)
    connection = HTTPConnection(place.hostname or "", place.port or 80, timeout=PATIENCE)
    try:
        body = json.dumps({"url": url})
        connection.request("POST", "/_emulator/consent", body, {"Content-Type": "application/json"})
        answer = json.loads(connection.getresponse().read())
        return answer if isinstance(answer, dict) else {}
    finally:
        connection.close()


def call_back(location: str, form: "list[list[str]] | None") -> None:
    """Carry the answer to the program; it may still be about to listen."""
    place = urlsplit(location)
    if place.scheme != "http" or place.hostname not in LOOPBACK:
        say(f"the answer is for {place.scheme}://{place.netloc}, which is not on this machine; open it yourself")
        return
    patience = time.monotonic() + PATIENCE
    while True:
        try:
            answer = request(place.hostname, place.port or 80, location, form)
        except ConnectionRefusedError:
            if time.monotonic() > patience:
                say(f"nobody listens at {place.netloc}")
                return
            time.sleep(0.05)
        else:
            if answer.status >= 400:
                say(f"{place.netloc} answered the callback with {answer.status} {answer.reason}")
            return


def request(host: str, port: int, location: str, form: "list[list[str]] | None") -> HTTPResponse:
    place = urlsplit(location)
    target = (place.path or "/") + ("?" + place.query if place.query else "")
    connection = HTTPConnection(host, port, timeout=PATIENCE)
    try:
        if form is None:
            connection.request("GET", target)
        else:
            connection.request("POST", target, urlencode([(name, value) for name, value in form]), FORM)
        answer = connection.getresponse()
        answer.read()
        return answer
    finally:
        connection.close()


def say(text: str) -> None:
    sys.stderr.write(f"actor-emulator: {text}\n")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]) if len(sys.argv) == 2 else 2)
