"""JSON bodies and typed values."""

from __future__ import annotations

import base64
import contextlib
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from emulator.services.google.discovery import load
from emulator.services.google.refusals import TranscodingError
from emulator.services.google.scalars import NotThatKind, decode_base64, read_scalar
from emulator.services.google.transcoding import MessageReader, parse_json

JSON_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=10,
)
GMAIL_NAMES = st.sampled_from(["raw", "labelIds", "payload", "message", "headers", "internalDate", "id", "parts", "x"])


def read(body: Any, schema: str = "Message") -> dict[str, Any]:
    return MessageReader(load("gmail")).read(body, schema)


def complaint(body: Any, schema: str = "Message") -> str:
    with pytest.raises(TranscodingError) as refused:
        read(body, schema)
    return refused.value.message


@pytest.mark.parametrize(
    ("body", "message"),
    [
        (b"abc", "Unexpected token.\nabc\n^"),
        (b"{not json", "Expected : between key:value pair.\n{not json\n     ^"),
        (b'{"a":', 'Unexpected end of string. Expected a value.\n{"a":\n     ^'),
        (b'{"a":1', 'Unexpected end of string. Expected , or } after key:value pair.\n{"a":1\n      ^'),
        (b'{"a":1 "b"}', 'Expected , or } after key:value pair.\n{"a":1 "b"}\n       ^'),
        (b'{"a":["]"] "b"}', 'Expected , or } after key:value pair.\n{"a":["]"] "b"}\n           ^'),
        (b"[1 2]", "Expected , or ] after array value.\n[1 2]\n   ^"),
        (b"{,}", "Expected an object key or }.\n{,}\n ^"),
        (b'{"a":%}', 'Expected a value.\n{"a":%}\n     ^'),
        (b'"x', 'Closing quote expected in string.\n"x\n  ^'),
        (b'{"a":"N", "b":NaN}', 'Unexpected token.\n{"a":"N", "b":NaN}\n              ^'),
        (
            b'{"aaaaaaaaaaaaaaaaaaaaaaaaa" 1}',
            'Expected : between key:value pair.\naaaaaaaaaaaaaaaaaa" 1}\n                    ^',
        ),
        (b"[" * 100_000, "Message too deep. Max recursion depth reached for key ''"),
        (b'{"a":' + b"9" * 6000 + b"}", "Number exceeds the range of double."),
    ],
    ids=lambda value: value[:12].decode() if isinstance(value, bytes) else "",
)
def test_a_body_that_is_not_json_is_located(body: bytes, message: str) -> None:
    with pytest.raises(TranscodingError) as refused:
        parse_json(body)
    assert refused.value.message == f"Invalid JSON payload received. {message}"
    assert refused.value.violations[0].field == ""


@pytest.mark.parametrize("body", [b"", b" \n", b"{}"])
def test_no_body_is_an_empty_message(body: bytes) -> None:
    assert parse_json(body) == {}


def test_names_are_canonical_and_values_typed() -> None:
    raw = base64.urlsafe_b64encode(b"\xfb\xff mail").decode().rstrip("=")
    assert read({"label_ids": ["INBOX"], "raw": raw, "internalDate": "1700000000000", "historyId": 7, "id": None}) == {
        "labelIds": ["INBOX"],
        "raw": b"\xfb\xff mail",
        "internalDate": 1_700_000_000_000,
        "historyId": 7,
    }
    assert read({"message": {"threadId": "t"}}, "Draft") == {"message": {"threadId": "t"}}


def test_one_value_will_do_for_a_repeated_field() -> None:
    assert read({"addLabelIds": "INBOX"}, "ModifyMessageRequest") == {"addLabelIds": ["INBOX"]}


@pytest.mark.parametrize(
    ("body", "schema", "message"),
    [
        ({"foo": 1}, "ModifyMessageRequest", 'Invalid JSON payload received. Unknown name "foo": Cannot find field.'),
        ({"x": 1}, "Message", "Invalid JSON payload received. Unknown name \"x\" at 'message': Cannot find field."),
        (
            {"message": {"payload": {"headers": [{}, {"x": 1}]}}},
            "Draft",
            (
                "Invalid JSON payload received. Unknown name \"x\" at 'draft.message.payload.headers[1]': "
                "Cannot find field."
            ),
        ),
        ({"raw": "?"}, "Message", "Invalid value at 'message.raw' (TYPE_BYTES), Base64 decoding failed for \"?\""),
        ({"threadId": 5}, "Message", "Invalid value at 'message.thread_id' (TYPE_STRING), 5"),
        ({"labelIds": ["A", 5]}, "Message", "Invalid value at 'message.label_ids[1]' (TYPE_STRING), 5"),
        ({"sizeEstimate": "x"}, "Message", "Invalid value at 'message.size_estimate' (TYPE_INT32), \"x\""),
        ({"internalDate": "-"}, "Message", "Invalid value at 'message.internal_date' (TYPE_INT64), \"-\""),
        (
            {"id": ["a"]},
            "Message",
            (
                "Invalid JSON payload received. Unknown name \"id\" at 'message': "
                "Proto field is not repeating, cannot start list."
            ),
        ),
        (
            {"addLabelIds": {}},
            "ModifyMessageRequest",
            "Invalid value (add_label_ids), Starting an object on a scalar field",
        ),
        ({"id": {}}, "Message", "Invalid value at 'message' (id), Starting an object on a scalar field"),
        (
            {"labelListVisibility": "maybe"},
            "Label",
            "Invalid value at 'label.label_list_visibility' (TYPE_ENUM), \"maybe\"",
        ),
        ([], "Message", 'Invalid JSON payload received. Unknown name "": Root element must be a message.'),
    ],
)
def test_what_does_not_fit_is_named(body: Any, schema: str, message: str) -> None:
    assert complaint(body, schema) == message


def test_every_violation_is_listed() -> None:
    lines = complaint({"a": 1, "b": 2}, "ModifyMessageRequest").splitlines()
    assert [line.split('"')[1] for line in lines] == ["a", "b"]


@pytest.mark.parametrize(
    ("facts", "value", "expected"),
    [
        ({"type": "integer", "format": "uint32"}, "0", 0),
        ({"type": "integer", "format": "uint32"}, 4294967295, 4294967295),
        ({"type": "integer", "format": "int32"}, 3.0, 3),
        ({"type": "string", "format": "uint64"}, "18446744073709551615", 2**64 - 1),
        ({"type": "boolean"}, "TRUE", True),
        ({"type": "boolean"}, False, False),
        ({"type": "number", "format": "double"}, "2.5", 2.5),
        ({"type": "string", "enum": ["full", "raw"]}, "FULL", "full"),
        ({"type": "string", "enum": ["messageAdded"]}, "MESSAGE_ADDED", "messageAdded"),
        (
            {"type": "string", "format": "google-datetime"},
            "2026-01-02T03:04:05.5Z",
            datetime(2026, 1, 2, 3, 4, 5, 500_000, tzinfo=UTC),
        ),
    ],
)
def test_reads_values_of_its_kind(facts: dict[str, Any], value: Any, expected: Any) -> None:
    assert read_scalar(facts, value, "name") == expected


@pytest.mark.parametrize(
    ("facts", "value", "said"),
    [
        ({"type": "integer", "format": "uint32"}, "-1", '(TYPE_UINT32), "-1"'),
        ({"type": "integer", "format": "uint32"}, "4294967296", '(TYPE_UINT32), "4294967296"'),
        ({"type": "integer", "format": "int32"}, "1_000", '(TYPE_INT32), "1_000"'),
        ({"type": "integer", "format": "int32"}, "\u0663", '(TYPE_INT32), "\u0663"'),
        ({"type": "integer", "format": "int32"}, True, "(TYPE_INT32), true"),
        ({"type": "integer", "format": "int32"}, 1.5, "(TYPE_INT32), 1.5"),
        ({"type": "string", "format": "uint64"}, "abc", '(TYPE_UINT64), "abc"'),
        ({"type": "boolean"}, "maybe", '(TYPE_BOOL), "maybe"'),
        ({"type": "boolean"}, "", '(TYPE_BOOL), ""'),
        ({"type": "number"}, "x", '(TYPE_DOUBLE), "x"'),
        ({"type": "string", "enum": ["full"]}, "ful", '(TYPE_ENUM), "ful"'),
        (
            {"type": "string", "format": "google-datetime"},
            "2026-01-02",
            (
                "(type.googleapis.com/google.protobuf.Timestamp), Field 'name', "
                "Illegal timestamp format; timestamps must end with 'Z' or have a valid timezone offset."
            ),
        ),
    ],
)
def test_refuses_values_of_another_kind(facts: dict[str, Any], value: Any, said: str) -> None:
    with pytest.raises(NotThatKind) as refused:
        read_scalar(facts, value, "name")
    assert str(refused.value) == said


@given(st.binary(), st.booleans(), st.booleans())
def test_base64_of_either_alphabet_padded_or_not(data: bytes, url_safe: bool, padded: bool) -> None:  # noqa: FBT001
    encoded = (base64.urlsafe_b64encode if url_safe else base64.b64encode)(data).decode()
    assert decode_base64(encoded if padded else encoded.rstrip("=")) == data


@given(JSON_VALUES | st.dictionaries(GMAIL_NAMES, JSON_VALUES))
def test_any_json_is_bound_or_refused(body: Any) -> None:
    with contextlib.suppress(TranscodingError):
        assert isinstance(read(body), dict)


@given(st.binary() | st.text(alphabet='{}[]":,a1 \\tn').map(str.encode))
def test_any_bytes_are_parsed_or_refused(body: bytes) -> None:
    said = "Invalid JSON payload received. "
    try:
        parse_json(body)
    except TranscodingError as error:
        said = error.message
    assert said.startswith("Invalid JSON payload received. ")
