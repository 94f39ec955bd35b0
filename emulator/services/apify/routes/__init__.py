"""One function for each operation, by resource. Importing the package binds them all."""

from __future__ import annotations

from . import actors, datasets, keyvalue, queues, runs, users, webhooks
from .binding import Handler, bindings

__all__ = ["Handler", "actors", "bindings", "datasets", "keyvalue", "queues", "runs", "users", "webhooks"]
