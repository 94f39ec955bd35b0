"""Secret input: what is stored, what the API shows, and what only the Actor reads."""

from __future__ import annotations

import json

import pytest
from apify._crypto import decrypt_input_secrets, load_private_key
from apify_client import ApifyClient

from emulator.kernel.ids import Ids
from emulator.services.apify.secrets import InputKey, has_secrets, is_sealed, sealed, unsealed

SCHEMA = {
    "title": "T",
    "type": "object",
    "schemaVersion": 1,
    "properties": {
        "password": {"title": "P", "type": "string", "description": "d", "editor": "textfield", "isSecret": True},
        "oauth_token": {"title": "O", "type": "object", "description": "d", "editor": "json", "isSecret": True},
        "query": {"title": "Q", "type": "string", "description": "d", "editor": "textfield"},
    },
}
PLAIN = {"password": "correct häorse", "oauth_token": {"access": ["a", 1, None]}, "query": "in:inbox"}
KEY = InputKey("BPWZBd7Z9c746JAng", "moJRLRc85AitArpNN")


@pytest.fixture(scope="module")
def cipher():
    return sealed(SCHEMA, PLAIN, KEY, Ids("a test"))


def test_only_secret_fields_are_encrypted_each_in_its_form(cipher):
    assert cipher["query"] == "in:inbox"
    assert cipher["password"].startswith("ENCRYPTED_VALUE:")
    kind, schema_hash, _, _ = cipher["oauth_token"].split(":")
    assert (kind, len(schema_hash)) == ("ENCRYPTED_JSON", 10)
    assert "häorse" not in json.dumps(cipher, ensure_ascii=False)


def test_the_unmodified_sdk_reads_it_with_the_key_of_the_environment(cipher):
    private_key = load_private_key(KEY.private_key_file, KEY.passphrase)
    assert decrypt_input_secrets(private_key, dict(cipher)) == PLAIN
    assert unsealed(cipher, KEY) == PLAIN


def test_a_wrong_passphrase_opens_nothing():
    with pytest.raises(ValueError, match="Incorrect password, could not decrypt key"):
        load_private_key(KEY.private_key_file, "guess")


def test_a_changed_ciphertext_is_noticed(cipher):
    private_key = load_private_key(KEY.private_key_file, KEY.passphrase)
    changed = cipher["password"][:-8] + "AAAAAAA="
    with pytest.raises(ValueError, match="malformed encrypted value"):
        decrypt_input_secrets(private_key, {"password": changed})
    with pytest.raises(ValueError, match="the ciphertext was changed"):
        KEY.open(changed)


def test_the_key_belongs_to_one_user_and_one_actor(cipher):
    for other in (InputKey("somebodyElse12345", KEY.actor_id), InputKey(KEY.user_id, "anotherActor12345")):
        with pytest.raises(ValueError):
            other.open(cipher["password"])


def test_what_is_empty_null_or_encrypted_stays(cipher):
    given = {"password": "", "oauth_token": None}
    assert sealed(SCHEMA, given, KEY, Ids("a test")) == given
    assert sealed(SCHEMA, cipher, KEY, Ids("a test")) == cipher


def test_the_same_draws_give_the_same_bytes(cipher):
    assert sealed(SCHEMA, PLAIN, KEY, Ids("a test")) == cipher
    assert sealed(SCHEMA, PLAIN, KEY, Ids("another test")) != cipher


@pytest.mark.parametrize("value", ["ENCRYPTED_STRING_VALUE:YQ==:YQ==", "ENCRYPTED_VALUE:no", 7, None])
def test_what_only_looks_encrypted_is_not(value):
    assert not is_sealed(value)


def test_a_schema_without_secrets_has_none():
    assert not has_secrets(None)
    assert not has_secrets({"properties": {"query": SCHEMA["properties"]["query"]}})
    assert has_secrets(SCHEMA)


def test_the_platform_keeps_ciphertext_and_accepts_it_again(emulator):
    apify = emulator.apify
    user = apify.add_user("owner")
    apify.actor("owner/secretive", input_schema=SCHEMA)
    client = ApifyClient(user.token, api_url=emulator.url)
    run = client.actor("owner/secretive").start(run_input=PLAIN)
    record = client.key_value_store(run.default_key_value_store_id).get_record("INPUT")["value"]
    assert record["query"] == "in:inbox"
    assert is_sealed(record["password"])
    assert is_sealed(record["oauth_token"])
    assert apify.run(run.id).input == record
    again = client.actor("owner/secretive").start(run_input=record)
    assert apify.run(again.id).input == record
    everything = [tuple(row) for row in emulator.world.all("SELECT key, body FROM apify_record")]
    assert PLAIN["password"] not in repr(everything)


def test_the_environment_holds_the_key_only_where_there_are_secrets(emulator):
    emulator.apify.actor("owner/secretive", input_schema=SCHEMA)
    with_key = emulator.apify.create_run("owner/secretive", PLAIN, user="owner").environment.variables()
    without = emulator.apify.create_run("owner/open", PLAIN, user="owner").environment.variables()
    names = {"APIFY_INPUT_SECRETS_PRIVATE_KEY_FILE", "APIFY_INPUT_SECRETS_PRIVATE_KEY_PASSPHRASE"}
    assert names <= with_key.keys()
    assert not names & without.keys()
