"""Rooms that are loaded when they are met: what is said of them beforehand is what they say themselves."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator

import pytest

from emulator.app import App
from emulator.kernel.deferred import Deferred


@pytest.fixture
def app() -> Iterator[App]:
    made = App()
    yield made
    made.close()


def test_the_directory_knows_of_each_what_the_room_says(app: App) -> None:
    deferred = [service for service in app.directory.services if isinstance(service, Deferred)]
    assert deferred
    for each in deferred:
        room = each.room
        assert (each.name, each.hosts, each.prefix, each.schema) == (room.name, room.hosts, room.prefix, room.schema)
        assert f".services.{each.vendor}" in type(room).__module__


def test_a_google_call_loads_no_other_vendor() -> None:
    script = """
import sys
from emulator.app import App
from emulator.kernel.http import Call
app = App()
app.respond(Call("GET", "gmail.googleapis.com", "/gmail/v1/users/me/profile"))
app.respond(Call("GET", "127.0.0.1", "/gmail/v1/users/me/profile"))
with app.isolated():
    pass
print([name for name in sys.modules if name.startswith(("emulator.services.apify", "emulator.services.scalekit"))])
"""
    answer = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert answer.stdout.strip() == "[]"
