"""``www.google.com/device``: where a person answers a device. Protected against foreign posts as sign-in is."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from ....kernel.forms import form_token, is_own_form
from ....kernel.http import Call, Reply
from ....kernel.live import UnknownName
from ....kernel.service import Exchange, Kernel
from ...pages import Pages
from ..devices import Device, Devices
from ..project import Client
from .people import People
from .scope_texts import scope_text
from .session_cookie import session_cookie, session_in
from .sessions import Sessions

__all__ = ["DevicePage"]

_PURPOSE = "device"


class DevicePage:
    """``www.google.com/device``: enter the code, say who you are, allow or cancel."""

    def __init__(self, kernel: Kernel) -> None:
        self._world = kernel.world
        self._devices = Devices(kernel.world, kernel.clock, kernel.ids)
        self._people = People(kernel.world)
        self._sessions = Sessions(kernel.world, kernel.clock, kernel.ids)
        self._pages = Pages(Path(__file__).parent / "pages")

    def answer(self, exchange: Exchange) -> Reply:
        """The page, by the step its form has come to."""
        call = exchange.call
        given = session_in(call)
        sid = given if self._sessions.known(given) else ""
        if call.verb != "POST":
            return self._entry(call, sid, written=dict(call.query_pairs).get("user_code", ""))
        form = dict(call.form_pairs)
        if not sid or not is_own_form(call, sid, _PURPOSE, form.get("form", "")):
            exchange.entry.cause = "foreign_form"
            return self._entry(call, sid, problem="This form was not sent from its own page. Enter the code again.")
        try:
            device = self._devices.waiting(form.get("user_code", ""))
        except UnknownName:
            exchange.entry.cause = "device_code_unknown"
            return self._entry(
                call, sid, problem="That code didn't work. Try again.", written=form.get("user_code", "")
            )
        return self._decided(exchange, sid, device, form)

    def _decided(self, exchange: Exchange, sid: str, device: Device, form: dict[str, str]) -> Reply:
        action, email = form.get("action", ""), form.get("account", "").strip().lower()
        if action == "cancel":
            self._devices.deny(device.user_code)
            return self._page("device_done.html", {"allowed": False, "app": self._title(device)})
        if action != "allow":
            return self._question(sid, device)
        person = self._people.find(email)
        if person is None or person.deleted or person.disabled:
            return self._question(sid, device, problem="Couldn't find that account.", written=email)
        exchange.entry.principal = email
        if not self._reaches_device(device, email):
            exchange.entry.cause = "not_a_test_user"
            problem = f"{self._title(device)} has not been verified by Google; only its listed testers may use it."
            return self._question(sid, device, problem=problem, written=email)
        self._devices.approve(device.user_code, email)
        return self._page("device_done.html", {"allowed": True, "app": self._title(device)})

    def _reaches_device(self, device: Device, email: str) -> bool:
        """Whether an approval goes on to the device, which is also where an internal project's refusal arrives."""
        project = Client.of(self._world, device.client_id).project
        if project.user_type == "internal" or project.publishing_status == "production":
            return True
        return email in project.test_users

    def _entry(self, call: Call, sid: str, *, problem: str = "", written: str = "") -> Reply:
        fresh = "" if sid else self._sessions.start()
        context = {"form": form_token(sid or fresh, _PURPOSE), "problem": problem, "written": written}
        cookie = [session_cookie(call, fresh)] if fresh else []
        return self._page("device.html", context, cookie)

    def _question(self, sid: str, device: Device, *, problem: str = "", written: str = "") -> Reply:
        context = {
            "app": self._title(device),
            "asked": [scope_text(scope) for scope in device.scopes],
            "form": form_token(sid, _PURPOSE),
            "problem": problem,
            "user_code": device.user_code,
            "written": written or next(iter(self._sessions.accounts(sid)), ""),
        }
        return self._page("device_consent.html", context)

    def _page(self, template: str, context: dict[str, Any], headers: list[tuple[str, str]] | None = None) -> Reply:
        return self._pages.reply(template, context, headers=headers or ())

    def _title(self, device: Device) -> str:
        return Client.of(self._world, device.client_id).project.title
