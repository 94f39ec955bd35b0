"""What search and threads read from a message."""

from __future__ import annotations

from email.utils import mktime_tz, parsedate_tz

import pytest
from hypothesis import given
from hypothesis import strategies as st

from emulator.services.google.gmail.addresses import folded_message_id, message_ids
from emulator.services.google.gmail.mime import header_date, html_text, index_fields, parse

RAW = b"""\
Delivered-To: ada@example.com\r
From: =?utf-8?q?Jos=C3=A9?= <jose@example.com>\r
To: Ada <ada@example.com>\r
Cc: c@example.com\r
Bcc: b@example.com\r
Subject: =?utf-8?q?caf=C3=A9?=\r
List-Id: Dev list <dev.example.com>\r
Message-ID: <One@EXAMPLE.com>\r
In-Reply-To: <zero@example.com>\r
References: <A@b> <c@D>\r
Date: Mon, 01 Jan 2024 00:00:01 +0100\r
Content-Type: multipart/mixed; boundary=b\r
\r
--b\r
Content-Type: multipart/alternative; boundary=i\r
\r
--i\r
\r
plain words\r
--i\r
Content-Type: text/html\r
\r
<style>no</style><p>plain</p><b>wo</b>rds &amp; more <a href="https://docs.google.com/document/d/1">x</a>\r
--i--\r
--b\r
Content-Type: text/plain; name=notes.txt\r
\r
file content\r
--b\r
Content-Type: message/rfc822; name=in.eml\r
\r
Subject: inner\r
\r
attached text\r
--b--\r
"""


def test_every_column_is_read() -> None:
    fields = index_fields(parse(RAW))
    assert (fields.sender, fields.to, fields.cc, fields.bcc) == (
        '"José" <jose@example.com>', "Ada <ada@example.com>", "c@example.com", "b@example.com",
    )  # fmt: skip
    assert (fields.subject, fields.delivered_to, fields.list) == (
        "café", "ada@example.com", "Dev list <dev.example.com>",
    )  # fmt: skip
    assert (fields.filenames, fields.has_attachment) == ("notes.txt in.eml", True)
    assert (fields.message_id, fields.in_reply_to) == ("One@example.com", ("zero@example.com",))
    assert fields.references == ("A@b", "c@d")
    assert fields.date == 1_704_063_601_000


def test_the_body_has_visible_text_and_document_links_but_no_files() -> None:
    words = index_fields(parse(RAW)).body.split()
    assert words == ["plain", "words", "plain", "words", "&", "more", "x", "https://docs.google.com/document/d/1"]


def test_html_that_repeats_the_plain_text_is_not_indexed_twice() -> None:
    raw = RAW.replace(b"<b>wo</b>rds &amp; more <a href", b"words <a href").replace(b">x</a>", b"></a>")
    assert index_fields(parse(raw)).body.split() == ["plain", "words", "https://docs.google.com/document/d/1"]


def test_a_message_without_headers_has_empty_columns() -> None:
    fields = index_fields(parse(b""))
    assert (fields.subject, fields.message_id, fields.references, fields.date) == ("", "", (), None)
    assert not fields.has_attachment


@pytest.mark.parametrize(
    ("value", "moment"),
    [
        ("Thu, 01 Jan 1970 00:00:00 +0000", 0),
        ("1 Jan 2024 00:00:00 GMT (comment)", 1_704_067_200_000),
        ("Wed, 31 Dec 1969 23:59:59 +0000", None),
        ("Mon, 1 Jan 9999 00:00:00 +0000", None),
        ("Mon, 99 Foo 2024", None),
        ("yesterday", None),
        ("", None),
    ],
)
def test_a_date_is_epoch_milliseconds_or_none(value: str, moment: int | None) -> None:
    assert header_date(value) == moment


@given(st.text(max_size=40) | st.text("0123456789:,+- JanMonGMT()", max_size=40))
def test_no_date_raises(value: str) -> None:
    moment = header_date(value)
    assert moment is None or 0 <= moment < 1 << 43


@pytest.mark.parametrize(
    ("markup", "text"),
    [
        ("a<br>b<p>c</p>", "a b c"),
        ("<b>bo</b>ld", "bold"),
        ("a<!-- x > y -->b<!-- open", "ab"),
        ("<script>1 < 2</script >a<STYLE>x</style>b", "ab"),
        ('<a title="x > y">z</a>', "z"),
        ("<a title=don't>z</a>", "z"),
        ("1 < 2 &lt; 3 &nbsp;4", "1 < 2 < 3 4"),
        ("<!DOCTYPE html><html><head><title>t</title></head><body>b</body>", "b"),
        ("&#99999999999999999999; &#xD800;", "\ufffd \ufffd"),
        ("&#" + "9" * 10_000, "\ufffd"),
        ("text <unclosed", "text"),
    ],
)
def test_markup_leaves_the_text_a_reader_sees(markup: str, text: str) -> None:
    assert " ".join(html_text(markup).split()) == text


@pytest.mark.parametrize("piece", ["<", "<a ", '<a ="', "<!--", "<script>", "<a x=y ", "&#", "</"])
@pytest.mark.timeout(20)
def test_hostile_markup_takes_linear_time(piece: str) -> None:
    assert len(html_text(piece * 400_000)) <= len(piece) * 400_000


@pytest.mark.parametrize(
    ("value", "folded"),
    [("<A@B>", "A@b"), ("A@B", "A@b"), (" <A@B> (x)", "A@b"), ("plain", "plain"), ("", ""), ("<a b@c>", "ab@c")],
)
def test_a_message_id_folds_its_domain_only(value: str, folded: str) -> None:
    assert folded_message_id(value) == folded


def test_references_without_brackets_are_words() -> None:
    assert message_ids("a@B  c@d") == ("a@b", "c@d")
    assert message_ids("<> x") == ()


@given(
    day=st.integers(0, 39),
    month=st.sampled_from(["Jan", "Feb", "Jun", "Dec"]),
    year=st.integers(0, 9999),
    clock=st.tuples(st.integers(0, 30), st.integers(0, 70), st.integers(0, 70)),
    zone=st.integers(-9999, 9999),
)
def test_a_date_is_what_the_library_reads_in_it(day, month, year, clock, zone):
    hour, minute, second = clock
    value = f"Mon, {day} {month} {year:04} {hour:02}:{minute:02}:{second:02} {zone:+05}"
    parsed = parsedate_tz(value)
    expected = None if parsed is None else mktime_tz(parsed) * 1000
    within = expected is not None and 0 <= expected < 1 << 43

    assert header_date(value) == (expected if within else None)
