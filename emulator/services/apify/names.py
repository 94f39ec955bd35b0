"""Ids, names and references of the platform.

An id has 17 letters and digits (``APIFY_ID_REGEX`` of the vendor's constants). A path segment that means a storage,
an Actor or a task is an id, ``username~name``, ``userId~name`` or ``~name``; names match without regard to case.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from ...kernel.ids import BASE62, Ids
from .errors import InvalidRecordKey, InvalidValue

__all__ = ["NAME_RULE", "Reference", "check_name", "check_record_key", "new_id", "new_token"]

ID_LENGTH = 17
NAME_RULE = re.compile(r"[a-zA-Z0-9]([a-zA-Z0-9-]{0,61}[a-zA-Z0-9])?")
_KEY = re.compile(r"[a-zA-Z0-9!\-_.'()]{1,256}")


@dataclass(frozen=True, slots=True)
class Reference:
    """A path segment taken apart: an id (``name`` empty), or a name with its owner ("" is the caller)."""

    id: str = ""
    owner: str = ""
    name: str = ""

    @classmethod
    def parse(cls, segment: str) -> Reference:
        """``segment`` decoded; a slash is taken for a tilde, as in ``owner/name``."""
        owner, tilde, name = segment.replace("/", "~", 1).partition("~")
        return cls(owner=owner, name=name) if tilde else cls(id=segment)


def new_id(ids: Ids) -> str:
    """A fresh 17-character id."""
    return ids.text(ID_LENGTH, BASE62)


def new_token(ids: Ids) -> str:
    """A fresh API token."""
    return "apify_api_" + ids.text(36, BASE62)


def check_name(name: str) -> str:
    """``name`` where a storage, Actor or task may be called so. Raises ``InvalidValue``."""
    if not NAME_RULE.fullmatch(name):
        raise InvalidValue(
            "name can only contain letters a-z, digits 0-9 and the hyphen in the middle, at most 63 characters"
        )
    return name


def check_record_key(key: str) -> str:
    """``key`` where a record may have it. Raises ``InvalidRecordKey``."""
    if not _KEY.fullmatch(key):
        raise InvalidRecordKey
    return key
