"""Faults: matching, counting, refusing nonsense."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from types import SimpleNamespace

import pytest

from emulator.kernel.faults import Arrival, Exponential, Fault, FaultError, Faults, Normal, Uniform
from emulator.kernel.http import Call, Reply

CALL = Call("GET", "gmail.googleapis.com", "/")
GET, LIST = "gmail.users.messages.get", "gmail.users.messages.list"


@pytest.fixture
def faults():
    return Faults()


def hits(faults: Faults, operation: str, rounds: int = 5) -> list[bool]:
    return [faults.take(Arrival(operation, "gmail", CALL)) is not None for _ in range(rounds)]


def test_without_faults_nothing_is_hit(faults):
    assert hits(faults, GET) == [False] * 5


def test_a_fault_without_limits_hits_every_call(faults):
    faults.add(Fault.status(503))
    assert hits(faults, GET) == [True] * 5


def test_after_and_times_bound_what_is_hit(faults):
    faults.add(Fault.status(503, after=1, times=2))
    assert hits(faults, GET) == [False, True, True, False, False]
    assert len(faults) == 0


@pytest.mark.parametrize(
    ("where", "hit"),
    [
        ({"operation": GET}, True),
        ({"operation": "gmail.users.messages.*"}, True),
        ({"operation": "gmail.*.get"}, True),
        ({"operation": "youtube.*"}, False),
        ({"operation": "Gmail.*"}, False),
        ({"service": "gmail"}, True),
        ({"service": "youtube"}, False),
        ({"host": "gmail.googleapis.com"}, True),
        ({"host": "*.googleapis.com"}, True),
        ({"host": "oauth2.googleapis.com"}, False),
        ({"operation": GET, "host": "oauth2.googleapis.com"}, False),
    ],
)
def test_a_fault_hits_only_where_everything_given_matches(faults, where, hit):
    faults.add(Fault.status(503, **where))
    assert hits(faults, GET, 1) == [hit]


@pytest.mark.parametrize("build", [lambda **w: Fault.delay(1, **w), lambda **w: Fault.truncate(1, **w), Fault.reset])
def test_every_effect_can_be_bounded(faults, build):
    faults.add(build(operation="gmail.*", service="gmail", host="*", after=1, times=1))
    assert hits(faults, GET, 3) == [False, True, False]


def test_calls_that_do_not_match_are_not_counted(faults):
    faults.add(Fault.status(503, operation=GET, after=1, times=1))
    hits(faults, LIST)
    assert hits(faults, GET, 3) == [False, True, False]


def test_the_oldest_fault_goes_first(faults):
    faults.add(Fault.status(500, times=1))
    faults.add(Fault.status(503, times=1))
    assert [faults.take(Arrival(GET, "gmail", CALL)).fault.effect.code for _ in range(2)] == [500, 503]


def test_a_fault_is_used_up_exactly_once_under_threads(faults):
    faults.add(Fault.status(503, after=50, times=100))
    with ThreadPoolExecutor(8) as pool:
        taken = list(pool.map(lambda _: faults.take(Arrival(GET, "gmail", CALL)), range(1000)))
    assert sum(fault is not None for fault in taken) == 100


def test_faults_are_removed_by_number(faults):
    first, second = faults.add(Fault.status(500)), faults.add(Fault.reset())
    faults.remove(first)
    assert [number for number, _ in faults] == [second]
    with pytest.raises(FaultError, match=f"no fault {first}; armed: {second}"):
        faults.remove(first)
    faults.clear()
    with pytest.raises(FaultError, match="armed: none"):
        faults.remove(second)


def test_a_snapshot_brings_back_counts_too(faults):
    faults.add(Fault.status(503, times=2))
    kept = faults.snapshot()
    assert hits(faults, GET, 3) == [True, True, False]
    faults.restore(kept)
    assert hits(faults, GET, 3) == [True, True, False]
    assert len(kept) == 1


@pytest.mark.parametrize(
    "build",
    [
        lambda: Fault.status(99),
        lambda: Fault.status(600),
        lambda: Fault.status(503, times=0),
        lambda: Fault.status(503, after=-1),
        lambda: Fault.delay(0),
        lambda: Fault.delay(float("nan")),
        lambda: Fault.delay(float("inf")),
        lambda: Fault.reset("sideways"),
        lambda: Fault.truncate(-1),
    ],
)
def test_a_fault_that_says_nothing_sensible_is_refused(build):
    with pytest.raises(FaultError):
        build()


@pytest.mark.parametrize(
    ("where", "hit"),
    [
        ({"nth": 3}, [3]),
        ({"every": 2}, [2, 4, 6, 8]),
        ({"every": 3, "after": 1, "times": 2}, [4, 7]),
        ({"after": 6}, [7, 8]),
        ({"probability": 1}, [1, 2, 3, 4, 5, 6, 7, 8]),
    ],
)
def test_which_calls_are_hit(faults, where, hit):
    faults.add(Fault.status(503, **where))
    assert [number for number, struck in enumerate(hits(faults, GET, 8), 1) if struck] == hit


def test_chance_follows_from_its_seed(faults):
    def drawn(seed: str) -> list[bool]:
        faults.clear()
        faults.add(Fault.status(503, probability=0.3, seed=seed))
        return hits(faults, GET, 200)

    assert drawn("a") == drawn("a") != drawn("b")
    assert 35 < sum(drawn("a")) < 85


def test_a_predicate_is_asked_about_each_call(faults):
    faults.add(Fault.status(503, when=lambda call: call.path == "/x", times=1))
    assert hits(faults, GET) == [False] * 5
    assert faults.take(Arrival(GET, "gmail", CALL.replacing(path="/x"))) is not None


def test_a_fault_for_a_principal_waits_for_the_vendor_to_name_it(faults):
    faults.add(Fault.status(503, principal="ada@example.com"))
    assert faults.personal
    assert faults.take(Arrival(GET, "gmail", CALL)) is None
    assert faults.take(Arrival(GET, "gmail", CALL, "grace@example.com")) is None
    assert faults.take(Arrival(GET, "gmail", CALL, "ada@example.com")) is not None
    faults.clear()
    assert not faults.personal


@pytest.mark.parametrize(
    ("length", "low", "high"), [(Uniform(1, 2), 1, 2), (Normal(5, 0.1), 4, 6), (Exponential(1), 0, 20), (3, 3, 3)]
)
def test_delays_are_drawn_and_repeat_themselves(faults, length, low, high):
    faults.add(Fault.delay(length))

    def delays() -> list[float]:
        taken = [faults.take(Arrival(GET, "gmail", CALL)) for _ in range(50)]
        return [hit.spoil(Reply(), 1.0).disruption.delay for hit in taken]

    kept = faults.snapshot()
    first = delays()
    faults.restore(kept)
    assert first == delays()
    assert all(low <= each <= high for each in first)
    assert len(set(first)) == (1 if length == 3 else 50)


def test_on_a_fast_clock_a_delay_is_as_long_as_that_clock_says(faults):
    faults.add(Fault.delay(6))
    hit = faults.take(Arrival(GET, "gmail", CALL))
    assert [hit.spoil(Reply(), pace).disruption.delay for pace in (60.0, 1.0, 0.0)] == [0.1, 6, 6]


@pytest.mark.parametrize("body", [b'{"a": [1, 2]}', b"[]", b"{}\n", b"", b"<html>"])
def test_malformed_json_is_malformed(faults, body):
    faults.add(Fault.malformed_json())
    spoilt = faults.take(Arrival(GET, "gmail", CALL)).spoil(Reply(body=body), 1.0).body
    assert spoilt
    with pytest.raises(ValueError):
        json.loads(spoilt)


def test_a_wrong_content_type_replaces_the_right_one(faults):
    faults.add(Fault.content_type("text/html"))
    reply = faults.take(Arrival(GET, "gmail", CALL)).spoil(Reply.json({}), 1.0)
    assert (reply.headers.get_all("content-type"), reply.body) == (("text/html",), b"{}")


@pytest.mark.parametrize(
    ("build", "message"),
    [
        (lambda: Fault.status(503, nth=2, times=1), "nth=2 names one call already; leave out times"),
        (lambda: Fault.status(503, nth=0), "nth counts from 1"),
        (lambda: Fault.status(503, every=1), "every must be at least 2"),
        (lambda: Fault.status(503, every=2, probability=0.5), "every and probability both say"),
        (lambda: Fault.status(503, probability=0), "probability must lie above 0"),
        (lambda: Fault.status(503, probability=float("nan")), "probability must lie above 0"),
        (lambda: Fault.status(503, opration=GET), "no 'opration'; did you mean operation"),
        (lambda: Fault.grpc("BUSY"), "no gRPC status 'BUSY'; there are CANCELLED"),
        (lambda: Fault.quota_exceeded("gmail", service="apify"), "of 'gmail' and of 'apify'"),
        (lambda: Fault.content_type("html"), "looks like"),
        (lambda: Fault.reset(when="after"), "must be a function of one; got 'after'"),
        (lambda: Fault.drip(0), "longer than nothing"),
        (lambda: Fault.drip(piece=0), "at least one byte"),
        (lambda: Fault.delay(Uniform(2, 1)), "low < high"),
        (lambda: Fault.delay(Normal(1, 0)), "positive mean and deviation"),
    ],
)
def test_a_contradiction_is_refused_with_its_reason(build, message):
    with pytest.raises(FaultError, match=message):
        build()


def room(name: str, host: str, *operations: str) -> SimpleNamespace:
    return SimpleNamespace(name=name, hosts=(host,), operations=[SimpleNamespace(id=each) for each in operations])


ROOMS = [room("gmail", "gmail.googleapis.com", GET, LIST), room("scalekit", "*.scalekit.dev", "scalekit.get")]


@pytest.mark.parametrize(
    ("where", "message"),
    [
        ({"operation": "gmail.users.message.get"}, f"no operation matches 'gmail.users.message.get'; near: {GET}"),
        ({"service": "mail"}, "no service 'mail'; there are gmail, scalekit"),
        ({"service": "scalekit", "operation": GET}, "is an operation of gmail, not of 'scalekit'"),
        ({"host": "gmail.example.com"}, "no call comes to host 'gmail.example.com'; there are gmail.googleapis.com"),
        ({"host": "gmail.googleapis.com", "service": "scalekit"}, "there are .*scalekit.dev"),
    ],
)
def test_a_fault_that_can_never_match_is_refused_with_the_choices(where, message):
    with pytest.raises(FaultError, match=message):
        Faults(lambda: ROOMS).add(Fault.status(503, **where))


def test_what_can_match_is_taken():
    faults = Faults(lambda: ROOMS)
    for where in (
        {"operation": "gmail.*", "service": "gmail", "times": 1},
        {"host": "acme.scalekit.dev"},
        {"host": "*.googleapis.com", "service": "gmail"},
        {"host": "127.0.0.1", "nth": 1},
    ):
        faults.add(Fault.status(503, **where))
    assert len(faults) == 4


def test_a_fault_that_would_never_have_its_turn_is_refused():
    faults = Faults(lambda: ROOMS)
    faults.add(Fault.status(503, operation="gmail.*"))
    with pytest.raises(FaultError, match="can never strike: fault 1, 503 on gmail"):
        faults.add(Fault.reset(operation=GET))
    faults.add(Fault.reset(operation="scalekit.*"))
    faults.clear()
    faults.add(Fault.status(503, operation="gmail.*", times=1))
    faults.add(Fault.reset(operation=GET))


def test_a_fault_describes_itself():
    assert str(Fault.status(503, operation=GET)) == f"503 on {GET}"
    assert str(Fault.status(503)) == "503 on any call"
    assert str(Fault.quota_exceeded("gmail", nth=2)) == "quota_exceeded on gmail (nth=2)"
    assert (
        str(Fault.delay(Uniform(1, 2), principal="ada@example.com"))
        == "delay of 1 to 2 s on any call as ada@example.com"
    )
    assert str(Fault.truncate(3, host="h")) == "body cut to 3 bytes on h"
