"""The API as such: tokens, errors, methods, limits, users, Actors, tasks, builds."""

from __future__ import annotations

import asyncio
import json

import pytest
from apify_client import ApifyClient, ApifyClientAsync
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from emulator import Fault
from emulator.services.apify import surface


def test_every_operation_has_a_handler(emulator):
    assert {each.service: each.unbound for each in emulator.coverage()}["apify"] == ()


def test_a_wrong_token_and_no_token_are_told_apart(api):
    assert api.error("GET", "/users/me", token="") == (
        401,
        "token-not-provided",
        "Authentication token was not provided",
    )
    assert api.error("GET", "/users/me", token="apify_api_wrong") == (
        401,
        "user-or-token-not-found",
        "User was not found or authentication token is not valid",
    )


def test_a_token_may_stand_in_the_query(api, user):
    assert api.data("GET", f"/users/me?token={user.token}", token="")["username"] == "ada"


def test_the_account_satisfies_the_client(client, user):
    me = client.user().get()
    assert (me.username, me.email, me.proxy.password) == ("ada", "ada@example.com", user.proxy_password)
    assert client.user().limits().limits.max_actor_memory_gbytes == 32
    assert client.user("ada").get().username == "ada"


def test_the_async_client_speaks_to_the_same_world(emulator, user, run):
    async def read() -> tuple[str, str]:
        client = ApifyClientAsync(user.token, api_url=emulator.url)
        return (await client.user("me").get()).username, (await client.run(run.id).get()).status

    assert asyncio.run(read()) == ("ada", "RUNNING")


@pytest.mark.emulator(allow_unrouted=True)
def test_other_methods_and_other_paths_get_the_vendor_s_answers(api):
    assert api.error("DELETE", "/users/me")[:2] == (405, "method-not-allowed")
    assert api.error("PATCH", "/actor-runs/x/reboot") == (
        405,
        "method-not-allowed",
        "This API endpoint can only be accessed using the following HTTP methods: OPTIONS, POST",
    )
    assert api.error("GET", "/nothing")[:2] == (404, "page-not-found")


def test_acts_and_actors_are_the_same(api, apify, user):
    apify.actor("ada/probe")
    assert api.data("GET", "/acts/ada~probe") == api.data("GET", "/actors/ada~probe")
    assert api.error("GET", "/acts/ada~none") == (404, "record-or-token-not-found", "Actor was not found")


def test_a_private_actor_is_nobody_else_s(api, apify, user):
    apify.actor("grace/private")
    apify.actor("grace/public", public=True)
    assert api.error("GET", "/acts/grace~private")[0] == 404
    assert api.data("GET", "/acts/grace~public")["username"] == "grace"
    assert api.data("POST", "/acts/grace~public/runs", {})["userId"] == user.id


def test_an_actor_is_started_with_options_input_and_webhooks(client, apify, user):
    apify.actor("ada/probe", memory=512, timeout=300)
    run = client.actor("ada/probe").start(run_input={"a": 1}, memory_mbytes=1024, max_items=5)
    assert (run.status, run.meta.origin) == ("READY", "API")
    assert (run.options.memory_mbytes, run.options.timeout_secs, run.options.max_items) == (1024, 300, 5)
    assert apify.run(run.id).input == {"a": 1}
    assert client.run(run.id).get().status == "RUNNING"
    assert "nothing stands for ada/probe" in apify.run(run.id).log


@pytest.mark.parametrize(
    ("path", "kind"),
    [
        ("/runs?memory=100", "invalid-value"),
        ("/runs?timeout=-1", "invalid-value"),
        ("/runs?webhooks=%%%", "invalid-request"),
        ("/runs?maxTotalChargeUsd=nan", "invalid-value"),
    ],
)
def test_wrong_options_start_nothing(api, apify, user, path, kind):
    apify.actor("ada/probe")
    assert api.error("POST", f"/acts/ada~probe{path}", {})[:2] == (400, kind)
    assert apify.runs == []


def test_an_unknown_build_is_not_found(api, apify, user):
    apify.actor("ada/probe")
    assert api.error("POST", "/acts/ada~probe/runs?build=9.9.9", {})[:2] == (404, "record-not-found")


SCHEMA = {
    "title": "Input",
    "type": "object",
    "schemaVersion": 1,
    "properties": {
        "task": {"title": "Task", "type": "string", "description": "", "editor": "textfield"},
        "n": {"title": "N", "type": "integer", "description": "", "default": 5, "prefill": 7, "maximum": 9},
        "mode": {"title": "M", "type": "string", "description": "", "editor": "select", "enum": ["a", "b"]},
    },
    "required": ["task"],
}


@pytest.mark.parametrize(
    ("value", "message"),
    [
        ({}, "Input is not valid: Field input.task is required"),
        ({"task": 1}, "Input is not valid: Field input.task must be string"),
        ({"task": "x", "n": 10}, "Input is not valid: Field input.n must be <= 9"),
        (
            {"task": "x", "mode": "c"},
            'Input is not valid: Field input.mode must be equal to one of the allowed values: "a", "b"',
        ),
    ],
)
def test_an_input_the_schema_refuses_starts_nothing(api, apify, user, value, message):
    apify.actor("ada/strict", input_schema=SCHEMA)
    assert api.error("POST", "/acts/ada~strict/runs", value) == (400, "invalid-input", message)
    assert api.error("POST", "/acts/ada~strict/validate-input", value)[2] == message
    assert apify.runs == []


def test_defaults_are_merged_and_prefills_are_not(api, apify, user):
    apify.actor("ada/strict", input_schema=SCHEMA)
    started = api.data("POST", "/acts/ada~strict/runs", {"task": "x"})
    assert apify.run(started["id"]).input == {"task": "x", "n": 5}


def test_a_task_brings_its_input_and_options(client, apify, user):
    actor = apify.actor("ada/probe", lambda run: {"got": run.input})
    task = client.tasks().create(actor_id=actor.id, name="nightly", task_input={"a": 1, "b": 1}, memory_mbytes=256)
    run = client.task(task.id).call(task_input={"b": 2})
    assert (run.status, run.options.memory_mbytes, run.actor_task_id) == ("SUCCEEDED", 256, task.id)
    assert apify.run(run.id).output == {"got": {"a": 1, "b": 2}}
    assert client.task("ada/nightly").get().name == "nightly"
    assert client.task(task.id).last_run().get().id == run.id
    assert client.task(task.id).get_input() == {"a": 1, "b": 1}
    assert client.task(task.id).update_input(task_input={"c": 3})["c"] == 3


def test_a_function_that_raises_fails_its_run(client, apify, user):
    def broken(_):
        raise ValueError("no")

    apify.actor("ada/broken", broken)
    run = client.actor("ada/broken").call()
    assert (run.status, run.exit_code) == ("FAILED", 91)
    assert "ValueError: no" in apify.run(run.id).log


def test_the_folder_of_an_actor_runs_as_a_process(client, apify, user, tmp_path):
    package = tmp_path / "src"
    package.mkdir()
    (package / "__main__.py").write_text(
        "import asyncio\nfrom apify import Actor\nasync def main():\n"
        "    async with Actor:\n"
        "        value = await Actor.get_input()\n"
        "        await Actor.push_data({'seen': value['n']})\n"
        "        await Actor.exit(status_message='all done')\n"
        "asyncio.run(main())\n"
    )
    apify.actor("ada/folder", tmp_path)
    run = client.actor("ada/folder").call(run_input={"n": 7}, logger=None)
    assert (run.status, run.status_message) == ("SUCCEEDED", "all done")
    assert apify.run(run.id).dataset.items == [{"seen": 7}]
    assert apify.wait()


def test_builds_succeed_at_once(client, apify, user):
    actor = apify.actor("ada/probe")
    build = client.actor(actor.id).build(version_number="0.1", tag="beta")
    assert (build.status, build.build_number) == ("SUCCEEDED", "0.1.1")
    assert client.build(build.id).get().act_id == actor.id
    assert client.actor(actor.id).start(build="beta").build_number == "0.1.1"
    assert client.builds().list().total == 2
    assert client.actor(actor.id).default_build().get().build_number == "0.0.1"


def test_the_account_s_limits_refuse_a_start(api, apify, user):
    apify.actor("ada/probe")
    apify.create_run("ada/probe", memory=32768)
    refused = api.error("POST", "/acts/ada~probe/runs", {})
    assert refused[:2] == (402, "actor-memory-limit-exceeded")
    assert refused[2].startswith("By launching this job you will exceed the memory limit of 32768MB for all your Actor")


def test_the_monthly_cap_is_403_and_an_empty_purse_402(api, apify, user):
    apify.actor("ada/probe")
    pricing = {"pricingModel": "PAY_PER_EVENT", "pricingPerEvent": {"actorChargeEvents": {}}}
    apify.actor("ada/paid", pricing=pricing)
    apify.set_usage("ada", used_usd=5)
    assert api.error("POST", "/acts/ada~probe/runs", {}) == (
        403,
        "platform-feature-disabled",
        "Monthly usage hard limit exceeded",
    )
    assert api.error("POST", "/acts/ada~paid/runs", {})[:2] == (402, "not-enough-usage-to-run-paid-actor")


def test_rate_limits_count_by_the_virtual_second_once_they_are_on(api, apify, clock):
    clock.freeze()
    apify.rate_limits = True
    assert [api("GET", "/users/me").status for _ in range(60)] == [200] * 60
    reply = api("GET", "/users/me")
    assert (reply.status, reply.headers.get("X-RateLimit-Limit")) == (429, "60")
    assert json.loads(reply.body)["error"] == {
        "type": "rate-limit-exceeded",
        "message": "You have exceeded the rate limit of 60 requests per second",
    }
    clock.advance(seconds=1)
    assert api("GET", "/users/me").status == 200


def test_clients_repeat_what_failed_on_the_server(emulator, user, journal, faults):
    faults.add(Fault.status(500, operation="apify.users.me.get", times=1))
    client = ApifyClient(user.token, api_url=emulator.url)
    assert client.user().get().username == "ada"
    assert [entry.status for entry in journal.calls("apify.users.me.get")] == [500, 200]


def test_a_crash_would_speak_the_vendor_s_dialect(api, faults):
    faults.add(Fault.status(503, operation="apify.users.me.get"))
    assert api.error("GET", "/users/me")[:2] == (503, "internal-server-error")


def test_a_seed_s_section_is_there(emulator, api):
    emulator.seed(
        text="""
apify:
  users: [{username: grace, token: apify_api_grace, paying: true}]
  actors: [{name: grace/scraper, events: {page: {title: Page, price_usd: 0.5}}}]
  stores: [{owner: grace, name: settings, records: {note: hello}}]
  datasets: [{owner: grace, name: results, items: [{a: "1"}]}]
"""
    )
    token = "apify_api_grace"
    assert api.data("GET", "/users/me", token=token)["isPaying"] is True
    assert api.data("GET", "/acts/grace~scraper", token=token)["pricingInfos"][0]["pricingModel"] == "PAY_PER_EVENT"
    assert api("GET", "/key-value-stores/~settings/records/note", token=token).body == b"hello"
    assert json.loads(api("GET", "/datasets/~results/items", token=token).body) == [{"a": "1"}]


def test_a_seed_that_names_an_owner_who_is_none_says_where(emulator):
    from emulator.errors import SeedError

    with pytest.raises(SeedError, match=r'apify\.actors\[0\]\.name: no Apify user "grace/scraper"'):
        emulator.seed(text="apify:\n  users: [{username: ada2}]\n  actors: [{name: grace/scraper}]\n")


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("users: [{username: ada}]", r"apify\.users\[0\]: the Apify user 'ada' exists already"),
        ("users: [{username: a}]", r"apify\.users\[0\]: a username has 3 to 30"),
        ("users: [{username: bea}]\n  stores: [{owner: bea, name: a_b}]", r"apify\.stores\[0\]: a storage is named"),
        ("users: [{username: bea, plan: GOLD}]", r"apify\.users\[0\]\.plan: expected one of"),
    ],
)
def test_a_wrong_seed_says_what_and_where(emulator, user, text, problem):
    from emulator.errors import SeedError

    with pytest.raises(SeedError, match=problem):
        emulator.seed(text=f"apify:\n  {text}\n")


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)
MEMBERS = st.dictionaries(
    st.sampled_from(
        [
            *("name", "title", "statusMessage", "generalAccess", "eventName", "count", "url", "uniqueKey", "id"),
            *("eventTypes", "requestUrl", "condition", "headersTemplate", "payloadTemplate", "idempotencyKey"),
            *("actId", "input", "options", "defaultRunOptions", "schema", "handledAt", "isPublic"),
        ]
    ),
    JSON | st.sampled_from(["http://x/", "probe", ["ACTOR.RUN.CREATED"], {"memoryMbytes": 1}]),
)


@pytest.mark.parametrize("operation", [each for each in surface.OPERATIONS if each.verb in {"POST", "PUT", "DELETE"}])
@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    body=MEMBERS | JSON,
    query=st.sampled_from(["", "clientKey=k&lockSecs=1", "name=%00", "memory=x", "targetActorId=ada~probe"]),
)
def test_no_body_crashes_an_operation(emulator, api, apify, operation, body, query):
    """Whatever comes: an answer of the API, never a failure of the emulator's."""
    with emulator.isolated():
        run = apify.create_run("ada/probe", {})
        values = {
            "{actorId}": "ada~probe",
            "{runId}": run.id,
            "{storageId}": {
                "apify.datasets": run.stored.dataset,
                "apify.keyValueStores": run.stored.store,
                "apify.requestQueues": run.stored.queue,
            }.get(".".join(operation.id.split(".")[:2]), "x"),
            "{requestId}": "r",
            "{key}": "k",
        }
        path = operation.path
        for name, value in values.items():
            path = path.replace(name, value)
        reply = api(operation.verb, f"{path}?{query}", json.dumps(body).encode(), Content_Type="application/json")
        assert reply.status < 500
        assert not emulator.journal.crashes
