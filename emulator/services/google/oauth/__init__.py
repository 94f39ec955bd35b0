"""Google's authorization server: the token endpoint and its neighbours."""

from __future__ import annotations

from importlib.resources import files

from ....kernel.http import Call, Headers, Reply
from ....kernel.operations import Operation
from ....kernel.service import Exchange, Kernel, Routed
from ..cloud import schema
from . import surface, wire
from .device_page import DevicePage
from .errors import OAuthError
from .routes import HANDLERS
from .signin import PAGES, SignIn
from .state import AuthorizationServer

__all__ = ["GoogleOAuth"]


class GoogleOAuth:
    """The service behind oauth2.googleapis.com, accounts.google.com and the OAuth paths of www.googleapis.com."""

    name = "google.oauth"
    hosts = surface.HOSTS
    prefix = ""

    def __init__(self, kernel: Kernel) -> None:
        self.server = AuthorizationServer(kernel)
        self.signin = SignIn(kernel, self.server)
        self.device_page = DevicePage(kernel)

    @property
    def schema(self) -> str:
        """The tables every Google room shares, and the authorization server's own."""
        return schema() + files(__package__).joinpath("schema.sql").read_text(encoding="utf-8")

    @property
    def operations(self) -> tuple[Operation, ...]:
        """The OAuth endpoints."""
        return surface.OPERATIONS

    def unbound(self) -> tuple[str, ...]:
        """Endpoints without a handler."""
        bound = {*HANDLERS, *PAGES, surface.DEVICE_PAGE}
        return tuple(operation.id for operation in surface.OPERATIONS if operation.id not in bound)

    def route(self, call: Call) -> Routed | None:
        """The endpoint a call asks for."""
        found = surface.find(call.host, call.verb, call.path)
        return Routed(found.operation, found.path_parameters) if found is not None else None

    def admit(self, exchange: Exchange) -> None:
        """Nothing to check before the grant is known: clients authenticate inside it."""

    def perform(self, exchange: Exchange) -> Reply:
        """Run the endpoint, or show the page."""
        if (page := PAGES.get(exchange.operation.id)) is not None:
            return page(self.signin, exchange)
        if exchange.operation.id == surface.DEVICE_PAGE:
            return self.device_page.answer(exchange)
        try:
            return HANDLERS[exchange.operation.id](self.server, exchange)
        except OAuthError as error:
            raise self.server.worded(error) from None

    def unrouted(self, call: Call) -> Reply:
        """Google's plain HTML page for an address it does not have."""
        return html_error(404, "Not Found")

    def failure(self, status: int, message: str = "") -> Reply:
        """Faults behind the front end are JSON ``internal_failure``; those of the front end are HTML pages."""
        if status in {429, 502, 503, 504}:
            return html_error(status, message or ("Too Many Requests" if status == 429 else "Server Error"))
        member = {"error_description": message} if message else {}
        return wire.token_reply({"error": "internal_failure", **member}, status)


def html_error(status: int, title: str) -> Reply:
    """An error page of the front end, titled as Google titles its own."""
    page = (
        "<!DOCTYPE html>\n<html lang=en>\n<meta charset=utf-8>\n"
        f"<title>Error {status} ({title})!!1</title>\n<p><b>{status}.</b> {title}.\n"
    )
    headers = Headers([("Content-Type", "text/html; charset=UTF-8"), ("Referrer-Policy", "no-referrer")])
    return Reply(status, headers, page.encode())
