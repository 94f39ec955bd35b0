"""Options of the emulated platform itself, kept in the world so that a restore takes them along."""

from __future__ import annotations

from ...kernel.world import World

__all__ = ["API_URL", "Settings"]

API_URL = "https://api.apify.com"


class Settings:
    """Named values of the ``apify_setting`` table."""

    def __init__(self, world: World) -> None:
        self._world = world

    @property
    def rate_limits(self) -> bool:
        """Whether the API counts calls per second.

        Off at first: over loopback, or with time frozen, an honest client is faster than any over a network.
        """
        return bool(self._world.value("SELECT value = '1' FROM apify_setting WHERE key = 'rate_limits'"))

    @rate_limits.setter
    def rate_limits(self, on: bool) -> None:
        self._world.execute("INSERT OR REPLACE INTO apify_setting VALUES ('rate_limits', ?)", ("1" if on else "0",))
