"""Whole runs of the Actor as a process: exit code, status messages, dataset, and no secret anywhere."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

import pytest

CREDENTIALS = {
    "client_id": "1234567890-abc.apps.googleusercontent.com",
    "client_secret": "GOCSPX-secretOfTheClient",
    "refresh_token": "1//0gRefreshTokenOfTheUser",
}

# A run whose mailbox stands on the mock connection of Google's client. The answers arrive as JSON in the argument.
MOCKED_GOOGLE = """
import asyncio, json, sys, time
from googleapiclient.discovery import build
from googleapiclient.http import HttpMockSequence
from src import main

answers = [({"status": str(status)}, json.dumps(body)) for status, body in json.loads(sys.argv[1])]
inbox = main.Inbox(build("gmail", "v1", http=HttpMockSequence(answers)))
main.Inbox.sign_in = lambda *credentials: inbox
time.sleep = lambda seconds: None
asyncio.run(main.main())
"""


@dataclass(frozen=True)
class Run:
    """How a run ended and what it left behind. `output` holds both streams."""

    exit_code: int
    output: str
    storage: Path

    @property
    def items(self) -> list[dict[str, Any]]:
        files = sorted((self.storage / "datasets" / "default").glob("0*.json"))
        return [json.loads(file.read_text("utf-8")) for file in files]

    @property
    def status_messages(self) -> list[str]:
        lines = [line.partition("tatus message]: ") for line in self.output.splitlines()]
        return [text for _, found, text in lines if found]


class RunActor(Protocol):
    """Runs `python -m src`, or another program, in the Actor's folder; None stands for no INPUT file."""

    def __call__(self, actor_input: object, *program: str, **environment: str) -> Run: ...


@pytest.fixture
def run_actor(tmp_path: Path, actor_folder: Path) -> RunActor:
    storage = tmp_path / "storage"

    def run(actor_input: object, *program: str, **environment: str) -> Run:
        if actor_input is not None:
            records = storage / "key_value_stores" / "default"
            records.mkdir(parents=True)
            (records / "INPUT.json").write_text(json.dumps(actor_input), "utf-8")
        done = subprocess.run(
            [sys.executable, *(program or ("-m", "src"))],
            cwd=actor_folder,
            env=_local_environment(storage) | environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=60,
            check=False,
        )
        return Run(done.returncode, done.stdout, storage)

    return run


def _local_environment(storage: Path) -> dict[str, str]:
    """Keep what a process needs to start, drop what would point the Actor at a platform, a proxy or an emulator."""
    foreign = ("APIFY_", "ACTOR_", "CRAWLEE_", "PYTHONPATH")
    inherited = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(foreign) and not name.lower().endswith("_proxy")
    }
    return inherited | {"APIFY_LOCAL_STORAGE_DIR": str(storage), "PYTHONDONTWRITEBYTECODE": "1"}


@pytest.fixture
def closed_port() -> Iterator[int]:
    """A port that refuses connections: bound, so that nobody else gets it, and not listening."""
    with socket.socket() as holder:
        holder.bind(("127.0.0.1", 0))
        yield holder.getsockname()[1]


def leaks(run: Run) -> list[str]:
    """Places outside the input where a credential turned up."""
    files = [path for path in run.storage.rglob("*") if path.is_file() and path.name != "INPUT.json"]
    texts = {"output": run.output} | {path.name: path.read_text("utf-8") for path in files}
    secrets = (CREDENTIALS["client_secret"], CREDENTIALS["refresh_token"])
    return [place for place, text in texts.items() if any(secret in text for secret in secrets)]


def test_a_dry_run_pushes_samples_of_the_real_shape(run_actor: RunActor, actor_folder: Path) -> None:
    run = run_actor({"dry_run": True})
    schema = json.loads((actor_folder / ".actor" / "dataset_schema.json").read_text("utf-8"))
    assert run.exit_code == 0, run.output
    assert [list(item) for item in run.items] == [schema["fields"]["required"]] * 2
    assert run.status_messages == [
        "Dry run: pushed 2 made-up threads. Turn dry_run off to read your own mailbox.",
    ]


def test_a_dry_run_touches_no_network_and_keeps_to_max_results(run_actor: RunActor, closed_port: int) -> None:
    proxy = f"http://127.0.0.1:{closed_port}"
    run = run_actor(CREDENTIALS | {"dry_run": True, "max_results": 1}, HTTPS_PROXY=proxy, HTTP_PROXY=proxy)
    assert (run.exit_code, len(run.items), leaks(run)) == (0, 1, [])


def test_a_run_without_input_fails_with_what_is_missing(run_actor: RunActor) -> None:
    run = run_actor(None)
    assert run.exit_code == 1
    assert run.status_messages[-1].startswith("The input lacks client_id, client_secret, refresh_token.")
    assert "Traceback" not in run.output


@pytest.mark.parametrize("level", ["INFO", "DEBUG"])
def test_an_unreachable_google_fails_the_run_and_leaks_nothing(
    run_actor: RunActor, closed_port: int, level: str
) -> None:
    run = run_actor(CREDENTIALS, HTTPS_PROXY=f"http://127.0.0.1:{closed_port}", APIFY_LOG_LEVEL=level)
    assert run.exit_code == 1
    assert run.status_messages[-1].startswith("Google could not be reached (ProxyError).")
    assert (run.items, leaks(run)) == ([], [])
    assert "Traceback" not in run.output


def thread(thread_id: str) -> tuple[int, dict[str, Any]]:
    message = {"internalDate": "1768206600000", "payload": {"headers": [{"name": "Subject", "value": thread_id}]}}
    return 200, {"id": thread_id, "messages": [message]}


def google(*thread_answers: tuple[int, object]) -> tuple[str, str, str]:
    """The arguments of a program in which Gmail lists as many threads as there are answers, then gives them in turn."""
    listing = {"threads": [{"id": f"t{number}"} for number, _ in enumerate(thread_answers)]}
    labels: tuple[int, object] = (200, {"labels": []})  # asked for once, when the first thread has been read
    answers = [(200, listing), *thread_answers[:1], labels, *thread_answers[1:]]
    return "-c", MOCKED_GOOGLE, json.dumps(answers)


def test_every_thread_becomes_one_item_and_progress_is_reported(run_actor: RunActor) -> None:
    run = run_actor(CREDENTIALS, *google(*[thread(f"t{number}") for number in range(21)]))
    assert run.exit_code == 0, run.output
    assert [item["subject"] for item in run.items] == [f"t{number}" for number in range(21)]
    assert run.status_messages == [
        "Signing in to Google",
        "Looking for threads",
        "Read 10 of 21 threads",
        "Read 20 of 21 threads",
        "Read 21 of 21 threads.",
    ]
    assert leaks(run) == []


def test_a_mailbox_without_a_match_is_no_failure(run_actor: RunActor) -> None:
    run = run_actor(CREDENTIALS, *google())
    assert (run.exit_code, run.items) == (0, [])
    assert run.status_messages[-1] == "No thread matches the query."


def test_a_thread_deleted_meanwhile_is_counted_and_skipped(run_actor: RunActor) -> None:
    run = run_actor(
        CREDENTIALS, *google(thread("t0"), (404, {"error": {"code": 404, "message": "gone"}}), thread("t2"))
    )
    assert [item["thread_id"] for item in run.items] == ["t0", "t2"]
    assert run.status_messages[-1] == "Read 2 of 3 threads; 1 disappeared before they could be read."


def test_a_failure_half_way_keeps_what_was_read_and_counts_it(run_actor: RunActor) -> None:
    reason = {"message": "Daily Limit Exceeded", "domain": "usageLimits", "reason": "dailyLimitExceeded"}
    refusal = {"error": {"code": 403, "message": "Daily Limit Exceeded", "errors": [reason]}}
    run = run_actor(CREDENTIALS, *google(thread("t0"), (403, refusal), thread("t2")))
    assert run.exit_code == 1
    assert [item["thread_id"] for item in run.items] == ["t0"]
    assert "has used up its Gmail API quota for the day" in run.status_messages[-1]
    assert run.status_messages[-1].endswith("Read 1 of 3 threads before that.")
    assert "Traceback" not in run.output


def test_a_thread_of_an_unknown_shape_fails_the_run_without_a_traceback(run_actor: RunActor) -> None:
    run = run_actor(CREDENTIALS, *google(thread("t0"), (200, {"id": "t1"})))
    assert run.exit_code == 1
    assert "Google sent an answer this Actor cannot read (KeyError)." in run.status_messages[-1]
    assert "Traceback" not in run.output
