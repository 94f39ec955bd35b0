"""The certificate authority of one run: it vouches for the emulated hosts, to those who were told to trust it.

The key never leaves memory and dies with the process. Name constraints keep a client that trusts the certificate from
trusting it for anything else. Certificates live on the real clock, whatever the virtual clock says, because the
client's TLS library reads the real one. ``cryptography`` takes some 150 ms to import, so it is imported by the first
authority, not by this module.
"""

from __future__ import annotations

import ipaddress
import os
import re
import ssl
import tempfile
import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from cryptography import x509
    from cryptography.hazmat.primitives.asymmetric import ec

__all__ = ["CertificateAuthority", "HostChoice", "authority_of_process"]

HostChoice = Callable[[ssl.SSLObject, str | None], str | None]
"""Given a stream and the server name its client sent, the host whose certificate to show; ``None`` refuses."""

LIFETIME = timedelta(days=1)
# A launched process may run under a clock set back, and machines drift.
BACKDATED = timedelta(days=30)
ADDRESS = "127.0.0.1"
LOOPBACK_NETWORKS = ("127.0.0.0/8", "::1/128")
PEM_BLOCK = re.compile(rb"-----BEGIN CERTIFICATE-----.+?-----END CERTIFICATE-----", re.DOTALL)


FOUNDING = threading.Lock()


def authority_of_process(domains: Iterable[str], protocols: Sequence[str]) -> CertificateAuthority:
    """The one authority of this process for these domains and ALPN protocols; founded on first need, from any thread.

    One, because grpcio and impit keep the roots they read first for as long as the process lives (observed with grpcio
    1.85 and impit 0.15): with an authority per gate, the second test of a session could not be trusted any more.
    """
    with FOUNDING:
        return remembered_authority(tuple(sorted(set(domains))), tuple(protocols))


class CertificateAuthority:
    """An EC P-256 authority in memory, and a server-side ``SSLContext`` per host it was asked for.

    Our own address has a certificate beside it, which vouches for itself alone: BoringSSL (grpcio) refuses any
    certificate for an address under an authority whose constraints speak of addresses.
    """

    def __init__(self, domains: Iterable[str], *, protocols: Sequence[str] = ("http/1.1",)) -> None:
        """Vouch for ``domains``, their subdomains, localhost and loopback addresses; offer ``protocols`` by ALPN."""
        from cryptography.hazmat.primitives.asymmetric import ec  # noqa: PLC0415 - see the module's docstring

        self._protocols = list(protocols)
        self._contexts: dict[str, ssl.SSLContext] = {}
        self._key = ec.generate_private_key(ec.SECP256R1())
        self._certificate = sign_authority(self._key, sorted({*map(bare_domain, domains), "localhost"}))
        self._address_key = ec.generate_private_key(ec.SECP256R1())
        self._address_certificate = sign_address(self._address_key)

    @property
    def certificate_pem(self) -> bytes:
        """What to trust, PEM: the authority, then the address. Public: it proves nothing without the keys."""
        return encode_certificates(self._certificate, self._address_certificate)

    def bundle(self, *existing: str | os.PathLike[str]) -> bytes:
        """PEM of certifi's roots (without certifi: the system's), the ``existing`` files and this authority.

        Files that do not exist are skipped, and a certificate found twice is kept once: requests reads the bundle for
        every new connection, and its cost follows the number of certificates.
        """
        paths = [*default_bundle(), *map(Path, existing)]
        blocks = [block for path in paths if path.is_file() for block in PEM_BLOCK.findall(path.read_bytes())]
        blocks += PEM_BLOCK.findall(self.certificate_pem)
        distinct = dict.fromkeys(block.replace(b"\r\n", b"\n") for block in blocks)
        return b"\n".join(distinct) + b"\n"

    def context_for(self, host: str) -> ssl.SSLContext:
        """The server context with a certificate for ``host``; made once."""
        context = self._contexts.get(host)
        if context is None:
            context = self._contexts[host] = self._new_context()
            self._load_leaf(context, host)
        return context

    def server_context(self, choose: HostChoice, stream: type[ssl.SSLObject] = ssl.SSLObject) -> ssl.SSLContext:
        """The context to start a handshake with: ``choose`` picks the host by server name.

        Where it answers ``None`` the client gets the alert ``unrecognized_name``. Streams are made as ``stream``.
        """

        def pick(
            connection: ssl.SSLObject | ssl.SSLSocket, name: str | None, _: ssl.SSLContext
        ) -> ssl.AlertDescription | None:
            host = choose(connection, name) if isinstance(connection, ssl.SSLObject) else name
            if host is None:
                return ssl.ALERT_DESCRIPTION_UNRECOGNIZED_NAME
            connection.context = self.context_for(host)
            return None

        context = self._new_context()
        context.sslobject_class = stream
        context.sni_callback = pick
        return context

    def _new_context(self) -> ssl.SSLContext:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.minimum_version = ssl.TLSVersion.TLSv1_2
        context.options |= ssl.OP_NO_RENEGOTIATION
        # Session tickets stay on: they are what carries the ACK of the client's last handshake message. Without them a
        # client under Nagle's algorithm holds its first request back for 40 ms (observed).
        context.set_alpn_protocols(self._protocols)
        return context

    def _load_leaf(self, context: ssl.SSLContext, host: str) -> None:
        """Put certificate and key for ``host`` into ``context``.

        The ssl module takes them from a path only: the file is readable by its owner alone (``mkstemp``) and gone
        before this returns.
        """
        from cryptography.hazmat.primitives import serialization  # noqa: PLC0415
        from cryptography.hazmat.primitives.asymmetric import ec  # noqa: PLC0415

        key, leaf = self._address_key, self._address_certificate
        if host != ADDRESS:
            key = ec.generate_private_key(ec.SECP256R1())
            leaf = sign_leaf(host, key, self._key, self._certificate)
        secret = key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
        handle, path = tempfile.mkstemp(prefix="actor-emulator-", suffix=".pem")
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(secret + encode_certificates(leaf))
            context.load_cert_chain(path)
        finally:
            Path(path).unlink()


@cache
def remembered_authority(domains: tuple[str, ...], protocols: tuple[str, ...]) -> CertificateAuthority:
    return CertificateAuthority(domains, protocols=protocols)


def bare_domain(domain: str) -> str:
    """A name constraint covers subdomains by itself and knows no wildcard (RFC 5280 section 4.2.1.10)."""
    return domain.removeprefix("*.").lower()


def default_bundle() -> Iterator[Path]:
    """The file of roots clients trust by default: certifi's, else the system's."""
    try:
        import certifi  # noqa: PLC0415 - optional: present wherever requests or httpx is
    except ImportError:
        system = ssl.get_default_verify_paths()
        yield Path(system.cafile or system.openssl_cafile)
    else:
        yield Path(certifi.where())


def encode_certificates(*certificates: x509.Certificate) -> bytes:
    from cryptography.hazmat.primitives import serialization  # noqa: PLC0415

    return b"".join(certificate.public_bytes(serialization.Encoding.PEM) for certificate in certificates)


def start_certificate(
    subject: str, key: ec.EllipticCurvePrivateKey, issuer: x509.Certificate | None
) -> x509.CertificateBuilder:
    """A certificate for ``key`` with what authority and leaf share. Self-issued where ``issuer`` is ``None``.

    A leaf is valid as long as its issuer: a test may have moved this process's clock since, but never OpenSSL's.
    """
    from cryptography import x509  # noqa: PLC0415
    from cryptography.x509.oid import NameOID  # noqa: PLC0415

    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, subject)])
    now = datetime.now(UTC)
    return (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(issuer.subject if issuer else name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(issuer.not_valid_before_utc if issuer else now - BACKDATED)
        .not_valid_after(issuer.not_valid_after_utc if issuer else now + LIFETIME)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
    )


def key_usage(*, authority: bool) -> x509.KeyUsage:
    from cryptography import x509  # noqa: PLC0415

    return x509.KeyUsage(
        digital_signature=not authority,
        key_cert_sign=authority,
        crl_sign=authority,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        encipher_only=False,
        decipher_only=False,
    )


def sign_authority(key: ec.EllipticCurvePrivateKey, domains: Sequence[str]) -> x509.Certificate:
    """The self-signed certificate, with critical name constraints that permit ``domains`` and loopback addresses."""
    from cryptography import x509  # noqa: PLC0415
    from cryptography.hazmat.primitives import hashes  # noqa: PLC0415

    networks = [x509.IPAddress(ipaddress.ip_network(network)) for network in LOOPBACK_NETWORKS]
    permitted = [*map(x509.DNSName, domains), *networks]
    return (
        # A name of its own: two authorities of one name confuse a client that holds both, as under nested runs.
        start_certificate(f"Actor emulator, run {x509.random_serial_number() % 2**32:08x}", key, None)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(key_usage(authority=True), critical=True)
        .add_extension(x509.NameConstraints(permitted_subtrees=permitted, excluded_subtrees=None), critical=True)
        .sign(key, hashes.SHA256())
    )


def sign_leaf(
    host: str, key: ec.EllipticCurvePrivateKey, issuer_key: ec.EllipticCurvePrivateKey, issuer: x509.Certificate
) -> x509.Certificate:
    """A server certificate for one host name or address."""
    from cryptography import x509  # noqa: PLC0415
    from cryptography.hazmat.primitives import hashes  # noqa: PLC0415
    from cryptography.x509.oid import ExtendedKeyUsageOID  # noqa: PLC0415

    identifier = x509.AuthorityKeyIdentifier.from_issuer_public_key(issuer_key.public_key())
    return (
        # No host as common name: OpenSSL takes an address there for a DNS name and finds it outside the constraints.
        start_certificate("Actor emulator", key, issuer)
        .add_extension(identifier, critical=False)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(key_usage(authority=False), critical=True)
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
        .add_extension(x509.SubjectAlternativeName([alternative_name(host)]), critical=False)
        .sign(issuer_key, hashes.SHA256())
    )


def sign_address(key: ec.EllipticCurvePrivateKey) -> x509.Certificate:
    """The self-signed server certificate for 127.0.0.1."""
    from cryptography import x509  # noqa: PLC0415
    from cryptography.hazmat.primitives import hashes  # noqa: PLC0415
    from cryptography.x509.oid import ExtendedKeyUsageOID  # noqa: PLC0415

    return (
        # No key usage: verifiers that read one want the right to sign certificates in whatever stands at the top.
        start_certificate(f"Actor emulator, address {x509.random_serial_number() % 2**32:08x}", key, None)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
        .add_extension(x509.SubjectAlternativeName([alternative_name(ADDRESS)]), critical=False)
        .sign(key, hashes.SHA256())
    )


def alternative_name(host: str) -> x509.GeneralName:
    from cryptography import x509  # noqa: PLC0415

    try:
        return x509.IPAddress(ipaddress.ip_address(host))
    except ValueError:
        return x509.DNSName(host)
