"""The certificate authority by itself."""

from __future__ import annotations

import ipaddress
import ssl
import subprocess
import sys
import tempfile
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509

from emulator.doors.tls import CertificateAuthority, authority_of_process


@pytest.fixture(scope="module")
def authority() -> CertificateAuthority:
    return CertificateAuthority(["googleapis.com", "*.scalekit.dev"])


@pytest.fixture
def client_context(authority: CertificateAuthority) -> ssl.SSLContext:
    return ssl.create_default_context(cadata=authority.certificate_pem.decode())


def shake_hands(server: ssl.SSLContext, client: ssl.SSLContext, host: str) -> ssl.SSLObject:
    """A handshake in memory. Raises what the client raises."""
    to_server, to_client = ssl.MemoryBIO(), ssl.MemoryBIO()
    server_side = server.wrap_bio(to_server, to_client, server_side=True)
    client_side = client.wrap_bio(to_client, to_server, server_hostname=host)
    for _ in range(4):
        for side in (client_side, server_side):
            try:
                side.do_handshake()
            except ssl.SSLWantReadError:
                continue
    return client_side


def test_leaves_are_trusted_for_their_host(authority: CertificateAuthority, client_context: ssl.SSLContext) -> None:
    for host in ("gmail.googleapis.com", "acme.scalekit.dev", "localhost", "127.0.0.1", "::1"):
        assert shake_hands(authority.context_for(host), client_context, host).version() == "TLSv1.3"
    with pytest.raises(ssl.SSLCertVerificationError, match="Hostname mismatch"):
        shake_hands(authority.context_for("gmail.googleapis.com"), client_context, "oauth2.googleapis.com")


@pytest.mark.parametrize("host", ["example.com", "googleapis.com.example.com", "10.0.0.1"])
def test_name_constraints_hold(host: str, authority: CertificateAuthority, client_context: ssl.SSLContext) -> None:
    """Even the authority itself could not make a client accept a name outside its domains."""
    with pytest.raises(ssl.SSLCertVerificationError, match="permitted subtree violation"):
        shake_hands(authority.context_for(host), client_context, host)


def test_strict_verification_passes(authority: CertificateAuthority, client_context: ssl.SSLContext) -> None:
    client_context.verify_flags |= ssl.VERIFY_X509_STRICT  # the default from Python 3.13 on
    server = authority.context_for("gmail.googleapis.com")
    assert shake_hands(server, client_context, "gmail.googleapis.com").version() == "TLSv1.3"


def test_the_certificate_is_constrained_and_short_lived(authority: CertificateAuthority) -> None:
    certificate = x509.load_pem_x509_certificate(authority.certificate_pem)
    constraints = certificate.extensions.get_extension_for_class(x509.NameConstraints)
    assert constraints.critical
    assert {name.value for name in constraints.value.permitted_subtrees or ()} == {
        "googleapis.com",
        "scalekit.dev",
        "localhost",
        ipaddress.ip_network("127.0.0.0/8"),
        ipaddress.ip_network("::1/128"),
    }
    now = datetime.now(UTC)
    assert now < certificate.not_valid_after_utc < now + timedelta(days=1, minutes=1)
    assert certificate.not_valid_before_utc < now - timedelta(days=7)


def test_two_authorities_have_two_names(authority: CertificateAuthority) -> None:
    other = CertificateAuthority(["googleapis.com"])
    names = {x509.load_pem_x509_certificate(each.certificate_pem).subject for each in (authority, other)}
    assert len(names) == 2


def test_one_authority_per_process_and_domains() -> None:
    first = authority_of_process(["b.dev", "a.dev"], ("http/1.1",))
    assert authority_of_process(("a.dev", "b.dev", "a.dev"), ["http/1.1"]) is first
    assert authority_of_process(["a.dev"], ("http/1.1",)) is not first


def test_contexts_are_made_once_per_host(authority: CertificateAuthority) -> None:
    assert authority.context_for("a.googleapis.com") is authority.context_for("a.googleapis.com")
    assert authority.context_for("a.googleapis.com") is not authority.context_for("b.googleapis.com")


def test_leaf_keys_are_private_and_gone(monkeypatch, tmp_path: Path) -> None:
    seen: list[int] = []
    load = ssl.SSLContext.load_cert_chain

    def watch(context: ssl.SSLContext, path: str) -> None:
        seen.append(Path(path).stat().st_mode & 0o777)
        load(context, path)

    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    monkeypatch.setattr(ssl.SSLContext, "load_cert_chain", watch)
    CertificateAuthority(["googleapis.com"]).context_for("gmail.googleapis.com")
    assert seen == [0o600]
    assert list(tmp_path.iterdir()) == []


@pytest.fixture
def pem(tmp_path: Path) -> Path:
    path = tmp_path / "extra.pem"
    path.write_bytes(CertificateAuthority(["extra.dev"]).certificate_pem)
    return path


def test_a_bundle_holds_roots_extras_and_ours_once(authority: CertificateAuthority, pem: Path, tmp_path: Path) -> None:
    import certifi

    bundle = authority.bundle(pem, pem, tmp_path / "missing.pem", tmp_path)
    roots = Path(certifi.where()).read_bytes()
    assert bundle.count(b"BEGIN CERTIFICATE") == roots.count(b"BEGIN CERTIFICATE") + 4
    assert bundle.endswith(authority.certificate_pem)
    context = ssl.create_default_context(cadata=bundle.decode())
    assert shake_hands(authority.context_for("localhost"), context, "localhost").version() == "TLSv1.3"


def test_without_certifi_the_system_roots_stand_in(authority: CertificateAuthority, monkeypatch, pem: Path) -> None:
    monkeypatch.setitem(sys.modules, "certifi", None)
    monkeypatch.setenv("SSL_CERT_FILE", str(pem))
    assert pem.read_bytes().strip() in authority.bundle()


def test_serving_does_not_import_cryptography() -> None:
    program = "import sys, emulator.doors.gate, emulator.doors.environment; print('cryptography' in sys.modules)"
    root = Path(__file__).parents[2]
    done = subprocess.run([sys.executable, "-c", program], cwd=root, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"
