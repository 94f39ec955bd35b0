"""Headers, Call and Reply."""

from __future__ import annotations

import json
from base64 import b64encode

import pytest
from hypothesis import given
from hypothesis import strategies as st

from emulator.kernel.http import Call, Headers, Reply, decode_segment, encode_segment

FORM = Headers([("Content-Type", "application/x-www-form-urlencoded; charset=UTF-8")])


def call(**fields: object) -> Call:
    return Call(**{"verb": "POST", "host": "example.com", "path": "/", **fields})


def authorized(value: str) -> Call:
    return call(headers=Headers([("authorization", value)]))


# -- headers ---------------------------------------------------------------------------------------------------------


def test_headers_are_looked_up_in_any_case_and_keep_their_spelling():
    headers = Headers([("X-One", "1"), ("Vary", "a"), ("vary", "b")])
    assert (headers.get("x-one"), headers.get("VARY"), headers.get_all("Vary")) == ("1", "a", ("a", "b"))
    assert ("x-ONE" in headers, "x-two" in headers, 7 in headers) == (True, False, False)
    assert list(headers) == [("X-One", "1"), ("Vary", "a"), ("vary", "b")]
    assert len(headers) == 3


def test_absent_headers_answer_the_default():
    assert (Headers().get("a"), Headers().get("a", "b"), Headers().get_all("a")) == ("", "b", ())


def test_headers_change_only_in_copies():
    headers = Headers({"A": "1"})
    more = headers.adding({"B": "2"}).adding([("B", "3")])
    assert list(more.without("b")) == list(headers) == [("A", "1")]
    assert more.get_all("b") == ("2", "3")


def test_equal_headers_are_equal_and_hash_alike():
    assert Headers({"A": "1"}) == Headers([("A", "1")])
    assert hash(Headers({"A": "1"})) == hash(Headers([("A", "1")]))
    assert Headers({"A": "1"}) != Headers({"a": "1"})
    assert repr(Headers({"A": "1"})) == "Headers([('A', '1')])"


# -- calls -----------------------------------------------------------------------------------------------------------


def test_query_and_form_keep_order_repeats_and_blanks():
    pairs = (("b", "2"), ("a", ""), ("b", "1 +/=é"))
    text = "b=2&a=&b=1+%2B%2F%3D%C3%A9"
    assert call(query=text).query_pairs == pairs
    assert call(body=text.encode(), headers=FORM).form_pairs == pairs


def test_a_body_of_another_type_is_no_form():
    assert call(body=b"a=1", headers=Headers({"Content-Type": "text/plain"})).form_pairs == ()
    assert call(body=b"a=1").form_pairs == ()


def test_bytes_that_are_no_utf8_become_replacement_characters():
    assert call(query="a=%FF").query_pairs == (("a", "\N{REPLACEMENT CHARACTER}"),)
    assert call(body=b"a=\xff", headers=FORM).form_pairs == (("a", "\N{REPLACEMENT CHARACTER}"),)


def test_content_type_is_the_bare_media_type():
    assert call(headers=Headers({"content-type": " Application/JSON ; charset=utf-8"})).content_type == (
        "application/json"
    )


def test_the_url_is_what_a_person_would_write():
    assert call(path="/a%2Fb", query="c=d").url == "https://example.com/a%2Fb?c=d"
    assert call(scheme="http").url == "http://example.com/"


def test_json_that_is_none_is_a_value_error():
    assert call(body=b'{"a": [1]}').json() == {"a": [1]}
    with pytest.raises(ValueError, match="Expecting value"):
        call(body=b"a=1").json()


@pytest.mark.parametrize(
    ("header", "token"),
    [("Bearer abc", "abc"), ("bearer  abc ", "abc"), ("Bearer", ""), ("Basic abc", None), ("", None)],
)
def test_bearer_tokens(header, token):
    assert authorized(header).bearer_token() == token


@pytest.mark.parametrize(
    ("header", "credentials"),
    [
        ("Basic " + b64encode(b"id:secret").decode(), ("id", "secret")),
        ("basic " + b64encode(b"id:se:cr:et").decode(), ("id", "se:cr:et")),
        ("Basic " + b64encode("id:sécret".encode()).decode(), ("id", "sécret")),
        ("Basic " + b64encode(b"a%20b:c+d").decode(), ("a%20b", "c+d")),
        ("Basic " + b64encode(b"id").decode(), ("id", "")),
        ("Basic", ("", "")),
        ("Basic !!!", ("", "")),
        ("Basic é", ("", "")),
        ("Basic " + b64encode(b"\xff:\xff").decode(), ("", "")),
        ("Bearer abc", None),
        ("", None),
    ],
)
def test_basic_credentials(header, credentials):
    assert authorized(header).basic_credentials() == credentials


def test_replacing_leaves_the_original_and_what_was_derived_from_it():
    first = call(query="a=1")
    assert first.query_pairs == (("a", "1"),)
    assert first.replacing(query="a=2").query_pairs == (("a", "2"),)
    assert first.query == "a=1"


@given(st.text(st.characters(exclude_categories=["Cs"])))
def test_a_segment_survives_encoding_and_never_separates(text):
    encoded = encode_segment(text)
    assert decode_segment(encoded) == text
    assert not set(encoded) & set("/?#% ") - {"%"}
    assert encoded.isascii()


# -- replies ---------------------------------------------------------------------------------------------------------


def test_json_replies_are_compact_utf8_in_the_order_given():
    reply = Reply.json({"b": "é", "a": [1]}, 201, {"X": "y"})
    assert (reply.status, reply.body) == (201, '{"b":"é","a":[1]}'.encode())
    assert list(reply.headers) == [("Content-Type", "application/json; charset=utf-8"), ("X", "y")]
    assert json.loads(Reply.json({"a": 1}, indent=2).body) == {"a": 1}


def test_text_replies_name_their_type():
    reply = Reply.text("<p>é", 404, "text/html; charset=utf-8")
    assert (reply.status, reply.body, reply.headers.get("content-type")) == (
        404,
        "<p>é".encode(),
        "text/html; charset=utf-8",
    )
    assert reply.replacing(status=200).status == 200
