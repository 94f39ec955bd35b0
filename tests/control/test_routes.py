"""What each control route does, and what it says to misuse."""

from __future__ import annotations

import json
import sqlite3
from base64 import b64encode
from contextlib import closing

import pytest

from emulator.control.routes import ROUTES

PROFILE = "/gmail/v1/users/me/profile"
LIST = "/gmail/v1/users/me/messages"
RAW = b"From: v@example.org\r\nTo: u@example.com\r\nSubject: Hello\r\n\r\nA line.\r\n"
NEW_YEAR = "2026-01-01T00:00:00.000Z"


def mint(console, **changes):
    wanted = {"user": "u@example.com", "scopes": ["gmail.readonly"]} | changes
    return console.done("POST", "tokens", wanted)["access_token"]


# -- looking ---------------------------------------------------------------------------------------------------------


def test_health_tells_the_time_and_the_hosts(console):
    told = console.done("GET", "health")
    assert (told["status"], told["now"]) == ("ok", NEW_YEAR)
    assert {"oauth2.googleapis.com", "gmail.googleapis.com"} <= set(told["hosts"])


def test_credentials_are_enough_for_a_refresh(console):
    [held] = console.done("GET", "credentials")["google"]
    assert (held["user"], held["client"]) == ("u@example.com", "N")
    assert [scope.rpartition("/")[2] for scope in held["scopes"]] == ["gmail.modify", "gmail.readonly"]
    assert console.refresh().status == 200


def test_the_environment_is_what_the_emulator_hands_over(console):
    assert console.done("GET", "environment") == {"ACTOR_EMULATOR_URL": "http://127.0.0.1:1"}


def test_coverage_counts_what_is_bound(console):
    for service in console.done("GET", "coverage")["services"]:
        assert service["operations"] == service["bound"] + len(service["unbound"])
    assert "google.oauth" in {service["service"] for service in console.done("GET", "coverage")["services"]}


def test_the_report_counts_and_lists_what_went_wrong(console, app):
    console.refresh()
    console.call("/nowhere/at/all")
    app.refuse("api.example.net", 443, "curl", "not emulated")
    told = console.done("GET", "report")
    assert {"operation": "google.oauth.token", "status": 200, "count": 1} in told["calls"]
    assert [entry["path"] for entry in told["unrouted"]] == ["/nowhere/at/all"]
    assert (told["refused"][0]["host"], told["crashed"]) == ("api.example.net", [])


def test_control_calls_are_not_journalled(console, app):
    console.done("GET", "health")
    assert len(app.journal) == 0


# -- journal ---------------------------------------------------------------------------------------------------------


def test_the_journal_masks_every_secret(console):
    [held] = console.done("GET", "credentials")["google"]
    access = json.loads(console.refresh().body)["access_token"]
    console.call(PROFILE, token=access)
    console.call(f"/o/{access}")
    shown = json.dumps(console.done("GET", "journal"))
    for secret in (held["client_secret"], held["refresh_token"], access):
        assert secret not in shown
    assert held["client_id"] in shown


def test_the_journal_is_narrowed_by_operation_and_status(console):
    console.refresh()
    console.call(PROFILE)
    assert len(console.done("GET", "journal")["calls"]) == 2
    [refresh] = console.done("GET", "journal", query="operation=google.oauth.token")["calls"]
    [refused] = console.done("GET", "journal", query="status=401")["calls"]
    assert (refresh["status"], refused["operation"]) == (200, "gmail.users.getProfile")
    assert "status: 'bad'" in console.refused("GET", "journal", query="status=bad")


def test_the_journal_can_be_emptied(console):
    console.refresh()
    assert console.done("DELETE", "journal") == {"calls": [], "refused": []}
    assert console.done("GET", "journal")["calls"] == []


# -- tokens ----------------------------------------------------------------------------------------------------------


def test_a_minted_token_works_until_it_is_expired(console):
    access = mint(console)
    assert console.call(PROFILE, token=access).status == 200
    assert console.done("POST", "tokens", {"user": "u@example.com", "action": "expire"}) == {"expired": 1}
    assert console.call(PROFILE, token=access).status == 401
    assert console.refresh().status == 200


def test_revoking_ends_the_grant_and_all_its_tokens(console):
    access = mint(console)
    assert console.done("POST", "tokens", {"user": "u@example.com", "action": "revoke"}) == {"revoked": True}
    assert console.call(PROFILE, token=access).status == 401
    assert console.done("GET", "credentials") == {"google": []}


@pytest.mark.parametrize(
    ("body", "message"),
    [
        ({}, "user"),
        ({"user": "u@example.com"}, "scopes"),
        ({"user": "u@example.com", "action": "destroy"}, "action"),
        ({"user": "nobody@example.com", "scopes": ["email"]}, "Known: u@example.com"),
        ({"user": "u@example.com", "scopes": ["email"], "client": "M"}, "Known"),
        ({"user": "u@example.com", "scope": ["email"]}, "scope"),
    ],
)
def test_token_requests_that_make_no_sense(console, body, message):
    assert message in console.refused("POST", "tokens", body)


# -- clock -----------------------------------------------------------------------------------------------------------


def test_time_is_told_and_moved(console):
    assert console.done("GET", "clock") == {"now": NEW_YEAR, "speed": 0, "frozen": True}
    assert console.done("POST", "clock", {"advance": "1h 30m"})["now"] == "2026-01-01T01:30:00.000Z"
    assert console.done("POST", "clock", {"set": "2026-02-01T00:00:00Z"})["now"] == "2026-02-01T00:00:00.000Z"
    assert console.done("POST", "clock", {"speed": 60})["speed"] == 60
    assert console.done("POST", "clock", {"freeze": True})["frozen"] is True


def test_time_expires_tokens(console):
    access = mint(console)
    console.done("POST", "clock", {"advance": "3598s"})
    assert console.call(PROFILE, token=access).status == 200
    console.done("POST", "clock", {"advance": "1s"})
    assert console.call(PROFILE, token=access).status == 401


@pytest.mark.parametrize(
    ("body", "message"),
    [
        ({}, "send one of"),
        ({"advance": "yesterday"}, "advance"),
        ({"set": "2025-01-01T00:00:00Z"}, "backwards"),
        ({"speed": -1}, "speed must lie between"),
        ({"advance": "1h", "speed": -1}, "speed must lie between"),
        ({"freeze": "perhaps"}, "freeze"),
    ],
)
def test_clock_requests_that_make_no_sense_leave_time_alone(console, body, message):
    assert message in console.refused("POST", "clock", body)
    assert console.done("GET", "clock")["now"] == NEW_YEAR


# -- faults ----------------------------------------------------------------------------------------------------------


def test_faults_are_armed_listed_met_and_disarmed(console):
    first = console.done("POST", "faults", {"status": 503, "operation": "google.oauth.*", "times": 1})["number"]
    second = console.done("POST", "faults", {"reset": "before", "service": "google.oauth", "after": 5})["number"]
    assert [each["number"] for each in console.done("GET", "faults")["faults"]] == [first, second]
    assert [console.refresh().status for _ in range(2)] == [503, 200]
    assert [each["number"] for each in console.done("GET", "faults")["faults"]] == [second]
    assert console.done("DELETE", "faults", query=f"number={second}") == {"faults": []}


def test_all_faults_are_disarmed_at_once(console):
    console.done("POST", "faults", {"delay": 1.5, "times": 1})
    console.done("POST", "faults", {"truncate": 0})
    assert console.done("DELETE", "faults") == {"faults": []}


@pytest.mark.parametrize(
    ("body", "message"),
    [
        ({}, "exactly one of"),
        ({"status": 503, "delay": 1}, "exactly one of"),
        ({"status": 99}, "between 200 and 599"),
        ({"status": "high"}, "status"),
        ({"status": 503, "times": 0}, "times must be at least 1"),
        ({"status": 503, "operation": "google.oauth.tokn"}, "near: google.oauth.token"),
        ({"status": 503, "service": "mail"}, "there are"),
        ({"reset": "sideways"}, "reset"),
        ({"truncate": -1}, "cannot be cut"),
    ],
)
def test_faults_that_make_no_sense_are_not_armed(console, body, message):
    assert message in console.refused("POST", "faults", body)
    assert console.done("GET", "faults") == {"faults": []}


@pytest.mark.parametrize(("number", "message"), [("7", "no fault 7"), ("x", "number: 'x'")])
def test_a_fault_that_is_not_there_cannot_be_disarmed(console, number, message):
    assert message in console.refused("DELETE", "faults", query=f"number={number}")


# -- seeds, reset, checkpoints, whole worlds -------------------------------------------------------------------------


def rows(console):
    """The whole world as SQL text, but for the real instant at which the clock was set."""
    with closing(sqlite3.connect(":memory:")) as copy:
        copy.deserialize(console.app.world.image())
        copy.execute("DELETE FROM kernel_setting WHERE key = 'clock'")
        return list(copy.iterdump())


def users(console):
    return [user.email for user in console.app.google.users]


def seed(console, email):
    return console.done("POST", "seed", {"text": f"google:\n  users: [{{email: {email}}}]"})


def test_a_seed_adds_to_the_world(console):
    assert seed(console, "v@example.com") == {"status": "seeded"}
    assert users(console) == ["u@example.com", "v@example.com"]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("google:\n  users:\n    - {email: nonsense}", ":3:"),
        ("google:\n  users:\n    - {email: v@example.com}\n    - {email: u@example.com}", "already"),
        ("google:\n  usres: []", "usres"),
        ("gooogle: {}", "gooogle"),
        ("{", "not YAML"),
    ],
)
def test_a_wrong_seed_names_line_and_field_and_changes_nothing(console, text, message):
    before = rows(console)
    assert message in console.refused("POST", "seed", {"text": text}).replace("line 3", ":3:")
    assert users(console) == ["u@example.com"]
    assert rows(console) == before


@pytest.mark.parametrize("body", [{}, {"seeds": ["demo"], "text": "{}"}, {"seeds": ["no such seed"]}, {"seed": "x"}])
def test_seed_requests_that_make_no_sense(console, body):
    assert console.refused("POST", "seed", body)


def test_reset_returns_to_the_beginning_with_everything(console):
    access = mint(console)
    first = rows(console)
    seed(console, "v@example.com")
    console.done("POST", "clock", {"advance": "1d"})
    console.done("POST", "faults", {"status": 503})
    assert console.done("POST", "reset") == {"status": "reset"}
    assert users(console) == ["u@example.com"]
    assert console.done("GET", "clock")["now"] == NEW_YEAR
    assert console.done("GET", "faults") == {"faults": []}
    assert console.call(PROFILE, token=access).status == 401
    assert mint(console) == access
    assert rows(console) == first


def test_checkpoints_are_restored_in_any_order_and_again(console):
    names, states = [], []
    for email in ("a@example.com", "b@example.com", "c@example.com"):
        seed(console, email)
        console.done("POST", "clock", {"advance": "1h"})
        names.append(console.done("POST", "checkpoint")["id"])
        states.append((users(console), console.done("GET", "clock")["now"]))
    for index in (1, 0, 2, 2, 0, 1):
        assert console.done("POST", "restore", {"checkpoint": names[index]}) == {"status": "restored"}
        assert (users(console), console.done("GET", "clock")["now"]) == states[index]


def test_a_checkpoint_repeats_ids_and_brings_faults_back(console):
    console.done("POST", "faults", {"status": 503, "times": 1})
    name = console.done("POST", "checkpoint")["id"]
    first = [console.refresh().body for _ in range(3)]
    console.done("POST", "restore", {"checkpoint": name})
    assert [console.refresh().body for _ in range(3)] == first


def test_the_oldest_checkpoint_makes_room_for_a_21st(console):
    names = [console.done("POST", "checkpoint")["id"] for _ in range(21)]
    message = console.refused("POST", "restore", {"checkpoint": names[0]})
    assert f"no checkpoint '{names[0]}'" in message
    assert console.done("POST", "restore", {"checkpoint": names[1]})


@pytest.mark.parametrize("body", [{}, {"checkpoint": "checkpoint-99"}, {"id": "x"}, b"[]", b"{", b"\xff"])
def test_restore_requests_that_make_no_sense(console, body):
    assert console.refused("POST", "restore", body)


def test_a_world_is_taken_away_and_brought_back(console):
    world = console.ask("GET", "world")
    assert (world.status, world.body[:15]) == (200, b"SQLite format 3")
    seed(console, "v@example.com")
    assert console.done("PUT", "world", world.body) == {"status": "restored"}
    assert users(console) == ["u@example.com"]


@pytest.mark.parametrize("body", [b"", b"garbage", b"SQLite format 3\0" + b"\xff" * 5000])
def test_a_body_that_is_no_world_is_refused_and_changes_nothing(console, body):
    assert "not a world file" in console.refused("PUT", "world", body)
    assert users(console) == ["u@example.com"]


# -- mail ------------------------------------------------------------------------------------------------------------


def test_delivered_mail_is_there_at_once(console):
    sent = {"user": "u@example.com", "messages": [{"raw": b64encode(RAW).decode()}]}
    [message_id] = console.done("POST", "mail", sent)["ids"]
    listed = json.loads(console.call(LIST, token=mint(console)).body)
    assert [each["id"] for each in listed["messages"]] == [message_id]


@pytest.mark.parametrize(
    ("messages", "message"),
    [
        ([{"raw": "!!!"}], "messages[0].raw: not base64"),
        ([{"raw": b64encode(RAW).decode()}, {"raw": "!!!"}], "messages[1].raw: not base64"),
        ([{}], "raw"),
        ("text", "messages"),
    ],
)
def test_mail_that_makes_no_sense_is_not_delivered_in_part(console, messages, message):
    assert message in console.refused("POST", "mail", {"user": "u@example.com", "messages": messages})
    assert "messages" not in json.loads(console.call(LIST, token=mint(console)).body)


# -- misuse ----------------------------------------------------------------------------------------------------------


def test_an_unknown_route_lists_the_routes(console):
    reply = console.ask("GET", "helth")
    assert reply.status == 404
    message = json.loads(reply.body)["error"]["message"]
    assert all(f"{verb} /_emulator/{route}" in message for verb, route in ROUTES)


def test_a_wrong_verb_names_the_right_ones(console):
    reply = console.ask("PATCH", "clock")
    assert (reply.status, json.loads(reply.body)["error"]["message"]) == (
        405,
        "/_emulator/clock takes GET or POST, not PATCH",
    )


@pytest.mark.parametrize("route", sorted(route for verb, route in ROUTES if verb == "POST"))
@pytest.mark.parametrize(
    "body", [b"[", b"[1]", b'"text"', b"\xff", b'{"nonsense": 1}', b'{"a": 1, "a": 2}', b"[" * 5000]
)
def test_no_body_whatever_crashes_a_route(console, route, body):
    reply = console.ask("POST", route, body)
    if route in {"reset", "checkpoint"}:
        assert reply.status == 200
    else:
        assert (reply.status, "error" in json.loads(reply.body)) == (400, True)


def test_a_mistake_names_its_line(console):
    message = console.refused("POST", "clock", b'{\n  "advance": "1h",\n  "sped": 3\n}')
    assert "request body:3" in message
    assert "sped" in message
