"""Recursive descent over the tokens. The lexer bounds the nesting, so the recursion is bounded too.

``OR`` binds tighter than the ``AND`` between two terms, and a term is one condition on one message:

    query   := or_expr { [ "AND" ] or_expr }
    or_expr := unary { "OR" unary }
    unary   := [ "-" | "NOT" | "+" ] primary
    primary := "(" query ")" | "{" { unary } "}" | operator ":" value | text "AROUND" n text | text
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from .lexer import Kind, Token, tokens
from .operators import FIELDS, operation
from .query import And, Around, Field, Node, Not, Or, OwnAddress, Phrase, Query, Span, Word

__all__ = ["parse"]

_AROUND = re.compile(r"(.*\S)\s+AROUND\s+([0-9]{1,4})\s+(\S.*)", re.DOTALL)
_ADDRESSED = frozenset({Field.FROM, Field.TO, Field.CC, Field.BCC, Field.DELIVERED_TO})


def parse(query: str) -> Query:
    """The tree of a search. Never raises: what the grammar has no place for is text or is left out."""
    return Query(query, _Parser(tokens(query)).query(None))


class _Parser:
    def __init__(self, found: list[Token]) -> None:
        self._tokens = found
        self._next = 0
        self._operator = ""

    def _kind(self) -> Kind | None:
        return self._tokens[self._next].kind if self._next < len(self._tokens) else None

    def _take(self) -> Token:
        token = self._tokens[self._next]
        self._next += 1
        return token

    def query(self, closer: Kind | None) -> Node | None:
        """Terms up to ``closer``, which is left for the caller."""
        terms: list[Node | None] = []
        while self._kind() is not closer:
            if self._kind() is Kind.AND:
                self._take()
            terms.append(self._alternatives())
        return _combined(And, terms)

    def _alternatives(self) -> Node | None:
        operands = [self._unary()]
        while self._kind() is Kind.OR:
            self._take()
            operands.append(self._unary())
        return _combined(Or, operands)

    def _braced(self) -> Node | None:
        members: list[Node | None] = []
        while self._kind() is not Kind.CLOSE_BRACE:
            if self._kind() in (Kind.AND, Kind.OR):
                self._take()
            members.append(self._unary())
        return _combined(Or, members)

    def _unary(self) -> Node | None:
        start = self._tokens[self._next].span[0]
        negated = exact = False
        while self._kind() in (Kind.NOT, Kind.EXACT):
            kind = self._take().kind
            negated, exact = negated or kind is Kind.NOT, exact or kind is Kind.EXACT
        node = self._primary(exact=exact)
        return Not(node, span=(start, node.span[1])) if negated and node else node

    def _primary(self, *, exact: bool) -> Node | None:
        token = self._take()
        if token.kind is Kind.OPERATOR:
            return self._applied(token, exact=exact)
        if token.kind is Kind.OPEN:
            return self._group(self.query(Kind.CLOSE))
        if token.kind is Kind.OPEN_BRACE:
            return self._group(self._braced())
        if self._kind() is Kind.AROUND:
            return self._around(token)
        return _condition(self._operator, token, token.span, exact=exact)

    def _group(self, inside: Node | None) -> Node | None:
        self._take()  # the closing bracket: the lexer keeps brackets in pairs
        return inside

    def _applied(self, operator: Token, *, exact: bool) -> Node | None:
        """An operator with its value; in front of a group it holds for each bare term inside."""
        if self._kind() in (Kind.OPEN, Kind.OPEN_BRACE):
            outer, self._operator = self._operator, operator.text
            node = self._primary(exact=exact)
            self._operator = outer
            return node
        value = self._take()
        return _condition(operator.text, value, (operator.span[0], value.span[1]), exact=exact)

    def _around(self, left: Token) -> Node | None:
        self._take()
        distance, right = self._take(), self._take()
        field = FIELDS.get(self._operator, Field.ANY)
        span = (left.span[0], right.span[1])
        return _around(left.text, right.text, int(distance.text), field, span)


def _condition(operator: str, value: Token, span: Span, *, exact: bool) -> Node | None:
    """``operator:value``, or the value as text where there is no operator or it cannot read the value."""
    if operator == "" or operator in FIELDS:
        return _text(value, FIELDS.get(operator, Field.ANY), span, exact=exact)
    made = operation(operator, value.text, span)
    if made is not None:
        return made
    return _combined(And, [Word(operator, span=span), _text(value, Field.ANY, span, exact=exact)])


def _text(value: Token, field: Field, span: Span, *, exact: bool) -> Node | None:
    text = value.text
    if not _has_words(text):
        return None
    if value.kind is Kind.WORD:
        own = field in _ADDRESSED and text.lower() == "me"
        return OwnAddress(field, span=span) if own else Word(text, field, exact, span=span)
    around = _AROUND.fullmatch(text)
    if around:
        return _around(around[1], around[3], int(around[2]), field, span)
    return Phrase(text, field, span=span)


def _around(left: str, right: str, distance: int, field: Field, span: Span) -> Node | None:
    sides = [side for side in (left, right) if _has_words(side)]
    if len(sides) == 2:
        return Around(left, right, distance, field, span=span)
    return Phrase(sides[0], field, span=span) if sides else None


def _has_words(text: str) -> bool:
    """Whether anything in ``text`` is searchable: punctuation alone asks for nothing."""
    return any(character.isalnum() for character in text)


def _combined(kind: type[And | Or], nodes: Iterable[Node | None]) -> Node | None:
    """``nodes`` under one ``kind``, nested ones of the same kind taken up; ``None`` when there are none."""
    flat: list[Node] = []
    for node in nodes:
        if isinstance(node, kind):
            flat += node.children
        elif node is not None:
            flat.append(node)
    if len(flat) < 2:
        return flat[0] if flat else None
    return kind(tuple(flat), span=(flat[0].span[0], flat[-1].span[1]))
