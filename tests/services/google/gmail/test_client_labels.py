"""Label methods through Google's client; numbers are the sheet's acceptance probes."""

from __future__ import annotations

import pytest


@pytest.fixture
def labels(users):
    return users.labels()


def test_13_a_new_label_and_one_that_folds_alike(labels, refused):
    made = labels.create(userId="me", body={"name": "P/A"}).execute()
    assert made == {
        "id": "Label_1",
        "name": "P/A",
        "messageListVisibility": "show",
        "labelListVisibility": "labelShow",
    }
    conflict = labels.create(userId="me", body={"name": "p-a"})
    assert refused(conflict) == (409, "Label name exists or conflicts", "aborted")


@pytest.mark.parametrize("name", ["p/a", "P-A", "P A", "P/A "])
def test_names_that_conflict(labels, refused, name):
    labels.create(userId="me", body={"name": "P/A"}).execute()
    assert refused(labels.create(userId="me", body={"name": name}))[0] == 409


@pytest.mark.parametrize("name", ["P /A", "P / A", "P/ A", "P_A", "P.A", "Inbox/x", "Social", "a/", "/a", "a//b"])
def test_names_that_do_not(labels, name):
    labels.create(userId="me", body={"name": "P/A"}).execute()
    assert labels.create(userId="me", body={"name": name}).execute()["name"] == name


def test_names_are_kept_with_single_spaces(labels):
    assert labels.create(userId="me", body={"name": " a \t b "}).execute()["name"] == "a b"


@pytest.mark.parametrize(
    "name", ["Inbox", "SPAM", "drafts", "Chats", "Muted", "Bin", "Ongelezen", "Messages envoyés", "", " ", "x" * 226]
)
def test_14_names_that_are_refused_on_every_account(labels, refused, name):
    assert refused(labels.create(userId="me", body={"name": name})) == (400, "Invalid label name", "invalidArgument")


def test_a_label_needs_a_name(labels, refused):
    assert refused(labels.create(userId="me", body={}))[1] == "Invalid label name"


def test_52_colours_come_from_the_palette_in_lower_case(labels, refused):
    colored = {"name": "c", "color": {"textColor": "#41236D", "backgroundColor": "#000000"}}
    text = "Label color #41236D is not on the allowed color palette"
    assert refused(labels.create(userId="me", body=colored)) == (400, text, "invalidArgument")
    colored["color"]["textColor"] = "#41236d"
    assert labels.create(userId="me", body=colored).execute()["color"] == colored["color"]


def test_one_colour_alone_is_refused(labels, refused):
    assert refused(labels.create(userId="me", body={"name": "c", "color": {"textColor": "#000000"}}))[0] == 400


def test_a_patch_changes_what_it_names_and_answers_everything(labels):
    made = labels.create(userId="me", body={"name": "a", "labelListVisibility": "labelHide"}).execute()
    changed = labels.patch(userId="me", id=made["id"], body={"name": "b"}).execute()
    assert (changed["name"], changed["labelListVisibility"], changed["type"]) == ("b", "labelHide", "user")
    assert changed["messagesTotal"] == 0


def test_an_update_begins_anew(labels, refused):
    made = labels.create(userId="me", body={"name": "a", "labelListVisibility": "labelHide"}).execute()
    assert labels.update(userId="me", id=made["id"], body={"name": "a"}).execute()["labelListVisibility"] == "labelShow"
    assert refused(labels.update(userId="me", id=made["id"], body={}))[1] == "Invalid label name"


def test_a_label_may_be_respelled_but_not_take_anothers_name(labels, refused):
    first = labels.create(userId="me", body={"name": "a"}).execute()
    labels.create(userId="me", body={"name": "b"}).execute()
    assert labels.patch(userId="me", id=first["id"], body={"name": "A"}).execute()["name"] == "A"
    assert refused(labels.patch(userId="me", id=first["id"], body={"name": "B"}))[0] == 409


def test_a_renamed_label_is_found_by_its_new_name(labels, users, box):
    made = labels.create(userId="me", body={"name": "old"}).execute()
    message = box.deliver(b"Subject: x\r\n\r\n", labels=("INBOX", "old"))
    labels.patch(userId="me", id=made["id"], body={"name": "new"}).execute()
    found = users.messages().list(userId="me", q="label:new").execute()
    assert [each["id"] for each in found["messages"]] == [message]
    assert "messages" not in users.messages().list(userId="me", q="label:old").execute()


def test_system_labels_stay_as_they_are(labels, refused):
    assert refused(labels.delete(userId="me", id="INBOX"))[1] == "Invalid delete request"
    assert refused(labels.patch(userId="me", id="INBOX", body={"name": "x"}))[::2] == (400, "invalidArgument")


@pytest.mark.parametrize("method", ["get", "delete", "patch", "update"])
def test_unknown_labels(labels, refused, method):
    body = {"body": {"name": "x"}} if method in {"patch", "update"} else {}
    call = getattr(labels, method)(userId="me", id="Label_9", **body)
    assert refused(call) == (404, "Requested entity was not found.", "notFound")


def test_a_deleted_label_leaves_its_messages_with_a_record_for_each_thread(users, labels, box):
    box.add_label("gone")
    one = box.deliver(b"Subject: one\r\n\r\n", labels=("INBOX", "gone"))
    two = box.deliver(b"Subject: two\r\n\r\n", labels=("INBOX", "gone"))
    start = box.history_id
    assert labels.delete(userId="me", id="Label_1").execute() == ""
    assert box.message(one).label_ids == {"INBOX"}
    history = users.history().list(userId="me", startHistoryId=start).execute()["history"]
    assert [record["labelsRemoved"][0]["message"]["id"] for record in history] == [one, two]
    assert all(record["labelsRemoved"][0]["labelIds"] == ["Label_1"] for record in history)


def test_a_name_that_returns_gets_another_id(labels):
    first = labels.create(userId="me", body={"name": "a"}).execute()["id"]
    labels.delete(userId="me", id=first).execute()
    assert labels.create(userId="me", body={"name": "a"}).execute()["id"] == "Label_2" != first
