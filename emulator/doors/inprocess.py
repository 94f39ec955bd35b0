"""Ways in without a socket: an httpx transport and a requests adapter.

Faults act here as they do on the wire, without waiting: a delay longer than the client's read timeout, and any stall,
is that client's timeout error at once, a shorter one passes unnoticed; a reset is its connection error.
"""

from __future__ import annotations

import io
from http.client import responses
from typing import TYPE_CHECKING, Any

from ..kernel.http import Call, Disruption, Headers, Reply
from .wsgi import Responder

if TYPE_CHECKING:
    import httpx
    import requests
    from requests.adapters import BaseAdapter

__all__ = ["httpx_transport", "requests_adapter"]


def httpx_transport(responder: Responder) -> Any:
    """A transport for ``httpx.Client`` and ``httpx.AsyncClient`` alike. Needs httpx."""
    import httpx  # noqa: PLC0415 - optional, and slow to import

    class EmulatorTransport(httpx.BaseTransport, httpx.AsyncBaseTransport):
        """Hands each request to the pipeline in this process."""

        def handle_request(self, request: httpx.Request) -> httpx.Response:
            """Answer synchronously."""
            request.read()
            return _httpx_response(responder, request)

        async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
            """Answer for an asynchronous client."""
            await request.aread()
            return _httpx_response(responder, request)

    return EmulatorTransport()


def requests_adapter(responder: Responder) -> BaseAdapter:
    """An adapter to mount on a ``requests.Session``. Needs requests."""
    import requests  # noqa: PLC0415 - optional
    from requests.adapters import HTTPAdapter  # noqa: PLC0415
    from urllib3 import HTTPHeaderDict, HTTPResponse  # noqa: PLC0415

    class EmulatorAdapter(HTTPAdapter):
        """Hands each request to the pipeline in this process."""

        def send(self, request: requests.PreparedRequest, *args: Any, **options: Any) -> requests.Response:
            """Answer one prepared request."""
            reply = responder.respond(_requests_call(request))
            timeout = options.get("timeout", args[1] if len(args) > 1 else None)
            read_timeout = timeout[1] if isinstance(timeout, tuple) else timeout
            if _times_out(reply.disruption, read_timeout):
                raise requests.ReadTimeout("the answer is held back by a fault", request=request)
            if _breaks(reply.disruption):
                raise requests.ConnectionError("the connection is broken by a fault", request=request)
            raw = HTTPResponse(
                body=io.BytesIO(reply.body),
                headers=HTTPHeaderDict(_finished(responder, reply)),
                status=reply.status,
                reason=responses.get(reply.status, ""),
                preload_content=False,
            )
            return self.build_response(request, raw)

    return EmulatorAdapter()


def _httpx_response(responder: Responder, request: httpx.Request) -> httpx.Response:
    import httpx  # noqa: PLC0415

    path, _, query = request.url.raw_path.decode("ascii").partition("?")
    call = Call(
        request.method,
        request.url.host,
        path,
        query,
        Headers(request.headers.multi_items()),
        request.content,
        request.url.scheme,
        request.headers.get("user-agent", ""),
    )
    reply = responder.respond(call)
    if _times_out(reply.disruption, request.extensions.get("timeout", {}).get("read")):
        raise httpx.ReadTimeout("the answer is held back by a fault", request=request)
    if _breaks(reply.disruption):
        raise httpx.RemoteProtocolError("the connection is broken by a fault", request=request)
    return httpx.Response(reply.status, headers=_finished(responder, reply), content=reply.body, request=request)


def _requests_call(request: requests.PreparedRequest) -> Call:
    from urllib.parse import urlsplit  # noqa: PLC0415

    url = urlsplit(request.url or "")
    return Call(
        request.method or "GET",
        url.hostname or "",
        url.path or "/",
        url.query,
        Headers(request.headers.items()),
        _body_bytes(request.body),
        url.scheme,
        str(request.headers.get("User-Agent", "")),
    )


def _body_bytes(body: Any) -> bytes:
    """The body of a prepared request: text, bytes, an open file, or an iterable of pieces."""
    if body is None or isinstance(body, (str, bytes, bytearray)):
        return body.encode() if isinstance(body, str) else bytes(body or b"")
    return _body_bytes(body.read()) if hasattr(body, "read") else b"".join(map(_body_bytes, body))


def _finished(responder: Responder, reply: Reply) -> list[tuple[str, str]]:
    length = [] if reply.status in {204, 304} else [("Content-Length", str(len(reply.body)))]
    return [*reply.headers, ("Date", responder.date()), *length]


def _times_out(disruption: Disruption | None, read_timeout: float | None) -> bool:
    if disruption is None or disruption.stall:
        return disruption is not None
    return read_timeout is not None and max(disruption.delay, disruption.drip) >= read_timeout


def _breaks(disruption: Disruption | None) -> bool:
    return disruption is not None and (bool(disruption.reset) or disruption.truncate is not None)
