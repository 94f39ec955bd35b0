"""Small SQL that every store of this room needs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from ....kernel.world import World

__all__ = ["insert", "placeholders"]


def insert(world: World, table: str, columns: Mapping[str, Any]) -> None:
    """A new row; the columns left out take their defaults."""
    names = ", ".join(columns)
    world.execute(f"INSERT INTO {table} ({names}) VALUES ({placeholders(columns)})", list(columns.values()))


def placeholders(values: Sequence[object] | Mapping[str, Any]) -> str:
    """As many question marks as there are values."""
    return ", ".join("?" * len(values))
