"""The payload tree, against the recorded rules: part numbers, key order, what is inline and what by reference."""

from __future__ import annotations

import base64
import json
from typing import Any

import pytest

from emulator.services.google.gmail.mime import Message, base64url, canonical, metadata_payload, parse, payload

ALTERNATIVE = (
    'Content-Type: multipart/alternative; boundary="in"\r\n\r\n'
    "--in\r\nContent-Type: text/plain; charset=UTF-8\r\n\r\nplain\r\n"
    "--in\r\nContent-Type: text/html; charset=UTF-8\r\n\r\n<b>html</b>\r\n--in--\r\n"
)
PDF = (
    'Content-Type: application/pdf; name="s.pdf"\r\nContent-Disposition: attachment; filename="s.pdf"\r\n'
    "Content-Transfer-Encoding: base64\r\n\r\nJVBERi0=\r\n"
)
NOTES = (
    "Content-Type: text/plain\r\nContent-Disposition: attachment; filename=notes.txt\r\n\r\n"
    "forty bytes of notes, kept out of line.\n\r\n"
)


def message(*parts: str, subtype: str = "mixed", headers: str = "") -> Message:
    body = "".join(f"--out\r\n{part}" for part in parts)
    return parse(f"{headers}Content-Type: multipart/{subtype}; boundary=out\r\n\r\n{body}--out--\r\n".encode())


def rendered(parsed: Message) -> dict[str, Any]:
    return payload(parsed, lambda part: f"ANGjdJ-{part.part_id}")


def by_id(tree: dict[str, Any]) -> dict[str, dict[str, Any]]:
    found = {tree["partId"]: tree}
    for child in tree.get("parts", []):
        found |= by_id(child)
    return found


def test_probe_7_alternative_with_a_pdf_and_a_tiny_text_file() -> None:
    parts = by_id(rendered(message(ALTERNATIVE, PDF, NOTES)))
    assert list(parts) == ["", "0", "0.0", "0.1", "1", "2"]
    assert parts[""]["body"] == parts["0"]["body"] == {"size": 0}
    assert parts["1"]["body"] == {"attachmentId": "ANGjdJ-1", "size": 5}
    assert parts["2"]["body"] == {"attachmentId": "ANGjdJ-2", "size": 40}
    assert [parts[i]["filename"] for i in parts] == ["", "", "", "", "s.pdf", "notes.txt"]


def test_a_part_has_its_keys_in_the_recorded_order() -> None:
    tree = rendered(message(ALTERNATIVE))
    assert list(tree) == ["partId", "mimeType", "filename", "headers", "body", "parts"]
    assert list(tree["parts"][0]["parts"][0]) == ["partId", "mimeType", "filename", "headers", "body"]


def test_a_message_without_parts_is_only_the_root() -> None:
    tree = rendered(parse(b"Subject: x\r\nContent-Type: TEXT/Plain; charset=utf-8\r\n\r\nhello\r\n"))
    assert (tree["partId"], tree["mimeType"], tree["filename"]) == ("", "text/plain", "")
    assert tree["body"] == {"size": 7, "data": base64url(b"hello\r\n")}
    assert "parts" not in tree


def test_probe_8_text_is_transcoded_and_the_size_counts_original_bytes() -> None:
    text = "é" * 10 + "x" * 85
    raw = b"Content-Type: text/plain; charset=ISO-8859-1\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n"
    body = rendered(parse(raw + b"=E9" * 10 + b"=\r\n" + b"x" * 85))["body"]
    decoded = base64.urlsafe_b64decode(body["data"])
    assert (body["size"], len(decoded), decoded.decode()) == (95, 105, text)


def test_probe_9_a_decoded_display_name_comes_back_quoted() -> None:
    raw = b"From: =?ISO-8859-1?Q?Jos=E9_M=FCller?= <jose@example.com>\r\n\r\n"
    assert rendered(parse(raw))["headers"] == [{"name": "From", "value": '"José Müller" <jose@example.com>'}]


def test_probe_10_raw_survives_a_decoder_that_repairs_no_padding() -> None:
    for raw in (b"a: b\r\n\r\n", b"a: b\r\n\r\nc", b"a: b\r\n\r\n\xfb\xff"):
        assert base64.urlsafe_b64decode(base64url(raw)) == raw


def test_probe_51_metadata_is_exactly_type_and_headers_of_the_top_part() -> None:
    parsed = message(ALTERNATIVE, headers="Received: b\r\nReceived: a\r\nMessage-ID: <x@y>\r\n")
    assert metadata_payload(parsed) == {
        "mimeType": "multipart/mixed",
        "headers": [
            {"name": "Received", "value": "b"},
            {"name": "Received", "value": "a"},
            {"name": "Message-ID", "value": "<x@y>"},
            {"name": "Content-Type", "value": "multipart/mixed; boundary=out"},
        ],
    }


def test_metadata_headers_match_in_any_case_and_keep_message_order_and_spelling() -> None:
    parsed = message(NOTES, headers="To: t@x\r\nMessage-Id: <x@y>\r\nFrom: f@x\r\n")
    picked = metadata_payload(parsed, ["from", "MESSAGE-ID"])["headers"]
    assert [header["name"] for header in picked] == ["Message-Id", "From"]


def test_metadata_headers_that_match_nothing_leave_no_key() -> None:
    assert metadata_payload(message(NOTES), ["X-None"]) == {"mimeType": "multipart/mixed"}


def test_a_part_without_headers_has_no_headers_key() -> None:
    assert "headers" not in rendered(message("\r\nbare\r\n"))["parts"][0]


def test_an_empty_attachment_has_empty_data_and_no_reference() -> None:
    empty = "Content-Disposition: attachment; filename=none.txt\r\n\r\n"
    assert rendered(message(empty))["parts"][0]["body"] == {"size": 0, "data": ""}


def test_an_image_known_only_by_content_id_is_given_by_reference() -> None:
    image = "Content-Type: image/png\r\nContent-ID: <i>\r\nContent-Transfer-Encoding: base64\r\n\r\niVBORw==\r\n"
    part = rendered(message(image, subtype="related"))["parts"][0]
    assert (part["filename"], part["body"]) == ("", {"attachmentId": "ANGjdJ-0", "size": 4})


def test_a_megabyte_of_nameless_text_stays_inline() -> None:
    body = rendered(parse(b"Subject: x\r\n\r\n" + b"y" * 1_008_700))["body"]
    assert body["size"] == 1_008_700
    assert len(base64.urlsafe_b64decode(body["data"])) == 1_008_700


INNER = (
    f"Subject: inner\r\nContent-Type: multipart/mixed; boundary=deep\r\n\r\n--deep\r\n{NOTES}"
    "--deep\r\n\r\ntext\r\n--deep--\r\n"
)


def test_an_inline_message_is_expanded_and_has_no_size() -> None:
    parts = by_id(rendered(message("\r\ncover\r\n", f"Content-Type: message/rfc822\r\n\r\n{INNER}")))
    assert list(parts) == ["", "0", "1", "1.0", "1.0.0", "1.0.1"]
    assert (parts["1"]["filename"], parts["1"]["body"]) == ("", {"size": 0})
    assert parts["1.0"]["headers"][0] == {"name": "Subject", "value": "inner"}
    assert base64.urlsafe_b64decode(parts["1.0.1"]["body"]["data"]) == b"text"


def test_an_attached_message_has_a_reference_and_its_raw_size() -> None:
    attached = f"Content-Type: message/rfc822\r\nContent-Disposition: attachment; filename=a.eml\r\n\r\n{INNER}"
    parsed = message("\r\ncover\r\n", attached)
    part = by_id(rendered(parsed))["1"]
    stored = INNER.removesuffix("\r\n").encode()
    assert (part["filename"], part["body"]) == ("a.eml", {"attachmentId": "ANGjdJ-1", "size": len(stored)})
    found = parsed.find_part("1")
    assert found is not None
    assert found.body == stored


def test_a_message_embedded_under_base64_is_expanded_all_the_same() -> None:
    encoded = base64.encodebytes(INNER.encode()).decode()
    attached = f"Content-Type: message/rfc822\r\nContent-Transfer-Encoding: base64\r\n\r\n{encoded}"
    assert list(by_id(rendered(message(attached)))) == ["", "0", "0.0", "0.0.0", "0.0.1"]


CALENDAR = "Content-Type: text/calendar; method=REQUEST\r\n\r\nBEGIN:VCALENDAR\r\n"


def test_a_calendar_alternative_borrows_the_name_of_the_attached_one() -> None:
    alternative = (
        f"Content-Type: multipart/alternative; boundary=in\r\n\r\n--in\r\n\r\ncome\r\n--in\r\n{CALENDAR}--in--\r\n"
    )
    parts = by_id(rendered(message(alternative, 'Content-Type: application/ics; name="invite.ics"\r\n\r\nB\r\n')))
    assert (parts["0.1"]["filename"], list(parts["0.1"]["body"])) == ("invite.ics", ["attachmentId", "size"])


def test_a_calendar_alternative_alone_stays_inline() -> None:
    part = rendered(message("\r\ncome\r\n", CALENDAR, subtype="alternative"))["parts"][1]
    assert (part["filename"], list(part["body"])) == ("", ["size", "data"])


@pytest.mark.parametrize(
    ("content_type", "body", "text"),
    [
        ("text/plain; charset=no-such-thing", b"caf\xe9", "café"),
        ("text/plain; charset=no-such-thing", "café".encode(), "café"),
        ("text/plain", b"caf\xe9", "café"),
        ("text/plain; charset=us-ascii", "café".encode(), "café"),
        ("text/plain; charset=utf-8", b"caf\xe9!", "caf\ufffd!"),
        ("text/plain; charset=gb2312", "镕".encode("gb18030"), "镕"),
        ("text/plain; charset=iso-2022-jp", "日本".encode("iso-2022-jp"), "日本"),
        ("text/plain; charset=hex", b"caf\xe9", "café"),
        ("text/plain; charset=idna", b"caf\xe9", "café"),
        ("text/plain; charset=unicode_escape", rb"\u00e9", r"\u00e9"),
        ("text/plain; charset=utf-7", b"+2AA-", "?"),
        ('text/plain; charset="ISO-8859-1"; format=flowed', b"caf\xe9", "café"),
        ("text/plain; charset=us-ascii (plain text)", b"cafe", "cafe"),
    ],
)
def test_text_of_any_charset_comes_out_as_utf8(content_type: str, body: bytes, text: str) -> None:
    tree = rendered(parse(f"Content-Type: {content_type}\r\n\r\n".encode() + body))
    assert base64.urlsafe_b64decode(tree["body"]["data"]).decode() == text
    assert tree["body"]["size"] == len(body)


@pytest.mark.parametrize(
    ("content_type", "mime_type"),
    [("", "text/plain"), ("garbage", "text/plain"), ("a/b/c", "text/plain"), ("IMAGE/PNG ; x=y", "image/png")],
)
def test_the_media_type_is_lower_case_without_parameters(content_type: str, mime_type: str) -> None:
    assert parse(f"Content-Type: {content_type}\r\n\r\n".encode()).root.mime_type == mime_type


def test_canonical_makes_every_bare_lf_crlf_and_is_stable() -> None:
    assert canonical(b"a\nb\r\nc\rd\n") == b"a\r\nb\r\nc\rd\r\n"
    assert canonical(canonical(b"\n\r\n\r\r\n")) == canonical(b"\n\r\n\r\r\n")


def test_the_payload_is_json() -> None:
    assert json.loads(json.dumps(rendered(message(ALTERNATIVE, PDF)))) == rendered(message(ALTERNATIVE, PDF))
