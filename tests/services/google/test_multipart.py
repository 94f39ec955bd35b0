"""Multipart bodies as Google's clients write them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from emulator.services.google.multipart import MalformedMultipart, boundary_of, split_multipart

lines = st.binary(max_size=40).filter(lambda body: b"\n--b" not in body and not body.startswith(b"--b"))


@pytest.mark.parametrize("end", ["\r\n", "\n"])
def test_either_line_end_will_do(end):
    body = end.join(["preamble", "--b", "Content-Type: a/b", "X-Folded: one", " two", "", "content", "--b--", "rest"])
    (part,) = split_multipart(body.encode(), "b")
    assert part.headers.get("content-type") == "a/b"
    assert part.headers.get("x-folded") == "one two"
    assert part.body == b"content"


def test_parts_may_lack_headers_or_content():
    bare, empty = split_multipart(b"--b\r\n\r\ncontent\r\n--b\r\nA: 1\r\n\r\n\r\n--b--", "b")
    assert (len(bare.headers), bare.body) == (0, b"content")
    assert (empty.headers.get("a"), empty.body) == ("1", b"")


def test_a_line_that_only_begins_like_the_delimiter_is_content():
    (part,) = split_multipart(b"--b\r\n\r\n--bb\r\n--b--", "b")
    assert part.body == b"--bb"


@pytest.mark.parametrize("body", [b"", b"--b\r\n\r\ncontent", b"--b", b"no delimiter"])
def test_a_body_that_does_not_end_is_refused(body):
    with pytest.raises(MalformedMultipart):
        split_multipart(body, "b")


@pytest.mark.parametrize(
    ("value", "boundary"),
    [
        ('multipart/mixed; boundary="=== b =="', "=== b =="),
        ("multipart/related; boundary=b; type=x", "b"),
        ("multipart/related;BOUNDARY=b", "b"),
    ],
)
def test_the_boundary_a_type_declares(value, boundary):
    assert boundary_of(value) == boundary


@pytest.mark.parametrize("value", ["", "multipart/mixed", "multipart/mixed; boundary=", 'multipart/mixed; boundary=""'])
def test_a_type_without_boundary_is_refused(value):
    with pytest.raises(MalformedMultipart):
        boundary_of(value)


@given(st.lists(lines, min_size=1, max_size=5), st.sampled_from((b"\r\n", b"\n")))
def test_what_is_joined_is_split_again(bodies, end):
    bodies = [body.rstrip(b"\r") for body in bodies]  # a bare CR before the delimiter's LF would belong to it
    joined = b"".join(b"--b" + end + b"A: 1" + end + end + body + end for body in bodies) + b"--b--"
    assert [part.body for part in split_multipart(joined, "b")] == bodies


@given(st.binary(max_size=300))
def test_any_bytes_are_parts_or_are_refused(body):
    try:
        parts = split_multipart(body.replace(b"x", b"\n--b"), "b")
    except MalformedMultipart:
        return
    assert all(isinstance(part.body, bytes) for part in parts)
