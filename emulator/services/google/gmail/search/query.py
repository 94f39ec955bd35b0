"""A search as a tree. Every node is frozen and knows which characters of the query it came from.

``span`` takes no part in comparison: two queries that mean the same are equal.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from enum import StrEnum

__all__ = [
    "Age",
    "And",
    "Archived",
    "Around",
    "Attachment",
    "Day",
    "Everywhere",
    "Field",
    "HasLabel",
    "Link",
    "MessageId",
    "NamedLabel",
    "Node",
    "Not",
    "Nowhere",
    "Or",
    "OwnAddress",
    "Phrase",
    "Primary",
    "Query",
    "Second",
    "Size",
    "Span",
    "UserLabels",
    "Word",
]

Span = tuple[int, int]
"""First character and the one after the last, counted from 0."""


class Field(StrEnum):
    """The part of a message a text is looked for in. The value is the operator's name; "" is all of them."""

    ANY = ""
    SUBJECT = "subject"
    FROM = "from"
    TO = "to"
    CC = "cc"
    BCC = "bcc"
    DELIVERED_TO = "deliveredto"
    LIST = "list"
    FILENAME = "filename"


@dataclass(frozen=True, slots=True, kw_only=True)
class _Placed:
    span: Span = field(default=(0, 0), compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class And(_Placed):
    """All of ``children``, two or more, none of them an ``And``."""

    children: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Or(_Placed):
    """Any of ``children``, two or more, none of them an ``Or``."""

    children: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Not(_Placed):
    """What ``child`` does not match."""

    child: Node


@dataclass(frozen=True, slots=True)
class Word(_Placed):
    """A bare word. One with punctuation inside is the phrase of its pieces; ``exact`` turns stemming off."""

    text: str
    field: Field = Field.ANY
    exact: bool = False


@dataclass(frozen=True, slots=True)
class Phrase(_Placed):
    """Words that must stand together, as written between quotes."""

    text: str
    field: Field = Field.ANY


@dataclass(frozen=True, slots=True)
class Around(_Placed):
    """Two texts with at most ``distance`` words between them, in either order."""

    left: str
    right: str
    distance: int
    field: Field = Field.ANY


@dataclass(frozen=True, slots=True)
class OwnAddress(_Placed):
    """``from:me`` and its like: an address of the mailbox itself."""

    field: Field


@dataclass(frozen=True, slots=True)
class HasLabel(_Placed):
    """The system label with this id sits on the message."""

    label: str


@dataclass(frozen=True, slots=True)
class NamedLabel(_Placed):
    """The user label whose name folds like this one."""

    name: str


@dataclass(frozen=True, slots=True)
class UserLabels(_Placed):
    """Any user label sits on the message."""


@dataclass(frozen=True, slots=True)
class Archived(_Placed):
    """In none of inbox, sent, drafts, spam and trash."""


@dataclass(frozen=True, slots=True)
class Primary(_Placed):
    """In the primary category, or in no category at all."""


@dataclass(frozen=True, slots=True)
class Everywhere(_Placed):
    """Every message, those in spam and trash too."""


@dataclass(frozen=True, slots=True)
class Nowhere(_Placed):
    """What the API has no way to set, such as ``is:snoozed``: no message. ``reason`` is the operator as written."""

    reason: str


@dataclass(frozen=True, slots=True)
class Attachment(_Placed):
    """The message has an attachment."""


@dataclass(frozen=True, slots=True)
class Link(_Placed):
    """The text links to a service: ``drive``, ``document``, ``spreadsheet``, ``presentation`` or ``youtube``."""

    kind: str


@dataclass(frozen=True, slots=True)
class MessageId(_Placed):
    """The Message-ID header, folded."""

    value: str


@dataclass(frozen=True, slots=True)
class Size(_Placed):
    """``larger`` and ``smaller`` are strict, ``size`` is at least ``octets``. ``operator`` is one of the three."""

    operator: str
    octets: int


@dataclass(frozen=True, slots=True)
class Day(_Placed):
    """From the Pacific midnight that begins ``day`` on (``after``), or before it."""

    after: bool
    day: dt.date


@dataclass(frozen=True, slots=True)
class Second(_Placed):
    """From this epoch second on (``after``), or up to and including it."""

    after: bool
    second: int


@dataclass(frozen=True, slots=True)
class Age(_Placed):
    """Younger than ``amount`` of ``unit`` (h, d, m or y) from now, or at least that old."""

    newer: bool
    amount: int
    unit: str


Node = (
    And
    | Or
    | Not
    | Word
    | Phrase
    | Around
    | OwnAddress
    | HasLabel
    | NamedLabel
    | UserLabels
    | Archived
    | Primary
    | Everywhere
    | Nowhere
    | Attachment
    | Link
    | MessageId
    | Size
    | Day
    | Second
    | Age
)
"""One condition on a message."""


@dataclass(frozen=True, slots=True)
class Query:
    """A parsed search. ``root`` is ``None`` when it asks for nothing in particular, which matches everything."""

    text: str = field(compare=False)
    root: Node | None
