"""The keys Google signs ID tokens with, and the two forms it publishes them in.

Keys: two at a time, each known by a ``kid`` of forty hexadecimal digits, the same under ``/oauth2/v1/certs`` (X.509)
and ``/oauth2/v3/certs`` (RFC 7517). They are made when first needed, so a world that never signs in never waits.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from typing import Any

from ....kernel.clock import Clock
from ....kernel.ids import Ids
from ....kernel.world import World
from ...rsa_keys import loaded_private_key, private_key_pem, public_key_pem
from ..jws import Jws, base64url, signed_jws

__all__ = ["SigningKey", "SigningKeys"]

KEY_COUNT = 2


@dataclass(frozen=True, slots=True)
class SigningKey:
    """One of the keys: PKCS #8 and X.509 in PEM, and its public half in PEM."""

    kid: str
    private_pem: str
    public_pem: str
    certificate_pem: str

    def jwk(self) -> dict[str, str]:
        """The public half as a JSON Web Key."""
        numbers = loaded_private_key(self.private_pem).public_key().public_numbers()
        return {
            "kid": self.kid,
            "kty": "RSA",
            "alg": "RS256",
            "use": "sig",
            "n": _unsigned(numbers.n),
            "e": _unsigned(numbers.e),
        }


class SigningKeys:
    """The signing keys of a world."""

    def __init__(self, world: World, clock: Clock, ids: Ids) -> None:
        self._world = world
        self._clock = clock
        self._ids = ids

    def sign(self, claims: Mapping[str, Any]) -> str:
        """``claims`` as a signed JWT, by the first of the keys."""
        key = self._key(0)
        return signed_jws(claims, key.private_pem, key.kid)

    def published(self) -> list[SigningKey]:
        """Every key a token may be signed with."""
        return [self._key(number) for number in range(KEY_COUNT)]

    def signed(self, token: Jws) -> bool:
        """Whether one of the keys signed ``token``."""
        named = [key for key in self.published() if key.kid == token.header.get("kid")]
        return any(token.verified_by(key.public_pem) for key in named)

    def _key(self, number: int) -> SigningKey:
        row = self._world.one(
            "SELECT kid, private_pem, public_pem, certificate_pem FROM google_signing_key WHERE number = ?", (number,)
        )
        return SigningKey(**dict(row)) if row is not None else self._made(number)

    def _made(self, number: int) -> SigningKey:
        """A new key, kept in the world. It follows from the world's entropy and draws no id."""
        name = f"{self._ids.seed}/google signing key {number}"
        kid = sha256(name.encode()).hexdigest()[:40]
        private_pem = private_key_pem(name)
        key = SigningKey(kid, private_pem, public_key_pem(private_pem), self._certificate(private_pem, kid))
        self._world.execute(
            "INSERT INTO google_signing_key (number, kid, private_pem, public_pem, certificate_pem)"
            " VALUES (?, ?, ?, ?, ?)",
            (number, key.kid, key.private_pem, key.public_pem, key.certificate_pem),
        )
        return key

    def _certificate(self, private_pem: str, kid: str) -> str:
        """A self-signed certificate named like Google's; valid from yesterday for ten years, and nobody checks."""
        from cryptography import x509  # noqa: PLC0415 - most worlds never publish a certificate
        from cryptography.hazmat.primitives import hashes, serialization  # noqa: PLC0415 - likewise

        key = loaded_private_key(private_pem)
        name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "federated-signon.system.gserviceaccount.com")])
        start = datetime.fromtimestamp(self._clock.seconds(), UTC) - timedelta(days=1)
        certificate = (
            x509.CertificateBuilder()
            .subject_name(name)
            .issuer_name(name)
            .public_key(key.public_key())
            .serial_number(int(kid[:16], 16))
            .not_valid_before(start)
            .not_valid_after(start + timedelta(days=3650))
            .sign(key, hashes.SHA256())
        )
        return certificate.public_bytes(serialization.Encoding.PEM).decode()


def _unsigned(number: int) -> str:
    return base64url(number.to_bytes((number.bit_length() + 7) // 8, "big")).decode()
