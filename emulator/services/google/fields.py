"""Partial responses: the ``fields`` language.

``a,b`` selects two members, ``a/b`` a member of a member, ``a(b,c)`` several, ``*`` any; they nest and mix. Inside
arrays the selection applies to each element. White space around names is ignored, as Google's own samples need.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any, Final

from .discovery import Schema, Surface
from .refusals import InvalidFieldSelection

__all__ = ["Selection", "parse_selection"]

_MAX_DEPTH = 50
"""Levels of nesting; deeper than any response worth trimming, shallower than Python's stack."""

_TOKEN = re.compile(r"[,/()]|[^,/()]+")
_NAME = re.compile(r"\*|[A-Za-z_@$][\w@$.-]*", re.ASCII)


@dataclass(slots=True)
class _Branch:
    """What is selected below one name: all of it, or some members."""

    whole: bool = False
    members: dict[str, _Branch] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Selection:
    """A parsed ``fields`` value."""

    text: str
    _root: _Branch

    def apply(self, value: Any) -> Any:
        """The selected part of a JSON value, order kept. Nothing selected leaves ``{}``."""
        left = _trim(value, (self._root,))
        return {} if left is _NOTHING else left

    def check(self, surface: Surface, response: str) -> None:
        """Raise ``InvalidFieldSelection`` where a name is not in the schema called ``response``.

        Below ``*`` names are not checked: they need to fit only some of the members.
        """
        _check(self._root, {"$ref": response}, surface, "")


def parse_selection(text: str) -> Selection:
    """Parse ``fields``. Raises ``InvalidFieldSelection`` where it does not follow the grammar."""
    return Selection(text, _Parser(text).parse())


class _Parser:
    """Recursive descent over ``members = item ("," item)*`` and ``item = name ("/" item | "(" members ")")?``."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._tokens = [token.strip() for token in reversed(_TOKEN.findall(text))]

    def parse(self) -> _Branch:
        root = _Branch()
        self._members(root, 0)
        self._require(not self._tokens)
        return root

    def _members(self, branch: _Branch, depth: int) -> None:
        self._item(branch, depth)
        while self._take(","):
            self._item(branch, depth)

    def _item(self, branch: _Branch, depth: int) -> None:
        self._require(bool(self._tokens) and depth < _MAX_DEPTH)
        name = self._tokens.pop()
        self._require(_NAME.fullmatch(name) is not None)
        child = branch.members.setdefault(name, _Branch())
        if self._take("/"):
            self._item(child, depth + 1)
        elif self._take("("):
            self._members(child, depth + 1)
            self._require(self._take(")"))
        else:
            child.whole = True

    def _take(self, token: str) -> bool:
        if not self._tokens or self._tokens[-1] != token:
            return False
        self._tokens.pop()
        return True

    def _require(self, condition: bool) -> None:  # noqa: FBT001
        if not condition:
            raise InvalidFieldSelection(self._text)


_NOTHING: Final = object()
"""What is left of a scalar of which only members are selected."""


def _trim(value: Any, branches: tuple[_Branch, ...]) -> Any:
    """What any of ``branches`` selects of ``value``; an object of which nothing is selected stays as ``{}``."""
    if any(branch.whole for branch in branches):
        return value
    if isinstance(value, dict):
        return _trim_object(value, branches)
    if isinstance(value, list):
        items = [left for item in value if (left := _trim(item, branches)) is not _NOTHING]
        return items if items or not value else _NOTHING
    return _NOTHING


def _trim_object(value: dict[str, Any], branches: tuple[_Branch, ...]) -> dict[str, Any]:
    trimmed: dict[str, Any] = {}
    for name, item in value.items():
        below = tuple(b.members[key] for b in branches for key in (name, "*") if key in b.members)
        if below and (left := _trim(item, below)) is not _NOTHING:
            trimmed[name] = left
    return trimmed


def _check(branch: _Branch, schema: Schema, surface: Surface, path: str) -> None:
    node = surface.resolve(schema)
    while "items" in node:
        node = surface.resolve(node["items"])
    for name, below in branch.members.items():
        if name == "*":
            continue
        where = f"{path}.{name}" if path else name
        member = surface.properties(node).get(name, node.get("additionalProperties"))
        if member is None:
            raise InvalidFieldSelection(name, where)
        _check(below, member, surface, where)
