"""One short function for each operation, by resource. Importing this package enters all of them in ``HANDLERS``."""

from __future__ import annotations

from . import (
    cse,
    delegates,
    drafts,
    filters,
    forwarding_addresses,
    history,
    labels,
    messages,
    send_as,
    settings,
    threads,
    users,
    watch,
)

__all__ = [
    "cse",
    "delegates",
    "drafts",
    "filters",
    "forwarding_addresses",
    "history",
    "labels",
    "messages",
    "send_as",
    "settings",
    "threads",
    "users",
    "watch",
]
