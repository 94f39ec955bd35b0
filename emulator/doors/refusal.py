"""The answer to a request for a host that is not emulated.

Clients show very little of a refused ``CONNECT``: requests and httpx the reason phrase, curl and impit the status only.
So the host stands in the reason phrase, in a header and in the body, and always in the journal.
"""

from __future__ import annotations

from dataclasses import dataclass

from ..kernel.http import Headers, Reply
from .target import Authority, is_loopback

__all__ = ["HTTPS_PORT", "HTTP_PORT", "Refusal", "absolute_form_refusal", "connect_refusal", "host_refusal"]

HTTP_PORT = 80
HTTPS_PORT = 443
STATUS = 502


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why a host and port are not served: ``phrase`` fits a status line, ``advice`` says what to do about it."""

    host: str
    port: int
    phrase: str
    advice: str

    def reply(self) -> Reply:
        """Status 502 that names the host in a header and, with the advice, in a JSON body."""
        message = f"{self.phrase.removeprefix('Host ')}. {self.advice}"
        error = {"code": STATUS, "status": "NOT_EMULATED", "host": self.host, "port": self.port, "message": message}
        return Reply.json({"error": error}, STATUS, Headers([("X-Actor-Emulator-Refused", f"{self.host}:{self.port}")]))


def connect_refusal(wanted: Authority, *, known: bool) -> Refusal | None:
    """Why ``CONNECT wanted`` is refused; ``None`` where it is allowed: port 443 of an emulated host."""
    port = HTTPS_PORT if wanted.port is None else wanted.port
    if is_loopback(wanted.host):
        return loopback_refusal(wanted.host, port)
    if not known:
        return host_refusal(wanted.host, port)
    return None if port == HTTPS_PORT else port_refusal(wanted.host, port, HTTPS_PORT)


def absolute_form_refusal(wanted: Authority, *, known: bool, gate_port: int) -> Refusal | None:
    """Why ``GET http://wanted/`` is refused; ``None`` for port 80 of an emulated host, and for the gate itself."""
    port = HTTP_PORT if wanted.port is None else wanted.port
    if is_loopback(wanted.host):
        return None if port == gate_port else loopback_refusal(wanted.host, port)
    if not known:
        return host_refusal(wanted.host, port)
    return None if port == HTTP_PORT else port_refusal(wanted.host, port, HTTP_PORT)


def host_refusal(host: str, port: int) -> Refusal:
    """The refusal of a host nobody emulates."""
    return Refusal(
        host,
        port,
        f"Host {host} is not emulated (offline)",
        "No packet left this machine. Answer this host in the test itself (a respx or responses route, or a local "
        "server), or take the call out of the run; `actor-emulator coverage` lists what is emulated.",
    )


def port_refusal(host: str, port: int, served: int) -> Refusal:
    return Refusal(
        host,
        port,
        f"Host {host} is emulated on port {served}, not {port}",
        f"Call it on port {served}, as the real service is called.",
    )


def loopback_refusal(host: str, port: int) -> Refusal:
    return Refusal(
        host,
        port,
        f"Host {host}:{port} is this machine, and the emulator is no open proxy",
        "Reach it directly: keep localhost, 127.0.0.1 and ::1 in NO_PROXY, as the emulator sets it.",
    )
