"""Organizations and service accounts in a seed: what is derived, and each mistake at its line."""

from __future__ import annotations

import pytest

from emulator.kernel.seed import SeedDocument, SeedError
from emulator.services.google.seed import google_seed

SEED = """\
projects: [{id: works, number: 400000000001}]
clients: [{name: app, project: works, type: web}]
service_accounts:
  - {name: Robot, project: works, delegations: [{organization: Corp.Example, scopes: [gmail.readonly]}]}
  - {name: other, project: works}
organizations:
  - {domain: Corp.Example, session_hours: 16, blocked_clients: [app]}
"""


def read(text):
    return google_seed(SeedDocument.load(text, "w.yaml"))


def test_addresses_and_ids_are_derived():
    robot, other = read(SEED).service_accounts
    assert robot.email == "robot@works.iam.gserviceaccount.com"
    assert len(robot.client_id) == 21
    assert robot.client_id != other.client_id
    assert robot.delegations[0].organization == "corp.example"
    assert robot.delegations[0].scopes == ("https://www.googleapis.com/auth/gmail.readonly",)
    assert read(SEED).organizations[0].domain == "corp.example"
    assert read(SEED).service_accounts[0] == robot


@pytest.mark.parametrize(
    ("written", "instead", "message"),
    [
        (
            "other, project: works",
            "other, project: wirks",
            'w.yaml:5: service_accounts[1].project: no project "wirks"',
        ),
        ("name: other", "name: robot", '"robot@works.iam.gserviceaccount.com" is already used on line 4'),
        ("name: other", "name: 'a b'", "w.yaml:5: service_accounts[1].name: expected an address"),
        ("name: other", "email: a@example.com, name: other", "expected an address under gserviceaccount.com"),
        ("gmail.readonly", "gmail.raedonly", 'delegations[0].scopes[0]: no scope "gmail.raedonly"'),
        ("[gmail.readonly]", "[]", "service_accounts[0].delegations[0].scopes: expected at least one scope"),
        ("session_hours: 16", "session_hours: 0", "w.yaml:7: organizations[0].session_hours: expected hours above 0"),
        ("[app]", "[ap]", 'w.yaml:7: organizations[0].blocked_clients[0]: no client "ap"'),
        ("blocked_clients", "trusted_clients", ""),
        ("blocked_clients", "blokced_clients", "did you mean"),
    ],
)
def test_each_mistake_is_named_where_it_stands(written, instead, message):
    assert written in SEED
    text = SEED.replace(written, instead)
    if not message:
        assert read(text).organizations[0].trusted_clients == ("app",)
        return
    with pytest.raises(SeedError) as caught:
        read(text)
    assert message in str(caught.value)
