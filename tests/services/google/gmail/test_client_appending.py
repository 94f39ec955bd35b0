"""messages.insert and messages.import through Google's client; numbers are the sheet's acceptance probes."""

from __future__ import annotations

import pytest

from emulator.services.google.gmail.spam import GTUBE

OLD = "Tue, 10 Mar 2020 08:30:00 +0000"
OLD_MILLISECONDS = 1583829000000


@pytest.fixture
def insert(users, raw):
    return lambda text="Hello", *, labels=(), thread=None, parameters=None, **headers: users.messages().insert(
        userId="me",
        body={"raw": raw(text, **headers), "labelIds": list(labels)} | ({"threadId": thread} if thread else {}),
        **(parameters or {}),
    )


@pytest.fixture
def import_(users, raw):
    return lambda text="Hello", *, labels=(), parameters=None, **headers: users.messages().import_(
        userId="me", body={"raw": raw(text, **headers), "labelIds": list(labels)}, **(parameters or {})
    )


def moment(message):
    return int(message, 16) >> 20


def test_an_insert_is_kept_as_it_is_below_one_line(users, insert, box):
    made = insert(labels=["INBOX", "UNREAD"], Subject="x", From="y@other.org").execute()
    assert set(made) == {"id", "threadId", "labelIds"}
    root = box.message(made["id"]).mime.root
    assert [name for name, _ in root.headers] == ["Received", "Subject", "From"]
    assert "labelIds" not in insert(Subject="y").execute()


def test_an_import_answers_its_id_alone_and_shows_its_way(import_, box):
    made = import_(labels=["INBOX"], Subject="x").execute()
    assert set(made) == {"id"}
    assert [name for name, _ in box.message(made["id"]).mime.root.headers] == [
        "Delivered-To",
        "Received",
        "X-Forwarded-Encrypted",
        "X-Received",
        "Received",
        "Subject",
    ]


def test_an_import_has_the_labels_asked_for_and_no_others(import_, box):
    assert box.message(import_(Subject="x").execute()["id"]).label_ids == frozenset()
    assert box.message(import_(labels=["STARRED"], Subject="y").execute()["id"]).label_ids == {"STARRED"}


def test_23_an_import_cannot_name_its_thread(users, raw, refused):
    call = users.messages().import_(userId="me", body={"raw": raw(Subject="x"), "threadId": "abc"})
    assert refused(call) == (400, "threadId not allowed", "invalidArgument")


def test_a_spam_verdict_replaces_the_inbox(import_, insert, box):
    spam = import_(GTUBE, labels=["INBOX", "UNREAD"], Subject="x").execute()["id"]
    assert box.message(spam).label_ids == {"SPAM", "CATEGORY_PERSONAL", "UNREAD"}
    kept = import_(GTUBE, labels=["INBOX"], parameters={"neverMarkSpam": True}, Subject="x").execute()["id"]
    assert box.message(kept).label_ids == {"INBOX"}
    assert box.message(insert(GTUBE, labels=["INBOX"], Subject="z").execute()["id"]).label_ids == {"INBOX"}


@pytest.mark.parametrize(
    ("method", "source", "dated"),
    [
        ("insert", None, False),
        ("insert", "dateHeader", True),
        ("import_", None, True),
        ("import_", "receivedTime", False),
    ],
)
def test_the_source_of_the_date_decides_the_place_in_lists(site, request, users, box, method, source, dated):
    call = request.getfixturevalue(method)
    parameters = {"internalDateSource": source} if source else {}
    message = call(parameters=parameters, Date=OLD, Subject="x").execute()["id"]
    expected = OLD_MILLISECONDS if dated else site.app.clock.milliseconds()
    assert moment(message) // 1000 == expected // 1000
    shown = users.messages().get(userId="me", id=message, format="minimal").execute()
    assert shown["internalDate"] == str(OLD_MILLISECONDS)


def test_mail_for_the_vault_alone_is_seen_by_nobody(users, insert, import_, box):
    for call in (insert, import_):
        assert call(parameters={"deleted": True}, Subject="x").execute()["id"]
    assert len(box) == 0


def test_an_insert_joins_a_thread_whose_subject_it_has(insert, refused):
    first = insert(Subject="plan").execute()
    assert insert(thread=first["id"], Subject="Re: plan").execute()["threadId"] == first["id"]
    other = insert(thread=first["id"], Subject="lunch").execute()
    assert other["threadId"] == other["id"]
    assert refused(insert(thread="abc", Subject="plan"))[0] == 404


def test_an_import_joins_by_its_subject_alone_and_an_insert_does_not(insert, import_, box):
    first = import_(Subject="plan").execute()["id"]
    assert box.message(import_(Subject="plan").execute()["id"]).thread_id == first
    assert insert(Subject="plan").execute()["threadId"] != first
    alone = import_(From="a@b.org").execute()["id"]
    assert box.message(import_(From="a@b.org").execute()["id"]).thread_id != alone


@pytest.mark.parametrize("method", ["insert", "import_"])
def test_labels_must_be_there(request, refused, box, method):
    call = request.getfixturevalue(method)
    assert refused(call(labels=["Work"], Subject="x"))[1] == "Invalid label: Work"
    assert refused(call(labels=["Label_9"], Subject="x"))[1] == "labelId not found"
    assert len(box) == 0


@pytest.mark.parametrize("method", ["insert", "import_"])
def test_what_has_no_header_is_no_message(users, refused, method):
    call = getattr(users.messages(), method)(userId="me", body={"raw": "AAAA"})
    assert refused(call) == (400, "Request contains an invalid argument.", "invalidArgument")


def test_one_record_for_each(users, insert, import_, box):
    start = box.history_id
    made = [insert(Subject="x").execute()["id"], import_(Subject="y").execute()["id"]]
    records = users.history().list(userId="me", startHistoryId=start).execute()["history"]
    assert [each["messagesAdded"][0]["message"]["id"] for each in records] == made
