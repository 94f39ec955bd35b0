"""Misuse of the emulator. Never on the wire; always one clear message with what to do.

EmulatorError
    WorldError             a world file that cannot be opened
        NotAWorld          the file is something else, or damaged
        NewerWorld         written by a newer emulator
        WorldInUse         another process holds it
    UnknownName            no such project, user, client, seed, scenario...: lists the near ones
    UnexpectedTraffic      a test met refused hosts, unrouted paths or crashed handlers
"""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches

from .kernel.world import NewerWorld, NotAWorld, WorldError, WorldInUse

__all__ = [
    "EmulatorError",
    "NewerWorld",
    "NotAWorld",
    "UnexpectedTraffic",
    "UnknownName",
    "WorldError",
    "WorldInUse",
]
