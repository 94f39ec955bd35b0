"""``/webhooks`` and ``/webhook-dispatches``."""

from __future__ import annotations

from typing import Any

from ....kernel.http import Reply
from ....kernel.service import Exchange
from .. import wire
from ..bodies import json_object
from ..platform import Platform
from ..query import Query
from ..storages import Page
from ..webhooks import Webhook
from .binding import bindings, caller_of, path_actor, path_task

__all__ = [
    "create",
    "delete",
    "get",
    "get_dispatch",
    "list_actor_webhooks",
    "list_all_dispatches",
    "list_dispatches",
    "list_task_webhooks",
    "list_webhooks",
    "test",
    "update",
]


@bindings.bind("apify.webhooks.list")
def list_webhooks(platform: Platform, exchange: Exchange) -> Reply:
    """The caller's webhooks."""
    return _listed(platform, exchange)


@bindings.bind("apify.actors.webhooks.list")
def list_actor_webhooks(platform: Platform, exchange: Exchange) -> Reply:
    """The caller's webhooks of an Actor."""
    return _listed(platform, exchange, actorId=path_actor(platform, exchange).id)


@bindings.bind("apify.tasks.webhooks.list")
def list_task_webhooks(platform: Platform, exchange: Exchange) -> Reply:
    """The caller's webhooks of a task."""
    return _listed(platform, exchange, actorTaskId=path_task(platform, exchange).id)


@bindings.bind("apify.webhooks.create")
def create(platform: Platform, exchange: Exchange) -> Reply:
    """A new webhook; a repeated idempotency key answers the one there is."""
    webhook, new = platform.webhooks.create(caller_of(exchange).user.id, json_object(exchange.call))
    return wire.data(_shown(platform, webhook), 201 if new else 200)


@bindings.bind("apify.webhooks.get")
def get(platform: Platform, exchange: Exchange) -> Reply:
    """One webhook."""
    return wire.data(_shown(platform, _found(platform, exchange)))


@bindings.bind("apify.webhooks.update")
def update(platform: Platform, exchange: Exchange) -> Reply:
    """Change members of a webhook."""
    changed = platform.webhooks.update(_found(platform, exchange), json_object(exchange.call))
    return wire.data(_shown(platform, changed))


@bindings.bind("apify.webhooks.delete")
def delete(platform: Platform, exchange: Exchange) -> Reply:
    """Remove a webhook."""
    platform.webhooks.delete(_found(platform, exchange))
    return Reply(204)


@bindings.bind("apify.webhooks.test")
def test(platform: Platform, exchange: Exchange) -> Reply:
    """Send the webhook an event of type TEST."""
    dispatch = platform.webhooks.queue(_found(platform, exchange), "TEST", {}, {})
    return wire.data(wire.dispatch(dispatch), 201)


@bindings.bind("apify.webhooks.dispatches.list")
def list_dispatches(platform: Platform, exchange: Exchange) -> Reply:
    """What a webhook was called for."""
    page = Query(exchange.call).page()
    webhook = _found(platform, exchange)
    total, found = platform.webhooks.dispatches(webhook.owner, page, webhook.id)
    return wire.collection(total, page, map(wire.dispatch, found))


@bindings.bind("apify.webhookDispatches.list")
def list_all_dispatches(platform: Platform, exchange: Exchange) -> Reply:
    """Every dispatch of the caller."""
    page = Query(exchange.call).page()
    total, found = platform.webhooks.dispatches(caller_of(exchange).user.id, page)
    return wire.collection(total, page, map(wire.dispatch, found))


@bindings.bind("apify.webhookDispatches.get")
def get_dispatch(platform: Platform, exchange: Exchange) -> Reply:
    """One dispatch."""
    found = platform.webhooks.dispatch(exchange.path_parameters["dispatchId"], caller_of(exchange))
    return wire.data(wire.dispatch(found))


def _listed(platform: Platform, exchange: Exchange, **condition: str) -> Reply:
    page = Query(exchange.call).page()
    total, found = platform.webhooks.listed(caller_of(exchange), page, **condition)
    return wire.collection(total, page, (_shown(platform, each) for each in found))


def _found(platform: Platform, exchange: Exchange) -> Webhook:
    return platform.webhooks.find(exchange.path_parameters["webhookId"], caller_of(exchange))


def _shown(platform: Platform, webhook: Webhook) -> dict[str, Any]:
    total, latest = platform.webhooks.dispatches(webhook.owner, Page(limit=1, desc=True), webhook.id)
    return wire.webhook(webhook, latest[0] if latest else None, total)
