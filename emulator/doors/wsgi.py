"""The emulator as a Werkzeug WSGI application, for Werkzeug's own server and test client or any other WSGI server.

The gate is the faster front door; this one is for embedding.
"""

from __future__ import annotations

import threading
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Protocol

from werkzeug.wrappers import Request, Response

from ..kernel.http import Call, Disruption, Headers, Reply, encode_segment

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

__all__ = ["Responder", "application", "call_of"]

STALL_SECONDS = 300.0  # a WSGI application is not told that its client has left


class Responder(Protocol):
    """Whatever answers calls and knows the virtual date."""

    def respond(self, call: Call) -> Reply:
        """Answer one call."""

    def date(self) -> str:
        """The value of a ``Date`` header."""


def application(responder: Responder) -> WSGIApplication:
    """A WSGI callable over ``responder``."""

    def answer(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        reply = responder.respond(call_of(environ))
        return _response(reply, responder.date())(environ, start_response)

    return answer


def call_of(environ: WSGIEnvironment) -> Call:
    """A WSGI request as a ``Call``; the path is the raw one where the server kept it."""
    request = Request(environ)
    target = str(environ.get("REQUEST_URI") or environ.get("RAW_URI") or "")
    if "://" in target:
        target = "/" + target.split("://", 1)[1].partition("/")[2]
    path, _, query = target.partition("?") if target else (_encoded(request.path), "", "")
    return Call(
        verb=request.method,
        host=_host_of(request.host),
        path=path,
        query=query or request.query_string.decode("latin-1"),
        headers=Headers(request.headers.items()),
        body=request.get_data(),
        scheme=request.scheme,
        peer=request.headers.get("User-Agent", request.remote_addr or ""),
    )


def _encoded(path: str) -> str:
    """A decoded path encoded again: the best that can be had from a server that threw the raw one away."""
    return "/".join(encode_segment(segment) for segment in path.split("/"))


def _host_of(authority: str) -> str:
    """The lower-case host of a ``Host`` header, without its port."""
    name, colon, port = authority.lower().rpartition(":")
    return name if colon and (port.isdigit() or not port) else authority.lower()


def _response(reply: Reply, date: str) -> Response:
    disruption = reply.disruption or Disruption()
    if disruption.delay or disruption.stall:
        threading.Event().wait(STALL_SECONDS if disruption.stall else disruption.delay)
    if disruption.stall or disruption.reset == "before":
        raise ConnectionResetError("the connection is broken here by a fault")
    body: bytes | Iterator[bytes] = reply.body
    if disruption.reset or disruption.truncate is not None:
        body = _cut(reply.body, disruption.truncate)
    elif disruption.drip:
        body = _dripping(reply.body, disruption)
    response = Response(body, reply.status, list(reply.headers))
    if "content-type" not in reply.headers:
        response.headers.pop("Content-Type", None)
    if reply.status not in {204, 304}:
        response.headers["Content-Length"] = str(len(reply.body))
    response.headers.setdefault("Date", date)
    return response


def _dripping(body: bytes, disruption: Disruption) -> Iterator[bytes]:
    for start in range(0, len(body), disruption.piece):
        yield body[start : start + disruption.piece]
        threading.Event().wait(disruption.drip)


def _cut(body: bytes, length: int | None) -> Iterator[bytes]:
    """The first ``length`` bytes and then a broken connection; none of it after a reset."""
    yield body[: length or 0]
    raise ConnectionResetError("the body is cut here by a fault")
