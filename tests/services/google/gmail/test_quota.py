"""Quota: what calls cost, which limit refuses them in which words, and when it lets them through again."""

from __future__ import annotations

import json
from importlib.resources import files

import pytest
from googleapiclient.errors import HttpError

from emulator.report import summary
from emulator.services.google.discovery import load
from emulator.services.google.gmail.quota import units
from emulator.services.google.quota import Quota

_SPENT = (
    "Quota exceeded for quota metric 'Total Query Cost' and limit 'Units per minute per user' of service "
    "'gmail.googleapis.com' for consumer 'project_number:123456789012'."
)


@pytest.fixture
def project(site):
    return site.app.google.project("demo")


def test_every_method_has_a_price_in_both_tables():
    for table in ("current", "legacy"):
        assert set(units(table)) == {operation.id for operation in load("gmail").operations}


def test_prices_follow_the_two_tables():
    prices = {
        name: (units("current")[f"gmail.users.{name}"], units("legacy")[f"gmail.users.{name}"]) for name in _CHANGED
    }

    assert prices == _CHANGED


_CHANGED = {
    "messages.get": (20, 5),
    "drafts.get": (20, 5),
    "messages.attachments.get": (20, 5),
    "messages.trash": (20, 5),
    "threads.get": (40, 10),
    "threads.trash": (20, 10),
    "messages.send": (100, 100),
}


def test_the_price_list_says_where_it_comes_from():
    kept = json.loads((files("emulator.services.google.gmail") / "units.json").read_text())

    assert "usage limits" in kept["source"]


def test_units_are_journalled_without_limits(site):
    site.get("messages")
    site.get("profile")

    assert [entry.units for entry in site.app.journal] == [5, 1]


def test_a_project_begins_without_limits(project):
    assert project.quota is None


def test_the_unit_beyond_the_minute_is_refused_in_the_recorded_body(site, project):
    project.quota = Quota(units_per_user_per_minute=10)
    assert [site.get("messages").status for _ in range(2)] == [200, 200]

    refused = site.get("profile")

    assert refused.status == 403
    assert refused.error == {
        "code": 403,
        "message": _SPENT,
        "errors": [{"message": _SPENT, "domain": "usageLimits", "reason": "rateLimitExceeded"}],
        "status": "PERMISSION_DENIED",
    }
    assert "retry-after" not in refused.reply.headers
    assert site.app.journal.calls(cause="quota_exceeded").assert_count(1)[0].units == 0


def test_the_6001st_unit_draws_403_and_a_retrying_client_waits_for_it(site, project):
    project.quota = Quota()
    users = site.client()
    for _ in range(1200):
        site.get("messages", maxResults=1)

    with pytest.raises(HttpError) as refused:
        users.getProfile(userId="me").execute(num_retries=0)

    assert (refused.value.status_code, refused.value.reason) == (403, _SPENT)
    request = users.getProfile(userId="me")
    request._sleep = lambda _: None
    with pytest.raises(HttpError):
        request.execute(num_retries=1)
    assert len(site.app.journal.calls("gmail.users.getProfile")) == 3


def test_a_minute_on_everything_is_allowed_again(site, project):
    project.quota = Quota(units_per_user_per_minute=1)
    assert site.get("profile").status == 200
    site.app.clock.advance(59.9)
    assert site.get("profile").status == 403
    site.app.clock.advance(0.2)

    assert site.get("profile").status == 200


def test_a_call_that_fails_costs_as_much(site, project):
    project.quota = Quota(units_per_user_per_minute=20)
    assert site.get("messages/123456").status == 404

    assert site.get("profile").status == 403


def test_a_call_the_front_end_refuses_costs_nothing(site, project):
    project.quota = Quota(units_per_user_per_minute=1)
    assert site.get("messages", maxResults="x").status == 400
    assert site.get("profile", scopes=("gmail.labels",)).status == 403

    assert site.get("profile").status == 200


def test_users_spend_apart_and_the_project_together(site, project):
    project.quota = Quota(units_per_user_per_minute=5, units_per_minute=8)
    ada, grace = site.token(), site.token(user="grace@example.com")
    assert site.get("messages", token=ada).status == 200
    assert [site.get("profile", token=grace).status for _ in range(4)] == [200, 200, 200, 403]

    refused = site.get("profile", token=grace)

    assert "'Units per minute' of service" in refused.error["message"]


def test_legacy_projects_have_their_own_table_and_words(site, project):
    project.quota = Quota(costs="legacy", units_per_user_per_minute=0)

    assert "metric 'Queries' and limit 'Queries per minute per user'" in site.get("profile").error["message"]
    assert Quota(costs="legacy").user_units == 15_000


def test_a_new_quota_forgets_what_was_spent(site, project):
    project.quota = Quota(units_per_user_per_minute=1)
    site.get("profile")
    project.quota = project.quota

    assert site.get("profile").status == 200
    project.quota = None
    assert [site.get("profile").status for _ in range(3)] == [200] * 3


def test_bandwidth_refuses_with_the_time_to_retry(site, project):
    project.quota = Quota(downloaded_bytes_per_day=10)
    assert site.get("profile").status == 200

    refused = site.get("profile")

    assert refused.status == 429
    assert refused.error["message"] == "User-rate limit exceeded.  Retry after 2026-11-23T12:00:00.000Z"
    assert refused.error["status"] == "RESOURCE_EXHAUSTED"
    site.app.clock.advance(hours=24)
    assert site.get("profile").status == 200


def test_what_was_spent_goes_back_with_the_world(site, project):
    project.quota = Quota(units_per_user_per_minute=1)
    token = site.token()
    with site.app.isolated():
        assert site.get("profile", token=token).status == 200
        assert site.get("profile", token=token).status == 403

    assert site.get("profile", token=token).status == 200


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("current", Quota()),
        ("legacy", Quota(costs="legacy")),
        ("off", None),
        (
            "{units_per_user_per_minute: 7, recipients_per_day: null}",
            Quota(units_per_user_per_minute=7, recipients_per_day=None),
        ),
    ],
)
def test_a_seed_sets_limits(site, written, expected):
    site.app.seed(text=f"google: {{projects: [{{id: metered, number: 111111111111, quota: {written}}}]}}")

    assert site.app.google.project("metered").quota == expected


def test_a_negative_limit_is_no_limit():
    with pytest.raises(ValueError, match="units_per_minute"):
        Quota(units_per_minute=-1)


def test_administrators_switch_gmail_apps_off(site):
    site.app.seed(
        text="google: {users: [{email: w@work.example, organization: work.example}], "
        "organizations: [{domain: work.example, switched_off: [gmail_apps]}]}"
    )
    token = site.token(user="w@work.example")

    refused = site.get("profile", token=token)

    assert refused.status == 403
    assert refused.error["message"] == "The domain administrators have disabled Gmail apps."
    assert refused.error["errors"][0]["reason"] == "domainPolicy"
    site.app.google.organization("work.example").switch_on("gmail_apps")
    assert site.get("profile", token=token).status == 200


def _batch(site, parts):
    """Statuses of a batch of so many profiles, through Google's client."""
    service, answers = site.service(), []
    batch = service.new_batch_http_request(callback=lambda _, __, error: answers.append(error and error.status_code))
    for _ in range(parts):
        batch.add(service.users().getProfile(userId="me"))
    batch.execute()
    return answers


def test_parts_of_a_batch_beyond_the_concurrency_limit_are_refused(site, project):
    project.quota = Quota(concurrent_calls=5)
    refused = [status for status in _batch(site, 8) if status is not None]

    assert refused == [429] * 3
    (first, *_) = site.app.journal.calls(status=429)
    assert json.loads(first.reply.body)["error"]["message"] == "Too many concurrent requests for user."
    assert [site.get("profile").status for _ in range(8)] == [200] * 8


def test_each_part_of_a_batch_is_billed(site, project):
    project.quota = Quota(units_per_user_per_minute=6)

    assert [status for status in _batch(site, 8) if status is not None] == [403] * 2


def test_the_report_shows_units(site):
    site.get("messages")
    site.get("messages")

    assert summary(site.app.journal)["units"] == {"gmail.users.messages.list": 10}
