"""Faults as data: seeds, bodies, marks."""

from __future__ import annotations

import pytest

from emulator.kernel.faults import Fault, FaultError, Faults, Uniform
from emulator.kernel.faults.declared import EFFECTS, declared_faults, fault_of
from emulator.kernel.seed import SeedDocument, SeedError

EXAMPLES = {
    "status": (
        {"status": 429, "message": "slow down", "headers": {"Retry-After": "3"}},
        Fault.status(429, message="slow down", headers={"Retry-After": "3"}),
    ),
    "condition": ({"condition": "quota_exceeded", "service": "gmail"}, Fault.quota_exceeded("gmail")),
    "grpc": ({"grpc": "UNAVAILABLE", "message": "m"}, Fault.grpc("UNAVAILABLE", "m")),
    "delay": ({"delay": {"uniform": [1, 2]}}, Fault.delay(Uniform(1, 2))),
    "stall": ({"stall": True}, Fault.stall()),
    "reset": ({"reset": "after"}, Fault.reset("after")),
    "truncate": ({"truncate": 0}, Fault.truncate(0)),
    "drip": ({"drip": {"piece": 8}}, Fault.drip(piece=8)),
    "malformed_json": ({"malformed_json": True}, Fault.malformed_json()),
    "content_type": ({"content_type": "text/html"}, Fault.content_type("text/html")),
    "duplicate": ({"duplicate": True, "nth": 2}, Fault.duplicate(nth=2)),
    "stale": ({"stale": True, "every": 2}, Fault.stale(every=2)),
}


def test_every_effect_has_an_example():
    assert set(EXAMPLES) == set(EFFECTS)


@pytest.mark.parametrize("effect", EXAMPLES)
def test_a_declaration_is_the_fault_it_says(effect):
    given, expected = EXAMPLES[effect]
    assert fault_of(given, "mark") == expected


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({}, "exactly one of status, .*; this has none"),
        ({"status": 503, "stall": True}, "this has status and stall"),
        ({"stall": False}, "this has none"),
        ({"stall": True, "body": "x"}, "body belongs to a status, not to stall"),
        ({"status": 503, "opration": "x"}, 'did you mean "operation"'),
        ({"condition": "tired"}, "condition must be one of quota_exceeded"),
        ({"delay": {"uniform": [1]}}, "a uniform delay takes two numbers, got 1"),
        ({"delay": {}}, "has one of uniform"),
        ({"reset": "sideways"}, '"before", "after"'),
        ({"status": "many"}, "status"),
    ],
)
def test_a_mistake_is_named_with_the_choices(given, message):
    with pytest.raises(SeedError, match=message):
        fault_of(given, "mark")


def test_what_is_no_data_is_refused():
    with pytest.raises(FaultError, match=r"mark: .*not JSON serializable"):
        fault_of({"status": object()}, "mark")


def test_a_predicate_comes_along():
    assert fault_of({"status": 503, "when": bool}, "mark").where.when is bool


def test_a_section_is_armed_whole_or_not_at_all():
    faults = Faults(list)
    with pytest.raises(SeedError, match=r"world.yaml:2: .*no operation matches 'x'"):
        declared_faults(SeedDocument.load("- {status: 503}\n- {status: 500, operation: x}", "world.yaml"), faults)
    assert len(faults) == 0
    declared_faults(SeedDocument.load("- {status: 503, times: 2}\n- {delay: 1.5}"), faults)
    assert [str(fault) for _, fault in faults] == ["503 on any call (times=2)", "delay of 1.5 s on any call"]
