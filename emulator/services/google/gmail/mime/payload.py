"""The ``payload`` of a message resource: key order, omissions and encodings as recorded from the API."""

from __future__ import annotations

import base64
from collections.abc import Callable, Collection
from typing import Any

from .charsets import to_utf8
from .part import EMBEDDED_TYPES, Message, Part

__all__ = ["base64url", "metadata_payload", "payload"]


def base64url(data: bytes) -> str:
    """``data`` in the URL-safe alphabet, padded to a multiple of four, as ``raw`` and every ``data`` key carry it."""
    return base64.urlsafe_b64encode(data).decode("ascii")


def payload(message: Message, attachment_id: Callable[[Part], str]) -> dict[str, Any]:
    """The whole tree, for ``format=full``. ``attachment_id`` mints the reference of a part given out by reference."""
    return _part(message.root, attachment_id)


def metadata_payload(message: Message, wanted: Collection[str] = ()) -> dict[str, Any]:
    """``{"mimeType", "headers"}`` of the top part, for ``format=metadata``.

    ``wanted`` is ``metadataHeaders``: names in any case, every header when empty. Without a match there is no
    ``headers`` key.
    """
    names = {name.lower() for name in wanted}
    headers = [(name, value) for name, value in message.root.headers if not names or name.lower() in names]
    return {"mimeType": message.root.mime_type} | _headers(headers)


def _part(part: Part, attachment_id: Callable[[Part], str]) -> dict[str, Any]:
    # Recursion is safe here: the scanner bounds the depth of the tree.
    rendered: dict[str, Any] = {"partId": part.part_id, "mimeType": part.mime_type, "filename": part.filename}
    rendered |= _headers(part.headers)
    rendered["body"] = _body(part, attachment_id)
    if part.children:
        rendered["parts"] = [_part(child, attachment_id) for child in part.children]
    return rendered


def _headers(headers: Collection[tuple[str, str]]) -> dict[str, Any]:
    return {"headers": [{"name": name, "value": value} for name, value in headers]} if headers else {}


def _body(part: Part, attachment_id: Callable[[Part], str]) -> dict[str, Any]:
    if part.is_container and not part.is_attachment:
        return {"size": 0}
    size = len(part.body)
    if not part.is_attachment:
        return {"size": size, "data": base64url(to_utf8(part.body, part.charset))}
    if not size and part.mime_type not in EMBEDDED_TYPES:
        return {"size": 0, "data": ""}
    return {"attachmentId": attachment_id(part), "size": size}
