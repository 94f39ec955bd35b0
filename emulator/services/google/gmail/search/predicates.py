"""Boolean SQL over ``gmail_message m``, for the conditions no index drives."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import singledispatch

from .dates import id_range
from .fragment import FALSE, TRUE, Fragment, all_of, either, negated
from .query import (
    Age,
    And,
    Attachment,
    Day,
    Everywhere,
    HasLabel,
    MessageId,
    Node,
    Not,
    Nowhere,
    Or,
    Second,
    Size,
    UserLabels,
)
from .text import any_of, split, text_of

__all__ = ["Frame", "labelled", "predicate"]

_COMPARISONS = {"larger": ">", "smaller": "<", "size": ">="}


@dataclass(frozen=True, slots=True)
class Frame:
    """What every predicate of a query shares: the mailbox's number, the time, and the id range already imposed."""

    mailbox: int
    now: int
    first: int
    last: int


def predicate(node: Node, frame: Frame) -> Fragment:
    """``node`` as an expression. Names and own addresses must be resolved before."""
    text = text_of(node)
    return _predicate(node, frame) if text is None else _matching(text, frame)


def labelled(labels: Sequence[str]) -> Fragment:
    """Any of ``labels`` sits on the message."""
    return _on_message(f"x.label IN ({', '.join('?' * len(labels))})", tuple(labels))


def _on_message(which: str, parameters: tuple[str, ...]) -> Fragment:
    return Fragment(f"EXISTS (SELECT 1 FROM gmail_message_label x WHERE x.message = m.id AND {which})", parameters)


def _matching(text: str, frame: Frame) -> Fragment:
    # The inner select stands alone: SQLite runs it once, whatever the number of messages tested against it.
    sql = "m.id IN (SELECT rowid FROM gmail_message_text WHERE gmail_message_text MATCH ? AND rowid BETWEEN ? AND ?)"
    return Fragment(sql, (text, frame.first, frame.last))


@singledispatch
def _predicate(node: Node, _frame: Frame) -> Fragment:
    raise TypeError(f"{type(node).__name__} should have been resolved or answered by the text index")


@_predicate.register
def _(node: And, frame: Frame) -> Fragment:
    text, rest = split(node.children)
    found = [_matching(text, frame)] if text else []
    return all_of([*found, *(predicate(child, frame) for child in rest)])


@_predicate.register
def _(node: Or, frame: Frame) -> Fragment:
    """Alternatives: all that are text as one look-up, all that are labels as another."""
    texts = [text for child in node.children if (text := text_of(child)) is not None]
    labels = [child.label for child in node.children if isinstance(child, HasLabel)]
    others = [child for child in node.children if not isinstance(child, HasLabel) and text_of(child) is None]
    found = [_matching(any_of(f"({text})" for text in texts), frame)] if texts else []
    found += [labelled(labels)] if labels else []
    return either([*found, *(predicate(child, frame) for child in others)])


@_predicate.register
def _(node: Not, frame: Frame) -> Fragment:
    return negated(predicate(node.child, frame))


@_predicate.register
def _(node: HasLabel, _frame: Frame) -> Fragment:
    return labelled([node.label])


@_predicate.register
def _(_node: UserLabels, _frame: Frame) -> Fragment:
    return _on_message("x.label GLOB 'Label_*'", ())


@_predicate.register
def _(_node: Attachment, _frame: Frame) -> Fragment:
    return Fragment("m.attachment = 1")


@_predicate.register
def _(node: MessageId, frame: Frame) -> Fragment:
    sql = "m.id IN (SELECT id FROM gmail_message WHERE mailbox = ? AND message_id_header = ?)"
    return Fragment(sql, (frame.mailbox, node.value))


@_predicate.register
def _(node: Size, _frame: Frame) -> Fragment:
    return Fragment(f"m.size {_COMPARISONS[node.operator]} ?", (node.octets,))


@_predicate.register(Age)
@_predicate.register(Day)
@_predicate.register(Second)
def _(node: Age | Day | Second, frame: Frame) -> Fragment:
    return Fragment("m.id BETWEEN ? AND ?", id_range(node, frame.now))


@_predicate.register
def _(_node: Everywhere, _frame: Frame) -> Fragment:
    return TRUE


@_predicate.register
def _(_node: Nowhere, _frame: Frame) -> Fragment:
    return FALSE
