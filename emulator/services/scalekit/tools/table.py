"""Tables of tools as text: ``name | VERB path | inputs | description``, one a line."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from .definition import Tool
from .inputs import inputs_of

__all__ = ["tools_of"]


def tools_of(provider: str, table: str, special: Mapping[str, Mapping[str, Any]]) -> tuple[Tool, ...]:
    """The tools of a table, their names led by the provider's; ``special`` adds fields by name."""
    tools = []
    for line in table.strip().splitlines():
        name, request, inputs, description = (part.strip() for part in line.split("|"))
        verb, _, path = request.partition(" ")
        full = f"{provider.lower()}_{name}"
        tools.append(Tool(full, provider, description, inputs_of(inputs), verb, path, **special.get(full, {})))
    return tuple(tools)
