"""One short function for each operation, by resource. Importing this package enters all of them in ``HANDLERS``."""

from __future__ import annotations

from . import history, labels, messages, threads, users

__all__ = ["history", "labels", "messages", "threads", "users"]
