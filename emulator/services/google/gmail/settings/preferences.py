"""Settings a mailbox has one of: vacation, IMAP, POP and language. Defaults and key order are those of recordings."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ...errors import InvalidArgument
from .store import Resource, SettingStore

__all__ = ["Preferences"]

_IMAP = {"enabled": True, "autoExpunge": True, "expungeBehavior": "archive", "maxFolderSize": 0}
_POP = {"accessWindow": "disabled", "disposition": "leaveInInbox"}
_VACATION = {
    "enableAutoReply": False,
    "responseSubject": "",
    "restrictToContacts": False,
    "restrictToDomain": False,
}
_FOLDER_SIZES = frozenset((0, 1000, 2000, 5000, 10000))

# Gmail's display languages, from the page on language settings of the Gmail API.
_CODES = (
    "af am ar az bg bn br ca ceb chr cs cy da de el en en-GB es es-419 et eu fa fi fil fr fr-CA ga gl gu "
    "he hi hr ht hu hy id is it ja jw ka km kn ko lo lt lv ml mn mr ms my ne nl no pl pt-BR pt-PT ro ru "
    "si sk sl sr sv sw ta te th tl tr uk ur vi zh-CN zh-HK zh-TW zu"
)
_LANGUAGES = frozenset(_CODES.split())
_VARIANTS = {"pt": "pt-BR", "zh": "zh-CN", "nb": "no", "nn": "no", "iw": "he", "in": "id", "zh-SG": "zh-CN"}


class Preferences:
    """The single settings of one mailbox. Updates replace the whole, as PUT does, and answer what is kept."""

    def __init__(self, store: SettingStore) -> None:
        self._store = store

    @property
    def vacation(self) -> Resource:
        """``VacationSettings``."""
        return self._store.get("vacation") or dict(_VACATION)

    @property
    def imap(self) -> Resource:
        """``ImapSettings``."""
        return self._store.get("imap") or dict(_IMAP)

    @property
    def pop(self) -> Resource:
        """``PopSettings``."""
        return self._store.get("pop") or dict(_POP)

    @property
    def language(self) -> Resource:
        """``LanguageSettings``."""
        return self._store.get("language") or {"displayLanguage": "en"}

    def update_vacation(self, body: Mapping[str, Any]) -> Resource:
        """Raises ``InvalidArgument`` for an answer that says nothing, and for a time that ends before it begins."""
        said = [body.get(name, "") for name in ("responseSubject", "responseBodyPlainText", "responseBodyHtml")]
        if body.get("enableAutoReply") and not any(said):
            raise InvalidArgument("Vacation response must have a subject or a body", cause="vacation_empty")
        start, end = body.get("startTime", 0), body.get("endTime", 0)
        if start and end and start >= end:
            raise InvalidArgument("Vacation start time must be before its end time", cause="vacation_ends_first")
        value = {"enableAutoReply": body.get("enableAutoReply", False), "responseSubject": said[0]}
        value |= {name: body[name] for name in ("responseBodyPlainText", "responseBodyHtml") if body.get(name)}
        value |= {name: body.get(name, False) for name in ("restrictToContacts", "restrictToDomain")}
        value |= {name: str(body[name]) for name in ("startTime", "endTime") if body.get(name)}
        return self._kept("vacation", value)

    def update_imap(self, body: Mapping[str, Any]) -> Resource:
        """Raises ``InvalidArgument`` for a folder size Gmail does not offer."""
        size = body.get("maxFolderSize", 0)
        if size not in _FOLDER_SIZES:
            raise InvalidArgument("Invalid maxFolderSize", cause="imap_folder_size")
        value = {name: body.get(name, False) for name in ("enabled", "autoExpunge")}
        behaviour = _chosen(body, "expungeBehavior", "expungeBehaviorUnspecified", "archive")
        return self._kept("imap", {**value, "expungeBehavior": behaviour, "maxFolderSize": size})

    def update_pop(self, body: Mapping[str, Any]) -> Resource:
        """Unspecified choices become those of a new account."""
        window = _chosen(body, "accessWindow", "accessWindowUnspecified", _POP["accessWindow"])
        disposition = _chosen(body, "disposition", "dispositionUnspecified", _POP["disposition"])
        return self._kept("pop", {"accessWindow": window, "disposition": disposition})

    def update_language(self, body: Mapping[str, Any]) -> Resource:
        """The language or its close variant. Raises ``InvalidArgument`` for one Gmail does not speak."""
        found = _display_language(body.get("displayLanguage", ""))
        if not found:
            raise InvalidArgument("Invalid displayLanguage", cause="language_unknown")
        return self._kept("language", {"displayLanguage": found})

    def _kept(self, kind: str, value: Resource) -> Resource:
        self._store.put(kind, value)
        return value


def _chosen(body: Mapping[str, Any], name: str, unspecified: str, otherwise: str) -> str:
    given: str = body.get(name, unspecified)
    return otherwise if given == unspecified else given


def _display_language(tag: str) -> str:
    """The display language for an RFC 3066 tag: itself, a known variant, or the language without its region."""
    parts = tag.replace("_", "-").split("-")
    spelled = "-".join([parts[0].lower(), *(part.upper() if part.isalpha() else part for part in parts[1:])])
    for candidate in (spelled, parts[0].lower()):
        found = _VARIANTS.get(candidate, candidate)
        if found in _LANGUAGES:
            return found
    return ""
