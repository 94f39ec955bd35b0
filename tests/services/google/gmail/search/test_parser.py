"""The grammar of ``q``, rule by rule."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from emulator.services.google.gmail.search import parse
from emulator.services.google.gmail.search.explain import explain
from emulator.services.google.gmail.search.lexer import DEEPEST, LONGEST
from emulator.services.google.gmail.search.query import (
    Age,
    And,
    Archived,
    Around,
    Attachment,
    Day,
    Everywhere,
    Field,
    HasLabel,
    Link,
    MessageId,
    NamedLabel,
    Node,
    Not,
    Nowhere,
    Or,
    OwnAddress,
    Phrase,
    Primary,
    Second,
    Size,
    UserLabels,
    Word,
)

A, B, C, D = map(Word, "abcd")
UNREAD = HasLabel("UNREAD")


def sender(text: str) -> Word:
    return Word(text, Field.FROM)


@pytest.mark.parametrize(
    ("query", "root"),
    [
        ("", None),
        (" \t\n", None),
        ("a", A),
        ("a b", And((A, B))),
        ("a AND b", And((A, B))),
        ("a OR b", Or((A, B))),
        ("a | b", Or((A, B))),
        ("a|b", Or((A, B))),
        ("a OR b c", And((Or((A, B)), C))),
        ("a b OR c", And((A, Or((B, C))))),
        ("a b OR c OR d", And((A, Or((B, C, D))))),
        ("a OR b AND c OR d", And((Or((A, B)), Or((C, D))))),
        ("(a b) OR c", Or((And((A, B)), C))),
        ("(a (b c))", And((A, B, C))),
        ("a OR (b OR c)", Or((A, B, C))),
        ("{a b}", Or((A, B))),
        ("{a OR b AND c}", Or((A, B, C))),
        ("{a (b c)} d", And((Or((A, And((B, C)))), D))),
        ("-a", Not(A)),
        ("NOT a", Not(A)),
        ("--a", Not(A)),
        ("-(a b)", Not(And((A, B)))),
        ("-{a b}", Not(Or((A, B)))),
        ("a -b", And((A, Not(B)))),
        ("a OR -b", Or((A, Not(B)))),
        ("a-b", Word("a-b")),
        ("+a", Word("a", exact=True)),
        ("-+a", Not(Word("a", exact=True))),
        ("a or b and c not d", And((A, Word("or"), B, Word("and"), C, Word("not"), D))),
        ('"a b"', Phrase("a b")),
        ('-"a b"', Not(Phrase("a b"))),
        ('a"b c"d', And((A, Phrase("b c"), D))),
    ],
)
def test_terms_combine_and_or_binds_tighter_than_and(query: str, root: Node | None) -> None:
    assert parse(query).root == root


@pytest.mark.parametrize(
    ("query", "root"),
    [
        ("from:x OR label:y", Or((sender("x"), NamedLabel("y")))),
        ("FROM:x", sender("x")),
        ("from:Amy@x.com", sender("Amy@x.com")),
        ('from:"Amy Lee"', Phrase("Amy Lee", Field.FROM)),
        ("from:(a b)", And((sender("a"), sender("b")))),
        ("from:(a OR b)", Or((sender("a"), sender("b")))),
        ("from:{a b}", Or((sender("a"), sender("b")))),
        ("from:(a -b)", And((sender("a"), Not(sender("b"))))),
        ('-from:{a "b c"}', Not(Or((sender("a"), Phrase("b c", Field.FROM))))),
        ("from:(a to:b) c", And((sender("a"), Word("b", Field.TO), C))),
        ("from:(a subject:(b) c)", And((sender("a"), Word("b", Field.SUBJECT), sender("c")))),
        ("subject:(a b)", And((Word("a", Field.SUBJECT), Word("b", Field.SUBJECT)))),
        ("+subject:a", Word("a", Field.SUBJECT, exact=True)),
        ("from:me", OwnAddress(Field.FROM)),
        ("to:ME", OwnAddress(Field.TO)),
        ("subject:me", Word("me", Field.SUBJECT)),
        ("cc:a bcc:b", And((Word("a", Field.CC), Word("b", Field.BCC)))),
        ("list:a deliveredto:b", And((Word("a", Field.LIST), Word("b", Field.DELIVERED_TO)))),
        ("filename:pdf", Word("pdf", Field.FILENAME)),
        ("rfc822msgid:<A@B>", MessageId("A@b")),
        ("rfc822msgid:A@B", MessageId("A@b")),
        ("has:attachment has:Drive", And((Attachment(), Link("drive")))),
        ("has:userlabels", UserLabels()),
        ("has:nouserlabels", Not(UserLabels())),
        ("has:yellow-star", HasLabel("STARRED")),
        ("has:red-bang", Nowhere("has:red-bang")),
        ("in:inbox", HasLabel("INBOX")),
        ("in:draft", HasLabel("DRAFT")),
        ("in:Drafts", HasLabel("DRAFT")),
        ("-in:chats", Not(HasLabel("CHAT"))),
        ("in:anywhere", Everywhere()),
        ("in:archive", Archived()),
        ("in:snoozed", Nowhere("in:snoozed")),
        ("in:work", NamedLabel("work")),
        ("is:unread", UNREAD),
        ("is:read", Not(UNREAD)),
        ("is:muted", Nowhere("is:muted")),
        ("label:(a OR inbox)", Or((NamedLabel("a"), HasLabel("INBOX")))),
        ('label:"A/B C"', NamedLabel("A/B C")),
        ("label:Label_7", NamedLabel("Label_7")),
        ("category:primary", Primary()),
        ("category:Promotions", HasLabel("CATEGORY_PROMOTIONS")),
        ("category:purchases", Nowhere("category:purchases")),
        ("larger:10", Size("larger", 10)),
        ("smaller:2k", Size("smaller", 2048)),
        ("size:3M", Size("size", 3 << 20)),
        ("after:2014/01/02", Day(True, dt.date(2014, 1, 2))),
        ("before:1-2-2014", Day(False, dt.date(2014, 1, 2))),
        ("newer:2014-1-2", Day(True, dt.date(2014, 1, 2))),
        ("older:01/02/2014", Day(False, dt.date(2014, 1, 2))),
        ("after:1400000000", Second(True, 1_400_000_000)),
        ("newer_than:2d", Age(True, 2, "d")),
        ("older_than:1Y", Age(False, 1, "y")),
        ("newer_than:3h", Age(True, 3, "h")),
    ],
)
def test_operators_read_their_values(query: str, root: Node) -> None:
    assert parse(query).root == root


@pytest.mark.parametrize(
    ("query", "root"),
    [
        ("a AROUND 5 b", Around("a", "b", 5)),
        ('"a b" AROUND 5 c d', And((Around("a b", "c", 5), D))),
        ('"a AROUND 5 b"', Around("a", "b", 5)),
        ("subject:(a AROUND 5 b)", Around("a", "b", 5, Field.SUBJECT)),
        ('subject:"a AROUND 5 b"', Around("a", "b", 5, Field.SUBJECT)),
        ("a AROUND b", And((A, Word("AROUND"), B))),
        ("AROUND 5 b", And((Word("AROUND"), Word("5"), B))),
        ("a AROUND 5 !", Phrase("a")),
    ],
)
def test_around_takes_two_texts_and_a_distance(query: str, root: Node) -> None:
    assert parse(query).root == root


@pytest.mark.parametrize(
    ("query", "root"),
    [
        ('a "b', And((A, B))),
        ("(a b", And((A, B))),
        ("a) b", And((A, B))),
        ("{a b", And((A, B))),
        ("(a OR b} c", And((Or((A, B)), C))),
        ("from:(a", And((Word("from"), A))),
        ("foo:bar", And((Word("foo"), Word("bar")))),
        ("12:30", And((Word("12"), Word("30")))),
        ("from: a", And((Word("from"), A))),
        ("from:", Word("from")),
        ("from:()", None),
        ("from:!", None),
        ("()", None),
        ("a OR ()", A),
        ("-() a", A),
        ("{}", None),
        ("OR", Word("OR")),
        ("a OR", And((A, Word("OR")))),
        ("(OR a)", And((Word("OR"), A))),
        ("AND a", And((Word("AND"), A))),
        ("a NOT", And((A, Word("NOT")))),
        ("---", None),
        ("a|--", A),
        ("a OR -", And((A, Word("OR")))),
        ("a OR OR b", And((Or((A, Word("OR"))), B))),
        ("a & b", And((A, B))),
        ("salt - pepper", And((Word("salt"), Word("pepper")))),
        ("!!!", None),
        ("after:2014/02/30", And((Word("after"), Word("2014/02/30")))),
        ("size:big", And((Word("size"), Word("big")))),
        ("newer_than:2", And((Word("newer_than"), Word("2")))),
        ("is:strange", And((Word("is"), Word("strange")))),
        ('has:"two words"', And((Word("has"), Phrase("two words")))),
        ("after:" + "9" * 5000, And((Word("after"), Word("9" * 5000)))),
    ],
)
def test_what_the_grammar_has_no_place_for_is_text(query: str, root: Node | None) -> None:
    assert parse(query).root == root


def test_thousands_of_brackets_group_like_one() -> None:
    assert parse("(" * 5000 + "a OR b" + ")" * 5000).root == Or((A, B))
    assert parse("(" * 5000 + "a OR b").root == Or((A, B))
    assert parse("from:(" * 2000 + "a" + ")" * 2000).root is not None


def test_brackets_nested_too_deep_are_punctuation() -> None:
    assert parse("(a OR " * (DEEPEST + 5) + "b" + ")" * (DEEPEST + 5)).root == Or((*[A] * (DEEPEST + 5), B))


def test_only_so_much_of_a_query_is_read() -> None:
    assert parse("a" + " " * LONGEST + "b").root == A


def test_every_node_knows_its_characters() -> None:
    query = 'from:(x OR "y z") -b'
    root = parse(query).root
    assert isinstance(root, And)
    either, without = root.children
    assert isinstance(either, Or)
    assert [query[slice(*child.span)] for child in either.children] == ["x", '"y z"']
    assert query[slice(*without.span)] == "-b"


PIECES = st.sampled_from(
    [*'(){}"-+|: \n', "OR", "AND", "NOT", "AROUND", "5", "from:", "in:", "after:", "2014/1/1", "me", "a", "é", "\0"]
)


@given(st.text(max_size=60) | st.lists(PIECES, max_size=40).map("".join) | st.lists(PIECES, max_size=40).map(" ".join))
def test_no_text_raises_and_spans_lie_within_it(query: str) -> None:
    root = parse(query).root
    assert explain(query)
    pending = [] if root is None else [root]
    while pending:
        node = pending.pop()
        assert 0 <= node.span[0] < node.span[1] <= len(query)
        pending += node.children if isinstance(node, And | Or) else [node.child] if isinstance(node, Not) else []


def test_explain_draws_the_tree_with_columns() -> None:
    assert explain('from:me {invoices "due date"} -in:work after:2014/01/02') == (
        "all of  [1-55]\n"
        "  from: one of the mailbox's own addresses  [1-7]\n"
        "  any of  [10-28]\n"
        "    word 'invoices' (or invoice, invoiced, invoicing)  [10-17]\n"
        "    phrase 'due date'  [19-28]\n"
        "  not  [31-38]\n"
        "    user label named like 'work'  [32-38]\n"
        "  from 2014-01-02 00:00 Pacific time on  [40-55]"
    )


def test_explain_has_words_for_every_condition() -> None:
    query = (
        "+a b AROUND 3 c has:drive in:inbox is:snoozed rfc822msgid:x@y larger:1 smaller:1 size:1 before:5 after:5 "
        "newer_than:1d older_than:2m has:userlabels in:archive category:primary in:anywhere has:attachment"
    )
    assert len(explain(query).splitlines()) == 19
    assert explain("") == "every message"
