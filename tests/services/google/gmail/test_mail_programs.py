"""Programs nobody here wrote, unmodified and led here by the environment alone."""

from __future__ import annotations

import importlib.util
import json
import os
import subprocess
import sys

import pytest

from emulator.server import Emulator

SEED = """
google:
  projects: [{id: p, publishing_status: production, enabled: [gmail.googleapis.com]}]
  clients: [{name: D, project: p, type: desktop}]
  users: [{email: ada@example.com, name: Ada}, {email: grace@example.com}]
  grants: [{user: ada@example.com, client: D, scopes: ["https://mail.google.com/"]}]
"""

SIMPLEGMAIL = """
from simplegmail import Gmail
from simplegmail.query import construct_query

gmail = Gmail()
sent = gmail.send_message(
    sender="ada@example.com", to="grace@example.com", subject="Figures", msg_html="<p>See <b>below</b></p>",
    msg_plain="See below", cc=["ada@example.com"], attachments=["figures.csv"],
)
(message,) = gmail.get_unread_inbox()
assert (message.subject, message.plain.strip(), message.sender) == ("Figures", "See below", "ada@example.com")
assert "<b>below</b>" in message.html
(attachment,) = message.attachments
attachment.save("saved.csv")
message.mark_as_read()
message.star()
message.mark_as_important()
label = gmail.create_label("Sums")
message.add_label(label)
assert {"STARRED", "IMPORTANT", label.id} <= {getattr(each, "id", each) for each in message.label_ids}
assert [each.id for each in gmail.get_messages(query=construct_query(subject="Figures", labels=["Sums"]))] == [sent.id]
assert [each.id for each in gmail.get_starred_messages()] == [message.id]
message.remove_label(label)
message.archive()
assert gmail.get_unread_inbox() == []
message.trash()
assert [each.id for each in gmail.get_trash_messages()] == [message.id]
message.untrash()
message.move_to_inbox()
message.mark_as_spam()
assert [each.id for each in gmail.get_spam_messages()] == [message.id]
gmail.delete_label(label)
assert "Sums" not in [each.name for each in gmail.list_labels()]
gmail.create_draft(sender="ada@example.com", to="grace@example.com", subject="Later", msg_plain="not yet")
(draft,) = gmail.get_drafts()
assert draft.subject == "Later"
print("done")
"""

EZGMAIL = """
import ezgmail

assert ezgmail.init() == "ada@example.com"
ezgmail.send("ada@example.com", "Figures", "See below", attachments=["figures.csv"], cc="grace@example.com")
(thread,) = ezgmail.unread()
(message,) = thread.messages
assert (message.subject, message.body.strip(), message.attachments) == ("Figures", "See below", ["figures.csv"])
message.downloadAttachment("figures.csv", downloadFolder="saved")
message.reply("Thank you")
thread.markAsRead()
assert ezgmail.unread() == []
assert len(ezgmail.search("subject:Figures")[0].messages) == 2
(found,) = ezgmail.search("filename:figures.csv")
found.addLabel("STARRED")
assert len(ezgmail.search("is:starred")) == 1
found.trash()
assert ezgmail.recent() == []
print(ezgmail.summary(found, printInfo=False))
"""

BATCH = """
import json
from google.oauth2.credentials import Credentials
from google_auth_httplib2 import AuthorizedHttp
from googleapiclient.discovery import build
from googleapiclient.http import BatchHttpRequest

facts, found = json.load(open("facts.json")), {}

def credentials(token):
    names = ("client_id", "client_secret", "refresh_token", "token_uri")
    return Credentials(token, **{name: facts["user"][name] for name in names})

late, good = credentials(facts["late"]), credentials(facts["good"])
batch = BatchHttpRequest(
    lambda number, value, error: found.setdefault(number, value["id"] if value else str(error)),
    batch_uri="https://gmail.googleapis.com/batch",
)
for message, holder in zip(facts["ids"], (late, good, late)):
    users = build("gmail", "v1", credentials=holder, static_discovery=True).users()
    batch.add(users.messages().get(userId="me", id=message, format="minimal"), request_id=message)
batch.execute(http=AuthorizedHttp(good))
print(json.dumps(found))
"""

UPLOADS = """
import io, json
from google.oauth2.credentials import Credentials
from googleapiclient.discovery import build
from googleapiclient.http import MediaIoBaseUpload

user = json.load(open("facts.json"))["user"]
messages = build("gmail", "v1", credentials=Credentials.from_authorized_user_info(user), static_discovery=True)
messages = messages.users().messages()

def media(text, **options):
    return MediaIoBaseUpload(io.BytesIO(text.encode()), "message/rfc822", **options)

whole = media("To: grace@example.com\\r\\n\\r\\n" + "z" * 390_000, chunksize=262_144, resumable=True)
request = messages.send(userId="me", media_body=whole)
status, _ = request.next_chunk()
_, resumed = request.next_chunk()
first = messages.send(userId="me", media_body=media("To: y@other.org\\nSubject: plan\\n\\nHi")).execute()
answer = media("To: y@other.org\\nSubject: Re: plan\\n\\nHi")
answer = messages.send(userId="me", media_body=answer, body={"threadId": first["threadId"]}).execute()
print(json.dumps({"progress": status.resumable_progress, "resumed": resumed, "first": first, "answer": answer}))
"""


@pytest.fixture
def emulator():
    with Emulator.start() as started:
        started.seed(text=SEED)
        yield started


@pytest.fixture
def held(emulator):
    return emulator.google.user("ada@example.com").credentials("D")


@pytest.fixture
def run(emulator, tmp_path):
    """Run a program in a folder with a file to send, as a launched program runs."""

    def ran(program):
        (tmp_path / "figures.csv").write_text("1,2\n", encoding="utf-8")
        (tmp_path / "program.py").write_text(program, encoding="utf-8")
        done = subprocess.run(
            [sys.executable, "program.py"],
            cwd=tmp_path,
            env=os.environ | emulator.environment(os.environ),
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        return done.stdout

    return ran


def write(folder, name, value):
    (folder / name).write_text(json.dumps(value), encoding="utf-8")


def authorized(held):
    """google-auth's own form of a stored user."""
    return {name: getattr(held, name) for name in ("client_id", "client_secret", "refresh_token")} | {
        "token_uri": "https://oauth2.googleapis.com/token",
        "type": "authorized_user",
    }


def programs(name):
    return pytest.mark.skipif(importlib.util.find_spec(name) is None, reason=f"{name} is not installed")


@programs("simplegmail")
def test_simplegmail_signs_in_and_runs_its_main_functions(emulator, held, run, tmp_path):
    """Without a token file it walks its own consent flow first, through the browser command."""
    installed = {
        "client_id": held.client_id,
        "client_secret": held.client_secret,
        "redirect_uris": ["http://localhost"],
    }
    endpoints = {
        "auth_uri": "https://accounts.google.com/o/oauth2/auth",
        "token_uri": "https://oauth2.googleapis.com/token",
    }
    write(tmp_path, "client_secret.json", {"installed": installed | endpoints})
    assert run(SIMPLEGMAIL).rstrip().endswith("done")
    assert (tmp_path / "saved.csv").read_text(encoding="utf-8").strip() == "1,2"
    assert emulator.gmail.mailbox("grace@example.com").messages()[0].subject == "Figures"


@programs("ezgmail")
def test_ezgmail_runs_its_main_functions(emulator, held, run, tmp_path):
    stored = authorized(held) | {"_class": "OAuth2Credentials", "_module": "oauth2client.client"}
    empty = dict.fromkeys(("access_token", "token_expiry", "user_agent", "revoke_uri", "id_token", "token_info_uri"))
    write(tmp_path, "credentials.json", {})
    write(tmp_path, "token.json", stored | empty | {"scopes": [], "invalid": False})
    assert "Thank you" in run(EZGMAIL)
    assert (tmp_path / "saved" / "figures.csv").read_text(encoding="utf-8").strip() == "1,2"
    assert len(emulator.gmail.mailbox("grace@example.com")) == 1


def test_31_the_client_refreshes_and_sends_only_what_was_refused(emulator, held, run, tmp_path):
    """One part has a token that is still good; the client repeats the other two, with a new token."""
    box = emulator.gmail.mailbox("ada@example.com")
    ids = [box.deliver(f"Subject: {number}\r\n\r\n".encode()) for number in range(3)]
    late = emulator.google.user("ada@example.com").access_token("D", ("https://mail.google.com/",))
    emulator.clock.advance(minutes=61)
    good = emulator.google.user("ada@example.com").access_token("D", ("https://mail.google.com/",))
    write(tmp_path, "facts.json", {"ids": ids, "late": late, "good": good, "user": authorized(held)})
    assert json.loads(run(BATCH)) == {message: message for message in ids}
    batches = [entry.number for entry in emulator.journal if entry.operation == "gmail.batch"]
    assert [sum(entry.parent == number for entry in emulator.journal) for number in batches] == [3, 2]


def test_33_and_34_uploads_over_the_wire(emulator, held, run, tmp_path):
    write(tmp_path, "facts.json", {"user": authorized(held)})
    done = json.loads(run(UPLOADS))
    assert done["progress"] == 262_144
    assert done["resumed"]["labelIds"] == ["SENT"]
    assert done["answer"]["threadId"] == done["first"]["threadId"]
    statuses = [entry.status for entry in emulator.journal.calls("gmail.users.messages.send")]
    assert statuses == [200, 308, 200, 200, 200]
