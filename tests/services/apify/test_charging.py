"""Pay per event."""

from __future__ import annotations

import pytest

PRICING = {
    "pricingModel": "PAY_PER_EVENT",
    "apifyMarginPercentage": 0.2,
    "createdAt": "2025-01-01T00:00:00.000Z",
    "startedAt": "2025-01-01T00:00:00.000Z",
    "pricingPerEvent": {
        "actorChargeEvents": {
            "page": {"eventTitle": "Page", "eventDescription": "A page", "eventPriceUsd": 0.1},
            "apify-actor-start": {"eventTitle": "Start", "eventDescription": "", "eventPriceUsd": 0.001},
        }
    },
}


@pytest.fixture
def paid(apify, user):
    return apify.create_run("ada/paid", {}, pricing=PRICING, memory=2048, max_charge_usd=0.5)


def charge(api, run, event="page", key="k1", **body):
    return api("POST", f"/actor-runs/{run.id}/charge", {"eventName": event, **body}, idempotency_key=key)


def test_every_declared_event_is_listed_and_the_start_is_charged_by_the_gigabyte(client, paid):
    found = client.run(paid.id).get()
    assert found.charged_event_counts == {"page": 0, "apify-actor-start": 2}
    assert found.pricing_info.pricing_model == "PAY_PER_EVENT"


def test_a_repeated_key_counts_once_for_three_minutes(api, paid, clock):
    assert charge(api, paid, count=2).status == 201
    assert (charge(api, paid, count=2).status, charge(api, paid, count=2).body) == (201, b"{}")
    assert paid.charged["page"] == 2
    clock.advance(minutes=4)
    charge(api, paid)
    assert paid.charged["page"] == 3


@pytest.mark.parametrize(
    ("event", "expected"),
    [
        ("none", (404, "record-not-found", "Pricing for the event none was not found")),
        (
            "apify-x",
            (405, "cannot-charge-apify-event", 'Event "apify-x" is system event and cannot be charged.'),
        ),
    ],
)
def test_what_cannot_be_charged_is_not(api, paid, event, expected):
    path, body = f"/actor-runs/{paid.id}/charge", {"eventName": event}
    assert api.error("POST", path, body, idempotency_key="k") == expected
    assert paid.charged == {"page": 0, "apify-actor-start": 2}


def test_a_run_that_is_not_paid_per_event_cannot_charge(api, run):
    path = f"/actor-runs/{run.id}/charge"
    assert api.error("POST", path, {"eventName": "page"}, idempotency_key="k") == (
        405,
        "cannot-charge-non-pay-per-event-actor",
        "You cannot charge events for an Actor that is not paid per event.",
    )


@pytest.mark.parametrize(
    "body", [{}, {"eventName": ""}, {"eventName": "page", "count": 0}, {"eventName": "page", "count": 10**7 + 1}]
)
def test_an_incomplete_charge_is_refused(api, paid, body):
    assert api.error("POST", f"/actor-runs/{paid.id}/charge", body, idempotency_key="k")[:2] == (400, "invalid-request")


def test_a_charge_without_a_key_is_refused(api, paid):
    assert api.error("POST", f"/actor-runs/{paid.id}/charge", {"eventName": "page"})[:2] == (400, "invalid-request")


def test_past_the_cap_the_charge_counts_and_the_run_is_aborted_gracefully(api, paid):
    assert charge(api, paid, count=4).status == 201
    assert paid.status == "RUNNING"
    assert charge(api, paid, key="k2", count=3).status == 201
    assert paid.charged["page"] == 7
    assert paid.status == "ABORTING"
    assert "$0.5" in paid.status_message
    assert paid.to_json()["chargingStoppedAt"]
    paid.finish(0)
    assert charge(api, paid, key="k3").status == 201
    assert (paid.status, paid.charged["page"]) == ("ABORTED", 8)


def test_items_of_the_default_dataset_are_charged_where_that_is_an_event(api, apify, user):
    events = {"apify-default-dataset-item": {"eventTitle": "Item", "eventDescription": "", "eventPriceUsd": 0.01}}
    pricing = {**PRICING, "pricingPerEvent": {"actorChargeEvents": events}}
    run = apify.create_run("ada/items", pricing=pricing)
    api("POST", f"/datasets/{run.stored.dataset}/items", [{"a": 1}, {"a": 2}])
    api("POST", f"/datasets/{api.data('POST', '/datasets')['id']}/items", {"elsewhere": 1})
    assert run.charged == {"apify-default-dataset-item": 2}
    assert run.charged_usd == 0.02


def test_the_sdk_stops_at_its_budget(paid, at_home, journal):
    left = at_home(
        paid,
        "import asyncio\nfrom apify import Actor\nasync def main():\n"
        "    async with Actor:\n"
        "        await Actor.charge('page', count=2)\n"
        "        done = await Actor.push_data([{'n': n} for n in range(3)], charged_event_name='page')\n"
        "        print(done.event_charge_limit_reached)\n"
        "asyncio.run(main())\n",
    )
    assert left.exit_code == 0, left.printed
    calls = journal.calls("apify.runs.charge").assert_count(2)
    assert len({entry.call.headers.get("idempotency-key") for entry in calls}) == 2
    assert (paid.charged["page"], len(paid.dataset)) == (4, 2)


def test_an_unpaid_actor_that_charges_asks_nobody(run, at_home, journal):
    left = at_home(
        run,
        "import asyncio\nfrom apify import Actor\nasync def main():\n"
        "    async with Actor:\n"
        "        print((await Actor.charge('page')).charged_count)\n"
        "asyncio.run(main())\n",
    )
    assert left.exit_code == 0, left.printed
    assert "Ignored attempt to charge for an event" in left.printed
    journal.calls("apify.runs.charge").assert_none()
