"""Accounts that become active while somebody polls, late or never."""

from __future__ import annotations

import time

import pytest

ADA = "ada@example.com"
ACTIVE, PENDING = 1, 3


def poll(wire, connection="gmail"):
    return wire.rpc("GetConnectedAccountAuth", connector=connection, identifier="u1").message.connected_account.status


def ask_for_link(wire, connection="gmail", **more):
    return wire.rpc("GetMagicLinkForConnectedAccount", connector=connection, identifier="u1", **more).message.link


def test_the_third_poll_finds_it_active(wire, scalekit):
    scalekit.account("gmail", "u1").becomes_active(after_polls=3, as_user=ADA)
    assert poll(wire) == PENDING  # before the link is asked for, nobody counts
    ask_for_link(wire)
    assert [poll(wire) for _ in range(4)] == [PENDING, PENDING, ACTIVE, ACTIVE]
    assert scalekit.account("gmail", "u1").access_token.startswith("ya29.")


def test_after_forty_seconds_it_is_active(wire, scalekit, clock):
    scalekit.account("notion", "u1").becomes_active(after=40)
    ask_for_link(wire, "notion")
    seen = []
    for _ in range(9):
        clock.advance(seconds=5)
        seen.append(poll(wire, "notion"))
    assert seen == [PENDING] * 7 + [ACTIVE] * 2


def test_never_means_the_poller_times_out(wire, scalekit, clock, emulator):
    """A five-minute timeout of an Actor that polls every five seconds, in no time."""
    emulator.consent.mode = "auto"
    scalekit.account("notion", "u1").never_active()
    ask_for_link(wire, "notion")
    began, waited = time.perf_counter(), 0
    while waited < 300 and poll(wire, "notion") != ACTIVE:
        clock.advance(seconds=5)
        waited += 5
    assert waited == 300
    assert time.perf_counter() - began < 0.2


def test_a_plan_for_a_user_who_is_not_admitted_leaves_it_pending(wire, scalekit):
    scalekit.account("gmail", "u1").becomes_active(after_polls=1, as_user="mallory@example.org")
    ask_for_link(wire)
    assert poll(wire) == PENDING


def test_a_plan_confirms_the_user_as_well(wire, scalekit):
    scalekit.environment().verification = "custom"
    scalekit.account("notion", "u1").becomes_active(after_polls=1)
    ask_for_link(wire, "notion", user_verify_url="http://x.example/")
    assert poll(wire, "notion") == ACTIVE


def test_a_plan_says_when(scalekit):
    with pytest.raises(ValueError, match="never_active"):
        scalekit.account("notion", "u1").becomes_active()


def test_a_status_is_one_of_five(scalekit):
    with pytest.raises(ValueError, match="PENDING_VERIFICATION"):
        scalekit.account("notion", "u1").status = "REVOKED"
