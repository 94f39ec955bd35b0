"""No look-up of the token endpoint may walk a table: that is what keeps ten thousand live tokens as quick as ten."""

from __future__ import annotations

import json

import pytest

SMALL = {"google_setting", "google_signing_key"}  # never more than a few rows, and not asked on the way of a success


@pytest.fixture
def plans(house):
    """The statements run inside a block, with SQLite's plan for each that scans a table."""
    seen = []
    house.world._database.set_trace_callback(seen.append)
    yield seen
    house.world._database.set_trace_callback(None)


def scans(house, statements):
    house.world._database.set_trace_callback(None)
    found = []
    for statement in dict.fromkeys(statements):
        if not statement.upper().startswith(("SELECT", "UPDATE", "DELETE", "INSERT")):
            continue
        for row in house.world.all(f"EXPLAIN QUERY PLAN {statement}"):
            table = str(row["detail"]).removeprefix("SCAN ").partition(" ")[0]
            if row["detail"].startswith("SCAN ") and table.startswith("google_") and table not in SMALL:
                found.append((statement, row["detail"]))
    return found


def test_a_refresh_and_a_tokeninfo_walk_no_table(house, plans):
    token = json.loads(house.refresh().body)["access_token"]
    house.post("/tokeninfo", {"access_token": token})
    assert len(plans) > 10
    assert scans(house, plans) == []


def test_an_exchange_and_a_revocation_walk_no_table(house, issue, exchange, plans):
    answer = json.loads(exchange(issue(scopes=("openid", "email"))).body)
    house.post("/revoke", {"token": answer["refresh_token"]})
    assert len(plans) > 20
    assert scans(house, plans) == []


def test_a_member_of_an_organization_is_looked_up_too(house, plans):
    house.google.user("u@example.com").organization = "example.com"
    house.google.organization("example.com").restrict("youtube.googleapis.com")
    plans.clear()
    house.refresh()
    assert scans(house, plans) == []


def test_a_refresh_without_openid_touches_no_key(house, plans):
    house.refresh()
    assert not [statement for statement in plans if "signing_key" in statement]
