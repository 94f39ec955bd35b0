"""Mail files: what loads, what is left out and why, and that every byte is accounted for."""

from __future__ import annotations

import email
import sysconfig
from datetime import UTC, datetime
from pathlib import Path

import pytest

from emulator.services.google.gmail import mailfiles
from emulator.services.google.gmail.mailfiles import MailItem, Skipped, estimate, read_mail

ENVELOPE = b"From 1789@xxx Mon Jan 05 10:00:00 +0100 2026\n"
GOOD = ENVELOPE + b"From: a@example.com\nSubject: one\n\nbody\n\n"


def mbox(folder: Path, *blocks: bytes) -> Path:
    path = folder / "mail.mbox"
    path.write_bytes(b"".join(blocks))
    return path


def items(path: Path) -> list[MailItem]:
    found = list(read_mail(path))
    assert [each for each in found if isinstance(each, Skipped)] == []
    return [each for each in found if isinstance(each, MailItem)]


def skipped(path: Path) -> list[tuple[str, str]]:
    """Offset and reason of everything left out."""
    return [(each.origin.rpartition(":")[2], each.reason) for each in read_mail(path) if isinstance(each, Skipped)]


def test_a_takeout_export_loads_with_labels_thread_and_time(tmp_path: Path) -> None:
    message = (
        b"From 1789@xxx Mon Jan 05 10:00:00 +0100 2026\r\n"
        b"X-GM-THRID: 1853\r\n"
        b'X-Gmail-Labels: Inbox,Opened,"Lisbon, trip",=?UTF-8?Q?Caf=C3=A9?=,Category Updates,\r\n'
        b" Starred,IMAP_$Forwarded\r\n"
        b"From: a@example.com\r\nSubject: one\r\n\r\n>From the top\r\n>>From deeper\r\nend\r\n\r\n"
    )
    [item] = items(mbox(tmp_path, message))
    assert item.labels == ("INBOX", "Lisbon, trip", "Café", "CATEGORY_UPDATES", "STARRED")
    assert (item.thread, item.received) == ("1853", datetime(2026, 1, 5, 9, tzinfo=UTC))
    assert item.raw == b"From: a@example.com\r\nSubject: one\r\n\r\nFrom the top\r\n>From deeper\r\nend\r\n"
    assert item.origin == f"{tmp_path / 'mail.mbox'}:0"


@pytest.mark.parametrize(
    ("written", "labels"),
    [
        ("Sent", ("SENT",)),
        ("Inbox,Unread,Important", ("INBOX", "UNREAD", "IMPORTANT")),
        ("Archived,Opened", ()),
        ("Trash,Category Promotions", ("TRASH", "CATEGORY_PROMOTIONS")),
        ("Spam,Spam,Drafts", ("SPAM", "DRAFT")),
        (
            "Category Forums,Category Social,Category Personal",
            ("CATEGORY_FORUMS", "CATEGORY_SOCIAL", "CATEGORY_PERSONAL"),
        ),
        ('"Say \\"hi\\"",Work/Berlin', ('Say "hi"', "Work/Berlin")),
        ("=?UTF-8?B?UmVpc2UsV2lpw59l?=", ("Reise", "Wiiße")),
        ("=?nonsense?Q?x?=", ("=?nonsense?Q?x?=",)),
    ],
)
def test_takeout_labels_become_gmail_labels(tmp_path: Path, written: str, labels: tuple[str, ...]) -> None:
    [item] = items(mbox(tmp_path, ENVELOPE, f"X-Gmail-Labels: {written}\nFrom: a\n\nx\n".encode()))
    assert item.labels == labels


def test_broken_messages_are_listed_with_their_offset_and_the_others_load(tmp_path: Path) -> None:
    no_header = ENVELOPE + b"just text\n\n"
    hole = ENVELOPE + b"Subject: x\n\n" + b"\0" * 500 + b"\n\n"
    empty = ENVELOPE + b"\n\n"
    path = mbox(tmp_path, b"garbage\n", GOOD, no_header, GOOD, hole, empty, GOOD)
    at = [8, 8 + len(GOOD)]
    at += [at[1] + len(no_header) + len(GOOD)]
    at += [at[2] + len(hole)]
    assert skipped(path) == [
        ("0", "text before the first message"),
        (str(at[1]), "no header: the first line is not a header field"),
        (str(at[2]), "a hole of 500 NUL bytes, 12 bytes into the message"),
        (str(at[3]), "empty message"),
    ]
    found = list(read_mail(path))
    assert sum(isinstance(each, MailItem) for each in found) == 3
    assert sum(each.consumed for each in found) == estimate(path) == path.stat().st_size


@pytest.mark.parametrize(
    "message",
    [
        b"Content-Type: multipart/mixed; boundary=never\n\nno parts\n",
        b"Content-Transfer-Encoding: base64\nSubject: cut\n\naGVsbG8gd29y\nbG\n",
        b"Subject: \xff\xfe raw bytes\n\n\x80\x81 and one \0 NUL\n",
        b"Subject: no body at all\n",
        b"X: " + b"y" * 5000 + b"\n\nz\n",
    ],
)
def test_odd_mail_is_still_mail(tmp_path: Path, message: bytes) -> None:
    [item] = items(mbox(tmp_path, ENVELOPE, message))
    assert item.raw == message.replace(b"\n", b"\r\n")


def test_only_a_separator_separates(tmp_path: Path) -> None:
    body = b"Subject: x\n\nFrom the start\n\nFrom here on it is text\nand goes on\n\nFrom me\n\n"
    first, second = items(mbox(tmp_path, ENVELOPE, body, b"From odd sender without date\nSubject: y\n\nz\n"))
    assert first.raw == body[:-1].replace(b"\n", b"\r\n")
    assert second.raw == b"Subject: y\r\n\r\nz\r\n"
    assert second.received is None


def test_a_separator_with_a_date_needs_no_empty_line_before_it(tmp_path: Path) -> None:
    cut_short = ENVELOPE + b"Subject: cut\n\nthe disk was full"
    assert [item.raw[:12] for item in items(mbox(tmp_path, cut_short, b"\n", GOOD))] == [
        b"Subject: cut",
        b"From: a@exam",
    ]


@pytest.mark.parametrize(
    ("separator", "received"),
    [
        (b"From a@b Thu Jan  1 00:00:01 2026", datetime(2026, 1, 1, 0, 0, 1, tzinfo=UTC)),
        (b"From a@b Thu Jan  1 02:00 -0500 2026", datetime(2026, 1, 1, 7, tzinfo=UTC)),
        (b"From a@b Thu Jan  1 02:00:00 2026 +0200", datetime(2026, 1, 1, tzinfo=UTC)),
        (b"From a@b Thu Jan  1 02:00:00 GMT 2026", datetime(2026, 1, 1, 2, tzinfo=UTC)),
        (b"From a@b Thu Jan 99 02:00:00 2026", None),
        (b"From \xff\xfe Thu Foo  1 02:00:00 2026", None),
    ],
)
def test_the_separator_tells_when_mail_came(tmp_path: Path, separator: bytes, received: datetime | None) -> None:
    [item] = items(mbox(tmp_path, separator, b"\nSubject: x\nDate: Fri, 02 Jan 2026 10:00:00 +0100\n\ny\n"))
    assert item.received == received
    assert item.dated() == datetime(2026, 1, 2, 9, tzinfo=UTC)


def test_a_date_that_is_none_is_none(tmp_path: Path) -> None:
    [item] = items(mbox(tmp_path, ENVELOPE, b"Subject: x\nDate: the other day\n\ny\n"))
    assert item.dated() is None


def test_separators_are_found_wherever_the_chunks_end(tmp_path: Path) -> None:
    sizes = [1, 4090, 4096, 70_000, (1 << 20) - 200, (1 << 20) + 3, 17]
    blocks = [ENVELOPE + b"Subject: %d\n\n" % size + b"x" * size + b"\n\n" for size in sizes] * 3
    found = items(mbox(tmp_path, *blocks))
    assert [item.consumed for item in found] == [len(block) for block in blocks]
    assert [email.message_from_bytes(item.raw)["Subject"] for item in found] == [str(size) for size in sizes] * 3


def test_a_message_over_the_limit_is_passed_over(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(mailfiles, "LARGEST_MESSAGE", 3 << 20)
    big = ENVELOPE + b"Subject: big\n\n" + b"x" * (5 << 20) + b"\n\n"
    path = mbox(tmp_path, GOOD, big, GOOD)
    found = list(read_mail(path))
    assert [type(each) for each in found] == [MailItem, Skipped, MailItem]
    assert skipped(path) == [(str(len(GOOD)), "5.0 MiB, more than the 3 MiB Gmail takes")]
    assert [each.consumed for each in found] == [len(GOOD), len(big), len(GOOD)]


def test_an_empty_mbox_holds_nothing(tmp_path: Path) -> None:
    assert items(mbox(tmp_path, b"")) == []


def test_a_maildir_loads_with_its_flags_and_folders(tmp_path: Path) -> None:
    files = {
        "cur/1767607200.M1P1.host:2,S": b"Subject: read\n\nx\n",
        "cur/1767607201.M1P1.host:2,FRS": b"Subject: starred\n\nx\n",
        "cur/1767607202.M1P1.host:2,T": b"Subject: trashed\n\nx\n",
        "cur/odd-name": b"Subject: unread\n\nx\n",
        "new/1767607203.M1P1.host": b"Subject: new\n\nx\n",
        "tmp/1767607204.M1P1.host": b"Subject: half delivered\n",
        ".Sent/cur/1767607205.M1P1.host:2,S": b"Subject: sent\n\nx\n",
        ".Drafts/cur/1767607206.M1P1.host:2,D": b"Subject: draft\n\nx\n",
        ".Reisen.K&APY-ln/cur/1767607207.M1P1.host:2,S": b"Subject: nested\n\nx\n",
        "dovecot-uidlist": b"3 V1",
    }
    for name, content in files.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_bytes(content)
    found = {email.message_from_bytes(item.raw)["Subject"]: item for item in items(tmp_path)}
    assert {subject: item.labels for subject, item in found.items()} == {
        "read": ("INBOX",),
        "starred": ("INBOX", "STARRED"),
        "trashed": ("TRASH", "UNREAD"),
        "unread": ("INBOX", "UNREAD"),
        "new": ("INBOX", "UNREAD"),
        "sent": ("SENT",),
        "draft": ("DRAFT",),
        "nested": ("Reisen/Köln",),
    }
    assert found["read"].received == datetime(2026, 1, 5, 10, tzinfo=UTC)
    assert found["unread"].received is None
    assert estimate(tmp_path) == sum(item.consumed for item in found.values())


def test_a_directory_of_messages_says_what_it_leaves_out(tmp_path: Path) -> None:
    (tmp_path / "deeper").mkdir()
    (tmp_path / "a.eml").write_bytes(b"Subject: a\n\nx\r\ny\n")
    (tmp_path / "b.EML").write_bytes(b"From someone Mon Jan 05 10:00:00 2026\nSubject: b\n\n>From x\n")
    (tmp_path / "notes.txt").write_bytes(b"shopping")
    (tmp_path / "deeper" / "c.mbox").write_bytes(GOOD)
    (tmp_path / "empty.eml").write_bytes(b"")
    (tmp_path / ".DS_Store").write_bytes(b"x")
    found = list(read_mail(tmp_path))
    assert [each.raw for each in found if isinstance(each, MailItem)] == [
        b"Subject: a\r\n\r\nx\r\ny\r\n",
        b"Subject: b\r\n\r\n>From x\r\n",
        b"From: a@example.com\r\nSubject: one\r\n\r\nbody\r\n",
    ]
    assert [(Path(each.origin).name, each.reason) for each in found if isinstance(each, Skipped)] == [
        ("empty.eml", "empty message"),
        ("notes.txt", "neither .eml nor .mbox"),
    ]
    assert sum(each.consumed for each in found) == estimate(tmp_path)


def test_a_link_to_nowhere_is_named(tmp_path: Path) -> None:
    (tmp_path / "a.eml").symlink_to(tmp_path / "gone")
    assert [each.reason for each in read_mail(tmp_path) if isinstance(each, Skipped)] == [
        "cannot be read: No such file or directory"
    ]


def test_a_path_that_is_not_there_is_the_callers_mistake(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        list(read_mail(tmp_path / "gone"))
    with pytest.raises(FileNotFoundError):
        estimate(tmp_path / "gone")


def test_the_mail_of_cpythons_own_tests_is_taken_in_as_its_parser_sees_it() -> None:
    folder = Path(sysconfig.get_path("stdlib")) / "test" / "test_email" / "data"
    messages = {path: path.read_bytes() for path in sorted(folder.glob("msg_*.txt"))}
    assert len(messages) > 40
    for path, original in messages.items():
        with_crlf = original.replace(b"\r\n", b"\n").replace(b"\n", b"\r\n")
        expected = email.message_from_bytes(with_crlf)
        for found in read_mail(path):
            if isinstance(found, Skipped):
                assert found.reason == "no header: the first line is not a header field"
                assert expected.keys() == []
            else:
                assert email.message_from_bytes(found.raw).as_bytes().rstrip() == expected.as_bytes().rstrip(), (
                    path.name
                )
