"""What a reader of a dataset asks for: which fields, flattened or unwound how, hidden and empty items skipped.

Rules after the vendor's documentation of "Get dataset items"; they are applied in this order: unwind, flatten,
fields, omit, hidden fields, empty items. ``offset`` and ``limit`` count stored items, before any of it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from .errors import InvalidValue

__all__ = ["ItemView"]

Item = dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemView:
    """The transformation of one request."""

    fields: tuple[str, ...] = ()
    output_fields: tuple[str, ...] = ()
    omit: tuple[str, ...] = ()
    unwind: tuple[str, ...] = ()
    flatten: tuple[str, ...] = ()
    skip_hidden: bool = False
    skip_empty: bool = False
    simplified: bool = False
    skip_failed_pages: bool = False

    def __post_init__(self) -> None:
        if self.output_fields and len(self.output_fields) != len(self.fields):
            raise InvalidValue("outputFields must have as many names as fields")

    @property
    def is_plain(self) -> bool:
        """Whether items come out as they were stored."""
        return self == ItemView()

    def apply(self, items: Iterable[Item]) -> list[Item]:
        """The rows of the answer."""
        return [row for item in items for row in self._rows(item)]

    def _rows(self, item: Item) -> Iterator[Item]:
        if self.skip_failed_pages and item.get("errorInfo"):
            return
        rows = [_simplified(item)] if self.simplified else [item]
        for name in self.unwind:
            rows = [unwound for row in rows for unwound in _unwound(row, name)]
        for row in rows:
            shaped = self._shaped(row)
            if shaped or not self.skip_empty:
                yield shaped

    def _shaped(self, row: Item) -> Item:
        for name in self.flatten:
            row = _flattened(row, name)
        if self.fields:
            names = self.output_fields or self.fields
            row = {new: row[old] for old, new in zip(self.fields, names, strict=True) if old in row}
        if self.omit:
            row = {name: value for name, value in row.items() if name not in self.omit}
        if self.skip_hidden:
            row = {name: value for name, value in row.items() if not name.startswith("#")}
        return row


def _unwound(row: Item, name: str) -> list[Item]:
    """One row for each element of a list, each merged with its parent; an object is merged, anything else stays."""
    value = row.get(name)
    rest = {key: inner for key, inner in row.items() if key != name}
    if isinstance(value, list):
        return [{**rest, **element} if isinstance(element, Mapping) else {**rest, name: element} for element in value]
    if isinstance(value, Mapping):
        return [{**rest, **value}]
    return [row]


def _flattened(row: Item, name: str) -> Item:
    value = row.get(name)
    if not isinstance(value, (dict, list)):
        return row
    flat: Item = {}
    for key, inner in row.items():
        if key == name:
            _flatten_into(flat, name, value)
        else:
            flat[key] = inner
    return flat


def _flatten_into(flat: Item, prefix: str, value: Any) -> None:
    if isinstance(value, dict) and value:
        for key, inner in value.items():
            _flatten_into(flat, f"{prefix}.{key}", inner)
    elif isinstance(value, list) and value:
        for position, inner in enumerate(value):
            _flatten_into(flat, f"{prefix}.{position}", inner)
    else:
        flat[prefix] = value


def _simplified(item: Item) -> Item:
    """The legacy "simplified" form: page function results beside the URL of their page."""
    results = item.get("pageFunctionResult")
    if isinstance(results, Mapping):
        return {"url": item.get("url"), **results}
    return item
