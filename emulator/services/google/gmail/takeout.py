"""What Google Takeout adds to the messages of its mbox export: ``X-Gmail-Labels`` and ``X-GM-THRID``.

The fields are Takeout's, not the message's, and are taken off. Label names are those of an account in English;
others arrive as user labels of the same name.
"""

from __future__ import annotations

import binascii
import re
from functools import lru_cache

__all__ = ["LABELS_FIELD", "THREAD_FIELD", "labels_of", "without_fields"]

LABELS_FIELD = "X-Gmail-Labels"
THREAD_FIELD = "X-GM-THRID"

_SYSTEM = {
    "inbox": "INBOX",
    "sent": "SENT",
    "draft": "DRAFT",
    "drafts": "DRAFT",
    "spam": "SPAM",
    "trash": "TRASH",
    "bin": "TRASH",
    "unread": "UNREAD",
    "starred": "STARRED",
    "important": "IMPORTANT",
    "chat": "CHAT",
    "category personal": "CATEGORY_PERSONAL",
    "category social": "CATEGORY_SOCIAL",
    "category promotions": "CATEGORY_PROMOTIONS",
    "category updates": "CATEGORY_UPDATES",
    "category forums": "CATEGORY_FORUMS",
}
_STATES = frozenset(("opened", "archived", "muted", "snoozed", "scheduled"))
"""States Takeout lists among the labels that no label stands for."""
_FIELDS = {
    name: re.compile(
        rb"^" + name.encode() + rb"[ \t]*:([^\r\n]*\r\n(?:[ \t][^\r\n]*\r\n)*)", re.IGNORECASE | re.MULTILINE
    )
    for name in (LABELS_FIELD, THREAD_FIELD)
}
_WORD = re.compile(r"=\?([A-Za-z0-9_-]+)(?:\*[^?]*)?\?([bBqQ])\?([^?]*)\?=(?:\s+(?==\?))?")
_NAME = re.compile(r'"((?:[^"\\]|\\.)*)"|([^,]+)')


@lru_cache(maxsize=4096)
def labels_of(value: str) -> tuple[str, ...]:
    """System label ids and user label names of an ``X-Gmail-Labels`` value, each once, in order.

    ``Opened``, ``Archived`` and the like are no labels; neither are ``IMAP_...`` keywords.
    """
    found: list[str] = []
    for quoted, plain in _NAME.findall(_decoded(value)):
        name = re.sub(r"\\(.)", r"\1", quoted) if quoted else plain.strip()
        if name and name.lower() not in _STATES and not name.startswith("IMAP_"):
            found.append(_SYSTEM.get(name.lower(), name))
    return tuple(dict.fromkeys(found))


def without_fields(raw: bytes) -> tuple[dict[str, str], bytes]:
    """The unfolded values of the fields Takeout added, by name, and the message (CRLF) without their lines."""
    end = raw.find(b"\r\n\r\n")
    head = kept = raw[: end + 2] if end >= 0 else raw
    values: dict[str, str] = {}
    for name, pattern in _FIELDS.items():
        match = pattern.search(kept)
        if match is not None:
            values[name] = match[1].decode("utf-8", "replace").replace("\r\n", "").strip()
            kept = kept[: match.start()] + kept[match.end() :]
    return values, kept + raw[len(head) :] if values else raw


def _decoded(value: str) -> str:
    """RFC 2047 words as text; a word that does not decode stays as it is."""

    def word(match: re.Match[str]) -> str:
        charset, encoding, body = match[1], match[2].lower(), match[3]
        try:
            if encoding == "b":
                return binascii.a2b_base64(body).decode(charset)
            return binascii.a2b_qp(body, header=True).decode(charset)
        except (LookupError, ValueError):
            return match[0]

    return _WORD.sub(word, value)
