"""Webhooks and their dispatches."""

from __future__ import annotations

from typing import Any

from ..webhooks import Dispatch, Webhook
from .envelope import instant

__all__ = ["dispatch", "webhook"]


def webhook(found: Webhook, last: Dispatch | None, total: int) -> dict[str, Any]:
    """A webhook."""
    return {
        "id": found.id,
        "createdAt": instant(found.created_at),
        "modifiedAt": instant(found.modified_at),
        "userId": found.owner,
        **found.definition,
        "lastDispatch": None if last is None else {"status": last.status, "finishedAt": _finished(last)},
        "stats": {"totalDispatches": total},
    }


def dispatch(found: Dispatch) -> dict[str, Any]:
    """A dispatch with the attempts made."""
    return {
        "id": found.id,
        "userId": found.owner,
        "webhookId": found.webhook,
        "createdAt": instant(found.created_at),
        "status": found.status,
        "eventType": found.event,
        "eventData": found.event_data or None,
        "calls": found.calls,
    }


def _finished(found: Dispatch) -> str | None:
    return found.calls[-1]["finishedAt"] if found.calls and found.status != "ACTIVE" else None
