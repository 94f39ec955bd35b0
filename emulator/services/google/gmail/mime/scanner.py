"""Where the parts of a message lie: one pass over its bytes, without recursion.

The standard library's parser is the model for what counts as a delimiter, a header block and a default type, and
the tests compare the two. It is not used because it takes several times longer, copies the message line by line
and recurses once per level of nesting. Beyond it: limits on depth and on the number of parts, past which the rest
is content of the part it stands in.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from .header import Field, parameters, scan_fields, unfold
from .part import EMBEDDED_TYPES, Message, Part
from .transfer import decode_transfer

__all__ = ["canonical", "parse"]

_DEEPEST = 100
_MOST_PARTS = 10_000
_LONGEST_DELIMITER = 998  # RFC 5322's limit for any line; RFC 2046 allows 70 for a boundary
_MEDIA_TYPE = re.compile(r"[^\s/;]+/[^\s/;]+")
_OPAQUE = frozenset({"", "7bit", "8bit", "binary"})


def canonical(raw: bytes) -> bytes:
    """``raw`` with every bare LF made CRLF, the form in which a message is stored and its size counted."""
    if raw.count(b"\n") == raw.count(b"\r\n"):
        return raw
    return raw.replace(b"\r\n", b"\n").replace(b"\n", b"\r\n")


def parse(raw: bytes) -> Message:
    """The tree of a message, given in the form ``canonical`` makes. Never raises, whatever the bytes."""
    start = raw.find(b"\n") + 1 if raw.startswith(b"From ") else 0  # an mbox envelope is no header
    scan = _Scan()
    scan.open(raw, start, len(raw))
    scan.run()
    return Message(raw, scan.frozen())


@dataclass(slots=True, eq=False)
class _Node:
    """A part while its end and its children are still being found."""

    part_id: str
    depth: int
    source: bytes
    start: int
    body_start: int
    end: int
    fields: tuple[Field, ...]
    mime_type: str
    parameters: dict[str, str]
    encoding: str
    disposition: str
    parent: _Node | None
    children: list[_Node] = field(default_factory=list)

    def boundary(self) -> bytes:
        """What follows "--" on this multipart's delimiter lines; empty when it has none."""
        if not self.mime_type.startswith("multipart/") or self.depth >= _DEEPEST:
            return b""
        return self.parameters.get("boundary", "").rstrip().encode()

    def filename(self) -> str:
        name = parameters(self.disposition).get("filename", "") if self.disposition else ""
        return name or self.parameters.get("name", "")


class _Scan:
    """One parse: every node found, and the sources still to be read (a second one only for an encoded message)."""

    def __init__(self) -> None:
        self.nodes: list[_Node] = []
        self._pending: list[_Node] = []

    def open(self, source: bytes, start: int, end: int, parent: _Node | None = None) -> _Node:
        """Read the header block at ``start`` and add the node it describes under ``parent``."""
        fields, body_start = scan_fields(source, start, end)
        structure = _structure(fields)
        content_type = structure.get("content-type")
        siblings = [] if parent is None else parent.children
        node = _Node(
            part_id=_part_id(parent),
            depth=0 if parent is None else parent.depth + 1,
            source=source,
            start=start,
            body_start=body_start,
            end=end,
            fields=fields,
            mime_type=_media_type(content_type, parent),
            parameters={} if content_type is None else parameters(content_type),
            encoding=structure.get("content-transfer-encoding", "").split(";", 1)[0].strip(),
            disposition=structure.get("content-disposition", ""),
            parent=parent,
        )
        siblings.append(node)
        self.nodes.append(node)
        if parent is None or parent.source is not source:
            self._pending.append(node)
        return node

    def run(self) -> None:
        """Find every part of every source."""
        while self._pending:
            self._scan_source(self._pending.pop())

    def _scan_source(self, top: _Node) -> None:
        levels = self._descend([top])
        boundaries = _register(levels, 0, {})
        source, end, position = top.source, top.end, levels[-1].body_start - 1
        while boundaries and len(self.nodes) < _MOST_PARTS:
            # position is at the line end before the next line to look at; whoever has a boundary has a header before it
            line_start = source.find(b"\n--", position, end) + 1
            if not line_start:
                break
            line_end = source.find(b"\n", line_start, end)
            position = line_end = end if line_end < 0 else line_end
            level, closes = _delimiter(source, line_start, line_end, boundaries)
            if level < 0:
                continue
            _close(levels, level + 1, _line_end_before(source, line_start), boundaries)
            if closes:
                _forget(boundaries, level)
                continue
            if _delimiter_repeats(source, line_end + 1, end, boundaries, level):
                continue
            self.open(source, min(line_end + 1, end), end, levels[level])
            levels.append(levels[level].children[-1])
            levels = self._descend(levels)
            _register(levels, level + 1, boundaries)
            position = levels[-1].body_start - 1

    def _descend(self, levels: list[_Node]) -> list[_Node]:
        """``levels`` extended by the message embedded in the last one, and the one embedded in that."""
        node = levels[-1]
        while node.mime_type in EMBEDDED_TYPES and node.depth < _DEEPEST:
            if node.encoding.lower() not in _OPAQUE:
                break
            node = self.open(node.source, node.body_start, node.end, node)
            levels.append(node)
        return levels

    def frozen(self) -> Part:
        """The tree as parts. Children are made before parents: a node is always found after its parent."""
        self._expand_encoded()
        calendar_name = self._calendar_name()
        parts: dict[int, Part] = {}
        for node in reversed(self.nodes):
            parts[id(node)] = _freeze(node, tuple(parts.pop(id(child)) for child in node.children), calendar_name)
        return parts[id(self.nodes[0])]

    def _expand_encoded(self) -> None:
        """Read messages embedded under a transfer encoding: forbidden by RFC 2046, sent all the same."""
        for node in self.nodes:  # grows while it is read
            if node.mime_type in EMBEDDED_TYPES and not node.children and node.depth < _DEEPEST:
                source = decode_transfer(node.source[node.body_start : node.end], node.encoding)
                self.open(source, 0, len(source), node)
                self.run()

    def _calendar_name(self) -> str:
        """The file name of the first attached calendar, which an unnamed text/calendar alternative borrows."""
        if not any(node.mime_type == "text/calendar" for node in self.nodes):
            return ""
        names = (node.filename() for node in self.nodes if node.mime_type in {"text/calendar", "application/ics"})
        return next((name for name in names if name), "")


def _structure(fields: tuple[Field, ...]) -> dict[str, str]:
    """The first of each header that shapes the tree, by lower-case name."""
    found: dict[str, str] = {}
    for name, raw in fields:
        if name[:8].lower() == "content-":
            found.setdefault(name.lower(), unfold(raw))
    return found


def _part_id(parent: _Node | None) -> str:
    if parent is None:
        return ""
    index = str(len(parent.children))
    return f"{parent.part_id}.{index}" if parent.part_id else index


def _media_type(content_type: str | None, parent: _Node | None) -> str:
    if content_type is None:
        return "message/rfc822" if parent is not None and parent.mime_type == "multipart/digest" else "text/plain"
    name = content_type.split(";", 1)[0].strip().lower()
    return name if _MEDIA_TYPE.fullmatch(name) else "text/plain"


def _delimiter(source: bytes, start: int, end: int, boundaries: dict[bytes, int]) -> tuple[int, bool]:
    """The level whose delimiter this line is and whether it is the closing one; level -1 for any other line."""
    if end - start > _LONGEST_DELIMITER:
        return -1, False
    line = source[start + 2 : end].rstrip(b" \t\r")
    level = boundaries.get(line)
    if level is not None:
        return level, False
    level = boundaries.get(line[:-2]) if line.endswith(b"--") else None
    return (-1, False) if level is None else (level, True)


def _delimiter_repeats(source: bytes, start: int, end: int, boundaries: dict[bytes, int], level: int) -> bool:
    """Whether the line at ``start`` is the same delimiter again: two in a row open one part, not an empty one."""
    if not source.startswith(b"--", start, end):
        return False
    line_end = source.find(b"\n", start, end)
    return _delimiter(source, start, end if line_end < 0 else line_end, boundaries) == (level, False)


def _register(levels: list[_Node], first: int, boundaries: dict[bytes, int]) -> dict[bytes, int]:
    """Add the boundaries of ``levels[first:]``. Of two equal ones the outer counts, as in the standard library."""
    for level in range(first, len(levels)):
        boundary = levels[level].boundary()
        if boundary:
            boundaries.setdefault(boundary, level)
    return boundaries


def _close(levels: list[_Node], first: int, end: int, boundaries: dict[bytes, int]) -> None:
    """End ``levels[first:]`` at ``end``."""
    for level in range(first, len(levels)):
        node = levels[level]
        if level > first:  # an embedded message may begin where its carrier had already ended
            node.start = min(node.start, levels[level - 1].end)
        node.end = max(end, node.start)
        node.body_start = min(node.body_start, node.end)
        _forget(boundaries, level)
    del levels[first:]


def _forget(boundaries: dict[bytes, int], level: int) -> None:
    for boundary in [boundary for boundary, at in boundaries.items() if at == level]:
        del boundaries[boundary]


def _line_end_before(source: bytes, line_start: int) -> int:
    """Where the previous line's text ends: the line end before a delimiter belongs to the delimiter."""
    if source[line_start - 2 : line_start] == b"\r\n":
        return line_start - 2
    return max(line_start - 1, 0)


def _freeze(node: _Node, children: tuple[Part, ...], calendar_name: str) -> Part:
    filename = node.filename()
    in_alternative = node.parent is not None and node.parent.mime_type == "multipart/alternative"
    if not filename and in_alternative and node.mime_type == "text/calendar":
        filename = calendar_name
    return Part(
        part_id=node.part_id,
        mime_type=node.mime_type,
        filename=filename,
        charset=_first_word(node.parameters.get("charset", "")),
        encoding=node.encoding,
        fields=node.fields,
        children=children,
        source=node.source,
        start=node.start,
        body_start=node.body_start,
        end=node.end,
    )


def _first_word(text: str) -> str:
    return text.split(None, 1)[0] if text.strip() else ""
