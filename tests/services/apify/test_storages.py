"""Names, owners and access of storages."""

from __future__ import annotations

import re

import pytest

ID = re.compile(r"[a-zA-Z0-9]{17}")
KINDS = ("datasets", "key-value-stores", "request-queues")


@pytest.mark.parametrize("kind", KINDS)
def test_a_name_stands_for_one_storage_whatever_its_case(api, kind):
    first = api("POST", f"/{kind}?name=My-Results")
    again = api("POST", f"/{kind}?name=my-results", {})
    assert (first.status, again.status) == (201, 200)
    made = api.data("GET", f"/{kind}/ada~MY-results")
    assert ID.fullmatch(made["id"])
    assert made["id"] == api.data("GET", f"/{kind}/~my-results")["id"] == api.data("GET", f"/{kind}/{made['id']}")["id"]
    assert made["id"] == api.data("GET", f"/{kind}/{made['userId']}~my-results")["id"]


@pytest.mark.parametrize(
    ("kind", "noun"),
    [("datasets", "Dataset"), ("key-value-stores", "Key-value Store"), ("request-queues", "Request queue")],
)
def test_an_unknown_id_is_not_found_and_a_bare_name_is_an_id(api, kind, noun):
    api("POST", f"/{kind}?name=results")
    expected = (404, "record-not-found", f"{noun} was not found")
    assert api.error("GET", f"/{kind}/AAAAAAAAAAAAAAAAA") == expected
    assert api.error("GET", f"/{kind}/results") == expected
    assert api.error("GET", f"/{kind}/nobody~results") == expected


@pytest.mark.parametrize("name", ["-a", "a-", "a_b", "a b", "ä", "a" * 64])
def test_a_name_that_is_none_makes_nothing(api, name):
    from urllib.parse import quote

    assert api.error("POST", f"/datasets?name={quote(name)}")[:2] == (400, "invalid-value")
    assert api.data("GET", "/datasets?unnamed=1")["total"] == 0


def test_every_object_satisfies_the_clients_models(client):
    dataset = client.datasets().get_or_create(name="d")
    store = client.key_value_stores().get_or_create(name="k")
    queue = client.request_queues().get_or_create(name="q")
    assert [each.name for each in client.datasets().list().items] == ["d"]
    assert client.key_value_stores().list().items[0].id == store.id
    assert client.request_queues().list().total == 1
    assert client.dataset(dataset.id).update(name="renamed").name == "renamed"
    client.request_queue(queue.id).delete()
    assert client.request_queue(queue.id).get() is None


def test_a_taken_name_cannot_be_taken_again(api):
    api("POST", "/datasets?name=one")
    two = api.data("POST", "/datasets?name=two")
    assert api.error("PUT", f"/datasets/{two['id']}", {"name": "one"})[:2] == (400, "invalid-value")
    assert api.data("GET", f"/datasets/{two['id']}")["name"] == "two"


def test_strangers_meet_403_until_the_storage_is_opened(api, apify):
    made = api.data("POST", "/datasets?name=mine")
    stranger = apify.add_user("mallory").token
    path = f"/datasets/{made['id']}/items"
    assert api.error("GET", path, token=stranger)[:2] == (403, "insufficient-permissions")
    assert api.error("GET", path, token="")[:2] == (401, "token-not-provided")
    api.data("PUT", f"/datasets/{made['id']}", {"generalAccess": "ANYONE_WITH_ID_CAN_READ"})
    assert api("GET", path, token=stranger).status == 200
    assert api("GET", path, token="").status == 200
    assert api.error("POST", path, {"a": 1}, token=stranger)[:2] == (403, "insufficient-permissions")


def test_limited_permissions_reach_the_run_s_own_storages_and_what_it_made(api, apify, user):
    api("POST", "/key-value-stores?name=existing")
    run = apify.create_run("ada/limited", {"a": 1}, permission="LIMITED_PERMISSIONS")
    assert run.token != user.token
    assert api("GET", f"/key-value-stores/{run.stored.store}/records/INPUT", token=run.token).status == 200
    assert api.error("POST", "/key-value-stores?name=existing", token=run.token)[:2] == (
        403,
        "insufficient-permissions",
    )
    made = api.data("POST", "/key-value-stores?name=own", token=run.token)
    assert api("GET", f"/key-value-stores/{made['id']}", token=run.token).status == 200


def test_a_listing_is_paged_and_named_only_unless_asked(api):
    for number in range(5):
        api("POST", f"/datasets?name=d{number}")
    api("POST", "/datasets")
    page = api.data("GET", "/datasets?offset=1&limit=2&desc=1")
    assert (page["total"], page["offset"], page["limit"], page["count"], page["desc"]) == (5, 1, 2, 2, True)
    assert [each["name"] for each in page["items"]] == ["d3", "d2"]
    assert api.data("GET", "/datasets?unnamed=true")["total"] == 6
