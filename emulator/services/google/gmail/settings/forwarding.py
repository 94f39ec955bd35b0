"""Forwarding addresses, which their owners confirm, and automatic forwarding to one of them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from .....kernel.service import Kernel
from ...errors import FailedPrecondition, InvalidArgument, NotFound
from ..mailbox import Mailbox
from .access import already_there, are_colleagues, checked_address
from .store import Resource, SettingStore

__all__ = ["Forwarding"]

_ADDRESS, _AUTOMATIC = "forwardingAddress", "autoForwarding"


class Forwarding:
    """Where one mailbox forwards to."""

    def __init__(self, kernel: Kernel, mailbox: Mailbox) -> None:
        self._kernel = kernel
        self._mailbox = mailbox
        self._store = SettingStore(kernel.world, mailbox.number)

    def addresses(self) -> list[Resource]:
        """Every forwarding address."""
        return self._store.all(_ADDRESS)

    def address(self, email: str) -> Resource:
        """A forwarding address. Raises ``NotFound``."""
        found = self._store.get(_ADDRESS, email.lower())
        if found is None:
            raise NotFound
        return found

    def add(self, email: str) -> Resource:
        """A forwarding address: accepted within the organization, else pending.

        Its owner is then to be asked, and confirms.

        Raises ``InvalidArgument`` and ``Aborted``.
        """
        address = checked_address(email, "forwardingEmail")
        if self._store.get(_ADDRESS, address) is not None:
            raise already_there("Forwarding address")
        accepted = are_colleagues(self._kernel.world, self._mailbox.account, address)
        made = {"forwardingEmail": address, "verificationStatus": "accepted" if accepted else "pending"}
        self._store.put(_ADDRESS, made, address)
        return made

    def confirm(self, email: str) -> None:
        """The owner of an address agrees. Raises ``NotFound``."""
        self._store.put(_ADDRESS, {**self.address(email), "verificationStatus": "accepted"}, email.lower())

    def delete(self, email: str) -> None:
        """Forget an address; forwarding to it ends. Raises ``NotFound``."""
        if not self._store.delete(_ADDRESS, email.lower()):
            raise NotFound
        if self.automatic.get("emailAddress") == email.lower():
            self._store.put(_AUTOMATIC, {"enabled": False})

    def is_accepted(self, email: str) -> bool:
        """Whether mail may be forwarded to an address."""
        found = self._store.get(_ADDRESS, email.lower())
        return found is not None and found["verificationStatus"] == "accepted"

    @property
    def automatic(self) -> Resource:
        """``AutoForwarding``."""
        return self._store.get(_AUTOMATIC) or {"enabled": False}

    def update_automatic(self, body: Mapping[str, Any]) -> Resource:
        """Raises ``FailedPrecondition`` for an address nobody confirmed, ``InvalidArgument`` without disposition."""
        value: Resource = {"enabled": False}
        if body.get("enabled"):
            address = body.get("emailAddress", "").lower()
            if not self.is_accepted(address):
                raise FailedPrecondition("Unrecognized forwarding address", cause="forwarding_unverified")
            disposition = body.get("disposition", "dispositionUnspecified")
            if disposition == "dispositionUnspecified":
                raise InvalidArgument("Invalid disposition", cause="disposition_missing")
            value = {"enabled": True, "emailAddress": address, "disposition": disposition}
        self._store.put(_AUTOMATIC, value)
        return value
