"""Gmail at a thousand and at a million messages: reading, searching, importing, opening.

The large world takes minutes and some gigabytes in the temporary folder; it is removed afterwards. The peer, `emulate`
from npm (0.12.2), needs a Node newer than 20 and is asked only where it runs already: name its base URL in EMULATE_URL
and a token it accepts in EMULATE_TOKEN, with a mailbox of a thousand messages behind it.
"""

from __future__ import annotations

import itertools
import json
import os
import random
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from functools import partial
from http.client import HTTPConnection
from pathlib import Path
from urllib.parse import quote, urlsplit

from emulator import Emulator
from emulator.kernel.http import Call, Headers
from emulator.services.google.gmail.mailfiles import MailItem, read_mail

from .measure import median, report

SMALL, OPENED, LARGE = 1_000, 20_000, 1_000_000
USER = "ada@example.com"
SEED = """
google:
  projects: [{id: demo, enabled: [gmail.googleapis.com]}]
  clients: [{name: desk, project: demo, type: desktop}]
  users: [{email: ada@example.com}]
"""
SEARCHES = ("from:p7 newer_than:30d", '"two words"', "from:nobody@x.example", "w1 w2 nowhere", "has:attachment")
_NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
_ROUNDS = 60


def run() -> None:
    """Print every figure with its bar."""
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder)
        _importing(place)
        _opening(place)
        small = _figures(place / "small.world", SMALL)
        _beside_the_peer(place / "small.world")
        large = _figures(place / "large.world", LARGE)
    for name in ("get", "list"):
        title = f"messages.{name} at {LARGE:,} messages"
        ours, reference = f"{large[name] * 1e6:.0f} us", f"at {SMALL:,}: {small[name] * 1e6:.0f} us"
        report(title, ours, reference, large[name] / small[name], "<= 1.5")
    for query in SEARCHES:
        spent = large[query]
        report(f"q={query} at {LARGE:,}", f"{spent * 1e3:.2f} ms", "20 ms", spent / 0.02, "<= 1")


def messages(count: int) -> Iterator[MailItem]:
    """Mail of the five years before now, evenly spread, the same every time. One in a thousand says "two words"."""
    draw = random.Random(count)
    words = [f"w{number}" for number in range(8_000)]
    weights = list(itertools.accumulate(1 / (rank + 1) for rank in range(len(words))))
    for number in range(count):
        moment = _NOW - timedelta(days=1825) * (1 - number / count)
        text = " ".join(draw.choices(words, cum_weights=weights, k=60)) + (" two words" if number % 1000 == 0 else "")
        raw = (
            f"Message-ID: <{number}@x.example>\r\nDate: {moment:%a, %d %b %Y %H:%M:%S} +0000\r\n"
            f"From: Person {number % 397} <p{number % 397}@x.example>\r\nTo: {USER}\r\n"
            f"Subject: {' '.join(draw.choices(words, cum_weights=weights, k=4))}\r\n\r\n{text}\r\n"
        ).encode()
        labels = ("INBOX", "UNREAD") if number % 10 == 0 else ("INBOX",)
        yield MailItem(raw, labels, moment, f"message {number}", len(raw))


def _emulator(world: Path) -> Emulator:
    fresh = not world.exists()
    emulator = Emulator.start(world=world, start=_NOW)
    if fresh:
        emulator.seed(text=SEED)
    return emulator


def _importing(place: Path) -> None:
    mbox = place / "mail.mbox"
    with mbox.open("wb") as file:
        for item in messages(OPENED):
            file.write(b"From x Thu Jan  1 00:00:00 2026\n" + item.raw.replace(b"\r\n", b"\n") + b"\n")
    with _emulator(place / "opened.world") as emulator:
        started = time.perf_counter()
        emulator.gmail.import_mail(USER, read_mail(mbox))
        speed = OPENED / (time.perf_counter() - started)
    report(f"import of an mbox of {OPENED:,}", f"{speed:.0f} /s", "5,000 /s", speed / 5_000, ">= 1")


def _opening(place: Path) -> None:
    """A process of its own opens the world, answers one call and says what that took."""
    program = _OPENING.format(world=str(place / "opened.world"), user=USER)
    # Compiled modules are what a user has; this machine may forbid writing them.
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    run_once = [sys.executable, "-c", program]
    subprocess.run(run_once, env=environment, capture_output=True, check=True)
    answer = subprocess.run(run_once, env=environment, capture_output=True, text=True, check=True)
    seconds, megabytes = json.loads(answer.stdout)
    report(f"opening a world of {OPENED:,}", f"{seconds * 1e3:.0f} ms", "1 s", seconds, "<= 1")
    report("memory it takes", f"{megabytes:.0f} MB", "200 MB", megabytes / 200, "<= 1")


_OPENING = """
import json, resource, time
started = time.perf_counter()
from emulator import Emulator
with Emulator.start(world={world!r}) as emulator:
    found = len(emulator.gmail.mailbox({user!r}).messages("in:inbox", limit=50))
    assert found == 50
    spent = time.perf_counter() - started
print(json.dumps([spent, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024]))
"""


def _figures(world: Path, size: int) -> dict[str, float]:
    """Median seconds of a get, a list and each search, in process."""
    with _emulator(world) as emulator:
        emulator.gmail.import_mail(USER, messages(size))
        ask = _asking(emulator)
        newest = json.loads(emulator.respond(ask("messages?maxResults=1")).body)["messages"][0]["id"]
        asked = {"get": ask(f"messages/{newest}"), "list": ask("messages")}
        asked |= {query: ask(f"messages?q={quote(query)}") for query in SEARCHES}
        return {name: _cost(emulator, call) for name, call in asked.items()}


def _asking(emulator: Emulator) -> Callable[[str], Call]:
    token = emulator.google.user(USER).access_token("desk", ("gmail.readonly",))
    headers = Headers({"Authorization": f"Bearer {token}"})

    def ask(target: str) -> Call:
        path, _, query = target.partition("?")
        return Call("GET", "gmail.googleapis.com", f"/gmail/v1/users/me/{path}", query, headers)

    return ask


def _cost(emulator: Emulator, call: Call) -> float:
    reply = emulator.respond(call)
    assert reply.status == 200, reply.body
    return median(lambda: emulator.respond(call), _ROUNDS)


def _beside_the_peer(world: Path) -> None:
    url = os.environ.get("EMULATE_URL")
    if url is None:
        print(f"beside emulate 0.12.2: skipped; it needs Node newer than 20 (here {_node()}) and EMULATE_URL set")
        return
    theirs = _rates(url, os.environ.get("EMULATE_TOKEN", ""))
    with _emulator(world) as emulator:
        token = emulator.google.user(USER).access_token("desk", ("gmail.readonly",))
        ours = _rates(emulator.url, token)
    for name, rate in ours.items():
        report(
            f"messages.{name} over loopback", f"{rate:.0f} /s", f"{theirs[name]:.0f} /s", rate / theirs[name], ">= 1.3"
        )


def _rates(url: str, token: str) -> dict[str, float]:
    """Requests a second of get and list over one kept connection."""
    place = urlsplit(url)
    connection = HTTPConnection(place.hostname or "", place.port or 80, timeout=30)

    def fetch(path: str) -> bytes:
        connection.request("GET", f"/gmail/v1/users/me/{path}", headers={"Authorization": f"Bearer {token}"})
        reply = connection.getresponse()
        body = reply.read()
        assert reply.status == 200, body
        return body

    newest = json.loads(fetch("messages"))["messages"][0]["id"]
    paths = {"get": f"messages/{newest}", "list": "messages"}
    rates = {name: 1 / median(partial(fetch, path), 300) for name, path in paths.items()}
    connection.close()
    return rates


def _node() -> str:
    try:
        found = subprocess.run(["node", "--version"], capture_output=True, text=True, check=False)
    except FileNotFoundError:
        return "none"
    return found.stdout.strip() or "none"
