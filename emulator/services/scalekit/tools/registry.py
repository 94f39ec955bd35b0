"""Every tool there is: those of the shipped connectors, and those a program adds for any connector."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cached_property
from typing import Any

from ....kernel.world import World
from .definition import Tool, ToolRun
from .gmail import gmail_tools
from .inputs import inputs_of
from .youtube import youtube_tools

__all__ = ["Handler", "Toolbox"]

Handler = Callable[[ToolRun], Mapping[str, Any]]


class Toolbox:
    """The tools of a world. What a program adds is named in the world, so that a rollback takes it away again."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._handlers: dict[str, Handler] = {}

    def add(self, name: str, handler: Handler, *, provider: str, inputs: str = "", description: str = "") -> None:
        """Let ``handler`` run the tool ``name`` of ``provider``, in place of a shipped tool of that name.

        ``inputs`` are written as in ``inputs_of``; inputs that are not declared reach the handler too.
        Raises ``ValueError`` for malformed inputs.
        """
        inputs_of(inputs)
        with self._world.transaction():
            self._world.execute(
                "INSERT OR REPLACE INTO scalekit_tool VALUES (?, ?, ?, ?)",
                (name, provider.upper(), description or f"Tool {name}.", inputs),
            )
        self._handlers[name] = handler

    def remove(self, name: str) -> None:
        """Take an added tool away."""
        with self._world.transaction():
            self._world.execute("DELETE FROM scalekit_tool WHERE name = ?", (name,))

    def find(self, name: str) -> Tool | None:
        """The tool of that name."""
        return self._added().get(name) or self._shipped.get(name)

    def all(self) -> list[Tool]:
        """Every tool, the shipped ones first."""
        return list({**self._shipped, **self._added()}.values())

    def is_added(self, name: str) -> bool:
        """Whether a program added the tool."""
        return name in self._added()

    @cached_property
    def _shipped(self) -> Mapping[str, Tool]:
        return {tool.name: tool for tool in (*gmail_tools(), *youtube_tools())}

    def _added(self) -> dict[str, Tool]:
        return {
            row["name"]: Tool(
                *(row["name"], row["provider"], row["description"], inputs_of(row["inputs"])),
                run=self._handlers[row["name"]],
            )
            for row in self._world.all("SELECT * FROM scalekit_tool ORDER BY name")
            if row["name"] in self._handlers  # a world of another process names tools that nobody here runs
        }
