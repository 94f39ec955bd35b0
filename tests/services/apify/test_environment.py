"""The variables of a run: exact texts, fields changed one by one, removal and emptiness told apart."""

from __future__ import annotations

import pytest
from apify import Configuration

from emulator.services.apify.environment import ActorEnvironment
from emulator.services.apify.presets import PRESETS, pay_per_event


@pytest.fixture
def run(emulator):
    user = emulator.apify.add_user("ada")
    return emulator.apify.create_run("ada/probe", {"a": 1}, user=user.username, memory=1024, timeout=60, origin="WEB")


def test_a_run_on_the_platform_has_the_variables_of_the_sheet(run, emulator):
    variables = run.environment.variables()
    stored = run.stored
    assert variables["APIFY_IS_AT_HOME"] == "1"
    assert variables["APIFY_DEDICATED_CPUS"] == "0.25"
    assert variables["APIFY_META_ORIGIN"] == "WEB"
    assert variables["APIFY_USER_IS_PAYING"] == ""
    assert variables["ACTOR_FULL_NAME"] == "ada/probe"
    assert variables["ACTOR_MEMORY_MBYTES"] == "1024"
    assert variables["ACTOR_TASK_ID"] == ""
    assert variables["ACTOR_STORAGES_JSON"] == (
        f'{{"keyValueStores":{{"default":"{stored.store}"}},"datasets":{{"default":"{stored.dataset}"}},'
        f'"requestQueues":{{"default":"{stored.queue}"}}}}'
    )
    assert variables["ACTOR_STARTED_AT"] == run.to_json()["startedAt"]
    assert variables["ACTOR_STARTED_AT"].endswith("Z")
    assert variables["ACTOR_WEB_SERVER_URL"] == run.to_json()["containerUrl"]


def test_the_sdk_accepts_all_of_it(run, monkeypatch):
    for name, value in run.environment.variables().items():
        monkeypatch.setenv(name, value)
    configuration = Configuration()
    assert configuration.actor_run_id == run.id
    assert configuration.is_at_home is True
    assert configuration.timeout_at is not None


def test_removed_and_emptied_are_two_things():
    environment = ActorEnvironment(token="t", user_id="u", memory_mbytes=256)
    changed = environment.changed(token=None, user_id="")
    assert changed.variables() == {"APIFY_USER_ID": "", "ACTOR_MEMORY_MBYTES": "256"}
    with pytest.raises(TypeError, match="memory_megabytes"):
        environment.changed(memory_megabytes=1)


def test_local_is_what_apify_run_sets_and_who_is_logged_in(emulator):
    names = {
        *("APIFY_LOCAL_STORAGE_DIR", "CRAWLEE_STORAGE_DIR", "CRAWLEE_PURGE_ON_START"),
        *("ACTOR_INPUT_KEY", "APIFY_INPUT_KEY", "CRAWLEE_INPUT_KEY"),
    }
    assert ActorEnvironment.local().variables().keys() == names
    user = emulator.apify.add_user("ada")
    variables = ActorEnvironment.local(user=user).variables()
    assert variables.keys() - names == {"APIFY_USER_ID", "APIFY_TOKEN", "APIFY_PROXY_PASSWORD"}


def test_variables_of_another_run_do_not_shine_through():
    base = {"PATH": "/bin", "ACTOR_RUN_ID": "old", "APIFY_TOKEN": "old", "ACTOR_EMULATOR_URL": "kept"}
    assert ActorEnvironment(token="new").over(base) == {
        "PATH": "/bin",
        "ACTOR_EMULATOR_URL": "kept",
        "APIFY_TOKEN": "new",
    }


def test_custom_variables_win():
    environment = ActorEnvironment(token="t", custom={"APIFY_TOKEN": "mine", "OTHER": "1"})
    assert environment.variables() == {"APIFY_TOKEN": "mine", "OTHER": "1"}


def test_a_preset_is_changed_field_by_field():
    preset = PRESETS["platform"].changed(user_id=None).changed(memory_mbytes="").started(memory=256)
    assert preset.changes == {"user_id": None, "memory_mbytes": ""}
    assert (preset.options.memory, preset.options.origin) == (256, "WEB")
    with pytest.raises(TypeError):
        PRESETS["local"].changed(colour="red")
    with pytest.raises(TypeError):
        PRESETS["platform"].started(colour="red")


def test_pay_per_event_prices_what_it_is_told():
    pricing = pay_per_event({"page": 0.1})
    assert pricing["pricingModel"] == "PAY_PER_EVENT"
    assert pricing["pricingPerEvent"]["actorChargeEvents"]["page"]["eventPriceUsd"] == 0.1
