"""Mail from files: mbox (a Takeout export among them), Maildir, single messages and directories of them.

``read_mail`` streams: it answers each message or the reason why it was left out, and never holds more than one
message and a mebibyte. ``consumed`` of everything it answers adds up to ``estimate`` of the same path.

What is left out: an empty message, one whose first line is no header field, one with a hole (a run of 64 or more
NUL bytes, left by a crash or a sparse copy), one over 150 MiB, text before the first message of an mbox, a file
whose name says it is not mail, a file that cannot be opened. Anything else is mail as Gmail understands it, broken
MIME, truncated base64 and undeclared charsets included. Lines are given CRLF, as Gmail stores them.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Literal

from .mbox import MboxMessage, Oversize, Preamble, messages_of
from .takeout import LABELS_FIELD, THREAD_FIELD, labels_of, without_fields

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

__all__ = ["LARGEST_MESSAGE", "MailItem", "Skipped", "estimate", "read_mail"]

LARGEST_MESSAGE = 150 * 1024 * 1024
"""Bytes of the largest message taken in; the limit Gmail sets for ``messages.import``."""

_HOLE = b"\0" * 64
_FIELD = re.compile(rb"[!-9;-~]+[ \t]*:")
_BARE_LF = re.compile(rb"(?<!\r)\n")
_FLAGS = re.compile(r"[:;!]2,([A-Za-z]*)$")
_DATE = re.compile(rb"^date[ \t]*:[ \t]*([^\r\n]*(?:\r?\n[ \t][^\r\n]*)*)", re.IGNORECASE | re.MULTILINE)
_SPECIAL_FOLDERS = {
    "sent": "SENT",
    "sent items": "SENT",
    "sent messages": "SENT",
    "drafts": "DRAFT",
    "trash": "TRASH",
    "deleted items": "TRASH",
    "deleted messages": "TRASH",
    "junk": "SPAM",
    "spam": "SPAM",
    "archive": "",
}


@dataclass(frozen=True, slots=True)
class MailItem:
    """One message. ``labels`` are system ids and names of user labels; INBOX where the source tells no folder.

    ``received`` is when the source says it came (aware), ``None`` where it does not say. ``origin`` is
    ``file:offset`` in an mbox and the file otherwise. ``consumed`` counts bytes of the source. ``thread`` is
    Takeout's thread number, empty elsewhere.
    """

    raw: bytes
    labels: tuple[str, ...]
    received: datetime | None
    origin: str
    consumed: int
    thread: str = ""

    def dated(self) -> datetime | None:
        """The ``Date`` field as an aware datetime; ``None`` where it is missing or no date."""
        from email.utils import parsedate_to_datetime  # noqa: PLC0415 - few messages lack an envelope date

        match = _DATE.search(self.raw.partition(b"\r\n\r\n")[0])
        if match is None:
            return None
        try:
            found = parsedate_to_datetime(match[1].decode("ascii", "replace"))
        except ValueError:
            return None
        return found if found.tzinfo is not None else found.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Skipped:
    """Something that was left out: where it stands, why, and how many bytes of the source it was."""

    origin: str
    reason: str
    consumed: int = 0


def read_mail(path: Path) -> Iterator[MailItem | Skipped]:
    """Every message under ``path`` in order, or why it was left out.

    A directory with ``cur`` is a Maildir (its ``.Folder`` sub-directories included), any other is read
    recursively for ``.eml`` and ``.mbox``. A file that begins with ``From `` is an mbox unless it is named ``.eml``.
    Raises ``FileNotFoundError`` where there is no ``path``, and ``OSError`` where it cannot be opened at all.
    """
    for source in _sources(path):
        if source.kind == "mbox":
            yield from _mbox(source.file)
        elif source.kind == "message":
            yield _single(source)
        else:
            yield Skipped(str(source.file), "neither .eml nor .mbox", source.size)


def estimate(path: Path) -> int:
    """Bytes ``read_mail`` will consume. Raises ``FileNotFoundError``."""
    return sum(source.size for source in _sources(path))


@dataclass(frozen=True, slots=True)
class _Source:
    """A file to read, what it holds, and what its name and place say of a single message."""

    file: Path
    kind: Literal["mbox", "message", "other"]
    labels: tuple[str, ...] = ("INBOX",)
    received: datetime | None = None

    @property
    def size(self) -> int:
        try:
            return self.file.stat().st_size
        except OSError:
            return 0


def _sources(path: Path) -> Iterator[_Source]:
    if not path.is_dir():
        path.stat()
        yield _Source(path, "mbox" if _is_mbox(path) else "message")
    elif _is_maildir(path):
        yield from _maildir(path)
    else:
        for entry in sorted(path.iterdir()):
            if entry.is_dir() and not entry.name.startswith("."):
                yield from _sources(entry)
            elif not entry.name.startswith("."):
                kinds: dict[str, Literal["mbox", "message"]] = {".eml": "message", ".mbox": "mbox", ".mbx": "mbox"}
                yield _Source(entry, kinds.get(entry.suffix.lower(), "other"))


def _is_mbox(path: Path) -> bool:
    if path.suffix.lower() == ".eml":
        return False
    with path.open("rb") as file:
        return file.read(5) == b"From " or path.suffix.lower() in {".mbox", ".mbx"}


def _mbox(path: Path) -> Iterator[MailItem | Skipped]:
    consumed = 0
    try:
        for found in messages_of(path, LARGEST_MESSAGE):
            yield _from_mbox(found, f"{path}:{found.offset}")
            consumed += found.size
    except OSError as error:
        left = max(_Source(path, "mbox").size - consumed, 0)
        yield Skipped(f"{path}:{consumed}", _unreadable(error), left)


def _from_mbox(found: MboxMessage | Oversize | Preamble, origin: str) -> MailItem | Skipped:
    if isinstance(found, Preamble):
        what = "empty lines" if found.blank else "text"
        return Skipped(origin, f"{what} before the first message", found.size)
    if isinstance(found, Oversize):
        return Skipped(origin, _too_large(found.size), found.size)
    problem = _problem(found.raw)
    if problem:
        return Skipped(origin, problem, found.size)
    raw = _with_crlf(found.raw)
    values, raw = without_fields(raw)
    labels = labels_of(values[LABELS_FIELD]) if LABELS_FIELD in values else ("INBOX",)
    return MailItem(raw, labels, found.received, origin, found.size, values.get(THREAD_FIELD, "").strip())


def _single(source: _Source) -> MailItem | Skipped:
    """A file that is one message."""
    origin, size = str(source.file), source.size
    if size > LARGEST_MESSAGE:
        return Skipped(origin, _too_large(size), size)
    try:
        raw = source.file.read_bytes()
    except OSError as error:
        return Skipped(origin, _unreadable(error), size)
    if raw.startswith((b"From ", b">From ")):
        raw = raw.partition(b"\n")[2]
    problem = _problem(raw)
    if problem:
        return Skipped(origin, problem, size)
    return MailItem(_with_crlf(raw), source.labels, source.received, origin, size)


def _unreadable(error: OSError) -> str:
    return f"cannot be read: {error.strerror or error}"


def _problem(raw: bytes) -> str:
    """Why these bytes are no message, or nothing."""
    hole = raw.find(_HOLE)
    if hole >= 0:
        length = len(raw) - hole - len(raw[hole:].lstrip(b"\0"))
        return f"a hole of {length} NUL bytes, {hole} bytes into the message"
    if not raw.strip():
        return "empty message"
    if not _FIELD.match(raw):
        return "no header: the first line is not a header field"
    return ""


def _too_large(size: int) -> str:
    return f"{size / 1024 / 1024:.1f} MiB, more than the {LARGEST_MESSAGE >> 20} MiB Gmail takes"


def _with_crlf(raw: bytes) -> bytes:
    if b"\r\n" not in raw:
        return raw.replace(b"\n", b"\r\n")
    return raw if raw.count(b"\n") == raw.count(b"\r\n") else _BARE_LF.sub(b"\r\n", raw)


def _is_maildir(directory: Path) -> bool:
    return (directory / "cur").is_dir()


def _maildir(directory: Path) -> Iterator[_Source]:
    """The delivered messages: ``cur`` and ``new`` of the inbox, then of each folder; ``tmp`` is not delivered."""
    folders = [("", directory)]
    folders += [(_folder_name(entry.name[1:]), entry) for entry in sorted(directory.glob(".*")) if _is_maildir(entry)]
    for name, folder in folders:
        for file in (*_visible(folder / "cur"), *_visible(folder / "new")):
            yield _Source(file, "message", _maildir_labels(name, file.name), _delivered_at(file.name))


def _visible(directory: Path) -> list[Path]:
    if not directory.is_dir():
        return []
    return sorted(entry for entry in directory.iterdir() if entry.is_file() and not entry.name.startswith("."))


def _maildir_labels(folder: str, name: str) -> tuple[str, ...]:
    """Labels from the folder and the flags behind ``:2,``: S seen, F flagged, T trashed, D draft."""
    match = _FLAGS.search(name)
    flags = match[1] if match else ""
    place = _SPECIAL_FOLDERS.get(folder.lower(), folder) if folder else "INBOX"
    labels = ["TRASH" if "T" in flags else place]
    labels += ["DRAFT"] if "D" in flags and place != "DRAFT" else []
    labels += ["STARRED"] if "F" in flags else []
    labels += [] if "S" in flags or "DRAFT" in labels else ["UNREAD"]
    return tuple(label for label in labels if label)


def _delivered_at(name: str) -> datetime | None:
    """The delivery time a Maildir file name begins with."""
    seconds = name.partition(".")[0]
    return datetime.fromtimestamp(int(seconds), UTC) if re.fullmatch(r"[0-9]{9,10}", seconds) else None


def _folder_name(name: str) -> str:
    """A Maildir++ folder as a label: ``.`` nests, names are in the modified UTF-7 of IMAP (RFC 3501, 5.1.3)."""

    def decoded(match: re.Match[str]) -> str:
        return f"+{match[1].replace(',', '/')}-".encode().decode("utf-7") if match[1] else "&"

    return re.sub(r"&([^-]*)-", decoded, name).replace(".", "/")
