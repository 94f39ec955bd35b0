"""What a tool takes, in one line of text: ``message_id* format max_results:i label_ids:a``.

A star marks a required input; the letter after the colon its type (``s`` text, ``i`` integer, ``b`` boolean, ``a``
list, ``o`` object, ``n`` number), text where there is none; ``=`` its default.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from ..errors import Violation, violated

__all__ = ["Input", "coerced", "inputs_of", "schema_of"]

_ITEM = re.compile(r"(?P<name>\w+)(?P<star>\*?)(?::(?P<type>[sibaon]))?(?:=(?P<default>\S+))?")
_TYPES = {"s": "string", "i": "integer", "b": "boolean", "a": "array", "o": "object", "n": "number"}
_SPOKEN = {"true": True, "false": False}


@dataclass(frozen=True, slots=True)
class Input:
    """One input; ``type`` is JSON Schema's word."""

    name: str
    type: str = "string"
    required: bool = False
    default: str = ""


def inputs_of(text: str) -> tuple[Input, ...]:
    """The inputs written in ``text``. Raises ``ValueError`` for what does not follow the form."""
    found = []
    for item in text.split():
        match = _ITEM.fullmatch(item)
        if match is None:
            raise ValueError(f"{item!r} is no input: write name, name*, name:i or name=default")
        found.append(Input(match["name"], _TYPES[match["type"] or "s"], bool(match["star"]), match["default"] or ""))
    return tuple(found)


def schema_of(inputs: Iterable[Input]) -> dict[str, Any]:
    """The JSON Schema a definition shows for ``inputs``."""
    listed = list(inputs)
    return {
        "type": "object",
        "properties": {each.name: _property(each) for each in listed},
        "required": [each.name for each in listed if each.required],
    }


def coerced(inputs: Iterable[Input], given: Mapping[str, Any]) -> dict[str, Any]:
    """``given`` with declared types and defaults. Numbers may come as text, and "" counts as not given; what is not
    declared is dropped. Raises ``InvalidArgument`` for what is missing or of the wrong kind.
    """
    values: dict[str, Any] = {}
    problems: list[Violation] = []
    for each in inputs:
        value = given.get(each.name)
        if value is None or value == "":
            if each.required:
                problems.append(Violation(f"params.{each.name}", "value is required", "required"))
                continue
            value = each.default
            if value == "":
                continue
        try:
            values[each.name] = _converted(value, each.type)
        except ValueError:
            problems.append(Violation(f"params.{each.name}", f"value must be of type {each.type}", "type"))
    violated(problems)
    return values


def _property(each: Input) -> dict[str, Any]:
    label = each.name.replace("_", " ").capitalize()
    kind: Any = each.type if each.required else [each.type, "null"]
    default = {"default": _converted(each.default, each.type)} if each.default else {}
    return {"type": kind, "description": label, **default, "display_properties": {"title": label}}


def _converted(value: Any, kind: str) -> Any:
    if kind == "string":
        if isinstance(value, (dict, list)):
            raise ValueError(value)
        return str(value).lower() if isinstance(value, bool) else str(value)
    if kind == "boolean":
        if isinstance(value, bool):
            return value
        if (spoken := _SPOKEN.get(str(value).lower())) is None:
            raise ValueError(value)
        return spoken
    if kind in {"integer", "number"}:
        number = float(value) if not isinstance(value, (bool, dict, list)) else float("nan")
        if number != number or number in {float("inf"), float("-inf")}:  # noqa: PLR0124 - NaN
            raise ValueError(value)
        return int(number) if number.is_integer() or kind == "integer" else number
    if kind == "array":
        return value if isinstance(value, list) else [item.strip() for item in str(value).split(",")]
    if isinstance(value, dict):
        return value
    raise ValueError(value)
