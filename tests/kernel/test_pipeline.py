"""The fixed order of one call, with rooms made for the purpose."""

from __future__ import annotations

import json
import logging

import pytest

from emulator.kernel.clock import Clock
from emulator.kernel.faults import Fault, Faults
from emulator.kernel.http import Call, Headers, Reply
from emulator.kernel.ids import Ids
from emulator.kernel.journal import Journal
from emulator.kernel.operations import Match, Operation, Router
from emulator.kernel.pipeline import Directory, Pipeline, is_loopback
from emulator.kernel.service import Kernel, Routed, WireError
from emulator.kernel.world import World


class Closed(WireError):
    status, cause = 403, "shop_closed"


class Room:
    """A room with ``GET /{id}``, which writes the id, notes the order of events and does what the test says."""

    schema = "CREATE TABLE IF NOT EXISTS seen (id TEXT)"

    def __init__(self, name="room", hosts=("room.example.com",), prefix=""):
        self.name, self.hosts, self.prefix = name, hosts, prefix
        self.operations = (Operation(f"{name}.get", "GET", "/{id}"),)
        self.events = []
        self.admitting = self.handling = lambda exchange: None
        self._router = Router(self.operations)

    def unbound(self):
        return ()

    def route(self, call):
        found = self._router.match(call.verb, call.path)
        return Routed(found.operation, found.path_parameters) if isinstance(found, Match) else None

    def admit(self, exchange):
        self.events.append("admit")
        exchange.entry.principal = "ada"
        self.admitting(exchange)

    def perform(self, exchange):
        self.events.append("perform")
        exchange.kernel.world.execute("INSERT INTO seen VALUES (?)", (exchange.path_parameters["id"],))
        return self.handling(exchange) or Reply.json({"room": self.name, **exchange.path_parameters})

    def unrouted(self, call):
        return Reply.text(f"{self.name} has no {call.path}", 404)

    def failure(self, status, message=""):
        return Reply.json({"vendor": self.name, "status": status, "message": message}, status)


class House:
    def __init__(self, *rooms):
        clock = Clock(lambda: 1e9)
        self.world, self.journal, self.faults = World(), Journal(clock.now), Faults()
        kernel = Kernel(self.world, clock, Ids(), self.faults, self.journal)
        self.directory = Directory()
        for room in rooms:
            self.world.define(room.schema)
            self.directory.add(room)
        self.pipeline = Pipeline(kernel, self.directory)

    def get(self, host, path):
        return self.pipeline.respond(Call("GET", host, path))

    @property
    def seen(self):
        return [row[0] for row in self.world.all("SELECT id FROM seen")]


@pytest.fixture
def room():
    return Room()


@pytest.fixture
def house(room):
    return House(room)


def told(reply):
    return reply.status, json.loads(reply.body)


def fail_with(error):
    def failing(exchange):
        raise error

    return failing


# -- one call --------------------------------------------------------------------------------------------------------


def test_a_call_is_admitted_performed_committed_and_journalled(house, room):
    assert told(house.get("room.example.com", "/7")) == (200, {"room": "room", "id": "7"})
    assert (room.events, house.seen) == (["admit", "perform"], ["7"])
    entry = house.journal.calls("room.get", status=200).assert_count(1)[0]
    assert (entry.service, entry.principal, entry.cause, entry.fault) == ("room", "ada", "", "")
    assert entry.reply.status == 200


def test_the_entry_is_open_before_the_service_is_asked(house, room):
    room.admitting = lambda exchange: room.events.append(list(house.journal)[-1].operation)
    house.get("room.example.com", "/7")
    assert room.events == ["admit", "room.get", "perform"]


def test_a_refusal_renders_itself_and_is_never_performed(house, room):
    room.admitting = fail_with(Closed("we are closed"))
    assert told(house.get("room.example.com", "/7")) == (403, {"error": "we are closed"})
    assert (room.events, house.seen) == (["admit"], [])
    assert next(iter(house.journal)).cause == "shop_closed"


def test_a_wire_error_of_the_handler_rolls_the_call_back(house, room):
    room.handling = fail_with(Closed("closed while writing", cause="late"))
    assert house.get("room.example.com", "/7").status == 403
    assert house.seen == []
    assert next(iter(house.journal)).cause == "late"
    assert not house.journal.crashes


def test_a_crash_answers_the_vendors_500_and_is_kept(house, room, caplog):
    room.handling = fail_with(ZeroDivisionError("by nought"))
    with caplog.at_level(logging.CRITICAL, "emulator"):
        assert told(house.get("room.example.com", "/7")) == (500, {"vendor": "room", "status": 500, "message": ""})
    assert house.seen == []
    [crashed] = house.journal.crashes
    assert (crashed.cause, crashed.status) == ("crash", 500)
    assert isinstance(crashed.crash, ZeroDivisionError)
    assert crashed.crash.__traceback__ is not None


def test_a_crash_is_logged_with_its_traceback(house, room, caplog):
    room.handling = fail_with(ZeroDivisionError("by nought"))
    house.get("room.example.com", "/7")
    assert "room crashed while answering room.get" in caplog.text
    assert "ZeroDivisionError: by nought" in caplog.text


def test_after_a_crash_the_next_call_works(house, room, caplog):
    room.handling = fail_with(ZeroDivisionError())
    with caplog.at_level(logging.CRITICAL, "emulator"):
        house.get("room.example.com", "/7")
    room.handling = lambda exchange: None
    assert house.get("room.example.com", "/8").status == 200
    assert house.seen == ["8"]


# -- faults ----------------------------------------------------------------------------------------------------------


def test_a_status_fault_answers_in_the_vendors_dialect_before_admission(house, room):
    house.faults.add(Fault.status(503, message="busy", times=1))
    assert told(house.get("room.example.com", "/7")) == (503, {"vendor": "room", "status": 503, "message": "busy"})
    assert (room.events, house.seen) == ([], [])
    assert next(iter(house.journal)).fault == "503 on any call (times=1)"
    assert house.get("room.example.com", "/7").status == 200


def test_a_fault_with_a_body_answers_exactly_that(house):
    house.faults.add(Fault.status(418, body="short and stout", headers={"X-Pot": "tea"}))
    reply = house.get("room.example.com", "/7")
    assert (reply.status, reply.body, list(reply.headers)) == (418, b"short and stout", [("X-Pot", "tea")])


@pytest.mark.parametrize(
    ("fault", "described"),
    [(Fault.delay(5), ("delay", 5)), (Fault.reset("after"), ("reset", "after")), (Fault.truncate(3), ("truncate", 3))],
)
def test_a_disruption_lets_the_call_happen_and_describes_itself_to_the_door(house, fault, described):
    house.faults.add(fault)
    reply = house.get("room.example.com", "/7")
    assert (reply.status, house.seen) == (200, ["7"])
    assert getattr(reply.disruption, described[0]) == described[1]


def test_a_fault_of_another_operation_does_nothing(house):
    house.faults.add(Fault.status(503, operation="other.*"))
    assert house.get("room.example.com", "/7").status == 200


# -- finding the service ---------------------------------------------------------------------------------------------


def test_an_unknown_host_is_refused_by_name_and_journalled(house):
    status, body = told(house.get("elsewhere.example.org", "/7"))
    assert (status, body["error"]["status"]) == (404, "NOT_EMULATED")
    assert "GET /7 on elsewhere.example.org" in body["error"]["message"]
    [entry] = house.journal.unrouted
    assert (entry.cause, entry.service) == ("no_service", "")


def test_an_unknown_path_gets_the_vendors_own_answer(house):
    reply = house.get("room.example.com", "/a/b")
    assert (reply.status, reply.body) == (404, b"room has no /a/b")
    [entry] = house.journal.unrouted
    assert (entry.cause, entry.service, entry.operation) == ("no_such_path", "room", "")


def test_an_unrouted_call_takes_no_fault(house):
    house.faults.add(Fault.status(503, times=1))
    house.get("room.example.com", "/a/b")
    assert len(house.faults) == 1


def test_an_encoded_slash_stays_inside_its_segment(house):
    assert told(house.get("room.example.com", "/a%2Fb"))[1]["id"] == "a/b"


@pytest.mark.parametrize("name", ["127.0.0.1", "localhost", "[::1]", "::1"])
def test_loopback_serves_a_prefixed_room_under_its_prefix(name):
    house = House(Room("plain"), Room("notion", ("api.notion.com",), "/notion"))
    assert told(house.get(name, "/notion/7")) == (200, {"room": "notion", "id": "7"})
    assert told(house.get(name, "/7")) == (200, {"room": "plain", "id": "7"})
    assert house.get(name, "/notion/a/b").body == b"notion has no /a/b"


def test_on_loopback_no_unprefixed_room_speaks_for_an_unknown_path(house):
    assert told(house.get("127.0.0.1", "/a/b"))[1]["error"]["status"] == "NOT_EMULATED"


def test_a_prefix_ends_at_a_slash():
    house = House(Room("notion", ("api.notion.com",), "/notion"))
    assert house.get("127.0.0.1", "/notionally").status == 404
    assert house.journal.unrouted[0].service == ""


def test_under_its_own_host_a_room_has_no_prefix():
    house = House(Room("notion", ("api.notion.com",), "/notion"))
    assert told(house.get("api.notion.com", "/7"))[1]["id"] == "7"
    assert house.get("api.notion.com", "/notion/7").status == 404


def test_a_wildcard_host_stands_for_any_labels():
    house = House(Room("scalekit", ("*.scalekit.dev",)))
    assert house.get("env.scalekit.dev", "/7").status == 200
    assert house.get("a.b.scalekit.dev", "/7").status == 200
    assert house.get("scalekit.dev", "/7").status == 404
    assert house.get("evilscalekit.dev", "/7").status == 404
    assert [house.directory.knows(host) for host in ("x.scalekit.dev", "scalekit.dev", "localhost")] == [
        True,
        False,
        True,
    ]


def test_rooms_that_share_a_host_are_asked_in_order():
    first, second = Room("first", ("shared.example.com",)), Room("second", ("shared.example.com",))
    first.route = lambda call: None
    house = House(first, second)
    assert told(house.get("shared.example.com", "/7"))[1]["room"] == "second"
    assert house.directory.hosts == ("shared.example.com",)


# -- calls that make calls -------------------------------------------------------------------------------------------


def test_a_call_upstream_is_a_child_of_its_own_in_the_journal():
    caller, called = Room("caller", ("caller.example.com",)), Room("called", ("called.example.com",))
    caller.handling = lambda exchange: exchange.upstream(Call("GET", "called.example.com", "/8"))
    house = House(caller, called)
    assert told(house.get("caller.example.com", "/7"))[1] == {"room": "called", "id": "8"}
    parent, child = list(house.journal)
    assert (parent.operation, parent.parent) == ("caller.get", None)
    assert (child.operation, child.parent) == ("called.get", parent.number)
    assert house.seen == ["7", "8"]


def test_a_refused_call_upstream_leaves_its_caller_unharmed():
    caller, called = Room("caller", ("caller.example.com",)), Room("called", ("called.example.com",))
    called.handling = fail_with(Closed("no"))
    caller.handling = lambda exchange: Reply(200, Headers(), str(upstream(exchange).status).encode())

    def upstream(exchange):
        return exchange.upstream(Call("GET", "called.example.com", "/8"))

    house = House(caller, called)
    assert house.get("caller.example.com", "/7").body == b"403"
    assert house.seen == ["7"]


def test_a_fault_can_hit_the_call_upstream_alone():
    caller, called = Room("caller", ("caller.example.com",)), Room("called", ("called.example.com",))
    caller.handling = lambda exchange: exchange.upstream(Call("GET", "called.example.com", "/8"))
    house = House(caller, called)
    house.faults.add(Fault.status(503, service="called"))
    assert told(house.get("caller.example.com", "/7"))[1]["vendor"] == "called"


def test_is_loopback_knows_names_not_look_alikes():
    assert is_loopback("localhost")
    assert not is_loopback("localhost.example.com")
    assert not is_loopback("127.0.0.1.example.com")
