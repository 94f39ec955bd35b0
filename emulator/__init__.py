"""The outside world of an Apify Actor that acts for a signed-in user: offline, stateful, on the real wire.

from emulator import Emulator, Fault

with Emulator.start(seed="demo") as emulator:
    emulator.google.project("demo-project").disable("gmail.googleapis.com")
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .kernel.faults import Fault
    from .server import Emulator

__all__ = ["Emulator", "Fault"]

# Resolved on first use: the pytest plugin and the command line import this package before they know what they need.
_HOMES = {"Emulator": "emulator.server", "Fault": "emulator.kernel.faults"}


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from importlib import import_module  # noqa: PLC0415

    return getattr(import_module(_HOMES[name]), name)
