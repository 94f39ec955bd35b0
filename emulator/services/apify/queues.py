"""Requests of queues: added once per unique key, fetched from the head, locked by one client at a time.

Behaviour as recorded from crawlee's clients: a ``PUT`` with ``handledAt`` takes a request off the head and unlocks
it, one without it brings the request back (to the front with ``forefront``) and releases its lock.
"""

from __future__ import annotations

import base64
import hashlib
import json
from dataclasses import dataclass
from typing import Any, Literal

from ...kernel.clock import Clock
from ...kernel.world import Row, World
from .errors import ApifyError, InvalidRequest, NotFound
from .storages import Storage, Storages

__all__ = ["Added", "Filter", "Queued", "Queues", "RequestLocked", "request_id"]

Filter = Literal["locked", "pending"]


class RequestLocked(ApifyError):
    """The lock belongs to another client, or there is none. Wording by pattern."""

    status, type = 403, "request-handled-or-locked"
    text = "Request is handled or locked by another client"


@dataclass(frozen=True, slots=True)
class Added:
    """What became of an added or updated request."""

    request_id: str
    unique_key: str
    present: bool
    handled: bool


@dataclass(frozen=True, slots=True)
class Queued:
    """A request in its queue; ``lock_until`` in virtual seconds, 0 without a lock."""

    id: str
    unique_key: str
    request: dict[str, Any]
    handled: bool
    lock_until: float
    lock_holder: str


def request_id(unique_key: str) -> str:
    """The id of a request: 15 characters of base64(SHA-256), as the clients compute it themselves."""
    digest = base64.b64encode(hashlib.sha256(unique_key.encode()).digest()).decode()
    return digest.translate(str.maketrans("", "", "+/="))[:15]


class Queues:
    """The requests of every queue."""

    def __init__(self, world: World, clock: Clock, storages: Storages) -> None:
        self._world = world
        self._clock = clock
        self._storages = storages

    def add(self, queue: Storage, request: dict[str, Any], *, forefront: bool = False) -> Added:
        """Add a request unless its unique key is there. Raises ``InvalidRequest`` without url or uniqueKey."""
        unique_key = _required(request, "uniqueKey")
        _required(request, "url")
        wanted = request_id(unique_key)
        row = self._row(queue, wanted)
        if row is not None:
            return Added(wanted, unique_key, present=True, handled=bool(row["handled"]))
        stored = {"method": "GET", "retryCount": 0, **_clean(request), "id": wanted}
        handled = stored.get("handledAt") is not None
        self._world.execute(
            "INSERT INTO apify_request (queue, id, unique_key, place, request, handled) VALUES (?, ?, ?, ?, ?, ?)",
            (queue.id, wanted, unique_key, self._place(queue, forefront=forefront), _text(stored), handled),
        )
        self._storages.touch(queue, wrote=True, writes=1, items=1)
        return Added(wanted, unique_key, present=False, handled=handled)

    def get(self, queue: Storage, wanted: str) -> Queued | None:
        """The request of that id."""
        self._storages.touch(queue, reads=1)
        row = self._row(queue, wanted)
        return None if row is None else _queued(row)

    def update(self, queue: Storage, request: dict[str, Any], holder: str, *, forefront: bool = False) -> Added:
        """Replace a request, or add it where it is missing; releases the lock of ``holder``.

        Raises ``RequestLocked`` where another client holds it.
        """
        wanted = request["id"]
        row = self._row(queue, wanted)
        if row is None:
            return self.add(queue, request, forefront=forefront)
        self._require_free(row, holder)
        handled = request.get("handledAt") is not None
        stored = {**json.loads(row["request"]), **_clean(request)}
        if not handled:
            stored.pop("handledAt", None)
        moves = not handled and (forefront or row["handled"])
        place = self._place(queue, forefront=forefront) if moves else row["place"]
        self._world.execute(
            "UPDATE apify_request SET request = ?, handled = ?, place = ?, lock_until = 0, lock_holder = ''"
            " WHERE queue = ? AND id = ?",
            (_text(stored), handled, place, queue.id, wanted),
        )
        self._storages.touch(queue, wrote=True, writes=1)
        return Added(wanted, row["unique_key"], present=True, handled=bool(row["handled"]))

    def delete(self, queue: Storage, wanted: str, holder: str) -> bool:
        """Remove a request; answers whether it was there. Raises ``RequestLocked``."""
        row = self._row(queue, wanted)
        if row is None:
            return False
        self._require_free(row, holder)
        self._world.execute("DELETE FROM apify_request WHERE queue = ? AND id = ?", (queue.id, wanted))
        self._storages.touch(queue, wrote=True, deletes=1, items=-1)
        return True

    def head(self, queue: Storage, limit: int) -> list[Queued]:
        """The next requests nobody holds, first first."""
        self._storages.touch(queue, reads=1)
        rows = self._world.all(
            "SELECT * FROM apify_request WHERE queue = ? AND handled = 0 AND lock_until <= ? ORDER BY place LIMIT ?",
            (queue.id, self._clock.time(), limit),
        )
        return [_queued(row) for row in rows]

    def lock_head(self, queue: Storage, limit: int, seconds: float, holder: str) -> list[Queued]:
        """The next requests, now held by ``holder`` for so many virtual seconds."""
        until = self._clock.time() + seconds
        found = self.head(queue, limit)
        self._world.execute_many(
            "UPDATE apify_request SET lock_until = ?, lock_holder = ? WHERE queue = ? AND id = ?",
            [(until, holder, queue.id, each.id) for each in found],
        )
        return [Queued(each.id, each.unique_key, each.request, each.handled, until, holder) for each in found]

    def prolong(self, queue: Storage, wanted: str, seconds: float, holder: str, *, forefront: bool) -> float:
        """Hold a locked request longer; answers when the lock ends. Raises ``NotFound``, ``RequestLocked``."""
        self._held(queue, wanted, holder)
        until = self._clock.time() + seconds
        self._world.execute(
            "UPDATE apify_request SET lock_until = ? WHERE queue = ? AND id = ?", (until, queue.id, wanted)
        )
        self._move(queue, wanted, forefront=forefront)
        return until

    def unlock(self, queue: Storage, wanted: str, holder: str, *, forefront: bool) -> None:
        """Give a request back. Raises ``NotFound``; a request nobody holds stays as it is."""
        row = self._row(queue, wanted)
        if row is None:
            raise NotFound("Request")
        self._require_free(row, holder)
        self._world.execute(
            "UPDATE apify_request SET lock_until = 0, lock_holder = '' WHERE queue = ? AND id = ?", (queue.id, wanted)
        )
        self._move(queue, wanted, forefront=forefront)

    def unlock_all(self, queue: Storage, holder: str) -> int:
        """Give back everything ``holder`` holds; answers how many."""
        return self._world.execute(
            "UPDATE apify_request SET lock_until = 0, lock_holder = ''"
            " WHERE queue = ? AND lock_holder = ? AND lock_until > ?",
            (queue.id, holder, self._clock.time()),
        ).rowcount

    def listed(self, queue: Storage, after: str, limit: int, only: tuple[Filter, ...]) -> list[Queued]:
        """Requests in the order of their ids, those after the id ``after``; ``only`` of the given states."""
        where = "queue = ? AND id > ?"
        values: list[Any] = [queue.id, after]
        if only:
            where += " AND handled = 0"
        if len(set(only)) == 1:
            where += f" AND lock_until {'>' if 'locked' in only else '<='} ?"
            values.append(self._clock.time())
        rows = self._world.all(f"SELECT * FROM apify_request WHERE {where} ORDER BY id LIMIT ?", (*values, limit))
        self._storages.touch(queue, reads=1)
        return [_queued(row) for row in rows]

    def handled_count(self, queue_id: str) -> int:
        """How many requests are handled."""
        found: int = self._world.value(
            "SELECT count(*) FROM apify_request WHERE queue = ? AND handled = 1", (queue_id,)
        )
        return found

    def has_locked(self, queue: Storage) -> bool:
        """Whether any client holds a request."""
        return (
            self._world.one(
                "SELECT 1 FROM apify_request WHERE queue = ? AND handled = 0 AND lock_until > ? LIMIT 1",
                (queue.id, self._clock.time()),
            )
            is not None
        )

    def meet_client(self, queue: Storage, client: str) -> None:
        """Remember that ``client`` used the queue."""
        if client:
            self._world.execute("INSERT OR IGNORE INTO apify_queue_client VALUES (?, ?)", (queue.id, client))

    def had_multiple_clients(self, queue_id: str) -> bool:
        """Whether more than one client used the queue."""
        met: int = self._world.value("SELECT count(*) FROM apify_queue_client WHERE queue = ?", (queue_id,))
        return met > 1

    def _held(self, queue: Storage, wanted: str, holder: str) -> None:
        row = self._row(queue, wanted)
        if row is None:
            raise NotFound("Request")
        if row["handled"] or row["lock_until"] <= self._clock.time() or row["lock_holder"] != holder:
            raise RequestLocked

    def _require_free(self, row: Row, holder: str) -> None:
        if row["lock_until"] > self._clock.time() and row["lock_holder"] != holder:
            raise RequestLocked

    def _row(self, queue: Storage, wanted: str) -> Row | None:
        return self._world.one("SELECT * FROM apify_request WHERE queue = ? AND id = ?", (queue.id, wanted))

    def _place(self, queue: Storage, *, forefront: bool) -> int:
        edge = "min(place) - 1" if forefront else "max(place) + 1"
        place: int | None = self._world.value(f"SELECT {edge} FROM apify_request WHERE queue = ?", (queue.id,))
        return 0 if place is None else place

    def _move(self, queue: Storage, wanted: str, *, forefront: bool) -> None:
        if forefront:
            place = self._place(queue, forefront=True)
            self._world.execute(
                "UPDATE apify_request SET place = ? WHERE queue = ? AND id = ?", (place, queue.id, wanted)
            )


def _required(request: dict[str, Any], name: str) -> str:
    value = request.get(name)
    if not isinstance(value, str) or not value:
        raise InvalidRequest(f'Request is missing the field "{name}"', cause="request_incomplete")
    return value


def _clean(request: dict[str, Any]) -> dict[str, Any]:
    """A request without the explicit nulls Python's 3.x client sends."""
    return {name: value for name, value in request.items() if value is not None}


def _text(request: dict[str, Any]) -> str:
    return json.dumps(request, ensure_ascii=False, separators=(",", ":"))


def _queued(row: Row) -> Queued:
    return Queued(
        row["id"],
        row["unique_key"],
        json.loads(row["request"]),
        bool(row["handled"]),
        row["lock_until"],
        row["lock_holder"],
    )
