"""Media uploads of Google's APIs: simple, multipart and resumable.

A simple upload is the media alone, a multipart one metadata and media in one body. A resumable one is a session: a
start with the metadata, then PUTs with ``Content-Range`` to the address it answered, until the last byte is there.
A session lives for a week of virtual time in the world, so it outlasts a restart, a cut connection and a client.

Protocol: Google's "Upload attachments" page and what the official clients send. The address of a session is its
credential, as Google's Cloud Storage documents it. Texts of the 400s are those of Google's upload server.
"""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from fnmatch import fnmatchcase
from importlib.resources import files
from typing import Any

from ...kernel.http import Call, Headers, Reply
from ...kernel.operations import Match, Operation
from ...kernel.service import Kernel, Routed, WireError
from ...kernel.world import Row
from .discovery import Surface
from .envelope import FRONT_END_HEADERS
from .errors import BadRequest, PayloadTooLarge
from .multipart import boundary_of, split_multipart

__all__ = ["UPLOADS_SCHEMA", "Media", "Session", "UploadRefused", "Uploads", "is_upload", "received"]

UPLOADS_SCHEMA = (files(__package__) / "uploads.sql").read_text(encoding="utf-8")
"""The tables of upload sessions; the schema of every room that takes uploads holds them."""

_PREFIXES = ("/upload/", "/resumable/upload/")
_LIFE = 7 * 24 * 3600.0
_GRAIN = 262_144
_CONTENT_RANGE = re.compile(r"bytes\s+(?:(\d{1,18})-(\d{1,18})|\*)/(\d{1,18}|\*)")


@dataclass(frozen=True, slots=True)
class Media:
    """What was uploaded."""

    content_type: str
    content: bytes


class UploadRefused(WireError):
    """What the upload server refuses before an API sees it: plain text, not the envelope."""

    status = 400
    cause = "upload_refused"

    def __init__(self, text: str, status: int = 400, cause: str = "") -> None:
        super().__init__(text, cause=cause)
        self.status = status

    def headers(self) -> Headers:
        """Header lines of the reply."""
        return Headers((("Content-Type", "text/plain; charset=utf-8"), *FRONT_END_HEADERS))

    def body(self) -> bytes:
        """The text."""
        return str(self).encode()


@dataclass(frozen=True, slots=True)
class Session:
    """A resumable upload. ``start`` is the call that began it, ``metadata`` its body, ``caller`` who made it."""

    id: str
    start: Call
    path_parameters: Mapping[str, str]
    caller: Mapping[str, Any]
    metadata: bytes
    media_type: str
    declared: int | None
    received: int
    reply: Reply | None


def is_upload(call: Call) -> bool:
    """Whether a call carries media or is about a session, by its path."""
    return call.path.startswith(_PREFIXES)


def received(call: Call, operation: Operation) -> tuple[bytes, Media | None]:
    """The metadata and the media of an upload call; no media yet where it starts a session.

    Raises ``BadRequest`` for what cannot be read or is of another type, ``PayloadTooLarge`` above the limit.
    """
    kind = _kind(call)
    if kind == "resumable":
        _check(operation, call.headers.get("x-upload-content-type"), _length(call) or 0)
        return call.body, None
    if kind == "multipart":
        metadata, media = _related(call)
    else:
        metadata, media = b"", Media(call.headers.get("content-type"), call.body)
    _check(operation, media.content_type, len(media.content))
    return metadata, media


class Uploads:
    """The upload sessions of a world, as the API of ``surface`` sees them."""

    def __init__(self, kernel: Kernel, surface: Surface) -> None:
        self._world = kernel.world
        self._clock = kernel.clock
        self._ids = kernel.ids
        self._surface = surface

    def routed(self, call: Call) -> Routed | None:
        """The operation a call to a session's address goes on with; ``None`` for any other call."""
        if not (identifier := _session_id(call)):
            return None
        row = self._world.one("SELECT operation, path_parameters FROM google_upload WHERE id = ?", (identifier,))
        if row is not None and row["operation"] in self._surface.operation:
            return Routed(self._surface.operation[row["operation"]], json.loads(row["path_parameters"]))
        for verb in ("POST", "PUT"):
            found = self._surface.router.match(verb, call.path)
            if isinstance(found, Match):
                return Routed(found.operation, found.path_parameters)
        return None

    def session(self, call: Call) -> Session | None:
        """The session a call goes on with, ``None`` where it names none. Raises a 404 for a lost or expired one."""
        if not (identifier := _session_id(call)):
            return None
        row = self._world.one("SELECT * FROM google_upload WHERE id = ?", (identifier,))
        if row is None or row["begun"] + _LIFE <= self._clock.time():
            raise UploadRefused("Not Found", 404, "upload_session_lost")
        return _session(row, call)

    def begin(self, call: Call, routed: Routed, caller: Mapping[str, Any]) -> Reply:
        """Open a session for what ``call`` starts; answers its address."""
        identifier = f"AH{self._ids.text(60)}"
        self._world.execute(
            "INSERT INTO google_upload (id, operation, path_parameters, host, query, caller, metadata, media_type,"
            " declared, begun) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (
                identifier,
                routed.operation.id,
                json.dumps(dict(routed.path_parameters)),
                call.host,
                call.query,
                json.dumps(caller),
                call.body,
                call.headers.get("x-upload-content-type"),
                _length(call),
                self._clock.time(),
            ),
        )
        authority = call.headers.get("host") or call.host
        address = f"{call.scheme}://{authority}{call.path}?{call.query}&upload_id={identifier}"
        return _empty(200, identifier, [("Location", address)])

    def proceed(self, session: Session, call: Call, operation: Operation) -> Reply | Media:
        """Take in what ``call`` brings: the media once it is whole, before that the reply that says how far it is."""
        if call.verb == "DELETE":
            self._world.execute("DELETE FROM google_upload WHERE id = ?", (session.id,))
            return _empty(499, session.id)
        if session.reply is not None:
            return session.reply
        first, total = _Range.of(call, session).check(call.body, session)
        whole = session.received
        if first is not None:
            content = call.body[session.received - first :]
            _check(operation, session.media_type, session.received + len(content))
            whole = self._keep(session, content)
        if total is not None and whole == total:
            return Media(session.media_type, self._assembled(session))
        ranges = [("Range", f"bytes=0-{whole - 1}")] if whole else []
        return _empty(308, session.id, ranges)

    def finish(self, session: Session, reply: Reply) -> Reply:
        """Remember the final reply, for a client that did not hear it, and let the media go."""
        answered = reply.replacing(headers=reply.headers.adding([("X-GUploader-UploadID", session.id)]))
        self._world.execute("DELETE FROM google_upload_chunk WHERE upload = ?", (session.id,))
        self._world.execute(
            "UPDATE google_upload SET status = ?, headers = ?, reply = ? WHERE id = ?",
            (answered.status, json.dumps(list(answered.headers)), answered.body, session.id),
        )
        return answered

    def _keep(self, session: Session, content: bytes) -> int:
        whole = session.received + len(content)
        if content:
            self._world.execute(
                "INSERT INTO google_upload_chunk VALUES (?, ?, ?)", (session.id, session.received, content)
            )
            self._world.execute("UPDATE google_upload SET received = ? WHERE id = ?", (whole, session.id))
        return whole

    def _assembled(self, session: Session) -> bytes:
        chunks = "SELECT content FROM google_upload_chunk WHERE upload = ? ORDER BY start"
        return b"".join(row["content"] for row in self._world.execute(chunks, (session.id,)))


@dataclass(frozen=True, slots=True)
class _Range:
    """What a PUT says of itself: from ``first`` to ``last`` of ``total`` bytes; ``None`` for what is not known."""

    first: int | None
    last: int | None
    total: int | None

    @classmethod
    def of(cls, call: Call, session: Session) -> _Range:
        """The ``Content-Range`` of a call; without one it brings everything that was missing."""
        text = call.headers.get("content-range").strip()
        if not text:
            last = session.received + len(call.body)
            return cls(session.received, last - 1, last)
        match = _CONTENT_RANGE.fullmatch(text)
        if match is None:
            raise UploadRefused("Failed to parse Content-Range header.")
        begins, ends, size = match.groups()
        total = session.declared if size == "*" else int(size)
        return cls(None, None, total) if begins is None else cls(int(begins), int(ends), total)

    def check(self, body: bytes, session: Session) -> tuple[int | None, int | None]:
        """Where the body begins and how long the whole is. Raises ``UploadRefused`` for what does not add up."""
        if self.first is None or self.last is None:
            return None, self.total
        size = self.last + 1 - self.first
        if len(body) != size:
            raise UploadRefused(
                f"Invalid request.  There were {len(body)} byte(s) in the request body.  There should have been {size} "
                f"byte(s) (starting at offset {self.first} and ending at offset {self.last}) according to the "
                "Content-Range header."
            )
        if self.first > session.received:
            raise UploadRefused(
                "Invalid request.  According to the Content-Range header, the upload offset is "
                f"{self.first} byte(s), which exceeds already uploaded size of {session.received} byte(s)."
            )
        ends = self.total is not None and self.last + 1 >= self.total
        if self.total is not None and self.last + 1 > self.total:
            raise UploadRefused("Failed to parse Content-Range header.")
        if not ends and size % _GRAIN:
            raise UploadRefused(
                f"Invalid request.  The number of bytes uploaded is required to be equal or greater than {_GRAIN}, "
                "except for the final request (it's recommended to be the exact multiple of "
                f"{_GRAIN}).  The received request contained {size} bytes, which does not meet this requirement."
            )
        return self.first, self.total


def _session_id(call: Call) -> str:
    if not is_upload(call):
        return ""
    return next((value for name, value in call.query_pairs if name == "upload_id"), "")


def _session(row: Row, call: Call) -> Session:
    reply = None
    if row["status"] is not None:
        reply = Reply(row["status"], Headers(map(tuple, json.loads(row["headers"]))), row["reply"])
    return Session(
        id=row["id"],
        start=Call("POST", row["host"], call.path, row["query"], body=row["metadata"], scheme=call.scheme),
        path_parameters=json.loads(row["path_parameters"]),
        caller=json.loads(row["caller"]),
        metadata=row["metadata"],
        media_type=row["media_type"],
        declared=row["declared"],
        received=row["received"],
        reply=reply,
    )


def _kind(call: Call) -> str:
    """The upload protocol: as ``uploadType`` says, or else as the content type shows."""
    names = {"uploadType", "upload_protocol"}
    said = next((value for name, value in call.query_pairs if name in names and value), "")
    kinds = {"media": "media", "raw": "media", "multipart": "multipart", "resumable": "resumable"}
    if not said:
        return "multipart" if call.content_type == "multipart/related" else "media"
    if said not in kinds:
        raise BadRequest(f"Invalid upload type: {said}", cause="invalid_upload_type")
    return kinds[said]


def _related(call: Call) -> tuple[bytes, Media]:
    """Metadata and media of a multipart upload."""
    try:
        metadata, media = split_multipart(call.body, boundary_of(call.headers.get("content-type")))
        encoding = media.headers.get("content-transfer-encoding").strip().lower()
        content = base64.b64decode(media.body) if encoding == "base64" else media.body
    except ValueError:  # not a multipart, not two parts, not base64
        raise BadRequest("Malformed multipart body.", cause="malformed_multipart") from None
    return metadata.body, Media(media.headers.get("content-type"), content)


def _check(operation: Operation, content_type: str, size: int) -> None:
    """Type and size against what the operation declares. A type that is not given counts as fitting."""
    upload = operation.upload
    if upload is None:
        return
    kind = content_type.partition(";")[0].strip().lower()
    if kind and not any(fnmatchcase(kind, accepted) for accepted in upload.accept):
        accepted = ", ".join(upload.accept)
        raise BadRequest(
            f"Media type '{content_type}' is not supported. Valid media types: [{accepted}]", reason="badContent"
        )
    if upload.max_size is not None and size > upload.max_size:
        raise PayloadTooLarge


def _length(call: Call) -> int | None:
    text = call.headers.get("x-upload-content-length")
    return int(text) if text.isascii() and text.isdigit() and len(text) <= 18 else None


def _empty(status: int, identifier: str, headers: list[tuple[str, str]] | None = None) -> Reply:
    lines = [*(headers or []), ("X-GUploader-UploadID", identifier), ("Content-Type", "text/plain; charset=utf-8")]
    return Reply(status, Headers(lines))
