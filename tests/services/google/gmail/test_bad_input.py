"""Whatever a caller sends to a method that changes something: an answer in Google's words, the world as it was."""

from __future__ import annotations

import json
from base64 import urlsafe_b64encode

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

ALL = "https://mail.google.com/"
ids = st.sampled_from(("1", "zz", "", "f" * 16, "f" * 17, "-1", "r1", "Label_1", "INBOX", "💥", "a/b", "%00"))
scalars = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8) | ids
values = st.recursive(
    scalars, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3)
)
fields = st.sampled_from(
    ("raw", "threadId", "labelIds", "addLabelIds", "removeLabelIds", "ids", "id", "name", "color", "message", "payload")
)
bodies = st.dictionaries(fields, values, max_size=4) | values
METHODS = [
    ("POST", "messages/send"),
    ("POST", "messages/import"),
    ("POST", "messages"),
    ("POST", "messages/1/modify"),
    ("POST", "messages/batchModify"),
    ("POST", "messages/batchDelete"),
    ("POST", "threads/1/modify"),
    ("POST", "labels"),
    ("PUT", "labels/Label_1"),
    ("PATCH", "labels/Label_1"),
    ("POST", "drafts"),
    ("PUT", "drafts/r1"),
    ("POST", "drafts/send"),
]
bounded = settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))


@pytest.fixture(scope="module")
def shared(make_site):
    site = make_site()
    token = site.token(ALL)
    yield site, token
    assert not [entry for entry in site.app.journal if entry.crash]
    site.app.close()


def world_of(site):
    counted = ("gmail_message", "gmail_thread", "gmail_draft", "gmail_history", "gmail_label", "google_upload")
    return {table: site.app.world.value(f"SELECT count(*) FROM {table}") for table in counted}


def check(site, answer, before):
    assert answer.status < 500
    if answer.status >= 400:
        assert answer.error["code"] == answer.status
        assert world_of(site) == before
    elif answer.reply.body:
        json.loads(answer.reply.body)


@pytest.mark.parametrize(("verb", "path"), METHODS)
def test_any_json_as_body(shared, verb, path):
    site, token = shared

    @bounded
    @given(bodies)
    def holds(body):
        before = world_of(site)
        check(site, site.post(path, body, verb=verb, token=token), before)

    holds()


@pytest.mark.parametrize("path", ["messages/send", "messages/import", "messages", "drafts"])
def test_any_bytes_as_mail(shared, path):
    site, token = shared
    heads = st.sampled_from(
        (b"", b"To: grace@example.com\r\n", b"To: ada@example.com\nFrom: x\n", b"Subject: =?x?b?=\n")
    )

    @bounded
    @given(heads, st.binary(max_size=200))
    def holds(head, rest):
        raw = urlsafe_b64encode(head + rest).decode()
        body = {"message": {"raw": raw}} if path == "drafts" else {"raw": raw}
        before = world_of(site)
        check(site, site.post(path, body, token=token), before)

    holds()


@pytest.mark.parametrize("path", ["messages/{}", "threads/{}", "drafts/{}", "labels/{}"])
def test_any_text_as_id(shared, path):
    site, token = shared

    @bounded
    @given(ids | st.text(min_size=1, max_size=20))
    def holds(text):
        from urllib.parse import quote

        written = quote(text, safe="")
        before = world_of(site)
        answer = site.post(path.format(written), verb="DELETE", token=token)
        assert answer.status in {400, 404}
        assert world_of(site) == before

    holds()


def test_thirty_megabytes_in_one_line_are_kept(shared):
    site, token = shared
    raw = urlsafe_b64encode(b"Subject: long\r\n\r\n" + b"x" * 30_000_000).decode()
    answer = site.post("messages", {"raw": raw}, token=token)
    assert answer.status == 200
    assert site.box().message(answer.json["id"]).size > 30_000_000


def test_two_hundred_levels_are_sent(shared):
    site, token = shared
    inner = b"Content-Type: text/plain\r\n\r\ndeep"
    for level in range(200):
        mark = f"b{level}".encode()
        inner = b"Content-Type: multipart/mixed; boundary=" + mark + b"\r\n\r\n--" + mark + b"\r\n" + inner
        inner += b"\r\n--" + mark + b"--"
    raw = urlsafe_b64encode(b"To: grace@example.com\r\n" + inner).decode()
    assert site.post("messages/send", {"raw": raw}, token=token).status == 200
