"""Label changes, trash and deletion through Google's client; numbers are the sheet's acceptance probes."""

from __future__ import annotations

import pytest

INVALID = "invalidArgument"


@pytest.fixture
def message(box):
    return box.deliver(b"Message-ID: <1@x>\r\nSubject: talk\r\n\r\n")


@pytest.fixture
def answer(box, message):
    return box.deliver(b"Message-ID: <2@x>\r\nReferences: <1@x>\r\nSubject: Re: talk\r\n\r\n", labels=("SENT",))


@pytest.fixture
def modify(users):
    return lambda message, add=(), remove=(): users.messages().modify(
        userId="me", id=message, body={"addLabelIds": list(add), "removeLabelIds": list(remove)}
    )


@pytest.fixture
def changes(users):
    """What happened since a history id: kind, label, messages, and the labels of the first right after."""

    def listed(start, **options):
        records = users.history().list(userId="me", startHistoryId=start, **options).execute().get("history", [])
        found = []
        for record in records:
            (kind,) = set(record) - {"id", "messages"}
            entries = record[kind]
            labels = set(entries[0]["message"].get("labelIds", []))
            found.append((kind, entries[0].get("labelIds"), [each["message"]["id"] for each in entries], labels))
        return found

    return listed


def test_15_names_and_unknown_ids_are_told_apart(users, box, message, refused):
    box.add_label("P/A")
    thread = users.threads()
    named = thread.modify(userId="me", id=message, body={"addLabelIds": ["P/A"]})
    assert refused(named) == (400, "Invalid label: P/A", INVALID)
    unknown = thread.modify(userId="me", id=message, body={"addLabelIds": ["Label_999999999"]})
    assert refused(unknown) == (400, "labelId not found", INVALID)


def test_16_a_change_of_nothing(modify, message, refused):
    assert refused(modify(message)) == (400, "No label add or removes specified", INVALID)


def test_a_label_cannot_be_put_on_and_taken_off(modify, message, refused):
    text = "Cannot both add and remove the same label"
    assert refused(modify(message, ["STARRED"], ["STARRED"])) == (400, text, INVALID)


@pytest.mark.parametrize("label", ["SENT", "DRAFT", "CHAT"])
def test_some_system_labels_are_not_for_callers(modify, message, refused, label):
    assert refused(modify(message, [label])) == (400, f"Invalid label: {label}", INVALID)
    assert refused(modify(message, [], [label])) == (400, f"Invalid label: {label}", INVALID)


def test_17_spam_takes_inbox_away_in_a_record_of_its_own(modify, changes, box, message):
    start = box.history_id
    assert set(modify(message, ["SPAM"]).execute()["labelIds"]) == {"UNREAD", "SPAM"}
    assert changes(start) == [
        ("labelsAdded", ["SPAM"], [message], {"UNREAD", "INBOX", "SPAM"}),
        ("labelsRemoved", ["INBOX"], [message], {"UNREAD", "SPAM"}),
    ]


def test_18_a_repetition_changes_nothing_and_answers_more(modify, box, message):
    modify(message, ["SPAM"]).execute()
    before = box.history_id
    repeated = modify(message, ["SPAM"]).execute()
    assert box.history_id == before
    keys = ["id", "threadId", "labelIds", "snippet", "sizeEstimate", "historyId", "internalDate"]
    assert list(repeated) == keys


def test_three_changes_of_one_call_are_three_records(modify, changes, box, message):
    box.add_label("work")
    start = box.history_id
    modify(message, ["STARRED", "Label_1"], ["INBOX"]).execute()
    assert [(kind, label) for kind, label, _, _ in changes(start)] == [
        ("labelsAdded", ["STARRED"]),
        ("labelsAdded", ["Label_1"]),
        ("labelsRemoved", ["INBOX"]),
    ]


def test_nothing_changes_where_one_label_is_wrong(modify, box, message, refused):
    before = box.history_id
    assert refused(modify(message, ["STARRED", "nonsense"]))[0] == 400
    assert (box.history_id, "STARRED" in box.message(message).label_ids) == (before, False)


def test_a_change_without_labels_left_leaves_the_key_out(modify, message):
    assert set(modify(message, [], ["INBOX", "UNREAD"]).execute()) == {"id", "threadId"}


@pytest.mark.parametrize(
    ("first", "then", "left"),
    [
        ("TRASH", "INBOX", {"UNREAD", "INBOX"}),
        ("SPAM", "INBOX", {"UNREAD", "INBOX"}),
        ("SPAM", "TRASH", {"UNREAD", "TRASH"}),
        ("TRASH", "SPAM", {"UNREAD", "SPAM"}),
    ],
)
def test_a_message_lies_in_one_place(modify, box, message, first, then, left):
    modify(message, [first]).execute()
    modify(message, [then]).execute()
    assert box.message(message).label_ids == left


def test_49_trash_and_untrash(users, box, message):
    trashed = users.messages().trash(userId="me", id=message).execute()
    assert set(trashed) == {"id", "threadId", "labelIds"}
    assert set(trashed["labelIds"]) == {"UNREAD", "TRASH"}
    restored = users.messages().untrash(userId="me", id=message).execute()
    assert restored["labelIds"] == ["UNREAD"]
    before = box.history_id
    again = users.messages().untrash(userId="me", id=message).execute()
    assert len(again) == 7
    assert (again["historyId"], box.history_id) == (str(before), before)


def test_a_whole_thread_changes_in_one_record(users, changes, box, message, answer):
    start = box.history_id
    changed = users.threads().trash(userId="me", id=message).execute()
    assert set(changed) == {"id", "messages"}
    assert [set(each["labelIds"]) for each in changed["messages"]] == [{"UNREAD", "TRASH"}, {"SENT", "TRASH"}]
    assert changes(start) == [
        ("labelsAdded", ["TRASH"], [message, answer], {"UNREAD", "INBOX", "TRASH"}),
        ("labelsRemoved", ["INBOX"], [message], {"UNREAD", "TRASH"}),
    ]
    assert "threads" not in users.threads().list(userId="me").execute()
    restored = users.threads().untrash(userId="me", id=message).execute()
    assert [set(each.get("labelIds", ())) for each in restored["messages"]] == [{"UNREAD"}, {"SENT"}]


def test_a_thread_where_nothing_changed_answers_minimal_views(users, message, answer):
    thread = users.threads().modify(userId="me", id=message, body={"removeLabelIds": ["STARRED"]}).execute()
    assert set(thread) == {"id", "historyId", "messages"}
    assert all("snippet" in each for each in thread["messages"])


def test_lists_and_counters_follow_a_change(users, modify, message):
    modify(message, ["STARRED"], ["UNREAD"]).execute()
    assert users.messages().list(userId="me", q="is:starred -is:unread").execute()["messages"][0]["id"] == message
    modify(message, ["TRASH"]).execute()
    assert users.messages().list(userId="me").execute() == {"resultSizeEstimate": 0}
    assert users.labels().get(userId="me", id="TRASH").execute()["messagesTotal"] == 1
    assert users.labels().get(userId="me", id="STARRED").execute()["messagesTotal"] == 0


def test_a_deleted_message_is_gone_and_its_thread_keeps_its_id(users, changes, box, message, answer, refused):
    start = box.history_id
    assert users.messages().delete(userId="me", id=message).execute() == ""
    assert refused(users.messages().get(userId="me", id=message))[0] == 404
    assert changes(start) == [("messagesDeleted", None, [message], {"UNREAD", "INBOX"})]
    thread = users.threads().get(userId="me", id=message).execute()
    assert [each["id"] for each in thread["messages"]] == [answer]
    assert (len(box), box.threads_total) == (1, 1)


def test_a_deleted_thread_is_gone(users, box, message, answer, refused):
    assert users.threads().delete(userId="me", id=message).execute() == ""
    assert refused(users.threads().get(userId="me", id=message))[0] == 404
    assert (len(box), box.threads_total) == (0, 0)
    assert "messages" not in users.messages().list(userId="me", q="subject:talk", includeSpamTrash=True).execute()


def test_a_thread_id_begins_anew_when_its_thread_has_ended(users, box, message):
    users.messages().delete(userId="me", id=message).execute()
    reply = box.deliver(b"References: <1@x>\r\nSubject: Re: talk\r\n\r\n")
    assert box.message(reply).thread_id == reply


@pytest.mark.parametrize("method", ["trash", "untrash", "delete"])
@pytest.mark.parametrize("resource", ["messages", "threads"])
def test_what_is_not_there_cannot_be_changed(users, refused, resource, method):
    call = getattr(getattr(users, resource)(), method)(userId="me", id="abc")
    assert refused(call) == (404, "Requested entity was not found.", "notFound")


def test_deletion_needs_the_whole_mailbox(site, message):
    from googleapiclient.errors import HttpError

    with pytest.raises(HttpError) as caught:
        site.client("gmail.modify").messages().delete(userId="me", id=message).execute()
    assert caught.value.reason == "Request had insufficient authentication scopes."


def test_50_many_messages_at_once(users, changes, box, message, answer, refused):
    start = box.history_id
    body = {"ids": [message, "deadbeef", answer], "addLabelIds": ["STARRED"]}
    assert users.messages().batchModify(userId="me", body=body).execute() == ""
    assert [(kind, ids) for kind, _, ids, _ in changes(start)] == [("labelsAdded", [message, answer])]
    for call in (
        users.messages().batchModify(userId="me", body={"ids": ["1"] * 1001, "addLabelIds": ["STARRED"]}),
        users.messages().batchDelete(userId="me", body={"ids": ["1"] * 1001}),
    ):
        assert refused(call) == (400, "Number of ids cannot exceed 1000", INVALID)
    assert users.messages().batchDelete(userId="me", body={"ids": [message, answer, "deadbeef"]}).execute() == ""
    assert len(box) == 0


def test_an_id_that_is_none_stops_a_batch(users, box, message, refused):
    call = users.messages().batchDelete(userId="me", body={"ids": [message, "zz"]})
    assert refused(call) == (400, "Invalid id value", INVALID)
    assert len(box) == 1


def test_a_later_message_does_not_inherit_labels(users, box, message):
    users.threads().trash(userId="me", id=message).execute()
    reply = box.deliver(b"References: <1@x>\r\nSubject: Re: talk\r\n\r\n")
    assert box.message(reply).thread_id == message
    assert box.message(reply).label_ids == {"INBOX", "UNREAD"}
