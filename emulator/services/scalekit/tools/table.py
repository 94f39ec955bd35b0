"""Tables of tools as text files: ``name | VERB path | inputs | description``, one a line, ``#`` for remarks."""

from __future__ import annotations

from collections.abc import Mapping
from importlib.resources import files
from typing import Any

from .definition import Tool
from .inputs import inputs_of

__all__ = ["tools_of"]


def tools_of(provider: str, special: Mapping[str, Mapping[str, Any]]) -> tuple[Tool, ...]:
    """The tools in the table of a provider, their names led by its own; ``special`` adds fields by name."""
    tools = []
    table = files(__package__).joinpath(f"{provider.lower()}.txt").read_text(encoding="utf-8")
    for line in table.splitlines():
        if line.startswith("#"):
            continue
        name, request, inputs, description = (part.strip() for part in line.split("|"))
        verb, _, path = request.partition(" ")
        full = f"{provider.lower()}_{name}"
        tools.append(Tool(full, provider, description, inputs_of(inputs), verb, path, **special.get(full, {})))
    return tuple(tools)
