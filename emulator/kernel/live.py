"""Objects that are rows: reading an attribute reads the world, setting it writes the world.

``google.project("demo-project").publishing_status = "production"`` has to act on the same state the wire sees, so
the objects a test holds keep nothing but their key.
"""

from __future__ import annotations

from collections.abc import Callable
from difflib import get_close_matches
from typing import Any, ClassVar, Generic, Self, TypeVar, overload

from .world import World

__all__ = ["Column", "Live", "UnknownName"]

T = TypeVar("T")


class UnknownName(LookupError):
    """Nothing of that name exists; the message lists what does."""

    def __init__(self, kind: str, name: str, known: list[str]) -> None:
        near = get_close_matches(name, known, n=1)
        hint = f"; did you mean {near[0]!r}?" if near else ""
        super().__init__(f"no {kind} {name!r}{hint} Known: {', '.join(known) or 'none'}")

    def __str__(self) -> str:
        return str(self.args[0])


class Live:
    """A row of ``table`` named by its ``key`` column. Two of the same key are equal and see the same state."""

    table: ClassVar[str]
    key: ClassVar[str]
    kind: ClassVar[str]

    def __init__(self, world: World, name: str) -> None:
        self._world = world
        self._name = name

    @classmethod
    def of(cls, world: World, name: str) -> Self:
        """The object of that name. Raises ``UnknownName`` where the world has none."""
        if world.one(f"SELECT 1 FROM {cls.table} WHERE {cls.key} = ?", (name,)) is None:
            known = [row[0] for row in world.all(f"SELECT {cls.key} FROM {cls.table} ORDER BY 1 LIMIT 50")]
            raise UnknownName(cls.kind, name, known)
        return cls(world, name)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Live) and type(other) is type(self) and other._name == self._name

    def __hash__(self) -> int:
        return hash((type(self), self._name))

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self._name!r})"


class Column(Generic[T]):
    """A column as a typed attribute of a ``Live`` object.

    ``choices`` are the only values it takes; setting another raises ``ValueError`` naming them. SQLite's integers
    become ``bool`` with ``load=bool``.
    """

    def __init__(self, load: Callable[[Any], T], *, choices: tuple[T, ...] = (), nullable: bool = False) -> None:
        self._load = load
        self._choices = choices
        self._nullable = nullable

    def __set_name__(self, owner: type[Live], name: str) -> None:
        self._column = name

    @overload
    def __get__(self, instance: None, owner: type[Live]) -> Self: ...
    @overload
    def __get__(self, instance: Live, owner: type[Live]) -> T: ...
    def __get__(self, instance: Live | None, owner: type[Live]) -> Self | T | None:
        if instance is None:
            return self
        row = instance._world.one(
            f"SELECT {self._column} FROM {instance.table} WHERE {instance.key} = ?", (instance._name,)
        )
        if row is None:
            raise LookupError(f"{instance!r} is not in the world any more (a reset or a restore removed it)")
        return row[0] if row[0] is None and self._nullable else self._load(row[0])

    def __set__(self, instance: Live, value: T) -> None:
        if self._choices and value not in self._choices:
            valid = ", ".join(repr(choice) for choice in self._choices)
            raise ValueError(f"{type(instance).__name__}.{self._column} must be one of {valid}; got {value!r}")
        with instance._world.transaction():
            instance._world.execute(
                f"UPDATE {instance.table} SET {self._column} = ? WHERE {instance.key} = ?", (value, instance._name)
            )
