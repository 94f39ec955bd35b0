"""The console at ``/_emulator/``: the world on one page, and the handful of things a person does to it.

It reads and acts through the same objects as the control API; forms work without JavaScript.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import timedelta
from pathlib import Path
from typing import Any

from ..app import App
from ..kernel.faults import Fault
from ..kernel.http import Call, Headers, Reply
from ..kernel.seed import duration_of
from ..services.google.errors import ApiError
from ..services.pages import Pages

__all__ = ["Console"]

NEWEST_CALLS = 60
HOME = "/_emulator/"
Form = Mapping[str, str]


class Console:
    """The page of one app, and what its buttons do."""

    def __init__(self, app: App) -> None:
        self._app = app
        self._pages = Pages(Path(__file__).parent / "pages")
        self._actions: dict[str, Callable[[Form], None]] = {
            "advance": self._advance,
            "freeze": lambda _: self._set_speed(0),
            "run": lambda _: self._set_speed(1),
            "reset": lambda _: self._app.reset(),
            "revoke": lambda form: self._app.google.user(form["user"]).revoke(form["client"]),
            "expire": lambda _: self._expire(),
            "api": self._switch_api,
            "status": self._set_status,
            "account": self._end_account,
            "fault": self._arm_fault,
            "clear-faults": lambda _: self._app.faults.clear(),
            "clear-journal": lambda _: self._app.journal.clear(),
        }

    def show(self, problem: str = "") -> Reply:
        """The page, with what was wrong about the last form where something was."""
        return self._pages.reply("console.html", self._facts() | {"problem": problem}, status=400 if problem else 200)

    def act(self, call: Call) -> Reply:
        """Do what a button asks and lead back to the page. Raises the control API's errors for what cannot be done."""
        form = dict(call.form_pairs)
        action = self._actions.get(form.get("action", ""))
        if action is None:
            raise LookupError(f"no action {form.get('action')!r}; there are {', '.join(self._actions)}")
        action(form)
        return Reply(303, Headers([("Location", HOME)]))

    # -- what the page shows -----------------------------------------------------------------------------------

    def _facts(self) -> dict[str, Any]:
        app = self._app
        operations = sorted({name for each in app.coverage() for name in each.operations if name not in each.unbound})
        return {
            "now": app.clock.now(),
            "clock": app.clock,
            "projects": app.google.projects,
            "users": [self._user(user.email) for user in app.google.users],
            "connected": app.scalekit.overview(),
            "connections": app.scalekit.connections,
            "consent": app.consent,
            "faults": list(app.faults),
            "operations": operations,
            "calls": list(app.journal)[-NEWEST_CALLS:][::-1],
            "refusals": app.journal.refusals,
            "hosts": app.directory.hosts,
        }

    def _user(self, email: str) -> dict[str, Any]:
        account = self._app.google.user(email)
        return {"account": account, "tokens": account.tokens()[::-1], "mailbox": self._mailbox(email)}

    def _mailbox(self, email: str) -> dict[str, Any] | None:
        try:
            box = self._app.gmail.mailbox(email)
        except ApiError:
            return None  # an account without Gmail
        return {
            "messages": len(box),
            "threads": box.threads_total,
            "labels": box.labels,
            "newest": box.messages(limit=5),
        }

    # -- what its buttons do -----------------------------------------------------------------------------------

    def _advance(self, form: Form) -> None:
        step = duration_of(form.get("by", "").strip())
        if step is None or step <= timedelta(0):
            raise ValueError(f"{form.get('by', '')!r} is no duration; write 1h, 3d 4h or 90m")
        self._app.clock.advance(step)

    def _set_speed(self, rate: float) -> None:
        self._app.clock.speed(rate)

    def _expire(self) -> None:
        self._app.google.expire_access_tokens()

    def _switch_api(self, form: Form) -> None:
        project = self._app.google.project(form["project"])
        switch = project.disable if form["api"] in project.enabled_apis else project.enable
        switch(form["api"])

    def _set_status(self, form: Form) -> None:
        self._app.google.project(form["project"]).publishing_status = form["status"]

    def _end_account(self, form: Form) -> None:
        account = self._app.scalekit.account_of(form.get("account", ""))
        ends = {"revoke": account.revoke, "expire": account.expire, "delete": account.delete}
        if (end := ends.get(form.get("end", ""))) is None:
            raise LookupError(f"a connected account can be ended by {', '.join(ends)}")
        end()

    def _arm_fault(self, form: Form) -> None:
        times = form.get("times", "").strip()
        if not form.get("code", "").isdigit() or (times and not times.isdigit()):
            raise ValueError("a fault takes an HTTP status and, if not for every call, a number of times")
        fault = Fault.status(
            int(form["code"]), operation=form.get("operation", ""), times=int(times) if times else None
        )
        self._app.faults.add(fault)
