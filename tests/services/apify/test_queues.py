"""Request queues: once per unique key, in order, one holder at a time."""

from __future__ import annotations

import pytest

from emulator.services.apify.queues import request_id


@pytest.fixture
def queue(api):
    return f"/request-queues/{api.data('POST', '/request-queues')['id']}"


def request(name, **more):
    return {"uniqueKey": name, "url": f"http://127.0.0.1:1/{name}", "method": "GET", **more}


def order(api, queue):
    return [each["uniqueKey"] for each in api.data("GET", f"{queue}/head")["items"]]


def test_the_id_is_the_one_clients_compute():
    assert request_id("http://127.0.0.1:1/x") == "H7gdOPIvJqi6IdA"


def test_a_unique_key_is_added_once(api, queue):
    first = api.data("POST", f"{queue}/requests", request("a"))
    again = api.data("POST", f"{queue}/requests", request("a"))
    assert (first["wasAlreadyPresent"], again["wasAlreadyPresent"]) == (False, True)
    assert first["requestId"] == again["requestId"]
    assert api.data("GET", queue)["totalRequestCount"] == 1


def test_forefront_goes_before_everything(api, queue):
    for name, forefront in (("a", 0), ("b", "false"), ("c", 1), ("d", "true")):
        api.data("POST", f"{queue}/requests?forefront={forefront}", request(name))
    assert order(api, queue) == ["d", "c", "a", "b"]


def test_a_handled_request_leaves_the_head_and_one_given_back_returns_at_the_end(api, queue):
    for name in ("a", "b"):
        api.data("POST", f"{queue}/requests", request(name))
    path = f"{queue}/requests/{request_id('a')}"
    handled = api.data("PUT", path, request("a", handledAt="2026-01-01T00:00:00Z"))
    assert handled["wasAlreadyHandled"] is False
    assert order(api, queue) == ["b"]
    assert api.data("GET", queue)["handledRequestCount"] == 1
    assert api.data("PUT", path, request("a", handledAt=None))["wasAlreadyHandled"] is True
    assert order(api, queue) == ["b", "a"]


def test_locks_hold_others_off_until_they_end(api, queue, clock):
    for name in ("a", "b", "c"):
        api.data("POST", f"{queue}/requests", request(name))
    mine = api.data("POST", f"{queue}/head/lock?lockSecs=60&limit=2&clientKey=one")
    assert [each["uniqueKey"] for each in mine["items"]] == ["a", "b"]
    assert (mine["clientKey"], mine["lockSecs"], mine["queueHasLockedRequests"]) == ("one", 60, True)
    theirs = api.data("POST", f"{queue}/head/lock?lockSecs=60&limit=25&clientKey=two")
    assert [each["uniqueKey"] for each in theirs["items"]] == ["c"]
    assert theirs["hadMultipleClients"] is True
    lock = f"{queue}/requests/{request_id('a')}/lock"
    assert api("PUT", f"{lock}?lockSecs=60&clientKey=two").status == 403
    assert api("PUT", f"{lock}?lockSecs=600&clientKey=one").status == 200
    clock.advance(seconds=120)
    assert order(api, queue) == ["b", "c"]
    assert api("DELETE", f"{lock}?clientKey=one").status == 204
    assert order(api, queue) == ["a", "b", "c"]


def test_an_update_releases_the_lock_of_its_holder_only(api, queue):
    api.data("POST", f"{queue}/requests", request("a"))
    api.data("POST", f"{queue}/head/lock?lockSecs=60&clientKey=one")
    path = f"{queue}/requests/{request_id('a')}"
    assert api.error("PUT", f"{path}?clientKey=two", request("a"))[:2] == (403, "request-handled-or-locked")
    api.data("PUT", f"{path}?clientKey=one", request("a"))
    assert order(api, queue) == ["a"]


def test_everything_a_client_holds_is_given_back_at_once(api, queue):
    for name in ("a", "b"):
        api.data("POST", f"{queue}/requests", request(name))
    api.data("POST", f"{queue}/head/lock?lockSecs=60&clientKey=one")
    assert api.data("GET", f"{queue}/requests?filter=locked")["items"] != []
    assert api.data("POST", f"{queue}/requests/unlock?clientKey=one") == {"unlockedCount": 2}
    assert api.data("GET", f"{queue}/requests?filter=locked")["items"] == []


def test_batches_add_what_is_complete_and_return_the_rest(api, queue):
    found = api.data("POST", f"{queue}/requests/batch", [request("a"), {"url": "http://127.0.0.1:1/none"}])
    assert [each["uniqueKey"] for each in found["processedRequests"]] == ["a"]
    assert found["unprocessedRequests"] == [{"url": "http://127.0.0.1:1/none"}]
    removed = api.data("DELETE", f"{queue}/requests/batch", [{"uniqueKey": "a"}])
    assert removed["processedRequests"] == [{"uniqueKey": "a"}]
    assert order(api, queue) == []


@pytest.mark.parametrize(
    ("verb", "path", "body"),
    [
        ("POST", "/requests/batch", {"not": "a list"}),
        ("POST", "/requests/batch", [{}] * 26),
        ("POST", "/requests", {"url": "http://127.0.0.1:1/"}),
        ("POST", "/head/lock?limit=5", None),
    ],
)
def test_what_is_incomplete_is_refused(api, queue, verb, path, body):
    assert api.error(verb, queue + path, body)[:2] == (400, "invalid-request")
    assert api.data("GET", queue)["totalRequestCount"] == 0


@pytest.mark.parametrize("path", ["/head/lock?lockSecs=60&limit=26", "/head/lock?lockSecs=60&clientKey=" + "k" * 33])
def test_limits_are_kept(api, queue, path):
    assert api.error("POST", queue + path)[:2] == (400, "invalid-value")


def test_requests_are_listed_by_cursor(client, api, queue):
    for number in range(5):
        api.data("POST", f"{queue}/requests", request(str(number)))
    first = api.data("GET", f"{queue}/requests?limit=3")
    rest = api.data("GET", f"{queue}/requests?limit=3&cursor={first['nextCursor']}")
    assert "nextCursor" not in rest
    assert sorted(each["uniqueKey"] for each in first["items"] + rest["items"]) == list("01234")
    listed = client.request_queue(queue.rpartition("/")[2]).list_requests(limit=2)
    assert len(listed.items) == 2


def test_an_unknown_request_is_nothing_to_the_client(client, queue):
    found = client.request_queue(queue.rpartition("/")[2])
    assert found.get_request("AAAAAAAAAAAAAAA") is None
    added = found.add_request({"unique_key": "k", "url": "http://127.0.0.1:1/k"})
    assert found.get_request(added.request_id).url == "http://127.0.0.1:1/k"
