"""A thread resource becomes one item, whatever order, spelling and gaps it comes with."""

from __future__ import annotations

import json
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest


def message(at: int = 1768206600000, *, parts: list[dict[str, Any]] | None = None, **more: Any) -> dict[str, Any]:
    headers = more.pop("headers", {"From": "Ada <ada@example.com>", "Subject": "Hello"})
    payload: dict[str, Any] = {"filename": more.pop("filename", "")}
    if headers:
        payload["headers"] = [{"name": name, "value": value} for name, value in headers.items()]
    if parts is not None:
        payload["parts"] = parts
    return {"internalDate": str(at), "snippet": "", "payload": payload} | more


def item(threads: ModuleType, *messages: dict[str, Any], labels: dict[str, str] | None = None) -> dict[str, Any]:
    thread = {"id": "1a0d3496fb385f8a", "historyId": "7", "messages": list(messages)}
    return dict(threads.thread_item(thread, labels or {}))


def test_a_thread_is_described_by_its_first_subject_and_its_newest_message(threads: ModuleType) -> None:
    older = message(1768206600000, headers={"From": "Ada <ada@example.com>", "Subject": "Plan"}, snippet="old")
    newer = message(1768208700999, headers={"From": "grace@example.com", "Subject": "Re: Plan"}, snippet="new")
    for order in ((older, newer), (newer, older)):
        described = item(threads, *order)
        assert described["subject"] == "Plan"
        assert described["from"] == "grace@example.com"
        assert described["snippet"] == "new"
        assert described["message_count"] == 2
        assert described["first_message_at"] == "2026-01-12T08:30:00Z"
        assert described["last_message_at"] == "2026-01-12T09:05:00Z"


def test_headers_are_found_in_any_spelling(threads: ModuleType) -> None:
    described = item(threads, message(headers={"SUBJECT": "Loud", "from": "ada@example.com", "cC": "b@example.com"}))
    assert (described["subject"], described["from"]) == ("Loud", "ada@example.com")
    assert described["participants"] == ["ada@example.com", "b@example.com"]


def test_participants_are_distinct_addresses_in_order_of_appearance(threads: ModuleType) -> None:
    first = message(1, headers={"From": '"Lovelace, Ada" <ADA@example.com>', "To": "grace@example.com, Bob"})
    second = message(2, headers={"From": "Grace <Grace@example.com>", "Cc": "new@example.org", "To": "ada@example.com"})
    assert item(threads, first, second)["participants"] == ["ada@example.com", "grace@example.com", "new@example.org"]


def test_a_message_without_headers_or_labels_leaves_empty_values(threads: ModuleType) -> None:
    described = item(threads, message(headers={}))
    assert described["subject"] == described["from"] == described["snippet"] == ""
    assert described["participants"] == described["labels"] == []
    assert described["unread"] is described["has_attachment"] is False


def test_labels_of_all_messages_are_named_and_one_unread_message_makes_the_thread_unread(threads: ModuleType) -> None:
    described = item(
        threads,
        message(1, labelIds=["INBOX", "UNREAD", "Label_3"]),
        message(2, labelIds=["INBOX", "Label_9"]),
        labels={"INBOX": "INBOX", "Label_3": "Invoices"},
    )
    assert described["labels"] == ["INBOX", "Invoices", "Label_9", "UNREAD"]
    assert described["unread"] is True


def test_the_snippet_is_plain_text(threads: ModuleType) -> None:
    assert item(threads, message(snippet="Tom &amp; Jerry&#39;s &lt;3"))["snippet"] == "Tom & Jerry's <3"


@pytest.mark.parametrize(
    ("described", "expected"),
    [
        (message(filename="scan.pdf"), True),
        (message(parts=[{"filename": ""}, {"filename": "a.txt"}]), True),
        (message(parts=[{"parts": [{"filename": "", "parts": [{"filename": "deep.png"}]}]}]), True),
        (message(parts=[{"filename": "", "parts": [{"filename": ""}]}]), False),
    ],
)
def test_a_file_counts_at_any_depth(threads: ModuleType, described: dict[str, Any], expected: bool) -> None:  # noqa: FBT001
    assert item(threads, described)["has_attachment"] is expected


def test_the_dataset_schema_describes_exactly_the_item(threads: ModuleType, actor_folder: Path) -> None:
    schema = json.loads((actor_folder / ".actor" / "dataset_schema.json").read_text("utf-8"))
    names = list(item(threads, message()))
    assert list(schema["fields"]["properties"]) == names
    assert schema["fields"]["required"] == names
    for view in schema["views"].values():
        assert list(view["display"]["properties"]) == view["transformation"]["fields"]
        assert set(view["transformation"]["fields"]) <= set(names)
