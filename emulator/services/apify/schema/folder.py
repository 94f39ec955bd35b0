"""Every schema an Actor's folder holds, checked as ``apify validate-schema`` does."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from .ajv import violations
from .documents import Document, document
from .input_schema import SchemaProblem, check_input_schema

__all__ = ["Finding", "check_path"]


@dataclass(frozen=True, slots=True)
class Finding:
    """One schema that was checked: its kind ("Input"), where it stands, and what is wrong, "" for nothing."""

    label: str
    place: Path
    problem: str

    @property
    def line(self) -> str:
        """What the platform's own command says of it."""
        return f"Error: {self.problem}" if self.problem else f"Success: {self.label} schema is valid."


def check_path(path: Path) -> list[Finding]:
    """Check an input schema file, or each schema of an Actor's folder. Raises ``SchemaProblem`` for none at all."""
    if path.is_file():
        return [_finding("Input", path, _read(path), check_input_schema)]
    found = list(_schemas(path))
    if not found:
        raise SchemaProblem("No schemas found. Make sure '.actor/actor.json' exists and defines at least one schema.")
    return [_finding(label, place, schema, check) for label, place, schema, check in found]


Check = Callable[[Any], None]


def _schemas(folder: Path) -> Iterator[tuple[str, Path, Any, Check]]:
    definition = folder / ".actor" / "actor.json"
    actor: Mapping[str, Any] = _read(definition) if definition.is_file() else {}
    storages = actor.get("storages", {})
    default = next((each for each in (folder / ".actor", folder) if (each / "INPUT_SCHEMA.json").is_file()), None)
    given = actor.get("input", None if default is None else str((default / "INPUT_SCHEMA.json").resolve()))
    kinds: tuple[tuple[str, Any, Check], ...] = (
        ("Input", given, check_input_schema),
        ("Dataset", storages.get("dataset"), _checked_against("dataset", "Dataset")),
        ("Output", actor.get("output"), _checked_against("output", "Output")),
        ("Key-Value Store", storages.get("keyValueStore"), _checked_against("key_value_store", "Key-Value Store")),
    )
    for label, given, check in kinds:
        if isinstance(given, str):
            place = definition.parent / given
            yield label, place, _read(place), check
        elif given is not None:
            yield label, definition, given, check


def _checked_against(name: Document, label: str) -> Check:
    def check(schema: Any) -> None:
        # A reference out of the document leads to the JSON Schema of JSON Schemas, which says little of use here.
        for violation in violations(_local(document(name)), schema):
            place = "".join(f"/{step}" for step in violation.path)
            raise SchemaProblem(f"{label} schema is not valid:\n  - {violation.message}{f' at {place}' * bool(place)}")

    return check


def _local(schema: Any) -> Any:
    """A schema without references to documents elsewhere."""
    if isinstance(schema, dict):
        return {
            name: _local(each)
            for name, each in schema.items()
            if name != "$ref" or (isinstance(each, str) and each.startswith("#"))
        }
    return [_local(each) for each in schema] if isinstance(schema, list) else schema


def _finding(label: str, place: Path, schema: Any, check: Check) -> Finding:
    try:
        check(schema)
    except SchemaProblem as problem:
        return Finding(label, place, str(problem))
    return Finding(label, place, "")


def _read(path: Path) -> Any:
    """A JSON file. Raises ``SchemaProblem``."""
    try:
        return json.loads(path.read_text("utf-8"))
    except FileNotFoundError:
        raise SchemaProblem(f"{path}: no such file") from None
    except ValueError as error:
        raise SchemaProblem(f"{path} is not valid JSON: {error}") from None
