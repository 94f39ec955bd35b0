"""watch and stop: refusals, what is published when, by pull and by push."""

from __future__ import annotations

import json
import queue
import threading
from base64 import b64decode
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest
from googleapiclient.errors import HttpError

from emulator.kernel.seed import SeedError

TOPIC = "projects/demo/topics/mail"
SUBSCRIPTION = "projects/demo/subscriptions/inbox"
_FAILED = "Error sending test message to Cloud PubSub projects/demo/topics/closed :"


@pytest.fixture
def topics(site):
    made = site.app.google.topics
    made.create(TOPIC)
    made.subscribe(SUBSCRIPTION, TOPIC)
    return made


@pytest.fixture
def told(topics):
    """Takes what waits in the subscription, decoded."""

    def take():
        found = topics.pull(SUBSCRIPTION)
        topics.acknowledge(SUBSCRIPTION, [each.ack_id for each in found])
        return [json.loads(each.data) for each in found]

    return take


@pytest.fixture
def users(site):
    return site.client("gmail.modify")


def test_watch_answers_history_and_an_expiration_in_seven_days(site, topics, users):
    answer = users.watch(userId="me", body={"topicName": TOPIC}).execute()

    assert answer == {
        "historyId": str(site.box().history_id),
        "expiration": str(site.app.clock.milliseconds() + 7 * 86_400_000),
    }


def test_a_second_topic_needs_a_stop_first(topics, users):
    topics.create("projects/demo/topics/other")
    users.watch(userId="me", body={"topicName": TOPIC}).execute()
    users.watch(userId="me", body={"topicName": TOPIC}).execute()
    with pytest.raises(HttpError) as refused:
        users.watch(userId="me", body={"topicName": "projects/demo/topics/other"}).execute()

    assert refused.value.status_code == 400
    assert refused.value.reason == (
        "Only one user push notification client allowed per developer (call /stop then try again)"
    )
    assert users.stop(userId="me").execute() == ""
    assert users.stop(userId="me").execute() == ""
    assert "expiration" in users.watch(userId="me", body={"topicName": "projects/demo/topics/other"}).execute()


@pytest.mark.parametrize("topic", ["", "mail", "projects/other/topics/mail", "projects/demo/topics/", TOPIC + "/x"])
def test_a_topic_of_another_form_or_project_is_refused(topics, users, topic):
    with pytest.raises(HttpError) as refused:
        users.watch(userId="me", body={"topicName": topic}).execute()

    assert (refused.value.status_code, refused.value.reason) == (
        400,
        "Invalid topicName does not match projects/demo/topics/*",
    )


def test_a_topic_gmail_may_not_publish_on_is_refused(topics, users):
    topics.create("projects/demo/topics/closed", publishers=())
    with pytest.raises(HttpError) as refused:
        users.watch(userId="me", body={"topicName": "projects/demo/topics/closed"}).execute()

    assert (refused.value.status_code, refused.value.reason) == (
        403,
        f"{_FAILED} User not authorized to perform this action.",
    )


def test_a_missing_topic_is_not_found(topics, users):
    with pytest.raises(HttpError) as refused:
        users.watch(userId="me", body={"topicName": "projects/demo/topics/absent"}).execute()

    assert refused.value.status_code == 404


def test_an_unknown_label_is_refused(topics, users):
    with pytest.raises(HttpError) as refused:
        users.watch(userId="me", body={"topicName": TOPIC, "labelIds": ["NOPE"]}).execute()

    assert refused.value.reason == "Invalid label: NOPE"


def test_a_first_notification_comes_at_once_and_one_for_new_mail(site, topics, users, told):
    users.watch(userId="me", body={"topicName": TOPIC}).execute()
    assert told() == [{"emailAddress": "ada@example.com", "historyId": site.box().history_id}]
    site.app.clock.advance(seconds=1)
    site.box().deliver(from_="bo@example.org", subject="Hello", text="x")

    assert told() == [{"emailAddress": "ada@example.com", "historyId": site.box().history_id}]


def test_changes_within_a_second_are_dropped(site, topics, users, told):
    users.watch(userId="me", body={"topicName": TOPIC}).execute()
    told()
    site.box().deliver(from_="bo@example.org", subject="too soon")
    assert told() == []
    site.app.clock.advance(seconds=1)
    assert told() == []
    site.box().deliver(from_="bo@example.org", subject="next")

    assert len(told()) == 1


@pytest.mark.parametrize(
    ("behaviour", "labels", "expected"),
    [("include", ("INBOX",), 1), ("include", ("SENT",), 0), ("exclude", ("INBOX",), 0), ("exclude", ("SENT",), 1)],
)
def test_labels_choose_which_changes_count(site, topics, users, told, behaviour, labels, expected):
    body = {"topicName": TOPIC, "labelIds": ["INBOX"], "labelFilterBehavior": behaviour}
    users.watch(userId="me", body=body).execute()
    told()
    site.app.clock.advance(seconds=2)
    site.box().deliver(from_="bo@example.org", subject="one", labels=labels)

    assert len(told()) == expected


def test_a_watch_ends_after_seven_days_and_by_stop(site, topics, users, told):
    users.watch(userId="me", body={"topicName": TOPIC}).execute()
    site.app.clock.advance(days=7)
    site.box().deliver(from_="bo@example.org", subject="late")
    assert len(told()) == 1  # the first
    users = site.client("gmail.modify")
    users.watch(userId="me", body={"topicName": TOPIC}).execute()
    users.stop(userId="me").execute()
    told()
    site.app.clock.advance(seconds=5)
    site.box().deliver(from_="bo@example.org", subject="later")

    assert told() == []


def test_a_refused_watch_publishes_nothing(site, topics, users, told):
    with pytest.raises(HttpError):
        users.watch(userId="me", body={"topicName": TOPIC, "labelIds": ["NOPE"]}).execute()

    assert told() == []


@pytest.fixture
def subscriber():
    """A server that takes pushes: its URL, what it was sent, and the statuses it will answer with."""
    received: queue.Queue[dict[str, object]] = queue.Queue()
    statuses: list[int] = []

    class Endpoint(BaseHTTPRequestHandler):
        def do_POST(self):
            received.put(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
            self.send_response(statuses.pop(0) if statuses else 204)
            self.end_headers()

        def log_message(self, *arguments):
            """Quiet."""

    server = HTTPServer(("127.0.0.1", 0), Endpoint)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}/push", received, statuses
    server.shutdown()
    thread.join()
    server.server_close()


def test_a_push_subscription_is_posted_to(site, topics, users, subscriber):
    url, received, _ = subscriber
    topics.subscribe("projects/demo/subscriptions/pushed", TOPIC, push_endpoint=url)
    users.watch(userId="me", body={"topicName": TOPIC}).execute()

    pushed = received.get(timeout=10)

    assert pushed["subscription"] == "projects/demo/subscriptions/pushed"
    message = pushed["message"]
    assert json.loads(b64decode(message["data"])) == {
        "emailAddress": "ada@example.com",
        "historyId": site.box().history_id,
    }
    assert message["messageId"] == message["message_id"]
    assert message["publishTime"] == message["publish_time"] == "2026-11-22T12:00:00.000Z"


def test_a_refused_push_comes_again(site, topics, subscriber):
    url, received, statuses = subscriber
    statuses.append(500)
    topics.subscribe("projects/demo/subscriptions/pushed", TOPIC, push_endpoint=url)
    with site.app.world.transaction():
        topics.publish(TOPIC, b"x")
    first = received.get(timeout=10)
    site.app.clock.speed(1000)

    assert received.get(timeout=10)["message"]["messageId"] == first["message"]["messageId"]


def test_only_this_machine_is_pushed_to(topics):
    with pytest.raises(ValueError, match="this machine"):
        topics.subscribe("projects/demo/subscriptions/away", TOPIC, push_endpoint="https://example.com/push")


def test_a_seed_names_topics_and_who_hears_of_them(site):
    site.app.seed(
        text="""
        google:
          topics:
            - name: projects/demo/topics/seeded
              subscriptions:
                - {name: projects/demo/subscriptions/pulled}
                - {name: projects/demo/subscriptions/pushed, push_endpoint: "http://127.0.0.1:9/"}
        """
    )
    found = site.app.google.topics.subscriptions("demo")

    assert [(each.name[-6:], each.push_endpoint) for each in found] == [
        ("pulled", ""),
        ("pushed", "http://127.0.0.1:9/"),
    ]


@pytest.mark.parametrize("topic", ["{name: mail}", "{name: projects/p/topics/t, subscriptions: [{name: s}]}"])
def test_a_seed_with_another_name_is_refused_where_it_stands(site, topic):
    with pytest.raises(SeedError, match=r"seed text:\d+: google.topics\[0\]"):
        site.app.seed(text=f"google:\n  topics:\n    - {topic}")
