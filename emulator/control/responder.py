"""Answers the control API: guard, route, one clear message for whatever is wrong."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ..app import App
from ..kernel.browser import BrowserError
from ..kernel.clock import ClockError
from ..kernel.faults import FaultError
from ..kernel.http import Call, Headers, Reply
from ..kernel.live import UnknownName
from ..kernel.seed import SeedError
from ..kernel.world import WorldError
from .checkpoints import Checkpoints
from .console import Console
from .guard import refusal
from .routes import ROUTES, ControlError, Request

__all__ = ["PREFIX", "Control"]

PREFIX = "/_emulator"
MISUSE = (
    ControlError,
    BrowserError,
    SeedError,
    UnknownName,
    ClockError,
    FaultError,
    WorldError,
    LookupError,
    ValueError,
)


class Control:
    """The control API of one app. Its calls are not part of the world and not in the journal."""

    def __init__(self, app: App, environment: Callable[[], dict[str, str]] = dict) -> None:
        self._app = app
        self._environment = environment
        self._checkpoints = Checkpoints()
        self._console = Console(app)

    def answers(self, call: Call) -> bool:
        """Whether a call is meant for the control API."""
        return call.path == PREFIX or call.path.startswith(PREFIX + "/")

    def respond(self, call: Call) -> Reply:
        """Answer one call: 403 from elsewhere, 404 and 405 with what there is, 400 with what is wrong."""
        if reason := refusal(call):
            return _error(403, reason)
        name = call.path.removeprefix(PREFIX).strip("/")
        if not name:
            return self._show(call)
        verbs = [verb for verb, route in ROUTES if route == name]
        if not verbs:
            listed = ", ".join(f"{verb} {PREFIX}/{route}" for verb, route in ROUTES)
            return _error(404, f"no control route {PREFIX}/{name}; there are {listed}")
        if call.verb not in verbs:
            return _error(405, f"{PREFIX}/{name} takes {' or '.join(verbs)}, not {call.verb}")
        try:
            with self._app.world.lock:
                return _reply(ROUTES[call.verb, name](self._request(call)))
        except MISUSE as error:
            return _error(400, str(error))

    def _show(self, call: Call) -> Reply:
        """The console; a form that cannot be carried out brings the page again with the reason."""
        with self._app.world.lock:
            if call.verb != "POST":
                return self._console.show()
            try:
                return self._console.act(call)
            except MISUSE as error:
                return self._console.show(str(error.args[0]) if isinstance(error, KeyError) else str(error))

    def _request(self, call: Call) -> Request:
        return Request(call, self._app, self._checkpoints, self._environment)


def _reply(answer: Any) -> Reply:
    """JSON, the bytes of a world file, or what a route wrote itself."""
    if isinstance(answer, Reply):
        return answer
    if isinstance(answer, bytes):
        return Reply(200, Headers([("Content-Type", "application/vnd.sqlite3")]), answer)
    return Reply.json(answer, indent=2)


def _error(status: int, message: str) -> Reply:
    return Reply.json({"error": {"code": status, "message": message}}, status, indent=2)
