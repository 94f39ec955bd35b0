"""Mail through googleapis in Node.js, led here by the environment alone; numbers are the sheet's acceptance probes."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from pathlib import Path

import pytest

from emulator.kernel.faults import Fault
from emulator.server import Emulator
from emulator.services.google.quota import Quota

NODE = Path(__file__).parents[3] / "node"
SEED = """
google:
  projects: [{id: p, publishing_status: production, enabled: [gmail.googleapis.com]}]
  clients: [{name: D, project: p, type: desktop}]
  users: [{email: ada@example.com}, {email: grace@example.com}]
  grants: [{user: ada@example.com, client: D, scopes: ["https://mail.google.com/"]}]
"""

pytestmark = [
    pytest.mark.node,
    pytest.mark.skipif(shutil.which("node") is None, reason="Node.js is not installed"),
    pytest.mark.skipif(not (NODE / "node_modules" / "googleapis").is_dir(), reason="npm install has not been run"),
]


@pytest.fixture(scope="module")
def running():
    with Emulator.start() as started:
        started.seed(text=SEED)
        yield started


@pytest.fixture
def emulator(running):
    with running.isolated():
        running.journal.clear()
        yield running


@pytest.fixture
def box(emulator):
    return emulator.gmail.mailbox("ada@example.com")


@pytest.fixture
def play(emulator):
    """Play a scene of ``gmail.cjs``; answers what it did, or the error it met."""

    def playing(scene, **facts):
        held = emulator.google.user("ada@example.com").credentials("D")
        known = {name: getattr(held, name) for name in ("client_id", "client_secret", "refresh_token")}
        finished = subprocess.run(
            ["node", str(NODE / "gmail.cjs"), scene],
            input=json.dumps(known | {"to": "grace@example.com"} | facts),
            env=emulator.environment(os.environ),
            capture_output=True,
            text=True,
            timeout=60,
            check=True,
        )
        return json.loads(finished.stdout)

    return playing


def test_42_a_deletion_answers_204_and_nothing(play, box):
    message = box.deliver(b"Subject: x\r\n\r\n")
    assert play("remove", id=message)["done"] == {"status": 204, "data": ""}
    assert len(box) == 0


def test_a_message_is_sent_and_arrives(play, emulator):
    assert play("send")["done"]["labelIds"] == ["SENT"]
    assert emulator.gmail.mailbox("grace@example.com").messages()[0].snippet == "Hello"


def test_an_upload_joins_the_thread_its_metadata_names(play, emulator):
    done = play("upload")["done"]
    assert done["answer"]["threadId"] == done["first"]["threadId"]
    assert len(emulator.gmail.mailbox("grace@example.com")) == 2


def test_a_draft_lives_and_is_sent(play):
    done = play("draft")["done"]
    assert done["made"]["id"] == done["changed"]["id"]
    assert done["sent"]["threadId"] == done["changed"]["message"]["threadId"]
    assert done["listed"] == {"resultSizeEstimate": 0}


def test_history_tells_what_the_client_changed(play, box):
    message = box.deliver(b"Subject: x\r\n\r\n")
    records = play("synchronise", id=message)["done"]["history"]
    told = [
        (key, entry["labelIds"])
        for record in records
        for key in record
        if key.startswith("labels")
        for entry in record[key]
    ]
    assert told == [
        ("labelsAdded", ["Label_1"]),
        ("labelsAdded", ["STARRED"]),
        ("labelsRemoved", ["UNREAD"]),
        ("labelsAdded", ["TRASH"]),
        ("labelsRemoved", ["INBOX"]),
    ]


def test_a_conflict_is_told_in_the_apis_words(play):
    failed = play("conflict")["failed"]
    assert (failed["status"], failed["message"]) == (409, "Label name exists or conflicts")
    assert failed["data"]["error"]["errors"][0]["reason"] == "aborted"


def test_43_a_spent_quota_is_not_asked_again_and_a_burst_is_three_times(play, emulator):
    emulator.google.project("p").quota = Quota(units_per_user_per_minute=0)
    spent = play("list")["failed"]
    assert (spent["status"], spent["data"]["error"]["errors"][0]["reason"]) == (403, "rateLimitExceeded")
    emulator.journal.calls("gmail.users.messages.list").assert_count(1)
    emulator.google.project("p").quota = None
    emulator.faults.add(Fault.status(429, operation="gmail.users.messages.list"))
    assert play("list")["failed"]["status"] == 429
    emulator.journal.calls("gmail.users.messages.list", status=429).assert_count(4)
