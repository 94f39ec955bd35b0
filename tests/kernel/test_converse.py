"""WebSocket conversations: which service takes one up, and what the journal keeps of it."""

from __future__ import annotations

import pytest

from emulator.kernel.clock import Clock
from emulator.kernel.faults import Faults
from emulator.kernel.http import Call, Reply
from emulator.kernel.ids import Ids
from emulator.kernel.journal import Journal
from emulator.kernel.pipeline import Directory, Pipeline
from emulator.kernel.service import Kernel
from emulator.kernel.websocket import Close, Send
from emulator.kernel.world import World


class Handler:
    def opened(self, send: Send, close: Close) -> None:
        send("hello")

    def received(self, message: str | bytes) -> None:
        """Nothing to say."""

    def closed(self, code: int) -> None:
        """Nothing to do."""


class Room:
    """A service without conversation."""

    name = "room"
    hosts = ("room.example",)
    prefix = ""
    schema = ""
    operations = ()

    def route(self, call: Call) -> None:
        return None

    def unrouted(self, call: Call) -> Reply:
        return Reply(404)


class TalkingRoom(Room):
    name = "talking"
    hosts = ("room.example", "*.talk.example")
    prefix = "/talk"

    def websocket(self, call: Call) -> Handler | None:
        return Handler() if call.path == "/events" else None


@pytest.fixture
def kernel():
    clock = Clock()
    world = World()
    yield Kernel(world, clock, Ids(), Faults(), Journal(clock.now))
    world.close()


@pytest.fixture
def pipeline(kernel: Kernel) -> Pipeline:
    directory = Directory()
    directory.add(Room())  # type: ignore[arg-type]
    directory.add(TalkingRoom())  # type: ignore[arg-type]
    return Pipeline(kernel, directory)


@pytest.mark.parametrize(
    ("host", "path"), [("room.example", "/events"), ("eu.talk.example", "/events"), ("127.0.0.1", "/talk/events")]
)
def test_a_room_takes_up_a_conversation(host: str, path: str, pipeline: Pipeline, kernel: Kernel) -> None:
    assert isinstance(pipeline.converse(Call("GET", host, path)), Handler)
    (entry,) = kernel.journal
    assert (entry.service, entry.operation, entry.status) == ("talking", "talking.websocket", 101)


@pytest.mark.parametrize(
    ("host", "path"), [("room.example", "/other"), ("127.0.0.1", "/events"), ("nobody.example", "/events")]
)
def test_where_nobody_does_the_call_stays_an_ordinary_one(
    host: str, path: str, pipeline: Pipeline, kernel: Kernel
) -> None:
    assert pipeline.converse(Call("GET", host, path)) is None
    assert len(kernel.journal) == 0


def test_a_broken_connection_is_remembered_until_the_journal_is_cleared(kernel: Kernel) -> None:
    kernel.journal.break_off("curl/8", "TLS handshake failed: tlsv1 alert unknown ca")
    (broken,) = kernel.journal.broken
    assert broken.line() == "connection of curl/8 ended: TLS handshake failed: tlsv1 alert unknown ca"
    assert set(broken.public()) == {"at", "peer", "reason"}
    kernel.journal.clear()
    assert not kernel.journal.broken
