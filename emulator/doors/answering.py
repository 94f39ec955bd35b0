"""Asking the application, and the answer where it fails."""

from __future__ import annotations

import logging

from ..kernel.http import Call, Reply
from ..kernel.websocket import WebSocketHandler
from .connection import Application
from .request_reader import BadRequest

__all__ = ["answer", "converse", "crashed"]

LOGGER = logging.getLogger(__name__)


def answer(application: Application, call: Call) -> Reply:
    """The application's reply; 500 where it raised, so that one bad handler does not take the connection along."""
    try:
        return application.respond(call)
    except Exception as error:
        LOGGER.exception("%s %s: the application raised", call.verb, call.url)
        return crashed(error)


def converse(application: Application, call: Call) -> WebSocketHandler | None:
    """The application's handler for a WebSocket. Raises ``BadRequest`` with a 500 where it raised."""
    try:
        return application.websocket(call)
    except Exception as error:
        LOGGER.exception("%s: the application raised", call.url)
        raise BadRequest(500, "The emulator failed.", crashed(error)) from error


def crashed(error: Exception) -> Reply:
    """What a client sees of a bug in the emulator; the log has the traceback."""
    message = f"The emulator failed: {type(error).__name__}."
    return Reply.json({"error": {"code": 500, "status": "EMULATOR_ERROR", "message": message}}, 500)
