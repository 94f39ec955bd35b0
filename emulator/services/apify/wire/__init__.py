"""Records to the objects of the API. Members and their order after the vendor's OpenAPI document."""

from __future__ import annotations

from .accounts import limits, private_user, public_user
from .envelope import collection, data, instant
from .hooks import dispatch, webhook
from .jobs import actor, build, run, run_item, task
from .storage import added, dataset, queue, queue_head, record_url, store

__all__ = [
    "actor",
    "added",
    "build",
    "collection",
    "data",
    "dataset",
    "dispatch",
    "instant",
    "limits",
    "private_user",
    "public_user",
    "queue",
    "queue_head",
    "record_url",
    "run",
    "run_item",
    "store",
    "task",
    "webhook",
]
