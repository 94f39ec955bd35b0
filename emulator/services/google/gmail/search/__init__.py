"""The search language of ``q``: ``parse`` reads it, ``compile_query`` makes SQL of it, ``explain.explain`` words."""

from __future__ import annotations

from .parser import parse
from .query import Query
from .sql import FEW, Condition, Context, compile_query

__all__ = ["FEW", "Condition", "Context", "Query", "compile_query", "parse"]
