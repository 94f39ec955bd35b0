"""Bytes and headers of the front end."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from emulator.kernel.http import Call
from emulator.services.google.envelope import PLAIN, Presentation, api_reply

JSON_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=10,
)


def test_a_success_is_indented_by_two_and_ends_in_a_newline() -> None:
    reply = api_reply({"resultSizeEstimate": 0})
    assert reply.body == b'{\n  "resultSizeEstimate": 0\n}\n'
    assert list(reply.headers) == [
        ("Content-Type", "application/json; charset=UTF-8"),
        ("Vary", "Origin"),
        ("Vary", "X-Origin"),
        ("Vary", "Referer"),
        ("Server", "ESF"),
        ("X-XSS-Protection", "0"),
        ("X-Frame-Options", "SAMEORIGIN"),
        ("X-Content-Type-Options", "nosniff"),
        ("Alt-Svc", 'h3=":443"; ma=2592000,h3-29=":443"; ma=2592000'),
    ]


def test_nothing_to_say_is_204_without_content_type() -> None:
    reply = api_reply(None)
    assert (reply.status, reply.body, "Content-Type" in reply.headers) == (204, b"", False)


@pytest.mark.parametrize(
    ("query", "body"),
    [
        ("", b'{\n  "a": [\n    1\n  ]\n}\n'),
        ("prettyPrint=true", b'{\n  "a": [\n    1\n  ]\n}\n'),
        ("prettyPrint=rubbish", b'{\n  "a": [\n    1\n  ]\n}\n'),
        ("prettyPrint=false", b'{"a":[1]}'),
        ("prettyPrint=FALSE&prettyPrint=true", b'{"a":[1]}'),
    ],
)
def test_only_a_false_pretty_print_compacts(query: str, body: bytes) -> None:
    presentation = Presentation.of(Call("GET", "gmail.googleapis.com", "/", query))
    assert api_reply({"a": [1]}, presentation=presentation).body == body


def test_markup_and_separators_are_escaped_and_letters_are_not() -> None:
    body = api_reply({"a": "<b> é \u2028 & '"}).body.decode()
    assert '"\\u003cb\\u003e é \\u2028 & \'"' in body


def test_a_callback_wraps_the_body_at_status_200() -> None:
    presentation = Presentation.of(Call("GET", "gmail.googleapis.com", "/", "callback=cb&alt=json"))
    reply = api_reply({}, 404, presentation=presentation)
    assert (reply.status, reply.body) == (200, b"// API callback\ncb({}\n);")
    assert reply.headers.get("content-type") == "text/javascript; charset=UTF-8"


@pytest.mark.parametrize(("verb", "query"), [("POST", "callback=cb"), ("GET", "callback="), ("GET", "callback=a(b)")])
def test_no_script_for_a_post_or_a_name_that_cannot_be_called(verb: str, query: str) -> None:
    assert Presentation.of(Call(verb, "gmail.googleapis.com", "/", query)).callback == ""


def test_the_last_format_version_decides_on_the_legacy_array() -> None:
    assert Presentation.of(Call("GET", "h", "/", "$.xgafv=1&$.xgafv=2")).legacy_errors is False
    assert Presentation.of(Call("GET", "h", "/", "$.xgafv=2&$.xgafv=1")).legacy_errors is True


@given(JSON_VALUES.filter(lambda value: value is not None), st.booleans())
def test_any_value_reads_back(value: object, pretty: bool) -> None:  # noqa: FBT001
    assert json.loads(api_reply(value, presentation=Presentation(pretty=pretty)).body) == value


@given(st.text())
def test_any_query_has_a_presentation(query: str) -> None:
    assert isinstance(Presentation.of(Call("GET", "h", "/", query)), Presentation)


def test_a_lone_surrogate_stays_valid_json() -> None:
    assert json.loads(PLAIN.reply("\ud800", 200).body) == "\ud800"
