"""A run as a test holds it: its state read live, and the levers of the platform."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from . import wire
from .environment import ActorEnvironment
from .platform import Platform
from .runs import Run as Stored
from .runs import StatusMessage
from .secrets import InputKey, has_secrets
from .signals import Signal
from .storageviews import Dataset, KeyValueStore, RequestQueue
from .users import User

__all__ = ["Run"]


class Run:
    """One run. Every attribute is read from the world, settled to the present virtual time."""

    def __init__(self, platform: Platform, run_id: str, changed: Callable[[], None]) -> None:
        self._platform = platform
        self._changed = changed
        self.id = run_id

    # -- what it is --------------------------------------------------------------------------------------------

    @property
    def stored(self) -> Stored:
        """The row of the run: every column under its own name (``memory``, ``timeout``, ``container``, ...)."""
        with self._platform.kernel.world.transaction():
            return self._platform.life.settle(self._platform.runs.get(self.id))

    @property
    def user(self) -> User:
        """Who started it."""
        return self._platform.users.get(self._platform.runs.get(self.id).owner)

    @property
    def actor_id(self) -> str:
        """The Actor now in the container."""
        return self.stored.current_actor

    @property
    def actor_full_name(self) -> str:
        """``owner/name`` of that Actor."""
        return self._platform.actors.full_name(self._platform.actors.get(self.actor_id))

    @property
    def environment(self) -> ActorEnvironment:
        """The variables the platform sets for its process, with the key to its secret input where it has one."""
        run = self.stored
        found = ActorEnvironment.of_run(run, self.user, self.actor_full_name)
        if not has_secrets(self._platform.actors.get(run.current_actor).input_schema):
            return found
        key = InputKey(run.owner, run.current_actor)
        return found.changed(input_secrets_private_key=key.private_key_file, input_secrets_passphrase=key.passphrase)

    @property
    def token(self) -> str:
        """What ``APIFY_TOKEN`` holds: the user's token, or one of limited permissions."""
        return self.stored.token

    @property
    def status(self) -> str:
        """``READY``, ``RUNNING``, ``TIMING-OUT``, ``ABORTING``, or one of ``runs.TERMINAL``."""
        return self.stored.status

    @property
    def finished(self) -> bool:
        """Whether the status is final."""
        return self.stored.finished

    @property
    def exit_code(self) -> int | None:
        """The exit code of its process, ``None`` while there is none."""
        return self.stored.exit_code

    @property
    def status_message(self) -> str | None:
        """The latest status message."""
        return self.stored.message

    @property
    def status_messages(self) -> list[StatusMessage]:
        """Every status message, oldest first."""
        return self._platform.runs.messages(self.id)

    @property
    def log(self) -> str:
        """The log, every line after its virtual time."""
        return self._platform.runs.log_text(self.id)

    @property
    def started_at(self) -> datetime:
        """When it was started, in virtual time."""
        return datetime.fromtimestamp(self.stored.started_at, UTC)

    @property
    def timeout_at(self) -> datetime | None:
        """When its timeout strikes, ``None`` without one."""
        moment = self.stored.timeout_at
        return None if moment is None else datetime.fromtimestamp(moment, UTC)

    @property
    def charged(self) -> dict[str, int]:
        """Charged events and how often."""
        return dict(self.stored.charges)

    @property
    def charged_usd(self) -> float:
        """What these events cost together."""
        return float(self._platform.life.charged_usd(self.stored))

    def to_json(self) -> dict[str, Any]:
        """The run as ``GET /v2/actor-runs/{id}`` shows it."""
        return wire.run(self._platform, self.stored)

    # -- what it holds -----------------------------------------------------------------------------------------

    @property
    def dataset(self) -> Dataset:
        """Its default dataset."""
        return Dataset(self._platform, self.stored.dataset)

    @property
    def store(self) -> KeyValueStore:
        """Its default key-value store."""
        return KeyValueStore(self._platform, self.stored.store)

    @property
    def queue(self) -> RequestQueue:
        """Its default request queue."""
        return RequestQueue(self._platform, self.stored.queue)

    @property
    def input(self) -> Any:
        """The input record of the Actor now in the container, as stored: secret fields stay encrypted."""
        return self.store.get(self.stored.input_key)

    @property
    def output(self) -> Any:
        """The ``OUTPUT`` record, ``None`` without one."""
        return self.store.get("OUTPUT")

    # -- what happens to it ------------------------------------------------------------------------------------

    def serve_on(self, port: int) -> None:
        """Its process may listen on this loopback port: the live view leads there."""
        self._platform.ports[self.id] = port

    @property
    def live_port(self) -> int | None:
        """The port its process was given, ``None`` for none."""
        return self._platform.ports.get(self.id)

    def begin(self) -> None:
        """Its container is up."""
        self._act(self._platform.life.begin)

    def finish(self, exit_code: int = 0) -> None:
        """Its process left; the status follows. Raises ``JobFinished`` where it had left before."""
        self._act(lambda run: self._platform.life.finish(run, exit_code))

    def abort(self, *, gracefully: bool = False) -> None:
        """Stop it, as a person does in the console."""
        self._act(lambda run: self._platform.life.abort(run, gracefully=gracefully))

    def migrate(self, remaining_seconds: float | None = None) -> None:
        """Announce a migration to another server."""
        self._act(lambda run: self._platform.life.migrate(run, remaining_seconds=remaining_seconds))

    def moved(self) -> None:
        """Complete a migration: the container restarts elsewhere."""
        self._act(self._platform.life.moved)

    def resurrect(self, *, memory: int | None = None, timeout: int | None = None, build: str = "") -> None:
        """Bring it back after its end."""
        self._act(lambda run: self._platform.life.resurrect(run, memory=memory, timeout=timeout, build=build))

    def say(self, message: str, *, terminal: bool = False) -> None:
        """Set its status message."""
        self._act(lambda run: self._platform.runs.say(run, message, terminal=terminal))

    def write_log(self, text: str) -> None:
        """Append what its process printed."""
        self._act(lambda run: self._platform.runs.log(run.id, text))

    def send_event(self, name: str, data: dict[str, Any] | None = None, *, after: float = 0.0) -> None:
        """Let its process hear a platform event: now, or once ``after`` virtual seconds have passed."""
        if after:
            self._act(lambda run: self._platform.events.schedule(run.id, name, data, after))
        else:
            self._act(lambda run: self._platform.events.send(run.id, name, data))

    def send_system_info(self, **load: Any) -> None:
        """Let its process hear how loaded it is (``cpu_current=95.0, overloaded=True``: see ``SystemInfo``)."""
        self._act(lambda run: self._platform.events.send_system_info(run.id, **load))

    def subscribe(self, listener: Callable[[Signal], None]) -> Callable[[], None]:
        """Hear what the platform tells its container; the answer ends that."""
        return self._platform.signals.subscribe(self.id, listener)

    def _act(self, verb: Callable[[Stored], object]) -> None:
        with self._platform.kernel.world.transaction():
            verb(self._platform.runs.get(self.id))
            self._changed()

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Run) and other.id == self.id

    def __hash__(self) -> int:
        return hash(self.id)

    def __repr__(self) -> str:
        return f"Run({self.id!r}, {self.status})"
