"""Situations an Actor is started in, by name: what differs is the run, and its environment follows.

``local``                  as ``apify run`` starts it: storages on disk, nobody logged in
``platform``               started from Apify Console
``platform_api_started``   started through the API
``standby``                kept ready to answer requests
``limited_permissions``    may reach its own storages only, with a token of its own
``paid_user``              started by a user on a paid plan
``pay_per_event``          charges for events, up to a limit
``resurrected``            brought back after it had ended
``migrated``               moved to another server while it ran
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import Any, Literal, Self

from .actors import LIMITED
from .environment import ActorEnvironment
from .runs import RunOptions

__all__ = ["PRESETS", "Preset", "pay_per_event"]

Past = Literal["resurrected", "migrated"]


def pay_per_event(prices: Mapping[str, float]) -> dict[str, Any]:
    """A ``pricingInfo`` that charges ``prices`` (US dollars by event name)."""
    events = {
        name: {"eventTitle": name, "eventDescription": name, "eventPriceUsd": price} for name, price in prices.items()
    }
    return {
        "pricingModel": "PAY_PER_EVENT",
        "apifyMarginPercentage": 0.2,
        "createdAt": "2025-01-01T00:00:00.000Z",
        "startedAt": "2025-01-01T00:00:00.000Z",
        "pricingPerEvent": {"actorChargeEvents": events},
    }


@dataclass(frozen=True, slots=True, kw_only=True)
class Preset:
    """One situation.

    ``options`` start the run, ``paying`` is the plan of its user, ``past`` what the run has been through before its
    process starts, and ``changes`` are laid over the environment that follows, field by field.
    """

    name: str
    at_home: bool = True
    options: RunOptions = field(default_factory=RunOptions)
    paying: bool = False
    past: tuple[Past, ...] = ()
    changes: Mapping[str, Any] = field(default_factory=dict)

    def changed(self, **values: Any) -> Self:
        """The preset with other fields of its ``ActorEnvironment``; ``None`` removes a variable, ``""`` empties it.

        Raises ``TypeError`` for a field there is not.
        """
        ActorEnvironment(**values)
        return replace(self, changes={**self.changes, **values})

    def started(self, **options: Any) -> Self:
        """The preset with other ``RunOptions``: ``memory=256``, ``timeout=60``. ``TypeError`` for one there is not."""
        return replace(self, options=replace(self.options, **options))


def _platform(
    name: str, *, origin: str = "WEB", paying: bool = False, past: tuple[Past, ...] = (), **options: Any
) -> Preset:
    return Preset(name=name, options=RunOptions(origin=origin, **options), paying=paying, past=past)


PRESETS: Mapping[str, Preset] = MappingProxyType(
    {
        each.name: each
        for each in (
            Preset(name="local", at_home=False),
            _platform("platform"),
            _platform("platform_api_started", origin="API"),
            _platform("standby", origin="STANDBY"),
            _platform("limited_permissions", permission=LIMITED),
            _platform("paid_user", paying=True),
            _platform("pay_per_event", pricing=pay_per_event({"result": 0.01}), max_charge_usd=1.0),
            _platform("resurrected", past=("resurrected",)),
            _platform("migrated", past=("migrated",)),
        )
    }
)
"""Every preset by its name."""
