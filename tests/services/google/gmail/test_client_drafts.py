"""Drafts through Google's client; numbers are the sheet's acceptance probes."""

from __future__ import annotations

import pytest

GONE = (404, "Requested entity was not found.", "notFound")


@pytest.fixture
def drafts(users):
    return users.drafts()


@pytest.fixture
def content(raw):
    return lambda text="Hello", *, thread=None, **headers: {
        "message": {"raw": raw(text, **headers)} | ({"threadId": thread} if thread else {})
    }


def test_22_the_life_of_a_draft(users, drafts, content, box, refused):
    made = drafts.create(userId="me", body=content(To="y@other.org", Subject="one")).execute()
    first = made["message"]
    assert set(made) == {"id", "message"}
    assert first == {"id": first["id"], "threadId": first["id"], "labelIds": ["DRAFT"]}
    start = box.history_id
    changed = drafts.update(userId="me", id=made["id"], body=content(To="y@other.org", Subject="two")).execute()
    second = changed["message"]
    assert changed["id"] == made["id"]
    assert second["threadId"] == second["id"] != first["id"]
    assert refused(users.messages().get(userId="me", id=first["id"])) == GONE
    sent = drafts.send(userId="me", body={"id": made["id"]}).execute()
    assert sent == {"id": sent["id"], "threadId": second["threadId"], "labelIds": ["SENT"]}
    assert refused(drafts.get(userId="me", id=made["id"])) == GONE
    assert drafts.list(userId="me").execute() == {"resultSizeEstimate": 0}
    records = users.history().list(userId="me", startHistoryId=start).execute()["history"]
    told = [(next(iter(set(each) - {"id", "messages"})), each["messages"][0]["id"]) for each in records]
    assert told == [
        ("messagesAdded", second["id"]),
        ("messagesDeleted", first["id"]),
        ("messagesAdded", sent["id"]),
        ("messagesDeleted", second["id"]),
    ]


def test_a_sent_draft_keeps_the_line_of_its_making_below_that_of_its_sending(site, drafts, content, box):
    made = drafts.create(userId="me", body=content(To="y@other.org")).execute()
    assert len(box.message(made["message"]["id"]).mime.root.header_all("Received")) == 1
    site.app.clock.advance(minutes=5)
    sent = drafts.send(userId="me", body={"id": made["id"]}).execute()
    root = box.message(sent["id"]).mime.root
    assert [line[-31:-6] for line in root.header_all("Received")] == [
        "Sun, 22 Nov 2026 04:05:00",
        "Sun, 22 Nov 2026 04:00:00",
    ]
    assert root.header("Date").startswith("Sun, 22 Nov 2026 04:05:00")


def test_drafts_are_listed_newest_first_and_searched(drafts, content):
    ids = [drafts.create(userId="me", body=content(Subject=f"plan {n}")).execute()["id"] for n in range(3)]
    listed = drafts.list(userId="me").execute()
    assert [each["id"] for each in listed["drafts"]] == ids[::-1]
    assert set(listed["drafts"][0]["message"]) == {"id", "threadId"}
    assert [each["id"] for each in drafts.list(userId="me", q="subject:1").execute()["drafts"]] == [ids[1]]
    page = drafts.list(userId="me", maxResults=2).execute()
    rest = drafts.list(userId="me", maxResults=2, pageToken=page["nextPageToken"]).execute()
    assert [each["id"] for each in page["drafts"] + rest["drafts"]] == ids[::-1]


def test_a_draft_shows_as_much_as_its_format_says(drafts, content):
    made = drafts.create(userId="me", body=content("words", Subject="x")).execute()
    assert drafts.get(userId="me", id=made["id"]).execute()["message"]["payload"]["body"]["size"] == 5
    assert "raw" in drafts.get(userId="me", id=made["id"], format="raw").execute()["message"]
    assert "payload" not in drafts.get(userId="me", id=made["id"], format="minimal").execute()["message"]


def test_a_draft_in_a_thread_stays_in_it(drafts, content, box):
    thread = box.deliver(b"Message-ID: <1@x>\r\nSubject: plan\r\n\r\n")
    made = drafts.create(userId="me", body=content(thread=thread, To="y@other.org", Subject="Re: plan")).execute()
    assert made["message"]["threadId"] == thread
    kept = drafts.update(userId="me", id=made["id"], body=content(thread=thread, To="y@other.org")).execute()
    assert kept["message"]["threadId"] == thread
    assert drafts.send(userId="me", body={"id": made["id"]}).execute()["threadId"] == thread


def test_the_only_message_of_a_thread_can_be_replaced_within_it(drafts, content):
    made = drafts.create(userId="me", body=content(To="y@other.org")).execute()
    thread = made["message"]["threadId"]
    assert (
        drafts.update(userId="me", id=made["id"], body=content(thread=thread)).execute()["message"]["threadId"]
        == thread
    )


def test_a_message_sent_with_a_draft_replaces_its_own(site, drafts, content):
    made = drafts.create(userId="me", body=content("old", To="grace@example.com")).execute()
    drafts.send(userId="me", body={"id": made["id"]} | content("new", To="grace@example.com")).execute()
    (arrived,) = site.box("grace@example.com").messages()
    assert arrived.snippet == "new"


def test_a_draft_may_lack_recipients_until_it_is_sent(drafts, content, refused):
    made = drafts.create(userId="me", body=content(Subject="x")).execute()
    refusal = refused(drafts.send(userId="me", body={"id": made["id"]}))
    assert refusal == (400, "Recipient address required", "invalidArgument")
    assert drafts.get(userId="me", id=made["id"]).execute()["id"] == made["id"]
    assert refused(drafts.create(userId="me", body=content(To="bogus")))[1] == "Invalid To header"


def test_a_deleted_draft_takes_its_message_along(users, drafts, content, box, refused):
    made = drafts.create(userId="me", body=content()).execute()
    assert drafts.delete(userId="me", id=made["id"]).execute() == ""
    assert len(box) == 0
    assert refused(drafts.delete(userId="me", id=made["id"])) == GONE


@pytest.mark.parametrize("method", ["trash", "delete"])
def test_a_draft_whose_message_is_thrown_away_is_listed_no_more(users, drafts, content, method):
    made = drafts.create(userId="me", body=content()).execute()
    getattr(users.messages(), method)(userId="me", id=made["message"]["id"]).execute()
    assert drafts.list(userId="me").execute() == {"resultSizeEstimate": 0}


def test_drafts_that_came_by_other_ways_are_drafts(drafts, box):
    message = box.deliver(b"To: y@other.org\r\nSubject: seeded\r\n\r\n", labels=("DRAFT",))
    (listed,) = drafts.list(userId="me").execute()["drafts"]
    assert listed["message"]["id"] == message
    assert drafts.send(userId="me", body={"id": listed["id"]}).execute()["threadId"] == message


@pytest.mark.parametrize("identifier", ["r1", "r-1", "1", "r", "x", "r99999999999999999999", "r9223372036854775808"])
def test_unknown_drafts(drafts, content, refused, identifier):
    assert refused(drafts.get(userId="me", id=identifier)) == GONE
    assert refused(drafts.update(userId="me", id=identifier, body=content())) == GONE
    assert refused(drafts.send(userId="me", body={"id": identifier})) == GONE


def test_what_a_draft_needs(drafts, content, refused):
    text = "'raw' RFC822 payload message string or uploading message via /upload/* URL required"
    assert refused(drafts.create(userId="me", body={}))[1] == text
    assert refused(drafts.send(userId="me", body=content()))[::2] == (400, "invalidArgument")
    assert refused(drafts.create(userId="me", body=content(thread="abc"))) == GONE
    assert refused(drafts.create(userId="me", body=content(thread="zz")))[1] == "Invalid thread_id value"


def test_the_inbox_may_show_a_draft(users, drafts, content):
    made = drafts.create(userId="me", body=content()).execute()["message"]["id"]
    changed = users.messages().modify(userId="me", id=made, body={"addLabelIds": ["INBOX"]}).execute()
    assert set(changed["labelIds"]) == {"DRAFT", "INBOX"}
