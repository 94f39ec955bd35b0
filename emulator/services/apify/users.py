"""Users of the platform, their tokens, and who a call comes from."""

from __future__ import annotations

from dataclasses import dataclass

from ...kernel.clock import Clock
from ...kernel.ids import LOWER_ALPHANUMERIC, Ids
from ...kernel.world import Row, World
from .errors import NotFound, TokenInvalid
from .names import new_id, new_token

__all__ = ["Caller", "User", "Users"]


@dataclass(frozen=True, slots=True)
class User:
    """One account. Money in US dollars, memory in megabytes, ``created_at`` in virtual seconds."""

    id: str
    username: str
    email: str
    token: str
    proxy_password: str
    plan: str
    paying: bool
    general_access: str
    memory_limit: int
    usage_usd: float
    usage_limit_usd: float
    created_at: float


@dataclass(frozen=True, slots=True)
class Caller:
    """Who a call comes from: a user, and with a run's own token the run it is limited to."""

    user: User
    limited_to_run: str | None = None


class Users:
    """The accounts of a world."""

    def __init__(self, world: World, clock: Clock, ids: Ids) -> None:
        self._world = world
        self._clock = clock
        self._ids = ids

    def add(
        self,
        username: str,
        *,
        id: str = "",  # noqa: A002 - the vendor's word
        email: str = "",
        token: str = "",
        proxy_password: str = "",
        plan: str = "FREE",
        paying: bool = False,
        general_access: str = "RESTRICTED",
        memory_limit: int = 8192,
        usage_limit_usd: float = 5.0,
    ) -> User:
        """A new account; what is left empty is drawn. Raises ``ValueError`` for a username or token that is taken."""
        if self.named(username) is not None:
            raise ValueError(f"the Apify user {username!r} exists already")
        if token and self._world.one("SELECT 1 FROM apify_user WHERE token = ?", (token,)):
            raise ValueError(f"the token given for {username!r} belongs to another Apify user")
        user = User(
            id or new_id(self._ids),
            username,
            email or f"{username}@example.com",
            token or new_token(self._ids),
            proxy_password or "apify_proxy_" + self._ids.text(30, LOWER_ALPHANUMERIC),
            plan,
            paying,
            general_access,
            memory_limit,
            0.0,
            usage_limit_usd,
            self._clock.time(),
        )
        self._world.execute(
            "INSERT INTO apify_user VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            tuple(getattr(user, name) for name in User.__slots__),
        )
        return user

    def get(self, user_id: str) -> User:
        """The account of that id. Raises ``NotFound``."""
        row = self._world.one("SELECT * FROM apify_user WHERE id = ?", (user_id,))
        if row is None:
            raise NotFound("User")
        return _user(row)

    def named(self, username: str) -> User | None:
        """The account of that name."""
        row = self._world.one("SELECT * FROM apify_user WHERE username = ?", (username,))
        return None if row is None else _user(row)

    def referred(self, reference: str) -> User | None:
        """The account of that id or username."""
        row = self._world.one("SELECT * FROM apify_user WHERE id = ? OR username = ?", (reference, reference))
        return None if row is None else _user(row)

    def first(self) -> User | None:
        """The account that was made first."""
        row = self._world.one("SELECT * FROM apify_user ORDER BY created_at, username LIMIT 1")
        return None if row is None else _user(row)

    def caller(self, token: str) -> Caller:
        """Whose ``token`` this is. Raises ``TokenInvalid``."""
        row = self._world.one("SELECT * FROM apify_user WHERE token = ?", (token,))
        if row is not None:
            return Caller(_user(row))
        run = self._world.one(
            "SELECT run, owner FROM apify_run_token JOIN apify_run ON apify_run.id = run"
            " WHERE apify_run_token.token = ?",
            (token,),
        )
        if run is None:
            raise TokenInvalid
        return Caller(self.get(run["owner"]), run["run"])


def _user(row: Row) -> User:
    values = dict(row)
    values["paying"] = bool(values["paying"])
    return User(**values)
