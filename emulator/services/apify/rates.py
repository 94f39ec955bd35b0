"""Rate limits: so many calls a second on one resource, 250,000 a minute for one user (vendor's documentation)."""

from __future__ import annotations

from ...kernel.clock import Clock
from ...kernel.service import Exchange
from ...kernel.world import World
from .errors import RateLimitExceeded
from .settings import Settings

__all__ = ["Rates", "limit_of"]

DEFAULT_LIMIT = 60
RECORD_LIMIT = 200
BULK_LIMIT = 400
_RECORDS = "apify.keyValueStores.records."
_BULK = (
    "apify.actors.runs.start",
    "apify.tasks.runs.start",
    "apify.runs.metamorph",
    "apify.datasets.items.push",
    "apify.requestQueues.requests.",
)


def limit_of(operation: str) -> int:
    """Calls a second an operation takes on one resource."""
    if operation.startswith(_BULK):
        return BULK_LIMIT
    return RECORD_LIMIT if operation.startswith(_RECORDS) else DEFAULT_LIMIT


class Rates:
    """Counts calls in seconds of virtual time, while the platform's rate limits are switched on."""

    def __init__(self, world: World, clock: Clock, settings: Settings) -> None:
        self._world = world
        self._clock = clock
        self._settings = settings

    def count(self, exchange: Exchange) -> None:
        """Count one call. Raises ``RateLimitExceeded`` past the limit of its resource."""
        if not self._settings.rate_limits:
            return
        limit = limit_of(exchange.operation.id)
        resource = " ".join([str(limit), exchange.entry.principal, *sorted(exchange.path_parameters.values())[:1]])
        second = self._clock.seconds()
        row = self._world.one("SELECT second, calls FROM apify_rate WHERE resource = ?", (resource,))
        calls = row["calls"] + 1 if row is not None and row["second"] == second else 1
        if calls > limit:
            raise RateLimitExceeded(limit)
        self._world.execute("INSERT OR REPLACE INTO apify_rate VALUES (?, ?, ?)", (resource, second, calls))
