"""Who may change which setting."""

from __future__ import annotations

from .....kernel.world import World
from ...api import Caller
from ...errors import Aborted, DomainPolicy, Forbidden, InvalidArgument
from ...organization import Feature, is_switched_off
from ..recipients import addresses

__all__ = ["already_there", "are_colleagues", "checked_address", "require_delegated", "require_feature"]

_POLICY = {
    "automatic_forwarding": "The domain administrators have disabled automatic forwarding.",
    "mail_delegation": "The domain administrators have disabled mail delegation.",
}


def require_delegated(caller: Caller) -> None:
    """Raise ``Forbidden`` unless a service account with domain-wide authority calls. The rule is documented."""
    if not caller.is_delegated:
        message = "Access restricted to service accounts that have been delegated domain-wide authority"
        raise Forbidden(message, cause="delegated_authority_required")


def require_feature(world: World, account: str, feature: Feature) -> None:
    """Raise ``DomainPolicy`` where the administrators of the account took ``feature`` away."""
    if is_switched_off(world, account, feature):
        raise DomainPolicy(_POLICY[feature])


def are_colleagues(world: World, account: str, address: str) -> bool:
    """Whether both are accounts of one organization, which settles what else the owner of an address is asked."""
    found = world.one(
        "SELECT 1 FROM google_account a JOIN google_account b ON b.organization = a.organization"
        " WHERE a.email = ? AND b.email = ? AND a.organization <> ''",
        (account, address),
    )
    return found is not None


def checked_address(text: str, field: str) -> str:
    """One bare address, lower case. Raises ``InvalidArgument``."""
    found = addresses(text) or []
    if len(found) != 1 or found[0] != text.strip():
        raise InvalidArgument(f"Invalid {field}")
    return found[0].lower()


def already_there(what: str) -> Aborted:
    """409 for a resource that exists."""
    return Aborted(f"{what} already exists", reason="alreadyExists", status_name="ALREADY_EXISTS")
