"""An Actor's input against its input schema, as the platform does it when a run is started.

``default`` values are merged in, ``prefill`` never. Wording as pasted from real answers ("Field input.task is
required"); the rest of the sentences are Ajv's, after the vendor's own error formatter.
"""

from __future__ import annotations

from collections.abc import Set as AbstractSet
from typing import TYPE_CHECKING, Any

from .secrets import is_sealed

if TYPE_CHECKING:
    from jsonschema.exceptions import ValidationError

__all__ = ["completed_input", "input_problems"]

_SCHEMA_KEYWORDS = frozenset(
    (
        *("type", "enum", "pattern", "minLength", "maxLength", "minimum", "maximum", "minItems", "maxItems"),
        *("uniqueItems", "minProperties", "maxProperties"),
    )
)


def completed_input(schema: dict[str, Any], given: dict[str, Any]) -> dict[str, Any]:
    """``given`` with the default of every field it lacks."""
    defaults = {name: field["default"] for name, field in schema.get("properties", {}).items() if "default" in field}
    return {**defaults, **given}


def input_problems(schema: dict[str, Any], value: dict[str, Any]) -> list[str]:
    """What is wrong with an input, one sentence each; empty for a valid one. An encrypted value is not looked into."""
    from jsonschema import Draft7Validator  # noqa: PLC0415 - half of the emulator's start-up, for Actors with a schema

    sealed = {name for name, each in value.items() if is_sealed(each)}
    validator = Draft7Validator(_plain(schema, sealed))
    return [_sentence(error) for error in sorted(validator.iter_errors(value), key=_order)]


def _plain(schema: dict[str, Any], sealed: AbstractSet[str]) -> dict[str, Any]:
    """The JSON Schema within an input schema: what concerns values, without editors and captions."""
    properties = schema.get("properties", {})
    fields = {name: {} if name in sealed else _plain_field(field) for name, field in properties.items()}
    plain: dict[str, Any] = {"type": "object", "properties": fields, "required": schema.get("required", [])}
    if schema.get("additionalProperties") is False:
        plain["additionalProperties"] = False
    return plain


def _plain_field(field: dict[str, Any]) -> dict[str, Any]:
    plain = {name: value for name, value in field.items() if name in _SCHEMA_KEYWORDS}
    if field.get("nullable") and "type" in plain:
        plain["type"] = [plain["type"], "null"]
    return plain


def _order(error: ValidationError) -> tuple[str, str]:
    return str(error.validator), ".".join(map(str, error.absolute_path))


def _sentence(error: ValidationError) -> str:
    path = ".".join(["input", *map(str, error.absolute_path)])
    keyword: Any = error.validator
    bound: Any = error.validator_value
    value: Any = error.instance
    if keyword == "required":
        missing = next(name for name in bound if name not in value)
        return f"Field {path}.{missing} is required"
    if keyword == "additionalProperties":
        return f"Property {path}.{_extra(error)} is not allowed."
    if keyword == "type":
        return f"Field {path} must be {bound if isinstance(bound, str) else ','.join(bound)}"
    if keyword == "enum":
        allowed = ", ".join(f'"{value}"' for value in bound)
        return f"Field {path} must be equal to one of the allowed values: {allowed}"
    return f"Field {path} {_BOUND.get(keyword, 'is not valid').format(bound)}"


_BOUND = {
    "minimum": "must be >= {}",
    "maximum": "must be <= {}",
    "minLength": "must NOT have fewer than {} characters",
    "maxLength": "must NOT have more than {} characters",
    "minItems": "must NOT have fewer than {} items",
    "maxItems": "must NOT have more than {} items",
    "minProperties": "must NOT have fewer than {} properties",
    "maxProperties": "must NOT have more than {} properties",
    "pattern": 'must match pattern "{}"',
    "uniqueItems": "must NOT have duplicate items",
}


def _extra(error: ValidationError) -> str:
    schema: Any = error.schema
    value: Any = error.instance
    return str(next(name for name in value if name not in schema.get("properties", {})))
