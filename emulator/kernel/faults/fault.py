"""``Fault``: which calls, and what happens to them. One constructor for each thing that can go wrong."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Self, Unpack

from ..http import Disruption, Headers, HeaderSource, Reply
from .distribution import Distribution, Fixed
from .effects import Broken, Canned, Condition, ContentType, Delay, Dialect, Effect, GrpcStatus, Malformed, Replay
from .where import FaultError, Matching, Where

__all__ = ["Fault"]


@dataclass(frozen=True, slots=True)
class Fault:
    """One declared fault. Every constructor takes the keyword arguments of ``Where`` besides its own."""

    where: Where
    effect: Effect

    # -- answers instead of the handler's ------------------------------------------------------------------------

    @classmethod
    def status(
        cls,
        code: int,
        *,
        body: bytes | str | None = None,
        headers: HeaderSource = (),
        message: str = "",
        **where: Unpack[Matching],
    ) -> Self:
        """Answer with an HTTP status: in the vendor's own dialect, or with exactly ``body`` where one is given."""
        dialect = Dialect(code, message, Headers(headers))
        if body is None:
            return cls(Where.of(where), dialect)
        raw = body.encode() if isinstance(body, str) else body
        return cls(Where.of(where), Canned(Reply(code, dialect.headers, raw)))

    @classmethod
    def quota_exceeded(cls, service: str = "", /, **where: Unpack[Matching]) -> Self:
        """The quota is spent, as ``service`` says it: Gmail with 403 ``dailyLimitExceeded``."""
        return cls._condition("quota_exceeded", service, where)

    @classmethod
    def rate_limited(cls, service: str = "", /, **where: Unpack[Matching]) -> Self:
        """Too many calls too fast, as ``service`` says it."""
        return cls._condition("rate_limited", service, where)

    @classmethod
    def backend_error(cls, service: str = "", /, **where: Unpack[Matching]) -> Self:
        """The vendor's own trouble, as ``service`` says it."""
        return cls._condition("backend_error", service, where)

    @classmethod
    def grpc(cls, name: str, message: str = "", **where: Unpack[Matching]) -> Self:
        """Answer with a gRPC status (``UNAVAILABLE``); a REST client gets the HTTP status that stands for it."""
        return cls(Where.of(where), GrpcStatus(name, message))

    @classmethod
    def duplicate(cls, **where: Unpack[Matching]) -> Self:
        """Repeat the answer to the last successful call of the operation, whatever is asked for now."""
        return cls(Where.of(where), Replay("duplicate"))

    @classmethod
    def stale(cls, **where: Unpack[Matching]) -> Self:
        """Repeat the first successful answer to the very same request, as a cache would."""
        return cls(Where.of(where), Replay("stale"))

    # -- the handler's answer, spoilt ----------------------------------------------------------------------------

    @classmethod
    def delay(cls, seconds: float | Distribution, **where: Unpack[Matching]) -> Self:
        """Hold the answer back, by so many seconds or as drawn; other calls are not delayed.

        Seconds are real ones, or the virtual clock's where that runs faster.
        """
        length = Fixed(float(seconds)) if isinstance(seconds, (int, float)) else seconds
        return cls(Where.of(where), Delay(length))

    @classmethod
    def stall(cls, **where: Unpack[Matching]) -> Self:
        """Never answer: the client waits until it gives up. The call itself happened."""
        return cls(Where.of(where), Broken(Disruption(stall=True)))

    @classmethod
    def reset(cls, moment: str = "before", /, **where: Unpack[Matching]) -> Self:
        """Break the connection ``before`` any byte of the answer or ``after`` its headers. The call itself happened."""
        if moment not in {"before", "after"}:
            raise FaultError(f'reset takes "before" or "after", got "{moment}"')
        return cls(Where.of(where), Broken(Disruption(reset=moment)))

    @classmethod
    def truncate(cls, length: int, **where: Unpack[Matching]) -> Self:
        """Send only the first ``length`` bytes of the body under its full Content-Length, then close."""
        if length < 0:
            raise FaultError(f"a body cannot be cut to {length} bytes")
        return cls(Where.of(where), Broken(Disruption(truncate=length)))

    @classmethod
    def drip(cls, seconds: float = 0.05, piece: int = 64, **where: Unpack[Matching]) -> Self:
        """Send the body in pieces of so many bytes with so many real ``seconds`` between them."""
        if piece < 1:
            raise FaultError(f"a piece has at least one byte, got {piece}")
        return cls(Where.of(where), Broken(Disruption(drip=Fixed(seconds).length, piece=piece)))

    @classmethod
    def malformed_json(cls, **where: Unpack[Matching]) -> Self:
        """Send a body that ends in the middle of its JSON, with a Content-Length to match."""
        return cls(Where.of(where), Malformed())

    @classmethod
    def content_type(cls, value: str = "text/html; charset=utf-8", **where: Unpack[Matching]) -> Self:
        """Send the right body under a wrong ``Content-Type``."""
        return cls(Where.of(where), ContentType(value))

    @classmethod
    def _condition(cls, name: str, service: str, where: Matching) -> Self:
        if service and where.get("service", service) != service:
            raise FaultError(f"this fault is said to be of {service!r} and of {where['service']!r}")
        return cls(Where.of(Matching({**where, "service": service or where.get("service", "")})), Condition(name))

    def __str__(self) -> str:
        return f"{self.effect} on {self.where}"
