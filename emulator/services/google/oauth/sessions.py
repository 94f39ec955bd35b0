"""Browsers at accounts.google.com: who is signed in, and which authorization requests they are in the middle of."""

from __future__ import annotations

from dataclasses import dataclass

from ....kernel.clock import Clock
from ....kernel.ids import Ids
from ....kernel.world import World
from .authorization import AuthorizationRequest
from .blocked import Blocked

__all__ = ["PendingAuthorization", "Sessions"]

PENDING_LIFETIME = 3600


@dataclass(frozen=True, slots=True)
class PendingAuthorization:
    """An authorization request on its way through the pages of one browser.

    ``account`` is who was chosen, "" before; ``warned`` whether the unverified-app warning was passed.
    """

    part: str
    sid: str
    request: AuthorizationRequest
    account: str
    warned: bool


class Sessions:
    """The browsers of a world, by the session id in their cookie."""

    def __init__(self, world: World, clock: Clock, ids: Ids) -> None:
        self._world = world
        self._clock = clock
        self._ids = ids

    def known(self, sid: str) -> bool:
        """Whether a session of that id was ever started."""
        return self._world.one("SELECT 1 FROM google_session WHERE sid = ?", (sid,)) is not None

    def start(self) -> str:
        """A new session, nobody signed in. Those in which nobody ever signed in are forgotten with their requests."""
        now = self._clock.time()
        self._world.execute(_FORGET_UNUSED, (now - PENDING_LIFETIME,))
        sid = self._ids.text(71)
        self._world.execute("INSERT INTO google_session VALUES (?, ?)", (sid, now))
        return sid

    def sign_in(self, sid: str, account: str) -> None:
        """Note that ``account`` is signed in; it keeps its position if it already was."""
        self._world.execute(
            "INSERT OR IGNORE INTO google_session_account"
            " SELECT ?, ?, count(*) FROM google_session_account WHERE sid = ?",
            (sid, account, sid),
        )

    def accounts(self, sid: str) -> tuple[str, ...]:
        """The usable accounts signed in, in the order of their signing in; the index is what ``authuser`` tells."""
        rows = self._world.all(
            "SELECT account FROM google_session_account JOIN google_account ON email = account"
            " WHERE sid = ? AND NOT disabled AND NOT deleted ORDER BY position",
            (sid,),
        )
        return tuple(row[0] for row in rows)

    def begin(self, sid: str, request: AuthorizationRequest, account: str) -> PendingAuthorization:
        """Remember a request while its pages are walked; those an hour old are forgotten."""
        now = self._clock.time()
        self._world.execute("DELETE FROM google_authorization WHERE started_at < ?", (now - PENDING_LIFETIME,))
        part = self._ids.text(43)
        self._world.execute(
            "INSERT INTO google_authorization (part, sid, request, account, started_at) VALUES (?, ?, ?, ?, ?)",
            (part, sid, request.to_json(), account, now),
        )
        return PendingAuthorization(part, sid, request, account, warned=False)

    def pending(self, part: str, sid: str) -> PendingAuthorization:
        """The request ``part`` of the browser ``sid``. Raises ``Blocked`` where it ended or is another browser's."""
        row = self._world.one(
            "SELECT * FROM google_authorization WHERE part = ? AND sid = ? AND started_at >= ?",
            (part, sid, self._clock.time() - PENDING_LIFETIME),
        )
        if row is None:
            message = "This request to sign in has ended, or began in another browser. Start again from the app."
            raise Blocked(400, "invalid_request", message, cause="authorization_ended")
        request = AuthorizationRequest.from_json(row["request"])
        return PendingAuthorization(part, sid, request, row["account"] or "", bool(row["warned"]))

    def choose(self, pending: PendingAuthorization, account: str) -> None:
        """Note who decides about the request."""
        self._world.execute("UPDATE google_authorization SET account = ? WHERE part = ?", (account, pending.part))

    def note_warned(self, pending: PendingAuthorization) -> None:
        """Note that the unverified-app warning was passed."""
        self._world.execute("UPDATE google_authorization SET warned = 1 WHERE part = ?", (pending.part,))

    def finish(self, pending: PendingAuthorization) -> None:
        """Forget a request that was answered."""
        self._world.execute("DELETE FROM google_authorization WHERE part = ?", (pending.part,))


_FORGET_UNUSED = """
DELETE FROM google_session WHERE started_at < ?
    AND sid NOT IN (SELECT sid FROM google_session_account) AND sid NOT IN (SELECT sid FROM google_authorization)
"""
