"""Magic links, the flows they begin, and the finished flows that wait until their user is confirmed."""

from __future__ import annotations

from dataclasses import dataclass

from ...kernel.clock import Clock
from ...kernel.ids import Ids
from ...kernel.world import Row, World
from .accounts import Credentials
from .errors import AuthRequestNotFound

__all__ = ["AuthRequest", "Flow", "Link", "Links"]


@dataclass(frozen=True, slots=True)
class Link:
    """A magic link. ``origin`` is the base URL it was made for, ``state`` the caller's own, "" without one."""

    token: str
    account: str
    origin: str
    state: str
    user_verify_url: str
    expires_at: float
    used: bool

    @property
    def url(self) -> str:
        """What the user opens."""
        return f"{self.origin}/magicLink/{self.token}"


@dataclass(frozen=True, slots=True)
class Flow:
    """A link that a browser has opened. ``state`` goes to the provider and back, ``cookie`` stays with the browser."""

    state: str
    cookie: str
    link: Link


@dataclass(frozen=True, slots=True)
class AuthRequest:
    """A finished flow whose user is not confirmed yet."""

    id: str
    account: str
    origin: str
    credentials: Credentials


class Links:
    """The magic links of a world and what became of them."""

    def __init__(self, world: World, clock: Clock, ids: Ids) -> None:
        self._world = world
        self._clock = clock
        self._ids = ids

    def make(self, account: str, origin: str, lifetime: float, *, state: str = "", user_verify_url: str = "") -> Link:
        """A new link for an account; earlier ones stay valid."""
        now = self._clock.time()
        token = f"{self._ids.uuid4()}_o"
        self._world.execute(
            "INSERT INTO scalekit_link (token, account, origin, state, user_verify_url, made_at, expires_at)"
            " VALUES (?, ?, ?, ?, ?, ?, ?)",
            (token, account, origin, state, user_verify_url, now, now + lifetime),
        )
        return Link(token, account, origin, state, user_verify_url, now + lifetime, used=False)

    def find(self, token: str) -> Link | None:
        """A link that can still be opened."""
        row = self._world.one(
            "SELECT * FROM scalekit_link WHERE token = ? AND NOT used AND expires_at > ?", (token, self._clock.time())
        )
        return _link(row) if row is not None else None

    def newest(self, account: str) -> tuple[Link, float] | None:
        """The newest link of an account and when it was made, whether it was opened or not."""
        row = self._world.one("SELECT * FROM scalekit_link WHERE account = ? ORDER BY number DESC LIMIT 1", (account,))
        return (_link(row), row["made_at"]) if row is not None else None

    def open(self, link: Link) -> Flow:
        """Use a link up and begin its flow, which lives as long as the link would have."""
        self._world.execute("UPDATE scalekit_link SET used = 1 WHERE token = ?", (link.token,))
        flow = Flow(self._ids.text(43), self._ids.text(32), link)
        self._world.execute(
            "INSERT INTO scalekit_flow VALUES (?, ?, ?, ?)", (flow.state, link.token, flow.cookie, link.expires_at)
        )
        return flow

    def flow(self, state: str) -> Flow | None:
        """The flow of a state the provider sent back, ``None`` where there is none, or not any more."""
        row = self._world.one(
            "SELECT scalekit_link.*, flow.state AS flow_state, cookie FROM scalekit_flow AS flow"
            " JOIN scalekit_link ON token = link WHERE flow.state = ? AND flow.expires_at > ?",
            (state, self._clock.time()),
        )
        return Flow(row["flow_state"], row["cookie"], _link(row)) if row is not None else None

    def finish(self, flow: Flow) -> None:
        """Forget a flow: what the provider sent was taken in."""
        self._world.execute("DELETE FROM scalekit_flow WHERE state = ?", (flow.state,))

    def await_verification(self, flow: Flow, held: Credentials, lifetime: float) -> AuthRequest:
        """Keep ``held`` until the user of the flow is confirmed."""
        link = flow.link
        request = AuthRequest(self._ids.text(86), link.account, link.origin, held)
        self._world.execute(
            "INSERT INTO scalekit_auth_request VALUES (?, ?, ?, ?, ?)",
            (request.id, link.account, link.origin, held.to_json(), self._clock.time() + lifetime),
        )
        return request

    def auth_request(self, request_id: str) -> AuthRequest:
        """The waiting request of that id. Raises ``AuthRequestNotFound``."""
        row = self._world.one(
            "SELECT * FROM scalekit_auth_request WHERE id = ? AND expires_at > ?", (request_id, self._clock.time())
        )
        if row is None:
            raise AuthRequestNotFound
        return AuthRequest(row["id"], row["account"], row["origin"], Credentials.from_json(row["credentials"]))

    def waiting(self, account: str) -> AuthRequest | None:
        """The request of an account that waits for verification."""
        found = self._world.value(
            "SELECT id FROM scalekit_auth_request WHERE account = ? AND expires_at > ?"
            " ORDER BY expires_at DESC LIMIT 1",
            (account, self._clock.time()),
        )
        return self.auth_request(found) if found is not None else None

    def consume(self, request: AuthRequest) -> None:
        """Forget a request that was verified, and those of the same account that it overtook."""
        self._world.execute("DELETE FROM scalekit_auth_request WHERE account = ?", (request.account,))


def _link(row: Row) -> Link:
    return Link(
        *(row["token"], row["account"], row["origin"], row["state"], row["user_verify_url"], row["expires_at"]),
        used=bool(row["used"]),
    )
