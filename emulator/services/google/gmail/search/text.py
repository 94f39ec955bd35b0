"""The part of a query that the full-text index answers, as one FTS5 expression.

Every term is a quoted FTS5 string, in which only the quote itself is special, and it is doubled; so no query can
say anything in FTS5's own language.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import singledispatch
from types import MappingProxyType

from .query import And, Around, Field, Link, Node, Not, Or, Phrase, Word
from .stems import word_forms

__all__ = ["any_of", "forms_of", "split", "text_of"]

# A word in the clear is looked for everywhere but in Delivered-To, which would make one's own address match all mail.
_COLUMNS: Mapping[Field, str] = MappingProxyType(
    {
        Field.ANY: "- {delivered_to}",
        Field.SUBJECT: "{subject}",
        Field.FROM: "{sender}",
        Field.TO: "{recipients_to recipients_cc recipients_bcc}",
        Field.CC: "{recipients_cc}",
        Field.BCC: "{recipients_bcc}",
        Field.DELIVERED_TO: "{delivered_to}",
        Field.LIST: "{list}",
        Field.FILENAME: "{filename}",
    },
)
_STEMMED = frozenset({Field.ANY, Field.SUBJECT})
_LINKS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "drive": ("drive.google.com", "docs.google.com", "sheets.google.com", "slides.google.com"),
        "document": ("docs.google.com/document",),
        "spreadsheet": ("docs.google.com/spreadsheets", "sheets.google.com"),
        "presentation": ("docs.google.com/presentation", "slides.google.com"),
        "youtube": ("youtube.com", "youtu.be"),
    },
)


def text_of(node: Node) -> str | None:
    """The FTS5 expression that matches exactly what ``node`` does; ``None`` when text alone cannot tell.

    A negation alone is ``None``: FTS5 only knows "this and not that".
    """
    if isinstance(node, Or):
        return _whole(node.children, any_of)
    return _conjunction(node.children) if isinstance(node, And) else _term(node)


def split(nodes: Sequence[Node]) -> tuple[str, list[Node]]:
    """Of terms that must all hold: one expression for those that are text, "" for none, and the others.

    Negations of text are taken along where there is a text to subtract them from.
    """
    wanted = [node for node in nodes if text_of(node) is not None]
    unwanted = [node for node in nodes if isinstance(node, Not) and text_of(node.child) is not None] if wanted else []
    taken = {id(node) for node in (*wanted, *unwanted)}
    return _conjunction((*wanted, *unwanted)) or "", [node for node in nodes if id(node) not in taken]


def any_of(expressions: Iterable[str]) -> str:
    """Expressions joined by OR; "" for none."""
    return " OR ".join(expressions)


def forms_of(word: Word) -> tuple[str, ...]:
    """What is looked for in place of a word: itself, and its other forms unless it is exact or part of an address."""
    stemmed = word.field in _STEMMED and not word.exact and word.text.isalnum()
    return word_forms(word.text) if stemmed else (word.text,)


@singledispatch
def _term(_node: Node) -> str | None:
    return None


@_term.register
def _(node: Word) -> str:
    return _in_columns(node.field, any_of(map(_quoted, forms_of(node))))


@_term.register
def _(node: Phrase) -> str:
    return _in_columns(node.field, _quoted(node.text))


@_term.register
def _(node: Around) -> str:
    return _in_columns(node.field, f"NEAR({_quoted(node.left)} {_quoted(node.right)}, {node.distance})")


@_term.register
def _(node: Link) -> str:
    return f"{{body}} : ({any_of(map(_quoted, _LINKS[node.kind]))})"


def _conjunction(children: Sequence[Node]) -> str | None:
    wanted = _whole([child for child in children if not isinstance(child, Not)], " AND ".join)
    unwanted = _whole([child.child for child in children if isinstance(child, Not)], any_of)
    if not wanted or unwanted is None:
        return None
    return f"({wanted}) NOT ({unwanted})" if unwanted else wanted


def _whole(nodes: Sequence[Node], join: Callable[[Iterable[str]], str]) -> str | None:
    """All of ``nodes`` joined, "" for none, ``None`` when one of them is not text."""
    texts = [text_of(node) for node in nodes]
    known = [f"({text})" for text in texts if text is not None]
    return join(known) if len(known) == len(texts) else None


def _in_columns(field: Field, expression: str) -> str:
    return f"{_COLUMNS[field]} : ({expression})"


def _quoted(text: str) -> str:
    # FTS5 reads its expression as a C string, which a NUL would end.
    doubled = text.replace("\0", " ").replace('"', '""')
    return f'"{doubled}"'
