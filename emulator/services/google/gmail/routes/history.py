"""``gmail.users.history``."""

from __future__ import annotations

from typing import Any

from ...errors import InvalidArgument
from .. import wire
from ..changes import require_label
from ..history import History
from ..listing import page_token
from ..request import HANDLERS, GmailRequest

__all__ = ["list_"]


@HANDLERS.bind("gmail.users.history.list")
def list_(request: GmailRequest) -> dict[str, Any]:
    """What changed after ``startHistoryId``. A full page leads to a next one even where that is empty."""
    arguments, history = request.arguments, History(request.kernel, request.mailbox.number)
    if "startHistoryId" not in arguments:
        raise InvalidArgument("Missing/invalid parameter: startHistoryId")
    if label := arguments.text("labelId"):
        require_label(request.mailbox, label)
    start, limit = arguments.integer("startHistoryId"), request.page_size()
    history.require_known(start)
    records = history.after(
        _position(arguments.text("pageToken"), start), limit, arguments.texts("historyTypes"), label
    )
    token = page_token(records[-1].id) if len(records) == limit else ""
    return wire.history_page(records, history.present, token)


def _position(token: str, start: int) -> int:
    if not token:
        return start
    if not (token.isascii() and token.isdigit() and len(token) <= 20 and int(token) < 2**63):
        raise InvalidArgument("Invalid pageToken")
    return int(token)
