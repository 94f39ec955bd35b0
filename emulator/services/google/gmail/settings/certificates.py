"""Certificates people upload: PKCS #12 with a private key for S/MIME, PKCS #7 chains for client-side encryption.

Reading them is left to ``cryptography``, which is loaded only when a certificate comes.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from cryptography.x509 import Certificate

__all__ = ["Chain", "UnreadableCertificate", "read_pkcs7", "read_pkcs12"]


class UnreadableCertificate(ValueError):
    """The bytes are no certificate, or a password does not open them."""


@dataclass(frozen=True, slots=True)
class Chain:
    """A certificate and those above it, as PEM. ``expires`` is in epoch milliseconds, ``emails`` are lower case."""

    pem: str
    issuer: str
    expires: int
    emails: tuple[str, ...]


def read_pkcs12(content: bytes, password: str) -> Chain:
    """The certificate that goes with the private key. Raises ``UnreadableCertificate`` without either."""
    from cryptography.hazmat.primitives.serialization import pkcs12  # noqa: PLC0415 - few worlds see a certificate

    try:
        key, leaf, above = pkcs12.load_key_and_certificates(content, password.encode() or None)
    except (ValueError, TypeError) as error:
        raise UnreadableCertificate(str(error)) from None
    if key is None or leaf is None:
        raise UnreadableCertificate("no private key with a certificate inside")
    return _chain([leaf, *above])


def read_pkcs7(text: str) -> Chain:
    """A PEM chain: the first certificate that is no authority's leads it. Raises ``UnreadableCertificate``."""
    from cryptography.hazmat.primitives.serialization import pkcs7  # noqa: PLC0415 - few worlds see a certificate

    try:
        found = pkcs7.load_pem_pkcs7_certificates(text.encode())
    except ValueError as error:
        raise UnreadableCertificate(str(error)) from None
    leaves = [each for each in found if _emails(each)]
    if not leaves:
        raise UnreadableCertificate("no certificate of a person inside")
    return _chain([leaves[0], *(each for each in found if each is not leaves[0])])


def _chain(certificates: Sequence[Certificate]) -> Chain:
    from cryptography.hazmat.primitives.serialization import Encoding  # noqa: PLC0415 - likewise
    from cryptography.x509.oid import NameOID  # noqa: PLC0415 - likewise

    leaf = certificates[0]
    names = leaf.issuer.get_attributes_for_oid(NameOID.COMMON_NAME)
    return Chain(
        pem="".join(each.public_bytes(Encoding.PEM).decode() for each in certificates),
        issuer=str(names[0].value) if names else "",
        expires=int(leaf.not_valid_after_utc.timestamp() * 1000),
        emails=_emails(leaf),
    )


def _emails(certificate: Certificate) -> tuple[str, ...]:
    """The addresses a certificate speaks for: alternative names first, then those in the subject."""
    from cryptography import x509  # noqa: PLC0415 - likewise

    try:
        names = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
        found = names.get_values_for_type(x509.RFC822Name)
    except x509.ExtensionNotFound:
        found = []
    subject = certificate.subject.get_attributes_for_oid(x509.oid.NameOID.EMAIL_ADDRESS)
    return tuple(dict.fromkeys(each.lower() for each in (*found, *(str(name.value) for name in subject))))
