"""The acceptance probes of the sheet "YouTube Data API v3", through google-api-python-client where it can ask them."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import pytest

from emulator.kernel.faults import Fault
from emulator.services.google.youtube.quota import DailyLimits

ADA = "UCaaaaaaaaaaaaaaaaaaaaaA"


def error_of(refusal):
    return json.loads(refusal.content)["error"]


def searched(youtube, **more):
    return youtube.search().list(part="snippet", q="a", type="video", maxResults=2, **more)


def test_1_a_page_of_a_search(youtube):
    page = searched(youtube).execute()
    assert [set(item["id"]) for item in page["items"]] == [{"kind", "videoId"}] * 2
    assert page["nextPageToken"] == "CAIQAA"
    assert page["pageInfo"] == {"totalResults": 5, "resultsPerPage": 2}


def test_2_pages_until_there_is_none(youtube):
    request = searched(youtube)
    sizes, found = [], []
    while request is not None:
        page = request.execute()
        sizes.append(len(page["items"]))
        found += [item["id"]["videoId"] for item in page["items"]]
        request = youtube.search().list_next(request, page)
    assert sizes == [2, 2, 1]
    assert len(set(found)) == 5


def test_3_unknown_ids_are_dropped_and_statistics_are_text(youtube):
    listed = youtube.channels().list(part="snippet,statistics", id=f"{ADA},UCxxxxxxxxxxxxxxxxxxxxxA").execute()
    assert [item["id"] for item in listed["items"]] == [ADA]
    statistics = listed["items"][0]["statistics"]
    assert statistics == {
        "viewCount": "100",
        "subscriberCount": "128000",
        "hiddenSubscriberCount": False,
        "videoCount": "3",
    }
    assert listed["pageInfo"] == {"totalResults": 1, "resultsPerPage": 5}


def test_4_comma_lists_and_repeated_parameters_are_equal(youtube):
    ids = [ADA, "UCbbbbbbbbbbbbbbbbbbbbbQ"]
    joined = youtube.channels().list(part="snippet,statistics", id=",".join(ids)).execute()
    assert youtube.channels().list(part=["snippet", "statistics"], id=ids).execute() == joined


def test_5_an_account_without_channel(site, refused):
    grace = site.client(user="grace@example.com")
    mine = grace.channels().list(part="id", mine=True).execute()
    assert "items" not in mine
    assert mine["pageInfo"] == {"totalResults": 0, "resultsPerPage": 5}
    refusal = refused(grace.playlists().insert(part="snippet", body={"snippet": {"title": "x"}}))
    assert error_of(refusal) == {
        "code": 401,
        "message": "Unauthorized",
        "errors": [
            {
                "message": "Unauthorized",
                "domain": "youtube.header",
                "reason": "youtubeSignupRequired",
                "location": "Authorization",
                "locationType": "header",
            }
        ],
    }


def test_5_the_empty_answer_can_be_a_refusal(site, refused):
    site.app.youtube.mine_needs_a_channel = True
    grace = site.client(user="grace@example.com")
    assert refused(grace.channels().list(part="id", mine=True)).status_code == 401
    assert refused(grace.playlists().list(part="id", mine=True)).status_code == 401


def test_6_an_api_that_is_not_enabled(site, youtube, refused):
    project = site.app.google.project("demo")
    project.disable("youtube.googleapis.com")
    refusal = refused(searched(youtube))
    assert (refusal.status_code, error_of(refusal)["errors"][0]["reason"]) == (403, "accessNotConfigured")
    assert refusal.reason.startswith("YouTube Data API v3 has not been used in project 123456789012 before or it is")
    assert [detail["@type"].rpartition(".")[2] for detail in refusal.error_details] == ["Help", "ErrorInfo"]
    assert refusal.error_details[1]["reason"] == "SERVICE_DISABLED"
    assert refusal.error_details[1]["metadata"] == {
        "service": "youtube.googleapis.com",
        "consumer": "projects/123456789012",
    }
    project.enable("youtube.googleapis.com")
    assert searched(youtube).execute()["items"]


def test_7_a_scope_too_small(site, refused):
    reader = site.client("youtube.readonly")
    refusal = refused(reader.playlists().insert(part="snippet", body={"snippet": {"title": "x"}}))
    assert refusal.status_code == 403
    assert refusal.error_details[0]["reason"] == "ACCESS_TOKEN_SCOPE_INSUFFICIENT"
    assert refusal.error_details[0]["metadata"] == {
        "service": "youtube.googleapis.com",
        "method": "youtube.api.v3.V3DataPlaylistService.Insert",
    }
    assert "insufficient_scope" in refusal.resp["www-authenticate"]


def test_8_a_spent_bucket_of_searches(site, youtube, refused):
    site.app.youtube.quota("demo").limit(searches=2)
    searched(youtube).execute()
    searched(youtube).execute()
    refusal = refused(searched(youtube))
    message = (
        "Quota exceeded for quota metric 'Search Queries' and limit 'Search Queries per day' of service "
        "'youtube.googleapis.com' for consumer 'project_number:123456789012'."
    )
    midnight = int(datetime(2026, 11, 22, 8, tzinfo=UTC).timestamp())
    assert error_of(refusal) == {
        "code": 429,
        "message": message,
        "errors": [{"message": message, "domain": "global", "reason": "rateLimitExceeded"}],
        "status": "RESOURCE_EXHAUSTED",
        "details": [
            {
                "@type": "type.googleapis.com/google.rpc.ErrorInfo",
                "reason": "RATE_LIMIT_EXCEEDED",
                "domain": "googleapis.com",
                "metadata": {
                    "quota_location": "global",
                    "quota_limit": "defaultSearchListPerDayPerProject",
                    "consumer": "projects/123456789012",
                    "quota_unit": "1/d/{project}",
                    "service": "youtube.googleapis.com",
                    "quota_metric": "youtube.googleapis.com/search_list",
                    "quota_limit_value": "2",
                    "window_start_time": str(midnight),
                },
            }
        ],
    }
    assert youtube.channels().list(part="id", id=ADA).execute()["items"]


def test_9_the_older_pool_of_units(site, youtube, refused):
    site.app.youtube.quota("demo").limits = DailyLimits(model="units", units=150)
    searched(youtube).execute()
    refusal = refused(searched(youtube))
    message = (
        "The request cannot be completed because you have exceeded your "
        '<a href="/youtube/v3/getting-started#quota">quota</a>.'
    )
    entry = {"message": message, "domain": "youtube.quota", "reason": "quotaExceeded"}
    assert error_of(refusal) == {"code": 403, "message": message, "errors": [entry]}
    assert refusal.error_details == [entry]
    assert rb"\u003ca href" in refusal.content


def test_10_a_new_day_begins_at_midnight_in_california(site, youtube, refused):
    site.app.youtube.quota("demo").limit(searches=1)
    searched(youtube).execute()
    refused(searched(youtube))
    site.app.clock.start_at(datetime(2026, 11, 23, 7, 59, 59, tzinfo=UTC))
    late = site.client()
    refused(searched(late))
    site.app.clock.advance(2)
    assert searched(late).execute()["items"]


def test_11_a_patient_client_outlasts_two_429(site, youtube):
    site.app.faults.add(Fault.status(429, operation="youtube.search.list", times=2))
    request = searched(youtube)
    request._sleep = lambda _: None
    assert request.execute(num_retries=3)["items"]
    assert len(site.app.journal.calls("youtube.search.list")) == 3


@pytest.mark.parametrize(
    ("arrange", "calls"),
    [
        (lambda app: app.youtube.quota("demo").limit(searches=0), 4),
        (lambda app: app.youtube.quota("demo").limit(model="units", units=0), 1),
        (lambda app: app.google.project("demo").disable("youtube.googleapis.com"), 1),
    ],
    ids=["429 is tried again", "quotaExceeded is not", "accessNotConfigured is not"],
)
def test_11_what_the_client_tries_again(site, youtube, arrange, calls):
    arrange(site.app)
    request = searched(youtube)
    request._sleep = lambda _: None
    with pytest.raises(Exception, match="HttpError"):
        request.execute(num_retries=3)
    assert len(site.app.journal.calls("youtube.search.list")) == calls


def test_12_no_filter(site):
    refusal = site.get("videos", part="snippet")
    assert refusal.status == 400
    assert refusal.error == {
        "code": 400,
        "message": "No filter selected. Expected one of: myRating, id, chart",
        "errors": [
            {
                "message": "No filter selected. Expected one of: myRating, id, chart",
                "domain": "youtube.parameter",
                "reason": "missingRequiredParameter",
                "location": "parameters.",
                "locationType": "other",
            }
        ],
    }


def test_13_no_part(site):
    refusal = site.get("videos", id="vidaaaaaaaA")
    assert (refusal.status, refusal.error["message"], refusal.reason) == (400, "Required parameter: part", "required")
    assert refusal.error["errors"][0]["location"] == "part"


def test_14_a_playlist_is_made_and_filled(youtube):
    body = {"snippet": {"title": "New", "description": "d"}, "status": {"privacyStatus": "private"}}
    playlist = youtube.playlists().insert(part="snippet,status", body=body).execute()
    assert (playlist["snippet"]["title"], playlist["status"]) == ("New", {"privacyStatus": "private"})
    resource = {"kind": "youtube#video", "videoId": "vidbbbbbbbA"}
    item = {"snippet": {"playlistId": playlist["id"], "resourceId": resource}}
    made = youtube.playlistItems().insert(part="snippet,contentDetails", body=item).execute()
    assert (made["snippet"]["position"], made["snippet"]["resourceId"]) == (0, resource)
    listed = youtube.playlistItems().list(part="snippet", playlistId=playlist["id"]).execute()
    assert [each["snippet"]["resourceId"]["videoId"] for each in listed["items"]] == ["vidbbbbbbbA"]
    assert listed["items"][0]["id"] == made["id"]


@pytest.mark.parametrize("token", ["zzz", "CAIQAg", "CAIQ", "EAAaBlBUOkNBVQ", "é", "CAIQAA=="])
def test_15_a_page_token_that_is_none(site, token):
    refusal = site.get("search", part="snippet", q="a", pageToken=token)
    assert (refusal.status, refusal.reason) == (400, "invalidPageToken")
    assert refusal.error["message"] == "The request specifies an invalid page token."
    assert "status" not in refusal.error


def test_16_an_expired_token(site):
    token = site.token()
    site.app.clock.advance(hours=2)
    refusal = site.get("search", part="snippet", token=token)
    assert (refusal.status, refusal.reason, refusal.error["status"]) == (401, "authError", "UNAUTHENTICATED")
    assert refusal.error["errors"][0]["message"] == "Invalid Credentials"


def test_20_a_token_for_analytics_alone(site, refused):
    refusal = refused(searched(site.client("yt-analytics.readonly")))
    assert refusal.error_details[0]["metadata"]["method"] == "youtube.api.v3.V3DataSearchService.List"


def test_19_two_users_through_one_project_share_its_quota(site, youtube, refused):
    site.app.youtube.quota("demo").limit(searches=2)
    searched(youtube).execute()
    searched(site.client(user="bob@example.com", client="other")).execute()
    assert refused(searched(youtube)).status_code == 429
    assert site.app.youtube.quota("demo").spent == {"searches": 2, "units": 0}
