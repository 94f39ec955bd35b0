"""How runs live and end."""

from __future__ import annotations

import re

import pytest

from emulator.services.apify.errors import JobFinished
from emulator.services.apify.life import GRACE_SECONDS

STAMPED = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z .*\n")


def test_a_run_satisfies_the_client_s_model_and_names_its_storages(client, run):
    found = client.run(run.id).get()
    assert found.status == "RUNNING"
    assert found.options.disk_mbytes == 2 * found.options.memory_mbytes
    assert str(found.container_url).startswith("https://")
    assert str(found.container_url).rstrip("/").endswith(".runs.apify.net")
    assert client.run(run.id).dataset().get().id == found.default_dataset_id
    assert client.run(run.id).key_value_store().get_record("INPUT")["value"] == {"greeting": "hello"}
    assert client.run(run.id).request_queue().get().id == found.default_request_queue_id


@pytest.mark.parametrize(("exit_code", "status"), [(0, "SUCCEEDED"), (1, "FAILED"), (91, "FAILED"), (-9, "FAILED")])
def test_the_status_follows_from_the_exit_code(run, exit_code, status):
    run.finish(exit_code)
    assert (run.status, run.exit_code) == (status, exit_code)
    assert run.to_json()["finishedAt"] is not None
    with pytest.raises(JobFinished):
        run.finish(0)


def test_a_status_message_that_is_not_terminal_gives_way_to_the_platform_s(api, run):
    api.data("PUT", f"/actor-runs/{run.id}", {"statusMessage": "half", "level": "INFO"})
    assert (run.status_message, run.to_json()["isStatusMessageTerminal"]) == ("half", False)
    run.finish(3)
    assert [each.message for each in run.status_messages] == ["half", "Actor exit with exit code 3"]


def test_a_timeout_strikes_on_the_virtual_clock(apify, clock, user):
    run = apify.create_run("ada/slow", timeout=60)
    told = []
    run.subscribe(lambda signal: told.append(signal.name))
    clock.advance(seconds=59)
    assert run.status == "RUNNING"
    clock.advance(seconds=2)
    assert run.status == "TIMING-OUT"
    clock.advance(seconds=10)
    assert run.status == "TIMED-OUT"
    assert told == ["aborting", "kill", "ended"]
    assert run.stored.finished_at == pytest.approx(run.started_at.timestamp() + 65, abs=0.01)
    run.finish(137)
    assert (run.status, run.exit_code) == ("TIMED-OUT", 137)


def test_a_long_jump_of_the_clock_passes_through_every_status(apify, clock, user):
    run = apify.create_run("ada/slow", timeout=60)
    clock.advance(days=1)
    assert run.status == "TIMED-OUT"
    assert run.to_json()["stats"]["runTimeSecs"] == pytest.approx(65, abs=0.01)


def test_a_graceful_abort_gives_thirty_seconds(api, run, clock):
    told = []
    run.subscribe(lambda signal: told.append((signal.name, signal.data)))
    assert api.data("POST", f"/actor-runs/{run.id}/abort?gracefully=true")["status"] == "ABORTING"
    assert told == [("aborting", {}), ("persistState", {"isMigrating": False})]
    clock.advance(seconds=GRACE_SECONDS + 1)
    assert run.status == "ABORTED"
    assert [name for name, _ in told][2:] == ["kill", "ended"]


def test_a_process_that_leaves_in_time_ends_aborted_not_succeeded(api, run):
    told = []
    api.data("POST", f"/actor-runs/{run.id}/abort?gracefully=1")
    run.subscribe(lambda signal: told.append(signal.name))
    run.finish(0)
    assert (run.status, run.exit_code, told) == ("ABORTED", 0, ["ended"])


def test_a_second_abort_kills_at_once_and_a_third_changes_nothing(client, run):
    client.run(run.id).abort(gracefully=True)
    assert client.run(run.id).abort().status == "ABORTED"
    assert client.run(run.id).abort().status == "ABORTED"


def test_a_finished_run_is_neither_rebooted_nor_changed_into_another(api, run, apify):
    run.finish(0)
    refusal = (403, "job-finished", "Actor job is already finished.")
    assert api.error("POST", f"/actor-runs/{run.id}/reboot") == refusal
    assert api.error("POST", f"/actor-runs/{run.id}/metamorph?targetActorId=ada~probe", {}) == refusal


def test_a_reboot_keeps_the_run_and_its_timeout(api, apify, clock, user):
    run = apify.create_run("ada/slow", timeout=100)
    told = []
    run.subscribe(told.append)
    before = run.timeout_at
    clock.advance(seconds=10)
    found = api.data("POST", f"/actor-runs/{run.id}/reboot")
    assert (found["status"], found["stats"]["rebootCount"]) == ("RUNNING", 1)
    assert run.timeout_at == before
    assert [signal.name for signal in told] == ["restart"]


def test_a_migration_is_announced_then_counted(run):
    told = []
    run.subscribe(lambda signal: told.append((signal.name, signal.data)))
    run.migrate(remaining_seconds=20)
    run.moved()
    assert told[0] == ("migrating", {"timeRemainingSecs": 20})
    assert run.to_json()["stats"]["migrationCount"] == 1
    assert run.status == "RUNNING"


def test_a_resurrected_run_has_its_storages_and_a_new_timeout(client, apify, clock, user):
    run = apify.create_run("ada/slow", timeout=60)
    run.dataset.push({"kept": True})
    clock.advance(minutes=5)
    assert run.status == "TIMED-OUT"
    found = client.run(run.id).resurrect(memory_mbytes=2048)
    assert (found.status, found.stats.resurrect_count, found.options.memory_mbytes) == ("RUNNING", 1, 2048)
    assert run.dataset.items == [{"kept": True}]
    clock.advance(seconds=59)
    assert run.status == "RUNNING"


def test_a_living_run_is_neither_resurrected_nor_deleted(api, run):
    assert api.error("POST", f"/actor-runs/{run.id}/resurrect")[0] == 400
    assert api.error("DELETE", f"/actor-runs/{run.id}") == (
        400,
        "cannot-remove-running-run",
        "It is not possible to delete a run that has not finished yet.",
    )
    run.finish(0)
    assert api("DELETE", f"/actor-runs/{run.id}").status == 204
    assert api.error("GET", f"/actor-runs/{run.id}") == (404, "record-not-found", "Actor run was not found")


def test_a_metamorph_brings_another_actor_its_own_input(client, run, apify):
    target = apify.actor("ada/target")
    told = []
    run.subscribe(lambda signal: told.append((signal.name, signal.data)))
    found = client.run(run.id).metamorph(target_actor_id="ada/target", run_input={"n": 2})
    assert found.metamorphs[0].actor_id == target.id
    assert found.metamorphs[0].input_key == "INPUT-METAMORPH-1"
    assert (run.actor_full_name, run.input) == ("ada/target", {"n": 2})
    assert run.store["INPUT"] == {"greeting": "hello"}
    assert told == [("restart", {"reason": "metamorph"})]


def test_a_failed_run_starts_again_where_it_asked_for_that(apify, user):
    run = apify.create_run("ada/sturdy", restart_on_error=True)
    run.finish(1)
    assert (run.status, run.to_json()["stats"]["restartCount"]) == ("RUNNING", 1)
    run.finish(0)
    assert run.status == "SUCCEEDED"


def test_the_log_has_a_time_on_every_line_and_loses_its_colours(client, api, run):
    run.write_log("\x1b[32mgreen\x1b[0m\nsecond\n")
    assert all(STAMPED.fullmatch(line) for line in run.log.splitlines(keepends=True))
    assert client.run(run.id).log().get().splitlines()[-2].endswith("Z green")
    assert "\x1b[32m" in client.log(run.id).get(raw=True)
    with client.run(run.id).log().stream() as stream:
        assert b"second" in b"".join(stream.iter_bytes())


def test_runs_are_listed_newest_last_and_by_status(api, apify, user):
    runs = [apify.create_run("ada/probe") for _ in range(3)]
    runs[1].finish(1)
    assert [each["id"] for each in api.data("GET", "/actor-runs")["items"]] == [run.id for run in runs]
    found = api.data("GET", "/actors/ada~probe/runs?status=FAILED,SUCCEEDED&desc=1")
    assert [each["id"] for each in found["items"]] == [runs[1].id]
    assert api.data("GET", "/acts/ada~probe/runs/last")["id"] == runs[2].id
    assert api.data("GET", "/acts/ada~probe/runs/last?status=FAILED")["id"] == runs[1].id


def test_another_user_s_run_is_not_there(api, apify, run):
    stranger = apify.add_user("mallory").token
    assert api.error("GET", f"/actor-runs/{run.id}", token=stranger)[:2] == (404, "record-not-found")
    assert api.error("PUT", f"/actor-runs/{run.id}", {"statusMessage": "x"}, token=stranger)[0] == 404
    api.data("PUT", f"/actor-runs/{run.id}", {"generalAccess": "ANYONE_WITH_ID_CAN_READ"})
    assert api("GET", f"/actor-runs/{run.id}", token=stranger).status == 200
    assert api.error("PUT", f"/actor-runs/{run.id}", {"statusMessage": "x"}, token=stranger)[0] == 404
