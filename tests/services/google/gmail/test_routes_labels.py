"""labels.list and labels.get; sheet sections 2.6 and 12."""

from __future__ import annotations

from emulator.services.google.gmail.labels import folded_name, kept_name, wire_order

HIDE = {"messageListVisibility": "hide", "labelListVisibility": "labelHide"}

NEW_ACCOUNT = [
    ("CHAT", HIDE),
    ("SENT", {}),
    ("INBOX", {}),
    ("IMPORTANT", HIDE),
    ("TRASH", HIDE),
    ("DRAFT", {}),
    ("SPAM", HIDE),
    ("CATEGORY_FORUMS", HIDE),
    ("CATEGORY_UPDATES", HIDE),
    ("CATEGORY_PERSONAL", HIDE),
    ("CATEGORY_PROMOTIONS", HIDE),
    ("CATEGORY_SOCIAL", HIDE),
    ("STARRED", {}),
    ("UNREAD", {}),
]


def test_a_new_account_has_the_fourteen_labels_in_their_order(site):
    assert site.get("labels").json == {
        "labels": [{"id": name, "name": name, **shown, "type": "system"} for name, shown in NEW_ACCOUNT]
    }


def test_user_labels_follow_in_the_order_they_were_made(site, box):
    for name in ("Zoo", "Bills/2026"):
        box.add_label(name)
    answer = site.get("labels").json["labels"]
    assert answer[14:] == [
        {
            "id": f"Label_{number}",
            "name": name,
            "messageListVisibility": "show",
            "labelListVisibility": "labelShow",
            "type": "user",
        }
        for number, name in ((1, "Zoo"), (2, "Bills/2026"))
    ]
    assert list(answer[14]) == ["id", "name", "messageListVisibility", "labelListVisibility", "type"]


def test_a_label_has_counters_without_spam_and_trash(site, box):
    def deliver(number, *labels, answers=None):
        reply = f"In-Reply-To: <m{answers}@x.example>\r\n" if answers else ""
        head = f"Message-ID: <m{number}@x.example>\r\n{reply}Subject: Re: s\r\n\r\n"
        box.deliver(head.encode(), labels=labels)

    deliver(1, "INBOX", "UNREAD")
    deliver(2, "INBOX", answers=1)
    deliver(3, "INBOX", "UNREAD", answers=1)
    deliver(4, "UNREAD", "TRASH")
    inbox = site.get("labels/INBOX").json
    assert list(inbox.items()) == [
        ("id", "INBOX"),
        ("name", "INBOX"),
        ("type", "system"),
        ("messagesTotal", 3),
        ("messagesUnread", 2),
        ("threadsTotal", 1),
        ("threadsUnread", 1),
    ]
    assert site.get("labels/UNREAD").json["messagesTotal"] == 2
    assert site.get("labels/TRASH").json["messagesTotal"] == 1
    assert site.get("labels/CHAT").json["threadsTotal"] == 0


def test_an_unknown_label_is_not_found(site):
    for name in ("Label_1", "nonsense", "inbox"):
        answer = site.get(f"labels/{name}")
        assert (answer.status, answer.error["message"]) == (404, "Requested entity was not found.")


def test_labels_of_two_mailboxes_are_apart(site, box):
    box.add_label("Mine")
    theirs = site.box("grace@example.com")
    assert theirs.add_label("Theirs") == "Label_1"
    assert (box.labels, theirs.labels) == (("Mine",), ("Theirs",))


def test_names_fold_as_in_conflicts():
    for name in ("p/a", "P-A", "P A", " P/A\t", "P/A "):
        assert folded_name(name) == folded_name("P/A")
    for name in ("P /A", "P / A", "P/ A", "P_A", "P.A"):
        assert folded_name(name) != folded_name("P/A")
    assert folded_name("P//X") == folded_name("P/ X")
    assert kept_name("  a\t\tb  c ") == "a b c"


def test_a_message_shows_its_state_first_and_its_place_last():
    assert wire_order({"INBOX", "UNREAD", "CATEGORY_UPDATES", "IMPORTANT"}) == (
        *("UNREAD", "IMPORTANT", "CATEGORY_UPDATES", "INBOX"),
    )
    assert wire_order({"TRASH", "Label_26", "UNREAD"}) == ("UNREAD", "Label_26", "TRASH")
    assert wire_order({"SENT", "INBOX", "UNREAD"}) == ("UNREAD", "SENT", "INBOX")
