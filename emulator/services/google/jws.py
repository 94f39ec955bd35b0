"""JSON Web Signatures as Google writes and reads them: compact form, RS256 (RFC 7515, RFC 7518)."""

from __future__ import annotations

import binascii
import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from ..rsa_keys import loaded_private_key

__all__ = ["Jws", "MalformedJws", "base64url", "parse_jws", "signed_jws"]


class MalformedJws(ValueError):
    """The text is no signature in compact form over a JSON object."""


@dataclass(frozen=True, slots=True)
class Jws:
    """A signature taken apart, not yet verified."""

    header: Mapping[str, Any]
    claims: Mapping[str, Any]
    signing_input: bytes
    signature: bytes

    def verified_by(self, public_pem: str) -> bool:
        """Whether the owner of a public key signed this, with RS256."""
        from cryptography.exceptions import InvalidSignature  # noqa: PLC0415 - most worlds never verify anything
        from cryptography.hazmat.primitives import hashes, serialization  # noqa: PLC0415 - likewise
        from cryptography.hazmat.primitives.asymmetric import padding, rsa  # noqa: PLC0415 - likewise

        if self.header.get("alg") != "RS256":
            return False
        key = serialization.load_pem_public_key(public_pem.encode())
        if not isinstance(key, rsa.RSAPublicKey):
            return False
        try:
            key.verify(self.signature, self.signing_input, padding.PKCS1v15(), hashes.SHA256())
        except InvalidSignature:
            return False
        return True


def signed_jws(claims: Mapping[str, Any], private_pem: str, kid: str) -> str:
    """``claims`` signed with RS256; the header has the members of Google's own ID tokens."""
    from cryptography.hazmat.primitives import hashes  # noqa: PLC0415 - most worlds never sign anything
    from cryptography.hazmat.primitives.asymmetric import padding  # noqa: PLC0415 - likewise

    header = {"alg": "RS256", "kid": kid, "typ": "JWT"}
    signing_input = b".".join(base64url(_compact(part)) for part in (header, claims))
    signature = loaded_private_key(private_pem).sign(signing_input, padding.PKCS1v15(), hashes.SHA256())
    return (signing_input + b"." + base64url(signature)).decode()


def parse_jws(text: str) -> Jws:
    """The parts of a signature. Raises ``MalformedJws``."""
    parts = text.split(".")
    if len(parts) != 3:
        raise MalformedJws(f"expected three parts, found {len(parts)}")
    header, claims, signature = (_decoded(part) for part in parts)
    return Jws(_object(header), _object(claims), text.rpartition(".")[0].encode(), signature)


def base64url(octets: bytes) -> bytes:
    """Base 64 with the URL alphabet and without padding."""
    return urlsafe_b64encode(octets).rstrip(b"=")


def _compact(value: Mapping[str, Any]) -> bytes:
    return json.dumps(value, separators=(",", ":")).encode()


def _decoded(part: str) -> bytes:
    try:
        return urlsafe_b64decode(part.encode("ascii") + b"=" * (-len(part) % 4))
    except (UnicodeEncodeError, binascii.Error):
        raise MalformedJws("a part is not base64url") from None


def _object(octets: bytes) -> Mapping[str, Any]:
    try:
        value = json.loads(octets)
        json.dumps(value, ensure_ascii=False).encode()  # half a surrogate pair is text to Python and to nothing else
    except (ValueError, RecursionError):
        raise MalformedJws("a part is not JSON") from None
    if not isinstance(value, dict):
        raise MalformedJws("a part is not a JSON object")
    return value
