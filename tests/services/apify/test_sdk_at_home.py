"""The Python SDK, unmodified, as the process of a run."""

from __future__ import annotations

from importlib.metadata import version

import pytest

SDK = int(version("apify").partition(".")[0])

PROLOGUE = "import asyncio, datetime\nfrom apify import Actor\nasync def main():\n    async with Actor:\n"


def program(*lines: str) -> str:
    return PROLOGUE + "".join(f"        {line}\n" for line in lines) + "asyncio.run(main())\n"


def asked(journal):
    return [
        f"{entry.call.verb} {entry.call.path}" for entry in journal.calls(host="127.0.0.1") if entry.service == "apify"
    ]


def test_a_small_actor_makes_the_calls_of_the_sheet_and_nothing_else(run, at_home, journal):
    left = at_home(
        run,
        program(
            "print(await Actor.get_input())",
            "await Actor.push_data({'a': 1})",
            "await Actor.set_value('OUTPUT', {'ok': 1})",
            "await Actor.set_status_message('done')",
        ),
    )
    stored = run.stored
    assert left.exit_code == 0, left.printed
    assert "{'greeting': 'hello'}" in left.printed
    assert asked(journal) == [
        f"GET /v2/actor-runs/{run.id}",
        f"GET /v2/key-value-stores/{stored.store}",
        f"GET /v2/key-value-stores/{stored.store}",
        f"GET /v2/key-value-stores/{stored.store}/records/INPUT",
        f"GET /v2/datasets/{stored.dataset}",
        f"GET /v2/datasets/{stored.dataset}",
        f"POST /v2/datasets/{stored.dataset}/items",
        f"PUT /v2/key-value-stores/{stored.store}/records/OUTPUT",
        f"PUT /v2/actor-runs/{run.id}",
    ]
    assert (run.dataset.items, run.output, run.status) == ([{"a": 1}], {"ok": 1}, "SUCCEEDED")
    assert [each.message for each in run.status_messages] == ["done", "Actor exit with exit code 0"]


def test_a_large_item_arrives_compressed_and_is_stored_decoded(run, at_home, journal):
    left = at_home(run, program("await Actor.push_data({'text': 'ä' * 5000})"))
    assert left.exit_code == 0, left.printed
    (pushed,) = journal.calls("apify.datasets.items.push")
    assert pushed.call.headers.get("content-encoding") == ("br" if SDK >= 4 else "gzip")
    assert run.dataset.items == [{"text": "ä" * 5000}]


def test_an_exception_leaves_with_91_and_no_status_call(run, at_home, journal):
    left = at_home(run, program("raise ValueError('broken')"))
    assert left.exit_code == 91
    journal.calls("apify.runs.update").assert_none()
    assert (run.status, run.exit_code, run.status_message) == ("FAILED", 91, "Actor exit with exit code 91")


def test_fail_sends_a_terminal_message_that_stays(run, at_home):
    left = at_home(run, program("await Actor.fail(status_message='bad')"))
    assert left.exit_code == 1
    assert (run.status, run.status_message, run.stored.message_terminal) == ("FAILED", "bad", 1)


def test_a_refused_status_update_raises_after_one_request(run, at_home, journal, faults):
    from emulator import Fault

    faults.add(Fault.status(400, operation="apify.runs.update"))
    left = at_home(run, program("await Actor.set_status_message('x')"))
    assert ("InvalidRequestError" if SDK >= 4 else "ApifyApiError") in left.printed
    journal.calls("apify.runs.update").assert_count(1)


def test_throttled_pushes_are_repeated_and_stored_once(run, at_home, journal, faults):
    from emulator import Fault

    faults.add(Fault.status(429, operation="apify.datasets.items.push", times=2))
    left = at_home(run, program("await Actor.push_data({'a': 1})"))
    assert left.exit_code == 0, left.printed
    assert [entry.status for entry in journal.calls("apify.datasets.items.push")] == [429, 429, 201]
    assert run.dataset.items == [{"a": 1}]


def test_values_and_keys_go_round(run, at_home):
    left = at_home(
        run,
        program(
            "assert await Actor.get_value('missing') is None",
            "await Actor.set_value('text', 'some', content_type='text/plain')",
            "await Actor.set_value('none', None)",
            "await Actor.set_value('bytes', b'\\x00\\xff', content_type='image/png')",
            "store = await Actor.open_key_value_store()",
            "print([key.key async for key in store.iterate_keys()])",
            "print(await store.get_value('text'), await store.get_value('none'), await store.get_value('bytes'))",
        ),
    )
    assert left.exit_code == 0, left.printed
    assert "['INPUT', 'bytes', 'none', 'text']" in left.printed
    assert "some None b'\\x00\\xff'" in left.printed


def test_a_named_dataset_is_one_whoever_opens_it(run, at_home, journal, apify):
    left = at_home(
        run,
        program(
            "first = await Actor.open_dataset(name='results')",
            "await first.push_data([{'n': 1}, {'n': 2}])",
            "second = await Actor.apify_client.datasets().get_or_create(name='results')",
            "second_id = second['id'] if isinstance(second, dict) else second.id",
            "print(second_id == (await first.get_metadata()).id)",
        ),
    )
    assert left.exit_code == 0, left.printed
    assert "True" in left.printed
    assert apify.dataset("ada~results").items == [{"n": 1}, {"n": 2}]


def test_the_request_queue_keeps_the_order_of_the_sheet(run, at_home, journal):
    left = at_home(
        run,
        program(
            "queue = await Actor.open_request_queue()",
            "await queue.add_request('http://127.0.0.1:1/x')",
            "await queue.add_requests(['http://127.0.0.1:1/y', 'http://127.0.0.1:1/z'])",
            "await queue.add_request('http://127.0.0.1:1/f', forefront=True)",
            "order, reclaimed = [], False",
            "while not await queue.is_finished():",
            "    request = await queue.fetch_next_request()",
            "    if request is None: continue",
            "    order.append(request.url[-1])",
            "    if request.url.endswith('x') and not reclaimed:",
            "        reclaimed = True",
            "        await queue.reclaim_request(request)",
            "    else:",
            "        await queue.mark_request_as_handled(request)",
            "print(''.join(order), (await queue.get_metadata()).total_request_count)",
        ),
    )
    assert left.exit_code == 0, left.printed
    assert "fxyzx 4" in left.printed
    journal.calls("apify.requestQueues.head.lock").assert_none()
    assert all(request.get("handledAt") for request in run.queue.requests)


@pytest.mark.parametrize("access", ["shared"])
def test_a_shared_queue_is_locked_and_drained(run, at_home, journal, access):
    left = at_home(
        run,
        "import asyncio\nfrom apify import Actor\nfrom crawlee import service_locator\n"
        "from apify.storage_clients import ApifyStorageClient, SmartApifyStorageClient\n"
        "service_locator.set_storage_client(SmartApifyStorageClient("
        f"cloud_storage_client=ApifyStorageClient(request_queue_access={access!r})))\n"
        + program(
            "queue = await Actor.open_request_queue()",
            "await queue.add_requests(['http://127.0.0.1:1/a', 'http://127.0.0.1:1/b'])",
            "first = await queue.fetch_next_request()",
            "await queue.reclaim_request(first)",
            "seen = []",
            "while not await queue.is_finished():",
            "    request = await queue.fetch_next_request()",
            "    if request is None: continue",
            "    seen.append(request.url[-1])",
            "    await queue.mark_request_as_handled(request)",
            "print(sorted(seen))",
        ),
    )
    assert left.exit_code == 0, left.printed
    assert "['a', 'b']" in left.printed
    assert len(journal.calls("apify.requestQueues.head.lock")) > 1


def test_an_actor_calls_another_that_a_function_stands_for(run, at_home, apify, journal):
    apify.actor("ada/double", lambda called: {"twice": called.input["n"] * 2})
    left = at_home(
        run,
        program(
            "called = await Actor.call('ada/double', {'n': 21})",
            "print(called.status)",
            "store = Actor.apify_client.key_value_store(called.default_key_value_store_id)",
            "print((await store.get_record('OUTPUT'))['value'])",
        ),
    )
    assert left.exit_code == 0, left.printed
    assert "{'twice': 42}" in left.printed
    (started,) = journal.calls("apify.actors.runs.start")
    assert started.call.path.replace("%7E", "~") == f"/v2/{'actors' if SDK >= 4 else 'acts'}/ada~double/runs"


def test_the_public_url_of_a_record_opens_without_a_token_and_not_with_a_wrong_signature(run, at_home):
    import httpx

    left = at_home(
        run,
        program(
            "await Actor.set_value('OUTPUT', {'ok': 1})",
            "store = await Actor.open_key_value_store()",
            "print('URL', await store.get_public_url('OUTPUT'))",
        ),
    )
    url = left.printed.partition("URL ")[2].split()[0]
    assert httpx.get(url).json() == {"ok": 1}
    refused = httpx.get(url[:-1] + ("x" if url[-1] != "x" else "y"))
    assert (refused.status_code, refused.json()["error"]["type"]) == (403, "invalid-signature")


def test_a_reboot_restarts_the_run_and_counts(run, at_home):
    left = at_home(run, program("await Actor.reboot(custom_after_sleep=datetime.timedelta(milliseconds=1))"))
    assert left.exit_code == 0, left.printed
    assert run.to_json()["stats"]["rebootCount"] == 1
