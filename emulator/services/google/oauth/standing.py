"""Whether an account may still give a client tokens: the account itself, its protection, its administrators.

None of this kills a token. A policy that is lifted lets the same refresh token work again.
"""

from __future__ import annotations

from ....kernel.clock import Clock
from ....kernel.world import World
from ..organization import policy_violation
from ..scopes import IDENTITY
from .errors import InvalidGrant, PolicyEnforced
from .grant_errors import AdminPolicyEnforced, ReauthenticationNeeded

__all__ = ["Standing"]


class Standing:
    """The checks that stand between a valid code or refresh token and an access token."""

    def __init__(self, world: World, clock: Clock) -> None:
        self._world = world
        self._clock = clock

    def check(self, account: str, client_id: str, scopes: tuple[str, ...], signed_in: float) -> None:
        """Raise the error of the first thing in the way.

        ``signed_in`` is when the account last proved itself for this grant. Tokens with identity scopes alone are
        exempt from protection and session length: signing in stays possible.
        """
        row = self._world.one(_ACCOUNT, (account,))
        if row is None or row["deleted"]:
            raise InvalidGrant("The account has been deleted", cause="account_deleted")
        if row["disabled"]:
            raise InvalidGrant("Account has been disabled", cause="account_disabled")
        reaches_data = not IDENTITY.issuperset(scopes)
        if row["advanced_protection"] and reaches_data:
            raise PolicyEnforced
        if violation := policy_violation(self._world, row["organization"], client_id, scopes):
            raise AdminPolicyEnforced(cause=violation)
        hours = row["session_hours"]
        if hours is not None and reaches_data and self._clock.time() >= signed_in + hours * 3600:
            raise ReauthenticationNeeded


_ACCOUNT = """
SELECT a.deleted, a.disabled, a.advanced_protection, a.organization, o.session_hours
FROM google_account a LEFT JOIN google_organization o ON o.domain = a.organization WHERE a.email = ?
"""
