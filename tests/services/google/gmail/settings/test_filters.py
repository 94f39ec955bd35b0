"""Filters: what may be said, and what they do to mail that comes later."""

from __future__ import annotations

import base64
import re

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from emulator.services.google.gmail.settings.filters import Filters


@pytest.fixture
def create(settings):
    def make(criteria, **action):
        body = {"criteria": criteria, "action": action}
        return settings.filters().create(userId="me", body=body)

    return make


@pytest.fixture
def arrive(wanda):
    """Delivers a message and answers it as it then is."""

    def deliver(**fields):
        fields.setdefault("from_", "Bo <bo@shop.example>")
        return wanda.message(wanda.deliver(**fields))

    return deliver


def test_a_filter_comes_back_as_it_was_sent_with_an_id(settings, create, wanda):
    label = wanda.add_label("Shop")
    made = create({"from": "bo@shop.example", "hasAttachment": False}, addLabelIds=[label], removeLabelIds=[]).execute()

    assert re.fullmatch(r"ANe1Bm[\w-]{32}", made["id"])
    assert made == {"id": made["id"], "criteria": {"from": "bo@shop.example"}, "action": {"addLabelIds": [label]}}
    assert settings.filters().get(userId="me", id=made["id"]).execute() == made
    assert settings.filters().list(userId="me").execute() == {"filter": [made]}
    assert settings.filters().delete(userId="me", id=made["id"]).execute() == ""
    assert settings.filters().list(userId="me").execute() == {}


def test_a_list_of_none_is_no_content(work):
    token = work.token("gmail.settings.basic", user="w@work.example")

    assert work.get("settings/filters", token=token).status == 204


@pytest.mark.parametrize(
    ("criteria", "fields", "concerned"),
    [
        ({"from": "bo@shop.example"}, {}, True),
        ({"from": "shop.example OR other.example"}, {}, True),
        ({"from": "amy"}, {}, False),
        ({"to": "w@work.example"}, {}, True),
        ({"subject": "your invoice"}, {"subject": "Your invoice of May"}, True),
        ({"subject": "invoice"}, {"subject": "Hello", "text": "invoice"}, False),
        ({"query": "larger:1M"}, {"text": "small"}, False),
        ({"query": '"exact words"'}, {"text": "these exact words here"}, True),
        ({"negatedQuery": "urgent"}, {"subject": "urgent"}, False),
        ({"negatedQuery": "urgent"}, {"subject": "calm"}, True),
        ({"from": "bo@shop.example", "subject": "nothing"}, {"subject": "Hello"}, False),
        ({"size": 100, "sizeComparison": "larger"}, {"text": "x" * 200}, True),
        ({"size": 100, "sizeComparison": "smaller"}, {"text": "x" * 200}, False),
        ({"excludeChats": True}, {}, True),
        ({"hasAttachment": True}, {}, False),
        ({"from": '"unbalanced', "subject": "Hello"}, {"subject": "Hello"}, False),
    ],
)
def test_criteria_choose_mail(create, arrive, criteria, fields, concerned):
    create(criteria, addLabelIds=["STARRED"]).execute()

    assert ("STARRED" in arrive(**fields).label_ids) is concerned


def test_mail_that_was_there_stays_as_it_was(create, arrive):
    before = arrive(subject="one")
    create({"subject": "one"}, addLabelIds=["STARRED"]).execute()

    assert "STARRED" not in before.label_ids


@pytest.mark.parametrize(
    ("action", "expected"),
    [
        ({"removeLabelIds": ["INBOX"]}, {"UNREAD"}),
        ({"removeLabelIds": ["INBOX", "UNREAD"]}, set()),
        ({"addLabelIds": ["TRASH"]}, {"UNREAD", "TRASH"}),
        ({"addLabelIds": ["CATEGORY_UPDATES", "IMPORTANT"]}, {"INBOX", "UNREAD", "CATEGORY_UPDATES", "IMPORTANT"}),
    ],
)
def test_actions_sort_mail(create, arrive, action, expected):
    create({"from": "bo"}, **action).execute()

    assert arrive().label_ids == expected


def test_the_history_shows_mail_added_where_filters_put_it(create, client_of, wanda):
    create({"from": "bo"}, removeLabelIds=["INBOX"], addLabelIds=["STARRED"]).execute()
    start = str(wanda.history_id)
    wanda.deliver(from_="bo@shop.example")

    found = client_of("w@work.example").history().list(userId="me", startHistoryId=start).execute()["history"]

    assert [set(each["message"]["labelIds"]) for record in found for each in record.get("messagesAdded", ())] == [
        {"UNREAD", "STARRED"}
    ]
    assert not any("labelsAdded" in record or "labelsRemoved" in record for record in found)


def test_all_filters_that_concern_a_message_act_together(create, arrive):
    create({"from": "bo"}, addLabelIds=["STARRED"]).execute()
    create({"to": "w@work.example"}, removeLabelIds=["INBOX"]).execute()

    assert arrive().label_ids == {"STARRED", "UNREAD"}


def test_filters_act_on_mail_one_user_sends_another(work, create, client_of, wanda):
    create({"from": "x@work.example"}, addLabelIds=["STARRED"]).execute()

    raw = base64.urlsafe_b64encode(b"To: w@work.example\r\nSubject: Hi\r\n\r\nx").decode()
    client_of("x@work.example").messages().send(userId="me", body={"raw": raw}).execute()

    assert [mail.subject for mail in wanda.messages("is:starred")] == ["Hi"]


@pytest.mark.parametrize(
    ("criteria", "action", "refused"),
    [
        ({}, {"addLabelIds": ["STARRED"]}, (400, "Request contains an invalid argument.")),
        ({"from": ""}, {"addLabelIds": ["STARRED"]}, (400, "Request contains an invalid argument.")),
        ({"from": "a"}, {}, (400, "Request contains an invalid argument.")),
        ({"from": "a"}, {"addLabelIds": ["Receipts"]}, (400, "Invalid label: Receipts")),
        ({"from": "a"}, {"addLabelIds": ["Label_99"]}, (400, "labelId not found")),
        ({"from": "a"}, {"addLabelIds": ["INBOX"]}, (400, "Invalid label: INBOX")),
        ({"from": "a"}, {"removeLabelIds": ["STARRED"]}, (400, "Invalid label: STARRED")),
        ({"from": "a"}, {"forward": "stranger@x.example"}, (400, "Unrecognized forwarding address")),
    ],
)
def test_what_a_filter_may_not_say(create, refusal, criteria, action, refused):
    assert refusal(create(criteria, **action)) == refused


def test_an_empty_forward_counts_as_none(create):
    made = create({"from": "a"}, addLabelIds=["STARRED"], forward="").execute()

    assert made["action"] == {"addLabelIds": ["STARRED"]}


def test_two_user_labels_are_too_many(create, wanda, refusal):
    labels = [wanda.add_label("A"), wanda.add_label("B")]

    assert refusal(create({"from": "a"}, addLabelIds=labels))[0] == 400


def test_the_same_filter_twice_is_refused(create, refusal):
    create({"from": "a"}, addLabelIds=["STARRED"]).execute()

    assert refusal(create({"from": "a"}, addLabelIds=["STARRED"])) == (400, "Filter already exists")


def test_beyond_a_thousand_google_fails(work, wanda, create, refusal):
    filters = Filters(work.app.kernel, wanda._mailbox)
    with work.app.world.transaction():
        for number in range(1000):
            filters._store.put("filter", {"criteria": {"from": f"{number}"}, "action": {}}, str(number))

    assert refusal(create({"from": "a"}, addLabelIds=["STARRED"]))[0] == 500


def test_an_unknown_filter_is_not_found(settings, refusal):
    assert refusal(settings.filters().get(userId="me", id="ANe1Bm"))[0] == 404
    assert refusal(settings.filters().delete(userId="me", id="ANe1Bm"))[0] == 404


def test_the_full_mail_scope_does_not_change_filters(work):
    token = work.token("https://mail.google.com/", user="w@work.example")

    assert work.post("settings/filters", {}, token=token).status == 403
    assert work.get("settings/filters", token=token).status == 204


@hypothesis_settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)  # no example changes the world
@given(text=st.text(max_size=40), field=st.sampled_from(["from", "to", "subject", "query", "negatedQuery"]))
def test_any_text_may_be_a_criterion(letter, text, field):
    filters, message = letter

    assert filters.matches({field: text}, message) in {True, False}


@pytest.fixture
def letter(site):
    """The filters of a mailbox, and a message in it."""
    box = site.box()
    stored = box._mailbox.message(int(box.deliver(from_="bo@shop.example", subject="x"), 16))
    return Filters(site.app.kernel, box._mailbox), stored
