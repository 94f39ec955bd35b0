"""One value of a seed file, where it stands, and what it may be read as.

Scalars are read as the type that was asked for and never guessed from their looks, so ``country: no`` is text and
``sub: 007`` keeps its zeros; only ``true``/``false`` are booleans and only ``null``, ``~`` and nothing are null.
"""

from __future__ import annotations

import math
import re
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator
    from pathlib import Path

__all__ = ["SeedError", "SeedNode", "duration_of"]

_NULL = frozenset({"", "~", "null", "Null", "NULL"})
_BOOLEAN = {"true": True, "True": True, "TRUE": True, "false": False, "False": False, "FALSE": False}
_INTEGER = re.compile(r"[-+]?[0-9]{1,30}")
_FLOAT = re.compile(r"[-+]?[0-9]+(\.[0-9]+)?([eE][-+]?[0-9]{1,3})?")
_DURATION = re.compile(r"[0-9]{1,9}[wdhms](?:\s*[0-9]{1,9}[wdhms])*")
_DURATION_PART = re.compile(r"([0-9]+)([wdhms])")
_UNIT_SECONDS = {"w": 604_800, "d": 86_400, "h": 3_600, "m": 60, "s": 1}
_SHOWN = 60


class SeedError(Exception):
    """A seed that cannot be taken in; its text is the one line to show.

    ``file`` is the name as it was given, ``line`` counts from 1 (0 where no line applies), ``field`` is the path of
    the value (``google.clients[0].type``; empty for the file as a whole) and ``problem`` what is wrong with it.
    """

    def __init__(self, file: str, line: int, field: str, problem: str) -> None:
        self.file, self.line, self.field, self.problem = file, line, field, problem
        place = f"{file}:{line}" if line else file
        super().__init__(f"{place}: {field}: {problem}" if field else f"{place}: {problem}")


class SeedNode:
    """A mapping, a list or a scalar of a seed file, with its file, line and field path.

    Every reading method raises ``SeedError`` where the value is not of the kind asked for. ``directory`` is where
    the file lies, for values that name other files; ``None`` for a seed given as text.
    """

    __slots__ = ("_key", "_parent", "_plain", "_value", "_weight", "directory", "file", "line")

    def __init__(
        self,
        value: str | dict[str, SeedNode] | list[SeedNode],
        *,
        file: str,
        line: int,
        plain: bool = False,
        directory: Path | None = None,
    ) -> None:
        self._value = value
        self._plain = plain
        self._parent: SeedNode | None = None
        self._key: str | int = ""
        self._weight = 1
        self.file = file
        self.line = line
        self.directory = directory

    def placed(self, parent: SeedNode, key: str | int) -> SeedNode:
        """This node, now a child of ``parent`` under ``key``: a field name or a position."""
        self._parent, self._key = parent, key
        return self

    def copied(self, value: dict[str, SeedNode] | list[SeedNode]) -> SeedNode:
        """A node of another ``value`` that stands at the same place."""
        copy = SeedNode(value, file=self.file, line=self.line, directory=self.directory)
        copy._parent, copy._key = self._parent, self._key
        return copy

    @property
    def weight(self) -> int:
        """How many values stand below and including this one once every alias is written out."""
        return self._weight

    def add_weight(self, of: SeedNode) -> int:
        """Count ``of`` as standing below this node; answers the new weight."""
        self._weight += of.weight
        return self._weight

    @property
    def field(self) -> str:
        """The path from the top of the file, such as ``google.clients[0].type``."""
        if self._parent is None:
            return ""
        step = f"[{self._key}]" if isinstance(self._key, int) else f".{self._key}"
        return f"{self._parent.field}{step}".removeprefix(".")

    def error(self, problem: str) -> SeedError:
        """An error about this value, to be raised by the caller."""
        return SeedError(self.file, self.line, self.field, problem)

    def dangling(self, noun: str, known: Iterable[str]) -> SeedError:
        """An error saying that this value names a ``noun`` ("project") which is not among ``known``."""
        wanted = self._value if isinstance(self._value, str) else self.described()
        return self.error(f'no {noun} "{_shown(wanted)}"{_suggestion(wanted, known)}')

    @property
    def is_mapping(self) -> bool:
        """Whether this is a mapping."""
        return isinstance(self._value, dict)

    @property
    def is_list(self) -> bool:
        """Whether this is a list."""
        return isinstance(self._value, list)

    @property
    def is_null(self) -> bool:
        """Whether this is null: ``null``, ``~`` or nothing at all, unquoted."""
        return self._plain and self._value in _NULL

    def described(self) -> str:
        """What stands here, for "expected ..., got ..."."""
        if isinstance(self._value, str):
            if self.is_null:
                return "nothing"
            if self._plain and (self._value in _BOOLEAN or _FLOAT.fullmatch(self._value)):
                return self._value
            return f'"{_shown(self._value)}"'
        return "a mapping" if self.is_mapping else "a list"

    def mapping(self, allowed: Collection[str] | None = None) -> dict[str, SeedNode]:
        """The fields of a mapping in the order written; with ``allowed``, every other field is an error."""
        if not isinstance(self._value, dict):
            raise self.error(f"expected a mapping, got {self.described()}")
        if allowed is not None:
            for name, node in self._value.items():
                if name not in allowed:
                    raise node.unknown_field(allowed)
        return self._value

    def unknown_field(self, allowed: Iterable[str]) -> SeedError:
        """An error saying that the mapping this stands in has no such field; ``allowed`` are those it has."""
        names = list(allowed)
        return self.error("unknown field" + (_suggestion(str(self._key), names) or f", expected {_listing(names)}"))

    def get(self, name: str) -> SeedNode | None:
        """The field of that name, or ``None``."""
        return self.mapping().get(name)

    def require(self, name: str) -> SeedNode:
        """The field of that name; its absence is an error."""
        found = self.get(name)
        if found is None:
            path = f"{self.field}.{name}" if self.field else name
            raise SeedError(self.file, self.line, path, "required field is missing")
        return found

    def items(self) -> list[SeedNode]:
        """The values of a list."""
        if not isinstance(self._value, list):
            raise self.error(f"expected a list, got {self.described()}")
        return self._value

    def text(self) -> str:
        """Text as written; a plain number is taken as its digits, null and booleans are refused."""
        if not isinstance(self._value, str) or (self._plain and (self.is_null or self._value in _BOOLEAN)):
            raise self.error(f"expected text, got {self.described()}")
        return self._value

    def integer(self) -> int:
        """A whole number, unquoted."""
        if not isinstance(self._value, str) or not self._plain or not _INTEGER.fullmatch(self._value):
            raise self.error(f"expected a whole number, got {self.described()}")
        return int(self._value)

    def number(self) -> float:
        """A finite number, unquoted."""
        if isinstance(self._value, str) and self._plain and _FLOAT.fullmatch(self._value):
            found = float(self._value)
            if math.isfinite(found):
                return found
        raise self.error(f"expected a number, got {self.described()}")

    def boolean(self) -> bool:
        """``true`` or ``false``, unquoted."""
        if isinstance(self._value, str) and self._plain and self._value in _BOOLEAN:
            return _BOOLEAN[self._value]
        raise self.error(f"expected true or false, got {self.described()}")

    def choice(self, *options: str) -> str:
        """One of ``options``."""
        if isinstance(self._value, str) and self._value in options:
            return self._value
        wanted = self._value if isinstance(self._value, str) else ""
        raise self.error(f"expected {_listing(options)}, got {self.described()}{_suggestion(wanted, options)}")

    def duration(self) -> timedelta:
        """A length of time such as ``3d 4h`` or ``90m``; units are w, d, h, m, s."""
        found = duration_of(self._value) if isinstance(self._value, str) else None
        if found is None:
            raise self.error(f'expected a duration such as "3d 4h", got {self.described()}')
        return found

    def timestamp(self, now: datetime | None = None) -> datetime:
        """An instant: RFC 3339 with its zone, a date (midnight UTC), or relative to ``now``.

        Relative forms are ``now``, ``3d 4h ago`` and ``in 90m``; without a ``now`` they are refused. Answers UTC.
        """
        text = self.text().strip()
        if now is not None and (moment := _relative(text, now)) is not None:
            return moment
        try:
            found = datetime.fromisoformat(text)
        except ValueError:
            example = '"2026-03-01T09:30:00Z" or "3d ago"'
            raise self.error(f"expected an instant such as {example}, got {self.described()}") from None
        if found.tzinfo is None and len(text) > len("2026-03-01"):
            raise self.error(f'"{text}" has no zone; write "{text}Z" for UTC')
        return found.replace(tzinfo=UTC) if found.tzinfo is None else found.astimezone(UTC)

    def __iter__(self) -> Iterator[SeedNode]:
        return iter(self.items())

    def __repr__(self) -> str:
        return f"<SeedNode {self.file}:{self.line} {self.field or '(top)'}: {self.described()}>"


def duration_of(text: str) -> timedelta | None:
    """A length of time written like ``1w 3d 4h 90m 5s``, or ``None`` where ``text`` is something else."""
    if not _DURATION.fullmatch(text):
        return None
    seconds = sum(int(count) * _UNIT_SECONDS[unit] for count, unit in _DURATION_PART.findall(text))
    return timedelta(seconds=seconds) if seconds < timedelta.max.days * 86_400 else None


def _relative(text: str, now: datetime) -> datetime | None:
    """``now``, ``3d ago`` or ``in 3d`` as an instant; ``None`` for any other text or beyond the calendar."""
    if text == "now":
        return now
    back = text.endswith(" ago")
    if not back and not text.startswith("in "):
        return None
    length = duration_of(text.removesuffix(" ago") if back else text.removeprefix("in "))
    if length is None:
        return None
    try:
        return now - length if back else now + length
    except OverflowError:
        return None


def _shown(text: str) -> str:
    """Text short enough, and on one line, for a message."""
    line = text.replace("\n", "\\n")
    return line if len(line) <= _SHOWN else line[: _SHOWN - 1] + "…"


def _listing(names: Iterable[str]) -> str:
    """``one of "a", "b"`` or just ``"a"``."""
    quoted = [f'"{name}"' for name in names]
    return quoted[0] if len(quoted) == 1 else "one of " + ", ".join(quoted)


def _suggestion(wanted: str, known: Iterable[str]) -> str:
    """``; did you mean "x"?`` where one of ``known`` is close to ``wanted``, else nothing."""
    from difflib import get_close_matches  # noqa: PLC0415 - only a failing seed pays for it

    close = get_close_matches(wanted, list(known), n=1)
    return f'; did you mean "{close[0]}"?' if close else ""
