"""history.list through Google's client; numbers are the sheet's acceptance probes."""

from __future__ import annotations

import pytest

GONE = (404, "Requested entity was not found.", "notFound")


@pytest.fixture
def history(users):
    return lambda start, **options: users.history().list(userId="me", startHistoryId=str(start), **options)


@pytest.fixture
def star(users):
    return lambda message, on=True: (
        users.messages()
        .modify(userId="me", id=message, body={"addLabelIds" if on else "removeLabelIds": ["STARRED"]})
        .execute()
    )


def test_24_ids_too_old_not_reached_and_no_numbers(history, box, refused):
    assert refused(history(1)) == GONE
    assert refused(history(box.history_id + 10**6)) == GONE
    assert refused(history(2**64 - 1)) == GONE
    code, message, reason = refused(history("abc"))
    assert (code, message, reason) == (400, "Invalid value at 'start_history_id' (TYPE_UINT64), \"abc\"", "invalid")


def test_25_nothing_since(history, box):
    assert history(box.history_id).execute() == {"historyId": str(box.history_id)}


def test_50_without_a_start(users, refused):
    text = "Missing/invalid parameter: startHistoryId"
    assert refused(users.history().list(userId="me")) == (400, text, "invalidArgument")


def test_any_id_seen_will_do(history, users, box, star):
    message = box.deliver(b"Subject: x\r\n\r\n")
    star(message)
    seen = users.messages().get(userId="me", id=message).execute()["historyId"]
    star(message, False)
    (record,) = history(seen).execute()["history"]
    assert record["labelsRemoved"][0]["labelIds"] == ["STARRED"]


def test_kinds_can_be_asked_for(history, users, box, star):
    start = box.history_id
    message = box.deliver(b"Subject: x\r\n\r\n")
    star(message)
    star(message, False)
    users.messages().delete(userId="me", id=message).execute()
    for kind, key in (
        ("messageAdded", "messagesAdded"),
        ("labelAdded", "labelsAdded"),
        ("labelRemoved", "labelsRemoved"),
        ("messageDeleted", "messagesDeleted"),
    ):
        (record,) = history(start, historyTypes=kind).execute()["history"]
        assert set(record) == {"id", "messages", key}
    assert len(history(start, historyTypes=["messageAdded", "labelAdded"]).execute()["history"]) == 2


def test_a_label_keeps_its_own_changes_and_those_of_its_carriers(history, box, star, refused):
    box.add_label("work")
    start = box.history_id
    carrier = box.deliver(b"Subject: x\r\n\r\n", labels=("INBOX", "work"))
    other = box.deliver(b"Subject: y\r\n\r\n")
    star(carrier)
    star(other)
    records = history(start, labelId="Label_1").execute()["history"]
    assert [record["messages"][0]["id"] for record in records] == [carrier, carrier]
    assert len(history(start, labelId="STARRED").execute()["history"]) == 2
    assert refused(history(start, labelId="Label_7"))[1] == "labelId not found"


def test_pages_end_with_an_empty_one_when_the_last_is_full(history, box):
    start = box.history_id
    ids = [box.deliver(f"Subject: {n}\r\n\r\n".encode()) for n in range(3)]
    seen, token = [], None
    while True:
        page = history(start, maxResults=1, pageToken=token).execute()
        seen += [each["messages"][0]["id"] for each in page.get("history", [])]
        if "nextPageToken" not in page:
            break
        token = page["nextPageToken"]
    assert seen == ids
    assert "history" not in page
    assert "nextPageToken" not in history(start, maxResults=4).execute()


def test_what_happens_while_paging_is_on_a_later_page(history, box):
    start = box.history_id
    box.deliver(b"Subject: x\r\n\r\n")
    first = history(start, maxResults=1).execute()
    late = box.deliver(b"Subject: y\r\n\r\n")
    second = history(start, maxResults=1, pageToken=first["nextPageToken"]).execute()
    assert second["history"][0]["messages"][0]["id"] == late
    assert int(second["historyId"]) > int(first["historyId"])


@pytest.mark.parametrize("token", ["x", "-1", "9" * 21, str(2**63)])
def test_a_page_token_that_is_none(history, box, refused, token):
    assert refused(history(box.history_id, pageToken=token)) == (400, "Invalid pageToken", "invalidArgument")


def test_bare_records_come_with_every_send_where_they_are_wanted(users, history, box, raw):
    def kinds(start):
        users.messages().send(userId="me", body={"raw": raw(To="y@other.org")}).execute()
        records = history(start).execute()["history"]
        return ["".join(set(each) - {"id", "messages"}) for each in records]

    assert kinds(box.history_id) == ["messagesAdded"]
    box.bare_history = True
    assert kinds(box.history_id) == ["messagesAdded", "", "", ""]
    assert len(history(box.history_id - 1, historyTypes="labelRemoved").execute()["history"]) == 1


def test_history_is_forgotten_after_four_weeks(site, box):
    def records(start):
        answer = site.get("history", startHistoryId=start)
        return len(answer.json.get("history", [])) if answer.status == 200 else answer.status

    start = box.history_id
    box.deliver(b"Subject: x\r\n\r\n")
    site.app.clock.advance(days=28)
    assert records(start) == 1
    site.app.clock.advance(days=1)
    middle = box.history_id
    assert (records(start), records(middle)) == (404, 0)
    box.deliver(b"Subject: y\r\n\r\n")
    assert (records(start), records(middle)) == (404, 1)


def test_46_a_synchroniser_finds_what_it_missed(users, history, box, star):
    """list, raw in batches, then history from the id it kept: the way lieer works."""
    box.deliver(b"Subject: kept\r\n\r\n")
    kept = users.messages().list(userId="me", q="-in:chats", includeSpamTrash=True).execute()["messages"]
    marks = [users.messages().get(userId="me", id=each["id"], format="raw").execute()["historyId"] for each in kept]
    new = box.deliver(b"Subject: new\r\n\r\n")
    star(kept[0]["id"])
    page = history(max(marks, key=int)).execute()
    assert [each["messages"][0]["id"] for each in page["history"]] == [new, kept[0]["id"]]
    assert history(page["historyId"]).execute() == {"historyId": page["historyId"]}
