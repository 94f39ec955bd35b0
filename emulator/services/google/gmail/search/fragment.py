"""Pieces of SQL that carry their parameters, and how they are put together."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple

__all__ = ["FALSE", "TRUE", "Fragment", "Value", "all_of", "either", "joined", "negated"]

Value = int | str

# SQLite refuses an expression more than a thousand levels deep, and counts a chain of ANDs as so many.
_LONGEST_CHAIN = 400


class Fragment(NamedTuple):
    """A piece of SQL and what its question marks stand for. An empty one says nothing and is left out."""

    sql: str
    parameters: tuple[Value, ...] = ()


TRUE = Fragment("1")
FALSE = Fragment("0")


def all_of(pieces: Iterable[Fragment]) -> Fragment:
    """Pieces that must all hold; the empty fragment for none."""
    return _chained([piece for piece in pieces if piece.sql], " AND ")


def either(pieces: Sequence[Fragment]) -> Fragment:
    """Pieces of which one must hold."""
    return _chained(pieces, " OR ")


def negated(piece: Fragment) -> Fragment:
    """What ``piece`` does not hold for."""
    return Fragment(f"NOT ({piece.sql})", piece.parameters)


def joined(pieces: Sequence[Fragment], separator: str) -> Fragment:
    """Pieces side by side, as they are."""
    return Fragment(separator.join(piece.sql for piece in pieces), tuple(v for p in pieces for v in p.parameters))


def _chained(pieces: Sequence[Fragment], operator: str) -> Fragment:
    """Pieces in brackets around ``operator``; a long chain becomes a chain of shorter ones."""
    if len(pieces) < 2:
        return joined(pieces, "")
    if len(pieces) > _LONGEST_CHAIN:
        starts = range(0, len(pieces), _LONGEST_CHAIN)
        return _chained([_chained(pieces[at : at + _LONGEST_CHAIN], operator) for at in starts], operator)
    return joined([Fragment(f"({piece.sql})", piece.parameters) for piece in pieces], operator)
