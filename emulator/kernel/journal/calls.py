"""Entries that were asked for, with assertions that explain themselves."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from difflib import SequenceMatcher
from fnmatch import fnmatchcase
from typing import Any

from ..clock import rfc3339
from .entry import Entry
from .masking import shown

__all__ = ["Calls", "Criteria"]

NEAREST = 3


@dataclass(frozen=True, slots=True)
class Criteria:
    """What an entry must be. ``None`` and "" leave a field open; ``operation`` and ``host`` may be globs.

    ``parameters`` are compared with the decoded ones, each as text: ``maxResults=5`` means the "5" of a query.
    """

    operation: str | None = None
    service: str | None = None
    host: str | None = None
    principal: str | None = None
    status: int | None = None
    cause: str | None = None
    fault: str | None = None
    parameters: Mapping[str, Any] = field(default_factory=dict)
    since: datetime | None = None
    until: datetime | None = None

    def differences(self, entry: Entry) -> list[str]:
        """Field by field what ``entry`` is instead; nothing where it is what is wanted."""
        found = [line for name in _TEXTS if (line := self._text(name, entry))]
        if self.status is not None and entry.status != self.status:
            found.append(f"status: wanted {self.status}, was {entry.status}")
        found += self._parameters(entry)
        if self.since is not None and entry.at < self.since:
            found.append(f"at: wanted {rfc3339(self.since)} or later, was {rfc3339(entry.at)}")
        if self.until is not None and entry.at > self.until:
            found.append(f"at: wanted {rfc3339(self.until)} or earlier, was {rfc3339(entry.at)}")
        return found

    def _text(self, name: str, entry: Entry) -> str:
        wanted, was = getattr(self, name), _TEXTS[name](entry)
        if not wanted or was == wanted or fnmatchcase(was, wanted):
            return ""
        return f"{name}: wanted {wanted}, was {shown('', was) or 'empty'}"

    def _parameters(self, entry: Entry) -> Iterator[str]:
        if not self.parameters:
            return
        given = entry.arguments
        for name, wanted in self.parameters.items():
            if name not in given:
                yield f"{name}: wanted {shown(name, wanted)!r}, was not given"
            elif _plain(given[name]) != _plain(wanted):
                yield f"{name}: wanted {shown(name, wanted)!r}, was {shown(name, given[name])!r}"

    def __str__(self) -> str:
        given = {name: getattr(self, name) for name in (*_TEXTS, "status")} | dict(shown("", self.parameters))
        said = [f"{name}={value}" for name, value in given.items() if value]
        said += [f"since {rfc3339(self.since)}"] if self.since else []
        said += [f"until {rfc3339(self.until)}"] if self.until else []
        return f"with {', '.join(said)}" if said else "of any kind"


_TEXTS: Mapping[str, Callable[[Entry], str]] = {
    "operation": lambda entry: entry.operation,
    "service": lambda entry: entry.service,
    "host": lambda entry: entry.call.host,
    "principal": lambda entry: entry.principal,
    "cause": lambda entry: entry.cause,
    "fault": lambda entry: entry.fault,
}


class Calls(list[Entry]):
    """What was found, in the order it arrived. Assertions answer the calls, so that they can be chained."""

    def __init__(
        self, entries: Iterable[Entry], wanted: str, journal: Iterable[Entry], criteria: Criteria | None = None
    ) -> None:
        super().__init__(entries)
        self._wanted = wanted
        self._journal = journal
        self._criteria = criteria

    def having(self, **parameters: Any) -> Calls:
        """Those with these decoded parameters, whatever else they have."""
        return self._narrowed(Criteria(parameters=parameters))

    def between(self, start: datetime, end: datetime) -> Calls:
        """Those of a span of virtual time, both ends included. Raises ``ValueError`` for an end before the start."""
        if end < start:
            raise ValueError(f"between {rfc3339(start)} and {rfc3339(end)} there is no time")
        return self._narrowed(Criteria(since=start, until=end))

    def assert_count(self, expected: int) -> Calls:
        """Fail unless exactly ``expected`` calls were found; the message shows the nearest and what did arrive."""
        __tracebackhide__ = True
        if len(self) != expected:
            self._fail(f"expected {expected} call(s) {self._wanted}, found {len(self)}")
        return self

    def assert_none(self) -> Calls:
        """Fail if any call was found."""
        __tracebackhide__ = True
        return self.assert_count(0)

    def assert_once(self) -> Entry:
        """The only call there was; fails unless there was exactly one."""
        __tracebackhide__ = True
        return self.assert_count(1)[0]

    def assert_statuses(self, *expected: int) -> Calls:
        """Fail unless the calls were answered so, in this order."""
        __tracebackhide__ = True
        found = tuple(entry.status for entry in self)
        if found != expected:
            self._fail(f"expected the call(s) {self._wanted} to be answered {expected}, they were answered {found}")
        return self

    def assert_ordered(self, *operations: str) -> Calls:
        """Fail unless calls of these operations (globs) are among these in this order, others between them or not."""
        __tracebackhide__ = True
        rest = iter(self)
        for position, operation in enumerate(operations):
            if not any(fnmatchcase(entry.operation, operation) for entry in rest):
                before = f" after {operations[position - 1]}" if position else ""
                self._fail(f"expected {' then '.join(operations)}: there is no {operation}{before}", operation)
        return self

    def assert_none_other(self, *operations: str) -> Calls:
        """Fail if any of these calls is of another operation (globs)."""
        __tracebackhide__ = True
        strangers = [entry for entry in self if not any(fnmatchcase(entry.operation, each) for each in operations)]
        if strangers:
            lines = "\n".join(f"  {entry.line()}" for entry in strangers)
            self._fail(f"expected none other than {', '.join(operations)}, found {len(strangers)}:\n{lines}")
        return self

    def _narrowed(self, criteria: Criteria) -> Calls:
        found = [entry for entry in self if not criteria.differences(entry)]
        return Calls(found, f"{self._wanted}, {criteria}", self._journal, criteria)

    def _fail(self, message: str, operation: str = "") -> None:
        __tracebackhide__ = True
        criteria = Criteria(operation=operation) if operation else self._criteria
        near = _nearest(criteria, self._journal, self) if criteria else []
        told = ["nearest:", *near] if near else []
        listed = [f"  {entry.line()}" for entry in self._journal][-40:] or ["  (no calls)"]
        raise AssertionError("\n".join([message, *told, "the journal holds:", *listed]))


def _nearest(criteria: Criteria, journal: Iterable[Entry], found: list[Entry]) -> list[str]:
    """The entries that missed by least, and by what."""
    numbers = {entry.number for entry in found}
    missed = [(entry, criteria.differences(entry)) for entry in journal if entry.number not in numbers]
    ranked = sorted(
        [(entry, lines) for entry, lines in missed if lines],
        key=lambda pair: (len(pair[1]), -_likeness(criteria, pair[0])),
    )
    told = []
    for entry, lines in ranked[:NEAREST]:
        told += [f"  {entry.line()}", *(f"      {line}" for line in lines)]
    return told


def _likeness(criteria: Criteria, entry: Entry) -> float:
    return SequenceMatcher(None, criteria.operation or "", entry.operation).ratio() if criteria.operation else 0.0


def _plain(value: Any) -> Any:
    """A value as a query would spell it."""
    if isinstance(value, bool):
        return "true" if value else "false"
    return [_plain(each) for each in value] if isinstance(value, (list, tuple)) else str(value)
