"""S/MIME certificates and client-side encryption."""

from __future__ import annotations

import base64
from datetime import UTC, datetime, timedelta

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import BestAvailableEncryption, Encoding, pkcs7, pkcs12

WANDA = "w@work.example"


def _certificate(email=WANDA, until=datetime(2027, 5, 1, tzinfo=UTC)):
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "Test Authority")])
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(7)
        .not_valid_before(until - timedelta(days=800))
        .not_valid_after(until)
        .add_extension(x509.SubjectAlternativeName([x509.RFC822Name(email)]), critical=False)
        .sign(key, hashes.SHA256())
    )
    return key, made


def _pkcs12(password=b"secret", **facts):
    key, certificate = _certificate(**facts)
    content = pkcs12.serialize_key_and_certificates(b"w", key, certificate, None, BestAvailableEncryption(password))
    return {"pkcs12": base64.urlsafe_b64encode(content).decode(), "encryptedKeyPassword": password.decode()}


@pytest.fixture
def smime(settings):
    return settings.sendAs().smimeInfo()


def test_certificates_are_kept_and_one_signs(smime):
    first = smime.insert(userId="me", sendAsEmail=WANDA, body=_pkcs12()).execute()
    second = smime.insert(userId="me", sendAsEmail=WANDA, body=_pkcs12()).execute()
    assert list(first) == ["id", "issuerCn", "isDefault", "expiration", "pem"]
    assert (first["issuerCn"], first["isDefault"]) == ("Test Authority", True)
    assert first["expiration"] == str(int(datetime(2027, 5, 1, tzinfo=UTC).timestamp() * 1000))
    assert first["pem"].startswith("-----BEGIN CERTIFICATE-----")
    assert "isDefault" not in second
    smime.setDefault(userId="me", sendAsEmail=WANDA, id=second["id"]).execute()
    listed = smime.list(userId="me", sendAsEmail=WANDA).execute()["smimeInfo"]
    assert [each.get("isDefault", False) for each in listed] == [False, True]
    smime.delete(userId="me", sendAsEmail=WANDA, id=first["id"]).execute()
    assert len(smime.list(userId="me", sendAsEmail=WANDA).execute()["smimeInfo"]) == 1


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"pkcs12": base64.urlsafe_b64encode(b"nonsense").decode()},
        _pkcs12() | {"encryptedKeyPassword": "wrong"},
        _pkcs12(email="x@work.example"),
        _pkcs12(until=datetime(2026, 1, 1, tzinfo=UTC)),
    ],
)
def test_what_is_no_certificate_of_the_address(smime, refusal, body):
    assert refusal(smime.insert(userId="me", sendAsEmail=WANDA, body=body))[0] == 400
    assert smime.list(userId="me", sendAsEmail=WANDA).execute() == {}


def test_missing_certificates_and_addresses_are_not_found(smime, refusal):
    assert refusal(smime.get(userId="me", sendAsEmail=WANDA, id="1"))[0] == 404
    assert refusal(smime.delete(userId="me", sendAsEmail=WANDA, id="1"))[0] == 404
    assert refusal(smime.setDefault(userId="me", sendAsEmail=WANDA, id="1"))[0] == 404
    assert refusal(smime.list(userId="me", sendAsEmail="none@x.example"))[0] == 404


# -- client-side encryption ----------------------------------------------------------------------------------------


@pytest.fixture
def cse(settings):
    return settings.cse()


def _chain():
    return pkcs7.serialize_certificates([_certificate()[1]], Encoding.PEM).decode()


@pytest.fixture
def pair(cse):
    """A new key pair."""

    def make():
        metadata = [{"kaclsKeyMetadata": {"kaclsUri": "https://keys.work.example/v1", "kaclsData": "wrapped"}}]
        return cse.keypairs().create(userId="me", body={"pkcs7": _chain(), "privateKeyMetadata": metadata}).execute()

    return make


def test_a_key_pair_lives_rests_and_is_obliterated(work, cse, pair, refusal):
    made = pair()
    name = made["keyPairId"]
    assert (made["enablementState"], made["subjectEmailAddresses"]) == ("enabled", [WANDA])
    assert cse.keypairs().get(userId="me", keyPairId=name).execute() == made
    assert refusal(cse.keypairs().enable(userId="me", keyPairId=name, body={}))[0] == 400
    rested = cse.keypairs().disable(userId="me", keyPairId=name, body={}).execute()
    assert (rested["enablementState"], rested["disableTime"]) == ("disabled", "2026-11-22T12:00:00.000Z")
    assert refusal(cse.keypairs().disable(userId="me", keyPairId=name, body={}))[0] == 400
    assert cse.keypairs().enable(userId="me", keyPairId=name, body={}).execute() == made
    cse.keypairs().disable(userId="me", keyPairId=name, body={}).execute()
    work.app.clock.advance(days=29)
    assert refusal(cse.keypairs().obliterate(userId="me", keyPairId=name, body={}))[0] >= 400


def test_thirty_days_of_rest_are_enough(work, cse, pair, client_of, refusal):
    name = pair()["keyPairId"]
    cse.keypairs().disable(userId="me", keyPairId=name, body={}).execute()
    work.app.clock.advance(days=30)
    cse = client_of(WANDA).settings().cse()
    cse.keypairs().obliterate(userId="me", keyPairId=name, body={}).execute()

    assert refusal(cse.keypairs().get(userId="me", keyPairId=name))[0] == 404


def test_key_pairs_come_in_pages(cse, pair):
    names = [pair()["keyPairId"] for _ in range(3)]
    first = cse.keypairs().list(userId="me", pageSize=2).execute()
    second = cse.keypairs().list(userId="me", pageSize=2, pageToken=first["nextPageToken"]).execute()

    assert [each["keyPairId"] for each in first["cseKeyPairs"] + second["cseKeyPairs"]] == names
    assert "nextPageToken" not in second


@pytest.mark.parametrize(
    "metadata",
    [
        [],
        [{}],
        [{"kaclsKeyMetadata": {"kaclsUri": "http://keys.example", "kaclsData": "x"}}],
        [{"kaclsKeyMetadata": {"kaclsUri": "https://keys.example"}}],
        [{"kaclsKeyMetadata": {}, "hardwareKeyMetadata": {}}],
    ],
)
def test_a_key_pair_needs_a_place_for_its_key(cse, refusal, metadata):
    body = {"pkcs7": _chain(), "privateKeyMetadata": metadata}
    assert refusal(cse.keypairs().create(userId="me", body=body))[0] == 400


def test_a_card_may_hold_the_key(cse):
    metadata = [{"hardwareKeyMetadata": {"description": "card"}}]
    made = cse.keypairs().create(userId="me", body={"pkcs7": _chain(), "privateKeyMetadata": metadata}).execute()

    assert made["privateKeyMetadata"][0]["hardwareKeyMetadata"] == {"description": "card"}
    assert made["privateKeyMetadata"][0]["privateKeyMetadataId"]


def test_nonsense_is_no_chain(cse, refusal):
    assert refusal(cse.keypairs().create(userId="me", body={"pkcs7": "x", "privateKeyMetadata": [{}]}))[0] == 400


def test_an_identity_uses_key_pairs_that_are_enabled(cse, pair, refusal):
    first, second = pair()["keyPairId"], pair()["keyPairId"]
    identities = cse.identities()
    made = identities.create(userId="me", body={"emailAddress": WANDA, "primaryKeyPairId": first}).execute()
    assert made == {"emailAddress": WANDA, "primaryKeyPairId": first}
    assert identities.list(userId="me").execute() == {"cseIdentities": [made]}
    again = {"emailAddress": WANDA, "primaryKeyPairId": first}
    assert refusal(identities.create(userId="me", body=again))[0] == 409
    both = {"signAndEncryptKeyPairs": {"signingKeyPairId": first, "encryptionKeyPairId": second}}
    patched = identities.patch(userId="me", emailAddress=WANDA, body={"emailAddress": WANDA, **both}).execute()
    assert patched == {"emailAddress": WANDA, **both}
    assert identities.get(userId="me", cseEmailAddress=WANDA).execute() == patched
    cse.keypairs().disable(userId="me", keyPairId=second, body={}).execute()
    body = {"emailAddress": WANDA, "primaryKeyPairId": second}
    assert refusal(identities.patch(userId="me", emailAddress=WANDA, body=body))[0] == 400
    identities.delete(userId="me", cseEmailAddress=WANDA).execute()
    assert identities.list(userId="me").execute() == {}
    assert refusal(identities.get(userId="me", cseEmailAddress=WANDA))[0] == 404


@pytest.mark.parametrize(
    "body",
    [
        {"emailAddress": "x@work.example", "primaryKeyPairId": "k"},
        {"emailAddress": WANDA},
        {"emailAddress": WANDA, "primaryKeyPairId": "unknown"},
        {"emailAddress": WANDA, "primaryKeyPairId": "k", "signAndEncryptKeyPairs": {"signingKeyPairId": "k"}},
    ],
)
def test_what_is_no_identity(cse, refusal, body):
    assert refusal(cse.identities().create(userId="me", body=body))[0] == 400
