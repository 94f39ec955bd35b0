"""The reading probes of the sheet's section 15, through google-api-python-client itself."""

from __future__ import annotations

import base64
import re
from datetime import timedelta

import pytest
from googleapiclient.errors import HttpError


@pytest.fixture
def users(site):
    return site.client("gmail.readonly")


def refused(request):
    with pytest.raises(HttpError) as caught:
        request.execute()
    return caught.value


def subject(text, body="x", more=""):
    return f"From: Bob <bob@x.example>\r\nTo: ada@example.com\r\nSubject: {text}\r\n{more}\r\n{body}\r\n".encode()


def test_1_profile(users):
    profile = users.getProfile(userId="me").execute()
    assert list(profile) == ["emailAddress", "messagesTotal", "threadsTotal", "historyId"]
    assert isinstance(profile["historyId"], str)


def test_2_labels_of_a_new_mailbox(users):
    labels = users.labels().list(userId="me").execute()["labels"]
    assert len(labels) == 14
    assert {each["type"] for each in labels} == {"system"}


def test_3_a_search_without_result(users):
    assert users.messages().list(userId="me", q="from:nobody@nowhere.test").execute() == {"resultSizeEstimate": 0}


def test_4_a_page_of_250_messages(users, box):
    for number in range(250):
        box.deliver(subject(f"n{number}"))
    page = users.messages().list(userId="me", maxResults=5).execute()
    assert [list(each) for each in page["messages"]] == [["id", "threadId"]] * 5
    assert page["resultSizeEstimate"] == 201
    assert re.fullmatch(r"\d{20}", page["nextPageToken"])


def test_5_pages_of_a_search(users, box):
    for number in range(8):
        box.deliver(subject("wanted", body=str(number)))
        box.deliver(subject("other"))
    request = users.messages().list(userId="me", q="subject:wanted", maxResults=2)
    found, count = [], 0
    while request is not None:
        page = request.execute()
        found += page["messages"]
        count += 1
        request = users.messages().list_next(request, page)
    assert count == 4
    assert found == users.messages().list(userId="me", q="subject:wanted", maxResults=500).execute()["messages"]
    assert "nextPageToken" not in page


def test_6_an_invalid_page_token(users):
    error = refused(users.messages().list(userId="me", pageToken="not-a-token"))
    assert (error.status_code, error.reason) == (400, "Invalid pageToken")
    assert error.error_details == [{"message": "Invalid pageToken", "domain": "global", "reason": "invalidArgument"}]


def test_10_raw_decodes_without_repair(users, box):
    found = box.deliver(subject("raw"))
    message = users.messages().get(userId="me", id=found, format="raw").execute()
    assert base64.urlsafe_b64decode(message["raw"]) == subject("raw")
    assert "payload" not in message


def test_12_ids_that_are_none_and_ids_of_nothing(users):
    malformed = refused(users.messages().get(userId="me", id="zz"))
    assert (malformed.status_code, malformed.reason) == (400, "Invalid id value")
    missing = refused(users.messages().get(userId="me", id="1a0d3496fb385f8a"))
    assert (missing.status_code, missing.reason) == (404, "Requested entity was not found.")


def test_26_alternatives_bind_tighter_than_the_dates_beside_them(site, users, box):
    now = site.app.clock.now()
    box.deliver(subject("early"), received=now - timedelta(days=10))
    wanted = box.deliver(subject("inside"))
    start, end = (int((now + timedelta(days=days)).timestamp()) for days in (-1, 1))
    page = users.messages().list(userId="me", q=f"from:bob OR label:none after:{start} before:{end}").execute()
    assert [each["id"] for each in page["messages"]] == [wanted]


def test_27_epoch_bounds_are_inclusive_at_both_ends(users, box, site):
    found = box.deliver(subject("now"))
    second = site.app.clock.seconds()
    for query in (f"after:{second}", f"before:{second}"):
        assert users.messages().list(userId="me", q=query).execute()["messages"][0]["id"] == found


def test_28_a_label_id_in_a_query_matches_nothing(users, box):
    for number in range(8):
        box.deliver(subject(f"s{number}"), labels=(f"Name {number}",))
    assert users.messages().list(userId="me", q="label:Label_7").execute() == {"resultSizeEstimate": 0}
    assert len(users.messages().list(userId="me", q="label:name-6").execute()["messages"]) == 1


def test_29_a_thread_that_matches_only_in_trash(users, box):
    first = box.deliver(subject("talk", more="Message-ID: <a@x>\r\n"))
    box.deliver(subject("Re: talk", body="needle", more="In-Reply-To: <a@x>\r\n"), labels=("TRASH",))
    threads = users.threads()
    assert "threads" not in threads.list(userId="me", q="needle").execute()
    lifted = threads.list(userId="me", q="needle", includeSpamTrash=True).execute()
    assert [each["id"] for each in lifted["threads"]] == [first]
    assert len(threads.get(userId="me", id=first).execute()["messages"]) == 2


def test_32_a_long_query_is_sent_as_a_post_and_answered_as_a_get(site, users):
    assert users.messages().list(userId="me", q="x" * 2100).execute() == {"resultSizeEstimate": 0}
    made = list(site.app.journal)[-1]
    assert (made.call.verb, made.call.headers.get("x-http-method-override")) == ("POST", "GET")
    assert made.operation == "gmail.users.messages.list"


def test_35_metadata_restricts_whatever_else_the_token_holds(site, box):
    users = site.client("gmail.metadata", "gmail.readonly")
    full = refused(users.messages().get(userId="me", id=box.deliver(subject("s")), format="full"))
    assert (full.status_code, full.reason) == (403, "Metadata scope doesn't allow format FULL")
    search = refused(users.messages().list(userId="me", q="x"))
    assert (search.status_code, search.reason) == (403, "Metadata scope does not support 'q' parameter")


def test_36_a_scope_that_does_not_fit_is_named_in_the_details(site):
    error = refused(site.client("gmail.send").drafts().create(userId="me", body={}))
    assert error.status_code == 403
    assert error.error_details[0]["reason"] == "ACCESS_TOKEN_SCOPE_INSUFFICIENT"
    assert error.error_details[0]["metadata"]["method"] == "caribou.api.proto.MailboxService.CreateDraft"


def test_38_another_mailbox(users):
    error = refused(users.getProfile(userId="grace@example.com"))
    assert (error.status_code, error.reason) == (403, "Delegation denied for ada@example.com")


def test_40_the_api_switched_off(site, users):
    site.app.google.project("demo").disable("gmail.googleapis.com")
    error = refused(users.getProfile(userId="me"))
    assert error.status_code == 403
    assert error.error_details[0]["reason"] == "SERVICE_DISABLED"


def test_41_partial_responses(users, box):
    for number in range(3):
        box.deliver(subject(f"s{number}"))
    page = users.messages().list(userId="me", maxResults=2, fields="nextPageToken,messages/id").execute()
    assert list(page) == ["messages", "nextPageToken"]
    assert [list(each) for each in page["messages"]] == [["id"], ["id"]]


def test_44_a_cut_attachment_id(users, box):
    attached = "Content-Type: text/plain; name=a.txt\r\n"
    found = box.deliver(subject("file", more=attached))
    token = users.messages().get(userId="me", id=found).execute()["payload"]["body"]["attachmentId"]
    attachments = users.messages().attachments()
    assert attachments.get(userId="me", messageId=found, id=token).execute()["size"] == 3
    error = refused(attachments.get(userId="me", messageId=found, id=token[:-1]))
    assert (error.status_code, error.reason) == (400, "Invalid attachment token")


def test_47_a_late_message_is_first_by_receipt_with_the_date_it_bears(site, users, box):
    box.deliver(subject("before"))
    site.app.clock.advance(seconds=5)
    found = box.deliver(subject("late", more="Date: Sun, 22 Nov 2026 11:30:00 +0000\r\n"))
    assert users.messages().list(userId="me").execute()["messages"][0]["id"] == found
    assert int(found, 16) >> 20 == site.app.clock.milliseconds()
    date = users.messages().get(userId="me", id=found, format="minimal").execute()["internalDate"]
    assert date == "1795347000000"


def test_51_metadata_payload(users, box):
    found = box.deliver(subject("s"))
    payload = users.messages().get(userId="me", id=found, format="metadata").execute()["payload"]
    assert list(payload) == ["mimeType", "headers"]
