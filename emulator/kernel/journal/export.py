"""The journal for other programs: JSON Lines, and HAR 1.2, which browsers and HTTP tools open."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from http import HTTPStatus
from typing import Any

from ..clock import rfc3339
from ..http import Call, Headers, Reply
from .entry import Entry
from .masking import shown

__all__ = ["har", "jsonl"]


def jsonl(entries: Iterable[Entry]) -> str:
    """One JSON object a line, as ``Entry.public`` has it."""
    return "".join(f"{json.dumps(entry.public(), ensure_ascii=False)}\n" for entry in entries)


def har(entries: Iterable[Entry], *, bodies: bool = False) -> dict[str, Any]:
    """An HTTP archive. ``startedDateTime`` is virtual; fields of ours begin with ``_``. Secrets are masked.

    ``bodies`` lets JSON and form bodies in, with what stands under a secret's name masked; mail is in them.
    """
    creator = {"name": "actor-emulator", "version": "1"}
    return {"log": {"version": "1.2", "creator": creator, "entries": [_entry(each, bodies=bodies) for each in entries]}}


def _entry(entry: Entry, *, bodies: bool) -> dict[str, Any]:
    milliseconds = round(entry.duration * 1000, 3)
    public = entry.public()
    kept = ("number", "real", "service", "operation", "parameters", "principal", "scopes", "cause", "fault", "units")
    return {
        "startedDateTime": rfc3339(entry.at),
        "time": milliseconds,
        "request": _request(entry.call, bodies=bodies),
        "response": _response(entry.reply or Reply(entry.status), bodies=bodies),
        "cache": {},
        "timings": {"send": 0, "wait": milliseconds, "receive": 0},
        **{f"_{name}": public[name] for name in (*kept, "parent", "unrouted")},
    }


def _request(call: Call, *, bodies: bool) -> dict[str, Any]:
    query = f"?{shown('', _masked_query(call))}" if call.query else ""
    told = {
        "method": call.verb,
        "url": f"{call.scheme}://{call.host}{shown('', call.path)}{query}",
        "httpVersion": "HTTP/1.1",
        "cookies": [],
        "headers": _headers(call.headers),
        "queryString": _pairs(call.query_pairs),
        "headersSize": -1,
        "bodySize": len(call.body),
    }
    if call.body:
        told["postData"] = {"mimeType": call.content_type, "text": _body(call.content_type, call.body, wanted=bodies)}
    return told


def _response(reply: Reply, *, bodies: bool) -> dict[str, Any]:
    kind = reply.headers.get("content-type").partition(";")[0].strip().lower()
    known = reply.status in HTTPStatus._value2member_map_
    content: dict[str, Any] = {"size": len(reply.body), "mimeType": kind}
    if bodies and reply.body:
        content["text"] = _body(kind, reply.body, wanted=True)
    return {
        "status": reply.status,
        "statusText": HTTPStatus(reply.status).phrase if known else "",
        "httpVersion": "HTTP/1.1",
        "cookies": [],
        "headers": _headers(reply.headers),
        "content": content,
        "redirectURL": str(shown("", reply.headers.get("location"))),
        "headersSize": -1,
        "bodySize": len(reply.body),
    }


def _headers(headers: Headers) -> list[dict[str, str]]:
    return _pairs(headers)


def _pairs(pairs: Iterable[tuple[str, str]]) -> list[dict[str, str]]:
    return [{"name": shown("", name), "value": shown(name, value)} for name, value in pairs]


def _masked_query(call: Call) -> str:
    return "&".join(f"{name}={shown(name, value)}" for name, value in call.query_pairs)


def _body(kind: str, body: bytes, *, wanted: bool) -> str:
    """A body as text with its secrets masked; "" where it is not to be shown or cannot be looked through."""
    if not wanted:
        return ""
    if kind == "application/x-www-form-urlencoded":
        return _masked_query(Call("POST", "", "", body.decode("utf-8", "replace")))
    if not kind.endswith("json"):
        return ""
    try:
        value = json.loads(body)
    except ValueError:  # cut short: what cannot be read cannot be masked by name either
        return ""
    masked = shown("", value) if isinstance(value, (Mapping, list)) else shown("", str(value))
    return json.dumps(masked, ensure_ascii=False)
