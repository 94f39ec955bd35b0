"""Faults as data: one mapping in a seed's ``faults`` section, a body of the control API, or a mark's arguments."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from ..http import Call
from ..seed import SeedDocument, SeedNode, read
from .armed import Faults
from .distribution import Distribution, Exponential, Fixed, Normal, Uniform
from .fault import Fault
from .where import FaultError, Matching

__all__ = ["EFFECTS", "DelayDeclaration", "DripDeclaration", "FaultDeclaration", "declared_faults", "fault_of"]

EFFECTS = (
    *("status", "condition", "grpc", "delay", "stall", "reset", "truncate", "drip"),
    *("malformed_json", "content_type", "duplicate", "stale"),
)
PLACES = ("operation", "service", "host", "principal", "after", "times", "nth", "every", "probability", "seed")


@dataclass(frozen=True)
class DelayDeclaration:
    """A drawn delay: ``uniform`` from low to high, ``normal`` by mean and deviation, or ``exponential`` by mean."""

    uniform: tuple[float, ...] = ()
    normal: tuple[float, ...] = ()
    exponential: float | None = None

    @property
    def distribution(self) -> Distribution:
        """What the seconds are drawn from. Raises ``FaultError`` for other than one kind."""
        drawn: list[Distribution] = []
        drawn += [Uniform(*_pair("uniform", self.uniform))] if self.uniform else []
        drawn += [Normal(*_pair("normal", self.normal))] if self.normal else []
        drawn += [Exponential(self.exponential)] if self.exponential is not None else []
        if len(drawn) != 1:
            raise FaultError(
                "a drawn delay has one of uniform: [low, high], normal: [mean, deviation], exponential: mean"
            )
        return drawn[0]


def _pair(kind: str, values: tuple[float, ...]) -> tuple[float, float]:
    if len(values) != 2:
        raise FaultError(f"a {kind} delay takes two numbers, got {len(values)}")
    return values[0], values[1]


@dataclass(frozen=True)
class DripDeclaration:
    """A body sent in pieces of ``piece`` bytes with ``seconds`` between them."""

    seconds: float = 0.05
    piece: int = 64


@dataclass(frozen=True)
class FaultDeclaration:
    """One fault: exactly one effect (``EFFECTS``) and, as in ``Where``, which calls it hits."""

    status: int | None = None
    body: str | None = None
    headers: dict[str, str] = field(default_factory=dict)
    message: str = ""
    condition: str | None = None
    grpc: str | None = None
    delay: float | DelayDeclaration | None = None
    stall: bool | None = None
    reset: Literal["before", "after"] | None = None
    truncate: int | None = None
    drip: DripDeclaration | None = None
    malformed_json: bool | None = None
    content_type: str | None = None
    duplicate: bool | None = None
    stale: bool | None = None
    operation: str = ""
    service: str = ""
    host: str = ""
    principal: str = ""
    after: int = 0
    times: int | None = None
    nth: int | None = None
    every: int | None = None
    probability: float | None = None
    seed: str = "actor-emulator"

    def __post_init__(self) -> None:
        self.fault()

    def fault(self, when: Callable[[Call], bool] | None = None) -> Fault:
        """What is declared; ``when`` is the predicate data cannot hold. Raises ``FaultError``."""
        given = [name for name in EFFECTS if getattr(self, name) is not None and getattr(self, name) is not False]
        if len(given) != 1:
            listed = ", ".join(EFFECTS)
            raise FaultError(f"a fault has exactly one of {listed}; this has {' and '.join(given) or 'none'}")
        effect = given[0]
        self._refuse_strays(effect)
        where = Matching(**{name: getattr(self, name) for name in PLACES}, when=when)  # type: ignore[typeddict-item]
        return self._made(effect, where)

    def _refuse_strays(self, effect: str) -> None:
        """``body`` and ``headers`` belong to a status, ``message`` to a status or a gRPC status."""
        stray = [name for name in ("body", "headers") if getattr(self, name) not in (None, {}) and effect != "status"]
        stray += ["message"] if self.message and effect not in {"status", "grpc"} else []
        if stray:
            raise FaultError(f"{', '.join(stray)} belongs to a status, not to {effect}")

    def _made(self, effect: str, where: Matching) -> Fault:
        if effect in _PLAIN:
            return _PLAIN[effect](**where)
        if effect in _VALUED:
            return _VALUED[effect](getattr(self, effect), **where)
        if effect == "condition":
            return self._conditional(where)
        if effect == "grpc":
            return Fault.grpc(self.grpc or "", self.message, **where)
        return self._delayed(where) if effect in {"delay", "drip"} else self._answered(where)

    def _answered(self, where: Matching) -> Fault:
        return Fault.status(self.status or 0, body=self.body, headers=self.headers, message=self.message, **where)

    def _delayed(self, where: Matching) -> Fault:
        if self.drip is not None:
            return Fault.drip(self.drip.seconds, self.drip.piece, **where)
        drawn = self.delay.distribution if isinstance(self.delay, DelayDeclaration) else Fixed(self.delay or 0)
        return Fault.delay(drawn, **where)

    def _conditional(self, where: Matching) -> Fault:
        made = _CONDITIONS.get(self.condition or "")
        if made is None:
            raise FaultError(f"condition must be one of {', '.join(_CONDITIONS)}, got {self.condition!r}")
        return made(**where)


_CONDITIONS: Mapping[str, Callable[..., Fault]] = {
    "quota_exceeded": Fault.quota_exceeded,
    "rate_limited": Fault.rate_limited,
    "backend_error": Fault.backend_error,
}
_VALUED: Mapping[str, Callable[..., Fault]] = {
    "reset": Fault.reset,
    "truncate": Fault.truncate,
    "content_type": Fault.content_type,
}
_PLAIN: Mapping[str, Callable[..., Fault]] = {
    "stall": Fault.stall,
    "malformed_json": Fault.malformed_json,
    "duplicate": Fault.duplicate,
    "stale": Fault.stale,
}


def fault_of(arguments: Mapping[str, Any], origin: str) -> Fault:
    """The fault that keyword arguments declare; ``when`` may be a predicate. ``origin`` names them in messages.

    Raises ``SeedError`` for a field that is unknown or of the wrong type, with the valid choices.
    """
    plain = {name: value for name, value in arguments.items() if name != "when"}
    try:
        text = json.dumps(plain)
    except TypeError as error:
        raise FaultError(f"{origin}: {error}") from error
    declaration = read(SeedDocument.load(text, origin), FaultDeclaration)
    return declaration.fault(arguments.get("when"))


def declared_faults(node: SeedNode, faults: Faults) -> None:
    """Arm what a seed's ``faults`` section declares: all or, with a ``SeedError``, nothing."""
    before = faults.snapshot()
    for item in node.items():
        fault = read(item, FaultDeclaration).fault()
        try:
            faults.add(fault)
        except FaultError as error:
            faults.restore(before)
            raise item.error(str(error)) from error
