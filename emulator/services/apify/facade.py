"""Apify as a test, a seed or a launcher holds it: ``emulator.apify``."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

from ...kernel.http import Call, Reply
from ...kernel.live import UnknownName
from ...kernel.service import Kernel
from ...kernel.world import World
from .actors import Actor, ActorSpec
from .handlers import Handler, Surroundings, function_handler, process_handler
from .platform import Platform
from .runs import Run as Stored
from .runs import RunInput, RunOptions
from .runview import Run
from .seed import ApifySeed
from .storages import Kind
from .storageviews import Dataset, KeyValueStore, RequestQueue
from .users import Caller, User

__all__ = ["Apify", "Receiver"]

DEFAULT_USER = "developer"
DEFAULT_ACTOR = "my-actor"


class Receiver:
    """A URL outside the emulator that webhooks reach: what came, and what it answers (200 with no body)."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.calls: list[Call] = []
        self.reply = Reply(200)

    @property
    def payloads(self) -> list[Any]:
        """The bodies that came, parsed."""
        return [call.json() for call in self.calls]

    def answer(self, call: Call) -> Reply:
        """Take a call in."""
        self.calls.append(call)
        return self.reply


class Apify:
    """Users, Actors, runs and storages of a world.

    ``deliver`` takes webhook calls out of the platform: to the other services, and, where a ``receiver`` waits for
    the address, to it. ``surroundings`` tells what a process has to know to reach this emulator.
    """

    def __init__(self, kernel: Kernel, deliver: Callable[[Call], Reply], surroundings: Surroundings) -> None:
        self.platform = Platform(kernel)
        self._deliver = deliver
        self._surroundings = surroundings
        self._receivers: dict[str, Receiver] = {}
        self.platform.deliver = self._dispatch

    # -- users and Actors --------------------------------------------------------------------------------------

    def add_user(self, username: str, **details: Any) -> User:
        """A new account (``token``, ``email``, ``plan``, ``paying``, ``memory_limit``, ...: see ``Users.add``)."""
        with self._world.transaction():
            return self.platform.users.add(username, **details)

    def user(self, username: str = "") -> User:
        """The account of that name; without one the first, made as "developer" in a world without any.

        Raises ``UnknownName``.
        """
        if username:
            found = self.platform.users.named(username)
            if found is None:
                known = [row[0] for row in self._world.all("SELECT username FROM apify_user ORDER BY username")]
                raise UnknownName("Apify user", username, known)
            return found
        return self.platform.users.first() or self.add_user(DEFAULT_USER)

    def set_usage(self, username: str, *, used_usd: float, limit_usd: float | None = None) -> None:
        """What an account has spent this month, and its cap."""
        user = self.user(username)
        limit = user.usage_limit_usd if limit_usd is None else limit_usd
        with self._world.transaction():
            self._world.execute(
                "UPDATE apify_user SET usage_usd = ?, usage_limit_usd = ? WHERE id = ?", (used_usd, limit, user.id)
            )

    def actor(self, name: str, stands_for: Handler | str | Path | None = None, **spec: Any) -> Actor:
        """The Actor ``owner/name``, made (with its owner) where it is missing; ``spec`` as in ``ActorSpec``.

        ``stands_for`` is what happens when somebody starts it: a function of the ``Run`` (what it returns, if
        anything, becomes ``OUTPUT``; what it raises fails the run) or the folder of an Actor, which is run as a
        process of its own.
        """
        owner_name, _, actor_name = name.rpartition("/")
        with self._world.transaction():
            owner = self._owner(owner_name)
            row = self._world.one("SELECT id FROM apify_actor WHERE owner = ? AND name = ?", (owner.id, actor_name))
            if row is None:
                actor = self.platform.actors.add(owner.id, actor_name, ActorSpec(**spec))
            else:
                actor = self.platform.actors.get(row["id"])
                actor = self.platform.actors.change(actor, **spec) if spec else actor
            if stands_for is not None:
                handler = self._handler(stands_for)
                full_name = self.platform.actors.full_name(actor)
                self.platform.jobs.register(full_name, lambda run_id: handler(self.run(run_id)))
        return actor

    # -- runs --------------------------------------------------------------------------------------------------

    def create_run(
        self,
        actor: str = DEFAULT_ACTOR,
        input: Any = None,  # noqa: A002 - the vendor's word
        *,
        user: str = "",
        content_type: str = "application/json; charset=utf-8",
        **options: Any,
    ) -> Run:
        """A run that is going, of the Actor ``actor`` (made where missing), for a launcher or a test to act in.

        ``input`` is bytes as they are, anything else as JSON, ``None`` for no input record. ``options`` as in
        ``RunOptions``. Nothing registered for the Actor is started.
        """
        body = b"" if input is None else input if isinstance(input, bytes) else json.dumps(input).encode()
        with self._world.transaction():
            starter = self.user(user)
            found = self.actor(actor if "/" in actor else f"{starter.username}/{actor}")
            chosen = RunOptions(**options)
            stored = self.platform.life.start(starter, found, chosen, RunInput(body, content_type))
            self.platform.life.begin(stored)
            self.pass_time()
        return self.run(stored.id)

    def run(self, run_id: str) -> Run:
        """The run of that id. Raises ``NotFound``."""
        self.platform.runs.get(run_id)
        return Run(self.platform, run_id, self.pass_time)

    @property
    def runs(self) -> list[Run]:
        """Every run, oldest first."""
        rows = self._world.all("SELECT id FROM apify_run ORDER BY rowid")
        return [Run(self.platform, row["id"], self.pass_time) for row in rows]

    def finish(self, run: Run | Stored | str, exit_code: int = 0) -> Run:
        """End a run as its process would, leaving with ``exit_code``."""
        found = self.run(run if isinstance(run, str) else run.id)
        found.finish(exit_code)
        return found

    def wait(self, seconds: float = 30.0) -> bool:
        """Wait until everything registered for started Actors has returned; answers whether it has."""
        return self.platform.jobs.wait(seconds)

    def quiet(self) -> bool:
        """Forget the receivers and end what works beside the calls, runs of Actors too; answers whether all ended."""
        self._receivers.clear()
        return self.platform.quiet()

    def pass_time(self) -> None:
        """Let happen what the virtual clock has made due: timeouts, kills, webhook calls."""
        with self._world.transaction():
            self.platform.pass_time()

    # -- storages ----------------------------------------------------------------------------------------------

    def dataset(self, reference: str) -> Dataset:
        """The dataset of that id, or name of the first user's (``owner~name`` for another's)."""
        return Dataset(self.platform, self._storage("dataset", reference))

    def store(self, reference: str) -> KeyValueStore:
        """The key-value store of that id or name."""
        return KeyValueStore(self.platform, self._storage("key-value-store", reference))

    def queue(self, reference: str) -> RequestQueue:
        """The request queue of that id or name."""
        return RequestQueue(self.platform, self._storage("request-queue", reference))

    # -- the platform itself -----------------------------------------------------------------------------------

    @property
    def rate_limits(self) -> bool:
        """Whether the API counts calls per second of virtual time; off at first."""
        return self.platform.settings.rate_limits

    @rate_limits.setter
    def rate_limits(self, on: bool) -> None:
        with self._world.transaction():
            self.platform.settings.rate_limits = on

    def receiver(self, url: str) -> Receiver:
        """Something that listens at ``url`` (without query) for webhooks."""
        return self._receivers.setdefault(url, Receiver(url))

    def plant(self, section: ApifySeed) -> None:
        """Put a seed's section into the world. Raises ``SeedError`` for an account that is there already."""
        with self._world.transaction():
            for user in section.users:
                try:
                    self.platform.users.add(user.username, **user.details())
                except ValueError as error:
                    raise user.node.error(str(error)) from None
            for actor in section.actors:
                self.actor(actor.name, **actor.spec())
            for store in section.stores:
                view = KeyValueStore(self.platform, self._planted("key-value-store", store.owner, store.name))
                for key, value in store.records.items():
                    view.put(key, value)
            for dataset in section.datasets:
                made = Dataset(self.platform, self._planted("dataset", dataset.owner, dataset.name))
                made.push([dict(item) for item in dataset.items])

    # -- within ------------------------------------------------------------------------------------------------

    @property
    def _world(self) -> World:
        return self.platform.kernel.world

    def _handler(self, stands_for: Handler | str | Path) -> Callable[[Run], None]:
        if isinstance(stands_for, (str, Path)):
            return process_handler(Path(stands_for), self._surroundings)
        return function_handler(stands_for)

    def _owner(self, username: str) -> User:
        if not username:
            return self.user()
        return self.platform.users.named(username) or self.platform.users.add(username)

    def _storage(self, kind: Kind, reference: str) -> str:
        if "~" in reference or "/" in reference:
            return self.platform.storages.lookup(kind, reference, None).id
        if self._world.one("SELECT 1 FROM apify_storage WHERE id = ? AND kind = ?", (reference, kind)):
            return reference
        return self.platform.storages.lookup(kind, f"~{reference}", Caller(self.user())).id

    def _planted(self, kind: Kind, owner: str, name: str) -> str:
        return self.platform.storages.open_or_create(kind, Caller(self._owner(owner)), name)[0].id

    def _dispatch(self, call: Call) -> Reply:
        receiver = self._receivers.get(f"{call.scheme}://{call.headers.get('host')}{call.path}")
        return receiver.answer(call) if receiver is not None else self._deliver(call)
