"""The unmodified Actor in the emulated world, local: it signs in to Google and reads the mailbox as it is there."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from emulator import Emulator
from emulator.kernel.http import Call, Reply
from fixtures.actor import ActorRunner

Input = dict[str, Any]


@pytest.fixture
def credentials(emulator: Emulator) -> Input:
    held = emulator.google.user("ada@example.com").credentials("demo-desktop")
    return {
        "client_id": held.client_id,
        "client_secret": held.client_secret,
        "refresh_token": held.refresh_token,
    }


@pytest.fixture
def between_calls(emulator: Emulator, monkeypatch: pytest.MonkeyPatch) -> Callable[[str, Callable[[], object]], None]:
    """Let something happen in the world just before the first call whose path contains a word."""

    def arrange(word: str, happen: Callable[[], object]) -> None:
        waiting = [happen]
        respond = emulator.respond

        def meanwhile(call: Call) -> Reply:
            if word in call.path and waiting:
                waiting.pop()()
            return respond(call)

        monkeypatch.setattr(emulator, "respond", meanwhile)

    return arrange


@pytest.mark.parametrize("in_process", [True, False], ids=["in-process", "as-a-process"])
def test_the_newest_threads_become_items(
    actor: ActorRunner, actor_folder: Path, credentials: Input, emulator: Emulator, *, in_process: bool
) -> None:
    result = actor.run(
        actor_folder, {**credentials, "query": "in:inbox", "max_results": 5}, in_process=in_process
    ).succeeded()
    newest = emulator.gmail.mailbox("ada@example.com").messages("in:inbox")
    assert len(result.items) == 5
    assert result.items[0]["thread_id"] == newest[0].thread_id
    assert {item["thread_id"] for item in result.items} <= {mail.thread_id for mail in newest}
    assert all("INBOX" in item["labels"] for item in result.items)
    assert result.status_messages == ("Signing in to Google", "Looking for threads", "Read 5 of 5 threads.")


def test_the_calls_are_those_of_the_recipe(actor: ActorRunner, actor_folder: Path, credentials: Input) -> None:
    result = actor.run(actor_folder, {**credentials, "max_results": 2}, in_process=True).succeeded()
    assert [entry.operation for entry in result.calls] == [
        "google.oauth.token",
        "gmail.users.threads.list",
        "gmail.users.threads.get",
        "gmail.users.labels.list",
        "gmail.users.threads.get",
    ]
    assert {entry.call.host for entry in result.calls} == {"oauth2.googleapis.com", "gmail.googleapis.com"}


def test_no_credential_shows_in_what_the_run_leaves(actor: ActorRunner, actor_folder: Path, credentials: Input) -> None:
    result = actor.run(
        actor_folder, {**credentials, "max_results": 3}, in_process=True, environment={"APIFY_LOG_LEVEL": "DEBUG"}
    ).succeeded()
    shown = "\n".join([result.log, repr(result.items), repr(result.records), *result.status_messages])
    assert not [name for name, value in credentials.items() if value in shown]


def test_an_access_token_that_expires_during_the_run_is_refreshed(
    actor: ActorRunner,
    actor_folder: Path,
    credentials: Input,
    emulator: Emulator,
    between_calls: Callable[[str, Callable[[], object]], None],
) -> None:
    between_calls("/threads/", lambda: emulator.clock.advance(hours=1))
    result = actor.run(actor_folder, {**credentials, "max_results": 3}, in_process=True).succeeded()
    assert len(result.items) == 3
    assert [entry.cause for entry in result.calls if entry.status == 401] == ["token_expired"]
    assert len([entry for entry in result.calls if entry.operation == "google.oauth.token"]) == 2


def test_access_revoked_during_the_run_keeps_what_was_read(
    actor: ActorRunner,
    actor_folder: Path,
    credentials: Input,
    emulator: Emulator,
    between_calls: Callable[[str, Callable[[], object]], None],
) -> None:
    def after_the_first_thread() -> None:
        between_calls("/threads/", emulator.google.user("ada@example.com").revoke)

    between_calls("/labels", after_the_first_thread)
    result = actor.run(actor_folder, {**credentials, "max_results": 3}, in_process=True)
    assert (result.exit_code, len(result.items)) == (1, 1)
    assert result.status_message.startswith("Google rejected the refresh token (invalid_grant)")
    assert result.status_message.endswith("Read 1 of 3 threads before that.")


def test_a_dry_run_calls_nobody(actor: ActorRunner, actor_folder: Path) -> None:
    result = actor.run(actor_folder, {"dry_run": True}, in_process=True).succeeded()
    assert result.items
    result.calls.assert_none()


def test_mail_that_arrives_between_two_runs_is_seen_by_the_second_only(
    actor: ActorRunner, actor_folder: Path, credentials: Input, emulator: Emulator
) -> None:
    asked = {**credentials, "query": "subject:heliotrope"}
    before = actor.run(actor_folder, asked, in_process=True)
    emulator.gmail.mailbox("ada@example.com").deliver(from_="grace@example.com", subject="Heliotrope")
    after = actor.run(actor_folder, asked, in_process=True)
    assert before.status_message == "No thread matches the query."
    assert [item["subject"] for item in after.items] == ["Heliotrope"]
