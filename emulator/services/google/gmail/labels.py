"""Labels: Gmail's own fourteen, how names are kept and compared, in which order a message shows them.

Order and visibility of a new account's labels were recorded in April 2026; the folding of names is that of
conflicts and of ``label:`` in searches.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

__all__ = ["HIDING", "SYSTEM_LABELS", "Label", "folded_name", "kept_name", "wire_order"]

HIDING = frozenset(("SPAM", "TRASH"))
"""Labels that keep a message out of lists and searches that do not ask for them."""


@dataclass(frozen=True, slots=True)
class Label:
    """A label of a mailbox. Visibilities are "" where the wire leaves them out; colours are ``#rrggbb`` or ""."""

    id: str
    name: str
    type: str = "user"
    message_list_visibility: str = "show"
    label_list_visibility: str = "labelShow"
    background_color: str = ""
    text_color: str = ""


def _system(name: str, *, hidden: bool) -> Label:
    if hidden:
        return Label(name, name, "system", "hide", "labelHide")
    return Label(name, name, "system", "", "")


SYSTEM_LABELS: tuple[Label, ...] = (
    _system("CHAT", hidden=True),
    _system("SENT", hidden=False),
    _system("INBOX", hidden=False),
    _system("IMPORTANT", hidden=True),
    _system("TRASH", hidden=True),
    _system("DRAFT", hidden=False),
    _system("SPAM", hidden=True),
    _system("CATEGORY_FORUMS", hidden=True),
    _system("CATEGORY_UPDATES", hidden=True),
    _system("CATEGORY_PERSONAL", hidden=True),
    _system("CATEGORY_PROMOTIONS", hidden=True),
    _system("CATEGORY_SOCIAL", hidden=True),
    _system("STARRED", hidden=False),
    _system("UNREAD", hidden=False),
)
"""The labels of a new account, in the order ``labels.list`` gives them."""

_FOLDED = str.maketrans({"/": "-", " ": "-"})


def kept_name(name: str) -> str:
    """A label name as Gmail keeps it: ends trimmed, every run of white space one space."""
    return " ".join(name.split())


def folded_name(name: str) -> str:
    """What two label names are compared by: case, and the difference of space, slash and hyphen, do not count."""
    return kept_name(name).casefold().translate(_FOLDED)


_RANKS = {
    "UNREAD": 0,
    "STARRED": 1,
    "IMPORTANT": 2,
    "CATEGORY_PERSONAL": 4,
    "CATEGORY_SOCIAL": 4,
    "CATEGORY_PROMOTIONS": 4,
    "CATEGORY_UPDATES": 4,
    "CATEGORY_FORUMS": 4,
    "CHAT": 5,
    "SENT": 5,
    "DRAFT": 5,
    "SPAM": 6,
    "TRASH": 6,
    "INBOX": 6,
}
_USER_RANK = 3


def wire_order(labels: Iterable[str]) -> tuple[str, ...]:
    """Label ids as a message shows them: status first, the place it lies in last."""
    return tuple(sorted(labels, key=lambda label: (_RANKS.get(label, _USER_RANK), label)))
