"""A query cut into tokens. What has no partner — a quote, a bracket, a keyword without operands — becomes text."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from enum import Enum, auto

from .query import Span

__all__ = ["DEEPEST", "LONGEST", "OPERATORS", "Kind", "Token", "tokens"]

LONGEST = 16_384
"""Characters of a query that are read."""

DEEPEST = 8
"""Levels of brackets that group; deeper ones are punctuation.

SQLite's own parser gives up at about twenty brackets, and a level can take two.
"""

OPERATORS = frozenset(
    {"from", "to", "cc", "bcc", "deliveredto", "list", "subject", "filename", "rfc822msgid", "has", "in", "is", "label"}
    | {"category", "after", "before", "newer", "older", "newer_than", "older_than", "larger", "smaller", "size"},
)


class Kind(Enum):
    """What a token is."""

    WORD = auto()
    PHRASE = auto()
    OPERATOR = auto()
    OPEN = auto()
    CLOSE = auto()
    OPEN_BRACE = auto()
    CLOSE_BRACE = auto()
    OR = auto()
    AND = auto()
    NOT = auto()
    EXACT = auto()
    AROUND = auto()


@dataclass(frozen=True, slots=True)
class Token:
    """``text`` is what counts: a phrase without its quotes, an operator's name in lower case without the colon."""

    kind: Kind
    text: str
    span: Span


_WORD = re.compile(r'[^\s(){}"|]+')
_NAMED = re.compile(r"([A-Za-z0-9_]+):")
_SINGLE = {
    "(": Kind.OPEN,
    ")": Kind.CLOSE,
    "{": Kind.OPEN_BRACE,
    "}": Kind.CLOSE_BRACE,
    "|": Kind.OR,
}
_PREFIXES = {"-": Kind.NOT, "+": Kind.EXACT}
_KEYWORDS = {"OR": Kind.OR, "AND": Kind.AND, "NOT": Kind.NOT, "AROUND": Kind.AROUND}
_OPENERS = {Kind.CLOSE: Kind.OPEN, Kind.CLOSE_BRACE: Kind.OPEN_BRACE}
_ENDS_OPERAND = frozenset({Kind.WORD, Kind.PHRASE, Kind.CLOSE, Kind.CLOSE_BRACE})
_BEGINS_OPERAND = frozenset(
    {Kind.WORD, Kind.PHRASE, Kind.OPERATOR, Kind.OPEN, Kind.OPEN_BRACE, Kind.NOT, Kind.EXACT},
)


def tokens(query: str) -> list[Token]:
    """The tokens of ``query``, brackets balanced and every operator and keyword with what it needs beside it."""
    # SQLite takes no lone surrogate; each becomes one "?", so that positions stay.
    clean = query[:LONGEST].encode("utf-8", "replace").decode()
    return _with_operands(_with_values(_balanced(list(_cut(clean)))))


def _cut(query: str) -> Iterator[Token]:
    position = 0
    while position < len(query):
        character = query[position]
        if character in _SINGLE:
            yield Token(_SINGLE[character], character, (position, position + 1))
            position += 1
        elif character == '"':
            close = query.find('"', position + 1)
            if close >= 0:
                yield Token(Kind.PHRASE, query[position + 1 : close], (position, close + 1))
            position = max(close, position) + 1
        elif character in _PREFIXES:
            if position + 1 < len(query) and not query[position + 1].isspace():
                yield Token(_PREFIXES[character], character, (position, position + 1))
            position += 1
        elif match := _WORD.match(query, position):
            yield from _word(match[0], position)
            position = match.end()
        else:
            position += 1


def _word(text: str, start: int) -> Iterator[Token]:
    """A run without white space: a keyword, an operator and its value, or the pieces between its colons."""
    end = start + len(text)
    named = _NAMED.match(text)
    if text in _KEYWORDS:
        yield Token(_KEYWORDS[text], text, (start, end))
    elif named and named[1].lower() in OPERATORS:
        yield Token(Kind.OPERATOR, named[1].lower(), (start, start + named.end()))
        if named.end() < len(text):
            yield Token(Kind.WORD, text[named.end() :], (start + named.end(), end))
    else:
        for piece in re.finditer("[^:]+", text):
            yield Token(Kind.WORD, piece[0], (start + piece.start(), start + piece.end()))


def _balanced(found: list[Token]) -> list[Token]:
    """Without brackets that have no partner or are nested too deep."""
    kept: set[int] = set()
    open_: list[int] = []
    for index, token in enumerate(found):
        if token.kind in (Kind.OPEN, Kind.OPEN_BRACE):
            open_.append(index)
        elif token.kind in _OPENERS and open_ and found[open_[-1]].kind is _OPENERS[token.kind]:
            if len(open_) <= DEEPEST:
                kept |= {open_[-1], index}
            open_.pop()
    brackets = (Kind.OPEN, Kind.CLOSE, Kind.OPEN_BRACE, Kind.CLOSE_BRACE)
    return [token for index, token in enumerate(found) if token.kind not in brackets or index in kept]


def _with_values(found: list[Token]) -> list[Token]:
    """With each operator that has no value right behind its colon turned into a word."""
    takes = (Kind.WORD, Kind.PHRASE, Kind.OPEN, Kind.OPEN_BRACE)
    result: list[Token] = []
    for index, token in enumerate(found):
        following = found[index + 1] if index + 1 < len(found) else None
        valued = following is not None and following.kind in takes and following.span[0] == token.span[1]
        result.append(replace(token, kind=Kind.WORD) if token.kind is Kind.OPERATOR and not valued else token)
    return result


def _with_operands(found: list[Token]) -> list[Token]:
    """With each keyword that lacks an operand turned into a word, and each lone prefix left out.

    Read from the end, so that what follows a keyword is already known to stay.
    """
    kept: list[Token] = []  # in reverse
    for index in range(len(found) - 1, -1, -1):
        token = found[index]
        before = found[index - 1].kind if index else None
        if _is_complete(token, before, kept):
            kept.append(token)
        elif token.text.isalpha():
            kept.append(replace(token, kind=Kind.WORD))
    return kept[::-1]


def _is_complete(token: Token, before: Kind | None, following: list[Token]) -> bool:
    """Whether ``token`` has what it needs beside it; ``following`` is in reverse."""
    after = following[-1].kind if following else None
    if token.kind in (Kind.OR, Kind.AND):
        return before in _ENDS_OPERAND and after in _BEGINS_OPERAND
    if token.kind in (Kind.NOT, Kind.EXACT):
        return after in _BEGINS_OPERAND
    return token.kind is not Kind.AROUND or _has_distance(before, following)


def _has_distance(before: Kind | None, following: list[Token]) -> bool:
    texts = (Kind.WORD, Kind.PHRASE)
    if before not in texts or len(following) < 2 or following[-2].kind not in texts:
        return False
    return following[-1].kind is Kind.WORD and re.fullmatch("[0-9]{1,4}", following[-1].text) is not None
