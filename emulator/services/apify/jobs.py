"""What stands for Actors: registered handlers that are run when somebody starts the Actor.

A handler runs on a thread of its own, because it may call the emulator like any Actor and the call that started it
has to be answered first. The thread waits for the world, so it begins after the starting call is committed.

Which handler stands for which Actor is noted in the world, so that a rollback undoes a registration too.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable

from ...kernel.world import World
from .errors import NotFound

__all__ = ["Jobs"]

log = logging.getLogger("emulator")

STOP_SECONDS = 5.0


class Jobs:
    """Handlers of Actors, and the threads the platform works on beside the calls."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._handlers: dict[str, Callable[[str], None]] = {}
        self._threads: set[threading.Thread] = set()

    def register(self, name: str, handler: Callable[[str], None]) -> None:
        """``handler`` stands for the Actor ``owner/name`` from now on; it is given run ids."""
        ticket = f"{name.lower()}#{id(handler)}"
        self._handlers[ticket] = handler
        self._world.execute("INSERT OR REPLACE INTO apify_setting VALUES (?, ?)", (_key(name), ticket))

    def handler(self, name: str) -> Callable[[str], None] | None:
        """What stands for ``owner/name``."""
        ticket = self._world.value("SELECT value FROM apify_setting WHERE key = ?", (_key(name),))
        return self._handlers.get(ticket) if ticket else None

    def launch(self, name: str, run_id: str) -> bool:
        """Run the handler of ``owner/name`` for a run, soon; answers whether there is one."""
        handler = self.handler(name)
        if handler is None:
            return False
        self.spawn(lambda: handler(run_id), f"run {run_id}")
        return True

    def spawn(self, work: Callable[[], None], name: str) -> None:
        """Do ``work`` on a thread of its own, once the present call is over."""
        thread = threading.Thread(target=self._work, args=(work,), name=name, daemon=True)
        self._threads.add(thread)
        thread.start()

    def wait(self, seconds: float = STOP_SECONDS) -> bool:
        """Wait until everything spawned has returned; answers whether all has, each within ``seconds``."""
        for thread in tuple(self._threads - {threading.current_thread()}):
            thread.join(seconds)
        return not any(thread.is_alive() for thread in tuple(self._threads))

    def _work(self, work: Callable[[], None]) -> None:
        try:
            with self._world.lock:  # held by the call that spawned us, until it is committed or undone
                pass
            work()
        except NotFound:
            log.debug("what a job worked on has gone with its world", exc_info=True)
        finally:
            self._threads.discard(threading.current_thread())


def _key(name: str) -> str:
    return f"handler {name.lower()}"
