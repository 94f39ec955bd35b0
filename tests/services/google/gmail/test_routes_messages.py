"""messages.get in its four formats, and attachments.get; sheet sections 2, 9 and 10."""

from __future__ import annotations

import base64
import json

import pytest

from emulator.services.google.gmail.compose import Attachment

WITH_FILES = (
    b"From: A <a@example.com>\r\nTo: ada@example.com\r\nSubject: Files\r\nDate: Mon, 07 Sep 2026 10:00:00 +0000\r\n"
    b"MIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=m\r\n\r\n"
    b"--m\r\nContent-Type: multipart/alternative; boundary=a\r\n\r\n"
    b"--a\r\nContent-Type: text/plain; charset=UTF-8\r\n\r\nplain\r\n"
    b"--a\r\nContent-Type: text/html; charset=UTF-8\r\n\r\n<p>rich</p>\r\n--a--\r\n"
    b"--m\r\nContent-Type: application/pdf; name=s.pdf\r\nContent-Disposition: attachment; filename=s.pdf\r\n"
    b"Content-Transfer-Encoding: base64\r\n\r\nJVBERi0xLjQK\r\n"
    b"--m\r\nContent-Type: text/plain; charset=UTF-8\r\nContent-Disposition: attachment; filename=notes.txt\r\n\r\n"
    b"0123456789012345678901234567890123456789\r\n--m--\r\n"
)


def walk(part):
    yield part
    for child in part.get("parts", ()):
        yield from walk(child)


def only(site, **query):
    """The one message of the mailbox, as the query wants it."""
    (found,) = site.get("messages").json["messages"]
    return site.get(f"messages/{found['id']}", **query).json


def test_full_shows_the_tree_with_files_by_reference(site, box):
    box.deliver(WITH_FILES)
    message = only(site)
    assert list(message) == [
        *("id", "threadId", "labelIds", "snippet", "payload", "sizeEstimate", "historyId", "internalDate")
    ]
    parts = {part["partId"]: part for part in walk(message["payload"])}
    assert list(parts) == ["", "0", "0.0", "0.1", "1", "2"]
    assert [list(parts[""]), list(parts["0.0"])] == [
        ["partId", "mimeType", "filename", "headers", "body", "parts"],
        ["partId", "mimeType", "filename", "headers", "body"],
    ]
    assert parts[""]["body"] == parts["0"]["body"] == {"size": 0}
    for name, size in (("1", 9), ("2", 40)):
        assert list(parts[name]["body"]) == ["attachmentId", "size"]
        assert parts[name]["body"]["size"] == size
    assert base64.urlsafe_b64decode(parts["0.0"]["body"]["data"]) == b"plain"
    assert message["sizeEstimate"] == len(WITH_FILES)


def test_text_is_utf8_on_the_wire_while_size_counts_the_original(site, box):
    text = "déjà vu à l'été, " * 5
    latin = text.encode("iso-8859-1")
    box.deliver(b"From: a@b.example\r\nContent-Type: text/plain; charset=ISO-8859-1\r\n\r\n" + latin)
    body = only(site)["payload"]["body"]
    assert body["size"] == len(latin)
    assert base64.urlsafe_b64decode(body["data"]).decode() == text


def test_decoded_display_names_come_back_quoted(site, box):
    box.deliver(b"From: =?ISO-8859-1?Q?Jos=E9_M=FCller?= <jose@example.com>\r\n\r\nx")
    assert only(site)["payload"]["headers"] == [{"name": "From", "value": '"José Müller" <jose@example.com>'}]


def test_raw_is_the_message_itself_with_padding(site, box):
    box.deliver(WITH_FILES)
    message = only(site, format="raw")
    assert base64.urlsafe_b64decode(message["raw"]) == WITH_FILES
    assert list(message) == [
        "id",
        "threadId",
        "labelIds",
        "snippet",
        "sizeEstimate",
        "raw",
        "historyId",
        "internalDate",
    ]


def test_minimal_has_seven_keys(site, box):
    box.deliver(WITH_FILES)
    assert list(only(site, format="minimal")) == [
        *("id", "threadId", "labelIds", "snippet", "sizeEstimate", "historyId", "internalDate")
    ]


def test_metadata_has_type_and_headers_of_the_top_part(site, box):
    box.deliver(WITH_FILES)
    payload = only(site, format="metadata")["payload"]
    assert list(payload) == ["mimeType", "headers"]
    assert [each["name"] for each in payload["headers"]] == [
        *("From", "To", "Subject", "Date", "MIME-Version", "Content-Type")
    ]


def test_metadata_headers_choose_in_any_case_and_keep_the_messages_order(site, box):
    box.deliver(WITH_FILES)
    chosen = only(site, format="metadata", metadataHeaders=["SUBJECT", "from"])["payload"]["headers"]
    assert [each["name"] for each in chosen] == ["From", "Subject"]
    assert "headers" not in only(site, format="metadata", metadataHeaders="X-None")["payload"]
    assert len(only(site, metadataHeaders="Subject")["payload"]["headers"]) == 6


def test_numbers_of_64_bits_are_text_and_the_others_numbers(site, box):
    box.deliver(WITH_FILES)
    message = only(site)
    assert message["internalDate"] == "1788775200000"
    assert message["historyId"] == site.get("profile").json["historyId"]
    assert isinstance(message["sizeEstimate"], int)


def test_a_message_without_labels_has_no_such_key(site, box):
    box.deliver(WITH_FILES, labels=())
    assert "labelIds" not in only(site)


def test_the_snippet_is_escaped_and_present_when_empty(site, box):
    box.deliver(b"From: a@b.example\r\n\r\nTom & Jerry's")
    assert only(site)["snippet"] == "Tom &amp; Jerry&#39;s"
    other = box.deliver(b"From: a@b.example\r\n\r\n")
    assert site.get(f"messages/{other}").json["snippet"] == ""


@pytest.mark.parametrize("wrong", ["zz", "1a0d3496fb385f8a0", "-1", "0x1", "1_0", "%20"])
@pytest.mark.parametrize("resource", ["messages", "threads"])
def test_what_is_no_id_is_an_invalid_argument(site, resource, wrong):
    answer = site.get(f"{resource}/{wrong}")
    assert (answer.status, answer.error["message"]) == (400, "Invalid id value")


@pytest.mark.parametrize("missing", ["1a0d3496fb385f8a", "1", "ffffffffffffffff", "FFFFFFFFFFFFFFFF"])
@pytest.mark.parametrize("resource", ["messages", "threads"])
def test_an_id_of_nothing_is_not_found(site, resource, missing):
    answer = site.get(f"{resource}/{missing}")
    assert (answer.status, answer.error["message"]) == (404, "Requested entity was not found.")
    assert answer.error["errors"] == [
        {"message": "Requested entity was not found.", "domain": "global", "reason": "notFound"}
    ]
    assert "details" not in answer.error


def test_a_message_of_another_mailbox_is_not_found(site):
    theirs = site.box("grace@example.com").deliver(WITH_FILES)
    assert site.get(f"messages/{theirs}").status == 404
    assert site.get(f"threads/{theirs}").status == 404
    assert site.get("messages").json == {"resultSizeEstimate": 0}


def test_an_unknown_format_is_refused_by_the_transcoder(site, box):
    found = box.deliver(WITH_FILES)
    answer = site.get(f"messages/{found}", format="ornate")
    assert (answer.status, answer.error["errors"][0]["reason"]) == (400, "invalid")


# -- gmail.metadata ------------------------------------------------------------------------------------------------

METADATA_TOKENS = [("gmail.metadata",), ("gmail.metadata", "gmail.readonly"), ("gmail.metadata", "mail.google.com")]


@pytest.mark.parametrize("scopes", METADATA_TOKENS)
@pytest.mark.parametrize(("query", "form"), [({}, "FULL"), ({"format": "full"}, "FULL"), ({"format": "raw"}, "RAW")])
def test_a_token_that_holds_metadata_reads_no_bodies(site, box, scopes, query, form):
    found = box.deliver(WITH_FILES)
    answer = site.get(f"messages/{found}", scopes=scopes, **query)
    assert (answer.status, answer.error["message"]) == (403, f"Metadata scope doesn't allow format {form}")
    assert answer.error["errors"][0]["reason"] == "forbidden"


@pytest.mark.parametrize("scopes", METADATA_TOKENS)
def test_a_token_that_holds_metadata_sees_the_reduced_shapes(site, box, scopes):
    found = box.deliver(WITH_FILES)
    minimal = site.get(f"messages/{found}", scopes=scopes, format="minimal").json
    assert list(minimal) == ["id", "threadId", "labelIds", "payload", "sizeEstimate", "historyId", "internalDate"]
    assert minimal["payload"] == {"partId": ""}
    metadata = site.get(f"messages/{found}", scopes=scopes, format="metadata").json
    assert list(metadata["payload"]) == ["partId", "headers"]
    assert "snippet" not in metadata


def test_metadata_reads_no_attachments(site, box):
    found = box.deliver(WITH_FILES)
    answer = site.get(f"messages/{found}/attachments/ANGjdJx", scopes=("gmail.metadata",))
    assert (answer.status, answer.error["errors"][0]["reason"]) == (403, "insufficientPermissions")


# -- attachments ---------------------------------------------------------------------------------------------------


def attachment_ids(message):
    return {part["filename"]: part["body"]["attachmentId"] for part in walk(message["payload"]) if part["filename"]}


def test_an_attachment_is_its_bytes(site, box):
    found = box.deliver(WITH_FILES)
    ids = attachment_ids(only(site))
    answer = site.get(f"messages/{found}/attachments/{ids['notes.txt']}").json
    assert list(answer) == ["size", "data"]
    assert base64.urlsafe_b64decode(answer["data"]) == b"0123456789" * 4
    assert answer["size"] == 40
    assert base64.urlsafe_b64decode(site.get(f"messages/{found}/attachments/{ids['s.pdf']}").json["data"]) == (
        b"%PDF-1.4\n"
    )


def test_attachment_ids_differ_at_every_look_and_all_stay_valid(site, box):
    found = box.deliver(WITH_FILES)
    first, second = attachment_ids(only(site)), attachment_ids(only(site))
    assert first["s.pdf"] != second["s.pdf"]
    for each in (first, second):
        assert each["s.pdf"].startswith("ANGjdJ")
        assert len(each["s.pdf"]) > 200
        assert site.get(f"messages/{found}/attachments/{each['s.pdf']}").status == 200


def test_a_cut_or_foreign_attachment_id_is_an_invalid_token(site, box):
    found, other = box.deliver(WITH_FILES), box.deliver(WITH_FILES)
    token = attachment_ids(site.get(f"messages/{found}").json)["s.pdf"]
    for message, wrong in ((found, token[:-1]), (other, token), (found, "ANGjdJ"), (found, "garbage")):
        answer = site.get(f"messages/{message}/attachments/{wrong}")
        assert (answer.status, answer.error["message"]) == (400, "Invalid attachment token")
        assert answer.error["errors"][0]["reason"] == "invalidArgument"


def test_an_attachment_of_a_missing_message_is_not_found(site):
    assert site.get("messages/1a0d3496fb385f8a/attachments/ANGjdJx").status == 404
    assert site.get("messages/zz/attachments/ANGjdJx").error["message"] == "Invalid id value"


def test_an_attached_message_comes_back_raw(site, box):
    inner = b"From: in@b.example\r\nSubject: inside\r\n\r\nhello"
    outer = (
        b"From: a@b.example\r\nContent-Type: multipart/mixed; boundary=m\r\n\r\n--m\r\n"
        b"Content-Type: message/rfc822\r\nContent-Disposition: attachment; filename=in.eml\r\n\r\n"
        + inner
        + b"\r\n--m--\r\n"
    )
    found = box.deliver(outer)
    ids = attachment_ids(only(site))
    assert base64.urlsafe_b64decode(site.get(f"messages/{found}/attachments/{ids['in.eml']}").json["data"]) == inner


def test_an_empty_attachment_needs_no_reference(site, box):
    box.deliver(
        from_="a@b.example", subject="empty", text="see", attachments=(Attachment(filename="empty.bin", text=""),)
    )
    (part,) = [part for part in walk(only(site)["payload"]) if part["filename"]]
    assert part["body"] == {"size": 0, "data": ""}


def test_two_equal_worlds_answer_with_equal_bytes(site, another_site):
    def transcript(world):
        world.box().deliver(WITH_FILES)
        token = world.token()
        listed = world.get("messages", token=token)
        found = json.loads(listed.reply.body)["messages"][0]["id"]
        asked = ("profile", "labels", f"messages/{found}", f"threads/{found}", "messages")
        return [listed.reply, *(world.get(path, token=token).reply for path in asked)]

    assert transcript(site) == transcript(another_site())
