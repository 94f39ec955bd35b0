"""Sending through Google's client, and what arrives; numbers are the sheet's acceptance probes."""

from __future__ import annotations

import pytest

INVALID = "invalidArgument"
ACCOUNT = "ada@example.com"


@pytest.fixture
def grace(site):
    return site.box("grace@example.com")


@pytest.fixture
def send(users, raw):
    return lambda text="Hello", *, thread=None, **headers: users.messages().send(
        userId="me", body={"raw": raw(text, **headers)} | ({"threadId": thread} if thread else {})
    )


def headers_of(box, message):
    return [name for name, _ in box.message(message).mime.root.headers]


@pytest.mark.parametrize("address", [ACCOUNT, "Ada <ada+notes@example.com>", "ADA@example.com"])
def test_19_a_self_send_is_one_message(send, box, address):
    sent = send(To=address, Subject="note").execute()
    assert set(sent["labelIds"]) == {"UNREAD", "SENT", "INBOX"}
    assert [each.id for each in box.messages()] == [sent["id"]]


def test_20_a_recipient_is_needed(send, box, refused):
    assert refused(send(Subject="x")) == (400, "Recipient address required", INVALID)
    assert refused(send(To="undisclosed-recipients:;")) == (400, "Recipient address required", INVALID)
    assert len(box) == 0


@pytest.mark.parametrize("field", ["To", "Cc", "Bcc"])
@pytest.mark.parametrize("value", ["bogus", "a@b, c", "<>", "a@b@c", "Ada <ada>", "a..b@example.com", '"x'])
def test_an_address_that_is_none_names_its_field(send, refused, field, value):
    assert refused(send(**{field: value})) == (400, f"Invalid {field} header", INVALID)


def test_21_a_message_is_needed(users, refused):
    text = "'raw' RFC822 payload message string or uploading message via /upload/* URL required"
    for body in ({}, {"raw": ""}, {"payload": {"mimeType": "text/plain"}}):
        assert refused(users.messages().send(userId="me", body=body)) == (400, text, INVALID)


def test_raw_that_is_no_base64(users, refused):
    code, message, reason = refused(users.messages().send(userId="me", body={"raw": "!"}))
    assert (code, reason) == (400, "invalid")
    assert message.startswith("Invalid value at 'message.raw' (TYPE_BYTES), Base64 decoding failed")


def test_raw_may_be_unpadded_and_of_either_alphabet(users, raw, box):
    for text in (raw("a", To=ACCOUNT).rstrip("="), raw("ÿþ?>", To=ACCOUNT).replace("-", "+").replace("_", "/")):
        users.messages().send(userId="me", body={"raw": text}).execute()
    assert len(box) == 2


def test_48_what_is_kept_of_a_message(users, send, box):
    sent = send(From="x@example.com", To="y@other.org", Subject="plain").execute()
    assert headers_of(box, sent["id"]) == ["Received", "Received", "From", "To", "Subject", "Date", "Message-Id"]
    message = box.message(sent["id"])
    assert message.mime.root.header("From") == ACCOUNT
    assert message.mime.root.header("Received").startswith(
        "from 123456789012 named unknown by gmailapi.google.com with HTTPREST; Sun, 22 Nov 2026"
    )
    full = users.messages().get(userId="me", id=sent["id"]).execute()
    assert full["sizeEstimate"] == len(message.raw)
    assert full["internalDate"].endswith("000")


def test_a_missing_sender_comes_last_and_an_own_one_stays(send, box):
    without = send(To="y@other.org").execute()["id"]
    assert headers_of(box, without)[-3:] == ["Date", "Message-Id", "From"]
    named = send(From="Ada L <ada@example.com>", To="y@other.org").execute()["id"]
    assert box.message(named).mime.root.header("From") == "Ada L <ada@example.com>"


def test_an_old_date_becomes_that_of_sending_and_an_id_stays(send, box):
    sent = send(Date="Thu, 12 Nov 2026 10:00:00 +0000", Message_ID="<mine@example.com>", To="y@other.org").execute()
    root = box.message(sent["id"]).mime.root
    assert root.header("Date") == "Sun, 22 Nov 2026 04:00:00 -0800"
    assert root.header("Message-ID") == "<mine@example.com>"


def test_a_message_reaches_another_mailbox_with_its_own_history(site, send, grace, box):
    start = grace.history_id
    sent = send("for you", To="Grace <grace@example.com>", Bcc="ada@example.com", Subject="hi").execute()
    (arrived,) = grace.messages()
    assert arrived.label_ids == {"INBOX", "UNREAD", "CATEGORY_PERSONAL"}
    assert arrived.id != sent["id"]
    assert headers_of(grace, arrived.id)[:2] == ["Delivered-To", "Received"]
    assert "Bcc" not in headers_of(grace, arrived.id)
    assert "Bcc" in headers_of(box, sent["id"])
    theirs = site.client(user="grace@example.com").history().list(userId="me", startHistoryId=start).execute()
    assert theirs["history"][0]["messagesAdded"][0]["message"]["id"] == arrived.id


def test_one_copy_for_several_spellings_of_an_address(send, grace):
    send(To="grace@example.com, GRACE@example.com", Cc="grace+x@example.com").execute()
    assert len(grace) == 1


def test_the_outside_world_takes_what_it_is_given(send, box):
    send(To="someone@other.org").execute()
    assert [each.label_ids for each in box.messages()] == [{"SENT"}]


@pytest.mark.parametrize("address", ["nobody@example.com", "nomail@example.com", "x@gmail.com", "x@nowhere.invalid"])
def test_what_cannot_be_delivered_comes_back_in_the_same_thread(send, grace, box, address):
    sent = send(To=f"{address}, grace@example.com", Subject="hello?").execute()
    report, kept = box.messages()
    assert kept.id == sent["id"]
    assert report.thread_id == sent["threadId"]
    assert report.label_ids == {"UNREAD", "CATEGORY_UPDATES", "INBOX"}
    assert report.mime.root.mime_type == "multipart/report"
    assert report.mime.root.header("From") == "Mail Delivery Subsystem <mailer-daemon@googlemail.com>"
    assert report.mime.root.header("X-Failed-Recipients") == address
    assert [part.mime_type for part in report.mime.root.children][1:] == ["message/delivery-status", "message/rfc822"]
    assert len(grace) == 1


def test_a_disabled_account_takes_no_mail(site, send, grace, box):
    site.app.google.user("grace@example.com").disabled = True
    send(To="grace@example.com").execute()
    assert len(grace) == 0
    assert "5.2.1" in box.messages()[0].raw.decode()


def test_spam_lands_in_spam(send, grace):
    from emulator.services.google.gmail.spam import GTUBE

    send(GTUBE, To="grace@example.com").execute()
    (arrived,) = grace.messages(spam_and_trash=True)
    assert arrived.label_ids == {"SPAM", "UNREAD", "CATEGORY_PERSONAL"}


def test_a_thread_is_joined_where_the_subject_fits(send, box):
    first = send(To="y@other.org", Subject="plan").execute()
    assert send(thread=first["id"], To="y@other.org", Subject="Re: plan").execute()["threadId"] == first["id"]
    other = send(thread=first["id"], To="y@other.org", Subject="lunch").execute()
    assert other["threadId"] == other["id"]


def test_an_answer_joins_by_its_references(send, box):
    first = send(To="y@other.org", Subject="plan", Message_ID="<1@x>").execute()
    answer = send(To="y@other.org", Subject="Re: plan", In_Reply_To="<1@x>").execute()
    assert answer["threadId"] == first["threadId"]


def test_a_conversation_between_two_mailboxes_is_a_thread_in_both(site, send, raw, grace, box):
    send(To="grace@example.com", Subject="plan").execute()
    (arrived,) = grace.messages()
    about = arrived.mime.root.header("Message-Id")
    body = {"raw": raw(To=ACCOUNT, Subject="Re: plan", In_Reply_To=about), "threadId": arrived.thread_id}
    reply = site.client("https://mail.google.com/", user="grace@example.com").messages().send(userId="me", body=body)
    assert reply.execute()["threadId"] == arrived.thread_id
    newest, first = box.messages()
    assert newest.thread_id == first.thread_id


def test_threads_that_are_not_there(send, refused):
    assert refused(send(thread="abc", To="y@other.org")) == (404, "Requested entity was not found.", "notFound")
    assert refused(send(thread="zz", To="y@other.org")) == (400, "Invalid thread_id value", INVALID)


def test_a_sender_that_cannot_be_read(send, refused):
    assert refused(send(From="<>", To="y@other.org"))[1] == "Invalid From header"


def test_a_refused_message_leaves_nothing(send, box, grace, refused):
    before = box.history_id
    refused(send(To="grace@example.com", Cc="bogus"))
    assert (box.history_id, len(box), len(grace)) == (before, 0, 0)


def test_a_token_for_sending_can_do_nothing_else(site, raw):
    users = site.client("gmail.send")
    assert users.messages().send(userId="me", body={"raw": raw(To=ACCOUNT)}).execute()["labelIds"]
    from googleapiclient.errors import HttpError

    with pytest.raises(HttpError, match="403"):
        users.drafts().create(userId="me", body={"message": {"raw": raw(To=ACCOUNT)}}).execute()
