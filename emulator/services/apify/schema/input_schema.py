"""The rules of an input schema, with the messages of Apify's validator (npm ``@apify/input_schema`` 3.29).

Order of its checks: the frame without the fields, then each field against the definition of its type (the fields
within it first), then that required fields exist, then the whole. The first violation is the one reported.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from .ajv import Violation, same, violations
from .documents import document

__all__ = ["SchemaProblem", "check_input_schema", "sentence"]

DEPRECATED = (
    "Property schema.properties.{field}.{name} is deprecated and no longer supported. Please remove it from the input "
    "schema. See https://docs.apify.com/platform/actors/development/actor-definition/input-schema/specification/v1"
    "#deprecation-of-patternkey-and-patternvalue for migration instructions."
)
UNKNOWN_TYPE = (
    "Field schema.properties.{field} is not matching any input schema type definition. "
    "Please make sure that it's type is valid."
)
UNDECLARED = (
    "Field schema.properties.{field} does not exist, but it is specified in schema.required. "
    "Either define the field or remove it from schema.required."
)
BAD_PATTERN = 'The regular expression "{pattern}" in field schema.properties.{field}.pattern must be valid.'

NO_DEFINITION = {
    "enum": '"enum property"',
    "resourceType": '"resource property"',
    "": 'other than "enum" or "resource"',
}


class SchemaProblem(ValueError):
    """A schema is not valid; the message is the platform's."""


def check_input_schema(schema: Any) -> None:
    """Raise ``SchemaProblem`` for what the platform would refuse."""
    whole = document("input")
    frame = {**whole, "properties": {**whole["properties"], "properties": {"type": "object"}}}
    _check(frame, schema, "schema")
    for field, definition in schema["properties"].items():
        _check_nested(definition, field)
        _check_field(definition, field)
    for field in schema.get("required", ()):
        if not schema["properties"].get(field):
            raise SchemaProblem(UNDECLARED.format(field=field))
    _check(whole, schema, "schema")


def sentence(violation: Violation, root: str) -> str:
    """A violation in the platform's words; ``root`` names the document ("schema", "input")."""
    path = ".".join(violation.path)
    if violation.keyword in {"required", "additionalProperties", "unevaluatedProperties"}:
        path = ".".join((*violation.path, violation.subject))
        end = "is required" if violation.keyword == "required" else "is not allowed."
        return f"{'Field' if violation.keyword == 'required' else 'Property'} {root}.{path} {end}"
    if violation.keyword == "enum":
        allowed = '", "'.join(_as_javascript(each) for each in violation.allowed)
        return f'Field {root}.{path} {violation.message}: "{allowed}"'
    return f"Field {root}.{path} {violation.message}"


def _check(schema: Mapping[str, Any], value: Any, root: str) -> None:
    found = violations(schema, value)
    if not found:
        return
    chosen = next((each for each in found if not each.branch and each.keyword not in {"oneOf", "anyOf"}), found[0])
    raise SchemaProblem(f"Input schema is not valid ({sentence(_widened(chosen, schema, value), root)})")


def _widened(violation: Violation, schema: Mapping[str, Any], value: Any) -> Violation:
    """A violation of an ``enum`` within a branch names the choices of the whole field, where it has them."""
    if violation.keyword != "enum" or not violation.branch or len(violation.path) != 1:
        return violation
    name = violation.path[0]
    choices = schema.get("properties", {}).get(name, {}).get("enum")
    if not isinstance(choices, list) or any(same(each, value.get(name)) for each in choices):
        return violation
    return Violation("enum", violation.path, violation.message, allowed=tuple(choices), branch=True)


def _check_nested(definition: Any, field: str) -> None:
    """The fields within an object or array, deepest first."""
    if not isinstance(definition, dict):
        return
    if definition.get("type") == "object" and isinstance(definition.get("properties"), dict):
        for name, inner in definition["properties"].items():
            _check_nested(inner, f"{field}.{name}")
            _check_field(inner, f"{field}.{name}", nested=True)
    if definition.get("type") == "array" and isinstance(definition.get("items"), dict):
        _check_items(definition["items"], f"{field}.items")


def _check_items(items: dict[str, Any], field: str) -> None:
    """What an array holds: its own form is checked with the array, the fields within it here."""
    kind = items.get("type")
    if kind == "object" and items.get("properties"):
        _check_nested(items, field)
    if kind == "array" and isinstance(items.get("items"), dict):
        _check_items(items["items"], f"{field}.items")


def _check_field(definition: Any, field: str, *, nested: bool = False) -> None:
    if not isinstance(definition, dict):  # at most of these the original stumbles with a TypeError
        raise SchemaProblem(f"Input schema is not valid ({UNKNOWN_TYPE.format(field=field)})")
    for name in ("patternKey", "patternValue"):
        if name in definition:
            raise SchemaProblem(f"Input schema is not valid ({DEPRECATED.format(field=field, name=name)})")
    _check(_definition_for(definition, field, nested=nested), definition, f"schema.properties.{field}")
    pattern = definition.get("pattern")
    if pattern and not _compiles(pattern):
        text = BAD_PATTERN.format(pattern=pattern, field=field)
        raise SchemaProblem(f"Input schema is not valid ({text})")


def _definition_for(definition: Mapping[str, Any], field: str, *, nested: bool) -> Mapping[str, Any]:
    """The definition a field is checked against: by its type, then by whether it has choices or names a resource."""
    whole = document("input")["definitions"]
    matching = [each for each in _definitions(whole, nested=nested) if _is_for(each, definition.get("type"))]
    if not matching:
        raise SchemaProblem(f"Input schema is not valid ({UNKNOWN_TYPE.format(field=field)})")
    if len(matching) > 1:
        special = next((name for name in ("enum", "resourceType") if definition.get(name)), "")
        matching = [each for each in matching if _is_special(each, special)]
        if not matching:
            raise SchemaProblem(f"Input schema validation failed to find {NO_DEFINITION[special]} definition")
    return {**matching[-1], "definitions": whole}


def _definitions(whole: Mapping[str, Any], *, nested: bool) -> Iterator[Mapping[str, Any]]:
    for each in whole.values():
        title = each["title"]
        if not title.startswith(("Utils:", "Component:")) and title.startswith("Sub-schema:") == nested:
            yield each


def _is_for(definition: Mapping[str, Any], kind: Any) -> bool:
    types = definition["properties"]["type"].get("enum")
    return types[0] == kind if types else isinstance(kind, list)


def _is_special(definition: Mapping[str, Any], special: str) -> bool:
    properties = definition["properties"]
    if special:
        return special in properties
    return "enum" not in properties and "resourceType" not in properties


def _compiles(pattern: str) -> bool:
    try:
        re.compile(pattern)
    except re.error:
        return False
    return True


def _as_javascript(value: Any) -> str:
    """A value as ``Array.join`` writes it."""
    if isinstance(value, bool):
        return str(value).lower()
    return "" if value is None else str(value)
