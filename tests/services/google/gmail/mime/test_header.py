"""Header values and parameters as the API shows them."""

from __future__ import annotations

from email.charset import Charset
from email.header import decode_header

import pytest
from hypothesis import given
from hypothesis import strategies as st

from emulator.services.google.gmail.mime import parse
from emulator.services.google.gmail.mime.header import decode_value, decode_words, parameters


@pytest.mark.parametrize(
    ("name", "raw", "value"),
    [
        ("Subject", b" plain ", "plain "),
        ("Received", b" from a\r\n        by b;\r\n\tWed", "from a        by b;\tWed"),
        ("Subject", b"=?utf-8?Q?a?= =?utf-8?Q?b?=", "ab"),
        ("Subject", b"=?utf-8?Q?a?=\r\n =?utf-8?Q?b?= c", "ab c"),
        ("Subject", b"=?utf-8?B?w6k=?=", "é"),
        ("Subject", b"=?utf-8?Q?=C3?= =?utf-8?Q?=A9?=", "é"),
        ("Subject", b"=?utf-8*fr?q?=C3=A9t=C3=A9?=", "été"),
        ("Subject", b"=?x-unknown?Q?caf=E9?= au lait", "café au lait"),
        ("Subject", b"caf\xe9", "café"),
        ("Subject", "café".encode(), "café"),
        ("Subject", b"=?utf-8?B?w6k?=", "é"),
        ("Subject", b"=?utf-8?X?a?=", "=?utf-8?X?a?="),
        ("Subject", b"=?utf-8?Q?Jos=C3=A9?= <a@b>", "José <a@b>"),
        ("From", b"Amy Lee <amy@x>", "Amy Lee <amy@x>"),
        ("From", b'"Lee, Amy" <amy@x>', '"Lee, Amy" <amy@x>'),
        ("To", b"=?utf-8?Q?A?= <a@x>, Bob <b@x>,\r\n =?utf-8?Q?C?= <c@x>", '"A" <a@x>, Bob <b@x>, "C" <c@x>'),
        ("From", b'"=?utf-8?Q?Jos=C3=A9?=" <j@x>', '"José" <j@x>'),
        ("From", b"Dr. =?utf-8?Q?Jos=C3=A9?= Smith <j@x>", '"Dr. José Smith" <j@x>'),
        ("From", b"=?utf-8?Q?a=22b?= <j@x>", '"a\\"b" <j@x>'),
        ("Cc", b"j@x (=?utf-8?Q?Jos=C3=A9?=)", "j@x (José)"),
        ("Reply-To", b"=?utf-8?Q?Jos=C3=A9?=", "José"),
        ("X-Empty", b"", ""),
    ],
)
def test_a_value_is_unfolded_decoded_and_requoted(name: str, raw: bytes, value: str) -> None:
    assert decode_value(name, raw) == value


WORDS = st.lists(
    st.tuples(st.sampled_from(["utf-8", "iso-8859-1"]), st.text("abcé ", min_size=1, max_size=8)),
    min_size=1,
    max_size=4,
)


@given(WORDS)
def test_encoded_words_decode_as_the_standard_library_decodes_them(words: list[tuple[str, str]]) -> None:
    encoded = " ".join(Charset(charset).header_encode(text) for charset, text in words)
    theirs = "".join(data.decode(charset or "ascii") for data, charset in decode_header(encoded))
    assert decode_words(encoded) == theirs == "".join(text for _, text in words)


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("a/b", {}),
        ("a/b; Name=x; name=y", {"name": "x"}),
        ('a/b; name="a; b"; c = d ;', {"name": "a; b", "c": "d"}),
        (r'a/b; name="a\"b\\c"', {"name": 'a"b\\c'}),
        ("a/b; name=two words", {"name": "two words"}),
        ('a/b; name="=?utf-8?Q?=C3=A9.txt?="', {"name": "é.txt"}),
        ("a/b; filename*=UTF-8''%e2%82%ac%20rates", {"filename": "€ rates"}),
        ("a/b; filename=plain; filename*=iso-8859-1'en'%A3", {"filename": "£"}),
        ('a/b; filename*0="long "; filename*1=name', {"filename": "long name"}),
        ("a/b; filename*0*=utf-8''%c3%a9; filename*1=.txt", {"filename": "é.txt"}),
        ('a/b; name="unbalanced', {"name": "unbalanced"}),
        ("a/b; name=''; x", {"name": "''"}),
    ],
)
def test_parameters_are_read_with_rfc_2231_and_encoded_words(value: str, expected: dict[str, str]) -> None:
    assert parameters(value) == expected


def test_the_extended_forms_the_library_cannot_order_raise_nothing() -> None:
    assert parameters("a/b; f*0=x; f*=y; f*" + "9" * 5000 + "=z")["f*0"] == "x"


def test_a_disposition_name_wins_over_the_type_name() -> None:
    both = b"Content-Type: a/b; name=type.txt\r\nContent-Disposition: attachment; filename=disposition.txt\r\n\r\n"
    assert parse(both).root.filename == "disposition.txt"
    assert parse(both.replace(b"filename", b"unknown")).root.filename == "type.txt"


def test_names_keep_their_spelling_and_duplicates_stay() -> None:
    root = parse(b"Message-Id: 1\r\nmessage-ID: 2\r\n\r\n").root
    assert root.headers == (("Message-Id", "1"), ("message-ID", "2"))
    assert root.header("MESSAGE-ID") == "1"
    assert root.header_all("message-id") == ["1", "2"]
    assert root.header("absent") is None


def test_a_line_that_is_no_field_begins_the_body() -> None:
    root = parse(b"Subject: x\r\nno field\r\nTo: y\r\n").root
    assert root.headers == (("Subject", "x"),)
    assert root.body == b"no field\r\nTo: y\r\n"


def test_an_mbox_envelope_is_no_header() -> None:
    assert parse(b"From a@b Mon Jan  1\r\nSubject: x\r\n\r\n").root.headers == (("Subject", "x"),)
