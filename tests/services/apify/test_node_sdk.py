"""The JavaScript SDK and client, unmodified."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import pytest

NODE = Path(__file__).parents[2] / "node"
pytestmark = [
    pytest.mark.node,
    pytest.mark.skipif(shutil.which("node") is None, reason="Node.js is not installed"),
    pytest.mark.skipif(not (NODE / "node_modules" / "apify").is_dir(), reason="npm install in tests/node has not run"),
]


@pytest.fixture
def node(emulator):
    def start(run, *lines):
        program = "const { Actor } = require('apify');\n(async () => {\n" + "\n".join(lines) + "\n})();\n"
        environment = run.environment.changed(api_base_url=emulator.url, api_public_base_url=emulator.url)
        done = subprocess.run(
            ["node", "-e", program],
            cwd=NODE,
            env=environment.over(dict(os.environ)),
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
        run.finish(done.returncode)
        return done

    return start


def test_a_small_actor_makes_the_calls_of_the_sheet(run, node, journal):
    done = node(
        run,
        "await Actor.init();",
        "console.log('INPUT', JSON.stringify(await Actor.getInput()));",
        "await Actor.pushData({ a: 1 });",
        "await Actor.setValue('OUTPUT', { ok: 1 });",
        "console.log('MISSING', await Actor.getValue('missing'));",
        "await Actor.setStatusMessage('done');",
        "await Actor.exit();",
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert 'INPUT {"greeting":"hello"}' in done.stdout
    assert "MISSING null" in done.stdout
    (pushed,) = journal.calls("apify.datasets.items.push")
    assert pushed.call.json() == {"a": 1}
    assert "SDK/3.7.2" in pushed.call.headers.get("user-agent")
    asked = [entry.operation for entry in journal if entry.service == "apify"]
    assert asked[-2:] == ["apify.runs.update", "apify.runs.get"]
    assert (run.dataset.items, run.output, run.status) == ([{"a": 1}], {"ok": 1}, "SUCCEEDED")


def test_a_refused_status_message_is_a_warning(run, node, faults):
    from emulator import Fault

    faults.add(Fault.status(400, operation="apify.runs.update"))
    done = node(run, "await Actor.init();", "await Actor.setStatusMessage('x');", "await Actor.exit();")
    assert done.returncode == 0, done.stdout + done.stderr
    assert run.status == "SUCCEEDED"


def test_a_null_value_deletes_the_record(run, node, journal):
    run.store["gone"] = 1
    done = node(run, "await Actor.init();", "await Actor.setValue('gone', null);", "await Actor.exit();")
    assert done.returncode == 0, done.stdout + done.stderr
    assert "gone" not in run.store
    journal.calls("apify.keyValueStores.records.delete").assert_count(1)


def test_a_named_store_is_looked_for_and_then_made(run, node, journal, apify):
    done = node(
        run,
        "await Actor.init();",
        "const d = await Actor.openDataset('results');",
        "await d.pushData([{ n: 1 }, { n: 2 }]);",
        "console.log('COUNT', (await d.getData()).total);",
        "await Actor.exit();",
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert "COUNT 2" in done.stdout
    assert apify.dataset("ada~results").items == [{"n": 1}, {"n": 2}]


def test_the_request_queue_is_locked_and_keeps_its_order(run, node, journal):
    done = node(
        run,
        "await Actor.init();",
        "const q = await Actor.openRequestQueue();",
        "await q.addRequest({ url: 'http://127.0.0.1:1/x' });",
        "await q.addRequests([{ url: 'http://127.0.0.1:1/y' }, { url: 'http://127.0.0.1:1/z' }]);",
        "await q.addRequest({ url: 'http://127.0.0.1:1/f' }, { forefront: true });",
        "const order = []; let reclaimed = false;",
        "while (!(await q.isFinished())) {",
        "  const r = await q.fetchNextRequest(); if (!r) continue;",
        "  order.push(r.url.at(-1));",
        "  if (r.url.endsWith('x') && !reclaimed) { reclaimed = true; await q.reclaimRequest(r); }",
        "  else await q.markRequestHandled(r);",
        "}",
        "console.log('ORDER', order.join(''));",
        "await Actor.exit();",
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert "ORDER fxyzx" in done.stdout
    assert len(journal.calls("apify.requestQueues.head.lock")) > 0
    assert all(request.get("handledAt") for request in run.queue.requests)


def test_an_actor_calls_another_and_reads_its_output(run, node, apify):
    apify.actor("ada/double", lambda called: {"twice": called.input["n"] * 2})
    done = node(
        run,
        "await Actor.init();",
        "const called = await Actor.call('ada/double', { n: 21 });",
        "const s = await Actor.apifyClient.keyValueStore(called.defaultKeyValueStoreId).getRecord('OUTPUT');",
        "console.log('CALLED', called.status, JSON.stringify(s.value));",
        "await Actor.exit();",
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert 'CALLED SUCCEEDED {"twice":42}' in done.stdout


def test_large_and_binary_values_and_signed_urls_go_round(run, node, emulator):
    done = node(
        run,
        "await Actor.init();",
        "await Actor.setValue('big', { text: 'ä'.repeat(50000) });",
        "await Actor.setValue('bytes', Buffer.from([0, 255]), { contentType: 'image/png' });",
        "const store = await Actor.openKeyValueStore();",
        "const open = await fetch(await store.getPublicUrl('bytes'));",
        "console.log('OPEN', open.status, open.headers.get('content-type'));",
        "const keys = []; await store.forEachKey((key) => keys.push(key));",
        "console.log('KEYS', keys.join(','));",
        "await Actor.exit();",
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert "OPEN 200 image/png" in done.stdout
    assert "KEYS INPUT,big,bytes" in done.stdout
    assert run.store["big"] == {"text": "ä" * 50000}


def test_fail_and_reboot_are_seen(run, node, apify):
    done = node(run, "await Actor.init();", "await Actor.fail('bad');")
    assert done.returncode == 1
    assert (run.status, run.status_message) == ("FAILED", "bad")
    second = apify.create_run("ada/probe")
    done = node(
        second, "await Actor.init();", "await Actor.reboot({ customAfterSleepMillis: 1 });", "await Actor.exit();"
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert second.to_json()["stats"]["rebootCount"] == 1
