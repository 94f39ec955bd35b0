"""``gmail.users.watch`` and ``stop``."""

from __future__ import annotations

from typing import Any

from ..changes import require_label
from ..request import HANDLERS, GmailRequest
from ..watch import Watch, start_watch, stop_watch

__all__ = ["stop", "watch"]


@HANDLERS.bind("gmail.users.watch")
def watch(request: GmailRequest) -> dict[str, str]:
    """Tell a topic of every change from now on."""
    body: Any = request.arguments.body
    labels = tuple(dict.fromkeys(body.get("labelIds", ())))
    for label in labels:
        require_label(request.mailbox, label)
    behaviour = body.get("labelFilterBehavior") or body.get("labelFilterAction", "include")
    wanted = Watch(body.get("topicName", ""), labels, exclude=behaviour == "exclude")
    expiration = start_watch(request.kernel, request.mailbox, request.caller.project, wanted)
    return {"historyId": str(request.mailbox.profile().history), "expiration": str(expiration)}


@HANDLERS.bind("gmail.users.stop")
def stop(request: GmailRequest) -> None:
    """Tell no longer."""
    stop_watch(request.kernel, request.mailbox, request.caller.project)
