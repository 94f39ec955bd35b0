"""The mailbox through Google's real client, over its own mock of the connection."""

from __future__ import annotations

import json
from types import ModuleType
from typing import Any, cast
from urllib.parse import parse_qs, urlsplit

import pytest
from googleapiclient.discovery import build
from googleapiclient.errors import HttpError
from googleapiclient.http import HttpMock, HttpMockSequence


class Gmail:
    """A mailbox that gives the answers in order, and the requests it was asked."""

    def __init__(self, inbox: ModuleType, *answers: tuple[int, dict[str, Any]]) -> None:
        self._http = HttpMockSequence([({"status": str(status)}, json.dumps(body)) for status, body in answers])
        # The stubs know only HttpMock as a stand-in for the connection.
        self.inbox = inbox.Inbox(build("gmail", "v1", http=cast("HttpMock", self._http)))

    @property
    def paths(self) -> list[str]:
        return [urlsplit(uri).path for uri, *_ in self._http.request_sequence]

    @property
    def queries(self) -> list[dict[str, str]]:
        requests = self._http.request_sequence
        return [{name: values[0] for name, values in parse_qs(urlsplit(uri).query).items()} for uri, *_ in requests]


def page(*ids: str, token: str | None = None) -> tuple[int, dict[str, Any]]:
    body: dict[str, Any] = {"threads": [{"id": thread_id} for thread_id in ids]}
    return 200, body | ({"nextPageToken": token} if token else {})


def thread(thread_id: str, *label_ids: str) -> tuple[int, dict[str, Any]]:
    message = {"internalDate": "1", "labelIds": list(label_ids), "payload": {"headers": []}}
    return 200, {"id": thread_id, "messages": [message]}


def error(status: int, reason: str) -> tuple[int, dict[str, Any]]:
    return status, {"error": {"code": status, "message": reason, "errors": [{"message": reason, "reason": reason}]}}


@pytest.fixture
def pauses(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    taken: list[float] = []
    monkeypatch.setattr("time.sleep", taken.append)
    return taken


def test_listing_follows_pages_until_the_mailbox_ends(inbox: ModuleType) -> None:
    gmail = Gmail(inbox, page("a", "b", token="t1"), page("c", token="t2"), (200, {}))
    assert gmail.inbox.thread_ids("is:unread", 500) == ["a", "b", "c"]
    assert [query.get("pageToken") for query in gmail.queries] == [None, "t1", "t2"]
    assert {query["q"] for query in gmail.queries} == {"is:unread"}
    assert {query["maxResults"] for query in gmail.queries} == {"100"}


def test_listing_stops_at_the_limit_in_the_middle_of_a_page(inbox: ModuleType) -> None:
    gmail = Gmail(inbox, page("a", "b", token="t1"), page("c", "d", token="t2"))
    assert gmail.inbox.thread_ids("in:inbox", 3) == ["a", "b", "c"]


def test_listing_an_empty_mailbox_finds_nothing(inbox: ModuleType) -> None:
    gmail = Gmail(inbox, (200, {"resultSizeEstimate": 0}))
    assert gmail.inbox.thread_ids("in:inbox", 7) == []
    assert gmail.queries[0]["maxResults"] == "7"


def test_label_names_are_fetched_once_and_bodies_never(inbox: ModuleType) -> None:
    labels = (200, {"labels": [{"id": "Label_1", "name": "Invoices"}]})
    gmail = Gmail(inbox, thread("a", "Label_1"), labels, thread("b", "Label_1"))
    items = [gmail.inbox.read_thread(thread_id) for thread_id in ("a", "b")]
    assert [item["labels"] for item in items] == [["Invoices"], ["Invoices"]]
    assert gmail.paths == [f"/gmail/v1/users/me/{tail}" for tail in ("threads/a", "labels", "threads/b")]
    assert not any("body" in query["fields"] for query in gmail.queries)


def test_a_thread_deleted_meanwhile_is_none(inbox: ModuleType) -> None:
    assert Gmail(inbox, error(404, "notFound")).inbox.read_thread("a") is None


def test_transient_errors_are_retried(inbox: ModuleType, pauses: list[float]) -> None:
    gmail = Gmail(
        inbox,
        error(503, "backendError"),
        error(429, "rateLimitExceeded"),
        error(403, "userRateLimitExceeded"),
        page("a"),
    )
    assert gmail.inbox.thread_ids("in:inbox", 1) == ["a"]
    assert len(pauses) == 3


def test_retries_are_bounded(inbox: ModuleType, pauses: list[float]) -> None:
    gmail = Gmail(inbox, *[error(503, "backendError")] * 9)
    with pytest.raises(HttpError) as caught:
        gmail.inbox.read_thread("a")
    assert caught.value.status_code == 503
    assert len(gmail.paths) == 5
    assert sum(pauses) <= 30


def test_a_refusal_is_not_retried(inbox: ModuleType, pauses: list[float]) -> None:
    gmail = Gmail(inbox, error(403, "insufficientPermissions"), page("a"))
    with pytest.raises(HttpError):
        gmail.inbox.thread_ids("in:inbox", 1)
    assert pauses == []
