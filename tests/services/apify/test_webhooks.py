"""Webhooks: to other services, to receivers of a test, to servers on this machine."""

from __future__ import annotations

import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from emulator.kernel.http import Reply
from emulator.services.apify.webhooks import RETRIES

HOOK = "https://hooks.example.com/run"


@pytest.fixture
def receiver(apify):
    return apify.receiver(HOOK)


def add(client, run, *events, **more):
    return client.webhooks().create(
        event_types=list(events), actor_run_id=run.id, request_url=more.pop("request_url", HOOK), **more
    )


def test_the_end_of_a_run_is_told_with_the_default_payload(client, run, receiver):
    add(client, run, "ACTOR.RUN.SUCCEEDED", "ACTOR.RUN.FAILED")
    run.finish(0)
    (payload,) = receiver.payloads
    assert list(payload) == ["userId", "createdAt", "eventType", "eventData", "resource"]
    assert payload["eventType"] == "ACTOR.RUN.SUCCEEDED"
    assert payload["eventData"] == {"actorId": run.actor_id, "actorRunId": run.id}
    assert payload["resource"]["status"] == "SUCCEEDED"


@pytest.mark.parametrize(
    ("end", "event"),
    [
        (lambda run, clock: run.finish(1), "ACTOR.RUN.FAILED"),
        (lambda run, clock: run.abort(), "ACTOR.RUN.ABORTED"),
        (lambda run, clock: clock.advance(hours=1), "ACTOR.RUN.TIMED_OUT"),
    ],
)
def test_every_end_has_its_event(client, apify, user, clock, receiver, end, event):
    run = apify.create_run("ada/probe", timeout=60)
    add(client, run, *(f"ACTOR.RUN.{name}" for name in ("SUCCEEDED", "FAILED", "ABORTED", "TIMED_OUT")))
    end(run, clock)
    apify.pass_time()
    assert [payload["eventType"] for payload in receiver.payloads] == [event]


def test_another_run_s_end_is_not_told(client, apify, run, receiver):
    add(client, run, "ACTOR.RUN.SUCCEEDED")
    apify.create_run("ada/probe").finish(0)
    assert receiver.calls == []


def test_an_actor_s_webhook_hears_of_every_start(client, apify, user, receiver):
    actor = apify.actor("ada/probe")
    client.webhooks().create(event_types=["ACTOR.RUN.CREATED"], actor_id=actor.id, request_url=HOOK)
    client.actor(actor.id).start()
    client.actor(actor.id).start()
    assert [payload["eventType"] for payload in receiver.payloads] == ["ACTOR.RUN.CREATED"] * 2


def test_templates_are_filled_inside_strings_only_when_asked(client, run, receiver):
    template = '{"id": {{resource.id}}, "text": "run {{resource.id}}"}'
    add(client, run, "ACTOR.RUN.SUCCEEDED", payload_template=template)
    add(
        client,
        run,
        "ACTOR.RUN.SUCCEEDED",
        payload_template=template,
        should_interpolate_strings=True,
        headers_template='{"X-Run": "{{resource.id}}"}',
    )
    run.finish(0)
    assert receiver.payloads == [
        {"id": run.id, "text": "run {{resource.id}}"},
        {"id": run.id, "text": f"run {run.id}"},
    ]
    assert receiver.calls[1].headers.get("x-run") == run.id


def test_a_refusal_is_repeated_after_one_two_and_four_minutes(client, run, receiver, apify, clock):
    clock.freeze()
    webhook = add(client, run, "ACTOR.RUN.SUCCEEDED")
    receiver.reply = Reply(503, body=b"later")
    run.finish(0)
    made = []
    for minutes in (0.9, 0.2, 1.8, 0.3, 3.9, 0.2):
        clock.advance(minutes=minutes)
        apify.pass_time()
        made.append(len(receiver.calls))
    assert made == [1, 2, 2, 3, 3, 4]
    receiver.reply = Reply(204)
    clock.advance(minutes=9)
    (dispatch,) = client.webhook(webhook.id).dispatches().list().items
    assert dispatch.status == "SUCCEEDED"
    assert [call.response_status for call in dispatch.calls] == [503] * 4 + [204]


def test_it_gives_up_in_the_end(client, run, receiver, apify, clock):
    webhook = add(client, run, "ACTOR.RUN.SUCCEEDED")
    receiver.reply = Reply(500)
    run.finish(0)
    for _ in range(RETRIES + 3):
        clock.advance(days=3)
        apify.pass_time()
    assert len(receiver.calls) == RETRIES + 1
    assert client.webhook(webhook.id).dispatches().list().items[0].status == "FAILED"


def test_one_that_must_not_be_repeated_is_not(client, run, receiver, apify, clock):
    add(client, run, "ACTOR.RUN.SUCCEEDED", do_not_retry=True)
    receiver.reply = Reply(500)
    run.finish(0)
    clock.advance(days=1)
    apify.pass_time()
    assert len(receiver.calls) == 1


@pytest.mark.emulator(allow_refused=True)
def test_a_host_nobody_answers_for_is_refused_in_the_journal(client, run, journal):
    add(client, run, "ACTOR.RUN.SUCCEEDED", request_url="https://nobody.example.net/hook")
    run.finish(0)
    (refusal,) = journal.refusals
    assert (refusal.host, refusal.port, refusal.peer) == ("nobody.example.net", 443, "Apify/Webhook")


def test_a_server_on_this_machine_is_really_called_and_may_call_back(client, emulator, run, user):
    heard = threading.Event()
    payloads = []

    class Hook(BaseHTTPRequestHandler):
        def do_POST(self):
            body = self.rfile.read(int(self.headers["Content-Length"]))
            # The emulator must answer while it waits for us.
            assert client.run(run.id).get().status == "SUCCEEDED"
            payloads.append(json.loads(body))
            self.send_response(200)
            self.end_headers()
            heard.set()

        def log_message(self, *_):
            """No line on the terminal."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Hook) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        add(client, run, "ACTOR.RUN.SUCCEEDED", request_url=f"http://127.0.0.1:{server.server_port}/hook")
        run.finish(0)
        assert heard.wait(10)
        assert emulator.apify.wait()
        server.shutdown()
    assert payloads[0]["resource"]["id"] == run.id
    assert client.webhook_dispatches().list().items[0].status == "SUCCEEDED"


def test_an_idempotency_key_makes_one_webhook(client, run):
    first = add(client, run, "ACTOR.RUN.SUCCEEDED", idempotency_key="once")
    again = add(client, run, "ACTOR.RUN.SUCCEEDED", idempotency_key="once")
    assert first.id == again.id
    assert client.webhooks().list().total == 1


def test_a_webhook_is_tested_changed_and_removed(client, run, receiver):
    webhook = add(client, run, "ACTOR.RUN.SUCCEEDED")
    assert client.webhook(webhook.id).test().event_type == "TEST"
    assert receiver.payloads[0]["eventType"] == "TEST"
    assert client.webhook(webhook.id).update(event_types=["ACTOR.RUN.FAILED"]).event_types == ["ACTOR.RUN.FAILED"]
    client.webhook(webhook.id).delete()
    assert client.webhook(webhook.id).get() is None


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"eventTypes": ["ACTOR.RUN.SUCCEEDED"]},
        {"eventTypes": ["NONE"], "requestUrl": HOOK},
        {"eventTypes": ["TEST"], "requestUrl": "ftp://x/"},
        {"eventTypes": ["TEST"], "requestUrl": "http://[::1"},
        {"eventTypes": ["TEST"], "requestUrl": HOOK, "headersTemplate": "[]"},
    ],
)
def test_an_incomplete_webhook_is_refused(api, body):
    assert api.error("POST", "/webhooks", body)[0] == 400
    assert api.data("GET", "/webhooks")["total"] == 0


def test_an_actor_adds_a_webhook_to_its_own_run(run, at_home, receiver):
    left = at_home(
        run,
        "import asyncio\nfrom apify import Actor, Webhook\nasync def main():\n"
        "    async with Actor:\n"
        f"        await Actor.add_webhook(Webhook(event_types=['ACTOR.RUN.SUCCEEDED'], request_url={HOOK!r}))\n"
        "asyncio.run(main())\n",
    )
    assert left.exit_code == 0, left.printed
    assert [payload["eventData"]["actorRunId"] for payload in receiver.payloads] == [run.id]


def test_a_started_run_brings_its_own_webhooks(client, apify, user, receiver):
    apify.actor("ada/quick", lambda run: None)
    client.actor("ada/quick").call(
        webhooks=[{"event_types": ["ACTOR.RUN.SUCCEEDED"], "request_url": HOOK}], logger=None
    )
    assert len(receiver.calls) == 1
