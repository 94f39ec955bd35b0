"""Misuse of the emulator, gathered from the rooms that raise it. Never on the wire; one clear message each.

WorldError             a world file that cannot be opened
    NotAWorld          the file is something else, or damaged
    NewerWorld         written by a newer emulator
    WorldInUse         another process holds it
UnknownName            no such project, user, client, seed...: lists what there is
SeedError              a seed file with an unknown field, a wrong type or a dangling reference: file, line and field
ClockError             time was asked to run backwards
FaultError             a fault that says nothing sensible
UnexpectedTraffic      a test met refused hosts, unrouted paths or crashed handlers
"""

from __future__ import annotations

from .kernel.clock import ClockError
from .kernel.faults import FaultError
from .kernel.live import UnknownName
from .kernel.seed import SeedError
from .kernel.world import NewerWorld, NotAWorld, WorldError, WorldInUse

__all__ = [
    "ClockError",
    "FaultError",
    "NewerWorld",
    "NotAWorld",
    "SeedError",
    "UnexpectedTraffic",
    "UnknownName",
    "WorldError",
    "WorldInUse",
]


class UnexpectedTraffic(AssertionError):
    """Something left the emulated world, or was lost in it, while a test ran."""
