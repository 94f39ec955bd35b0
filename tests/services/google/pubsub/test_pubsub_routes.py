"""Pub/Sub through Google's client: topics, policies, subscriptions, pull and acknowledgement."""

from __future__ import annotations

from base64 import b64encode
from datetime import UTC, datetime
from urllib.parse import urlsplit

import httplib2
import pytest
from googleapiclient.discovery import build
from googleapiclient.errors import HttpError

from emulator.app import App
from emulator.config import Config
from emulator.kernel.http import Call, Headers
from emulator.services.google.topics import GMAIL_PUBLISHER

SEED = """
google:
  projects: [{id: demo, enabled: [pubsub.googleapis.com]}, {id: other, enabled: [pubsub.googleapis.com]}]
  clients: [{name: desk, project: demo, type: desktop}, {name: foreign, project: other, type: desktop}]
  users: [{email: ada@example.com}]
"""
TOPIC, SUBSCRIPTION = "projects/demo/topics/t", "projects/demo/subscriptions/s"


class _Http(httplib2.Http):
    def __init__(self, app, client):
        super().__init__()
        self._app = app
        scope = ("https://www.googleapis.com/auth/pubsub",)
        self._bearer = app.google.user("ada@example.com").access_token(client, scope)

    def request(self, uri, method="GET", body=None, headers=None, **_):
        url = urlsplit(uri)
        lines = Headers({**(headers or {}), "Authorization": f"Bearer {self._bearer}"})
        content = body.encode() if isinstance(body, str) else body or b""
        reply = self._app.respond(Call(method, url.hostname, url.path, url.query, lines, content, url.scheme))
        response = httplib2.Response({name.lower(): value for name, value in reply.headers})
        response.status = reply.status
        return response, reply.body


@pytest.fixture
def app():
    made = App(Config(start=datetime(2026, 11, 22, 12, tzinfo=UTC), frozen=True))
    made.seed(text=SEED)
    yield made
    made.close()


@pytest.fixture
def client(app):
    return lambda name="desk": build("pubsub", "v1", http=_Http(app, name), static_discovery=True).projects()


@pytest.fixture
def projects(client):
    made = client()
    made.topics().create(name=TOPIC, body={}).execute()
    made.subscriptions().create(name=SUBSCRIPTION, body={"topic": TOPIC}).execute()
    return made


def _publish(projects, data=b"hello"):
    body = {"messages": [{"data": b64encode(data).decode(), "attributes": {"k": "v"}}]}
    return projects.topics().publish(topic=TOPIC, body=body).execute()["messageIds"][0]


def _pull(projects, most=10):
    return projects.subscriptions().pull(subscription=SUBSCRIPTION, body={"maxMessages": most}).execute()


def test_a_message_comes_back_until_it_is_acknowledged(app, projects):
    published = _publish(projects)
    (received,) = _pull(projects)["receivedMessages"]
    assert received["message"] == {
        "data": b64encode(b"hello").decode(),
        "attributes": {"k": "v"},
        "messageId": published,
        "publishTime": app.clock.now().isoformat(timespec="milliseconds").replace("+00:00", "Z"),
    }
    assert _pull(projects) == {}
    app.clock.advance(seconds=10)
    (again,) = _pull(projects)["receivedMessages"]
    assert again["message"]["messageId"] == published
    projects.subscriptions().acknowledge(subscription=SUBSCRIPTION, body={"ackIds": [again["ackId"]]}).execute()
    app.clock.advance(seconds=100)

    assert _pull(projects) == {}


def test_a_deadline_of_zero_gives_a_message_back(projects):
    _publish(projects)
    (received,) = _pull(projects)["receivedMessages"]
    body = {"ackIds": [received["ackId"]], "ackDeadlineSeconds": 0}
    projects.subscriptions().modifyAckDeadline(subscription=SUBSCRIPTION, body=body).execute()

    assert len(_pull(projects)["receivedMessages"]) == 1


def test_a_policy_lets_gmail_publish(app, projects):
    assert not app.google.topics.may_publish(TOPIC, GMAIL_PUBLISHER)
    policy = {"bindings": [{"role": "roles/pubsub.publisher", "members": [GMAIL_PUBLISHER]}]}
    projects.topics().setIamPolicy(resource=TOPIC, body={"policy": policy}).execute()

    assert app.google.topics.may_publish(TOPIC, GMAIL_PUBLISHER)
    assert projects.topics().getIamPolicy(resource=TOPIC).execute() == policy


def test_lists_and_deletion(projects):
    assert projects.topics().list(project="projects/demo").execute() == {"topics": [{"name": TOPIC}]}
    (found,) = projects.subscriptions().list(project="projects/demo").execute()["subscriptions"]
    assert (found["name"], found["topic"], found["pushConfig"]) == (SUBSCRIPTION, TOPIC, {})
    projects.topics().delete(topic=TOPIC).execute()
    assert projects.subscriptions().get(subscription=SUBSCRIPTION).execute()["topic"] == "_deleted-topic_"
    projects.subscriptions().delete(subscription=SUBSCRIPTION).execute()

    assert projects.topics().list(project="projects/demo").execute() == {}
    assert projects.subscriptions().list(project="projects/demo").execute() == {}


@pytest.mark.parametrize(
    ("call", "status"),
    [
        (lambda p: p.topics().create(name=TOPIC, body={}), 409),
        (lambda p: p.topics().get(topic="projects/demo/topics/none"), 404),
        (lambda p: p.subscriptions().create(name=SUBSCRIPTION, body={"topic": TOPIC}), 409),
        (lambda p: p.subscriptions().create(name=SUBSCRIPTION + "2", body={}), 404),
        (lambda p: p.subscriptions().pull(subscription=SUBSCRIPTION, body={}), 400),
        (lambda p: p.subscriptions().pull(subscription=SUBSCRIPTION + "9", body={"maxMessages": 1}), 404),
        (lambda p: p.topics().publish(topic=TOPIC, body={}), 400),
        (
            lambda p: p.subscriptions().modifyPushConfig(
                subscription=SUBSCRIPTION, body={"pushConfig": {"pushEndpoint": "https://example.com/"}}
            ),
            400,
        ),
    ],
)
def test_what_is_refused(projects, call, status):
    with pytest.raises(HttpError) as refused:
        call(projects).execute()

    assert refused.value.status_code == status


def test_another_project_may_not_publish(projects, client):
    with pytest.raises(HttpError) as refused:
        _publish(client("foreign"))

    assert refused.value.status_code == 403
