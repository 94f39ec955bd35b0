"""The search language of ``q``: ``parse`` reads it, ``compile_query`` turns it into SQL, ``explain`` into words."""

from __future__ import annotations

from .explain import explain
from .parser import parse
from .query import Query
from .sql import FEW, Condition, Context, compile_query

__all__ = ["FEW", "Condition", "Context", "Query", "compile_query", "explain", "parse"]
