"""The rules a request has to keep, read from the ``buf.validate`` options in the vendor's own descriptors.

Only the rules that occur there are known. Descriptions are those of protovalidate, which the vendor runs.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from functools import cache
from typing import Any

from .descriptors import field_rules, message_rules
from .errors import Violation, violated

__all__ = ["validate"]


def validate(request: Any) -> None:
    """Raises ``InvalidArgument`` with every rule ``request`` breaks, in the order of its fields."""
    violated(_message(request, ""))


def _message(value: Any, path: str) -> Iterator[Violation]:
    for rule in message_rules(value.DESCRIPTOR):
        check = _EXPRESSIONS.get(rule.id)
        if check is not None and not check(value):
            yield Violation(path, rule.message, rule.id)
    for field in value.DESCRIPTOR.fields:
        yield from _field(value, field, f"{path}.{field.name}" if path else field.name)


def _field(owner: Any, field: Any, path: str) -> Iterator[Violation]:
    rules, value = field_rules(field), getattr(owner, field.name)
    if field.has_presence and not owner.HasField(field.name):
        if rules is not None and rules.required:
            yield Violation(path, "value is required", "required")
        return
    if field.message_type is not None and not field.is_repeated:
        if field.message_type.file.name.startswith("scalekit/"):
            yield from _message(value, path)
        return
    if rules is None:
        return
    if rules.required and not value:
        yield Violation(path, "value is required", "required")
        return
    if field.is_repeated:
        yield from _repeated(value, rules.repeated, path)
    elif isinstance(value, str):
        yield from _string(value, rules.string, path)
    elif isinstance(value, int):
        yield from _number(value, rules.uint32, path)


def _repeated(values: Any, rules: Any, path: str) -> Iterator[Violation]:
    if rules.HasField("max_items") and len(values) > rules.max_items:
        yield Violation(path, f"value must contain no more than {rules.max_items} item(s)", "repeated.max_items")
    for position, value in enumerate(values):
        if isinstance(value, str):
            yield from _string(value, rules.items.string, f"{path}[{position}]")


def _string(value: str, rules: Any, path: str) -> Iterator[Violation]:
    if rules.HasField("min_len") and len(value) < rules.min_len:
        yield Violation(path, f"value length must be at least {rules.min_len} characters", "string.min_len")
    if rules.HasField("max_len") and len(value) > rules.max_len:
        yield Violation(path, f"value length must be at most {rules.max_len} characters", "string.max_len")
    if rules.HasField("pattern") and not _pattern(rules.pattern).search(value):
        yield Violation(path, f"value does not match regex pattern `{rules.pattern}`", "string.pattern")
    if rules.HasField("prefix") and not value.startswith(rules.prefix):
        yield Violation(path, f"value does not have prefix `{rules.prefix}`", "string.prefix")


def _number(value: int, rules: Any, path: str) -> Iterator[Violation]:
    if rules.HasField("lt") and value >= rules.lt:
        yield Violation(path, f"value must be less than {rules.lt}", "uint32.lt")
    if rules.HasField("lte") and value > rules.lte:
        yield Violation(path, f"value must be less than or equal to {rules.lte}", "uint32.lte")


@cache
def _pattern(text: str) -> re.Pattern[str]:
    # RE2's $ is the end of the text; Python's would let a newline stand behind it.
    return re.compile(text.removesuffix("$") + r"\Z" if text.endswith("*$") else text)


_EXPRESSIONS: dict[str, Callable[[Any], bool]] = {
    "connector_or_connection_names_not_both": lambda value: (
        not (value.HasField("connector") and len(value.connection_names) > 0)
    ),
}
"""The expressions that occur, by id."""
