"""Client-side encryption: key pairs an organization's key service holds, and the identities that use them.

Facts: the discovery document and "Manage S/MIME and client-side encryption": a disabled pair can be enabled again, or
obliterated once it has been disabled for thirty days; an identity needs a pair that is enabled.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from .....kernel.clock import rfc3339
from .....kernel.service import Kernel
from ...errors import FailedPrecondition, InvalidArgument, NotFound
from ..mailbox import Mailbox
from .access import already_there
from .certificates import UnreadableCertificate, read_pkcs7
from .send_as import SendAs
from .store import Resource, SettingStore

__all__ = ["CseIdentities", "CseKeyPairs"]

_PAIR, _IDENTITY = "cseKeyPair", "cseIdentity"
_REST = timedelta(days=30)


class CseKeyPairs:
    """The key pairs of one mailbox."""

    def __init__(self, kernel: Kernel, mailbox: Mailbox) -> None:
        self._kernel = kernel
        self._store = SettingStore(kernel.world, mailbox.number)

    def all(self) -> list[Resource]:
        """Every pair that was not obliterated."""
        return self._store.all(_PAIR)

    def get(self, name: str) -> Resource:
        """One by id. Raises ``NotFound``."""
        found = self._store.get(_PAIR, name)
        if found is None:
            raise NotFound
        return found

    def create(self, body: Mapping[str, Any]) -> Resource:
        """Take in a certificate chain and where its private key is kept. Raises ``InvalidArgument``."""
        try:
            chain = read_pkcs7(body.get("pkcs7", ""))
        except UnreadableCertificate as error:
            raise InvalidArgument(f"Invalid certificate chain: {error}", cause="certificate_unreadable") from None
        kept = body.get("privateKeyMetadata", [])
        if not kept:
            raise InvalidArgument("Private key metadata is required", cause="key_metadata_missing")
        made = {
            "keyPairId": self._kernel.ids.text(32),
            "pem": chain.pem,
            "subjectEmailAddresses": list(chain.emails),
            "enablementState": "enabled",
            "privateKeyMetadata": [self._metadata(each) for each in kept],
        }
        self._store.put(_PAIR, made, str(made["keyPairId"]))
        return made

    def disable(self, name: str) -> Resource:
        """Let a pair rest. Raises ``NotFound``, and ``FailedPrecondition`` for one that does."""
        found = self._in_state(name, "enabled")
        rest = {key: value for key, value in found.items() if key not in {"enablementState", "privateKeyMetadata"}}
        return self._kept(
            {
                **rest,
                "enablementState": "disabled",
                "disableTime": rfc3339(self._kernel.clock.now()),
                "privateKeyMetadata": found["privateKeyMetadata"],
            }
        )

    def enable(self, name: str) -> Resource:
        """Use a disabled pair again. Raises like ``disable``."""
        found = self._in_state(name, "disabled")
        del found["disableTime"]
        return self._kept({**found, "enablementState": "enabled"})

    def obliterate(self, name: str) -> None:
        """Delete a pair for ever. Raises ``FailedPrecondition`` before it has rested for thirty days."""
        found = self._in_state(name, "disabled")
        if self._kernel.clock.now() - datetime.fromisoformat(found["disableTime"]).astimezone(UTC) < _REST:
            raise FailedPrecondition(cause="key_pair_disabled_lately")
        self._store.delete(_PAIR, name)

    def _in_state(self, name: str, state: str) -> Resource:
        found = self.get(name)
        if found["enablementState"] != state:
            raise FailedPrecondition(cause=f"key_pair_not_{state}")
        return found

    def _kept(self, pair: Resource) -> Resource:
        self._store.put(_PAIR, pair, pair["keyPairId"])
        return pair

    def _metadata(self, given: Mapping[str, Any]) -> Resource:
        """One place a private key is kept: a key service or a card. Raises ``InvalidArgument``."""
        service, card = given.get("kaclsKeyMetadata"), given.get("hardwareKeyMetadata")
        if (service is None) is (card is None):
            raise InvalidArgument("Invalid private key metadata", cause="key_metadata_unclear")
        kept = {"privateKeyMetadataId": self._kernel.ids.text(22)}
        if service is None:
            return {**kept, "hardwareKeyMetadata": card}
        if not service.get("kaclsUri", "").startswith("https://") or not service.get("kaclsData"):
            raise InvalidArgument("Invalid private key metadata", cause="key_service_unclear")
        return {**kept, "kaclsKeyMetadata": service}


class CseIdentities:
    """Which key pairs the addresses of one mailbox sign and encrypt with."""

    def __init__(self, kernel: Kernel, mailbox: Mailbox) -> None:
        self._pairs = CseKeyPairs(kernel, mailbox)
        self._senders = SendAs(kernel, mailbox)
        self._store = SettingStore(kernel.world, mailbox.number)

    def all(self) -> list[Resource]:
        """Every identity."""
        return self._store.all(_IDENTITY)

    def get(self, email: str) -> Resource:
        """One by address. Raises ``NotFound``."""
        found = self._store.get(_IDENTITY, email.lower())
        if found is None:
            raise NotFound
        return found

    def create(self, body: Mapping[str, Any]) -> Resource:
        """An identity for an address of the mailbox.

        Raises ``InvalidArgument``, ``FailedPrecondition``, ``Aborted``.
        """
        email = body.get("emailAddress", "").lower()
        if email not in self._senders.accepted:
            raise InvalidArgument("Invalid emailAddress", cause="identity_of_another")
        if self._store.get(_IDENTITY, email) is not None:
            raise already_there("CSE identity")
        return self._kept(email, body)

    def patch(self, email: str, body: Mapping[str, Any]) -> Resource:
        """Other key pairs for an identity. Raises like ``create``, and ``NotFound``."""
        self.get(email)
        return self._kept(email.lower(), body)

    def delete(self, email: str) -> None:
        """Delete an identity; its key pairs stay. Raises ``NotFound``."""
        if not self._store.delete(_IDENTITY, email.lower()):
            raise NotFound

    def _kept(self, email: str, body: Mapping[str, Any]) -> Resource:
        primary, both = body.get("primaryKeyPairId", ""), body.get("signAndEncryptKeyPairs") or {}
        if bool(primary) is bool(both):
            raise InvalidArgument("Invalid key pair configuration", cause="identity_key_pairs")
        named = [primary] if primary else [both.get("signingKeyPairId", ""), both.get("encryptionKeyPairId", "")]
        for name in named:
            self._require_usable(name)
        keys: Resource = {"primaryKeyPairId": primary} if primary else {"signAndEncryptKeyPairs": dict(both)}
        self._store.put(_IDENTITY, {"emailAddress": email, **keys}, email)
        return {"emailAddress": email, **keys}

    def _require_usable(self, name: str) -> None:
        try:
            pair = self._pairs.get(name)
        except NotFound:
            raise InvalidArgument("Invalid keyPairId", cause="key_pair_unknown") from None
        if pair["enablementState"] != "enabled":
            raise FailedPrecondition(cause="key_pair_not_enabled")
