"""The composed emulator without doors: kernel, services, and the verbs over all of them at once.

This is the only list of services.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from .config import Config, Consent
from .consent import ConsentDesk
from .kernel.clock import Clock, ClockSetting, http_date
from .kernel.deferred import Deferred
from .kernel.faults import Armed, Faults
from .kernel.http import Call, Reply
from .kernel.ids import Ids
from .kernel.journal import Journal, Stray, strays
from .kernel.pipeline import Directory, Pipeline, is_loopback
from .kernel.service import Kernel, Service
from .kernel.websocket import WebSocketHandler
from .kernel.world import World
from .seeds import Seeds
from .services.google.cloud import Google
from .services.google.gmail import GmailService
from .services.google.gmail.facade import Gmail
from .services.google.oauth import GoogleOAuth
from .services.google.pubsub import PubSubService
from .services.google.youtube import YouTubeService

if TYPE_CHECKING:
    from .services.apify.facade import Apify
    from .services.google.youtube.facade import YouTube
    from .services.provider import GenericProvider
    from .services.scalekit.facade import Scalekit
    from .services.scalekit.platform import Platform as ScalekitPlatform

__all__ = ["App", "Coverage", "Mark"]


@dataclass(frozen=True, slots=True)
class Mark:
    """A point to return to: a savepoint of the world and what hangs beside it."""

    world: int
    faults: dict[int, Armed]
    consent: Consent


@dataclass(frozen=True, slots=True)
class Coverage:
    """How much of one service's surface has behaviour; ``unbound`` lists the operations that answer 501."""

    service: str
    operations: tuple[str, ...]
    unbound: tuple[str, ...]

    @property
    def bound(self) -> int:
        """How many operations have behaviour."""
        return len(self.operations) - len(self.unbound)


class App:
    """Everything that answers, over one world. Doors bring calls in; ``respond`` answers them."""

    def __init__(self, config: Config | None = None) -> None:
        self.config = config or Config()
        self.world = World(self.config.world)
        self.clock = Clock()
        self.ids = Ids(self.config.entropy)
        self.faults = Faults(lambda: self.directory.services)
        self.journal = Journal(self.clock.now)
        self.kernel = Kernel(self.world, self.clock, self.ids, self.faults, self.journal)
        self.google = Google(self.kernel, self.respond, self.knows)
        self.gmail = Gmail(self.kernel)
        self.consent = ConsentDesk(self.google, self.config.consent)
        self.directory = Directory()
        rooms: tuple[Service, ...] = (
            GoogleOAuth(self.kernel),
            GmailService(self.kernel, self.google.topics),
            PubSubService(self.kernel, self.google.topics),
            YouTubeService(self.kernel),
            *self._deferred_rooms(),
        )
        for service in rooms:
            self.mount(service)
        self.pipeline = Pipeline(self.kernel, self.directory)
        self._remember_kernel_state()
        try:
            if self._is_new():
                self._begin()
        except BaseException:
            self.world.close()
            raise

    # -- rooms that are loaded when they are met ---------------------------------------------------------------

    def _deferred_rooms(self) -> Iterator[Service]:
        yield Deferred("apify", "apify", ("api.apify.com",), self._apify_room, prefix="/v2", schema=_tables("apify"))
        yield Deferred(
            "apify", "apify-live-view", ("*.runs.apify.net",), self._live_view_room, prefix="/apify-live-view"
        )
        yield Deferred("scalekit", "scalekit.web", SCALEKIT_HOSTS, self._scalekit_web_room)
        yield Deferred("scalekit", "scalekit", SCALEKIT_HOSTS, self._scalekit_rpc_room, schema=_tables("scalekit"))
        yield Deferred(
            "provider",
            "provider",
            ("*.providers.test",),
            lambda: self._provider,
            prefix="/providers",
            schema=_tables("provider"),
        )

    def _apify_room(self) -> Service:
        from .services.apify import ApifyService  # noqa: PLC0415 - see Deferred

        return ApifyService(self.apify.platform)

    def _live_view_room(self) -> Service:
        from .services.apify.liveview import LiveView  # noqa: PLC0415 - see Deferred

        return LiveView(self.apify.platform)

    def _scalekit_web_room(self) -> Service:
        from .services.scalekit.web import ScalekitWeb  # noqa: PLC0415 - see Deferred

        return ScalekitWeb(self._connecting)

    def _scalekit_rpc_room(self) -> Service:
        from .services.scalekit.rpc import ScalekitRpc  # noqa: PLC0415 - see Deferred

        return ScalekitRpc(self._connecting)

    @cached_property
    def _provider(self) -> GenericProvider:
        from .services.provider import GenericProvider  # noqa: PLC0415 - see Deferred

        return GenericProvider(self.kernel)

    @cached_property
    def _connecting(self) -> ScalekitPlatform:
        from .connecting import LinkOpener, ProviderConsoles  # noqa: PLC0415 - see Deferred
        from .services.scalekit.platform import Platform  # noqa: PLC0415

        opener = LinkOpener(self.respond, self.knows, self.consent)
        return Platform(self.kernel, opener, ProviderConsoles(self.google, self._provider.state))

    @cached_property
    def apify(self) -> Apify:
        """The Apify platform: users, storages, runs."""
        from .services.apify.facade import Apify  # noqa: PLC0415 - see Deferred

        return Apify(self.kernel, self.carry, self.surroundings)

    @cached_property
    def scalekit(self) -> Scalekit:
        """Scalekit's environments, connections and connected accounts."""
        from .services.scalekit.facade import Scalekit  # noqa: PLC0415 - see Deferred

        return Scalekit(self._connecting, self.respond)

    @cached_property
    def youtube(self) -> YouTube:
        """Everything on YouTube."""
        from .services.google.youtube.facade import YouTube  # noqa: PLC0415 - only worlds with videos pay for it

        return YouTube(self.kernel)

    # -- what a door needs -------------------------------------------------------------------------------------

    def respond(self, call: Call) -> Reply:
        """Answer one call. Never raises on account of the call."""
        return self.pipeline.respond(call)

    def carry(self, call: Call) -> Reply:
        """Answer a call a service makes of its own accord (a webhook): only other emulated services are there."""
        if not is_loopback(call.host) and self.knows(call.host):
            return self.respond(call)
        self.refuse(call.host, 443 if call.scheme == "https" else 80, call.peer, "not emulated, and nothing receives")
        return Reply.text(f"nothing answers at {call.url}", 502)

    def surroundings(self) -> tuple[str, Mapping[str, str]]:
        """The base URL and the variables for a process of an Actor. Raises ``RuntimeError`` without an open door."""
        raise RuntimeError("only a running emulator (Emulator.start) can run the folder of an Actor")

    def websocket(self, call: Call) -> WebSocketHandler | None:
        """The handler of the conversation ``call`` asks for, where a service offers one."""
        return self.pipeline.converse(call)

    def knows(self, host: str) -> bool:
        """Whether ``host`` is emulated (loopback names count)."""
        return self.directory.knows(host)

    def refuse(self, host: str, port: int, peer: str, reason: str) -> None:
        """Note a connection that was turned away."""
        self.journal.refuse(host, port, peer, reason)

    def break_off(self, peer: str, reason: str) -> None:
        """Note a connection that had to be ended for what its client sent."""
        self.journal.break_off(peer, reason)

    def date(self) -> str:
        """The ``Date`` header of a reply leaving now, on the virtual clock."""
        return http_date(self.clock.time())

    @cached_property
    def domains(self) -> tuple[str, ...]:
        """DNS names the emulator may hold certificates for."""
        return tuple(dict.fromkeys(host.removeprefix("*.") for host in self.directory.hosts))

    # -- the whole world ---------------------------------------------------------------------------------------

    def mount(self, service: Service) -> None:
        """Add a service: create its tables and enter it in the directory."""
        if service.schema:
            self.world.define(service.schema)
        self.directory.add(service)

    def checkpoint(self) -> Mark:
        """A point to return to with ``rollback``; costs microseconds whatever the size of the world."""
        return Mark(self.world.checkpoint(), self.faults.snapshot(), self.consent.mode)

    def rollback(self, mark: Mark) -> None:
        """Undo everything since ``mark``: world, clock, ids, faults, consent mode. The journal is cleared."""
        self._quiet()
        self.world.rollback(mark.world)
        self.faults.restore(mark.faults)
        self.consent.reset(mark.consent)
        self.journal.clear()

    def _quiet(self) -> None:
        """End what still runs on the platform; nothing does before anybody met it."""
        if "apify" in vars(self):
            self.apify.quiet()

    @contextmanager
    def isolated(self) -> Iterator[None]:
        """A block whose changes to the world are undone at its end."""
        mark = self.checkpoint()
        try:
            yield
        finally:
            self.rollback(mark)

    def reset(self) -> None:
        """The world as it began: empty, then the configured seeds. Clock, ids, faults and journal begin anew."""
        self._quiet()
        self.world.clear()
        self.faults.clear()
        self.journal.clear()
        self.consent.reset(self.config.consent)
        self._begin()

    def seed(self, *sources: str | Path, text: str = "") -> None:
        """Apply seeds (names or paths, or one as text) to the world as it is: all or, with a ``SeedError``, nothing."""
        with self.world.transaction():
            Seeds(self).apply(sources, text)

    def strays(self) -> list[Stray]:
        """Secrets that a call carried to another vendor than theirs."""
        vendors = {room.name: _vendor(room) for room in self.directory.services}
        return strays(self.journal, lambda service: vendors.get(service, service))

    def coverage(self) -> Iterable[Coverage]:
        """Implemented and missing operations of each service."""
        for service in self.directory.services:
            yield Coverage(service.name, tuple(each.id for each in service.operations), service.unbound())

    def close(self) -> None:
        """Close the world; a world file keeps every answered call."""
        self.world.close()

    # -- beginnings --------------------------------------------------------------------------------------------

    def _is_new(self) -> bool:
        return self.world.setting("ids") is None

    def _begin(self) -> None:
        # One transaction: a world whose seeds were refused has not begun, and is seeded when it is opened again.
        with self.world.transaction():
            self.ids.position = 0
            self._keep_clock(Clock().setting)
            if self.config.frozen:  # before the beginning is placed, or it would lie some microseconds late
                self.clock.freeze()
            if self.config.start is not None:
                self.clock.start_at(self.config.start)
            Seeds(self).apply(self.config.seeds)

    def _remember_kernel_state(self) -> None:
        """Tie clock and ids to the world, so that a rollback or a restored file takes them along."""
        self.world.before_commit.append(self._keep_ids)
        self.world.after_restore.append(self._recall)
        self.clock.keep = self._keep_clock
        self._kept_position = -1
        self._recall()

    def _keep_ids(self) -> None:
        if self.ids.position != self._kept_position:
            self.world.keep_setting("ids", str(self.ids.position))
            self._kept_position = self.ids.position

    def _keep_clock(self, setting: ClockSetting) -> None:
        # Waits for a call that is under way: were it rolled back, it would take the new time with it.
        with self.world.transaction():
            self.world.keep_setting("clock", json.dumps([setting.real, setting.virtual, setting.rate]))
            self.clock.restore(setting)

    def _recall(self) -> None:
        position = self.world.setting("ids")
        self._kept_position = -1 if position is None else int(position)
        if position is not None:
            self.ids.position = self._kept_position
        if (kept := self.world.setting("clock")) is not None:
            self.clock.restore(ClockSetting(*json.loads(kept)))


SCALEKIT_HOSTS = ("*.scalekit.dev", "*.scalekit.com", "*.scalekit.cloud")


def _tables(vendor: str) -> str:
    """A room's tables, read beside its code instead of through it."""
    return (Path(__file__).parent / "services" / vendor / "schema.sql").read_text(encoding="utf-8")


def _vendor(room: Service) -> str:
    """Whose room it is: rooms of one vendor share a package."""
    if isinstance(room, Deferred):
        return room.vendor
    return type(room).__module__.partition(".services.")[2].partition(".")[0] or room.name
