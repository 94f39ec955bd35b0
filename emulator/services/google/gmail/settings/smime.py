"""S/MIME certificates of the addresses a mailbox sends from."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from .....kernel.service import Kernel
from ...errors import InvalidArgument, NotFound
from ..mailbox import Mailbox
from .certificates import UnreadableCertificate, read_pkcs12
from .send_as import SendAs
from .store import Resource, SettingStore

__all__ = ["SmimeCertificates"]


class SmimeCertificates:
    """The certificates of one address. Raises ``NotFound`` for one the mailbox does not send from."""

    def __init__(self, kernel: Kernel, mailbox: Mailbox, email: str) -> None:
        self._kernel = kernel
        self._email = SendAs(kernel, mailbox).get(email)["sendAsEmail"]
        self._store = SettingStore(kernel.world, mailbox.number)
        self._kind = f"smime {self._email}"

    def all(self) -> list[Resource]:
        """Every certificate."""
        return self._store.all(self._kind)

    def get(self, name: str) -> Resource:
        """One by id. Raises ``NotFound``."""
        found = self._store.get(self._kind, name)
        if found is None:
            raise NotFound
        return found

    def insert(self, body: Mapping[str, Any]) -> Resource:
        """Take in a PKCS #12 file; the first one becomes the default. Raises ``InvalidArgument``."""
        try:
            chain = read_pkcs12(body.get("pkcs12", b""), body.get("encryptedKeyPassword", ""))
        except UnreadableCertificate as error:
            raise InvalidArgument(f"Invalid S/MIME certificate: {error}", cause="certificate_unreadable") from None
        if self._email not in chain.emails:
            message = f"S/MIME certificate is not issued for {self._email}"
            raise InvalidArgument(message, cause="certificate_of_another")
        if chain.expires <= self._kernel.clock.milliseconds():
            raise InvalidArgument("S/MIME certificate has expired", cause="certificate_expired")
        name = self._kernel.ids.decimal(18)
        made = {"id": name, "issuerCn": chain.issuer, "expiration": str(chain.expires), "pem": chain.pem}
        is_first = not self.all()
        self._store.put(self._kind, made, name)
        if is_first or body.get("isDefault"):
            self.set_default(name)
        return self.get(name)

    def delete(self, name: str) -> None:
        """Delete one. Raises ``NotFound``."""
        if not self._store.delete(self._kind, name):
            raise NotFound

    def set_default(self, name: str) -> None:
        """Sign with this one from now on. Raises ``NotFound``."""
        self.get(name)
        for each in self.all():
            rest = {key: value for key, value in each.items() if key not in {"id", "issuerCn", "isDefault"}}
            head = {"id": each["id"], "issuerCn": each["issuerCn"]}
            default = {"isDefault": True} if each["id"] == name else {}
            self._store.put(self._kind, {**head, **default, **rest}, each["id"])
