"""The platform as a whole: its parts, put together once and shared by the API and by ``emulator.apify``."""

from __future__ import annotations

import logging
from collections.abc import Callable
from functools import partial

from ...kernel.callback import CallbackError, post
from ...kernel.http import Call, Reply
from ...kernel.pipeline import is_loopback
from ...kernel.service import Kernel
from . import wire
from .actors import Actor, Actors
from .events import Events
from .items import Items
from .jobs import Jobs
from .life import Life
from .queues import Queues
from .records import Records
from .runs import Run, RunInput, RunOptions, Runs
from .settings import Settings
from .signals import Signals
from .storages import Storages
from .users import User, Users
from .webhooks import Dispatch, Webhooks, webhook_call

__all__ = ["Platform", "unreachable"]

log = logging.getLogger("emulator")


class Platform:
    """Everything Apify keeps and does, over one kernel."""

    def __init__(self, kernel: Kernel) -> None:
        world, clock, ids = kernel.world, kernel.clock, kernel.ids
        self.kernel = kernel
        self.settings = Settings(world)
        self.users = Users(world, clock, ids)
        self.storages = Storages(world, clock, ids, self.users)
        self.records = Records(world, self.storages)
        self.items = Items(world, self.storages)
        self.queues = Queues(world, clock, self.storages)
        self.actors = Actors(world, clock, ids, self.users)
        self.runs = Runs(world, clock, ids, self.users, self.actors, self.storages, self.records)
        self.signals = Signals()
        self.events = Events(world, clock, self.runs, self.signals)
        self.webhooks = Webhooks(world, clock, ids)
        self.life = Life(world, clock, self.users, self.actors, self.runs, self.signals, self._happened)
        self.jobs = Jobs(world)
        self.ports: dict[
            str, int
        ] = {}  # loopback ports of the processes of runs: of this process, as the processes are
        self.deliver: Callable[[Call], Reply] = unreachable
        world.before_close.append(self._close)

    def start(self, user: User, actor: Actor, options: RunOptions, given: RunInput) -> Run:
        """Start a run; what stands for the Actor takes it up once the present call is over."""
        run = self.life.start(user, actor, options, given)
        name = self.actors.full_name(actor)
        if not self.jobs.launch(name, run.id):
            self.runs.log(
                run.id,
                f"EMULATOR: nothing stands for {name}; register it with emulator.apify.actor({name!r}, ...) or end "
                "this run with emulator.apify.finish(...).",
            )
        return run

    def pass_time(self) -> None:
        """Let happen what the virtual clock has made due: timeouts, kills, events, webhook calls."""
        self.life.settle_all()
        self.events.pass_time()
        self.call_webhooks()

    def call_webhooks(self) -> None:
        """Make the webhook calls that are due. An app on this machine is called beside the present call."""
        while (dispatch := self.webhooks.take_due()) is not None:
            call = webhook_call(dispatch)
            if is_loopback(call.host):
                self.jobs.spawn(partial(self._post, dispatch, call), f"webhook {dispatch.id}")
            else:
                self.webhooks.record(dispatch, self.deliver(call))

    def quiet(self) -> bool:
        """End everything that works beside the calls, runs of Actors too; answers whether all of it has ended."""
        self.signals.emit_all("kill")
        return self.jobs.wait()

    def _close(self) -> None:
        if not self.quiet():
            log.warning("a handler that stands for an Actor is still at work while the world is closed")

    def _post(self, dispatch: Dispatch, call: Call) -> None:
        try:
            reply, problem = post(dispatch.url, call.body, call.content_type, call.headers.without("host")), ""
        except CallbackError as error:
            reply, problem = None, str(error)
        with self.kernel.world.transaction():
            self.webhooks.record(dispatch, reply, problem)

    def _happened(self, run: Run, event: str) -> None:
        data = {"actorId": run.actor, "actorRunId": run.id}
        if run.task is not None:
            data["actorTaskId"] = run.task
        self.webhooks.happened(event, data, wire.run(self, run), run.owner)


def unreachable(call: Call) -> Reply:
    """What a webhook meets while nothing carries calls out of the platform."""
    return Reply.text(f"nothing answers at {call.url}", 502)
