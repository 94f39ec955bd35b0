"""Composed mail, read back by the standard library's parser."""

from __future__ import annotations

import email
import email.policy
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from email.message import EmailMessage

import pytest

from emulator.services.google.gmail.compose import Attachment, Charset, MessageSpec, compose
from emulator.services.google.gmail.invite import Invite
from emulator.services.google.gmail.rfc822 import TransferEncoding

DATE = datetime(2026, 3, 3, 9, 30, 5, tzinfo=timezone(timedelta(hours=9)))
PLAIN = MessageSpec(
    from_="Grace Hopper <grace@example.com>", to=("ada@example.com",), subject="Lunch?", text="Hello\nAda\n"
)


def parsed(spec: MessageSpec) -> EmailMessage:
    raw = compose(spec, DATE)
    assert b"\n" not in raw.replace(b"\r\n", b"")
    message = email.message_from_bytes(raw, policy=email.policy.default)
    assert [part.defects for part in message.walk() if part.defects] == []
    return message


def body(message: EmailMessage, kind: str = "plain") -> str:
    part = message.get_body((kind,))
    assert part is not None
    return str(part.get_content()).replace("\r\n", "\n")


def test_a_plain_message_byte_for_byte() -> None:
    assert compose(replace(PLAIN, message_id="<1@example.com>"), DATE) == (
        b"MIME-Version: 1.0\r\n"
        b"Date: Tue, 03 Mar 2026 09:30:05 +0900\r\n"
        b"Message-ID: <1@example.com>\r\n"
        b"Subject: Lunch?\r\n"
        b"From: Grace Hopper <grace@example.com>\r\n"
        b"To: ada@example.com\r\n"
        b'Content-Type: text/plain; charset="UTF-8"\r\n'
        b"Content-Transfer-Encoding: 7bit\r\n"
        b"\r\n"
        b"Hello\r\nAda\r\n"
    )


def test_the_same_description_gives_the_same_bytes_and_another_date_another_id() -> None:
    assert compose(PLAIN, DATE) == compose(replace(PLAIN), DATE)
    later = email.message_from_bytes(compose(PLAIN, DATE + timedelta(days=1)))
    assert later["Message-ID"] != parsed(PLAIN)["Message-ID"]
    assert later["Message-ID"].endswith("@example.com>")


@pytest.mark.parametrize(
    ("charset", "text"),
    [
        ("utf-8", "Grüße, 東京, Привет, 🐈 — “quoted”"),
        ("iso-8859-1", "Élasticité déjà vue, Größe"),
        ("iso-8859-15", "12 € perché"),
        ("windows-1252", "„Zur Gans“ – 5 €"),  # noqa: RUF001 - the dash is what that charset has and Latin-1 lacks
        ("iso-2022-jp", "東京での講演のお願い"),
        ("koi8-r", "О ваших таблицах логарифмов"),  # noqa: RUF001 - Russian
        ("us-ascii", "plain"),
    ],
)
def test_every_charset_carries_subject_name_and_body(charset: Charset, text: str) -> None:
    name = text.partition(" ")[0].strip("„“,")
    spec = replace(
        PLAIN,
        charset=charset,
        subject=f"{text} " * 6,
        from_=f"{name} <a@example.com>",
        text=f"{text}\n{text}\n",
    )
    message = parsed(spec)
    assert message["Subject"].strip() == spec.subject.strip()
    assert message["From"].addresses[0].display_name == name
    assert body(message) == spec.text
    part = message.get_body(("plain",))
    assert part is not None
    assert part.get_content_charset() == charset


@pytest.mark.parametrize("encoding", ["quoted-printable", "base64", "8bit", "auto"])
def test_every_transfer_encoding_carries_the_text(encoding: TransferEncoding) -> None:
    text = "Grüße = 100 %  \n.\nFrom here\n\ttab\n" + "lang " * 30 + "\n"
    message = parsed(replace(PLAIN, text=text, transfer_encoding=encoding))
    assert body(message) == text
    if encoding != "auto":
        assert message["Content-Transfer-Encoding"] == encoding


def test_auto_chooses_by_what_the_text_holds() -> None:
    def chosen(text: str) -> str:
        return str(parsed(replace(PLAIN, text=text))["Content-Transfer-Encoding"])

    assert chosen("plain") == "7bit"
    assert chosen("mostly plain, one ü") == "quoted-printable"
    assert chosen("東京での講演") == "base64"
    assert chosen("x" * 1200) == "quoted-printable"


def test_text_outside_its_charset_or_encoding_is_refused() -> None:
    with pytest.raises(ValueError, match='"€" cannot be written in iso-8859-1'):
        compose(replace(PLAIN, charset="iso-8859-1", text="5 €"), DATE)
    with pytest.raises(ValueError, match="7bit cannot carry bytes above 127"):
        compose(replace(PLAIN, transfer_encoding="7bit", text="ü"), DATE)
    with pytest.raises(ValueError, match="8bit cannot carry a line of more than 998 bytes"):
        compose(replace(PLAIN, transfer_encoding="8bit", text="x" * 999), DATE)


@pytest.mark.parametrize("name", ["subject", "in_reply_to", "list_id"])
def test_a_line_break_cannot_enter_a_header(name: str) -> None:
    with pytest.raises(ValueError, match="holds a line break"):
        compose(replace(PLAIN, **{name: "a\r\nBcc: x@example.com"}), DATE)  # type: ignore[arg-type]


def test_names_are_quoted_encoded_or_left_as_they_need() -> None:
    to = (
        "Lovelace, Ada <a@x.example>",
        '"Doe, Jane" <j@x.example>',
        "Jürgen Weiß <w@x.example>",
        "Plain Name <p@x.example>",
    )
    message = parsed(replace(PLAIN, to=to, cc=("c@x.example",), bcc=("b@x.example",), reply_to="r@x.example"))
    names = [address.display_name for address in message["To"].addresses]
    assert names == ["Lovelace, Ada", "Doe, Jane", "Jürgen Weiß", "Plain Name"]
    assert (message["Cc"], message["Bcc"], message["Reply-To"]) == ("c@x.example", "b@x.example", "r@x.example")
    assert b'"Lovelace, Ada" <a@x.example>' in compose(replace(PLAIN, to=to), DATE)


def test_long_headers_are_folded_within_78_columns() -> None:
    references = tuple(f"<message-{n}@mail.example.com>" for n in range(12))
    raw = compose(replace(PLAIN, references=references, subject="word " * 40 + "end", in_reply_to=references[-1]), DATE)
    head = raw.partition(b"\r\n\r\n")[0]
    assert max(map(len, head.split(b"\r\n"))) <= 78
    message = email.message_from_bytes(raw, policy=email.policy.default)
    assert message["References"].split() == list(references)
    assert message["Subject"] == "word " * 40 + "end"


def test_trace_fields_come_first_and_others_last() -> None:
    spec = replace(PLAIN, headers={"X-Mailer": "pen", "Received": "from a by b"}, list_id="L <l.example>")
    names = parsed(spec).keys()
    assert names[0] == "Received"
    assert names[-3:] == ["X-Mailer", "Content-Type", "Content-Transfer-Encoding"]
    assert "List-ID" in names


def test_text_and_html_are_alternatives_and_pictures_related() -> None:
    logo = Attachment(filename="logo.png", size=300, content_id="logo")
    message = parsed(
        replace(PLAIN, html='<img src="cid:logo">', attachments=(logo, Attachment(filename="a.txt", text="x")))
    )
    assert [part.get_content_type() for part in message.walk()] == [
        "multipart/mixed",
        "multipart/alternative",
        "text/plain",
        "multipart/related",
        "text/html",
        "image/png",
        "text/plain",
    ]
    picture = next(part for part in message.walk() if part.get_content_type() == "image/png")
    assert (picture["Content-ID"], picture.get_content_disposition()) == ("<logo>", "inline")
    assert len(picture.get_payload(decode=True)) == 300


def test_html_alone_is_the_body() -> None:
    assert parsed(replace(PLAIN, text="", html="<p>x</p>")).get_content_type() == "text/html"


def test_attachments_keep_name_type_and_bytes() -> None:
    attachments = (
        Attachment(filename="見積書.pdf", pdf="One (two)\nthree"),
        Attachment(filename='a "b".csv', text="x,y\n1,2\n"),
        Attachment(filename="raw.bin", base64="AAEC/w=="),
        Attachment(filename="deck.pptx", size=1000),
    )
    found = list(parsed(replace(PLAIN, attachments=attachments)).iter_attachments())
    assert [part.get_filename() for part in found] == ["見積書.pdf", 'a "b".csv', "raw.bin", "deck.pptx"]
    data = [part.get_payload(decode=True) for part in found]
    assert isinstance(data[0], bytes)
    assert data[0].startswith(b"%PDF-1.4\n")
    assert rb"(One \(two\)) Tj" in data[0]
    assert data[1] == b"x,y\r\n1,2\r\n"
    assert data[2] == b"\x00\x01\x02\xff"
    assert isinstance(data[3], bytes)
    assert (len(data[3]), data[3][:4]) == (1000, b"PK\x03\x04")
    assert [part.get_content_type() for part in found][:3] == [
        "application/pdf",
        "text/csv",
        "application/octet-stream",
    ]


def test_the_cross_reference_table_of_a_pdf_points_at_its_objects() -> None:
    data = Attachment(filename="a.pdf", pdf="text").data()
    start = int(data.rpartition(b"startxref\n")[2].split()[0])
    assert data[start:].startswith(b"xref\n0 6\n")
    for number, line in enumerate(data[start:].split(b"\n")[3:8], 1):
        assert data[int(line[:10]) :].startswith(b"%d 0 obj" % number)


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({}, "exactly one of"),
        ({"text": "a", "size": 1}, "exactly one of"),
        ({"size": -1}, "negative"),
        ({"base64": "a"}, "base64"),
    ],
)
def test_an_attachment_needs_one_sound_content(fields: dict[str, object], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        Attachment(filename="x", **fields)  # type: ignore[arg-type]


def test_an_attached_message_is_a_message() -> None:
    inner = replace(PLAIN, subject="Über alles", text="grüß\n", transfer_encoding="8bit")
    message = parsed(replace(PLAIN, attachments=(Attachment(message=inner, age=timedelta(hours=5)),)))
    part = next(message.iter_attachments())
    assert part.get_content_type() == "message/rfc822"
    enclosed = part.get_content()
    assert (enclosed["Subject"], enclosed["Date"].datetime) == ("Über alles", DATE - timedelta(hours=5))
    assert enclosed.get_content().strip() == "grüß"


def test_an_invitation_travels_as_alternative_and_as_file() -> None:
    invite = Invite(
        summary="Steering; phase 3, " + "größer " * 12,
        starts_in=timedelta(days=2),
        lasts=timedelta(minutes=90),
        location="Dorset Street",
        organizer="Charles <charles@babbage.example>",
        attendees=("Ada Lovelace <ada@example.com>", "joseph@babbage.example"),
    )
    message = parsed(replace(PLAIN, invite=invite))
    calendar = next(part for part in message.walk() if part.get_content_type() == "text/calendar")
    assert calendar.get_param("method") == "REQUEST"
    text = calendar.get_content().replace("\r\n ", "").splitlines()
    assert "DTSTART:20260305T003000Z" in text
    assert "DTEND:20260305T020000Z" in text
    assert 'ORGANIZER;CN="Charles":mailto:charles@babbage.example' in text
    assert f"SUMMARY:Steering\\; phase 3\\, {'größer ' * 12}".strip() in text
    assert next(message.iter_attachments()).get_filename() == "invite.ics"


def test_a_boundary_never_occurs_inside_a_part() -> None:
    spec = replace(PLAIN, html="<p>x</p>")
    boundary = parsed(spec).get_boundary()
    assert boundary is not None
    message = parsed(replace(spec, message_id=str(parsed(spec)["Message-ID"]), html=f"<p>{boundary}</p>"))
    assert message.get_boundary() != boundary
    assert body(message, "html").strip() == f"<p>{boundary}</p>"


def test_a_date_needs_a_zone() -> None:
    with pytest.raises(ValueError, match="no zone"):
        compose(PLAIN, DATE.replace(tzinfo=None))
    assert b"Date: Thu, 01 Jan 2026 00:00:00 +0000\r\n" in compose(PLAIN, datetime(2026, 1, 1, tzinfo=UTC))
