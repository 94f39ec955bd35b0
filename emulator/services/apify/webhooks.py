"""Webhooks: what is to be called when a run gets somewhere, the calls made, and those still due.

Event types, payload and retries after the vendor's documentation: any answer outside 200-299 is retried after one,
two, four ... minutes, eleven times. Who makes the calls is the platform's business.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlsplit

from ...kernel.clock import Clock, rfc3339
from ...kernel.http import Call, Headers, Reply
from ...kernel.ids import Ids
from ...kernel.world import Row, World
from .bodies import object_member, text_member
from .errors import InvalidRequest, InvalidValue, NotFound
from .names import new_id
from .storages import Page
from .templates import DEFAULT_PAYLOAD, filled
from .users import Caller

__all__ = ["EVENT_TYPES", "Dispatch", "Webhook", "Webhooks", "webhook_call"]

EVENT_TYPES = (
    *(f"ACTOR.BUILD.{name}" for name in ("ABORTED", "CREATED", "FAILED", "SUCCEEDED", "TIMED_OUT")),
    *(f"ACTOR.RUN.{name}" for name in ("ABORTED", "CREATED", "FAILED", "RESURRECTED", "SUCCEEDED", "TIMED_OUT")),
    "TEST",
)
RETRIES = 11
FIRST_RETRY_SECONDS = 60.0
_TAKEN = 9e15
_CONDITIONS = frozenset(("actorId", "actorTaskId", "actorRunId"))


@dataclass(frozen=True, slots=True)
class Webhook:
    """One webhook; ``definition`` is the wire object less id, owner and dates."""

    id: str
    owner: str
    definition: dict[str, Any]
    created_at: float
    modified_at: float


@dataclass(frozen=True, slots=True)
class Dispatch:
    """One event on its way to a URL, with the attempts made so far (``calls``, as the API shows them)."""

    id: str
    webhook: str
    owner: str
    event: str
    event_data: dict[str, str]
    url: str
    headers: dict[str, str]
    payload: str
    status: str
    created_at: float
    due_at: float
    calls: list[dict[str, Any]]


class Webhooks:
    """The webhooks and dispatches of a world."""

    def __init__(self, world: World, clock: Clock, ids: Ids) -> None:
        self._world = world
        self._clock = clock
        self._ids = ids

    # -- definitions -------------------------------------------------------------------------------------------

    def create(self, owner: str, given: dict[str, Any]) -> tuple[Webhook, bool]:
        """A new webhook, or the one made before with the same idempotency key; the second value tells new ones.

        Raises ``InvalidRequest`` or ``InvalidValue`` for a definition that is incomplete.
        """
        definition = _checked(given)
        key = definition.pop("idempotencyKey", None)
        row = self._world.one("SELECT * FROM apify_webhook WHERE owner = ? AND idempotency = ?", (owner, key))
        if row is not None:
            return _webhook(row), False
        now, webhook_id = self._clock.time(), new_id(self._ids)
        self._world.execute(
            "INSERT INTO apify_webhook VALUES (?, ?, ?, ?, ?, ?)",
            (webhook_id, owner, json.dumps(definition), key, now, now),
        )
        return Webhook(webhook_id, owner, definition, now, now), True

    def find(self, webhook_id: str, caller: Caller) -> Webhook:
        """The caller's webhook. Raises ``NotFound``."""
        row = self._world.one("SELECT * FROM apify_webhook WHERE id = ? AND owner = ?", (webhook_id, caller.user.id))
        if row is None:
            raise NotFound("Webhook")
        return _webhook(row)

    def listed(self, caller: Caller, page: Page, **condition: str) -> tuple[int, list[Webhook]]:
        """How many webhooks the caller has, those of one Actor or task where given, and those of the page."""
        rows = self._world.all("SELECT * FROM apify_webhook WHERE owner = ? ORDER BY created_at, id", (caller.user.id,))
        found = [_webhook(row) for row in rows]
        found = [
            each
            for each in found
            if all(each.definition["condition"].get(name) == value for name, value in condition.items())
        ]
        ordered = found[::-1] if page.desc else found
        return len(found), ordered[page.offset : page.offset + page.limit]

    def update(self, webhook: Webhook, changes: dict[str, Any]) -> Webhook:
        """Change members of a webhook. Raises as ``create``."""
        definition = _checked({**webhook.definition, **changes})
        self._world.execute(
            "UPDATE apify_webhook SET definition = ?, modified_at = ? WHERE id = ?",
            (json.dumps(definition), self._clock.time(), webhook.id),
        )
        return Webhook(webhook.id, webhook.owner, definition, webhook.created_at, self._clock.time())

    def delete(self, webhook: Webhook) -> None:
        """Remove a webhook; dispatches under way are still made."""
        self._world.execute("DELETE FROM apify_webhook WHERE id = ?", (webhook.id,))

    # -- dispatches --------------------------------------------------------------------------------------------

    def happened(self, event: str, data: dict[str, str], resource: dict[str, Any], owner: str) -> list[Dispatch]:
        """Queue a dispatch for every webhook of ``owner`` that waits for ``event`` on these ids."""
        rows = self._world.all("SELECT * FROM apify_webhook WHERE owner = ? ORDER BY created_at, id", (owner,))
        return [
            self.queue(webhook, event, data, resource)
            for webhook in map(_webhook, rows)
            if event in webhook.definition["eventTypes"] and _matches(webhook.definition["condition"], data)
        ]

    def queue(self, webhook: Webhook, event: str, data: dict[str, str], resource: dict[str, Any]) -> Dispatch:
        """A dispatch due now."""
        now = self._clock.time()
        variables = {
            "userId": webhook.owner,
            "createdAt": rfc3339(datetime.fromtimestamp(now, UTC)),
            "eventType": event,
            "eventData": data,
            "resource": resource,
        }
        strings = bool(webhook.definition.get("shouldInterpolateStrings"))
        payload = filled(webhook.definition.get("payloadTemplate") or DEFAULT_PAYLOAD, variables, strings=strings)
        headers = json.loads(filled(webhook.definition.get("headersTemplate") or "{}", variables, strings=strings))
        dispatch = Dispatch(
            new_id(self._ids),
            webhook.id,
            webhook.owner,
            event,
            data,
            webhook.definition["requestUrl"],
            {str(name): str(value) for name, value in headers.items()},
            payload,
            "ACTIVE",
            now,
            now,
            [],
        )
        self._world.execute(
            "INSERT INTO apify_dispatch VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (
                *(dispatch.id, dispatch.webhook, dispatch.owner, event, json.dumps(data), dispatch.url),
                *(json.dumps(dispatch.headers), payload, "ACTIVE", now, now, "[]"),
            ),
        )
        return dispatch

    def take_due(self) -> Dispatch | None:
        """The next dispatch whose time has come, taken off the queue until ``record`` puts it back; or ``None``."""
        row = self._world.one(
            "SELECT * FROM apify_dispatch WHERE status = 'ACTIVE' AND due_at <= ? ORDER BY due_at, rowid LIMIT 1",
            (self._clock.time(),),
        )
        if row is None:
            return None
        self._world.execute("UPDATE apify_dispatch SET due_at = ? WHERE id = ?", (_TAKEN, row["id"]))
        return _dispatch(row)

    def record(self, dispatch: Dispatch, reply: Reply | None, problem: str = "") -> None:
        """Note an attempt: the answer, or the ``problem`` that there was none. What failed is retried later."""
        now = self._clock.time()
        succeeded = reply is not None and 200 <= reply.status < 300
        if reply is not None and not succeeded:
            problem = f"Webhook returned status code {reply.status}"
        call: dict[str, Any] = {
            "startedAt": rfc3339(datetime.fromtimestamp(max(dispatch.due_at, dispatch.created_at), UTC)),
            "finishedAt": rfc3339(self._clock.now()),
            "errorMessage": problem or None,
            "responseStatus": None if reply is None else reply.status,
            "responseBody": None if reply is None else reply.body[:10_000].decode("utf-8", "replace"),
        }
        calls = [*dispatch.calls, call]
        over = len(calls) > RETRIES or self._never_retried(dispatch.webhook)
        status = "SUCCEEDED" if succeeded else "FAILED" if over else "ACTIVE"
        self._world.execute(
            "UPDATE apify_dispatch SET status = ?, due_at = ?, calls = ? WHERE id = ?",
            (status, now + FIRST_RETRY_SECONDS * 2 ** (len(calls) - 1), json.dumps(calls), dispatch.id),
        )

    def dispatch(self, dispatch_id: str, caller: Caller) -> Dispatch:
        """The caller's dispatch. Raises ``NotFound``."""
        row = self._world.one("SELECT * FROM apify_dispatch WHERE id = ? AND owner = ?", (dispatch_id, caller.user.id))
        if row is None:
            raise NotFound("Webhook dispatch")
        return _dispatch(row)

    def dispatches(self, owner: str, page: Page, webhook: str = "") -> tuple[int, list[Dispatch]]:
        """How many dispatches a user has, of one webhook where given, and those of the page."""
        where, values = ("owner = ? AND webhook = ?", [owner, webhook]) if webhook else ("owner = ?", [owner])
        order = "DESC" if page.desc else "ASC"
        total = self._world.value(f"SELECT count(*) FROM apify_dispatch WHERE {where}", values)
        rows = self._world.all(
            f"SELECT * FROM apify_dispatch WHERE {where} ORDER BY created_at {order}, rowid {order} LIMIT ? OFFSET ?",
            (*values, page.limit, page.offset),
        )
        return total, [_dispatch(row) for row in rows]

    def _never_retried(self, webhook_id: str) -> bool:
        row = self._world.one("SELECT * FROM apify_webhook WHERE id = ?", (webhook_id,))
        return row is not None and bool(_webhook(row).definition.get("doNotRetry"))


def _checked(given: dict[str, Any]) -> dict[str, Any]:
    """A definition with its defaults. Raises ``InvalidRequest`` or ``InvalidValue``."""
    events = given.get("eventTypes")
    if not isinstance(events, list) or not events:
        raise InvalidRequest('Field "eventTypes" is required', cause="webhook_incomplete")
    for name in ("idempotencyKey", "payloadTemplate", "headersTemplate", "description"):
        text_member(given, name)
    object_member(given, "condition")
    if any(each not in EVENT_TYPES for each in events):
        raise InvalidValue(f"eventTypes must be among {', '.join(EVENT_TYPES)}")
    if not _is_url(text_member(given, "requestUrl") or ""):
        raise InvalidRequest('Field "requestUrl" must be an HTTP URL', cause="webhook_incomplete")
    if not _is_object(filled(text_member(given, "headersTemplate") or "{}", {}, strings=True)):
        raise InvalidRequest('Field "headersTemplate" must be a JSON object', cause="webhook_template")
    defaults = {
        "isAdHoc": False,
        "condition": {},
        "ignoreSslErrors": False,
        "doNotRetry": False,
        "payloadTemplate": None,
        "headersTemplate": None,
        "description": None,
        "shouldInterpolateStrings": False,
    }
    known = {*defaults, "eventTypes", "requestUrl", "idempotencyKey"}
    return {**defaults, **{name: value for name, value in given.items() if name in known and value is not None}}


def _is_url(text: str) -> bool:
    try:
        url = urlsplit(text)
    except ValueError:
        return False
    return url.scheme in {"http", "https"} and bool(url.hostname)


def _is_object(text: str) -> bool:
    try:
        return isinstance(json.loads(text), dict)
    except ValueError:
        return False


def _matches(condition: dict[str, Any], data: dict[str, str]) -> bool:
    named = {name: value for name, value in condition.items() if name in _CONDITIONS and value}
    return bool(named) and all(data.get(name) == value for name, value in named.items())


def webhook_call(dispatch: Dispatch) -> Call:
    """The request a dispatch makes."""
    url = urlsplit(dispatch.url)
    headers = Headers(
        [
            ("Host", url.netloc),
            ("User-Agent", "Apify/Webhook"),
            ("Content-Type", "application/json; charset=utf-8"),
            ("X-Apify-Webhook", "true"),
            ("X-Apify-Webhook-Dispatch-Id", dispatch.id),
        ]
    ).adding(dispatch.headers)
    return Call(
        verb="POST",
        host=url.hostname or "",
        path=url.path or "/",
        query=url.query,
        headers=headers,
        body=dispatch.payload.encode(),
        scheme=url.scheme,
        peer="Apify/Webhook",
    )


def _webhook(row: Row) -> Webhook:
    return Webhook(row["id"], row["owner"], json.loads(row["definition"]), row["created_at"], row["modified_at"])


def _dispatch(row: Row) -> Dispatch:
    values = dict(row)
    for name in ("event_data", "headers", "calls"):
        values[name] = json.loads(values[name])
    return Dispatch(**values)
