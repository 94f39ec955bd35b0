"""The journal over the control API, and faults with every effect."""

from __future__ import annotations

import json

import pytest

from emulator.kernel.http import Call


@pytest.fixture
def called(console):
    """A console whose world was called twice."""
    for _ in range(2):
        console.app.respond(Call("GET", "oauth2.googleapis.com", "/tokeninfo", "access_token=ya29.a0" + "x" * 40))
    return console


def test_json_lines(called):
    reply = called.ask("GET", "journal", query="format=jsonl")
    assert reply.headers.get("content-type").startswith("application/jsonl")
    assert [json.loads(line)["number"] for line in reply.body.decode().splitlines()] == [1, 2]
    assert b"x" * 40 not in reply.body


def test_har(called):
    log = called.done("GET", "journal", query="format=har&operation=google.oauth.*")["log"]
    assert log["version"] == "1.2"
    assert [entry["_operation"] for entry in log["entries"]] == ["google.oauth.tokeninfo"] * 2
    assert "x" * 40 not in json.dumps(log)


def test_another_format_is_refused_with_those_there_are(called):
    assert "'xml' is not one of json, jsonl, har" in called.refused("GET", "journal", query="format=xml")


@pytest.mark.parametrize(
    "body",
    [
        {"condition": "quota_exceeded", "service": "gmail"},
        {"delay": {"exponential": 0.5}, "probability": 0.5, "seed": "x"},
        {"stall": True, "principal": "ada@example.com"},
        {"drip": {"piece": 10}, "every": 3},
        {"malformed_json": True, "nth": 2},
        {"content_type": "text/html"},
        {"grpc": "UNAVAILABLE", "message": "m"},
        {"duplicate": True},
    ],
)
def test_every_effect_can_be_armed(console, body):
    number = console.done("POST", "faults", body)["number"]
    assert console.done("GET", "faults")["faults"][0]["number"] == number


def test_a_fault_behind_one_that_takes_all_is_refused(console):
    console.done("POST", "faults", {"status": 503})
    assert "can never strike: fault 1, 503 on any call" in console.refused("POST", "faults", {"status": 500})
