"""Whom a message is for: the addresses of its To, Cc and Bcc fields, as strictly as sending reads them."""

from __future__ import annotations

import re
from dataclasses import dataclass

from ..errors import InvalidArgument
from .mime import Part

__all__ = ["Recipients", "addresses"]

_TOKEN = re.compile(r'"(?:[^"\\]|\\.)*"?|\([^()]*\)|<[^<>]*>|[,;:]|[^",;:<(]+|.', re.DOTALL)
_ATOM = r"[^\s\"(),.:;<>@\[\\\]]+"
_ADDRESS = re.compile(rf'(?:{_ATOM}(?:\.{_ATOM})*|"(?:[^"\\]|\\.)+")@({_ATOM}(?:\.{_ATOM})*|\[[0-9A-Fa-f.:IPv]+\])')
_DOMAIN = re.compile(r"(?:[^\W_](?:[\w-]*[^\W_])?)(?:\.[^\W_](?:[\w-]*[^\W_])?)*|\[.*\]")


@dataclass(frozen=True, slots=True)
class Recipients:
    """The addresses of a message, each once and in the order of the fields."""

    all: tuple[str, ...]

    @classmethod
    def of(cls, root: Part) -> Recipients:
        """Those of a message's top part. Raises ``InvalidArgument`` with the name of a field that cannot be read."""
        found: list[str] = []
        for name in ("To", "Cc", "Bcc"):
            for value in root.header_all(name):
                read = addresses(value)
                if read is None:
                    raise InvalidArgument(f"Invalid {name} header")
                found += read
        return cls(tuple(dict.fromkeys(found)))


def addresses(value: str) -> list[str] | None:
    """The bare addresses of a list, groups opened, names and comments dropped; ``None`` for a malformed list."""
    found: list[str] = []
    pending: list[str] = []
    for piece in (*(match[0] for match in _TOKEN.finditer(value)), ","):
        if piece == ":":
            pending.clear()  # the name of a group
        elif piece in {",", ";"}:
            text = "".join(pending).strip()
            pending.clear()
            if text and (address := _address(text)) is None:
                return None
            if text and address:
                found.append(address)
        elif not piece.startswith("("):
            pending.append(piece)
    return found


def _address(text: str) -> str | None:
    """The address in ``Name <address>`` or in ``text`` itself; ``None`` where there is none."""
    if text.endswith(">") and "<" in text:
        text = text[text.rindex("<") + 1 : -1].strip()
    match = _ADDRESS.fullmatch(text)
    return text if match is not None and _DOMAIN.fullmatch(match[1]) else None
