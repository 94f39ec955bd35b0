"""The journal: every call that arrived, what was made of it, and why.

Entries hold the call and the reply as they were; everything that leaves the process goes through ``public``,
where secrets are masked. The journal hangs off the emulator, not in the world: a rolled back call still happened.
"""

from __future__ import annotations

from .calls import Calls
from .entry import Broken, Entry, Refusal
from .export import har, jsonl
from .masking import mask
from .record import BODY_LIMIT, CAPACITY, Journal
from .strays import Stray, strays

__all__ = [
    "BODY_LIMIT",
    "CAPACITY",
    "Broken",
    "Calls",
    "Entry",
    "Journal",
    "Refusal",
    "Stray",
    "har",
    "jsonl",
    "mask",
    "strays",
]
