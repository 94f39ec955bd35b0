"""The live view: a run's own web server under its public name, while the run lasts.

``<containerId>.runs.apify.net`` is the name the platform gives; ``<actorId>--<runId>-<port>.runs.apify.net`` is one
that recipes build by hand. Both lead to the port the run's launcher named, and to no other.
"""

from __future__ import annotations

import re

from ...kernel.http import Call, Headers, Reply
from ...kernel.operations import Operation
from ...kernel.service import Exchange, Routed
from .platform import Platform
from .runs import Run

__all__ = ["LiveView"]

DOMAIN = ".runs.apify.net"
BY_HAND = re.compile(r"(?P<actor>[a-z0-9]{17})--(?P<run>[a-z0-9]{17})-(?P<port>\d+)")
VISIT = Operation("apify.liveView.visit", "GET", "/{+path}")


class LiveView:
    """The service behind every container's name."""

    name = "apify-live-view"
    hosts = (f"*{DOMAIN}",)
    prefix = "/apify-live-view"
    schema = ""
    operations = (VISIT,)

    def __init__(self, platform: Platform) -> None:
        self._platform = platform

    def unbound(self) -> tuple[str, ...]:
        """Nothing is left open."""
        return ()

    def route(self, call: Call) -> Routed | None:
        """Whatever is asked is asked of the Actor."""
        return Routed(VISIT, {}) if call.host.endswith(DOMAIN) else None

    def admit(self, exchange: Exchange) -> None:
        """Anybody may look."""
        self._platform.pass_time()

    def perform(self, exchange: Exchange) -> Reply:
        """Pass the request on; a door that cannot sends the client there itself."""
        run = self._run(exchange.call.host.removesuffix(DOMAIN))
        if run is None:
            return self.failure(404, "There is no such container.")
        port = self._platform.ports.get(run.id)
        if run.finished or port is None:
            return self.failure(502, "The run has finished, or its process serves nothing.")
        call = exchange.call
        query = f"?{call.query}" if call.query else ""
        place = f"http://127.0.0.1:{port}{call.path}{query}"
        return Reply(307, Headers([("Location", place)]), relay=port)

    def unrouted(self, call: Call) -> Reply:
        """Only loopback's prefix leads here."""
        return self.failure(404, "A live view is found under its own host name.")

    def failure(self, status: int, message: str = "") -> Reply:
        """What the proxy before the containers says, in our words: the vendor's are not established."""
        return Reply.text(f"{message or 'The container cannot be reached.'}\n", status)

    def _run(self, label: str) -> Run | None:
        world = self._platform.kernel.world
        row = world.one("SELECT id FROM apify_run WHERE container = ?", (label,))
        if row is None and (found := BY_HAND.fullmatch(label)):
            row = world.one(
                "SELECT id FROM apify_run WHERE lower(id) = ? AND lower(actor) = ?", (found["run"], found["actor"])
            )
            if row is not None and self._platform.ports.get(row["id"]) != int(found["port"]):
                return None
        return None if row is None else self._platform.runs.get(row["id"])
