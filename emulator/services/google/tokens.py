"""Refresh and access tokens: how they are made, how long they live, what they die of.

Lives: "Using OAuth 2.0 to Access Google APIs" (expiration), "Manage App Audience" (seven days in Testing).
Death is a state with a reason; the wire says only what Google says.
"""

from __future__ import annotations

from dataclasses import dataclass

from ...kernel.clock import Clock
from ...kernel.ids import Ids
from ...kernel.world import Row, World
from . import scopes as scope_names

__all__ = ["ACCESS_TOKEN_LIFETIME", "AccessToken", "RefreshToken", "Tokens"]

ACCESS_TOKEN_LIFETIME = 3599
TESTING_LIFETIME = 7 * 86400
UNUSED_LIFETIME = 183 * 86400
LIVE_REFRESH_TOKENS = 100

# Neither ended by a verb nor by a date; takes the present time twice.
_LIVING = f"dead_reason IS NULL AND (expires_at IS NULL OR expires_at > ?) AND last_used + {UNUSED_LIFETIME} > ?"
_REFRESH_COLUMNS = (
    "token, client_id, account, project, scopes, issued_at, last_used, expires_at, time_limited, dead_reason, dead_at"
)


@dataclass(frozen=True, slots=True)
class RefreshToken:
    """A refresh token as issued. ``expires_at`` is ``None`` for one without a date; times are virtual seconds.

    ``time_limited`` tells that the user chose the date, not the project's publishing status.
    """

    token: str
    client_id: str
    account: str
    project: str
    scopes: tuple[str, ...]
    issued_at: float
    last_used: float
    expires_at: float | None
    time_limited: bool
    dead_reason: str | None
    dead_at: float | None


@dataclass(frozen=True, slots=True)
class AccessToken:
    """An access token as issued; times are virtual seconds."""

    token: str
    refresh_token: str | None
    client_id: str
    account: str
    project: str
    scopes: tuple[str, ...]
    issued_at: float
    expires_at: float
    dead_reason: str | None


class Tokens:
    """The tokens of every project, by value."""

    def __init__(self, world: World, clock: Clock, ids: Ids) -> None:
        self._world = world
        self._clock = clock
        self._ids = ids

    # -- refresh tokens ----------------------------------------------------------------------------------------

    def issue_refresh(
        self,
        account: str,
        client_id: str,
        scopes: tuple[str, ...],
        *,
        token: str = "",
        issued_at: float | None = None,
        lifetime: float | None = None,
    ) -> RefreshToken:
        """A new refresh token of ``account`` for a client; the oldest beyond a hundred live ones dies silently.

        ``issued_at`` backdates the consent, for seeds; its seven days in Testing then began that long ago.
        ``lifetime`` are the seconds of a time-limited access; Testing may end it sooner.
        """
        issued = self._clock.time() if issued_at is None else issued_at
        value = token or "1//0" + self._ids.text(99)
        testing = self._testing_lifetime(client_id, scopes)
        chosen = lifetime is not None and (testing is None or lifetime < testing)
        life = lifetime if chosen else testing
        project = self._world.value("SELECT project FROM google_client WHERE client_id = ?", (client_id,))
        self._world.execute(
            "INSERT INTO google_refresh_token (token, client_id, account, project, scopes, issued_at, last_used,"
            " expires_at, time_limited) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (
                value,
                client_id,
                account,
                project,
                scope_names.joined(scopes),
                issued,
                issued,
                None if life is None else issued + life,
                chosen,
            ),
        )
        self._bury_oldest(account, client_id)
        return self._known_refresh(value)

    def _testing_lifetime(self, client_id: str, scopes: tuple[str, ...]) -> int | None:
        """Seven days for an external project in Testing, unless only identity scopes were granted."""
        status = self._world.one(
            "SELECT user_type, publishing_status FROM google_project WHERE id ="
            " (SELECT project FROM google_client WHERE client_id = ?)",
            (client_id,),
        )
        testing = status is not None and tuple(status) == ("external", "testing")
        return TESTING_LIFETIME if testing and not scope_names.IDENTITY.issuperset(scopes) else None

    def refresh_token(self, token: str) -> RefreshToken | None:
        """The refresh token of that value, dead or alive."""
        row = self._world.one(f"SELECT {_REFRESH_COLUMNS} FROM google_refresh_token WHERE token = ?", (token,))
        return _refresh_token(row) if row is not None else None

    def why_dead(self, token: RefreshToken) -> tuple[str, float] | None:
        """What a refresh token died of and when, or ``None`` while it lives."""
        if token.dead_reason is not None:
            return token.dead_reason, token.dead_at or 0.0
        now = self._clock.time()
        if token.expires_at is not None and now >= token.expires_at:
            reason = "time_limited_access_ended" if token.time_limited else "expired_after_seven_days_in_testing"
            return reason, token.expires_at
        if now >= token.last_used + UNUSED_LIFETIME:
            return "unused_for_six_months", token.last_used + UNUSED_LIFETIME
        return None

    def refresh_tokens(self, account: str) -> list[RefreshToken]:
        """Every refresh token ever issued for ``account``, dead or alive, oldest first."""
        rows = self._world.all(
            f"SELECT {_REFRESH_COLUMNS} FROM google_refresh_token WHERE account = ? ORDER BY number", (account,)
        )
        return [_refresh_token(row) for row in rows]

    def kill_refresh(self, token: str, reason: str) -> None:
        """End one refresh token; access tokens made from it live on until their hour is over.

        One that is dead already keeps its reason and its hour.
        """
        now = self._clock.time()
        self._world.execute(
            f"UPDATE google_refresh_token SET dead_reason = ?, dead_at = ? WHERE token = ? AND {_LIVING}",
            (reason, now, token, now, now),
        )

    def _bury_oldest(self, account: str, client_id: str) -> None:
        living = self._world.all(
            "SELECT token FROM google_refresh_token WHERE account = ? AND client_id = ? AND dead_reason IS NULL"
            " ORDER BY number DESC LIMIT -1 OFFSET ?",
            (account, client_id, LIVE_REFRESH_TOKENS),
        )
        for row in living:
            self.kill_refresh(row[0], "superseded_by_the_101st")

    def _known_refresh(self, token: str) -> RefreshToken:
        found = self.refresh_token(token)
        if found is None:
            raise LookupError("a refresh token vanished inside its own transaction")
        return found

    # -- access tokens -----------------------------------------------------------------------------------------

    def issue_access(
        self, account: str, client_id: str, scopes: tuple[str, ...], *, refresh_token: str | None = None
    ) -> AccessToken:
        """A new access token, good for 3599 virtual seconds; notes the use of the refresh token it came from."""
        now = self._clock.time()
        project = self._world.value("SELECT project FROM google_client WHERE client_id = ?", (client_id,))
        made = AccessToken(
            "ya29.a0" + self._ids.text(209),
            refresh_token,
            client_id,
            account,
            str(project),
            scopes,
            now,
            now + ACCESS_TOKEN_LIFETIME,
            None,
        )
        self._world.execute(
            "INSERT INTO google_access_token VALUES (?, ?, ?, ?, ?, ?, ?, ?, NULL)",
            (
                made.token,
                refresh_token,
                client_id,
                account,
                made.project,
                scope_names.joined(scopes),
                now,
                made.expires_at,
            ),
        )
        if refresh_token is not None:
            self._world.execute("UPDATE google_refresh_token SET last_used = ? WHERE token = ?", (now, refresh_token))
        self._world.execute("UPDATE google_client SET last_used = ? WHERE client_id = ?", (now, client_id))
        return made

    def access_token(self, token: str) -> AccessToken | None:
        """The access token of that value, dead or alive."""
        row = self._world.one("SELECT * FROM google_access_token WHERE token = ?", (token,))
        return _access_token(row) if row is not None else None

    def access_is_live(self, token: AccessToken) -> bool:
        """Whether an access token is neither revoked nor past its hour."""
        return token.dead_reason is None and self._clock.time() < token.expires_at

    def expire_access(self, account: str | None = None) -> int:
        """Let every living access token (of one account) be past its hour now; the answer counts them."""
        now = self._clock.time()
        changed = self._world.execute(
            "UPDATE google_access_token SET expires_at = ? WHERE expires_at > ? AND (? IS NULL OR account = ?)",
            (now, now, account, account),
        )
        return changed.rowcount

    # -- grants ------------------------------------------------------------------------------------------------

    def grant(self, account: str, project: str, scopes: tuple[str, ...]) -> None:
        """Add to what ``account`` allows ``project``."""
        before = self.granted(account, project)
        self._world.execute(
            "INSERT OR REPLACE INTO google_grant VALUES (?, ?, ?, ?)",
            (account, project, scope_names.joined((*before, *scopes)), self._clock.time()),
        )

    def granted(self, account: str, project: str) -> tuple[str, ...]:
        """The scopes ``account`` allows ``project``; empty without consent."""
        found = self._world.value(
            "SELECT scopes FROM google_grant WHERE account = ? AND project = ?", (account, project)
        )
        return scope_names.split(found or "")

    def end_for_api(self, account: str, api: str, reason: str) -> None:
        """Kill every token of ``account`` that opens an API ("gmail.googleapis.com"); the grants stay."""
        for token in self.refresh_tokens(account):
            if api in scope_names.apis_of(token.scopes):
                self.kill_refresh(token.token, reason)
        rows = self._world.all(
            "SELECT token, scopes FROM google_access_token WHERE account = ? AND dead_reason IS NULL", (account,)
        )
        doomed = [row["token"] for row in rows if api in scope_names.apis_of(scope_names.split(row["scopes"]))]
        self._world.execute_many(
            "UPDATE google_access_token SET dead_reason = ? WHERE token = ?", [(reason, token) for token in doomed]
        )

    def projects_of(self, account: str) -> list[str]:
        """Every project that holds anything of ``account``: a grant, or a token minted without one."""
        rows = self._world.all(
            "SELECT project FROM google_grant WHERE account = :account"
            " UNION SELECT project FROM google_refresh_token WHERE account = :account"
            " UNION SELECT project FROM google_access_token WHERE account = :account",
            {"account": account},
        )
        return [row[0] for row in rows]

    def revoke_grant(self, account: str, project: str, reason: str = "revoked") -> None:
        """Withdraw everything ``account`` allowed ``project``: the grant and all tokens of all its clients."""
        now = self._clock.time()
        self._world.execute("DELETE FROM google_grant WHERE account = ? AND project = ?", (account, project))
        self._world.execute(
            "UPDATE google_refresh_token SET dead_reason = ?, dead_at = ?"
            f" WHERE account = ? AND project = ? AND {_LIVING}",
            (reason, now, account, project, now, now),
        )
        self._world.execute(
            "UPDATE google_access_token SET dead_reason = ? WHERE account = ? AND project = ? AND dead_reason IS NULL",
            (reason, account, project),
        )


def _refresh_token(row: Row) -> RefreshToken:
    fields = dict(row)
    limited = bool(fields["time_limited"])
    return RefreshToken(**{**fields, "scopes": scope_names.split(fields["scopes"]), "time_limited": limited})


def _access_token(row: Row) -> AccessToken:
    fields = dict(row)
    return AccessToken(**{**fields, "scopes": scope_names.split(fields["scopes"])})
