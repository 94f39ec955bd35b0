"""Mail arriving: ids, threads, history, counters; all or nothing."""

from __future__ import annotations

import pytest

from emulator.kernel.http import Call
from emulator.kernel.live import UnknownName
from emulator.services.google.errors import FailedPrecondition, NotFound
from emulator.services.google.gmail.delivery import Incoming
from emulator.services.google.gmail.joining import base_subject
from emulator.services.google.gmail.mailbox import Mailboxes


@pytest.fixture
def mailbox(site):
    return Mailboxes(site.app.kernel).open("ada@example.com")


def mail(name, subject="Plan", answers=(), references=()):
    lines = [f"Message-ID: <{name}@x.example>", f"Subject: {subject}", "From: a@x.example"]
    if answers:
        lines.append("In-Reply-To: " + " ".join(f"<{each}@x.example>" for each in answers))
    if references:
        lines.append("References: " + " ".join(f"<{each}@x.example>" for each in references))
    return ("\r\n".join(lines) + "\r\n\r\nbody\r\n").encode()


def rows(site, table):
    return [tuple(row) for row in site.app.world.all(f"SELECT * FROM {table}")]


TABLES = (
    *("gmail_mailbox", "gmail_label", "gmail_thread", "gmail_reference", "gmail_message", "gmail_message_mime"),
    *("gmail_message_label", "gmail_history", "gmail_message_text"),
)


def world_of(site):
    return {table: rows(site, table) for table in TABLES}


def test_a_mailbox_is_made_once_and_found_again(site):
    mailboxes = Mailboxes(site.app.kernel)
    first = mailboxes.open("ada@example.com")
    before = world_of(site)
    assert mailboxes.open("Ada@Example.com").number == first.number
    assert world_of(site) == before


def test_a_mailbox_needs_an_account_with_gmail(site):
    mailboxes = Mailboxes(site.app.kernel)
    with pytest.raises(UnknownName, match=r"ada@example\.com"):
        mailboxes.open("adaa@example.com")
    with pytest.raises(FailedPrecondition, match="Mail service not enabled"):
        mailboxes.open("nomail@example.com")


def test_bare_line_feeds_are_stored_as_crlf_and_counted_so(mailbox):
    stored = mailbox.deliver(b"Subject: a\n\nb\n")
    assert mailbox.raw(stored) == b"Subject: a\r\n\r\nb\r\n"
    assert stored.size == 17


def test_an_id_is_the_millisecond_of_receipt_and_unique(mailbox):
    moment = 1_700_000_000_123
    ids = mailbox.deliver_all([Incoming(mail(f"m{i}"), (), moment) for i in range(300)])
    assert {each >> 20 for each in ids} == {moment}
    assert sorted(set(ids)) == ids


def test_two_mailboxes_never_share_an_id(site, mailbox):
    other = Mailboxes(site.app.kernel).open("grace@example.com")
    ids = [box.deliver(mail(f"m{i}"), received=1_700_000_000_000).id for i in range(50) for box in (mailbox, other)]
    assert len(set(ids)) == 100


def test_a_full_millisecond_runs_over_into_the_next(site, mailbox):
    moment = 1_700_000_000_000
    first = mailbox.deliver(mail("a"), received=moment)
    last = (moment << 20) + 2**20 - 1
    for table in ("gmail_message", "gmail_message_mime"):
        site.app.world.execute(f"UPDATE {table} SET id = ? WHERE id = ?", (last, first.id))
    assert mailbox.deliver(mail("b"), received=moment).id >> 20 == moment + 1


@pytest.mark.parametrize(
    "answer",
    [
        mail("b", "Re: Plan", answers=["a"]),
        mail("b", "RE: re:  plan", references=["zero", "a"]),
        mail("b", "Fwd: Plan", answers=["unknown"], references=["a", "other"]),
        mail("b", "AW: [ext] Re: Plan", answers=["a"]),
    ],
)
def test_an_answer_joins_the_thread_it_refers_to(mailbox, answer):
    first = mailbox.deliver(mail("a"))
    second = mailbox.deliver(answer)
    assert (first.thread, second.thread) == (first.id, first.id)
    assert [each.id for each in mailbox.thread(first.id).messages] == [first.id, second.id]


@pytest.mark.parametrize(
    "other",
    [
        mail("b", "Plan"),  # the same subject alone
        mail("b", "Another plan", answers=["a"]),  # a reference alone
        mail("b", "Re: Plan", answers=["A"]),  # the local part of an id keeps its case
    ],
)
def test_subject_or_reference_alone_does_not_join(mailbox, other):
    mailbox.deliver(mail("a"))
    second = mailbox.deliver(other)
    assert second.thread == second.id


def test_threads_join_in_whatever_order_mail_comes(mailbox):
    last = mailbox.deliver(mail("c", "Re: Plan", answers=["b"], references=["a", "b"]))
    first = mailbox.deliver(mail("a"))
    middle = mailbox.deliver(mail("b", "Re: Plan", answers=["a"]))
    assert {first.thread, middle.thread} == {last.id}


def test_threads_of_two_mailboxes_do_not_mix(site, mailbox):
    other = Mailboxes(site.app.kernel).open("grace@example.com")
    mailbox.deliver(mail("a"))
    theirs = other.deliver(mail("b", "Re: Plan", answers=["a"]))
    assert theirs.thread == theirs.id


def test_a_thread_can_be_named(mailbox):
    first = mailbox.deliver(mail("a"))
    assert mailbox.deliver(mail("b", "Unrelated"), thread=first.id).thread == first.id
    with pytest.raises(NotFound):
        mailbox.deliver(mail("c"), thread=12345)


def test_conversations_of_a_batch_share_a_thread_and_batches_share_conversations(mailbox):
    known: dict[str, int] = {}
    first = mailbox.deliver_all([Incoming(mail("a"), (), 1000, conversation="t1")], known)
    second = mailbox.deliver_all([Incoming(mail("b", "Other"), (), 2000, conversation="t1")], known)
    assert [mailbox.message(each).thread for each in (*first, *second)] == [first[0], first[0]]


def test_each_delivery_is_one_history_record(site, mailbox):
    stored = mailbox.deliver(mail("a"), ("INBOX", "UNREAD"))
    (record,) = site.app.world.all("SELECT * FROM gmail_history")
    assert dict(record) == {
        "mailbox": mailbox.number,
        "id": stored.history,
        "message": stored.id,
        "thread": stored.thread,
        "action": "messageAdded",
        "changed": "",
        "labels": "UNREAD INBOX",
    }
    assert mailbox.profile().history == mailbox.thread(stored.thread).history == stored.history


def test_history_of_one_mailbox_does_not_move_anothers(site, mailbox):
    other = Mailboxes(site.app.kernel).open("grace@example.com")
    before = other.profile()
    mailbox.deliver(mail("a"))
    assert other.profile() == before


def test_a_label_the_mailbox_has_not_stops_the_whole_batch(site, mailbox):
    before = world_of(site)
    batch = [Incoming(mail("a"), ("INBOX",), 1000), Incoming(mail("b"), ("Label_9",), 1000)]
    with pytest.raises(NotFound):
        mailbox.deliver_all(batch)
    assert world_of(site) == before


def test_a_batch_that_breaks_halfway_leaves_nothing(site, mailbox):
    before, position = world_of(site), site.app.ids.position
    with pytest.raises(TypeError):
        mailbox.deliver_all([Incoming(mail("a"), (), 1000), Incoming("no bytes", (), 1000)])
    assert world_of(site) == before
    assert site.app.ids.position == position


def test_a_rollback_leaves_nothing(site, mailbox):
    site.app.gmail.mailbox("grace@example.com")
    before = world_of(site)
    with site.app.isolated():
        mailbox.deliver(mail("a"))
        mailbox.add_label("Bills")
        assert world_of(site) != before
    assert world_of(site) == before
    assert mailbox.profile().messages == 0


def test_a_refused_call_writes_nothing(site, mailbox):
    before = world_of(site)
    token = site.token()
    assert site.get("messages", token=token, user="grace@example.com").status == 403
    assert site.get("messages/zz", token=token).status == 400
    assert world_of(site) == before


def test_label_ids_are_never_used_again(site, mailbox):
    first = mailbox.add_label("A")
    site.app.world.execute("DELETE FROM gmail_label WHERE id = ?", (first.id,))
    assert (first.id, mailbox.add_label("A").id) == ("Label_1", "Label_2")


def test_equal_worlds_hold_equal_mailboxes(site, another_site):
    other = another_site()
    for each in (site, other):
        each.box().deliver(mail("a"))
        each.box().deliver(from_="b@x.example", subject="composed", text="hello")
        each.app.respond(Call("GET", "gmail.googleapis.com", "/gmail/v1/users/me/profile"))
    assert world_of(site) == world_of(other)


@pytest.mark.parametrize(
    ("subject", "base"),
    [
        ("Re: Plan", "plan"),
        ("RE : [2] Plan", "[2] plan"),
        ("Re[3]: FW: Fwd:  Plan  B ", "plan b"),
        ("[list] Re: Plan", "plan"),
        ("[list] Plan", "[list] plan"),
        ("Regarding: Plan", "regarding: plan"),
        ("", ""),
        ("Re:", ""),
    ],
)
def test_a_base_subject_has_no_reply_marks(subject, base):
    assert base_subject(subject) == base


@pytest.mark.parametrize("raw", [b"", b"\0", b"\r\n\r\n", b"no header at all", b"Subject: " + b"x" * 100_000])
def test_any_bytes_are_mail(mailbox, raw):
    stored = mailbox.deliver(raw)
    assert mailbox.message(stored.id) == stored
