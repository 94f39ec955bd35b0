"""A section of a seed described as a frozen dataclass.

Field names, types and defaults come from the annotations; a field ending in ``_`` (``from_``) is written without
it. Understood are ``str``, ``int``, ``bool``, ``float``, ``datetime``, ``timedelta``, ``Literal`` of texts, nested
dataclasses, ``tuple[X, ...]``, ``dict[str, X]``, ``X | None`` and unions whose members differ in kind (scalar, list,
mapping). A field annotated ``SeedNode`` is not read: it receives the node of its mapping, so that a service can
later report a dangling reference where it stands.
"""

from __future__ import annotations

import dataclasses
import types
from collections.abc import Callable
from datetime import datetime, timedelta
from functools import cache
from typing import Any, Literal, NamedTuple, TypeVar, Union, get_args, get_origin, get_type_hints

from .seednode import SeedNode

__all__ = ["read"]

_Record = TypeVar("_Record")
_Reader = Callable[[SeedNode, "datetime | None"], Any]


class _Plan(NamedTuple):
    """How one dataclass is read: yaml name to (attribute, reader), the required names, the attribute for the node."""

    readers: dict[str, tuple[str, _Reader]]
    required: tuple[str, ...]
    node: str | None


def read(node: SeedNode, record: type[_Record], now: datetime | None = None) -> _Record:
    """``node`` as an instance of the dataclass ``record``; ``now`` is what relative instants refer to.

    Raises ``SeedError`` for an unknown or missing field, a wrong type, and for any ``ValueError`` of the
    dataclass's own ``__post_init__``.
    """
    hashable: Any = record
    plan = _plan(hashable)
    values: dict[str, Any] = {} if plan.node is None else {plan.node: node}
    readers = plan.readers
    for name, child in node.mapping().items():
        found = readers.get(name)
        if found is None:
            raise child.unknown_field(readers)
        values[found[0]] = found[1](child, now)
    for name in plan.required:
        node.require(name)
    try:
        return record(**values)
    except ValueError as error:
        raise node.error(str(error)) from error


@cache
def _plan(record: type[Any]) -> _Plan:
    hints = get_type_hints(record)
    readers: dict[str, tuple[str, _Reader]] = {}
    required: list[str] = []
    node: str | None = None
    for field in dataclasses.fields(record):
        hint = hints[field.name]
        if hint is SeedNode or (get_origin(hint) in {Union, types.UnionType} and SeedNode in get_args(hint)):
            node = field.name
            continue
        name = field.name.rstrip("_")
        readers[name] = (field.name, _reader(hint))
        if field.default is dataclasses.MISSING and field.default_factory is dataclasses.MISSING:
            required.append(name)
    return _Plan(readers, tuple(required), node)


_SCALARS: dict[Any, _Reader] = {
    str: lambda node, _: node.text(),
    int: lambda node, _: node.integer(),
    bool: lambda node, _: node.boolean(),
    float: lambda node, _: node.number(),
    timedelta: lambda node, _: node.duration(),
    datetime: lambda node, now: node.timestamp(now),
}


def _reader(hint: Any) -> _Reader:
    """What reads a node as ``hint``. Raises ``TypeError`` for an annotation this layer does not know."""
    if hint in _SCALARS:
        return _SCALARS[hint]
    origin, arguments = get_origin(hint), get_args(hint)
    if origin is Literal:
        return lambda node, _: node.choice(*arguments)
    if origin is tuple:
        item = _reader(arguments[0])
        return lambda node, now: tuple(item(child, now) for child in node.items())
    if origin is dict:
        value = _reader(arguments[1])
        return lambda node, now: {name: value(child, now) for name, child in node.mapping().items()}
    if origin in {Union, types.UnionType}:
        return _union(arguments)
    if dataclasses.is_dataclass(hint) and isinstance(hint, type):
        return lambda node, now: read(node, hint, now)
    raise TypeError(f"a seed field cannot be annotated {hint!r}")


def _union(members: tuple[Any, ...]) -> _Reader:
    """A reader that picks the member by what stands there; with none of its kind, the last member complains."""
    optional = types.NoneType in members
    kinds = {_kind(member): _reader(member) for member in members if member is not types.NoneType}
    fallback = list(kinds.values())[-1]

    def choose(node: SeedNode, now: datetime | None) -> Any:
        if optional and node.is_null:
            return None
        kind = "mapping" if node.is_mapping else "list" if node.is_list else "scalar"
        return kinds.get(kind, fallback)(node, now)

    return choose


def _kind(hint: Any) -> str:
    if get_origin(hint) is tuple:
        return "list"
    return "mapping" if get_origin(hint) is dict or dataclasses.is_dataclass(hint) else "scalar"
