"""Batch requests: up to a hundred calls in one body, each answered as if it had come alone.

Every part goes through the pipeline: it has its own credential check, quota, transaction, journal entry and faults.
Headers of the batch count for parts that do not say otherwise. Framing follows a recorded reply and what Google's
Python client needs: CRLF, at least one header line in every part, and ``response-`` before the part's Content-ID.
"""

from __future__ import annotations

from http import HTTPStatus
from urllib.parse import urlsplit

from ...kernel.http import Call, Disruption, Headers, Reply
from ...kernel.operations import Operation
from ...kernel.service import Exchange, Routed
from .discovery import Surface
from .envelope import FRONT_END_HEADERS, Presentation
from .errors import ApiError, BadRequest
from .multipart import BodyPart, MalformedMultipart, boundary_of, parse_headers, split_head, split_multipart
from .uploads import is_upload

__all__ = ["MOST_PARTS", "Batch", "BatchTooLarge"]

MOST_PARTS = 100

_OF_THE_CARRIER = frozenset(("host", "transfer-encoding", "connection", "accept-encoding", "te", "upgrade", "expect"))
_SHOWN = frozenset(("content-type", "vary", "www-authenticate", "location"))
_SHARED_HOST = "www.googleapis.com"


class BatchTooLarge(ApiError):
    """400 of the whole batch. Recorded without ``errors`` and ``details``."""

    def __init__(self, parts: int) -> None:
        super().__init__(
            f"Inner request count exceeds the limit. Received: {parts}, Limit: {MOST_PARTS}", cause="batch_too_large"
        )
        self.presentation = Presentation(legacy_errors=False)


class Batch:
    """The batch endpoint of one API. ``operation`` is what journal and faults call it."""

    def __init__(self, surface: Surface) -> None:
        first = surface.operations[0].path.split("/")
        self._versioned = f"/batch/{first[1]}/{first[2]}"
        self.operation = Operation(f"{surface.name}.batch", "POST", self._versioned)

    def routed(self, call: Call) -> Routed | None:
        """The batch operation where ``call`` goes to the endpoint. The address all APIs shared was shut in 2020."""
        path = call.path.rstrip("/")
        is_global = path == "/batch" and call.host != _SHARED_HOST
        return Routed(self.operation, {}) if call.verb == "POST" and (is_global or path == self._versioned) else None

    def answer(self, exchange: Exchange) -> Reply:
        """The replies of all parts in one body. Raises ``BadRequest`` and ``BatchTooLarge``."""
        call = exchange.call
        try:
            parts = split_multipart(call.body, boundary_of(call.headers.get("content-type")))
        except MalformedMultipart:
            parts = []
        if not parts:
            received = f"Received batch body: ({len(call.body)}) bytes redacted"
            raise BadRequest(f"Failed to parse batch request, error: 0 items. {received}", cause="malformed_batch")
        if len(parts) > MOST_PARTS:
            raise BatchTooLarge(len(parts))
        answered = [(part, self._part(part, exchange)) for part in parts]
        boundary = f"batch_{exchange.kernel.ids.text(32)}"
        body = b"".join(_written(part, reply, boundary) for part, reply in answered) + f"--{boundary}--\r\n".encode()
        headers = Headers((("Content-Type", f"multipart/mixed; boundary={boundary}"), *FRONT_END_HEADERS))
        return Reply(200, headers, body, _disruption([reply for _, reply in answered]))

    def _part(self, part: BodyPart, exchange: Exchange) -> Reply:
        inner = _inner_call(part, exchange.call)
        if inner is None:
            return BadRequest("Failed to parse inner request.", cause="malformed_part").reply()
        if is_upload(inner) or self.routed(inner) is not None:
            return BadRequest("Uploads and batches cannot be part of a batch.", cause="unbatchable").reply()
        return exchange.upstream(inner)


def _inner_call(part: BodyPart, outer: Call) -> Call | None:
    """The call a part describes, at the host of the batch; ``None`` where it does not begin with a request line."""
    head, body = split_head(part.body.lstrip(b"\r\n"))
    line, _, block = head.partition(b"\n")
    words = line.decode("utf-8", "replace").split()
    if len(words) not in {2, 3} or not words[0].isalpha():
        return None
    try:
        target = urlsplit(words[1])
    except ValueError:
        return None
    own = parse_headers(block)
    inherited = [
        (name, value)
        for name, value in outer.headers
        if not name.lower().startswith("content-") and name.lower() not in _OF_THE_CARRIER and name not in own
    ]
    return outer.replacing(
        verb=words[0].upper(),
        path=target.path or "/",
        query=target.query,
        headers=own.without("host").adding(inherited),
        body=_body(own, body),
    )


def _body(headers: Headers, rest: bytes) -> bytes:
    """The body of a part: as long as it says, since the line end before the delimiter may not belong to it."""
    length = headers.get("content-length")
    return rest[: int(length)] if length.isascii() and length.isdigit() and len(length) < 12 else rest


def _written(part: BodyPart, reply: Reply, boundary: str) -> bytes:
    lines = [f"--{boundary}", "Content-Type: application/http", f"Content-ID: {_response_id(part)}", ""]
    lines.append(f"HTTP/1.1 {reply.status} {_phrase(reply.status)}".rstrip())
    lines += [f"{name}: {value}" for name, value in reply.headers if name.lower() in _SHOWN]
    return "\r\n".join(lines).encode("utf-8", "replace") + b"\r\n\r\n" + reply.body + b"\r\n"


def _response_id(part: BodyPart) -> str:
    given = part.headers.get("content-id")
    return f"<response-{given[1:]}" if given.startswith("<") else f"response-{given}"


def _phrase(status: int) -> str:
    try:
        return HTTPStatus(status).phrase
    except ValueError:
        return ""  # an injected status nobody has named


def _disruption(replies: list[Reply]) -> Disruption | None:
    """What a fault on one part does to the reply that carries it."""
    return next((reply.disruption for reply in replies if reply.disruption is not None), None)
