"""Records of key-value stores."""

from __future__ import annotations

import base64
import gzip
import zlib

import brotli
import pytest

from emulator.services.apify.signatures import record_signature, storage_signature


@pytest.fixture
def store(api):
    return api.data("POST", "/key-value-stores?name=store")


@pytest.fixture
def records(store):
    return f"/key-value-stores/{store['id']}/records"


@pytest.mark.parametrize(
    ("encoding", "encode"),
    [
        ("gzip", gzip.compress),
        ("br", brotli.compress),
        ("deflate", zlib.compress),
        ("deflate", lambda data: zlib.compress(data)[2:-4]),
        ("identity", bytes),
        ("gzip, br", lambda data: brotli.compress(gzip.compress(data))),
    ],
)
def test_a_body_is_stored_decoded_under_its_content_type(api, records, encoding, encode):
    content = bytes(range(256)) * 20
    put = api("PUT", f"{records}/blob", encode(content), Content_Type="image/png", Content_Encoding=encoding)
    got = api("GET", f"{records}/blob")
    assert put.status == 201
    assert (got.body, got.headers.get("content-type"), got.headers.get("content-encoding")) == (
        content,
        "image/png",
        "",
    )


@pytest.mark.parametrize(
    ("encoding", "body", "kind"),
    [
        ("gzip", b"plain", "invalid-request"),
        ("gzip", gzip.compress(b"x" * 99, mtime=0)[:-9], "invalid-request"),
        ("br", b"\xff\xff\xff", "invalid-request"),
        ("br", brotli.compress(b"some longer text")[:-3], "invalid-request"),
        ("compress", b"x", "unsupported-content-encoding"),
    ],
)
def test_a_body_that_is_not_so_encoded_is_refused_and_nothing_stored(api, records, encoding, body, kind):
    assert api.error("PUT", f"{records}/k", body, Content_Encoding=encoding)[:2] == (400, kind)
    assert api("GET", f"{records}/k").status == 404


def test_an_unknown_record_is_not_found_in_the_words_every_sdk_knows(api, records):
    assert api.error("GET", f"{records}/none") == (404, "record-not-found", "Record was not found")


@pytest.mark.parametrize("key", ["a b", "ä", "a%2Fb", "a" * 257, "a:b"])
def test_a_key_with_odd_characters_is_refused(api, records, key):
    from urllib.parse import quote

    path = f"{records}/{quote(key, safe='%')}"
    expected = (400, "invalid-record-key", "Record key contains invalid character")
    assert api.error("PUT", path, b"x") == expected
    assert api.error("GET", path) == expected


@pytest.mark.parametrize("key", ["a", "!-_.'()", "A" * 256, "__STORAGE_ALIASES_MAPPING"])
def test_every_key_the_rule_allows_works(client, store, key):
    records = client.key_value_store(store["id"])
    records.set_record(key, {"n": 1})
    assert records.get_record(key)["value"] == {"n": 1}
    assert records.record_exists(key)
    records.delete_record(key)
    assert records.get_record(key) is None
    assert not records.record_exists(key)


def test_keys_are_listed_in_byte_order_page_by_page(api, records, store):
    for key in ("b", "B", "a1", "a2", "_"):
        api("PUT", f"{records}/{key}", b"12")
    first = api.data("GET", f"/key-value-stores/{store['id']}/keys?limit=2")
    assert [each["key"] for each in first["items"]] == ["B", "_"]
    assert (first["isTruncated"], first["nextExclusiveStartKey"]) == (True, "_")
    rest = api.data("GET", f"/key-value-stores/{store['id']}/keys?exclusiveStartKey=_")
    assert [(each["key"], each["size"]) for each in rest["items"]] == [("a1", 2), ("a2", 2), ("b", 2)]
    assert (rest["isTruncated"], rest["nextExclusiveStartKey"]) == (False, None)
    found = api.data("GET", f"/key-value-stores/{store['id']}/keys?prefix=a")
    assert [each["key"] for each in found["items"]] == ["a1", "a2"]


def test_an_attachment_has_a_file_name(api, records):
    api("PUT", f"{records}/OUTPUT", {"a": 1})
    reply = api("GET", f"{records}/OUTPUT?attachment=1")
    assert reply.headers.get("content-disposition") == 'attachment; filename="OUTPUT"'


def test_the_input_of_the_command_line_is_the_run_s_input(api, run):
    path = f"/key-value-stores/{run.stored.store}/records"
    assert api("GET", f"{path}/__CLI_INPUT").body == b'{"greeting": "hello"}'


def test_signatures_agree_with_the_vendor_s_vectors():
    assert record_signature("secretkey", "OUTPUT") == "1Eg1H7hDTohgtyY4xh9qG"
    padded = "MC4wLjFzQ1NTR1pTaWF5aklOZXFRcmxxNA=="
    assert storage_signature("secretkey", "DSTaaaaaaaaaaaaaa") == padded.rstrip("=")


def test_a_record_s_signature_opens_that_record_alone(api, store, records):
    for key in ("OUTPUT", "SECRET"):
        api("PUT", f"{records}/{key}", {"key": key})
    signature = record_signature(store["urlSigningSecretKey"], "OUTPUT")
    assert api("GET", f"{records}/OUTPUT?signature={signature}", token="").status == 200
    assert api.error("GET", f"{records}/SECRET?signature={signature}", token="")[:2] == (403, "invalid-signature")
    assert api.error("GET", f"{records}/OUTPUT", token="")[:2] == (401, "token-not-provided")


def test_a_signature_of_keys_ends_on_the_virtual_clock(api, store, clock):
    until = clock.milliseconds() + 60_000
    signature = storage_signature(store["urlSigningSecretKey"], store["id"], until)
    path = f"/key-value-stores/{store['id']}/keys?signature={signature}"
    assert api("GET", path, token="").status == 200
    assert api("GET", path + "%3D%3D", token="").status == 200
    clock.advance(minutes=2)
    assert api.error("GET", path, token="")[:2] == (403, "invalid-signature")


@pytest.mark.parametrize("signature", ["x", "%00", base64.urlsafe_b64encode(b"0.soon.abc").decode(), "1.2.3"])
def test_a_signature_that_is_none_is_refused(api, store, signature):
    path = f"/key-value-stores/{store['id']}/keys?signature={signature}"
    assert api.error("GET", path, token="")[:2] == (403, "invalid-signature")
