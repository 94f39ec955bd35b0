"""Partial responses."""

from __future__ import annotations

import contextlib
import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from emulator.services.google.discovery import load
from emulator.services.google.fields import parse_selection
from emulator.services.google.refusals import InvalidFieldSelection

MESSAGE: dict[str, Any] = {
    "id": "m1",
    "labelIds": ["INBOX", "UNREAD"],
    "payload": {"headers": [{"name": "To", "value": "a"}, {"name": "From", "value": "b"}], "body": {"size": 0}},
}
PAGE: dict[str, Any] = {"messages": [MESSAGE, {"id": "m2"}], "nextPageToken": "7", "resultSizeEstimate": 201}

NAMES = st.sampled_from(["id", "messages", "payload", "labelIds", "nextPageToken", "headers", "name", "*"])
SELECTIONS = st.recursive(
    NAMES,
    lambda inner: st.one_of(
        st.builds("{}/{}".format, NAMES, inner),
        st.builds("{}({})".format, NAMES, inner),
        st.builds("{},{}".format, inner, inner),
    ),
    max_leaves=8,
)


@pytest.mark.parametrize(
    ("text", "selected"),
    [
        ("*", PAGE),
        ("nextPageToken", {"nextPageToken": "7"}),
        ("nextPageToken, messages/id", {"messages": [{"id": "m1"}, {"id": "m2"}], "nextPageToken": "7"}),
        ("messages(id,labelIds)", {"messages": [{"id": "m1", "labelIds": ["INBOX", "UNREAD"]}, {"id": "m2"}]}),
        (
            "messages/payload/headers/name",
            {"messages": [{"payload": {"headers": [{"name": "To"}, {"name": "From"}]}}, {}]},
        ),
        (
            "messages/payload(headers(value),body/size)",
            {"messages": [{"payload": {"headers": [{"value": "a"}, {"value": "b"}], "body": {"size": 0}}}, {}]},
        ),
        ("messages(id),messages/labelIds", {"messages": [{"id": "m1", "labelIds": ["INBOX", "UNREAD"]}, {"id": "m2"}]}),
        ("messages,messages/id", {"messages": PAGE["messages"]}),
        ("messages/*/body", {"messages": [{"payload": {"body": {"size": 0}}}, {}]}),
        ("historyId", {}),
    ],
)
def test_selects(text: str, selected: dict[str, Any]) -> None:
    assert parse_selection(text).apply(PAGE) == selected


def test_keeps_the_order_of_the_response() -> None:
    assert json.dumps(parse_selection("nextPageToken,messages/id").apply(PAGE)).startswith('{"messages"')


@pytest.mark.parametrize("text", [",", "a,", "a/", "a(", "a(b", "a)", "()", "a(b)c", "a b", "/a", "a//b", "a(b,)", "é"])
def test_a_malformed_selection_is_refused_with_its_text(text: str) -> None:
    with pytest.raises(InvalidFieldSelection) as refused:
        parse_selection(text)
    assert refused.value.message == f"Invalid field selection {text}"


@pytest.mark.parametrize(
    ("text", "name", "path"),
    [
        ("foo", "foo", "foo"),
        ("messages/foo", "foo", "messages.foo"),
        ("messages(id,payload(parts/parts/bar))", "bar", "messages.payload.parts.parts.bar"),
        ("nextPageToken/id", "id", "nextPageToken.id"),
    ],
)
def test_a_name_outside_the_schema_is_refused(text: str, name: str, path: str) -> None:
    with pytest.raises(InvalidFieldSelection) as refused:
        parse_selection(text).check(load("gmail"), "ListMessagesResponse")
    error = refused.value.value()["error"]
    assert error["message"] == f"Invalid field selection {name}"
    entry = {"message": error["message"], "domain": "global", "reason": "invalidParameter"}
    assert error["errors"] == [{**entry, "location": "fields", "locationType": "parameter"}]
    assert error["details"][0]["fieldViolations"][0]["field"] == path


def test_maps_accept_any_key() -> None:
    parse_selection("items(localizations/de/title)").check(load("youtube"), "VideoListResponse")


def test_real_selections_pass() -> None:
    gmail = load("gmail")
    parse_selection("id,payload/headers").check(gmail, "Message")
    parse_selection("labels(name,id,type)").check(gmail, "ListLabelsResponse")
    parse_selection("messages/*/name").check(gmail, "ListMessagesResponse")


@pytest.mark.parametrize("text", ["a(" * 5000, "a/" * 5000 + "a", "parts/" * 60 + "id"])
def test_nesting_has_a_limit(text: str) -> None:
    with pytest.raises(InvalidFieldSelection):
        parse_selection(text)


@given(SELECTIONS)
def test_selecting_twice_changes_nothing_more(text: str) -> None:
    selection = parse_selection(text)
    once = selection.apply(PAGE)
    assert selection.apply(once) == once


@given(SELECTIONS, SELECTIONS)
def test_a_union_holds_what_either_side_selects(left: str, right: str) -> None:
    both = parse_selection(f"{left},{right}").apply(PAGE)
    assert both == parse_selection(f"{right},{left}").apply(PAGE)
    assert parse_selection(left).apply(both) == parse_selection(left).apply(PAGE)


@given(st.text(alphabet="ab*/(), é"))
def test_any_text_is_parsed_or_refused(text: str) -> None:
    with contextlib.suppress(InvalidFieldSelection):
        assert isinstance(parse_selection(text).apply(PAGE), dict)
