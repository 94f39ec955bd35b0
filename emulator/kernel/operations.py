"""What a vendor offers, as data: operations, their parameters, and the trie that finds them.

``Operation`` and ``Parameter`` hold facts only. ``Router`` maps verb and raw path to an operation. Behaviour is
bound elsewhere, by operation id (``bindings.Bindings``).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Literal

from .http import decode_segment

__all__ = ["Match", "Operation", "Parameter", "Router", "Upload", "WrongVerb"]


@dataclass(frozen=True, slots=True)
class Parameter:
    """One path or query parameter as the vendor declares it.

    ``type`` is JSON's word ("string", "integer", "boolean", "number"), ``format`` narrows it ("uint32",
    "google-datetime"). ``default`` keeps the spelling it has in a query string.
    """

    name: str
    location: Literal["path", "query"] = "query"
    type: str = "string"
    required: bool = False
    repeated: bool = False
    default: str | None = None
    minimum: int | None = None
    maximum: int | None = None
    enum: tuple[str, ...] = ()
    pattern: str | None = None
    format: str | None = None


@dataclass(frozen=True, slots=True)
class Upload:
    """How an operation takes media: accepted media ranges, the limit in bytes, and the extra paths that carry it."""

    accept: tuple[str, ...]
    max_size: int | None
    paths: tuple[str, ...]


@dataclass(frozen=True)
class Operation:
    """One thing a vendor can be asked to do.

    ``path`` is absolute, with ``{name}`` for a captured segment and ``{+name}`` for the rest of the path. A call
    needs any one of ``scopes``. ``request`` and ``response`` name body schemas; ``None`` means no body.
    """

    id: str
    verb: str
    path: str
    parameters: tuple[Parameter, ...] = ()
    scopes: tuple[str, ...] = ()
    request: str | None = None
    response: str | None = None
    upload: Upload | None = None
    download: bool = False

    @property
    def paths(self) -> tuple[str, ...]:
        """Every path template that leads here, the media paths included."""
        return (self.path, *self.upload.paths) if self.upload else (self.path,)

    @cached_property
    def parameter(self) -> Mapping[str, Parameter]:
        """The parameters by name."""
        return {parameter.name: parameter for parameter in self.parameters}


@dataclass(frozen=True, slots=True)
class Match:
    """An operation found: its decoded path parameters, and which of its path templates the call used."""

    operation: Operation
    path_parameters: Mapping[str, str]
    path: str


@dataclass(frozen=True, slots=True)
class WrongVerb:
    """The path exists, but only for other verbs."""

    allowed: frozenset[str]


@dataclass(frozen=True, slots=True)
class _Endpoint:
    operation: Operation
    path: str
    names: tuple[str, ...]


@dataclass(slots=True)
class _Node:
    """One step of the trie. ``captures`` and ``rests`` are ordered, longest literal suffix first."""

    literals: dict[str, _Node] = field(default_factory=dict)
    captures: list[tuple[str, _Node]] = field(default_factory=list)
    rests: list[tuple[str, _Node]] = field(default_factory=list)
    endpoints: dict[str, _Endpoint] = field(default_factory=dict)


_CAPTURE = re.compile(r"\{(?P<rest>\+?)(?P<name>[^{}+]+)\}(?P<suffix>[^{}]*)")


class Router:
    """A trie over raw, still percent-encoded path segments.

    Captured segments are decoded afterwards, so an encoded slash inside an id does not separate. Literals win over
    captures and ``{id}:verb`` over ``{id}``; where the closest path lacks the verb the next closest is tried.
    ``HEAD`` falls back to ``GET``. An empty segment matches no capture.
    """

    def __init__(self, operations: Iterable[Operation] = ()) -> None:
        self._root = _Node()
        for operation in operations:
            self.add(operation)

    def add(self, operation: Operation) -> None:
        """Enter every path of ``operation``. Raises ``ValueError`` where verb and path are taken or malformed."""
        for path in operation.paths:
            node = self._root
            names: list[str] = []
            segments = path.removeprefix("/").split("/")
            for position, segment in enumerate(segments, 1):
                node, name = _grow(node, segment, path, is_last=position == len(segments))
                names.extend(name)
            if (taken := node.endpoints.get(operation.verb)) is not None:
                message = f"{operation.verb} {path} of {operation.id} is already taken by {taken.operation.id}"
                raise ValueError(message)
            node.endpoints[operation.verb] = _Endpoint(operation, path, tuple(names))

    def match(self, verb: str, path: str) -> Match | WrongVerb | None:
        """The operation for ``verb`` and raw ``path``; ``None`` where no operation has such a path."""
        segments = path.removeprefix("/").split("/")
        allowed: set[str] = set()
        for wanted in (verb, "GET") if verb == "HEAD" else (verb,):
            found = _find(self._root, segments, 0, (), wanted, allowed)
            if found is not None:
                endpoint, values = found
                decoded = dict(zip(endpoint.names, map(decode_segment, values), strict=True))
                return Match(endpoint.operation, decoded, endpoint.path)
        return WrongVerb(frozenset(allowed)) if allowed else None

    def __iter__(self) -> Iterator[Operation]:
        """Every operation once, in no particular order."""
        seen: dict[str, Operation] = {}
        pending = [self._root]
        while pending:
            node = pending.pop()
            pending.extend(node.literals.values())
            pending.extend(child for _, child in (*node.captures, *node.rests))
            seen.update((endpoint.operation.id, endpoint.operation) for endpoint in node.endpoints.values())
        return iter(seen.values())


def _grow(node: _Node, segment: str, path: str, *, is_last: bool) -> tuple[_Node, tuple[str, ...]]:
    """The child of ``node`` for one template segment, made if absent, and the name it captures, if any."""
    if "{" not in segment and "}" not in segment:
        return node.literals.setdefault(segment, _Node()), ()
    capture = _CAPTURE.fullmatch(segment)
    if capture is None or (capture["rest"] and not is_last):
        message = (
            f"cannot route {segment!r} in {path}: a segment is a literal, {{name}}, {{name}}:suffix or a last {{+name}}"
        )
        raise ValueError(message)
    siblings = node.rests if capture["rest"] else node.captures
    for suffix, child in siblings:
        if suffix == capture["suffix"]:
            return child, (capture["name"],)
    child = _Node()
    siblings.append((capture["suffix"], child))
    siblings.sort(key=lambda sibling: -len(sibling[0]))
    return child, (capture["name"],)


_Found = tuple[_Endpoint, tuple[str, ...]]


def _find(
    node: _Node, segments: list[str], position: int, values: tuple[str, ...], verb: str, allowed: set[str]
) -> _Found | None:
    """Depth first, closest branch first; ``allowed`` collects the verbs of paths that matched in vain."""
    if position == len(segments):
        return _endpoint(node, values, verb, allowed)
    segment = segments[position]
    literal = node.literals.get(segment)
    if literal is None and node.literals and "%" in segment:
        literal = node.literals.get(decode_segment(segment))
    if literal is not None and (found := _find(literal, segments, position + 1, values, verb, allowed)):
        return found
    for suffix, child in node.captures:
        if len(segment) > len(suffix) and segment.endswith(suffix):
            value = segment[: len(segment) - len(suffix)]
            if found := _find(child, segments, position + 1, (*values, value), verb, allowed):
                return found
    return _find_rest(node, segments[position:], values, verb, allowed) if node.rests else None


def _find_rest(
    node: _Node, segments: list[str], values: tuple[str, ...], verb: str, allowed: set[str]
) -> _Found | None:
    rest = "/".join(segments)
    for suffix, child in node.rests:
        if len(rest) > len(suffix) and rest.endswith(suffix):
            value = rest[: len(rest) - len(suffix)]
            if found := _endpoint(child, (*values, value), verb, allowed):
                return found
    return None


def _endpoint(node: _Node, values: tuple[str, ...], verb: str, allowed: set[str]) -> _Found | None:
    endpoint = node.endpoints.get(verb)
    if endpoint is None:
        allowed.update(node.endpoints)
        return None
    return endpoint, values
