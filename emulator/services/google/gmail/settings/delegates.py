"""Delegates: colleagues who may read and send for a mailbox in the web interface. The API grants them nothing."""

from __future__ import annotations

from .....kernel.service import Kernel
from ...errors import InvalidArgument, NotFound
from ..mailbox import Mailbox
from .access import already_there, are_colleagues, checked_address
from .store import Resource, SettingStore

__all__ = ["Delegates"]

_KIND = "delegate"
_MOST = 1_000


class Delegates:
    """The delegates of one mailbox."""

    def __init__(self, kernel: Kernel, mailbox: Mailbox) -> None:
        self._kernel = kernel
        self._mailbox = mailbox
        self._store = SettingStore(kernel.world, mailbox.number)

    def all(self) -> list[Resource]:
        """Every delegate."""
        return self._store.all(_KIND)

    def get(self, email: str) -> Resource:
        """One by primary address. Raises ``NotFound``."""
        found = self._store.get(_KIND, email.lower())
        if found is None:
            raise NotFound
        return found

    def add(self, email: str) -> Resource:
        """Another account of the organization, accepted at once. Raises ``InvalidArgument``, ``Aborted``."""
        address = checked_address(email, "delegate")
        own = self._mailbox.account
        if address == own or not are_colleagues(self._kernel.world, own, address):
            raise InvalidArgument("Invalid delegate", cause="delegate_outside_organization")
        if self._store.get(_KIND, address) is not None:
            raise already_there("Delegate")
        if len(self.all()) >= _MOST:
            raise InvalidArgument("Too many delegates", cause="delegates_full")
        made = {"delegateEmail": address, "verificationStatus": "accepted"}
        self._store.put(_KIND, made, address)
        return made

    def remove(self, email: str) -> None:
        """Take the rights back. Raises ``NotFound``."""
        if not self._store.delete(_KIND, email.lower()):
            raise NotFound
