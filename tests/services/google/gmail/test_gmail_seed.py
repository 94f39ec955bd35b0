"""The gmail section: threads, series, slots, labels, files, and what may not be written."""

from __future__ import annotations

import email
import email.policy
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from itertools import pairwise
from pathlib import Path

import pytest

from emulator.kernel.seed import SeedDocument, SeedError, load_all
from emulator.services.google.gmail.seed import SeededMessage, expand, gmail_seed, labels_of

NOW = datetime(2026, 6, 1, 12, 0, 0, 999, tzinfo=UTC)


def seeded(text: str) -> list[SeededMessage]:
    return expand(gmail_seed(SeedDocument.load(text, "g.yaml"), NOW), NOW)


def parsed(message: SeededMessage) -> EmailMessage:
    return email.message_from_bytes(message.raw, policy=email.policy.default)


THREAD = """\
mailboxes:
  - user: Ada@example.com
    name: Ada Lovelace
    labels: [Work]
    messages:
      - from: Grace Hopper <grace@example.com>
        subject: Lunch
        age: 2d
        zone: "-05:00"
        labels: [INBOX, Work]
        text: Thursday?
        replies:
          - from: me
            after: 1h
            text: Yes.
          - from: Grace Hopper <grace@example.com>
            after: 30m
            quote: false
            text: Good.
"""


def test_replies_continue_the_thread() -> None:
    first, second, third = seeded(THREAD)
    mails = [parsed(each) for each in (first, second, third)]
    ids = [mail["Message-ID"] for mail in mails]
    assert [mail["Subject"] for mail in mails] == ["Lunch", "Re: Lunch", "Re: Lunch"]
    assert [mail["In-Reply-To"] for mail in mails] == [None, ids[0], ids[1]]
    assert mails[2]["References"] == f"{ids[0]} {ids[1]}"
    assert [mail["To"] for mail in mails] == [
        "Ada Lovelace <ada@example.com>",
        "Grace Hopper <grace@example.com>",
        "Ada Lovelace <ada@example.com>",
    ]
    assert {each.thread for each in (first, second, third)} == {ids[0]}
    assert first.received == NOW.replace(microsecond=0) - timedelta(days=2)
    assert third.received - second.received == timedelta(minutes=30)
    assert [each.labels for each in (first, second, third)] == [("INBOX", "Work"), ("SENT",), ("INBOX",)]
    assert first.user == "ada@example.com"


def test_an_answer_quotes_what_it_answers() -> None:
    _, second, third = seeded(THREAD)
    assert parsed(second).get_content().replace("\r\n", "\n") == (
        "Yes.\n\nOn Sat, 30 May 2026 at 07:00, Grace Hopper <grace@example.com> wrote:\n\n> Thursday?\n"
    )
    assert parsed(third).get_content().strip() == "Good."


def test_incoming_mail_has_come_through_a_server_and_sent_mail_has_not() -> None:
    first, second, _ = seeded(THREAD)
    assert parsed(first)["Delivered-To"] == "ada@example.com"
    assert "by mx.google.com" in parsed(first)["Received"]
    assert "Received" not in parsed(second)


def test_the_same_seed_and_now_give_the_same_bytes() -> None:
    assert seeded(THREAD) == seeded(THREAD)


SERIES = """\
mailboxes:
  - user: ada@example.com
    series:
      - every: 7d
        count: 5
        latest: 1d
        first: 10
        newest: 2
        newest_labels: [INBOX, UNREAD]
        values: {topic: [gears, cards], when: ["${date}"]}
        message:
          from: News <n@news.example>
          subject: "No. ${number}: ${topic}"
          labels: [CATEGORY_PROMOTIONS]
          text: "${when}, ${weekday+1d}, ${iso-1d}, ${dmy}, ${kanji}, ${month}, ${year}, ${short}, week ${week}"
          attachments: [{filename: "n${number}.txt", text: "${topic}"}]
"""


def test_a_series_repeats_with_its_values_in_turn() -> None:
    found = seeded(SERIES)
    assert [parsed(each)["Subject"] for each in found] == [
        "No. 10: gears",
        "No. 11: cards",
        "No. 12: gears",
        "No. 13: cards",
        "No. 14: gears",
    ]
    assert [each.labels for each in found] == [("CATEGORY_PROMOTIONS",)] * 3 + [("INBOX", "UNREAD")] * 2
    assert {b.received - a.received for a, b in pairwise(found)} == {timedelta(days=7)}
    last = parsed(found[-1])
    plain = last.get_body(("plain",))
    assert plain is not None
    assert plain.get_content().strip() == (
        "31 May 2026, Monday, 2026-05-30, 31.05.2026, 2026年5月31日, May 2026, 2026, 31 May, week 22"
    )
    [attachment] = last.iter_attachments()
    assert (attachment.get_filename(), attachment.get_content().strip()) == ("n14.txt", "gears")


MISTAKES = [
    (
        "[INBOX, Work]",
        "[INBOX, Wrk]",
        'g.yaml:10: mailboxes[0].messages[0].labels[1]: no label "Wrk"; did you mean "Work"?',
    ),
    (
        "labels: [Work]",
        "labels: [Work, Inbox]",
        'g.yaml:4: mailboxes[0].labels[1]: "Inbox" cannot be the name of a user label',
    ),
    (
        "age: 2d",
        "date: 2026-06-02",
        "g.yaml:6: mailboxes[0].messages[0]: the message would come 12:00:00 in the future",
    ),
    ("age: 2d", "cc: []", "g.yaml:6: mailboxes[0].messages[0]: a message needs either age or date"),
    (
        "after: 30m",
        "age: 1h",
        (
            "g.yaml:17: mailboxes[0].messages[0].replies[1].age: not here: a reply needs after, the time"
            " since the message before it"
        ),
    ),
    ('"-05:00"', "EST", 'g.yaml:6: mailboxes[0].messages[0]: a zone is written like "+09:00", got "EST"'),
    (
        "text: Yes.",
        "text: Yes ${nmber}.",
        (
            "g.yaml:13: mailboxes[0].messages[0].replies[0]: ${nmber} names nothing; there are date, short,"
            " weekday, month, year, iso, dmy, kanji, week, and dates may be moved as in ${date+3d}"
        ),
    ),
    (
        "subject: Lunch",
        "subjct: Lunch",
        'g.yaml:7: mailboxes[0].messages[0].subjct: unknown field; did you mean "subject"?',
    ),
    (
        "after: 1h",
        "after: 49h",
        "g.yaml:13: mailboxes[0].messages[0].replies[0]: the message would come 1:00:00 in the future",
    ),
    (
        "text: Good.",
        "charset: latin1",
        (
            'g.yaml:19: mailboxes[0].messages[0].replies[1].charset: expected one of "utf-8", "us-ascii", "iso-8859-1",'
            ' "iso-8859-15", "windows-1252", "iso-2022-jp", "koi8-r", got "latin1"'
        ),
    ),
    (
        "text: Thursday?",
        "attachments: [{filename: x, text: a, size: 3}]",
        (
            "g.yaml:11: mailboxes[0].messages[0].attachments[0]: an attachment needs exactly one of text, base64,"
            " size, pdf, message"
        ),
    ),
    (
        "name: Ada Lovelace",
        "files: [a.mbox]",
        "g.yaml:3: mailboxes[0].files[0]: a seed given as text cannot name files",
    ),
]


@pytest.mark.parametrize(("old", "new", "message"), MISTAKES)
def test_each_mistake_has_its_message(old: str, new: str, message: str) -> None:
    assert old in THREAD
    with pytest.raises(SeedError) as caught:
        seeded(THREAD.replace(old, new))
    assert str(caught.value) == message


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("count: 5", "count: 0", "g.yaml:4: mailboxes[0].series[0]: count must lie between 1 and 100000, got 0"),
        ("[gears, cards]", "[]", "g.yaml:4: mailboxes[0].series[0]: values.topic is an empty list"),
        (
            "[INBOX, UNREAD]",
            "[UNRED]",
            'g.yaml:9: mailboxes[0].series[0].newest_labels[0]: no label "UNRED"; did you mean "UNREAD"?',
        ),
        (
            "labels: [CAT",
            "age: 3d\n          labels: [CAT",
            "g.yaml:14: mailboxes[0].series[0].message.age: not here: the series says when its messages came",
        ),
    ],
)
def test_each_mistake_of_a_series_has_its_message(old: str, new: str, message: str) -> None:
    assert old in SERIES
    with pytest.raises(SeedError) as caught:
        seeded(SERIES.replace(old, new))
    assert str(caught.value) == message


def test_labels_of_one_mailbox_add_up_over_entries() -> None:
    text = """
    mailboxes:
      - {user: ada@example.com, labels: [Work, Home]}
      - {user: ADA@example.com, labels: [{name: Work, color: "#16a766", text_color: "#ffffff"}, Home]}
      - {user: grace@example.com}
    """
    found = labels_of(gmail_seed(SeedDocument.load(text), NOW))
    assert [(label.name, label.color) for label in found["ada@example.com"]] == [("Work", "#16a766"), ("Home", "")]
    assert found["grace@example.com"] == ()


def test_a_mailbox_needs_its_user() -> None:
    section = gmail_seed(SeedDocument.load("mailboxes:\n  - user: adda@example.com", "g.yaml"), NOW)
    with pytest.raises(SeedError) as caught:
        section.check_users({"ada@example.com"})
    assert (
        str(caught.value) == 'g.yaml:2: mailboxes[0].user: no user "adda@example.com"; did you mean "ada@example.com"?'
    )


def test_files_are_found_beside_the_seed_and_must_be_whole(tmp_path: Path) -> None:
    seed = tmp_path / "s.yaml"
    seed.write_text("mailboxes:\n  - user: ada@example.com\n    files: [mail.mbox]\n")
    envelope = b"From x@y Mon Jan 05 10:00:00 2026\n"
    (tmp_path / "mail.mbox").write_bytes(envelope + b"X-GM-THRID: 7\nX-Gmail-Labels: Sent,Trips\nSubject: s\n\nb\n\n")
    [message] = expand(gmail_seed(load_all([seed]), NOW), NOW)
    assert (message.labels, message.thread) == (("SENT", "Trips"), "7")
    assert message.received == datetime(2026, 1, 5, 10, tzinfo=UTC)
    (tmp_path / "mail.mbox").write_bytes(envelope + b"no header\n")
    with pytest.raises(SeedError, match=r"s.yaml:3: mailboxes\[0\].files\[0\]: .*mail.mbox:0: no header"):
        expand(gmail_seed(load_all([seed]), NOW), NOW)
    (tmp_path / "mail.mbox").unlink()
    with pytest.raises(SeedError, match=r"files\[0\]: mail.mbox cannot be read: No such file or directory"):
        expand(gmail_seed(load_all([seed]), NOW), NOW)
