"""``gmail.users``: the mailbox as a whole."""

from __future__ import annotations

from typing import Any

from .. import wire
from ..request import HANDLERS, GmailRequest

__all__ = ["get_profile"]


@HANDLERS.bind("gmail.users.getProfile")
def get_profile(request: GmailRequest) -> dict[str, Any]:
    """Address, totals and the present history id."""
    return wire.profile(request.mailbox.profile())
