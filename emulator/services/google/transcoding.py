"""JSON bodies: text to JSON to the fields of a request message, in the words of Google's transcoder.

Wording, positions and leniencies follow recorded replies and protobuf's published ``json_stream_parser`` and
``proto_writer``.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any

from .discovery import Schema, Surface, snake_case
from .refusals import TranscodingError, Violation
from .scalars import NotThatKind, read_scalar, shown

__all__ = ["MessageReader", "parse_json"]


class MessageReader:
    """Binds a JSON body to a schema, collecting every violation before it refuses."""

    def __init__(self, surface: Surface) -> None:
        self._surface = surface
        self._violations: list[Violation] = []

    def read(self, body: Any, schema: str) -> dict[str, Any]:
        """The body with camelCase names and typed values; ``null`` members are dropped. Raises ``TranscodingError``.

        A resource is bound to the request field named after it ("message.raw"), a ``...Request`` is the request.
        """
        if not isinstance(body, dict):
            raise TranscodingError(Violation.unknown_name("", "", "Root element must be a message."))
        path = "" if schema.endswith("Request") else snake_case(schema)
        message = self._message(body, self._surface.schemas[schema], path)
        if self._violations:
            raise TranscodingError(*self._violations)
        return message

    def _message(self, value: Mapping[str, Any], schema: Schema, path: str) -> dict[str, Any]:
        message: dict[str, Any] = {}
        properties = self._surface.properties(schema)
        for key, item in value.items():
            name = key if key in properties else next((each for each in properties if snake_case(each) == key), key)
            facts = properties.get(name, schema.get("additionalProperties"))
            if facts is None:
                self._violations.append(Violation.unknown_name(key, path))
            elif item is not None:
                message[name] = self._field(item, self._surface.resolve(facts), path, key, name)
        return message

    def _field(self, item: Any, facts: Schema, parent: str, key: str, name: str) -> Any:
        own = snake_case(name)
        path = f"{parent}.{own}" if parent else own
        if "items" in facts:
            element = self._surface.resolve(facts["items"])
            if not isinstance(item, list):
                return [self._value(item, element, path, parent, name)]
            values = enumerate(item)
            return [self._value(each, element, f"{path}[{i}]", parent, name) for i, each in values if each is not None]
        if isinstance(item, list):
            why = "Proto field is not repeating, cannot start list."
            self._violations.append(Violation.unknown_name(key, parent, why))
            return None
        return self._value(item, facts, path, parent, name)

    def _value(self, item: Any, facts: Schema, path: str, parent: str, name: str) -> Any:
        if facts.get("type") == "object":
            if isinstance(item, dict):
                return self._message(item, facts, path)
            kind = f"type.googleapis.com/{facts.get('id', name)}"
            self._violations.append(Violation.invalid_value(path, kind, shown(item)))
        elif isinstance(item, dict):
            place = f" at '{parent}'" if parent else ""
            text = f"Invalid value{place} ({snake_case(name)}), Starting an object on a scalar field"
            self._violations.append(Violation(text, parent))
        else:
            try:
                return read_scalar(facts, item, name)
            except NotThatKind as wrong:
                self._violations.append(Violation.invalid_value(path, wrong.kind, wrong.complaint))
        return None


def parse_json(body: bytes) -> Any:
    """The body as JSON; an empty one is an empty message. Raises ``TranscodingError`` in the parser's words."""
    text = body.decode("utf-8", "replace")
    if not text.strip():
        return {}
    try:
        return json.loads(text, strict=False, parse_constant=_refuse_constant)
    except _Constant as constant:
        position = _STRING.sub(lambda match: " " * len(match[0]), text).find(str(constant))
        raise _malformed(text, position, "Expecting value") from None
    except json.JSONDecodeError as error:
        raise _malformed(text, error.pos, error.msg) from None
    except RecursionError:
        complaint = "Message too deep. Max recursion depth reached for key ''"
        raise TranscodingError(Violation.malformed(complaint)) from None
    except ValueError:
        raise TranscodingError(Violation.malformed("Number exceeds the range of double.")) from None


class _Constant(Exception):
    """``NaN`` and its like, which Python reads and JSON has not."""


def _refuse_constant(constant: str) -> None:
    raise _Constant(constant)


_COMPLAINTS = {
    "Expecting property name enclosed in double quotes": "Expected an object key or }.",
    "Illegal trailing comma before end of object": "Expected an object key or }.",
    "Illegal trailing comma before end of array": "Unexpected token.",
    "Expecting ':' delimiter": "Expected : between key:value pair.",
    "Unterminated string starting at": "Closing quote expected in string.",
    "Invalid \\escape": "Invalid escape sequence.",
    "Invalid \\uXXXX escape": "Illegal hex string.",
    "Extra data": "Parsing terminated before end of input.",
}

_TOKEN_START = re.compile(r"[A-Za-z_$}\]:,]", re.ASCII)
_BARE_WORD = re.compile(r"[A-Za-z_$][\w$]*\s*", re.ASCII)
_STRING = re.compile(r'"(?:[^"\\]|\\.)*"', re.DOTALL)


def _malformed(text: str, position: int, heard: str) -> TranscodingError:
    """The transcoder's complaint: what it expected, then twenty characters either side of the place and a caret."""
    said = next((said for start, said in _COMPLAINTS.items() if heard.startswith(start)), "Expected a value.")
    rest = text[position:]
    if heard == "Expecting value" and _TOKEN_START.match(rest):
        said = "Unexpected token."
    elif heard.startswith("Expecting ',' delimiter"):
        said = _expected_after_value(text[:position])
    elif heard.startswith("Unterminated string"):
        position = len(text)
    elif said == "Expected an object key or }." and (word := _BARE_WORD.match(rest)):
        position, said = position + word.end(), "Expected : between key:value pair."
    if not rest.strip() and not heard.startswith("Unterminated string"):
        said = f"Unexpected end of string. {said}"
    start = max(position - 20, 0)
    context = f"{said}\n{text[start : position + 20]}\n{' ' * (position - start)}^"
    return TranscodingError(Violation.malformed(context))


def _expected_after_value(read: str) -> str:
    """Which separator was due: that of the innermost array or object still open in ``read``."""
    open_brackets: list[str] = []
    for character in _STRING.sub("", read):
        if character in "[{":
            open_brackets.append(character)
        elif character in "]}":
            open_brackets.pop()
    in_array = open_brackets[-1:] == ["["]
    return "Expected , or ] after array value." if in_array else "Expected , or } after key:value pair."
