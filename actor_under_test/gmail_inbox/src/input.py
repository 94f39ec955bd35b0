"""What the user typed into the Actor's form, checked.

The platform validates the input against `.actor/input_schema.json` before a run, but ``apify run`` without an INPUT
file and ``python -m src`` do not, and the schema cannot say "needed unless dry_run". So the rules are checked here too.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from .failures import Cause, RunError

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["ActorInput"]

_DEFAULT_QUERY = "in:inbox"
_DEFAULT_MAX_RESULTS, _MIN_MAX_RESULTS, _MAX_MAX_RESULTS = 25, 1, 1000


@dataclass(frozen=True)
class ActorInput:
    """A valid input. The credentials are empty only in a dry run; the secret ones are kept out of `repr`."""

    client_id: str
    client_secret: str = field(repr=False)
    refresh_token: str = field(repr=False)
    query: str
    max_results: int
    dry_run: bool

    @classmethod
    def parse(cls, raw: object) -> ActorInput:
        """Read the value of `Actor.get_input()`, which is None when there is no INPUT record.

        Raises:
            RunError: naming everything that is missing or wrong, never a value.

        """
        if raw is None:
            raw = {}
        if not isinstance(raw, dict):
            raise RunError(Cause.INVALID_INPUT, "it must be a JSON object")
        problems: list[str] = []
        parsed = cls(
            client_id=_text(raw, "client_id", "", problems),
            client_secret=_text(raw, "client_secret", "", problems),
            refresh_token=_text(raw, "refresh_token", "", problems),
            query=_text(raw, "query", _DEFAULT_QUERY, problems),
            max_results=_max_results(raw, problems),
            dry_run=_flag(raw, "dry_run", problems),
        )
        if problems:
            raise RunError(Cause.INVALID_INPUT, "; ".join(problems))
        parsed._require_credentials()
        return parsed

    def _require_credentials(self) -> None:
        names = ("client_id", "client_secret", "refresh_token")
        missing = [name for name in names if not getattr(self, name)]
        if missing and not self.dry_run:
            raise RunError(Cause.MISSING_CREDENTIALS, ", ".join(missing))


def _text(raw: Mapping[str, Any], name: str, default: str, problems: list[str]) -> str:
    """Return the text without the blanks and line ends that come along when a value is pasted."""
    value = raw.get(name)
    if value is None:
        return default
    if not isinstance(value, str):
        problems.append(f"{name} must be text")
        return default
    return value.strip()


def _max_results(raw: Mapping[str, Any], problems: list[str]) -> int:
    value = raw.get("max_results")
    if value is None:
        return _DEFAULT_MAX_RESULTS
    whole = isinstance(value, int) and not isinstance(value, bool)
    if not whole or not _MIN_MAX_RESULTS <= value <= _MAX_MAX_RESULTS:
        problems.append(f"max_results must be a whole number from {_MIN_MAX_RESULTS} to {_MAX_MAX_RESULTS}")
        return _DEFAULT_MAX_RESULTS
    return int(value)


def _flag(raw: Mapping[str, Any], name: str, problems: list[str]) -> bool:
    value = raw.get(name)
    if value is None or isinstance(value, bool):
        return bool(value)
    problems.append(f"{name} must be true or false")
    return False
