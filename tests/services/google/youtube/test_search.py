"""Search: which words find what, what restricts it, in which order and how far it goes."""

from __future__ import annotations

import pytest

WALK, LONG, SHORT, DOG, ADULT = "vidaaaaaaaA", "vidaaaaaaaE", "vidaaaaaaaI", "vidbbbbbbbA", "vidbbbbbbbE"
ADA, BOB = "UCaaaaaaaaaaaaaaaaaaaaaA", "UCbbbbbbbbbbbbbbbbbbbbbQ"


@pytest.fixture
def found(site):
    """Ids of what a search finds."""

    def search(**query):
        items = site.get("search", part="snippet", maxResults=50, **query).items
        return [next(text for name, text in item["id"].items() if name != "kind") for item in items]

    return search


def test_any_word_finds_and_more_words_rank_higher(found):
    assert found(q="longer walk", type="video") == [LONG, WALK]


def test_words_are_found_by_their_stem_in_tags_and_descriptions(found):
    assert found(q="tv", type="video") == [WALK]
    assert found(q="walks", type="video") == found(q="walking", type="video")
    assert found(q="FOOT", type="video") == [WALK]


def test_a_phrase_has_to_be_there_and_a_struck_word_must_not(found):
    assert found(q='"a walk"', type="video") == [WALK]
    assert found(q="walk -longer", type="video") == [WALK]
    assert LONG not in found(q="-longer", type="video")
    assert set(found(q="dog|clip", type="video")) == {DOG, SHORT}


@pytest.mark.parametrize("q", ["zeppelin", "!!!", '"', "( )", "NEAR(", "title:x*"])
def test_what_finds_nothing_is_an_empty_list(site, q):
    answer = site.get("search", part="snippet", q=q).json
    assert answer["items"] == []
    assert answer["pageInfo"] == {"totalResults": 0, "resultsPerPage": 0}
    assert "nextPageToken" not in answer


def test_without_type_everything_public_is_found(found):
    assert set(found(q="ada walk")) == {WALK, LONG, SHORT, ADA, "PLaaaaaaaaaaaaaaaa"}


def test_private_and_unlisted_are_not_found(found):
    assert not {"vidaaaaaaaM", "vidaaaaaaaQ", "PLssssssssssssssss"} & set(found())


def test_for_mine_finds_what_is_private_too(found):
    assert found(forMine="true", type="video", q="hidden") == ["vidaaaaaaaM"]


@pytest.mark.parametrize(
    ("order", "first"), [("date", DOG), ("rating", DOG), ("title", DOG), ("viewCount", LONG), ("relevance", LONG)]
)
def test_orders(found, order, first):
    assert found(type="video", order=order)[0] == first


def test_channels_by_number_of_videos(found):
    assert found(type="channel", order="videoCount") == [ADA, BOB]


@pytest.mark.parametrize(
    ("restriction", "expected"),
    [
        ({"videoDuration": "short"}, {SHORT}),
        ({"videoDuration": "medium"}, {WALK, DOG, ADULT}),
        ({"videoDuration": "long"}, {LONG}),
        ({"videoDuration": "any"}, {WALK, LONG, SHORT, DOG, ADULT}),
        ({"videoDefinition": "standard"}, {ADULT}),
        ({"videoCategoryId": "27"}, {LONG}),
        ({"videoCaption": "closedCaption"}, set()),
        ({"videoLicense": "creativeCommon"}, set()),
        ({"safeSearch": "strict"}, {WALK, LONG, SHORT, DOG}),
        ({"eventType": "live"}, set()),
        ({"channelId": BOB}, {DOG, ADULT}),
        ({"channelId": "UCzzzzzzzzzzzzzzzzzzzzzA"}, set()),
        ({"publishedAfter": "2026-11-19T12:00:00Z"}, {SHORT, DOG}),
        ({"publishedBefore": "2026-11-17T12:00:00Z"}, {ADULT}),
    ],
)
def test_restrictions(found, restriction, expected):
    assert set(found(type="video", **restriction)) == expected


@pytest.mark.parametrize(
    "query",
    [
        {"videoDuration": "short"},
        {"videoDuration": "short", "type": "video,channel"},
        {"videoCategoryId": "27", "type": "channel"},
        {"forMine": "true"},
        {"eventType": "live"},
        {"type": "film"},
    ],
)
def test_what_does_not_go_together(site, query):
    refusal = site.get("search", part="snippet", **query)
    assert refusal.status == 400
    assert refusal.error["errors"] == [
        {
            "message": "Invalid combination of search filters and/or restrictions.",
            "domain": "youtube.search",
            "reason": "invalidSearchFilter",
            "location": "",
            "locationType": "parameter",
        }
    ]


def test_a_channel_id_that_cannot_be_one(site):
    assert site.get("search", part="snippet", channelId="@ada").reason == "invalidChannelId"


def test_what_is_not_modelled_is_loud(site):
    refusal = site.get("search", part="snippet", topicId="/m/04rlf")
    assert (refusal.status, refusal.reason) == (501, "notImplemented")
    assert "youtube.search.list with topicId" in refusal.error["message"]
    assert list(site.app.journal)[-1].unrouted


def test_titles_have_entities_here_and_only_here(site):
    item = site.get("search", part="snippet", q="talk", type="video").items[0]
    assert item["snippet"]["title"] == "A walk &amp; a talk"
    assert item["snippet"]["publishTime"] == item["snippet"]["publishedAt"] == "2026-11-17T12:00:00Z"
    assert item["id"] == {"kind": "youtube#video", "videoId": WALK}
    assert list(item["snippet"]["thumbnails"]) == ["default", "medium", "high"]
    assert site.get("search", part="snippet", q="dog", type="video").items[0]["snippet"]["title"] == "A dog&#39;s day"
    assert site.get("videos", part="snippet", id=WALK).items[0]["snippet"]["title"] == "A walk & a talk"


def test_kinds_name_their_id(site):
    items = site.get("search", part="id", q="ada walks", maxResults=50).items
    assert {tuple(item["id"]) for item in items} == {
        ("kind", "videoId"),
        ("kind", "channelId"),
        ("kind", "playlistId"),
    }
    assert all("snippet" not in item for item in items)


def test_an_empty_page_and_the_region(site):
    answer = site.get("search", part="snippet", type="video", maxResults=0, regionCode="FR").json
    assert (answer["items"], answer["regionCode"]) == ([], "FR")
    assert answer["pageInfo"] == {"totalResults": 5, "resultsPerPage": 0}
    assert "nextPageToken" not in answer


def test_pages_lead_back(site):
    second = site.get("search", part="id", type="video", maxResults=2, pageToken="CAIQAA").json
    assert second["prevPageToken"] == "CAIQAQ"
    first = site.get("search", part="id", type="video", maxResults=2, pageToken="CAIQAQ").json
    assert first["items"] == site.get("search", part="id", type="video", maxResults=2).items


def test_five_hundred_results_can_be_reached(site):
    with site.app.world.transaction():
        for number in range(510):
            site.app.youtube.add_video("@bob", f"Zebra {number}")
    page = site.get("search", part="id", q="zebra", type="video", maxResults=50, pageToken="CMIDEAA").json
    assert page["pageInfo"]["totalResults"] == 510
    assert len(page["items"]) == 50
    assert "nextPageToken" not in page
    assert site.get("search", part="id", q="zebra", maxResults=50, pageToken="CPQDEAA").items == []


def test_new_names_are_found_at_once_and_old_ones_no_longer(site, found):
    site.app.youtube.video(DOG).title = "Zeppelin"
    assert (found(q="zeppelin"), DOG in found(q="dog")) == ([DOG], False)
    site.app.youtube.video(DOG).delete()
    assert found(q="zeppelin") == []
