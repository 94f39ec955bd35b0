"""Switches over the whole Google side of a world."""

from __future__ import annotations

from ...kernel.world import World

__all__ = ["Settings"]


class Settings:
    """The switches, kept in the world."""

    def __init__(self, world: World) -> None:
        self._world = world

    @property
    def error_descriptions(self) -> bool:
        """Whether OAuth errors carry ``error_description``: Google leaves it out at times."""
        kept = self._world.value("SELECT value FROM google_setting WHERE name = 'error_descriptions'")
        return bool(kept != "no")

    @error_descriptions.setter
    def error_descriptions(self, carried: bool) -> None:
        value = "yes" if carried else "no"
        with self._world.transaction():
            self._world.execute("INSERT OR REPLACE INTO google_setting VALUES ('error_descriptions', ?)", (value,))
