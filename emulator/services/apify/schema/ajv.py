"""JSON Schema as Ajv applies it: the same violations, in the same order, in the same words.

The platform's messages quote the first thing Ajv stumbles over, so the order counts: keywords without a type of their
own come first, then those of arrays, then of objects, and within each group in Ajv's order of vocabularies. Covers
the keywords of the documents beside this module; any other one that constrains raises ``UnknownKeyword``. Observed
with Ajv 8 (``strict: false``, draft 2019-09, stopping at the first violation).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

__all__ = ["UnknownKeyword", "Violation", "same", "violations"]

Schema = Mapping[str, Any]


class UnknownKeyword(ValueError):
    """A schema uses a keyword this module does not know."""


@dataclass(frozen=True, slots=True)
class Violation:
    """One violation. ``path`` leads to the value, ``branch`` tells one found within a ``oneOf`` or ``anyOf``.

    ``subject`` is the property a violation of ``required`` or of additional properties names, ``allowed`` the values
    of an ``enum``.
    """

    keyword: str
    path: tuple[str, ...]
    message: str
    subject: str = ""
    allowed: tuple[Any, ...] = ()
    branch: bool = False


@dataclass(slots=True)
class Outcome:
    """Violations of a value, none where it is valid, and the properties that were looked at."""

    violations: list[Violation] = field(default_factory=list)
    evaluated: set[str] = field(default_factory=set)


@dataclass(frozen=True, slots=True)
class Place:
    """Where in the value and the schema a check is."""

    root: Schema
    path: tuple[str, ...] = ()
    branch: bool = False

    def inside(self, key: str) -> Place:
        """One step deeper in the value."""
        return Place(self.root, (*self.path, key), self.branch)

    def violation(self, keyword: str, message: str, **details: Any) -> list[Violation]:
        """The one violation found here."""
        return [Violation(keyword, self.path, message, branch=self.branch, **details)]


def violations(schema: Schema, value: Any) -> list[Violation]:
    """What is wrong with ``value``, as Ajv reports it without ``allErrors``; empty for a valid value."""
    return _check(schema, value, Place(schema)).violations


def same(left: Any, right: Any) -> bool:
    """Whether two JSON values are equal: ``1`` and ``true`` are not."""
    if isinstance(left, bool) or isinstance(right, bool):
        return left is right
    if isinstance(left, dict) and isinstance(right, dict):
        return left.keys() == right.keys() and all(same(left[key], right[key]) for key in left)
    if isinstance(left, list) and isinstance(right, list):
        return len(left) == len(right) and all(map(same, left, right))
    return bool(left == right)


# -- one schema ----------------------------------------------------------------------------------------------------


def _check(schema: Schema, value: Any, place: Place) -> Outcome:
    outcome = Outcome()
    unknown = schema.keys() - KNOWN
    if unknown:
        raise UnknownKeyword(f"{', '.join(sorted(unknown))} at {'.'.join(place.path) or 'the top'}")
    for step in _steps(schema):
        found = step(schema, value, place, outcome)
        if found:
            return Outcome(found)
    return outcome


Step = Callable[[Schema, Any, Place, Outcome], list[Violation]]


def _steps(schema: Schema) -> Iterator[Step]:
    """The checks of a schema, in Ajv's order."""
    types = _types(schema)
    late = len(types) == 1 and any(keyword in schema for keyword, _ in GROUPS.get(types[0], ()))
    if types and not late:
        yield _type
    for name, keywords in ORDER:
        if late and GROUPS.get(types[0]) is keywords:
            yield _type
        applies = TYPES_OF_GROUP.get(name)
        for keyword, check in keywords:
            if keyword in schema:
                yield _guarded(check, applies)


def _guarded(check: Step, applies: Callable[[Any], bool] | None) -> Step:
    """A check that concerns values of one type only."""
    if applies is None:
        return check

    def guarded(schema: Schema, value: Any, place: Place, outcome: Outcome) -> list[Violation]:
        return check(schema, value, place, outcome) if applies(value) else []

    return guarded


def _types(schema: Schema) -> Sequence[str]:
    named = schema.get("type", ())
    return (named,) if isinstance(named, str) else named


def _type(schema: Schema, value: Any, place: Place, _: Outcome) -> list[Violation]:
    types = _types(schema)
    if any(IS[name](value) for name in types):
        return []
    return place.violation("type", f"must be {','.join(types)}")


# -- numbers, strings ----------------------------------------------------------------------------------------------


def _minimum(schema: Schema, value: Any, place: Place, _: Outcome) -> list[Violation]:
    bound = schema["minimum"]
    return [] if value >= bound else place.violation("minimum", f"must be >= {bound}")


def _maximum(schema: Schema, value: Any, place: Place, _: Outcome) -> list[Violation]:
    bound = schema["maximum"]
    return [] if value <= bound else place.violation("maximum", f"must be <= {bound}")


def _count(keyword: str, noun: str) -> Step:
    """A check of a length: ``minItems``, ``maxLength``, ..."""
    fewest = keyword.startswith("min")

    def check(schema: Schema, value: Any, place: Place, _: Outcome) -> list[Violation]:
        bound = schema[keyword]
        if len(value) >= bound if fewest else len(value) <= bound:
            return []
        return place.violation(keyword, f"must NOT have {'fewer' if fewest else 'more'} than {bound} {noun}")

    return check


def _pattern(schema: Schema, value: Any, place: Place, _: Outcome) -> list[Violation]:
    pattern = schema["pattern"]
    return [] if re.search(pattern, value) else place.violation("pattern", f'must match pattern "{pattern}"')


# -- any value -----------------------------------------------------------------------------------------------------


def _ref(schema: Schema, value: Any, place: Place, outcome: Outcome) -> list[Violation]:
    target: Any = place.root
    for step in schema["$ref"].removeprefix("#").strip("/").split("/"):
        target = target[step] if step else target
    # A definition is a function of its own to Ajv: what it finds does not count as found within a branch.
    return _adopt(outcome, _check(target, value, Place(place.root, place.path)))


def _const(schema: Schema, value: Any, place: Place, _: Outcome) -> list[Violation]:
    return [] if same(schema["const"], value) else place.violation("const", "must be equal to constant")


def _enum(schema: Schema, value: Any, place: Place, _: Outcome) -> list[Violation]:
    if any(same(each, value) for each in schema["enum"]):
        return []
    message = "must be equal to one of the allowed values"
    return place.violation("enum", message, allowed=tuple(schema["enum"]))


def _not(schema: Schema, value: Any, place: Place, _: Outcome) -> list[Violation]:
    found = _check(schema["not"], value, place).violations
    return [] if found else place.violation("not", "must NOT be valid")


def _any_of(schema: Schema, value: Any, place: Place, outcome: Outcome) -> list[Violation]:
    branches = [_branch(each, value, place) for each in schema["anyOf"]]
    valid = [each for each in branches if not each.violations]
    for each in valid:
        outcome.evaluated |= each.evaluated
    found = [violation for each in branches for violation in each.violations]
    return [] if valid else [*found, *place.violation("anyOf", "must match a schema in anyOf")]


def _one_of(schema: Schema, value: Any, place: Place, outcome: Outcome) -> list[Violation]:
    found: list[Violation] = []
    valid: list[Outcome] = []
    for each in schema["oneOf"]:
        tried = _branch(each, value, place)
        found += tried.violations
        valid += [] if tried.violations else [tried]
        if len(valid) > 1:
            break
    if len(valid) == 1:
        return _adopt(outcome, valid[0])
    return [*found, *place.violation("oneOf", "must match exactly one schema in oneOf")]


def _all_of(schema: Schema, value: Any, place: Place, outcome: Outcome) -> list[Violation]:
    for each in schema["allOf"]:
        if found := _adopt(outcome, _check(each, value, place)):
            return found
    return []


def _if(schema: Schema, value: Any, place: Place, outcome: Outcome) -> list[Violation]:
    condition = _check(schema["if"], value, place)
    if not condition.violations:
        outcome.evaluated |= condition.evaluated
    chosen = schema.get("else" if condition.violations else "then")
    return [] if chosen is None else _adopt(outcome, _check(chosen, value, place))


def _branch(schema: Schema, value: Any, place: Place) -> Outcome:
    return _check(schema, value, Place(place.root, place.path, branch=True))


def _adopt(outcome: Outcome, other: Outcome) -> list[Violation]:
    outcome.evaluated |= other.evaluated
    return other.violations


# -- arrays --------------------------------------------------------------------------------------------------------


def _unique_items(schema: Schema, value: Any, place: Place, _: Outcome) -> list[Violation]:
    if schema["uniqueItems"]:
        for later in range(len(value) - 1, 0, -1):
            for earlier in range(later - 1, -1, -1):
                if same(value[later], value[earlier]):
                    text = f"must NOT have duplicate items (items ## {earlier} and {later} are identical)"
                    return place.violation("uniqueItems", text)
    return []


def _items(schema: Schema, value: Any, place: Place, _: Outcome) -> list[Violation]:
    each = schema["items"]
    schemas = each if isinstance(each, list) else [each] * len(value)
    for index, (item_schema, item) in enumerate(zip(schemas, value, strict=False)):
        if found := _check(item_schema, item, place.inside(str(index))).violations:
            return found
    return []


def _additional_items(schema: Schema, value: Any, place: Place, _: Outcome) -> list[Violation]:
    fixed = schema.get("items")
    if schema["additionalItems"] is not False or not isinstance(fixed, list) or len(value) <= len(fixed):
        return []
    return place.violation("additionalItems", f"must NOT have more than {len(fixed)} items")


def _contains(schema: Schema, value: Any, place: Place, _: Outcome) -> list[Violation]:
    if any(not _branch(schema["contains"], item, place).violations for item in value):
        return []
    return place.violation("contains", "must contain at least 1 valid item(s)")


# -- objects -------------------------------------------------------------------------------------------------------


def _required(schema: Schema, value: Any, place: Place, _: Outcome) -> list[Violation]:
    missing = next((name for name in schema["required"] if name not in value), None)
    if missing is None:
        return []
    return place.violation("required", f"must have required property '{missing}'", subject=missing)


def _property_names(schema: Schema, value: Any, place: Place, _: Outcome) -> list[Violation]:
    for name in value:
        if found := _check(schema["propertyNames"], name, place).violations:
            return [*found, *place.violation("propertyNames", "property name must be valid")]
    return []


def _additional_properties(schema: Schema, value: Any, place: Place, outcome: Outcome) -> list[Violation]:
    declared, patterns = schema.get("properties", {}), schema.get("patternProperties", {})
    rest = [name for name in value if name not in declared and not any(re.search(each, name) for each in patterns)]
    allowed = schema["additionalProperties"]
    if allowed is False and rest:
        text = "must NOT have additional properties"
        return place.violation("additionalProperties", text, subject=rest[0])
    outcome.evaluated |= set(value)
    for name in rest if isinstance(allowed, dict) else ():
        if found := _check(allowed, value[name], place.inside(name)).violations:
            return found
    return []


def _dependencies(schema: Schema, value: Any, place: Place, outcome: Outcome) -> list[Violation]:
    for name, needed in schema["dependencies"].items():
        if name not in value:
            continue
        if isinstance(needed, dict):
            if found := _adopt(outcome, _check(needed, value, place)):
                return found
        elif missing := [each for each in needed if each not in value]:
            noun = "property" if len(needed) == 1 else "properties"
            text = f"must have {noun} {', '.join(needed)} when property {name} is present"
            return place.violation("dependencies", text, subject=missing[0])
    return []


def _properties(schema: Schema, value: Any, place: Place, outcome: Outcome) -> list[Violation]:
    for name, declared in schema["properties"].items():
        if name in value:
            outcome.evaluated.add(name)
            if found := _check(declared, value[name], place.inside(name)).violations:
                return found
    return []


def _pattern_properties(schema: Schema, value: Any, place: Place, outcome: Outcome) -> list[Violation]:
    for pattern, declared in schema["patternProperties"].items():
        for name in value:
            if re.search(pattern, name):
                outcome.evaluated.add(name)
                if found := _check(declared, value[name], place.inside(name)).violations:
                    return found
    return []


def _unevaluated_properties(schema: Schema, value: Any, place: Place, outcome: Outcome) -> list[Violation]:
    rest = [name for name in value if name not in outcome.evaluated]
    if schema["unevaluatedProperties"] is not False or not rest:
        return []
    return place.violation("unevaluatedProperties", "must NOT have unevaluated properties", subject=rest[0])


# -- the order -----------------------------------------------------------------------------------------------------


def _is_number(value: Any) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool)


IS: Mapping[str, Callable[[Any], bool]] = {
    "string": lambda value: isinstance(value, str),
    "number": _is_number,
    "integer": lambda value: _is_number(value) and value == int(value),
    "boolean": lambda value: isinstance(value, bool),
    "array": lambda value: isinstance(value, list),
    "object": lambda value: isinstance(value, dict),
    "null": lambda value: value is None,
}

NUMBERS: Sequence[tuple[str, Step]] = (("maximum", _maximum), ("minimum", _minimum))
STRINGS: Sequence[tuple[str, Step]] = (
    ("maxLength", _count("maxLength", "characters")),
    ("minLength", _count("minLength", "characters")),
    ("pattern", _pattern),
)
UNTYPED: Sequence[tuple[str, Step]] = (
    ("$ref", _ref),
    ("const", _const),
    ("enum", _enum),
    ("not", _not),
    ("anyOf", _any_of),
    ("oneOf", _one_of),
    ("allOf", _all_of),
    ("if", _if),
)
ARRAYS: Sequence[tuple[str, Step]] = (
    ("maxItems", _count("maxItems", "items")),
    ("minItems", _count("minItems", "items")),
    ("uniqueItems", _unique_items),
    ("additionalItems", _additional_items),
    ("items", _items),
    ("contains", _contains),
)
OBJECTS: Sequence[tuple[str, Step]] = (
    ("maxProperties", _count("maxProperties", "properties")),
    ("minProperties", _count("minProperties", "properties")),
    ("required", _required),
    ("propertyNames", _property_names),
    ("additionalProperties", _additional_properties),
    ("dependencies", _dependencies),
    ("properties", _properties),
    ("patternProperties", _pattern_properties),
    ("unevaluatedProperties", _unevaluated_properties),
)
ORDER = (("number", NUMBERS), ("string", STRINGS), ("", UNTYPED), ("array", ARRAYS), ("object", OBJECTS))
GROUPS = {"number": NUMBERS, "integer": NUMBERS, "string": STRINGS, "array": ARRAYS, "object": OBJECTS}
TYPES_OF_GROUP = {name: IS[name] for name, _ in ORDER if name}
ANNOTATIONS = ("$id", "$schema", "title", "description", "default", "definitions", "type", "then", "else", "examples")
KNOWN = frozenset((*ANNOTATIONS, *(keyword for _, group in ORDER for keyword, _ in group)))
