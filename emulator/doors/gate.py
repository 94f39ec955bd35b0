"""The one front door: a listener on 127.0.0.1 that serves plain HTTP, proxy requests and TLS on a single port.

It runs its own event loop on its own thread and calls the application there, one call at a time, so the application
needs no locks and every run has one order of events.
"""

from __future__ import annotations

import asyncio
import errno
import socket
import ssl
import threading
from concurrent.futures import Future
from contextlib import suppress
from typing import Self

from ..kernel.websocket import WebSocketHandler
from .arrival import ALPN_PROTOCOLS, Arrival
from .connection import Application, Limits, Traffic
from .secure import handshake_context
from .tls import CertificateAuthority, authority_of_process

__all__ = ["Application", "Gate", "PortInUse", "WebSocketHandler"]

ADDRESS = "127.0.0.1"
# Also how many connections are accepted in one turn of the loop.
BACKLOG = 512
SWEEP_SECONDS = 1.0
# Turns of the loop from a connection in the backlog to the answer of its first request, and some to spare.
SETTLING_TURNS = 10
# Seconds after which a gate that was asked whether it has settled is taken to be gone.
LONGEST_TURN = 10.0
# How long stop() lets bytes already written leave.
FAREWELL_SECONDS = 0.02


class PortInUse(OSError):
    """Another process listens on the port asked for."""

    def __init__(self, port: int) -> None:
        super().__init__(errno.EADDRINUSE, f"port {port} on {ADDRESS} is in use; choose another, or 0 for any free one")
        self.port = port


class Gate:
    """Serves ``application`` on 127.0.0.1. ``port`` 0 picks a free one.

    Use as a context manager, or call ``start`` and ``stop``. ``limits`` may be replaced before the start.
    """

    def __init__(self, application: Application, *, port: int = 0) -> None:
        self.application = application
        self.limits = Limits()
        self._port = port
        self._thread: threading.Thread | None = None
        self._loop: asyncio.AbstractEventLoop | None = None
        self._traffic: Traffic | None = None
        self._stopping = asyncio.Event()
        self._founding = threading.Lock()
        self._authority: Future[CertificateAuthority] | None = None
        self._context: Future[ssl.SSLContext] = Future()

    def start(self) -> None:
        """Listen, and return once connections are accepted. Raises ``PortInUse``, and ``RuntimeError`` if started."""
        if self._thread is not None:
            message = "the gate was started before"
            raise RuntimeError(message)
        listener = listen(self._port)
        self._port = listener.getsockname()[1]
        serving: Future[None] = Future()
        self._thread = threading.Thread(target=self._run, args=(listener, serving), name="gate", daemon=True)
        self._thread.start()
        serving.result()

    def stop(self) -> None:
        """Close the listener and every connection; answers already written get a moment to leave. Idempotent."""
        if self._thread is not None and self._thread.is_alive() and self._loop is not None:
            self._loop.call_soon_threadsafe(self._stopping.set)
            self._thread.join()

    def settled(self) -> bool:
        """Whether every request sent before this call has its answer on the way, and none is held back.

        Waits for the gate to take in what has arrived; not to be called on its own thread.
        """
        loop, traffic = self._loop, self._traffic
        if loop is None or traffic is None or self._thread is None or not self._thread.is_alive():
            return True
        answer: Future[bool] = Future()

        def look(turns: int) -> None:
            if turns:
                loop.call_soon(look, turns - 1)
            else:
                answer.set_result(not any(connection.holds_back for connection in traffic.open))

        with suppress(RuntimeError, TimeoutError):  # the gate is being stopped: nobody answers any more
            loop.call_soon_threadsafe(look, SETTLING_TURNS)
            return answer.result(LONGEST_TURN)
        return True

    def __enter__(self) -> Self:
        """Start."""
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        """Stop."""
        self.stop()

    @property
    def port(self) -> int:
        """The port listened on; before the start, the port asked for."""
        return self._port

    @property
    def url(self) -> str:
        """The base URL, without a final slash."""
        return f"http://{ADDRESS}:{self.port}"

    @property
    def hosts(self) -> tuple[str, ...]:
        """Patterns of the host names to redirect here: each domain, and ``*.`` before it for those below."""
        bare = dict.fromkeys(domain.removeprefix("*.") for domain in self.application.domains)
        return tuple(pattern for domain in bare for pattern in (domain, f"*.{domain}"))

    @property
    def authority(self) -> CertificateAuthority:
        """The certificate authority of this process, founded on first need; waits for it."""
        return self.found_authority().result()

    def found_authority(self) -> Future[CertificateAuthority]:
        """Begin to found the authority on a thread of its own, so that plain HTTP is served meanwhile."""
        with self._founding:
            if self._authority is None:
                self._authority = Future()
                threading.Thread(target=self._found, args=(self._authority,), name="authority", daemon=True).start()
            return self._authority

    def _found(self, promise: Future[CertificateAuthority]) -> None:
        try:
            authority = authority_of_process(self.application.domains, tuple(ALPN_PROTOCOLS))
            context = handshake_context(authority)
        except Exception as error:  # noqa: BLE001 - whoever waits for the promise gets it raised
            promise.set_exception(error)
            self._context.set_exception(error)
        else:
            promise.set_result(authority)
            self._context.set_result(context)

    def _promise_context(self) -> Future[ssl.SSLContext]:
        self.found_authority()
        return self._context

    def _run(self, listener: socket.socket, serving: Future[None]) -> None:
        with asyncio.Runner() as runner:
            runner.run(self._serve(listener, serving))

    async def _serve(self, listener: socket.socket, serving: Future[None]) -> None:
        self._loop = asyncio.get_running_loop()
        self._traffic = traffic = Traffic(self.application, self.limits, self._loop, self.port, self._promise_context)
        server = await self._loop.create_server(lambda: Arrival(traffic), sock=listener, backlog=BACKLOG)
        serving.set_result(None)
        while not await happened(self._stopping, within=SWEEP_SECONDS):
            traffic.expire()
        server.close()
        await farewell(traffic)


def listen(port: int) -> socket.socket:
    """A listening socket on loopback. Raises ``PortInUse``."""
    # The protocol is named because asyncio turns Nagle's algorithm off only on sockets that say they are TCP; with it,
    # an answer in two writes waits 40 ms for the client's ACK.
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind((ADDRESS, port))
        listener.listen(BACKLOG)
    except OSError as error:
        listener.close()
        if error.errno == errno.EADDRINUSE:
            raise PortInUse(port) from error
        raise
    return listener


async def happened(event: asyncio.Event, *, within: float) -> bool:
    """Whether ``event`` was set within so many seconds."""
    try:
        await asyncio.wait_for(event.wait(), within)
    except TimeoutError:
        return False
    return True


async def farewell(traffic: Traffic) -> None:
    """Close every connection; cut off those that are still not closed after a moment."""
    for connection in tuple(traffic.open):
        connection.farewell()
    await happened(traffic.emptied(), within=FAREWELL_SECONDS)
    for connection in tuple(traffic.open):
        connection.transport.abort()
    await asyncio.sleep(0)
