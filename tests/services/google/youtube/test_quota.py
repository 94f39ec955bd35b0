"""Quota: what a call costs, whose it is, and when a day begins."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from emulator.services.google.discovery import load
from emulator.services.google.youtube.pacific import pacific_midnight
from emulator.services.google.youtube.quota import DailyLimits, price

WALK = "vidaaaaaaaA"


@pytest.fixture
def quota(site):
    return site.app.youtube.quota("demo")


@pytest.mark.parametrize(
    ("operation", "buckets", "units"),
    [
        ("search.list", 1, 100),
        ("videos.list", 1, 1),
        ("videos.getRating", 1, 1),
        ("videos.rate", 50, 50),
        ("playlists.insert", 50, 50),
        ("captions.list", 50, 50),
        ("captions.insert", 400, 400),
        ("captions.update", 450, 450),
        ("thumbnails.set", 50, 50),
    ],
)
def test_prices(operation, buckets, units):
    name = f"youtube.{operation}"
    assert name in load("youtube").operation
    assert (price(name), price(name, "units")) == (buckets, units)


def test_a_project_begins_with_the_limits_every_project_has(quota):
    assert quota.limits == DailyLimits(model="buckets", searches=100, units=10_000)
    assert quota.spent == {"searches": 0, "units": 0}


def test_calls_spend_and_are_journalled(site, quota):
    site.get("search", part="id")
    site.get("videos", part="id", id=WALK)
    site.call("POST", "videos/rate", id=WALK, rating="like")
    assert quota.spent == {"searches": 1, "units": 51}
    assert [entry.units for entry in site.app.journal] == [1, 1, 50]


def test_the_hundred_and_first_search_is_refused(site):
    token = site.token()
    answers = [site.get("search", part="id", maxResults=0, token=token).status for _ in range(101)]
    assert answers == [200] * 100 + [429]


@pytest.mark.parametrize("query", [{}, {"part": "id", "maxResults": "x"}, {"part": "id", "nonsense": "1"}])
def test_a_call_that_cannot_be_understood_costs_the_least(site, quota, query):
    assert site.get("videos", **query).status == 400
    assert quota.spent == {"searches": 0, "units": 1}
    assert list(site.app.journal)[-1].units == 1


def test_a_call_that_cannot_be_understood_is_refused_once_nothing_is_left(site, quota):
    quota.limit(units=0)
    assert site.get("videos").reason == "quotaExceeded"


def test_what_fails_is_paid_for_and_undone(site, quota):
    assert site.call("POST", "videos/rate", id="vidnoneeeee", rating="like").status == 404
    assert quota.spent["units"] == 50


def test_who_may_not_call_pays_nothing(site, quota):
    site.get("videos", part="id", id=WALK, token="nonsense")
    site.get("commentThreads", part="id", videoId=WALK, token=site.token("youtube.readonly"))
    assert quota.spent == {"searches": 0, "units": 0}


def test_a_write_that_no_longer_fits_is_refused(site, quota):
    quota.limit(units=49)
    assert site.call("POST", "playlists", part="snippet", body={"snippet": {"title": "x"}}).reason == "quotaExceeded"
    assert site.get("videos", part="id", id=WALK).status == 200


def test_no_limit(site, quota):
    quota.limits = DailyLimits(searches=None, units=None)
    assert [site.get("search", part="id", maxResults=0).status for _ in range(3)] == [200] * 3


def test_projects_spend_apart(site, quota):
    quota.limit(searches=0)
    site.app.google.project("bare").enable("youtube.googleapis.com")
    assert site.get("search", part="id").status == 429
    assert site.get("search", part="id", token=site.token(client="disabled")).status == 200


def test_setting_limits_forgets_what_was_spent(site, quota):
    site.get("search", part="id")
    quota.limit(searches=1)
    assert site.get("search", part="id").status == 200


def test_what_was_spent_goes_back_with_the_world(site, quota):
    with site.app.isolated():
        site.get("search", part="id")
    assert quota.spent["searches"] == 0


@pytest.mark.parametrize("limits", [{"searches": -1}, {"units": -1}, {"model": "bucket"}])
def test_limits_that_are_none(limits):
    with pytest.raises(ValueError, match=next(iter(limits))):
        DailyLimits(**limits)


def test_a_project_nobody_has(site):
    with pytest.raises(LookupError, match="demo"):
        site.app.youtube.quota("dem")


def test_a_seed_sets_limits(site):
    site.app.seed(text="youtube: {limits: [{project: demo, model: units, units: 7, searches: null}]}")
    assert site.app.youtube.quota("demo").limits == DailyLimits(model="units", units=7, searches=None)


@pytest.mark.parametrize(
    ("now", "midnight"),
    [
        ("2026-01-15T12:00", "2026-01-15T08:00"),
        ("2026-01-15T07:59", "2026-01-14T08:00"),
        ("2026-07-15T07:00", "2026-07-15T07:00"),
        ("2026-07-15T06:59", "2026-07-14T07:00"),
        ("2026-03-08T20:00", "2026-03-08T08:00"),
        ("2026-03-09T08:00", "2026-03-09T07:00"),
        ("2026-11-01T20:00", "2026-11-01T07:00"),
        ("2026-11-02T08:30", "2026-11-02T08:00"),
        ("2026-11-02T07:30", "2026-11-01T07:00"),
        ("2026-09-25T12:00", "2026-09-25T07:00"),
    ],
    ids=lambda text: text[5:],
)
def test_midnight_in_california(now, midnight):
    moment = datetime.fromisoformat(now).replace(tzinfo=UTC).timestamp()
    assert datetime.fromtimestamp(pacific_midnight(moment), UTC).isoformat()[:16] == midnight


def test_the_recorded_window_began_at_such_a_midnight():
    assert pacific_midnight(1790319600 + 5) == 1790319600
