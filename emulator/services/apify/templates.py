"""Payload and header templates of webhooks: JSON with ``{{variables}}`` in it, as the vendor documents them."""

from __future__ import annotations

import json
import re
from typing import Any

__all__ = ["DEFAULT_PAYLOAD", "filled"]

_VARIABLE = re.compile(r"\{\{\s*([\w.]+)\s*\}\}")
_TOKEN = re.compile(r'"(?:[^"\\]|\\.)*"|\{\{\s*(?P<name>[\w.]+)\s*\}\}', re.DOTALL)
"""A whole JSON string, or a variable outside of one."""
DEFAULT_PAYLOAD = """{
    "userId": {{userId}},
    "createdAt": {{createdAt}},
    "eventType": {{eventType}},
    "eventData": {{eventData}},
    "resource": {{resource}}
}"""


def filled(template: str, variables: dict[str, Any], *, strings: bool) -> str:
    """``{{path.to.value}}`` outside of strings becomes JSON; inside of strings it stays unless ``strings``."""

    def replaced(token: re.Match[str]) -> str:
        if token["name"]:
            return json.dumps(_value(variables, token["name"]), ensure_ascii=False)
        return _VARIABLE.sub(lambda found: _within(_value(variables, found[1])), token[0]) if strings else token[0]

    return _TOKEN.sub(replaced, template)


def _within(value: Any) -> str:
    """A value as part of a JSON string."""
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    return json.dumps(text, ensure_ascii=False)[1:-1]


def _value(variables: dict[str, Any], path: str) -> Any:
    value: Any = variables
    for step in path.split("."):
        value = value.get(step) if isinstance(value, dict) else None
    return value
