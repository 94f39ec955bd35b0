"""A query as SQL over the mailbox tables.

A list is read newest first and stops at a full page, so what matters is which index drives the walk. A ``Condition``
therefore keeps apart what an index can drive — text, labels, id ranges — and only the rest is a boolean expression.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace

from .dates import FIRST_ID, LAST_ID, id_range
from .fragment import Fragment, Value, all_of, joined, negated
from .predicates import Frame, labelled, predicate
from .query import (
    Age,
    And,
    Archived,
    Day,
    Everywhere,
    HasLabel,
    MessageId,
    NamedLabel,
    Node,
    Not,
    Nowhere,
    Or,
    OwnAddress,
    Phrase,
    Primary,
    Query,
    Second,
)
from .text import split

__all__ = ["FEW", "Condition", "Context", "compile_query"]

_HIDING = frozenset(("SPAM", "TRASH"))
_CATEGORIES = tuple(f"CATEGORY_{name}" for name in ("PERSONAL", "SOCIAL", "PROMOTIONS", "UPDATES", "FORUMS"))
# On most mail, so no help in finding some: another label leads the walk where there is one.
_BROAD = frozenset(("INBOX", "SENT", *_CATEGORIES))
FEW = 1000
"""So many messages are looked at one by one sooner than a common word is read through."""

_PLACES = ("INBOX", "SENT", "DRAFT", "SPAM", "TRASH")


@dataclass(frozen=True, slots=True)
class Context:
    """Where a query is asked: the mailbox's number and own addresses, the time, and what the call itself asks for.

    ``label_id`` finds the id of a user label by a name spelled loosely; ``None`` when there is none. ``now`` is
    epoch milliseconds. ``label_ids`` are those of the ``labelIds`` parameter, which all must sit on a message.
    ``label_count`` says on how many messages a label sits, and may stop counting at ``FEW``; without it a label is
    taken for common.
    """

    mailbox: int
    addresses: tuple[str, ...]
    label_id: Callable[[str], str | None]
    now: int
    include_spam_trash: bool = False
    label_ids: tuple[str, ...] = ()
    label_count: Callable[[str], int] | None = None


@dataclass(frozen=True, slots=True)
class Condition:
    """What a message must meet: everything said here together.

    ``message_id`` is a folded Message-ID, "" for any. ``match`` is an FTS5 expression over ``gmail_message_text``,
    "" for any text. ``labels`` must all sit on the message; the first is the best one to walk along, and ``few``
    says it is rare enough to be walked even where there is a text. ``hidden`` are the values of that column let
    through. ``first`` and ``last`` bound the id, both inclusive. ``sql`` is a boolean expression over
    ``gmail_message m`` with ``parameters``, "" when there is nothing left to say. ``lifted`` says which of SPAM and
    TRASH are let in.
    """

    mailbox: int
    message_id: str
    match: str
    labels: tuple[str, ...]
    hidden: tuple[int, ...]
    first: int
    last: int
    sql: str
    parameters: tuple[Value, ...]
    few: bool
    lifted: frozenset[str]

    def select(self, below: int = LAST_ID) -> tuple[str, tuple[Value, ...]]:
        """A statement for ``id, thread`` of the messages with ids under ``below``, newest first, read lazily."""
        if self.message_id:
            branches = [self._header_branch(below)]
        elif self.match and not self.few:
            branches = [self._text_branch(below)]
        elif self.labels:
            branches = [self._label_branch(hidden, below) for hidden in self.hidden]
        else:
            branches = [self._plain_branch(hidden, below) for hidden in self.hidden]
        # SQLite merges ordered branches without sorting.
        union = joined(branches, " UNION ALL ")
        return f"{union.sql} ORDER BY 1 DESC", union.parameters

    def expression(self) -> tuple[str, tuple[Value, ...]]:
        """The whole condition as one expression over ``gmail_message m``, to test a message already found."""
        terms = [self._mine(), self._header(), self._within("m.id", LAST_ID), self._text(), self._rest(self.labels)]
        whole = all_of(terms)
        return whole.sql, whole.parameters

    def _header_branch(self, below: int) -> Fragment:
        # Named, because without statistics the planner prefers the index of the list order.
        source = "gmail_message m INDEXED BY gmail_message_header"
        return self._branch("m.id", source, [self._mine(), self._header(), self._text()], self.labels, below)

    def _text_branch(self, below: int) -> Fragment:
        source = "gmail_message_text t CROSS JOIN gmail_message m ON m.id = t.rowid"
        lead = Fragment("t.gmail_message_text MATCH ?", (self.match,))
        return self._branch("t.rowid", source, [lead, self._mine()], self.labels, below)

    def _label_branch(self, hidden: int, below: int) -> Fragment:
        source = "gmail_message_label d CROSS JOIN gmail_message m ON m.id = d.message"
        lead = Fragment("d.mailbox = ? AND d.label = ? AND d.hidden = ?", (self.mailbox, self.labels[0], hidden))
        return self._branch("d.message", source, [lead, self._text()], self.labels[1:], below)

    def _plain_branch(self, hidden: int, below: int) -> Fragment:
        lead = Fragment("m.mailbox = ? AND m.hidden = ?", (self.mailbox, hidden))
        return self._branch("m.id", "gmail_message m", [lead], (), below)

    def _branch(self, key: str, source: str, lead: list[Fragment], labels: tuple[str, ...], below: int) -> Fragment:
        where = all_of([*lead, self._within(key, below - 1), self._rest(labels)])
        return Fragment(f"SELECT {key}, m.thread FROM {source} WHERE {where.sql}", where.parameters)

    def _mine(self) -> Fragment:
        hidden = ", ".join(map(str, self.hidden))
        return Fragment(f"m.mailbox = ? AND m.hidden IN ({hidden})", (self.mailbox,))

    def _within(self, key: str, last: int) -> Fragment:
        return Fragment(f"{key} BETWEEN ? AND ?", (self.first, min(self.last, last)))

    def _header(self) -> Fragment:
        return Fragment("m.message_id_header = ?", (self.message_id,)) if self.message_id else Fragment("")

    def _text(self) -> Fragment:
        """The text of one message already found, looked up in the index by its id."""
        look_up = "SELECT 1 FROM gmail_message_text t WHERE t.gmail_message_text MATCH ? AND t.rowid = m.id"
        return Fragment(f"EXISTS ({look_up})", (self.match,)) if self.match else Fragment("")

    def _rest(self, labels: Iterable[str]) -> Fragment:
        return all_of([*(labelled([label]) for label in labels), Fragment(self.sql, self.parameters)])


def compile_query(query: Query, context: Context) -> Condition:
    """The condition ``query`` states in ``context``."""
    root = None if query.root is None else _resolved(query.root, context)
    terms = () if root is None else root.children if isinstance(root, And) else (root,)
    first, last = _id_range(terms, context.now)
    required = tuple(dict.fromkeys((*context.label_ids, *(term.label for term in terms if isinstance(term, HasLabel)))))
    labels, few = _by_rarity(required, context)
    match, rest = split([term for term in terms if not isinstance(term, Age | Day | Second | HasLabel | Everywhere)])
    message_id = next((term.value for term in rest if isinstance(term, MessageId)), "")
    lifted = _HIDING if context.include_spam_trash else _lifted(root) | _HIDING.intersection(labels)
    frame = Frame(context.mailbox, context.now, first, last)
    others = [predicate(term, frame) for term in rest if term != MessageId(message_id)]
    whole = all_of([_still_hidden(lifted), *others])
    return Condition(
        mailbox=context.mailbox,
        message_id=message_id,
        match=match,
        labels=labels,
        hidden=(1,) if _HIDING.intersection(labels) else (0, 1) if lifted else (0,),
        first=first,
        last=last,
        sql=whole.sql,
        parameters=whole.parameters,
        few=few,
        lifted=lifted,
    )


def _by_rarity(labels: tuple[str, ...], context: Context) -> tuple[tuple[str, ...], bool]:
    """``labels``, the rarest first as far as is known, and whether that one is rare indeed."""
    counts = {label: context.label_count(label) if context.label_count else FEW for label in labels}
    ordered = sorted(labels, key=lambda label: (counts[label], label in _BROAD))
    return tuple(ordered), bool(ordered) and counts[ordered[0]] < FEW


def _resolved(node: Node, context: Context) -> Node:
    """``node`` with names looked up and composite conditions spelled out."""
    resolved = node
    match node:
        case And(children) | Or(children):
            resolved = replace(node, children=tuple(_resolved(child, context) for child in children))
        case Not(child):
            resolved = Not(_resolved(child, context))
        case NamedLabel(name):
            label_id = context.label_id(name)
            resolved = HasLabel(label_id) if label_id else Nowhere(f"label:{name}")
        case OwnAddress(field):
            resolved = _any([Phrase(address, field) for address in context.addresses])
        case Archived():
            resolved = Not(_any([HasLabel(label) for label in _PLACES]))
        case Primary():
            none = Not(_any([HasLabel(label) for label in _CATEGORIES]))
            resolved = Or((HasLabel("CATEGORY_PERSONAL"), none))
    return resolved


def _any(nodes: Sequence[Node]) -> Node:
    return Or(tuple(nodes)) if len(nodes) > 1 else nodes[0] if nodes else Nowhere("me")


def _id_range(terms: Iterable[Node], now: int) -> tuple[int, int]:
    """What all dates among ``terms`` together leave of the ids."""
    bounds = [id_range(term, now) for term in terms if isinstance(term, Age | Day | Second)]
    return max((low for low, _ in bounds), default=FIRST_ID), min((high for _, high in bounds), default=LAST_ID)


def _lifted(node: Node | None) -> frozenset[str]:
    """The hiding labels a query asks for outside of any negation."""
    match node:
        case Everywhere():
            return _HIDING
        case HasLabel(label):
            return _HIDING & {label}
        case And(children) | Or(children):
            return frozenset[str]().union(*map(_lifted, children))
    return frozenset()


def _still_hidden(lifted: frozenset[str]) -> Fragment:
    """Letting one of the two places in leaves the other out; with none or both the column says it all."""
    return negated(labelled(sorted(_HIDING - lifted))) if len(lifted) == 1 else Fragment("")
