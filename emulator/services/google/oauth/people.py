"""What the authorization server knows of an account, and how much of it a set of scopes shows.

Claims: "OpenID Connect" (ID token payload); that ``openid`` alone still shows a picture was observed.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from ....kernel.world import World
from ..scopes import EMAIL, PROFILE

__all__ = ["People", "Person"]

# What Google shows for an account that never chose a picture.
_NO_PICTURE = "https://lh3.googleusercontent.com/a/default-user=s96-c"


@dataclass(frozen=True, slots=True)
class Person:
    """An account as its owner appears to apps. ``organization`` is its Workspace domain, "" for a consumer's."""

    email: str
    sub: str
    name: str
    given_name: str
    family_name: str
    picture: str
    organization: str
    disabled: bool
    deleted: bool

    def claims(self, scopes: tuple[str, ...]) -> dict[str, Any]:
        """The OpenID claims that ``scopes`` show: always ``sub``, the rest by the profile and email scopes."""
        claims: dict[str, Any] = {"sub": self.sub}
        if PROFILE in scopes:
            names = {"name": self.name, "given_name": self.given_name, "family_name": self.family_name}
            claims |= {key: text for key, text in names.items() if text}
        claims["picture"] = self.picture or _NO_PICTURE
        if EMAIL in scopes:
            claims |= {"email": self.email, "email_verified": True}
            if self.organization:
                claims["hd"] = self.organization
        return claims


class People:
    """The accounts of a world, to be read."""

    def __init__(self, world: World) -> None:
        self._world = world

    def find(self, email: str) -> Person | None:
        """The account of that address, deleted ones included."""
        row = self._world.one(
            "SELECT email, sub, name, given_name, family_name, picture, organization, disabled, deleted"
            " FROM google_account WHERE email = ?",
            (email.lower(),),
        )
        if row is None:
            return None
        fields = dict(row)
        return Person(**{**fields, "disabled": bool(fields["disabled"]), "deleted": bool(fields["deleted"])})

    def known(self, email: str) -> Person:
        """The account a living token belongs to. Raises ``LookupError`` where it is gone from the world."""
        found = self.find(email)
        if found is None:
            raise LookupError(f"a token outlived its account {email}")
        return found
