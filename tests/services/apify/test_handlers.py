"""Functions and folders that stand for Actors."""

from __future__ import annotations

import threading

import pytest

from emulator.errors import UnknownName

WAITING = """
import asyncio
from apify import Actor
async def main():
    async with Actor:
        attempts = await Actor.get_value("ATTEMPTS") or 0
        print("attempt", attempts, flush=True)
        await Actor.set_value("ATTEMPTS", attempts + 1)
        if attempts:
            await Actor.push_data({"attempts": attempts + 1})
        else:
            await asyncio.sleep(60)
asyncio.run(main())
"""


@pytest.fixture
def folder(tmp_path):
    package = tmp_path / "src"
    package.mkdir()
    (package / "__main__.py").write_text(WAITING)
    return tmp_path


def under_way(apify, client, folder):
    """A run of a process that waits for a minute, seen to be under way."""
    apify.actor("ada/waiting", folder)
    run = apify.run(client.actor("ada/waiting").start().id)
    pause = threading.Event()
    for _ in range(400):
        if "ATTEMPTS" in run.store:
            return run
        pause.wait(0.05)
    raise AssertionError(run.log)


@pytest.fixture
def started(apify, client, folder):
    return under_way(apify, client, folder)


def test_an_abort_kills_the_process(apify, client, started):
    client.run(started.id).abort()
    assert apify.wait(10)
    assert (started.status, started.exit_code) == ("ABORTED", -9)


def test_a_timeout_kills_the_process_though_nobody_looks(apify, started, clock, emulator):
    with emulator.world.transaction():
        apify.platform.runs.change(started.stored, timeout=30)
    clock.advance(minutes=5)
    assert apify.wait(10)
    assert started.status == "TIMED-OUT"


def test_a_reboot_starts_the_process_again(apify, client, started):
    client.run(started.id).reboot()
    assert apify.wait(20)
    assert (started.status, started.dataset.items) == ("SUCCEEDED", [{"attempts": 2}])
    assert "attempt 1" in started.log


def test_a_rollback_ends_what_runs_and_forgets_who_stands_for_whom(emulator, apify, client, folder):
    with emulator.isolated():
        under_way(apify, client, folder)
        assert apify.platform.jobs.handler("ada/waiting") is not None
    assert apify.wait(0)
    assert apify.runs == []
    assert apify.platform.jobs.handler("ada/waiting") is None


def test_a_folder_with_nothing_to_start_is_refused_at_once(apify, user, tmp_path):
    with pytest.raises(ValueError, match=r"neither package.json nor a package with __main__\.py"):
        apify.actor("ada/empty", tmp_path)


def test_the_function_that_is_registered_last_counts(apify, client):
    apify.actor("ada/probe", lambda run: 1)
    apify.actor("ada/probe", lambda run: 2)
    run = client.actor("ada/probe").call(logger=None)
    assert apify.run(run.id).output == 2


def test_an_unknown_user_is_named_with_those_there_are(apify, user):
    with pytest.raises(UnknownName, match="Known: ada"):
        apify.user("nobody")


def test_a_world_without_users_gets_one_when_it_is_needed(apify):
    run = apify.create_run(input={"a": 1})
    assert (run.user.username, run.actor_full_name, run.input) == ("developer", "developer/my-actor", {"a": 1})
