"""What each operator makes of its value. A value an operator cannot read is ``None``: the parser takes it as text."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Mapping
from types import MappingProxyType

from ..addresses import folded_message_id
from .query import (
    Age,
    Archived,
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
    Primary,
    Second,
    Size,
    Span,
    UserLabels,
)

__all__ = ["FIELDS", "SYSTEM_NAMES", "operation"]

FIELDS: Mapping[str, Field] = MappingProxyType({field.value: field for field in Field if field is not Field.ANY})
"""Operators whose value is text to look for."""

SYSTEM_NAMES: Mapping[str, str] = MappingProxyType(
    {
        "inbox": "INBOX",
        "sent": "SENT",
        "draft": "DRAFT",
        "drafts": "DRAFT",
        "trash": "TRASH",
        "spam": "SPAM",
        "starred": "STARRED",
        "unread": "UNREAD",
        "important": "IMPORTANT",
        "chat": "CHAT",
        "chats": "CHAT",
        "yellow_star": "YELLOW_STAR",
    }
    | {f"category_{name}": f"CATEGORY_{name.upper()}" for name in ("personal", "social", "updates", "forums")}
    | {"category_promotions": "CATEGORY_PROMOTIONS"},
)
"""Names of system labels in searches, in lower case, and their ids."""

_CATEGORIES = {name: f"CATEGORY_{name.upper()}" for name in ("social", "promotions", "updates", "forums")}
_STARS = frozenset(f"{colour}-star" for colour in ("orange", "red", "purple", "blue", "green"))
_MARKS = frozenset({"red-bang", "yellow-bang", "orange-guillemet", "green-check", "blue-info", "purple-question"})
_LINKS = frozenset({"drive", "document", "spreadsheet", "presentation", "youtube"})
_YEAR_FIRST = re.compile(r"([0-9]{4})[/-]([0-9]{1,2})[/-]([0-9]{1,2})")
_YEAR_LAST = re.compile(r"([0-9]{1,2})[/-]([0-9]{1,2})[/-]([0-9]{4})")
_SECONDS = re.compile(r"[0-9]{1,18}")
_AGE = re.compile(r"([0-9]{1,6})([hdmyHDMY])")
_SIZE = re.compile(r"([0-9]{1,12})([kmKM]?)[bB]?")


def operation(name: str, value: str, span: Span) -> Node | None:
    """The condition ``name:value`` states, for every operator that is not in ``FIELDS``."""
    return _OPERATIONS[name](value, span)


def _in(value: str, span: Span) -> Node:
    name = value.lower()
    if name == "anywhere":
        return Everywhere(span=span)
    if name == "archive":
        return Archived(span=span)
    if name == "snoozed":
        return Nowhere("in:snoozed", span=span)
    return _label(value, span)


def _is(value: str, span: Span) -> Node | None:
    name = value.lower()
    if name == "read":
        return Not(HasLabel("UNREAD", span=span), span=span)
    if name in ("snoozed", "muted"):
        return Nowhere(f"is:{name}", span=span)
    return HasLabel(SYSTEM_NAMES[name], span=span) if name in ("unread", "starred", "important", "chat") else None


def _label(value: str, span: Span) -> Node:
    label = SYSTEM_NAMES.get(value.lower())
    return HasLabel(label, span=span) if label else NamedLabel(value, span=span)


def _category(value: str, span: Span) -> Node | None:
    name = value.lower()
    if name == "primary":
        return Primary(span=span)
    if name in ("reservations", "purchases"):
        return Nowhere(f"category:{name}", span=span)
    return HasLabel(_CATEGORIES[name], span=span) if name in _CATEGORIES else None


def _has(value: str, span: Span) -> Node | None:
    name = value.lower()
    if name in _LINKS:
        return Link(name, span=span)
    if name in _STARS or name in _MARKS:
        return Nowhere(f"has:{name}", span=span)
    made: dict[str, Node] = {
        "attachment": Attachment(span=span),
        "userlabels": UserLabels(span=span),
        "nouserlabels": Not(UserLabels(span=span), span=span),
        "yellow-star": HasLabel("STARRED", span=span),
    }
    return made.get(name)


def _message_id(value: str, span: Span) -> Node | None:
    folded = folded_message_id(value)
    return MessageId(folded, span=span) if folded else None


def _bound(value: str, span: Span, *, after: bool) -> Node | None:
    if _SECONDS.fullmatch(value):
        return Second(after, int(value), span=span)
    if match := _YEAR_FIRST.fullmatch(value):
        year, month, day = map(int, match.groups())
    elif match := _YEAR_LAST.fullmatch(value):
        month, day, year = map(int, match.groups())
    else:
        return None
    try:
        return Day(after, dt.date(year, month, day), span=span)
    except ValueError:  # no such day
        return None


def _age(value: str, span: Span, *, newer: bool) -> Node | None:
    match = _AGE.fullmatch(value)
    return Age(newer, int(match[1]), match[2].lower(), span=span) if match else None


def _size(value: str, span: Span, operator: str) -> Node | None:
    match = _SIZE.fullmatch(value)
    if match is None:
        return None
    unit = {"": 1, "k": 1 << 10, "m": 1 << 20}[match[2].lower()]
    return Size(operator, int(match[1]) * unit, span=span)


_OPERATIONS: Mapping[str, Callable[[str, Span], Node | None]] = MappingProxyType(
    {
        "rfc822msgid": _message_id,
        "has": _has,
        "in": _in,
        "is": _is,
        "label": _label,
        "category": _category,
        "after": lambda value, span: _bound(value, span, after=True),
        "newer": lambda value, span: _bound(value, span, after=True),
        "before": lambda value, span: _bound(value, span, after=False),
        "older": lambda value, span: _bound(value, span, after=False),
        "newer_than": lambda value, span: _age(value, span, newer=True),
        "older_than": lambda value, span: _age(value, span, newer=False),
        "larger": lambda value, span: _size(value, span, "larger"),
        "smaller": lambda value, span: _size(value, span, "smaller"),
        "size": lambda value, span: _size(value, span, "size"),
    },
)
