"""One short function for each operation of Pub/Sub."""

from __future__ import annotations

from base64 import b64encode
from datetime import UTC, datetime
from typing import Any

from ....kernel.clock import rfc3339
from ..errors import Aborted, Forbidden, InvalidArgument
from ..topics import Delivery, Subscription
from .request import HANDLERS, PubSubRequest

__all__ = [
    "acknowledge",
    "create_subscription",
    "create_topic",
    "delete_subscription",
    "delete_topic",
    "get_policy",
    "get_subscription",
    "get_topic",
    "list_subscriptions",
    "list_topics",
    "modify_ack_deadline",
    "modify_push_config",
    "publish",
    "pull",
    "set_policy",
]

_MOST_PULLED = 1_000


@HANDLERS.bind("pubsub.projects.topics.create")
def create_topic(request: PubSubRequest) -> dict[str, Any]:
    """A topic on which nobody may publish yet but its project."""
    if not request.topics.create(request.topic, publishers=()):
        raise _exists(request.topic)
    return {"name": request.topic}


@HANDLERS.bind("pubsub.projects.topics.get")
def get_topic(request: PubSubRequest) -> dict[str, Any]:
    """A topic by name."""
    return {"name": request.require_topic()}


@HANDLERS.bind("pubsub.projects.topics.list")
def list_topics(request: PubSubRequest) -> dict[str, Any]:
    """The topics of a project, all on one page."""
    names = request.topics.names(request.project)
    return {"topics": [{"name": name} for name in names]} if names else {}


@HANDLERS.bind("pubsub.projects.topics.delete")
def delete_topic(request: PubSubRequest) -> dict[str, Any]:
    """Delete a topic."""
    request.topics.delete(request.require_topic())
    return {}


@HANDLERS.bind("pubsub.projects.topics.getIamPolicy")
def get_policy(request: PubSubRequest) -> dict[str, Any]:
    """Who may do what with a topic."""
    return request.topics.policy(request.require_topic())


@HANDLERS.bind("pubsub.projects.topics.setIamPolicy")
def set_policy(request: PubSubRequest) -> dict[str, Any]:
    """Replace that; ``roles/pubsub.publisher`` is the role watches need."""
    policy = dict(request.body.get("policy", {}))
    request.topics.keep_policy(request.require_topic(), policy)
    return policy


@HANDLERS.bind("pubsub.projects.topics.publish")
def publish(request: PubSubRequest) -> dict[str, Any]:
    """Publish messages as the caller, who may do so in the caller's own project alone."""
    topic = request.require_topic()
    caller = request.admitted.caller
    if caller.project != request.project and not request.topics.may_publish(topic, f"user:{caller.account}"):
        raise Forbidden("User not authorized to perform this action.")
    sent = request.body.get("messages", [])
    if not sent:
        raise InvalidArgument("The value for message_count is too small. You passed 0 in the request.")
    ids = [request.topics.publish(topic, each.get("data", b""), each.get("attributes")) for each in sent]
    return {"messageIds": ids}


@HANDLERS.bind("pubsub.projects.subscriptions.create")
def create_subscription(request: PubSubRequest) -> dict[str, Any]:
    """A subscription to the topic of the body."""
    topic = request.require_topic(request.body.get("topic", "(none)"))
    try:
        made = request.topics.subscribe(
            request.subscription,
            topic,
            push_endpoint=request.body.get("pushConfig", {}).get("pushEndpoint", ""),
            ack_seconds=request.body.get("ackDeadlineSeconds", 0) or 10,
        )
    except ValueError as error:
        raise InvalidArgument(str(error)) from None
    if made is None:
        raise _exists(request.subscription)
    return _subscription(made)


@HANDLERS.bind("pubsub.projects.subscriptions.get")
def get_subscription(request: PubSubRequest) -> dict[str, Any]:
    """A subscription by name."""
    return _subscription(request.require_subscription())


@HANDLERS.bind("pubsub.projects.subscriptions.list")
def list_subscriptions(request: PubSubRequest) -> dict[str, Any]:
    """The subscriptions of a project, all on one page."""
    found = [_subscription(each) for each in request.topics.subscriptions(request.project)]
    return {"subscriptions": found} if found else {}


@HANDLERS.bind("pubsub.projects.subscriptions.delete")
def delete_subscription(request: PubSubRequest) -> dict[str, Any]:
    """Delete a subscription and what waits in it."""
    request.topics.unsubscribe(request.require_subscription().name)
    return {}


@HANDLERS.bind("pubsub.projects.subscriptions.modifyPushConfig")
def modify_push_config(request: PubSubRequest) -> dict[str, Any]:
    """Push elsewhere, or not at all."""
    endpoint = request.body.get("pushConfig", {}).get("pushEndpoint", "")
    try:
        request.topics.push_to(request.require_subscription().name, endpoint)
    except ValueError as error:
        raise InvalidArgument(str(error)) from None
    return {}


@HANDLERS.bind("pubsub.projects.subscriptions.pull")
def pull(request: PubSubRequest) -> dict[str, Any]:
    """Messages that wait, at once; an empty answer where there are none."""
    most = request.body.get("maxMessages", 0)
    if most < 1:
        raise InvalidArgument("The value for max_messages must be greater than 0.")
    found = request.topics.pull(request.require_subscription().name, min(most, _MOST_PULLED))
    return {"receivedMessages": [_received(each) for each in found]} if found else {}


@HANDLERS.bind("pubsub.projects.subscriptions.acknowledge")
def acknowledge(request: PubSubRequest) -> dict[str, Any]:
    """End deliveries."""
    request.topics.acknowledge(request.require_subscription().name, request.body.get("ackIds", ()))
    return {}


@HANDLERS.bind("pubsub.projects.subscriptions.modifyAckDeadline")
def modify_ack_deadline(request: PubSubRequest) -> dict[str, Any]:
    """Let messages come back later, or with 0 at once."""
    seconds = request.body.get("ackDeadlineSeconds", 0)
    request.topics.postpone(request.require_subscription().name, request.body.get("ackIds", ()), seconds)
    return {}


def _exists(name: str) -> Aborted:
    message = f"Resource already exists in the project (resource={name.rpartition('/')[2]})."
    return Aborted(message, reason="alreadyExists", status_name="ALREADY_EXISTS")


def _subscription(found: Subscription) -> dict[str, Any]:
    push = {"pushEndpoint": found.push_endpoint} if found.push_endpoint else {}
    return {
        "name": found.name,
        "topic": found.topic,
        "pushConfig": push,
        "ackDeadlineSeconds": found.ack_seconds,
        "messageRetentionDuration": "604800s",
        "state": "ACTIVE",
    }


def _received(found: Delivery) -> dict[str, Any]:
    message: dict[str, Any] = {"data": b64encode(found.data).decode()} if found.data else {}
    message |= {"attributes": dict(found.attributes)} if found.attributes else {}
    message |= {
        "messageId": found.message_id,
        "publishTime": rfc3339(datetime.fromtimestamp(found.published, UTC)),
    }
    return {"ackId": found.ack_id, "message": message}
