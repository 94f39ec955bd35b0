"""Filters: what one may say, and which of them concern a message.

A filter's criteria are read as searches, each of its texts on its own, so that a stray quote in one spoils no other.
Limits on labels: "Managing filters"; texts of refusals from public reports, that of a double one inferred.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from .....kernel.service import Kernel
from ...errors import BackendError, FailedPrecondition, InvalidArgument, NotFound
from ..changes import require_label
from ..mailbox import Mailbox, StoredMessage
from .forwarding import Forwarding
from .store import Resource, SettingStore

__all__ = ["FilterOutcome", "Filters"]

_MOST = 1_000
_KIND = "filter"
_ADDABLE = frozenset(("TRASH", "STARRED", "IMPORTANT"))
_REMOVABLE = frozenset(("INBOX", "UNREAD", "IMPORTANT", "SPAM"))
_TEXTS = ("from", "to", "subject", "query", "negatedQuery")


@dataclass(frozen=True, slots=True)
class FilterOutcome:
    """What the filters that concern a message want done with it."""

    add: frozenset[str]
    remove: frozenset[str]
    forward: tuple[str, ...]


class Filters:
    """The filters of one mailbox."""

    def __init__(self, kernel: Kernel, mailbox: Mailbox) -> None:
        self._kernel = kernel
        self._mailbox = mailbox
        self._store = SettingStore(kernel.world, mailbox.number)

    def all(self) -> list[Resource]:
        """Every filter, oldest first."""
        return self._store.all(_KIND)

    def get(self, name: str) -> Resource:
        """A filter by id. Raises ``NotFound``."""
        found = self._store.get(_KIND, name)
        if found is None:
            raise NotFound
        return found

    def create(self, body: Mapping[str, Any]) -> Resource:
        """A new filter. Raises ``InvalidArgument``, ``FailedPrecondition``, and beyond a thousand what Google does."""
        criteria = _written(body.get("criteria") or {})
        action = _written(body.get("action") or {})
        if not _asks(criteria) or not action:
            raise InvalidArgument(cause="filter_incomplete")
        self._check(action)
        existing = self.all()
        if any(each["criteria"] == criteria and each["action"] == action for each in existing):
            raise FailedPrecondition("Filter already exists", cause="filter_exists")
        if len(existing) >= _MOST:
            raise BackendError
        made = {"id": f"ANe1Bm{self._kernel.ids.text(32)}", "criteria": criteria, "action": action}
        self._store.put(_KIND, made, str(made["id"]))
        return made

    def delete(self, name: str) -> None:
        """Delete a filter; mail it has sorted stays sorted. Raises ``NotFound``."""
        if not self._store.delete(_KIND, name):
            raise NotFound

    def outcome(self, message: StoredMessage) -> FilterOutcome:
        """What all filters together make of a message that has just come in."""
        actions = [each["action"] for each in self.all() if self.matches(each["criteria"], message)]
        forward = tuple(dict.fromkeys(action["forward"] for action in actions if "forward" in action))
        return FilterOutcome(_labels(actions, "addLabelIds"), _labels(actions, "removeLabelIds"), forward)

    def matches(self, criteria: Mapping[str, Any], message: StoredMessage) -> bool:
        """Whether a stored message meets criteria."""
        size = criteria.get("size")
        if size is not None:
            larger = criteria.get("sizeComparison") != "smaller"
            if not (message.size > size if larger else message.size < size):
                return False
        if criteria.get("excludeChats") and "CHAT" in message.labels:
            return False
        return all(self._meets(query, message) is wanted for query, wanted in _queries(criteria))

    def _meets(self, query: str, message: StoredMessage) -> bool:
        condition = self._mailbox.condition(query, spam_and_trash=True)
        sql, values = condition.expression()
        found = self._kernel.world.one(
            f"SELECT 1 FROM gmail_message m WHERE m.id = ? AND ({sql})", (message.id, *values)
        )
        return found is not None

    def _check(self, action: Mapping[str, Any]) -> None:
        added = action.get("addLabelIds", ())
        for label in added:
            require_label(self._mailbox, label)
            if not (label in _ADDABLE or label.startswith(("CATEGORY_", "Label_"))):
                raise InvalidArgument(f"Invalid label: {label}")
        if sum(label.startswith("Label_") for label in added) > 1:
            raise InvalidArgument("A filter can add at most one user label", cause="filter_labels")
        for label in action.get("removeLabelIds", ()):
            require_label(self._mailbox, label)
            if label not in _REMOVABLE:
                raise InvalidArgument(f"Invalid label: {label}")
        if "forward" in action and not Forwarding(self._kernel, self._mailbox).is_accepted(action["forward"]):
            raise FailedPrecondition("Unrecognized forwarding address", cause="forwarding_unverified")


def _written(given: Mapping[str, Any]) -> Resource:
    """The fields that say something, in the order of the API."""
    return {name: value for name, value in given.items() if value not in ("", [], False, None, "unspecified")}


def _asks(criteria: Mapping[str, Any]) -> bool:
    """Whether criteria leave any mail out."""
    return any(name in criteria for name in (*_TEXTS, "hasAttachment", "excludeChats", "size"))


def _queries(criteria: Mapping[str, Any]) -> Iterator[tuple[str, bool]]:
    """The searches criteria stand for, and whether a message has to be found or must not be."""
    for name in ("from", "to", "subject"):
        if name in criteria:
            yield f"{name}:({criteria[name]})", True
    if "query" in criteria:
        yield criteria["query"], True
    if "negatedQuery" in criteria:
        yield criteria["negatedQuery"], False
    if criteria.get("hasAttachment"):
        yield "has:attachment", True


def _labels(actions: list[Mapping[str, Any]], name: str) -> frozenset[str]:
    return frozenset(label for action in actions for label in action.get(name, ()))
