"""The fixed order of one call.

host or path picks the service -> the operation is matched -> the journal opens -> fault? -> the service admits
(authenticate, API enabled, scopes, quota) -> the handler runs -> commit -> the journal closes.

A ``WireError`` rolls back and renders itself. Any other exception is a crash: rolled back, answered with the
vendor's 500, kept in the journal, and raised again by whoever watches it (the pytest plugin).
"""

from __future__ import annotations

import logging
from collections.abc import Sequence
from functools import partial

from .clock import perf_counter
from .faults import Arrival, Hit
from .http import Call, Reply
from .journal import Entry
from .service import Exchange, Kernel, Routed, Service, WireError
from .websocket import WebSocketHandler, WebSocketService

__all__ = ["Directory", "Pipeline", "is_loopback"]

log = logging.getLogger("emulator")

LOOPBACK_NAMES = frozenset(("127.0.0.1", "localhost", "[::1]", "::1"))


def is_loopback(host: str) -> bool:
    """Whether ``host`` is one of the names of this machine's loopback address."""
    return host in LOOPBACK_NAMES


class Directory:
    """Which services answer for a host name, or for a path on the loopback base URL."""

    def __init__(self) -> None:
        self._exact: dict[str, list[Service]] = {}
        self._suffixes: list[tuple[str, Service]] = []
        self._mounted: list[Service] = []
        self.services: list[Service] = []

    def add(self, service: Service) -> None:
        """Enter a service under its hosts and its loopback prefix; longer prefixes are tried first."""
        self.services.append(service)
        for host in service.hosts:
            if host.startswith("*."):
                self._suffixes.append((host[1:], service))
            else:
                self._exact.setdefault(host, []).append(service)
        self._mounted = sorted(self.services, key=lambda each: -len(each.prefix))

    def knows(self, host: str) -> bool:
        """Whether any service answers for ``host``; loopback names always count."""
        return host in self._exact or is_loopback(host) or any(host.endswith(suffix) for suffix, _ in self._suffixes)

    @property
    def hosts(self) -> tuple[str, ...]:
        """Every emulated host name or pattern."""
        return tuple(dict.fromkeys(host for service in self.services for host in service.hosts))

    def find(self, call: Call) -> tuple[Service | None, Routed | None, Call]:
        """The service and operation for a call, and the call as the service sees it (its prefix taken off).

        The operation is ``None`` where the service has no such path; the service is ``None`` where nobody answers.
        """
        nobody: tuple[Service | None, Routed | None, Call] = None, None, call
        fallback = nobody
        for service in self._candidates(call):
            inner = _inside(call, service.prefix) if is_loopback(call.host) else call
            if inner is None:
                continue
            if (routed := service.route(inner)) is not None:
                return service, routed, inner
            # On loopback every unprefixed room would claim every path, so none of them speaks for an unknown one.
            if fallback is nobody and (service.prefix or not is_loopback(call.host)):
                fallback = service, None, inner
        return fallback

    def converse(self, call: Call) -> tuple[Service, WebSocketHandler] | None:
        """The service that accepts ``call`` as the beginning of a WebSocket conversation, and its handler."""
        for service in self._candidates(call):
            inner = _inside(call, service.prefix) if is_loopback(call.host) else call
            if inner is None or not isinstance(service, WebSocketService):
                continue
            if (handler := service.websocket(inner)) is not None:
                return service, handler
        return None

    def _candidates(self, call: Call) -> Sequence[Service]:
        if is_loopback(call.host):
            return self._mounted
        if call.host in self._exact:
            return self._exact[call.host]
        return [service for suffix, service in self._suffixes if call.host.endswith(suffix)]


class Pipeline:
    """Takes calls through the fixed order, one at a time."""

    def __init__(self, kernel: Kernel, directory: Directory) -> None:
        self._kernel = kernel
        self._directory = directory

    def respond(self, call: Call, parent: int | None = None) -> Reply:
        """Answer one call. Never raises on account of the call."""
        with self._kernel.world.lock:
            started = perf_counter()
            entry = self._kernel.journal.open(call, parent)
            try:
                reply = self._route(call, entry)
            except Exception as error:  # outside of any handler: routing, or an error that cannot render itself
                log.exception("%s crashed while routing %s %s", entry.service or "the pipeline", call.verb, call.path)
                entry.crash, entry.cause = error, "crash"
                reply = Reply.json({"error": {"code": 500, "message": "the emulator crashed; see its journal"}}, 500)
            self._kernel.journal.close(entry, reply, perf_counter() - started)
            return reply

    def converse(self, call: Call) -> WebSocketHandler | None:
        """The handler of a WebSocket conversation, journalled as a call answered 101; ``None`` for no offer."""
        with self._kernel.world.lock:
            found = self._directory.converse(call)
            if found is None:
                return None
            service, handler = found
            entry = self._kernel.journal.open(call)
            entry.service, entry.operation = service.name, f"{service.name}.websocket"
            self._kernel.journal.close(entry, Reply(101), 0.0)
            return handler

    def _route(self, call: Call, entry: Entry) -> Reply:
        service, routed, inner = self._directory.find(call)
        if service is None:
            entry.unrouted, entry.cause = True, "no_service"
            return _nobody(call)
        entry.service = service.name
        if routed is None:
            entry.unrouted, entry.cause = True, "no_such_path"
            return service.unrouted(inner)
        entry.operation, entry.path_parameters = routed.operation.id, routed.path_parameters
        hit = self._strike(call, entry)
        if hit is None:
            return self._perform(service, routed, inner, entry)
        reply = hit.answer(service) or self._perform(service, routed, inner, entry)
        return hit.spoil(reply, self._kernel.clock.rate)

    def _strike(self, call: Call, entry: Entry) -> Hit | None:
        """The fault that hits this call at this point of it, noted in its entry."""
        if not len(self._kernel.faults):
            return None
        earlier = partial(self._kernel.journal.before, entry)
        arrival = Arrival(entry.operation, entry.service, call, entry.principal, earlier)
        hit = self._kernel.faults.take(arrival)
        if hit is not None:
            entry.fault = str(hit)
        return hit

    def _perform(self, service: Service, routed: Routed, call: Call, entry: Entry) -> Reply:
        exchange = Exchange(
            call,
            routed.operation,
            routed.path_parameters,
            self._kernel,
            entry,
            upstream=lambda further: self.respond(further, entry.number),
        )
        try:
            with self._kernel.world.transaction():
                service.admit(exchange)
                if not self._kernel.faults.personal:
                    return service.perform(exchange)
                return self._perform_for(service, exchange)
        except WireError as error:
            entry.cause = error.cause
            return error.reply()
        except _Struck as struck:
            return struck.reply
        except Exception as error:
            log.exception("%s crashed while answering %s", service.name, routed.operation.id)
            entry.crash, entry.cause = error, "crash"
            return service.failure(500)

    def _perform_for(self, service: Service, exchange: Exchange) -> Reply:
        """Perform while faults wait for a principal, who is known after admission or, at a token endpoint, after all.

        A fault that answers undoes what the handler did.
        """
        call, entry = exchange.call, exchange.entry
        known = bool(entry.principal)
        hit = self._strike(call, entry) if known else None
        if hit is not None and (answer := hit.answer(service)) is not None:
            return hit.spoil(answer, self._kernel.clock.rate)
        reply = service.perform(exchange)
        if not known and entry.principal:
            hit = self._strike(call, entry)
            if hit is not None and (answer := hit.answer(service)) is not None:
                raise _Struck(hit.spoil(answer, self._kernel.clock.rate))
        return hit.spoil(reply, self._kernel.clock.rate) if hit is not None else reply


class _Struck(Exception):
    """Undoes a call that a fault answers after it was performed."""

    def __init__(self, reply: Reply) -> None:
        super().__init__()
        self.reply = reply


def _inside(call: Call, prefix: str) -> Call | None:
    if not prefix:
        return call
    if call.path != prefix and not call.path.startswith(prefix + "/"):
        return None
    return call.replacing(path=call.path[len(prefix) :] or "/")


def _nobody(call: Call) -> Reply:
    message = (
        f"No emulated service answers {call.verb} {call.path} on {call.host}. "
        "The loopback base URL serves Google under its own paths and the emulator itself under /_emulator/."
    )
    return Reply.json({"error": {"code": 404, "message": message, "status": "NOT_EMULATED"}}, 404)
