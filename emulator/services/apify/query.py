"""Query parameters as the API reads them."""

from __future__ import annotations

from ...kernel.http import Call
from .errors import InvalidValue
from .storages import Page

__all__ = ["Query"]

_TRUE = frozenset(("1", "true"))


class Query:
    """The query of one call. Numbers and booleans that are none raise ``InvalidValue``."""

    def __init__(self, call: Call) -> None:
        self._values = dict(call.query_pairs)

    def text(self, name: str, default: str = "") -> str:
        """A text."""
        return self._values.get(name, default)

    def given(self, name: str) -> bool:
        """Whether the parameter is there, and not empty."""
        return bool(self._values.get(name))

    def flag(self, name: str, *, default: bool = False) -> bool:
        """A boolean: ``true`` and ``1`` (a bare name too) are true, everything else false."""
        if name not in self._values:
            return default
        return self._values[name].lower() in {*_TRUE, ""}

    def number(self, name: str, default: int, *, least: int = 0, most: int | None = None) -> int:
        """A whole number between ``least`` and ``most``."""
        text = self._values.get(name, "")
        if not text:
            return default
        try:
            value = int(text)
        except ValueError:
            raise InvalidValue(f"{name} must be an integer") from None
        if value < least or (most is not None and value > most):
            bounds = f"at least {least}" if most is None else f"between {least} and {most}"
            raise InvalidValue(f"{name} must be {bounds}")
        return value

    def decimal(self, name: str) -> float | None:
        """A number that is not negative, ``None`` where absent."""
        text = self._values.get(name, "")
        if not text:
            return None
        try:
            value = float(text)
        except ValueError:
            raise InvalidValue(f"{name} must be a number") from None
        if not 0 <= value < float("inf"):
            raise InvalidValue(f"{name} must not be negative")
        return value

    def names(self, name: str) -> tuple[str, ...]:
        """A comma-separated list."""
        return tuple(part.strip() for part in self._values.get(name, "").split(",") if part.strip())

    def page(self, limit: int = 1000) -> Page:
        """``offset``, ``limit`` (0 and more than ``limit`` mean ``limit``) and ``desc``."""
        asked = self.number("limit", limit) or limit
        return Page(self.number("offset", 0), min(asked, limit), self.flag("desc"))
