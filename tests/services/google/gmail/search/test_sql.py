"""Compiled queries on real tables: each operator, the sheet's probes, and a comparison with a matcher in Python."""

from __future__ import annotations

import re
import sqlite3
import unicodedata
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from importlib.resources import files

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from emulator.services.google.gmail.labels import folded_name
from emulator.services.google.gmail.search import FEW, Condition, Context, compile_query, parse
from emulator.services.google.gmail.search.stems import word_forms

ROOM = files("emulator.services.google.gmail")
NOW = 1_700_000_000_000
DAY = 86_400_000
ME = "ada@example.com"
INDEXED = ("subject", "sender", "to", "cc", "bcc", "delivered_to", "list", "filename", "body")
USER_LABELS = {"Label_7": "Spike23/Private Stuff", "Label_8": "work"}


@dataclass(frozen=True)
class Mail:
    """A message as these tests know it; ``at`` is its index date in epoch milliseconds."""

    at: int = NOW
    subject: str = ""
    sender: str = ""
    to: str = ""
    cc: str = ""
    bcc: str = ""
    delivered_to: str = ""
    list: str = ""
    filename: str = ""
    body: str = ""
    labels: frozenset[str] = frozenset()
    size: int = 1000
    attachment: bool = False
    message_id: str = ""
    mailbox: int = 1


@dataclass
class Mailroom:
    """The tables, and what a query finds in them."""

    database: sqlite3.Connection
    ids: dict[int, Mail] = field(default_factory=dict)

    def add(self, mail: Mail) -> int:
        number = (mail.at << 20) + len(self.ids)
        self.ids[number] = mail
        hidden = int(bool(mail.labels & {"SPAM", "TRASH"}))
        self.database.execute(
            "INSERT INTO gmail_message VALUES (?, ?, ?, 1, ?, ?, ?, ?, ?, '')",
            (number, mail.mailbox, number, mail.at, mail.size, hidden, mail.attachment, mail.message_id),
        )
        self.database.execute(
            "INSERT INTO gmail_message_text (rowid, subject, sender, recipients_to, recipients_cc, recipients_bcc, "
            "delivered_to, list, filename, body) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (number, *(getattr(mail, column) for column in INDEXED)),
        )
        rows = [(mail.mailbox, label, hidden, number) for label in mail.labels]
        self.database.executemany("INSERT INTO gmail_message_label VALUES (?, ?, ?, ?)", rows)
        return number

    def find(self, query: str, **context: object) -> list[int]:
        """The ids found, newest first; the expression must pick the same ones."""
        condition = self.compiled(query, **context)
        found = [row[0] for row in self.database.execute(*condition.select())]
        sql, parameters = condition.expression()
        again = self.database.execute(f"SELECT id FROM gmail_message m WHERE {sql} ORDER BY id DESC", parameters)
        assert found == [row[0] for row in again]
        return found

    def compiled(self, query: str, **context: object) -> Condition:
        settings_ = {"mailbox": 1, "addresses": (ME,), "label_id": label_id, "now": NOW} | context
        return compile_query(parse(query), Context(**settings_))  # type: ignore[arg-type]

    def plan(self, query: str, **context: object) -> str:
        sql, parameters = self.compiled(query, **context).select()
        return "\n".join(row[3] for row in self.database.execute(f"EXPLAIN QUERY PLAN {sql}", parameters))


def label_id(name: str) -> str | None:
    folded = {folded_name(name): label for label, name in USER_LABELS.items()}
    return folded.get(folded_name(name))


def opened() -> Mailroom:
    database = sqlite3.connect(":memory:")
    for schema in (ROOM / "schema.sql", ROOM / "search" / "schema.sql"):
        database.executescript(schema.read_text(encoding="utf-8"))
    return Mailroom(database)


@pytest.fixture
def room() -> Iterator[Mailroom]:
    mailroom = opened()
    yield mailroom
    mailroom.database.close()


def finds(room: Mailroom, mail: Mail, query: str) -> bool:
    return room.add(mail) in room.find(query)


@pytest.mark.parametrize(
    ("mail", "query", "found"),
    [
        (Mail(body="an invoice came"), "invoice", True),
        (Mail(body="an invoice came"), "invoic", False),
        (Mail(body="two invoices"), "invoice", True),
        (Mail(body="two invoices"), "+invoice", False),
        (Mail(body="two invoices"), '"invoice"', False),
        (Mail(body="two invoices"), "invo*", False),
        (Mail(subject="Café"), "CAFE", True),
        (Mail(sender='"Amy Lee" <amy.lee@x.com>'), "from:amy", True),
        (Mail(sender='"Amy Lee" <amy.lee@x.com>'), "from:x.com", True),
        (Mail(sender='"Amy Lee" <amy.lee@x.com>'), "from:amy.lee@x.com", True),
        (Mail(sender='"Amy Lee" <amy.lee@x.com>'), "from:lee@x.co", False),
        (Mail(sender='"Amy Lee" <amy.lee@x.com>'), 'from:"lee amy"', True),
        (Mail(sender='"Amy Lee" <amy.lee@x.com>'), 'from:"amy x"', False),
        (Mail(sender='"Amy Lee" <amy.lee@x.com>'), "amy", True),
        (Mail(sender='"Amy Lee" <amy.lee@x.com>'), "subject:amy", False),
        (Mail(to="t@x", cc="c@x", bcc="b@x"), "to:t to:c to:b", True),
        (Mail(to="t@x"), "cc:t", False),
        (Mail(bcc="b@x"), "bcc:b", True),
        (Mail(sender=f"Ada <{ME}>"), "from:me", True),
        (Mail(to=f"Ada <{ME}>"), "from:me", False),
        (Mail(cc=ME), "to:me", True),
        (Mail(delivered_to=ME), "deliveredto:ada@example.com", True),
        (Mail(delivered_to=ME), "ada", False),
        (Mail(list="Dev <dev.example.com>"), "list:dev.example.com", True),
        (Mail(filename="homework.txt"), "filename:txt", True),
        (Mail(filename="homework.txt"), "filename:homework.txt", True),
        (Mail(filename="homework.txt"), "homework", True),
        (Mail(message_id="A@b"), "rfc822msgid:<A@B>", True),
        (Mail(message_id="A@b"), "rfc822msgid:a@b", False),
        (Mail(body="see https://docs.google.com/document/d/1"), "has:document", True),
        (Mail(body="see https://docs.google.com/document/d/1"), "has:drive", True),
        (Mail(body="see https://docs.google.com/document/d/1"), "has:spreadsheet", False),
        (Mail(body="one two three four"), "one AROUND 2 four", True),
        (Mail(body="one two three four"), "four AROUND 1 one", False),
        (Mail(body="one two three four"), '"two three"', True),
        (Mail(body="one two three four"), '"three two"', False),
        (Mail(body="one", subject="two"), '"one two"', False),
        (Mail(attachment=True), "has:attachment", True),
        (Mail(), "has:attachment", False),
        (Mail(size=1000), "larger:1000", False),
        (Mail(size=1000), "size:1000", True),
        (Mail(size=1000), "smaller:1000", False),
        (Mail(size=1000), "smaller:1K larger:999", True),
        (Mail(labels=frozenset({"INBOX"})), "in:inbox is:read -is:unread", True),
        (Mail(labels=frozenset({"INBOX", "UNREAD"})), "is:read", False),
        (Mail(labels=frozenset({"Label_7"})), "label:spike23-private-stuff", True),
        (Mail(labels=frozenset({"Label_7"})), 'label:"Spike23/Private Stuff"', True),
        (Mail(labels=frozenset({"Label_7"})), "label:Spike23/Private-Stuff", True),
        (Mail(labels=frozenset({"Label_7"})), "in:SPIKE23-private-stuff", True),
        (Mail(labels=frozenset({"Label_7"})), "label:spike23", False),
        (Mail(labels=frozenset({"Label_7"})), "has:userlabels", True),
        (Mail(labels=frozenset({"INBOX"})), "has:nouserlabels", True),
        (Mail(labels=frozenset({"STARRED"})), "has:yellow-star", True),
        (Mail(labels=frozenset({"STARRED"})), "has:red-star", False),
        (Mail(labels=frozenset({"Label_7"})), "in:archive", True),
        (Mail(labels=frozenset({"INBOX"})), "in:archive", False),
        (Mail(labels=frozenset({"INBOX"})), "category:primary", True),
        (Mail(labels=frozenset({"CATEGORY_PERSONAL"})), "category:primary", True),
        (Mail(labels=frozenset({"CATEGORY_SOCIAL"})), "category:primary", False),
        (Mail(labels=frozenset({"CATEGORY_SOCIAL"})), "category:social", True),
        (Mail(), "category:reservations", False),
        (Mail(), "-is:muted -in:snoozed", True),
        (Mail(labels=frozenset({"TRASH"})), "", False),
        (Mail(labels=frozenset({"TRASH"})), "in:trash", True),
        (Mail(labels=frozenset({"SPAM"})), "in:trash OR in:anywhere", True),
        (Mail(labels=frozenset({"SPAM"})), "{in:trash size:1}", False),
        (Mail(labels=frozenset({"TRASH"})), "{in:trash size:9999}", True),
        (Mail(labels=frozenset({"TRASH"})), "-in:inbox -in:spam", False),
        (Mail(labels=frozenset({"TRASH"}), body="x"), "x -in:trash", False),
        (Mail(labels=frozenset({"SPAM"})), "in:anywhere", True),
        (Mail(at=NOW - 2 * DAY), "newer_than:2d", True),
        (Mail(at=NOW - 2 * DAY - 1), "newer_than:2d", False),
        (Mail(at=NOW - 2 * DAY - 1), "older_than:2d", True),
        (Mail(at=NOW - 31 * DAY), "newer_than:1m", True),
        (Mail(at=NOW - 31 * DAY - 1), "older_than:1m", True),
        (Mail(at=NOW - 366 * DAY), "older_than:1y", True),
        (Mail(at=NOW - 365 * DAY), "newer_than:1y", True),
        (Mail(at=1_388_563_200_000), "after:2014/01/01", True),
        (Mail(at=1_388_563_199_999), "after:2014/01/01", False),
        (Mail(at=1_388_563_199_999), "before:01/01/2014", True),
        (Mail(at=1_404_198_000_000), "after:2014/07/01", True),
        (Mail(at=1_404_197_999_999), "after:2014/07/01", False),
        (Mail(), "after:9999/12/31", False),
        (Mail(), "before:9999/12/31 after:1/1/0001", True),
        (Mail(), f"before:{'9' * 18}", True),
        (Mail(), "newer_than:999999y", True),
        (Mail(mailbox=2, body="x"), "x", False),
        (Mail(mailbox=2), "", False),
        (Mail(mailbox=2, labels=frozenset({"INBOX"})), "in:inbox", False),
    ],
)
def test_an_operator_finds_what_the_sheet_says(room: Mailroom, mail: Mail, query: str, *, found: bool) -> None:
    room.add(Mail(subject="noise", at=NOW - 400 * DAY, labels=frozenset({"INBOX", "Label_8"})))
    assert finds(room, mail, query) is found


def test_probe_26_or_binds_tighter_than_the_dates_around_it(room: Mailroom) -> None:
    window = "after:1600000000 before:1700000000"
    inside = room.add(Mail(sender="x", at=1_650_000_000_000))
    labelled = room.add(Mail(labels=frozenset({"Label_8"}), at=1_650_000_001_000))
    room.add(Mail(sender="x", at=1_500_000_000_000))
    assert room.find(f"from:x OR label:work {window}") == [labelled, inside]


@pytest.mark.parametrize("milliseconds", [0, 1, 999])
def test_probe_27_epoch_bounds_are_inclusive_at_both_ends(room: Mailroom, milliseconds: int) -> None:
    number = room.add(Mail(at=1_650_000_000_000 + milliseconds))
    assert room.find("after:1650000000") == room.find("before:1650000000") == [number]
    assert room.find("after:1650000001") == room.find("before:1649999999") == []


def test_probe_28_a_label_id_finds_nothing(room: Mailroom) -> None:
    room.add(Mail(labels=frozenset({"Label_7"})))
    assert room.find("label:Label_7") == []


def test_one_message_must_meet_the_whole_query(room: Mailroom) -> None:
    room.add(Mail(sender="a"))
    room.add(Mail(sender="b"))
    assert room.find("from:a from:b") == []


def test_results_are_newest_first_and_continue_below_an_id(room: Mailroom) -> None:
    numbers = [room.add(Mail(at=NOW - day * DAY, body="x", labels=frozenset({"INBOX"}))) for day in range(5)]
    for query in ("", "x", "in:inbox", "x OR is:read"):
        assert room.find(query) == numbers
        sql, parameters = room.compiled(query).select(below=numbers[2])
        assert [row[0] for row in room.database.execute(sql, parameters)] == numbers[3:]


def test_label_ids_of_the_call_are_required_and_lift_their_own_exclusion(room: Mailroom) -> None:
    trashed = room.add(Mail(body="x", labels=frozenset({"TRASH"})))
    room.add(Mail(body="x", labels=frozenset({"SPAM"})))
    room.add(Mail(body="x", labels=frozenset({"INBOX"})))
    assert room.find("x", label_ids=("TRASH",)) == room.find("", label_ids=("TRASH",)) == [trashed]
    assert room.find("x", label_ids=("TRASH", "INBOX")) == []
    assert len(room.find("x", include_spam_trash=True)) == 3


@pytest.mark.parametrize(
    ("query", "lifted"),
    [
        ("x", set()),
        ("in:trash", {"TRASH"}),
        ("label:SPAM", {"SPAM"}),
        ("a (b OR in:spam)", {"SPAM"}),
        ("in:anywhere", {"SPAM", "TRASH"}),
        ("-in:trash", set()),
        ("-(a in:trash)", set()),
        ("in:archive", set()),
    ],
)
def test_only_places_asked_for_are_let_in(room: Mailroom, query: str, lifted: set[str]) -> None:
    assert room.compiled(query).lifted == lifted


def test_text_and_dates_are_one_look_up_in_the_index(room: Mailroom) -> None:
    condition = room.compiled('from:x "due date" -(draft OR to:y) {invoice bill} newer_than:30d')
    assert condition.match
    assert (condition.sql, condition.first) == ("", (NOW - 30 * DAY) << 20)


@pytest.mark.parametrize(
    ("query", "driver"),
    [
        ("from:x newer_than:30d", "SCAN t VIRTUAL TABLE"),
        ('"due date" in:inbox -draft', "SCAN t VIRTUAL TABLE"),
        ("in:inbox is:unread larger:1M", "SEARCH d USING PRIMARY KEY"),
        ("rfc822msgid:a@b", "SEARCH m USING INDEX gmail_message_header (mailbox=? AND message_id_header=?"),
        ("rfc822msgid:a@b in:inbox invoice", "SEARCH m USING INDEX gmail_message_header"),
        ("newer_than:2d", "SEARCH m USING"),
        ("", "SEARCH m USING"),
    ],
)
@pytest.mark.parametrize("include", [False, True])
def test_an_index_drives_the_walk_and_nothing_is_sorted(
    room: Mailroom, query: str, driver: str, *, include: bool
) -> None:
    plan = room.plan(query, include_spam_trash=include)
    assert driver in plan
    assert "TEMP B-TREE FOR ORDER" not in plan
    assert "SCAN m" not in plan


def test_the_rarer_label_leads(room: Mailroom) -> None:
    assert room.compiled("in:inbox category:updates label:work").labels[0] == "Label_8"


def test_a_rare_label_leads_even_a_text(room: Mailroom) -> None:
    number = room.add(Mail(body="common", labels=frozenset({"INBOX", "UNREAD"})))
    room.add(Mail(body="common", labels=frozenset({"INBOX"})))
    room.add(Mail(body="other", labels=frozenset({"INBOX", "UNREAD"})))
    counts = {"INBOX": FEW, "UNREAD": 2}
    query = "in:inbox common is:unread"
    assert "SCAN t" in room.plan(query).splitlines()[0]
    assert "SEARCH d" in room.plan(query, label_count=counts.__getitem__).splitlines()[0]
    assert room.compiled(query, label_count=counts.__getitem__).labels == ("UNREAD", "INBOX")
    assert room.find(query, label_count=counts.__getitem__) == room.find(query) == [number]


def test_two_message_ids_are_never_one(room: Mailroom) -> None:
    number = room.add(Mail(message_id="a@b"))
    assert room.find("rfc822msgid:a@b rfc822msgid:a@b") == [number]
    assert room.find("rfc822msgid:a@b rfc822msgid:c@d") == []
    assert room.find("rfc822msgid:c@d OR rfc822msgid:a@b") == [number]
    assert room.find("-rfc822msgid:a@b") == []


QUOTES = st.text("\"'*^:-+(){}\\ aAND ORNEAR\0é\ud800", max_size=30)


@given(
    st.lists(QUOTES, min_size=1, max_size=4),
    st.sampled_from(["{}", '"{}"', "from:{}", '-"{}"', "a OR {}", "in:({})", "rfc822msgid:{}"]),
)
def test_no_query_can_break_the_sql(texts: list[str], frame: str) -> None:
    mailroom = opened()
    try:
        assert mailroom.find(" ".join(frame.format(text) for text in texts)) == []
    finally:
        mailroom.database.close()


@pytest.mark.parametrize(
    "query",
    [
        "(a OR (b c:d " * 20 + "x" + "))" * 20,
        "-(is:unread OR -(a larger:1 OR " * 20 + "x" + "))" * 20,
        "-(a OR is:read -(b " * 20 + "x" + "))" * 20,
        "word " * 3200,
        "is:read " * 2000,
        "{" + "a -is:read " * 1000 + "}",
        "-a " * 4000,
        "in:x OR " * 2000 + "b",
    ],
)
def test_the_largest_queries_run(room: Mailroom, query: str) -> None:
    room.add(Mail(body="x"))
    assert len(room.find(query)) <= 1


# The matcher the SQL is compared with: the same rules over the fields of a message, without an index.

WORDS = ("alpha", "beta", "Alphas", "gämma", "delta.epsilon", "alpha-beta")
TEXT = st.lists(st.sampled_from(WORDS), max_size=4).map(" ".join)
LABELS = st.frozensets(st.sampled_from(["INBOX", "UNREAD", "TRASH", "SPAM", "Label_7", "CATEGORY_SOCIAL"]), max_size=3)
MAIL = st.builds(
    Mail, at=st.sampled_from([NOW - day * DAY for day in (0, 1, 3, 10)]), subject=TEXT, sender=TEXT, to=TEXT, cc=TEXT,
    filename=TEXT, body=TEXT, delivered_to=TEXT, labels=LABELS, size=st.sampled_from([500, 1500]),
    attachment=st.booleans(),
)  # fmt: skip
SEARCHED = tuple(column for column in INDEXED if column != "delivered_to")
COLUMNS = {
    "": SEARCHED,
    "from:": ("sender",),
    "to:": ("to", "cc", "bcc"),
    "subject:": ("subject",),
    "filename:": ("filename",),
}


def tokens(text: str) -> list[str]:
    plain = "".join(c for c in unicodedata.normalize("NFD", text.lower()) if not unicodedata.combining(c))
    return re.findall("[a-z0-9]+", plain)


def holds_phrase(mail: Mail, columns: tuple[str, ...], phrase: list[str]) -> bool:
    for column in columns:
        words = tokens(getattr(mail, column))
        if any(words[at : at + len(phrase)] == phrase for at in range(len(words))):
            return True
    return False


def holds_word(mail: Mail, prefix: str, word: str) -> bool:
    stemmed = prefix in ("", "subject:") and word.isalnum()
    return any(holds_phrase(mail, COLUMNS[prefix], tokens(form)) for form in (word_forms(word) if stemmed else [word]))


SIMPLE: dict[str, Callable[[Mail], bool]] = {
    "is:unread": lambda m: "UNREAD" in m.labels,
    "in:inbox": lambda m: "INBOX" in m.labels,
    "label:spike23-private-stuff": lambda m: "Label_7" in m.labels,
    "label:missing": lambda m: False,
    "category:primary": lambda m: "CATEGORY_SOCIAL" not in m.labels,
    "has:userlabels": lambda m: "Label_7" in m.labels,
    "has:attachment": lambda m: m.attachment,
    "larger:1000": lambda m: m.size > 1000,
    "newer_than:2d": lambda m: m.at >= NOW - 2 * DAY,
    f"before:{(NOW - DAY) // 1000}": lambda m: m.at <= NOW - DAY,
    '"alpha beta"': lambda m: holds_phrase(m, SEARCHED, ["alpha", "beta"]),
}
Matcher = tuple[str, Callable[[Mail], bool]]


def term(prefix: str, word: str) -> Matcher:
    return f"{prefix}{word}", lambda mail: holds_word(mail, prefix, word)


def both(pair: tuple[Matcher, Matcher]) -> Matcher:
    (left, one), (right, two) = pair
    return f"({left} {right})", lambda mail: one(mail) and two(mail)


def either(pair: tuple[Matcher, Matcher]) -> Matcher:
    (left, one), (right, two) = pair
    return f"{{{left} {right}}}", lambda mail: one(mail) or two(mail)


def neither(matcher: Matcher) -> Matcher:
    text, one = matcher
    return f"-{text}", lambda mail: not one(mail)


LEAVES = st.sampled_from(list(SIMPLE.items())) | st.builds(term, st.sampled_from(list(COLUMNS)), st.sampled_from(WORDS))
MATCHERS = st.recursive(
    LEAVES,
    lambda inner: (
        st.tuples(inner, inner).map(both)
        | st.tuples(inner, inner).map(either)
        | inner.filter(lambda matcher: not matcher[0].startswith("-")).map(neither)
    ),
    max_leaves=8,
)


@settings(max_examples=300, deadline=None)
@given(mails=st.lists(MAIL, max_size=12), matcher=MATCHERS, include=st.booleans())
def test_the_sql_finds_what_a_plain_matcher_finds(mails: list[Mail], matcher: Matcher, *, include: bool) -> None:
    query, matches = matcher
    mailroom = opened()
    try:
        for mail in mails:
            mailroom.add(mail)
        expected = [
            number
            for number, mail in sorted(mailroom.ids.items(), reverse=True)
            if matches(mail) and (include or not mail.labels & {"SPAM", "TRASH"})
        ]
        assert mailroom.find(query, include_spam_trash=include) == expected
    finally:
        mailroom.database.close()
