"""Seed files: YAML (and so JSON) into positioned nodes, and nodes into frozen dataclasses.

A seed is read whole and checked whole before any of it is applied. The first thing wrong with it is reported in
one ``SeedError`` that names file, line and field. Files are UTF-8; nothing outside the file (variables, tags that
build objects, includes) takes part. Aliases are allowed within bounds.

``SeedDocument.load``  one file or text as a ``SeedNode``
``load_all``           several files and directories merged into one
``read``               a node as a dataclass (``seedrecord``)
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from .seednode import SeedError, SeedNode, duration_of
from .seedrecord import read

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

__all__ = ["SeedDocument", "SeedError", "SeedNode", "duration_of", "load_all", "read"]

_DEEPEST = 100
_HEAVIEST = 1_000_000
_LARGEST = 64 * 1024 * 1024
_ESCAPE = re.compile(r"\\(?:u([dD][89abAB][0-9a-fA-F]{2})\\u([dD][c-fC-F][0-9a-fA-F]{2})|.)", re.DOTALL)


class SeedDocument:
    """A seed file as text."""

    @staticmethod
    def load(source: Path | str | bytes, name: str = "") -> SeedNode:
        """Parse a file (``Path``) or text. ``name`` is what messages call it; by default the path, or "seed".

        An empty document is an empty mapping. Raises ``SeedError`` for a file that cannot be read, is not UTF-8,
        is not YAML, repeats a field, uses tags, or expands through aliases to more than a million values.
        """
        if isinstance(source, Path):
            return _parse(_file_bytes(source, name or str(source)), name or str(source), source.parent)
        data = source.encode("utf-8", "surrogatepass") if isinstance(source, str) else source
        return _parse(data, name or "seed", None)


def load_all(paths: Iterable[Path]) -> SeedNode:
    """Several seeds as one: mappings are joined field by field, lists appended, in the order given.

    A directory stands for its ``*.yaml``, ``*.yml`` and ``*.json`` files in name order, sub-directories after the
    files. Every value keeps the file, line and path it was written with; one scalar given twice is an error.
    """
    merged: SeedNode | None = None
    for path in paths:
        for file in _files(path):
            document = SeedDocument.load(file)
            document.mapping()
            merged = document if merged is None else _merged(merged, document)
    return merged if merged is not None else SeedDocument.load("")


def _files(path: Path) -> Iterator[Path]:
    """The seed files ``path`` stands for."""
    if not path.is_dir():
        yield path
        return
    entries = sorted(path.iterdir(), key=lambda entry: entry.name)
    found = [entry for entry in entries if entry.is_file() and entry.suffix in {".yaml", ".yml", ".json"}]
    yield from found
    for entry in entries:
        if entry.is_dir() and not entry.name.startswith((".", "__")):
            found.append(entry)
            yield from _files(entry)
    if not found:
        raise SeedError(str(path), 0, "", "directory holds no *.yaml file")


def _merged(first: SeedNode, second: SeedNode) -> SeedNode:
    """Both values as one, each part keeping its own place."""
    if first.is_mapping and second.is_mapping:
        fields = dict(first.mapping())
        for name, node in second.mapping().items():
            fields[name] = _merged(fields[name], node) if name in fields else node
        return first.copied(fields)
    if first.is_list and second.is_list:
        return first.copied([*first.items(), *second.items()])
    raise second.error(f"already given at {first.file}:{first.line}")


def _file_bytes(path: Path, name: str) -> bytes:
    try:
        if path.stat().st_size > _LARGEST:
            raise SeedError(name, 0, "", f"larger than {_LARGEST >> 20} MiB; keep mail of that size in an mbox file")
        return path.read_bytes()
    except OSError as error:
        raise SeedError(name, 0, "", f"cannot be read: {error.strerror or error}") from error


def _parse(data: bytes, name: str, directory: Path | None) -> SeedNode:
    """Bytes of one document as a tree of nodes."""
    import yaml  # noqa: PLC0415 - a world without a seed file need not pay for the parser

    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        problem = f"not UTF-8: byte 0x{data[error.start]:02x} at offset {error.start}"
        raise SeedError(name, line, "", problem) from None
    if name.endswith(".json"):
        text = _ESCAPE.sub(_whole_character, text)
    tree = _Tree(name, directory)
    try:
        for event in yaml.parse(text, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader)):
            tree.take(event, type(event).__name__)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        problem = " ".join(part for part in (error.context, error.problem) if part)
        raise SeedError(name, mark.line + 1 if mark else 0, "", f"not YAML: {problem}") from None
    except yaml.reader.ReaderError as error:
        raise _unprintable(text, name, error.reason) from None
    return tree.root or SeedNode({}, file=name, line=1, directory=directory)


def _whole_character(escape: re.Match[str]) -> str:
    """A JSON escape as YAML knows it: of the pair JSON writes for a character beyond U+FFFF it knows only the whole."""
    high, low = escape.groups()
    if high is None:
        return escape[0]
    return f"\\U{0x10000 + ((int(high, 16) - 0xD800) << 10) + int(low, 16) - 0xDC00:08X}"


def _unprintable(text: str, name: str, reason: str) -> SeedError:
    """The error for a character YAML does not allow, found again because the C parser counts it in bytes."""
    for number, line in enumerate(text.split("\n"), 1):
        for character in line:
            if (character < " " and character not in "\t\r") or character == "\x7f":
                return SeedError(name, number, "", f"not YAML: control character U+{ord(character):04X}")
    return SeedError(name, 0, "", f"not YAML: {reason}")


@dataclass(slots=True)
class _Tree:
    """Builds the nodes from the parser's events, without recursion, so that depth is ours to bound."""

    file: str
    directory: Path | None
    root: SeedNode | None = None
    open: list[SeedNode] = field(default_factory=list)
    keys: list[tuple[str, int] | None] = field(default_factory=list)
    anchors: dict[str, SeedNode] = field(default_factory=dict)

    def take(self, event: Any, kind: str) -> None:
        """Take in one event, named by its class."""
        if kind == "ScalarEvent":
            self._scalar(event)
        elif kind == "MappingStartEvent":
            self._begin(event, {})
        elif kind == "SequenceStartEvent":
            self._begin(event, [])
        elif kind in {"MappingEndEvent", "SequenceEndEvent"}:
            self._end()
        elif kind == "AliasEvent":
            self._alias(event)
        elif kind == "DocumentStartEvent" and self.root is not None:
            raise SeedError(self.file, event.start_mark.line + 1, "", "a second document; one file holds one")

    def _scalar(self, event: Any) -> None:
        if event.tag is not None:
            raise self._refused(event, f"tag {event.tag}")
        key = self.keys[-1] if self.open else None
        if key is None and self.open and self.open[-1].is_mapping:
            self._name(event.value, event.start_mark.line + 1)
            return
        line = key[1] if key else event.start_mark.line + 1
        plain = event.style is None or event.style == ""
        node = SeedNode(event.value, file=self.file, line=line, plain=plain, directory=self.directory)
        self._place(node)
        if event.anchor is not None:
            self.anchors[event.anchor] = node

    def _name(self, name: str, line: int) -> None:
        """Remember a field name until its value comes; the same one twice is an error."""
        mapping = self.open[-1]
        earlier = mapping.get(name)
        if earlier is not None:
            path = f"{mapping.field}.{name}" if mapping.field else name
            raise SeedError(self.file, line, path, f"duplicate field, first given on line {earlier.line}")
        self.keys[-1] = (name, line)

    def _begin(self, event: Any, value: dict[str, SeedNode] | list[SeedNode]) -> None:
        if event.tag is not None:
            raise self._refused(event, f"tag {event.tag}")
        key = self.keys[-1] if self.open else None
        if key is None and self.open and self.open[-1].is_mapping:
            raise self._refused(event, "a field name that is not text")
        line = key[1] if key else event.start_mark.line + 1
        node = SeedNode(value, file=self.file, line=line, directory=self.directory)
        self._attach(node)
        if len(self.open) >= _DEEPEST:
            raise SeedError(self.file, line, "", f"nested deeper than {_DEEPEST} levels")
        self.open.append(node)
        self.keys.append(None)
        if event.anchor is not None:
            self.anchors[event.anchor] = node

    def _end(self) -> None:
        node = self.open.pop()
        self.keys.pop()
        if self.open:
            self._weigh(self.open[-1], node)

    def _alias(self, event: Any) -> None:
        line = event.start_mark.line + 1
        target = self.anchors.get(event.anchor)
        if target is None:
            raise SeedError(self.file, line, "", f"alias *{event.anchor} has no anchor before it")
        if any(target is node for node in self.open):
            raise SeedError(self.file, line, "", f"alias *{event.anchor} contains itself")
        if self.open[-1].is_mapping and self.keys[-1] is None:
            self._name(target.text(), line)
            return
        self._store(target)
        self._weigh(self.open[-1], target)

    def _place(self, node: SeedNode) -> None:
        self._attach(node)
        if self.open:
            self._weigh(self.open[-1], node)

    def _attach(self, node: SeedNode) -> None:
        """Put a new node below the open container, where it learns its path."""
        if not self.open:
            self.root = node
            return
        node.placed(self.open[-1], self._store(node))

    def _store(self, node: SeedNode) -> str | int:
        """Put a node into the open container; answers its key there."""
        top = self.open[-1]
        key = self.keys[-1]
        if key is not None:
            top.mapping()[key[0]] = node
            self.keys[-1] = None
            return key[0]
        top.items().append(node)
        return len(top.items()) - 1

    def _weigh(self, container: SeedNode, node: SeedNode) -> None:
        if container.add_weight(node) > _HEAVIEST:
            problem = f"aliases expand to more than {_HEAVIEST:,} values"
            raise SeedError(self.file, container.line, container.field, problem)

    def _refused(self, event: Any, what: str) -> SeedError:
        return SeedError(self.file, event.start_mark.line + 1, "", f"{what} is not allowed")
