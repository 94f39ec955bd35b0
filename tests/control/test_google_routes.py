"""The Google side through the control API: what it changes is what the wire meets."""

from __future__ import annotations

import json

import pytest

from emulator.kernel.http import Call, Headers

SEED = """
google:
  projects: [{id: tvs, number: 500000000001, publishing_status: production}]
  clients: [{name: TV, project: tvs, type: tv}]
  users: [{email: emp@corp.example, organization: corp.example}]
  service_accounts: [{name: robot, project: tvs}]
"""


@pytest.fixture(autouse=True)
def _seeded(app):
    app.seed(text=SEED)


def error_of(reply):
    return json.loads(reply.body)["error"]


def test_a_client_is_deleted_and_restored(console):
    assert console.done("POST", "google/client", {"name": "N", "deleted": True})["deleted"] is True
    assert error_of(console.refresh()) == "deleted_client"
    console.done("POST", "google/client", {"name": "N", "deleted": False})
    assert console.refresh().status == 200


def test_secrets_come_and_go(console):
    old = console.done("POST", "google/client", {"name": "N"})["secrets"]
    shown = console.done("POST", "google/client", {"name": "N", "add_secrets": ["GOCSPX-new"], "remove_secrets": old})
    assert shown["secrets"] == ["GOCSPX-new"]
    assert console.refresh().status == 200


def test_a_project_is_changed_in_one_go(console):
    shown = console.done(
        "POST",
        "google/project",
        {
            "name": "p",
            "publishing_status": "testing",
            "add_test_users": ["U@example.com"],
            "disable": ["gmail.googleapis.com"],
        },
    )
    assert (shown["publishing_status"], shown["test_users"], shown["enabled_apis"]) == (
        "testing",
        ["u@example.com"],
        [],
    )


@pytest.mark.parametrize(
    ("route", "body", "message"),
    [
        ("project", {"name": "q"}, "no project 'q'"),
        ("project", {"name": "p", "title": "T", "user_type": "inner"}, 'expected one of "external", "internal"'),
        ("user", {"name": "nobody@example.com"}, "no user"),
        ("organization", {"name": "corp.example", "block": ["N", "nothing"]}, "no OAuth client 'nothing'"),
        ("organization", {"name": "corp.example", "session_hours": -1}, "expected 0 or more"),
        ("service_account", {"name": "robot", "disabled": True, "delete_keys": ["0"]}, "no key of robot@tvs"),
        ("device", {"user_code": "AAAA-AAAA"}, "no waiting device code"),
    ],
)
def test_a_mistake_is_named_and_changes_nothing(console, app, route, body, message):
    before = app.world.image()
    assert message in console.refused("POST", f"google/{route}", body)
    assert app.world.image() == before


def test_a_new_password_ends_tokens_and_the_listing_says_why(console):
    console.done("POST", "google/user", {"name": "u@example.com", "change_password": True})
    (token,) = console.done("GET", "google/tokens", query="user=u@example.com")["tokens"]
    assert (token["dead_reason"], token["client"], token["expires"]) == ("password_changed", "N", None)
    assert token["died"].endswith("Z")
    assert console.done("GET", "google/tokens")["tokens"] == [token]


def test_an_organization_decides(console):
    console.done("POST", "google/user", {"name": "u@example.com", "organization": "corp.example"})
    shown = console.done("POST", "google/organization", {"name": "corp.example", "block": ["N"], "session_hours": 16})
    assert shown["session_hours"] == 16
    assert error_of(console.refresh()) == "admin_policy_enforced"
    undone = console.done("POST", "google/organization", {"name": "corp.example", "unblock": ["N"], "session_hours": 0})
    assert (undone["blocked_clients"], undone["session_hours"]) == ([], None)
    assert console.refresh().status == 200


def test_a_service_account_hands_out_its_key(console, app):
    delegate = [{"organization": "corp.example", "scopes": ["gmail.readonly"]}]
    shown = console.done("POST", "google/service_account", {"name": "robot", "delegate": delegate})
    assert shown["key"]["client_email"] == shown["email"] == "robot@tvs.iam.gserviceaccount.com"
    assert app.google.service_account("robot").delegated("corp.example")
    newer = console.done("POST", "google/service_account", {"name": "robot", "create_key": True})["key"]
    assert newer["private_key_id"] != shown["key"]["private_key_id"]
    console.done("POST", "google/service_account", {"name": "robot", "delegate": [{"organization": "corp.example"}]})
    assert not app.google.service_account("robot").delegated("corp.example")


@pytest.mark.parametrize(("user", "answered"), [("u@example.com", "approved"), (None, "denied")])
def test_a_device_is_answered(console, app, user, answered):
    body = f"client_id={app.google.client('TV').client_id}&scope=openid".encode()
    lines = Headers({"Content-Type": "application/x-www-form-urlencoded"})
    device = json.loads(app.respond(Call("POST", "oauth2.googleapis.com", "/device/code", "", lines, body)).body)
    wanted = {"user_code": device["user_code"]} | ({"user": user} if user else {})
    assert console.done("POST", "google/device", wanted) == {"answered": answered}
