"""The structure found, against the standard library on real messages, and on input made to hurt."""

from __future__ import annotations

import base64
import email
import importlib.util
import json
import tracemalloc
from email.message import Message as StdMessage
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from emulator.services.google.gmail.mime import Message, Part, canonical, index_fields, parse, payload
from emulator.services.google.gmail.snippet import snippet


def corpus() -> list[Path]:
    """The messages CPython tests its own parser with, where the interpreter ships them."""
    if importlib.util.find_spec("test") is None or (spec := importlib.util.find_spec("test.test_email")) is None:
        return []
    return sorted((Path(str(spec.origin)).parent / "data").glob("msg_*.txt"))


MESSAGES = corpus()
# The library opens every message/* type; the API shows reports and external bodies as content.
OPENED_BY_THE_LIBRARY_ONLY = {"message/delivery-status", "message/external-body", "message/partial"}
# The library keeps a line end before an outer delimiter that equals the inner one (15), and shows nothing of a
# multipart that is closed before it is opened (42).
BODIES_READ_DIFFERENTLY = {"msg_15.txt": "0", "msg_42.txt": "1.0"}


def test_the_corpus_is_complete() -> None:
    if not MESSAGES:
        pytest.skip("this interpreter ships without its test package, so without the message corpus")
    assert len(MESSAGES) > 40


@pytest.mark.parametrize("path", MESSAGES, ids=lambda path: path.stem)
def test_real_messages_have_the_parts_the_standard_library_sees(path: Path) -> None:
    raw = canonical(path.read_bytes())
    compare(email.message_from_bytes(raw), parse(raw).root, BODIES_READ_DIFFERENTLY.get(path.name))


def compare(theirs: StdMessage, ours: Part, differs: str | None) -> None:
    assert ours.mime_type == theirs.get_content_type()
    assert ours.filename == (theirs.get_filename() or "")
    assert [name for name, _ in ours.headers] == theirs.keys()
    if ours.mime_type in OPENED_BY_THE_LIBRARY_ONLY:
        return
    children = theirs.get_payload() if theirs.is_multipart() else []
    assert isinstance(children, list)
    assert len(ours.children) == len(children)
    if not children and ours.part_id != differs:
        assert ours.body == theirs.get_payload(decode=True)
    for their_child, our_child in zip(children, ours.children, strict=True):
        assert isinstance(their_child, StdMessage)
        compare(their_child, our_child, differs)


def read_everything(message: Message) -> str:
    snippet(message)
    index_fields(message)
    return json.dumps(payload(message, lambda part: part.part_id), ensure_ascii=False)


FRAGMENTS = st.sampled_from(
    [
        b"Content-Type: multipart/mixed; boundary=b\r\n", b"Content-Type: message/rfc822\r\n", b"\r\n", b"--b\r\n",
        b"--b--\r\n", b"Content-Type: text/html; charset=utf-16\r\n", b"Content-Transfer-Encoding: base64\r\n",
        b"Content-Transfer-Encoding: uuencode\r\n", b"Content-Transfer-Encoding: quoted-printable\r\n",
        b'Content-Disposition: attachment; filename="=?utf-8?b?w6k?="\r\n', b"From: =?utf-7?q?+2AA-?= <",
        b"Date: Mon, 99 Foo 99999999 25:61:61 +9999\r\n", b"; filename*0*=x'y'%ff; filename*=1", b"&#xD800;<p", b"\x00",
        b"=?q?B?\x00?=",
        b'Content-Type: multipart/digest; boundary="b"\r\n', b"begin 644 a\r\n#0V%T\r\nend\r\n", b" \t", b"\n", b"\r",
    ]
)  # fmt: skip


@given(st.binary(max_size=200) | st.lists(FRAGMENTS | st.binary(max_size=6), max_size=25).map(b"".join))
def test_any_bytes_parse_and_render_as_utf8(raw: bytes) -> None:
    for form in (raw, canonical(raw)):
        assert read_everything(parse(form)).encode()


@example(b"Content-Type: multipart/mixed; boundary=b\r\n--b\r\nContent-Type: message/rfc822\r\n--b\r\n")
@given(st.lists(FRAGMENTS, max_size=25).map(b"".join))
def test_parts_lie_inside_their_parents_and_have_unique_ids(raw: bytes) -> None:
    message = parse(raw)
    parts = list(message.root.walk())
    assert len({part.part_id for part in parts}) == len(parts)
    for part in parts:
        assert message.find_part(part.part_id) is part
        assert part.start <= part.body_start <= part.end <= len(part.source)
        for child in part.children:
            assert child.source is not part.source or part.body_start <= child.start <= child.end <= part.end


def nested(depth: int) -> bytes:
    opening = "".join(f"Content-Type: multipart/mixed; boundary=b{i}\r\n\r\n--b{i}\r\n" for i in range(depth))
    return (opening + "\r\ncore\r\n").encode()


def test_two_hundred_levels_are_bounded_and_still_render() -> None:
    message = parse(nested(200))
    assert max(part.part_id.count(".") for part in message.root.walk()) == 99
    assert list(message.root.walk())[-1].body.endswith(b"core\r\n")
    assert '"partId": "0.0.0' in read_everything(message)


@pytest.mark.parametrize("encoding", ["7bit", "base64"])
def test_messages_within_messages_are_bounded(encoding: str) -> None:
    raw = b"core"
    for _ in range(200 if encoding == "7bit" else 20):
        inner = raw if encoding == "7bit" else base64.b64encode(raw)
        raw = f"Content-Type: message/rfc822\r\nContent-Transfer-Encoding: {encoding}\r\n\r\n".encode() + inner
    parts = list(parse(raw).root.walk())
    assert len(parts) == (101 if encoding == "7bit" else 21)
    assert parts[-1].body.endswith(b"core")


def test_the_number_of_parts_is_bounded_and_the_rest_is_content_of_the_last() -> None:
    root = parse(b"Content-Type: multipart/mixed; boundary=b\r\n\r\n" + b"--b\r\n\r\nx\r\n" * 12_000).root
    assert len(root.children) == 9_999
    assert root.children[-1].body.count(b"--b") == 2_001


def test_structure_of_a_thirty_megabyte_line_is_found_without_copying_it() -> None:
    raw = b"Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n\r\n" + b"x" * 30_000_000 + b"\r\n--b--"
    tracemalloc.start()
    try:
        message = parse(raw)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert len(message.root.children[0].body) == 30_000_000
    assert peak < 1_000_000


def test_an_outer_delimiter_ends_every_part_below() -> None:
    root = parse(
        b"Content-Type: multipart/mixed; boundary=o\r\n\r\n--o\r\nContent-Type: multipart/mixed; boundary=i\r\n\r\n"
        b"--i\r\n\r\nunclosed\r\n--o\r\n\r\nnext\r\n--o--\r\nepilogue\r\n--o\r\n\r\nignored"
    ).root
    assert [part.body for part in root.walk() if not part.children] == [b"unclosed", b"next"]


def test_a_part_that_lacks_its_blank_line_ends_at_the_delimiter() -> None:
    root = parse(b"Content-Type: multipart/mixed; boundary=b:c\r\n\r\n--b:c\r\nX: y\r\n--b:c\r\n\r\nz\r\n--b:c--").root
    assert [(part.headers, part.body) for part in root.children] == [((("X", "y"),), b""), ((), b"z")]


def test_parts_of_a_digest_are_messages_by_default() -> None:
    root = parse(b"Content-Type: multipart/digest; boundary=b\r\n\r\n--b\r\n\r\nSubject: s\r\n\r\nx\r\n--b--").root
    assert [part.mime_type for part in root.walk()] == ["multipart/digest", "message/rfc822", "text/plain"]


def test_a_multipart_whose_boundary_never_comes_is_text() -> None:
    root = parse(b"Content-Type: multipart/mixed; boundary=b\r\n\r\nnothing").root
    assert (root.is_text, root.body) == (True, b"nothing")


@pytest.mark.parametrize(
    ("encoded", "body"),
    [
        (b"aGVsbG8", b"hello"),
        (b"aGVs!bG8=\r\n", b"hello"),
        (b"aGVsbG8A=A", b"hello\0"),
        (b"aGVsbG8=aGVsbG8=", b"hello"),
        (b"a", b""),
        (b"====", b""),
    ],
)
def test_damaged_base64_gives_what_can_be_saved(encoded: bytes, body: bytes) -> None:
    assert parse(b"Content-Transfer-Encoding: base64\r\n\r\n" + encoded).root.body == body


def test_uuencoded_content_is_decoded() -> None:
    head = b"Content-Transfer-Encoding: x-uuencode\r\n\r\n"
    assert parse(head + b"begin 644 a\r\n#0V%T\r\n`\r\nend\r\n").root.body == b"Cat"
    assert parse(head + b"no data").root.body == b"no data"
