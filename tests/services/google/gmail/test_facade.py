"""``emulator.gmail``: deliver, search, plant a seed, import files."""

from __future__ import annotations

import threading
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage

import pytest

from emulator.kernel.live import UnknownName
from emulator.kernel.seed import SeedDocument
from emulator.services.google.errors import NotFound
from emulator.services.google.gmail.mailfiles import MailItem, Skipped, read_mail
from emulator.services.google.gmail.seed import gmail_seed

MAIL = b"From: a@x.example\r\nSubject: from a file\r\n\r\nbody\r\n"


def test_a_message_is_delivered_by_its_fields(site, box):
    found = box.message(box.deliver(from_="Bob <bob@x.example>", subject="Grüße", text="hello"))
    assert (found.subject, found.snippet) == ("Grüße", "hello")
    assert found.label_ids == {"INBOX", "UNREAD"}
    assert found.mime.root.header("To") == "ada@example.com"
    assert found.internal_date == site.app.clock.now()
    assert box.message(found.id).raw == found.raw


def test_a_message_is_delivered_as_an_email_message(box):
    message = EmailMessage()
    message["Subject"] = "object"
    message.set_content("hello")
    assert box.message(box.deliver(message)).subject == "object"


def test_two_messages_that_say_the_same_are_two_conversations(box):
    said = {"from_": "bob@x.example", "subject": "Again", "text": "again"}
    first, second = (box.message(box.deliver(**said)) for _ in range(2))
    assert first.thread_id != second.thread_id
    assert first.raw != second.raw


def test_bytes_and_fields_exclude_each_other(box):
    with pytest.raises(TypeError, match="not both: subject"):
        box.deliver(MAIL, subject="x")


def test_names_of_user_labels_are_labels(box):
    first = box.message(box.deliver(MAIL, labels=("INBOX", "Bills", "bills")))
    assert first.label_ids == {"INBOX", "Label_1"}
    assert box.labels == ("Bills",)
    assert box.add_label("BILLS") == "Label_1"


def test_a_mailbox_searches_and_counts(box):
    kept = box.deliver(from_="bob@x.example", subject="lunch", text="soup")
    trashed = box.deliver(from_="bob@x.example", subject="lunch", text="trash", labels=("TRASH",))
    box.deliver(from_="eve@x.example", subject="dinner", text="soup")
    assert [each.id for each in box.messages("from:bob")] == [kept]
    assert [each.id for each in box.messages("from:bob", spam_and_trash=True)] == [trashed, kept]
    assert [each.id for each in box.messages("in:trash")] == [trashed]
    assert len(box.messages(limit=1)) == 1
    assert (len(box), box.threads_total) == (3, 3)


def test_a_mailbox_that_is_empty_is_still_one(box):
    assert len(box) == 0
    assert box


def test_unknown_users_and_messages_are_named(site, box):
    with pytest.raises(UnknownName):
        site.app.gmail.mailbox("nobody@example.com")
    with pytest.raises(NotFound):
        box.message("1a0d3496fb385f8a")


def test_a_message_can_have_been_received_earlier(site, box):
    moment = datetime(2025, 3, 1, 8, tzinfo=UTC)
    found = box.deliver(MAIL, received=moment)
    assert int(found, 16) >> 20 == int(moment.timestamp() * 1000)
    assert box.message(found).internal_date == moment


SEED = """
mailboxes:
  - user: ada@example.com
    name: Ada
    labels: [Bills, {name: Family, color: "#16a766", text_color: "#ffffff"}]
    messages:
      - from: bob@x.example
        subject: Dinner
        text: Tonight?
        age: 2d
        labels: [INBOX, Family]
        replies:
          - {from: me, text: "Yes!", after: 1h}
          - {from: bob@x.example, text: "Good.", after: 1h, subject: "Good then"}
  - user: grace@example.com
    messages:
      - {from: bob@x.example, subject: Hello, text: Hi, age: 1d}
"""


def planted(site):
    section = gmail_seed(SeedDocument.load(SEED), site.app.clock.now())
    return site.app.gmail.plant(section)


def test_a_seed_fills_mailboxes(site, box):
    assert planted(site) == 4
    newest, middle, oldest = box.messages()
    assert {each.thread_id for each in (newest, middle, oldest)} == {oldest.id}
    assert middle.label_ids == {"SENT"}
    assert oldest.label_ids == {"INBOX", "Label_2"}
    assert oldest.internal_date == site.app.clock.now() - timedelta(days=2)
    assert len(site.box("grace@example.com")) == 1
    color = site.get("labels/Label_2").json["color"]
    assert color == {"textColor": "#ffffff", "backgroundColor": "#16a766"}


def test_a_seed_adds_to_what_is_there(site, box):
    box.add_label("family")
    planted(site)
    planted(site)
    assert len(box) == 6
    assert box.labels == ("family", "Bills")


def test_an_import_stores_what_is_mail_and_lists_what_is_not(site, box):
    when = datetime(2024, 5, 1, tzinfo=UTC)
    items = [
        MailItem(MAIL, ("INBOX", "Old mail"), when, "a.mbox:0", 100, "17"),
        Skipped("a.mbox:100", "empty message", 5),
        MailItem(MAIL.replace(b"from a file", b"another"), ("SENT",), None, "a.mbox:105", 90, "17"),
    ]
    heard: list[int] = []
    summary = site.app.gmail.import_mail("ada@example.com", items, heard.append)
    assert (summary.imported, summary.skipped, heard) == (2, [items[1]], [195])
    first, second = box.messages()
    assert first.thread_id == second.thread_id == second.id
    assert second.label_ids == {"INBOX", "Label_1"}
    assert int(second.id, 16) >> 20 == int(when.timestamp() * 1000)
    assert int(first.id, 16) >> 20 == site.app.clock.milliseconds()


def test_an_import_goes_by_batches_and_keeps_conversations_across_them(site, box):
    items = (MailItem(MAIL + str(number).encode(), (), None, "", 1, f"t{number % 7}") for number in range(2_100))
    heard: list[int] = []
    summary = site.app.gmail.import_mail("ada@example.com", items, heard.append)
    assert (summary.imported, heard) == (2_100, [1000, 1000, 100])
    assert (len(box), box.threads_total) == (2_100, 7)


@pytest.mark.parametrize("year", [1066, 1969, 9999])
def test_a_date_no_id_can_say_counts_as_now(site, box, year):
    when = datetime(year, 6, 1, tzinfo=UTC)
    site.app.gmail.import_mail("ada@example.com", [MailItem(MAIL, (), when, "", 1)])
    assert int(box.messages()[0].id, 16) >> 20 == site.app.clock.milliseconds()


def test_a_mail_file_is_imported_from_disk(site, box, tmp_path):
    (tmp_path / "one.eml").write_bytes(MAIL)
    summary = site.app.gmail.import_mail("ada@example.com", read_mail(tmp_path / "one.eml"))
    assert summary.imported == 1
    assert box.messages()[0].raw == MAIL


def test_waiting_ends_with_the_message(site, box):
    sender = threading.Timer(0.05, lambda: box.deliver(from_="bob@x.example", subject="at last"))
    sender.start()
    found = box.wait_for("subject:last", patience=10)
    sender.join()

    assert found.subject == "at last"


def test_waiting_in_vain_says_for_what(box):
    with pytest.raises(TimeoutError, match=r"ada@example.com matches 'subject:never' after 0 s; the mailbox holds 0"):
        box.wait_for("subject:never", patience=0)


def test_counters_follow_every_change(site, box):
    label = box.add_label("Work")
    assert box.counters("Work") == (0, 0, 0, 0)
    first = box.deliver(from_="bob@x.example", subject="one", labels=("INBOX", "UNREAD", "Work"))
    box.deliver(from_="bob@x.example", subject="two", labels=("INBOX", "Work"))
    assert box.counters("Work") == box.counters(label) == (2, 1, 2, 1)
    site.post(f"messages/{first}/modify", {"removeLabelIds": ["UNREAD"]})
    assert box.counters("Work") == (2, 0, 2, 0)
    site.post(f"messages/{first}/trash")
    assert (box.counters("Work"), box.counters("TRASH")) == ((1, 0, 1, 0), (1, 0, 1, 0))
    with pytest.raises(UnknownName, match="Work"):
        box.counters("work?")
