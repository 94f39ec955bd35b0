"""Real requests to an app that listens on this machine: the last step of a browser's way, a pushed notification.

This is the emulator's only connection outwards, and it goes to loopback addresses alone.
"""

from __future__ import annotations

from collections.abc import Iterable
from urllib.parse import urlencode, urlsplit

from .http import Headers, HeaderSource, Reply

__all__ = ["CallbackError", "deliver", "post"]

LOOPBACK = frozenset(("127.0.0.1", "localhost", "::1"))
PATIENCE = 30.0


class CallbackError(Exception):
    """The app could not be called at its redirect URI; the message says why."""


def deliver(url: str, form: Iterable[tuple[str, str]] | None = None) -> Reply:
    """Open ``url`` as a browser would, or post ``form`` to it, and answer what the app says.

    Redirects are not followed.
    Raises ``CallbackError`` for an address that is not plain HTTP on this machine, and where nobody answers.
    """
    if form is None:
        return _send("GET", url, None, {})
    return post(url, urlencode(list(form)).encode(), "application/x-www-form-urlencoded")


def post(url: str, content: bytes, content_type: str, headers: HeaderSource = ()) -> Reply:
    """Post ``content`` to ``url``, with ``headers``, and answer what the app says. Raises like ``deliver``."""
    return _send("POST", url, content, {**dict(Headers(headers)), "Content-Type": content_type})


def _send(verb: str, url: str, content: bytes | None, headers: dict[str, str]) -> Reply:
    parts = urlsplit(url)
    if parts.scheme != "http" or parts.hostname not in LOOPBACK:
        place = f"{parts.scheme}://{parts.netloc}"
        raise CallbackError(f"{place} is not plain HTTP on this machine; call the app with the address yourself")
    from http.client import HTTPConnection, HTTPException  # noqa: PLC0415 - slow to load, and few worlds call an app

    target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    connection = HTTPConnection(parts.hostname or "", parts.port or 80, timeout=PATIENCE)
    try:
        connection.request(verb, target, content, headers)
        answer = connection.getresponse()
        return Reply(answer.status, Headers(answer.getheaders()), answer.read())
    except (OSError, HTTPException) as error:
        raise CallbackError(f"nobody answers at {parts.netloc}: {error}") from None
    finally:
        connection.close()
