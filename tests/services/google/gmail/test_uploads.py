"""Uploads of mail: simple, multipart, resumable; through Google's client and by raw calls."""

from __future__ import annotations

import io
import json
from urllib.parse import urlsplit

import pytest
from googleapiclient.errors import HttpError, MediaUploadSizeError
from googleapiclient.http import MediaIoBaseUpload
from hypothesis import given
from hypothesis import strategies as st

from emulator import Fault
from emulator.kernel.http import Call, Headers

GRAIN = 262_144
TYPE = "message/rfc822"
SEND = "/upload/gmail/v1/users/me/messages/send"


def message(size=0, **headers):
    head = "".join(f"{name}: {value}\r\n" for name, value in {"To": "grace@example.com", **headers}.items())
    return head.encode() + b"\r\n" + b"z" * size


def media(content, **options):
    return MediaIoBaseUpload(io.BytesIO(content), TYPE, **options)


@pytest.fixture
def put(site):
    """A raw call to the upload host."""

    def sent(verb, address, content=b"", *, token=None, **headers):
        url = urlsplit(address)
        lines = {name.replace("_", "-"): value for name, value in headers.items()}
        if token is not None:
            lines["Authorization"] = f"Bearer {token}"
        host = url.hostname or "gmail.googleapis.com"
        return site.app.respond(Call(verb, host, url.path, url.query, Headers(lines), content))

    return sent


@pytest.fixture
def begin(site, put):
    """The address of a new session."""

    def begun(metadata=b"", **headers):
        token = site.token("gmail.send")
        reply = put("POST", f"{SEND}?uploadType=resumable", metadata, token=token, **headers)
        assert (reply.status, reply.body) == (200, b"")
        return reply.headers.get("location")

    return begun


@pytest.mark.parametrize("host", ["gmail.googleapis.com", "www.googleapis.com"])
def test_media_alone_at_either_host(site, put, host):
    token = site.token("gmail.send")
    address = f"https://{host}{SEND}?uploadType=media"
    reply = put("POST", address, message(5), token=token, Content_Type=TYPE)
    assert json.loads(reply.body)["labelIds"] == ["SENT"]
    assert site.box("grace@example.com").messages()[0].snippet == "zzzzz"


def test_34_media_with_metadata_joins_the_thread(users):
    first = users.messages().send(userId="me", media_body=media(message(Subject="plan"))).execute()
    answer = users.messages().send(
        userId="me", media_body=media(message(Subject="Re: plan")), body={"threadId": first["threadId"]}
    )
    assert answer.execute()["threadId"] == first["threadId"]


def test_parts_of_the_javascript_client_are_read(site, put):
    body = (
        b"--uuid\r\ncontent-type: application/json\r\n\r\n{}\r\n"
        b"--uuid\r\ncontent-type: message/rfc822\r\n\r\n" + message(3) + b"\r\n--uuid--"
    )
    reply = put(
        "POST",
        f"{SEND}?uploadType=multipart",
        body,
        token=site.token("gmail.send"),
        Content_Type="multipart/related; boundary=uuid",
    )
    assert reply.status == 200


def test_media_may_be_base64(site, put):
    body = (
        b"--u\nContent-Type: application/json\n\n{}\n"
        b"--u\nContent-Type: message/rfc822\nContent-Transfer-Encoding: base64\n\n"
        b"VG86IGdyYWNlQGV4YW1wbGUuY29tCgpoaQ==\n--u--"
    )
    address = f"{SEND}?uploadType=multipart"
    put("POST", address, body, token=site.token("gmail.send"), Content_Type='multipart/related; boundary="u"')
    assert site.box("grace@example.com").messages()[0].snippet == "hi"


def test_a_draft_is_uploaded_and_replaced(users):
    made = users.drafts().create(userId="me", media_body=media(message(Subject="one"))).execute()
    thread = made["message"]["threadId"]
    changed = users.drafts().update(
        userId="me", id=made["id"], media_body=media(message(Subject="two")), body={"message": {"threadId": thread}}
    )
    assert changed.execute()["message"]["threadId"] == thread
    sent = users.drafts().send(userId="me", media_body=media(message(7, Subject="x")), body={"id": made["id"]})
    assert sent.execute()["threadId"] == thread


def test_33_a_resumable_send_in_chunks(site, users):
    content = message(390_000)
    request = users.messages().send(userId="me", media_body=media(content, chunksize=GRAIN, resumable=True))
    status, done = request.next_chunk()
    assert (status.resumable_progress, done) == (GRAIN, None)
    _, done = request.next_chunk()
    assert done["labelIds"] == ["SENT"]
    assert site.box("grace@example.com").messages()[0].raw.endswith(content[-1000:])


def test_a_whole_message_in_one_put(users, box):
    request = users.messages().insert(userId="me", media_body=media(message(9), chunksize=-1, resumable=True))
    assert box.message(request.execute()["id"]).snippet == "zzzzzzzzz"


def test_a_session_says_how_far_it_is(begin, put):
    content = message(390_000)
    address = begin()
    whole = f"bytes */{len(content)}"
    asked = put("PUT", address, Content_Range=whole)
    assert (asked.status, asked.headers.get("range"), asked.headers.get("location")) == (308, "", "")
    first = put("PUT", address, content[:GRAIN], Content_Range=f"bytes 0-{GRAIN - 1}/{len(content)}")
    assert (first.status, first.headers.get("range")) == (308, f"bytes=0-{GRAIN - 1}")
    assert put("PUT", address, Content_Range=whole).headers.get("range") == f"bytes=0-{GRAIN - 1}"
    rest = f"bytes {GRAIN}-{len(content) - 1}/{len(content)}"
    last = put("PUT", address, content[GRAIN:], Content_Range=rest)
    assert last.status == 200
    again = put("PUT", address, Content_Range=whole)
    assert (again.status, again.body) == (200, last.body)


def test_an_answer_that_was_lost_is_asked_for_again(site, begin, put):
    address = begin()
    site.app.faults.add(Fault.reset(operation="gmail.users.messages.send"))
    lost = put("PUT", address, message(3))
    assert lost.disruption is not None
    again = put("PUT", address, Content_Range="bytes */*")
    assert json.loads(again.body)["labelIds"] == ["SENT"]
    assert len(site.box("grace@example.com")) == 1


def test_a_client_goes_on_after_a_server_error(site, users):
    content = message(390_000)
    request = users.messages().send(userId="me", media_body=media(content, chunksize=GRAIN, resumable=True))
    request.next_chunk()
    site.app.faults.add(Fault.status(503, operation="gmail.users.messages.send", times=1))
    with pytest.raises(HttpError):
        request.next_chunk()
    _, done = request.next_chunk()
    assert done["labelIds"] == ["SENT"]


def test_a_chunk_that_comes_twice_counts_once(begin, put, site):
    content = bytes(message(2 * GRAIN))
    address, total = begin(), len(content)
    for _ in range(2):
        put("PUT", address, content[:GRAIN], Content_Range=f"bytes 0-{GRAIN - 1}/{total}")
    assert put("PUT", address, content, Content_Range=f"bytes 0-{total - 1}/{total}").status == 200
    assert len(site.box("grace@example.com").messages()[0].raw) >= total


def test_the_length_may_come_with_the_last_chunk(begin, put):
    content = message(GRAIN)
    address = begin()
    assert put("PUT", address, content[:GRAIN], Content_Range=f"bytes 0-{GRAIN - 1}/*").status == 308
    rest = f"bytes {GRAIN}-{len(content) - 1}/{len(content)}"
    assert put("PUT", address, content[GRAIN:], Content_Range=rest).status == 200


def test_a_length_told_at_the_start_ends_an_upload_that_names_none(begin, put):
    content = message(5)
    address = begin(X_Upload_Content_Length=str(len(content)))
    assert put("PUT", address, content, Content_Range=f"bytes 0-{len(content) - 1}/*").status == 200


@pytest.mark.parametrize(
    ("given_range", "content", "text"),
    [
        ("bytes 5-9/10", b"x" * 5, "exceeds already uploaded size of 0 byte(s)."),
        ("bytes 0-9/10", b"x" * 5, "There were 5 byte(s) in the request body.  There should have been 10 byte(s)"),
        ("bytes 0-4/10", b"x" * 5, "required to be equal or greater than 262144"),
        ("bytes 0-9/5", b"x" * 10, "Failed to parse Content-Range header."),
        ("bytes x", b"", "Failed to parse Content-Range header."),
    ],
)
def test_ranges_that_do_not_add_up(begin, put, given_range, content, text):
    reply = put("PUT", begin(), content, Content_Range=given_range)
    assert reply.status == 400
    assert text in reply.body.decode()


def test_a_session_lives_for_a_week(site, begin, put):
    address = begin()
    site.app.clock.advance(days=6, hours=23)
    assert put("PUT", address, Content_Range="bytes */9").status == 308
    site.app.clock.advance(hours=1)
    assert put("PUT", address, message()).status == 404


def test_a_session_nobody_began(put):
    assert put("PUT", f"{SEND}?uploadType=resumable&upload_id=nothing", message()).status == 404
    assert put("PUT", "/upload/gmail/v1/nowhere?upload_id=nothing").headers.get("content-type").startswith("text/html")


def test_a_session_can_be_called_off(begin, put):
    address = begin()
    assert put("DELETE", address).status == 499
    assert put("PUT", address, message()).status == 404


def test_a_session_outlasts_its_token_and_remembers_its_caller(site, begin, put):
    address = begin()
    site.app.clock.advance(hours=2)
    assert put("PUT", address, message()).status == 200
    assert next(iter(reversed(list(site.app.journal)))).principal == "ada@example.com"


def test_the_address_names_the_port_it_was_asked_at(begin):
    assert begin(Host="127.0.0.1:4010").startswith(f"https://127.0.0.1:4010{SEND}?uploadType=resumable&upload_id=")


def test_a_message_that_is_refused_leaves_the_session_open(begin, put, box):
    address = begin()
    reply = put("PUT", address, b"Subject: nobody\r\n\r\n")
    assert (reply.status, len(box)) == (400, 0)
    assert "Recipient address required" in reply.body.decode()


def test_metadata_is_checked_when_the_session_begins(site, put):
    address, token = f"{SEND}?uploadType=resumable", site.token("gmail.send")
    reply = put("POST", address, b'{"nonsense": 1}', token=token)
    assert (reply.status, b"Cannot find field" in reply.body) == (400, True)
    assert put("POST", address, token="wrong").status == 401
    other = "/upload/gmail/v1/users/grace@example.com/messages/send?uploadType=resumable"
    assert put("POST", other, token=token).status == 403


def test_what_is_too_large_is_refused(site, put, begin, users):
    limit, token = 36_700_160, site.token("gmail.send")
    too_large = message(limit)
    reply = put("POST", f"{SEND}?uploadType=media", too_large, token=token, Content_Type=TYPE)
    error = json.loads(reply.body)["error"]
    assert (reply.status, error["errors"][0]["reason"]) == (413, "uploadTooLarge")
    start = f"{SEND}?uploadType=resumable"
    assert put("POST", start, token=token, X_Upload_Content_Length=str(limit + 1)).status == 413
    assert put("PUT", begin(), too_large).status == 413
    with pytest.raises(MediaUploadSizeError):
        users.messages().send(userId="me", media_body=media(too_large))


@pytest.mark.parametrize("upload_type", ["media", "multipart", "resumable"])
def test_only_messages_are_taken(site, put, upload_type):
    headers = {"Content_Type": "text/plain", "X_Upload_Content_Type": "text/plain"}
    content = b"words"
    if upload_type == "multipart":
        headers["Content_Type"] = "multipart/related; boundary=b"
        content = b"--b\r\n\r\n{}\r\n--b\r\nContent-Type: text/plain\r\n\r\nwords\r\n--b--"
    reply = put("POST", f"{SEND}?uploadType={upload_type}", content, token=site.token("gmail.send"), **headers)
    error = json.loads(reply.body)["error"]
    assert (reply.status, error["errors"][0]["reason"]) == (400, "badContent")
    assert error["message"] == "Media type 'text/plain' is not supported. Valid media types: [message/*]"


def test_an_upload_of_no_known_type(site, put):
    reply = put("POST", f"{SEND}?uploadType=carrier-pigeon", message(), token=site.token("gmail.send"))
    assert reply.status == 400


def test_an_empty_upload_is_no_message(site, put):
    reply = put("POST", f"{SEND}?uploadType=media", b"", token=site.token("gmail.send"), Content_Type=TYPE)
    assert b"'raw' RFC822 payload message string or uploading" in reply.body


@given(content=st.binary(max_size=400), header=st.sampled_from(("multipart/related; boundary=b", TYPE, "", "x;")))
def test_any_body_is_answered_in_googles_way(shared_site, content, header):
    headers = {"Authorization": f"Bearer {shared_site.token('gmail.send')}", "Content-Type": header}
    body = content.replace(b"x", b"\r\n--b\r\n")
    reply = shared_site.app.respond(
        Call("POST", "gmail.googleapis.com", SEND, "uploadType=multipart", Headers(headers), body)
    )
    assert reply.status == 400
    assert json.loads(reply.body)["error"]["code"] == 400


@pytest.fixture(scope="module")
def shared_site(make_site):
    site = make_site()
    yield site
    site.app.close()
