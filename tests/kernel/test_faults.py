"""Faults: matching, counting, refusing nonsense."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest

from emulator.kernel.faults import Fault, FaultError, Faults
from emulator.kernel.http import Call

CALL = Call("GET", "gmail.googleapis.com", "/")
GET, LIST = "gmail.users.messages.get", "gmail.users.messages.list"


@pytest.fixture
def faults():
    return Faults()


def hits(faults: Faults, operation: str, rounds: int = 5) -> list[bool]:
    return [faults.take(operation, "gmail", CALL) is not None for _ in range(rounds)]


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
    assert [faults.take(GET, "gmail", CALL).code for _ in range(2)] == [500, 503]


def test_a_fault_is_used_up_exactly_once_under_threads(faults):
    faults.add(Fault.status(503, after=50, times=100))
    with ThreadPoolExecutor(8) as pool:
        taken = list(pool.map(lambda _: faults.take(GET, "gmail", CALL), range(1000)))
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


def test_a_fault_that_can_never_match_is_refused_with_the_near_choices():
    with pytest.raises(FaultError, match=f"no operation matches 'gmail.users.message.get'; near: {GET}"):
        Fault.status(503, operation="gmail.users.message.get").check([GET, LIST], ["gmail"])
    with pytest.raises(FaultError, match="no service 'mail'; there are gmail, youtube"):
        Fault.status(503, service="mail").check([GET], ["gmail", "youtube"])
    Fault.status(503, operation="gmail.*", service="gmail").check([GET], ["gmail"])


def test_a_fault_describes_itself():
    assert str(Fault.status(503, operation=GET)) == f"503 on {GET}"
    assert str(Fault.status(503)) == "503 on any call"
    assert "delay=2" in str(Fault.delay(2, host="h"))
