"""messages.list and threads.list: order, pages, estimates, Spam and Trash; sheet sections 2.5 and 3."""

from __future__ import annotations

import re
from datetime import timedelta
from itertools import pairwise

import pytest


def mail(number: int, thread: int | None = None) -> bytes:
    """A message of its own thread, or one that answers message ``thread``."""
    answers = b"" if thread is None else b"In-Reply-To: <m%d@x.example>\r\n" % thread
    subject = number if thread is None else thread
    return (
        b"From: x@x.example\r\nTo: ada@example.com\r\nMessage-ID: <m%d@x.example>\r\n%sSubject: %s%d\r\n\r\nbody %d\r\n"
        % (number, answers, b"" if thread is None else b"Re: ", subject, number)
    )


def fill(site, count, first=0):
    return [site.box().deliver(mail(number), labels=("INBOX",)) for number in range(first, first + count)]


def ids(answer, name="messages"):
    return [each["id"] for each in answer.json.get(name, ())]


def gathered(found, name):
    """The ids of several pages, in order."""
    return [each for page in found for each in ids(page, name)]


def pages(site, resource, **query):
    """Every page of a list."""
    found = [site.get(resource, **query)]
    while token := found[-1].json.get("nextPageToken"):
        found.append(site.get(resource, pageToken=token, **query))
    return found


@pytest.mark.parametrize("resource", ["messages", "threads"])
def test_an_empty_list_has_no_list(site, resource):
    assert site.get(resource).json == {"resultSizeEstimate": 0}


def test_messages_are_references_newest_first(site):
    delivered = fill(site, 3)
    answer = site.get("messages").json
    assert list(answer) == ["messages", "resultSizeEstimate"]
    assert [list(each) for each in answer["messages"]] == [["id", "threadId"]] * 3
    assert [each["id"] for each in answer["messages"]] == delivered[::-1]
    assert answer["resultSizeEstimate"] == 3


def test_mail_that_arrives_in_one_instant_keeps_its_order(site):
    """The clock is frozen, so every id carries the same millisecond."""
    delivered = fill(site, 60)
    assert {int(each, 16) >> 20 for each in delivered} == {site.app.clock.milliseconds()}
    assert ids(site.get("messages")) == delivered[::-1]


@pytest.mark.parametrize("resource", ["messages", "threads"])
def test_the_estimate_is_exact_to_200_and_201_beyond(site, resource):
    fill(site, 200)
    assert [page.json["resultSizeEstimate"] for page in pages(site, resource, maxResults=150)] == [200, 200]
    fill(site, 50, first=200)
    small = site.get(resource, maxResults=5).json
    assert len(small[resource]) == 5
    assert small["resultSizeEstimate"] == 201
    assert re.fullmatch(r"\d{20}", small["nextPageToken"])
    assert site.get(resource, maxResults=500).json["resultSizeEstimate"] == 201


@pytest.mark.parametrize("resource", ["messages", "threads"])
def test_pages_lose_and_repeat_nothing(site, resource):
    fill(site, 8)
    found = pages(site, resource, maxResults=2)
    assert len(found) == 4
    assert gathered(found, resource) == ids(site.get(resource, maxResults=500), resource)


def test_a_page_token_keeps_its_place_while_mail_arrives(site):
    delivered = fill(site, 6)
    token = site.get("messages", maxResults=3).json["nextPageToken"]
    fill(site, 4)
    assert ids(site.get("messages", maxResults=3, pageToken=token)) == delivered[2::-1]


def test_a_page_token_knows_nothing_of_the_labels(site):
    fill(site, 4)
    token = site.get("messages", maxResults=2).json["nextPageToken"]
    assert len(ids(site.get("messages", labelIds="INBOX", pageToken=token))) == 2


@pytest.mark.parametrize(
    "wrong",
    ["not-a-token", "99999999999999999999", "-1", "1.5", "000000000000000000000", " 1", "٣", "18446744073709551616"],
)
@pytest.mark.parametrize("resource", ["messages", "threads"])
def test_what_is_no_position_is_an_invalid_page_token(site, resource, wrong):
    answer = site.get(resource, pageToken=wrong)
    assert (answer.status, answer.error["message"]) == (400, "Invalid pageToken")
    assert answer.error["errors"] == [{"message": "Invalid pageToken", "domain": "global", "reason": "invalidArgument"}]
    assert "details" not in answer.error


@pytest.mark.parametrize("resource", ["messages", "threads"])
def test_the_token_zero_leads_to_the_first_page(site, resource):
    delivered = fill(site, 3)
    zero = site.get(resource, pageToken="0").json
    assert list(zero) == ["nextPageToken", "resultSizeEstimate"]
    assert ids(site.get(resource, pageToken=zero["nextPageToken"]), resource) == delivered[::-1]


def test_an_empty_page_token_is_the_first_page(site):
    fill(site, 2)
    assert site.get("messages", pageToken="").json == site.get("messages").json


def test_the_last_position_is_below_every_message(site):
    fill(site, 2)
    assert site.get("messages", pageToken=str(2**64 - 1)).json == {"resultSizeEstimate": 2}


def test_max_results_has_a_default_and_a_ceiling(site):
    fill(site, 502)
    assert len(ids(site.get("messages"))) == 100
    assert len(ids(site.get("messages", maxResults=0))) == 100
    assert len(ids(site.get("messages", maxResults=10_000))) == 500


def test_max_results_must_be_a_number(site):
    answer = site.get("messages", maxResults="x")
    assert answer.error["message"] == "Invalid value at 'max_results' (TYPE_UINT32), \"x\""


def test_labels_must_all_sit_on_one_message(site, box):
    both = box.deliver(mail(1), labels=("INBOX", "UNREAD"))
    box.deliver(mail(2), labels=("INBOX",))
    box.deliver(mail(3), labels=("UNREAD",))
    assert ids(site.get("messages", labelIds=["INBOX", "UNREAD"])) == [both]
    assert len(ids(site.get("messages", labelIds="INBOX"))) == 2


def test_a_user_label_is_listed_by_its_id(site, box):
    filed = box.deliver(mail(1), labels=("Bills",))
    box.deliver(mail(2))
    assert ids(site.get("messages", labelIds=box.add_label("Bills"))) == [filed]


@pytest.mark.parametrize(
    ("label", "message"), [("Bills", "Invalid label: Bills"), ("Label_99", "labelId not found"), ("inbox", None)]
)
def test_a_label_that_is_no_id_is_refused(site, box, label, message):
    box.add_label("Bills")
    answer = site.get("messages", labelIds=label)
    assert (answer.status, answer.error["message"]) == (400, message or f"Invalid label: {label}")


@pytest.mark.parametrize("resource", ["messages", "threads"])
def test_spam_and_trash_are_left_out_unless_asked_for(site, box, resource):
    kept = box.deliver(mail(1))
    spam = box.deliver(mail(2), labels=("SPAM", "UNREAD"))
    trash = box.deliver(mail(3), labels=("TRASH",))
    assert ids(site.get(resource), resource) == [kept]
    assert ids(site.get(resource, labelIds="UNREAD"), resource) == [kept]
    assert ids(site.get(resource, includeSpamTrash="true"), resource) == [trash, spam, kept]
    assert ids(site.get(resource, labelIds="SPAM"), resource) == [spam]
    assert ids(site.get(resource, labelIds="TRASH"), resource) == [trash]
    assert ids(site.get(resource, labelIds="UNREAD", includeSpamTrash="true"), resource) == [spam, kept]


def test_ids_carry_the_time_of_receipt_and_dates_do_not_order(site, box):
    late = box.deliver(b"Date: Sun, 22 Nov 2026 11:30:00 +0000\r\nFrom: a@x.example\r\n\r\nlate")
    site.app.clock.advance(seconds=1)
    undated = box.deliver(b"From: a@x.example\r\n\r\nundated")
    early = box.deliver(
        b"Date: Sun, 22 Nov 2026 11:59:00 +0000\r\nFrom: a@x.example\r\n\r\nx",
        received=site.app.clock.now() - timedelta(days=1),
    )
    assert ids(site.get("messages")) == [undated, late, early]
    message = site.get(f"messages/{late}").json
    assert message["internalDate"] == "1795347000000"
    assert int(late, 16) >> 20 == 1795348800000
    assert site.get(f"messages/{undated}").json["internalDate"] == "1795348801000"


# -- threads -------------------------------------------------------------------------------------------------------


def test_threads_stand_where_their_newest_message_stands(site, box):
    first, second = box.deliver(mail(1)), box.deliver(mail(2))
    assert ids(site.get("threads"), "threads") == [second, first]
    box.deliver(mail(3, thread=1))
    answer = site.get("threads").json
    assert [each["id"] for each in answer["threads"]] == [first, second]
    assert [list(each) for each in answer["threads"]] == [["id", "snippet", "historyId"]] * 2
    assert answer["threads"][0]["snippet"] == "body 3"
    assert answer["resultSizeEstimate"] == 2


def test_thread_pages_show_each_thread_once_however_it_is_cut(site, box):
    for number in range(12):
        box.deliver(mail(number, thread=None if number < 5 else number % 5))
    whole = ids(site.get("threads"), "threads")
    assert len(whole) == 5
    for size in (1, 2, 3, 4):
        found = pages(site, "threads", maxResults=size)
        assert gathered(found, "threads") == whole
        assert {page.json["resultSizeEstimate"] for page in found} == {5}


def test_a_thread_matches_only_through_its_visible_messages(site, box):
    first = box.deliver(mail(1))
    trashed = box.deliver(mail(2, thread=1), labels=("TRASH",))
    box.deliver(mail(3), labels=("TRASH",))
    (shown,) = site.get("threads").json["threads"]
    assert (shown["id"], shown["snippet"]) == (first, "body 1")
    assert ids(site.get("threads", labelIds="TRASH"), "threads")[-1] == first
    thread = site.get(f"threads/{first}").json
    assert [each["id"] for each in thread["messages"]] == [first, trashed]


def test_a_thread_has_its_messages_oldest_first_and_no_snippet(site, box):
    first = box.deliver(mail(1))
    site.app.clock.advance(minutes=1)
    second = box.deliver(mail(2, thread=1))
    thread = site.get(f"threads/{first}").json
    assert list(thread) == ["id", "historyId", "messages"]
    assert [each["id"] for each in thread["messages"]] == [first, second]
    assert {each["threadId"] for each in thread["messages"]} == {first}
    assert thread["historyId"] == thread["messages"][-1]["historyId"]
    assert "payload" in thread["messages"][0]


@pytest.mark.parametrize(("form", "keys"), [("minimal", set()), ("metadata", {"payload"})])
def test_a_thread_comes_in_the_format_asked_for(site, box, form, keys):
    first = box.deliver(mail(1))
    (message,) = site.get(f"threads/{first}", format=form).json["messages"]
    minimal = {"id", "threadId", "labelIds", "snippet", "sizeEstimate", "historyId", "internalDate"}
    assert set(message) - minimal == keys


def test_a_thread_has_no_raw_format(site, box):
    assert site.get(f"threads/{box.deliver(mail(1))}", format="raw").status == 400


def test_a_thread_is_found_by_its_own_id_only(site, box):
    box.deliver(mail(1))
    second = box.deliver(mail(2, thread=1))
    assert site.get(f"threads/{second}").status == 404


def test_metadata_tokens_see_threads_without_snippets_and_may_not_search(site, box):
    first = box.deliver(mail(1))
    listed = site.get("threads", scopes=("gmail.metadata",)).json["threads"]
    assert [list(each) for each in listed] == [["id", "historyId"]]
    refused = site.get(f"threads/{first}", scopes=("gmail.metadata",))
    assert refused.error["message"] == "Metadata scope doesn't allow format FULL"
    for resource in ("messages", "threads"):
        searched = site.get(resource, scopes=("gmail.metadata", "gmail.readonly"), q="x")
        assert (searched.status, searched.error["message"]) == (403, "Metadata scope does not support 'q' parameter")
        assert site.get(resource, scopes=("gmail.metadata",), labelIds="INBOX").status == 200


# -- profile and history -------------------------------------------------------------------------------------------


def test_the_profile_counts_everything(site, box):
    box.deliver(mail(1))
    box.deliver(mail(2, thread=1))
    box.deliver(mail(3), labels=("TRASH",))
    profile = site.get("profile").json
    assert list(profile) == ["emailAddress", "messagesTotal", "threadsTotal", "historyId"]
    assert (profile["messagesTotal"], profile["threadsTotal"]) == (3, 2)


def test_history_ids_grow_by_small_irregular_steps(site, box):
    seen = [int(site.get("profile").json["historyId"])]
    for number in range(20):
        message = box.deliver(mail(number))
        seen.append(int(site.get("profile").json["historyId"]))
        assert site.get(f"messages/{message}").json["historyId"] == str(seen[-1])
    steps = [after - before for before, after in pairwise(seen)]
    assert all(2 <= step <= 120 for step in steps)
    assert len(set(steps)) > 3
