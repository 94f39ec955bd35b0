"""MIME for the mailbox: the stored bytes of a message, read as Gmail's answers show it reads them."""

from __future__ import annotations

from .html_text import html_text
from .index import IndexFields, header_date, index_fields, visible_texts
from .part import Message, Part
from .payload import base64url, metadata_payload, payload
from .scanner import canonical, parse

__all__ = [
    "IndexFields",
    "Message",
    "Part",
    "base64url",
    "canonical",
    "header_date",
    "html_text",
    "index_fields",
    "metadata_payload",
    "parse",
    "payload",
    "visible_texts",
]
