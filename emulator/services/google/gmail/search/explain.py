"""How a query was understood, for a person: one line per node, with the characters it came from."""

from __future__ import annotations

from collections.abc import Iterator
from functools import singledispatch

from .parser import parse
from .query import (
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
from .text import forms_of

__all__ = ["explain"]

_UNITS = {"h": "hours", "d": "days", "m": "months", "y": "years"}
_SIZES = {"larger": "larger than", "smaller": "smaller than", "size": "at least"}
_FIXED: dict[type, str] = {
    And: "all of",
    Or: "any of",
    Not: "not",
    UserLabels: "has a user label",
    Archived: "archived: not in inbox, sent, drafts, spam or trash",
    Primary: "in the primary category, or in none",
    Everywhere: "every message, spam and trash too",
    Attachment: "has an attachment",
}


def explain(query: str) -> str:
    """A tree of lines, outermost first; each ends with the columns, counted from 1, that the node was read from."""
    root = parse(query).root
    return "every message" if root is None else "\n".join(_lines(root, 0))


def _lines(node: Node, depth: int) -> Iterator[str]:
    first, after = node.span
    yield f"{'  ' * depth}{_meaning(node)}  [{first + 1}-{after}]"
    children = node.children if isinstance(node, And | Or) else (node.child,) if isinstance(node, Not) else ()
    for child in children:
        yield from _lines(child, depth + 1)


@singledispatch
def _meaning(node: Node) -> str:
    return _FIXED[type(node)]


@_meaning.register
def _(node: Word) -> str:
    others = forms_of(node)[1:]
    stemmed = f" (or {', '.join(others)})" if others else ""
    return f"{_place(node.field)}word {node.text!r}{' exactly' if node.exact else ''}{stemmed}"


@_meaning.register
def _(node: Phrase) -> str:
    return f"{_place(node.field)}phrase {node.text!r}"


@_meaning.register
def _(node: Around) -> str:
    return f"{_place(node.field)}{node.left!r} and {node.right!r} at most {node.distance} words apart"


@_meaning.register
def _(node: OwnAddress) -> str:
    return f"{_place(node.field)}one of the mailbox's own addresses"


@_meaning.register
def _(node: Link) -> str:
    return f"links to {node.kind}"


@_meaning.register
def _(node: HasLabel) -> str:
    return f"label {node.label}"


@_meaning.register
def _(node: NamedLabel) -> str:
    return f"user label named like {node.name!r}"


@_meaning.register
def _(node: Nowhere) -> str:
    return f"no message: nothing in the API sets what {node.reason} asks for"


@_meaning.register
def _(node: MessageId) -> str:
    return f"Message-ID is {node.value}"


@_meaning.register
def _(node: Size) -> str:
    return f"{_SIZES[node.operator]} {node.octets} bytes"


@_meaning.register
def _(node: Day) -> str:
    return (
        f"{'from' if node.after else 'before'} {node.day.isoformat()} 00:00 Pacific time{' on' if node.after else ''}"
    )


@_meaning.register
def _(node: Second) -> str:
    return f"{'from' if node.after else 'up to'} epoch second {node.second}{' on' if node.after else ' inclusive'}"


@_meaning.register
def _(node: Age) -> str:
    return f"{'newer' if node.newer else 'older'} than {node.amount} {_UNITS[node.unit]}"


def _place(field: Field) -> str:
    return f"{field.value}: " if field is not Field.ANY else ""
