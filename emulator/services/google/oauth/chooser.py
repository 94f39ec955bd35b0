"""The accounts offered when an app asks a browser who wants to sign in."""

from __future__ import annotations

from dataclasses import dataclass

from ....kernel.world import World
from .sessions import PendingAuthorization

__all__ = ["Candidate", "Chooser"]

MOST_LISTED = 30


@dataclass(frozen=True, slots=True)
class Candidate:
    """An account on the list. ``signed_in`` tells whether this browser has used it already."""

    email: str
    name: str
    signed_in: bool

    @property
    def initial(self) -> str:
        """The letter in place of a picture."""
        return (self.name or self.email)[:1].upper()


class Chooser:
    """Lists and finds the accounts of a world. No account has a password here: choosing it is signing in."""

    def __init__(self, world: World) -> None:
        self._world = world

    def candidates(self, pending: PendingAuthorization) -> list[Candidate]:
        """Accounts for a request: the hinted one first, then the hinted domain's, the signed in, the admitted."""
        rows = self._world.all(
            _CANDIDATES,
            {
                "hint": pending.request.login_hint,
                "domain": pending.request.hosted_domain,
                "sid": pending.sid,
                "client": pending.request.client_id,
                "most": MOST_LISTED,
            },
        )
        return [Candidate(row["email"], row["name"], bool(row["signed_in"])) for row in rows]

    def candidate(self, email: str) -> Candidate:
        """The account that was chosen."""
        name = self._world.value("SELECT name FROM google_account WHERE email = ?", (email,))
        return Candidate(email, name or "", signed_in=True)

    def named(self, text: str) -> str | None:
        """The address of the account somebody means by its address or its id; ``None`` where there is none."""
        found: str | None = self._world.value(
            "SELECT email FROM google_account WHERE (email = ? OR sub = ?) AND NOT deleted",
            (text.strip().lower(), text.strip()),
        )
        return found

    def is_disabled(self, email: str) -> bool:
        """Whether an administrator or Google closed the account."""
        return bool(self._world.value("SELECT disabled FROM google_account WHERE email = ?", (email,)))


_CANDIDATES = """
SELECT a.email, a.name, EXISTS (
    SELECT 1 FROM google_session_account s WHERE s.sid = :sid AND s.account = a.email
) AS signed_in
FROM google_account a WHERE NOT a.disabled AND NOT a.deleted
ORDER BY :hint IN (a.email, a.sub) DESC,
    (a.organization = :domain OR (:domain = '*' AND a.organization <> '')) AND :domain <> '' DESC,
    signed_in DESC,
    EXISTS (
        SELECT 1 FROM google_admitted d JOIN google_client c ON c.project = d.project
        WHERE c.client_id = :client AND d.account = a.email
    ) DESC,
    a.email
LIMIT :most
"""
