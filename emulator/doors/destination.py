"""Which emulated host a request is for, and the refusal of every other."""

from __future__ import annotations

from ..kernel.http import Headers
from .connection import Traffic
from .refusal import HTTP_PORT, HTTPS_PORT, Refusal, absolute_form_refusal, connect_refusal, host_refusal
from .request_reader import BadRequest
from .target import Authority, Target, is_loopback

__all__ = ["forwarded_host", "stated_host", "tunnelled_host"]


def tunnelled_host(traffic: Traffic, target: bytes, peer: str) -> str:
    """The host of ``CONNECT target``. Raises ``BadRequest`` where no tunnel leads there, ``TargetError``."""
    wanted = Authority.parse(target.decode("latin-1"))
    refusal = connect_refusal(wanted, known=traffic.application.knows(wanted.host))
    return permitted(traffic, wanted, refusal, peer)


def forwarded_host(traffic: Traffic, target: Target, wanted: Authority, peer: str) -> str:
    """The host of a request in absolute form, the way a client speaks to a proxy. Raises ``BadRequest``."""
    if target.scheme != "http":
        raise BadRequest(400, f"The gate forwards http:// only, not {target.scheme}://; use CONNECT.")
    known = traffic.application.knows(wanted.host)
    refusal = absolute_form_refusal(wanted, known=known, gate_port=traffic.port)
    return permitted(traffic, wanted, refusal, peer)


def stated_host(traffic: Traffic, headers: Headers, version: str, peer: str, tls_host: str) -> str:
    """The host of a request in origin form, from its ``Host`` line. Raises ``BadRequest``, ``TargetError``.

    HTTP/1.0 may leave the line out; then it is the host TLS agreed on, or the gate itself.
    """
    lines = headers.get_all("Host")
    if len(lines) > 1 or (not lines and version != "1.0"):
        raise BadRequest(400, "A request states its host in exactly one Host header.")
    wanted = Authority.parse(lines[0].strip()) if lines else Authority(tls_host or "127.0.0.1", None)
    if tls_host and is_loopback(wanted.host) and not is_loopback(tls_host):
        # What answers on loopback names, the control API above all, is not to be had by way of a vendor's name.
        raise BadRequest(421, f"This connection leads to {tls_host}, not to {wanted.host}.")
    if traffic.application.knows(wanted.host):
        return wanted.host
    refusal = host_refusal(wanted.host, wanted.port or (HTTPS_PORT if tls_host else HTTP_PORT))
    return permitted(traffic, wanted, refusal, peer)


def permitted(traffic: Traffic, wanted: Authority, refusal: Refusal | None, peer: str) -> str:
    """The host, unless it is refused: then the journal notes it and ``BadRequest`` carries the answer."""
    if refusal is None:
        return wanted.host
    traffic.application.refuse(refusal.host, refusal.port, peer, refusal.phrase)
    raise BadRequest(502, refusal.phrase, refusal.reply(), refusal.phrase)
