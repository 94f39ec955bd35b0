"""One short function for each operation, by resource. Importing this package enters all of them in ``HANDLERS``."""

from __future__ import annotations

from . import drafts, history, labels, messages, threads, users, watch

__all__ = ["drafts", "history", "labels", "messages", "threads", "users", "watch"]
