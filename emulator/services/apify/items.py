"""Items of datasets: JSON objects in the order they were pushed."""

from __future__ import annotations

import json
from collections.abc import Sequence
from itertools import count
from typing import Any

from ...kernel.world import World
from .errors import InvalidRequest, SchemaViolation
from .storages import Storage, Storages

__all__ = ["Item", "Items"]

Item = dict[str, Any]


class Items:
    """The items of every dataset."""

    def __init__(self, world: World, storages: Storages) -> None:
        self._world = world
        self._storages = storages

    def push(self, dataset: Storage, value: Any) -> int:
        """Append one object or a list of them, all or none; answers how many.

        Raises ``InvalidRequest`` for anything else and ``SchemaViolation`` where an item does not fit the schema.
        """
        items = value if isinstance(value, list) else [value]
        if not all(isinstance(item, dict) for item in items):
            raise InvalidRequest("Dataset items must be JSON objects", cause="item_not_object")
        if dataset.fields_schema is not None:
            _validate(items, json.loads(dataset.fields_schema))
        try:
            texts = [json.dumps(item, ensure_ascii=False, allow_nan=False, separators=(",", ":")) for item in items]
        except ValueError:
            raise InvalidRequest("Dataset items must not hold numbers beyond JSON's", cause="item_not_json") from None
        self._world.execute_many(
            "INSERT INTO apify_item VALUES (?, ?, ?)",
            ((dataset.id, position, text) for position, text in zip(count(self._size(dataset)), texts, strict=False)),
        )
        self._storages.touch(dataset, wrote=True, writes=1, items=len(texts), bytes=sum(map(len, texts)))
        return len(texts)

    def texts(self, dataset: Storage, *, offset: int = 0, limit: int | None = None, desc: bool = False) -> list[str]:
        """Stored items as JSON text; ``offset`` counts from the end with ``desc``."""
        self._storages.touch(dataset, reads=1)
        rows = self._world.all(
            f"SELECT item FROM apify_item WHERE dataset = ? ORDER BY position {'DESC' if desc else 'ASC'}"
            " LIMIT ? OFFSET ?",
            (dataset.id, -1 if limit is None else min(limit, 2**62), min(offset, 2**62)),
        )
        return [row[0] for row in rows]

    def all(self, dataset_id: str) -> list[Item]:
        """Every item, without noting the access."""
        rows = self._world.all("SELECT item FROM apify_item WHERE dataset = ? ORDER BY position", (dataset_id,))
        return [json.loads(row[0]) for row in rows]

    def _size(self, dataset: Storage) -> int:
        return int(self._world.value("SELECT items FROM apify_storage WHERE id = ?", (dataset.id,)))


def _validate(items: Sequence[Item], schema: dict[str, Any]) -> None:
    """Raise ``SchemaViolation`` naming every item that does not fit, with Ajv's members for each problem."""
    from jsonschema import Draft7Validator  # noqa: PLC0415 - only datasets with a schema pay for the import

    validator = Draft7Validator(schema)
    invalid = []
    for position, item in enumerate(items):
        problems = [
            {
                "instancePath": "".join(f"/{step}" for step in error.absolute_path),
                "schemaPath": "#" + "".join(f"/{step}" for step in error.absolute_schema_path),
                "keyword": str(error.validator),
                "message": error.message,
            }
            for error in validator.iter_errors(item)
        ]
        if problems:
            invalid.append({"itemPosition": position, "validationErrors": problems})
    if invalid:
        raise SchemaViolation(data={"invalidItems": invalid})
