"""What every answer of the API shares: the envelope, dates, pages."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any

from ....kernel.clock import rfc3339
from ....kernel.http import Reply
from ..storages import Page

__all__ = ["CONSOLE", "USD_PER_COMPUTE_UNIT", "collection", "data", "instant"]

CONSOLE = "https://console.apify.com"
USD_PER_COMPUTE_UNIT = 0.4


def data(value: Any, status: int = 200) -> Reply:
    """A reply with ``value`` in the API's envelope."""
    return Reply.json({"data": value}, status)


def instant(seconds: float | None) -> str | None:
    """Virtual seconds as the API writes dates."""
    return None if seconds is None else rfc3339(datetime.fromtimestamp(seconds, UTC))


def collection(total: int, page: Page, items: Iterable[dict[str, Any]]) -> Reply:
    """One page of a collection."""
    listed = list(items)
    return data(
        {
            "total": total,
            "offset": page.offset,
            "limit": page.limit,
            "desc": page.desc,
            "count": len(listed),
            "items": listed,
        }
    )
