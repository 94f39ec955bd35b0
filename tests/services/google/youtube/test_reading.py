"""The lists: filters, parts, shapes, and who may see what."""

from __future__ import annotations

import re

import pytest

ADA, BOB = "UCaaaaaaaaaaaaaaaaaaaaaA", "UCbbbbbbbbbbbbbbbbbbbbbQ"
WALK, LONG, SHORT, HIDDEN, UNLISTED, DOG = (
    *("vidaaaaaaaA", "vidaaaaaaaE", "vidaaaaaaaI", "vidaaaaaaaM", "vidaaaaaaaQ"),
    "vidbbbbbbbA",
)
WALKS, SECRET = "PLaaaaaaaaaaaaaaaa", "PLssssssssssssssss"


def ids(answer):
    return [item["id"] for item in answer.items]


@pytest.fixture
def as_bob(site):
    return site.token(user="bob@example.com")


@pytest.mark.parametrize(
    "query",
    [{"id": ADA}, {"mine": "true"}, {"forHandle": "@Ada"}, {"forHandle": "ada"}, {"forUsername": "adaclassic"}],
)
def test_one_channel_by_every_filter(site, query):
    assert ids(site.get("channels", part="id", **query)) == [ADA]


def test_a_channel_in_full(site):
    channel = site.get("channels", part="snippet,contentDetails,brandingSettings,status,topicDetails", id=ADA).items[0]
    assert list(channel) == ["kind", "etag", "id", "snippet", "contentDetails", "status", "brandingSettings"]
    assert channel["snippet"]["customUrl"] == "@ada"
    assert channel["contentDetails"]["relatedPlaylists"] == {"likes": "LL", "uploads": "UU" + ADA[2:]}
    others = site.get("channels", part="contentDetails", id=BOB).items[0]
    assert others["contentDetails"]["relatedPlaylists"]["likes"] == ""


def test_hidden_subscribers_are_none(site):
    statistics = site.get("channels", part="statistics", id=BOB).items[0]["statistics"]
    assert (statistics["hiddenSubscriberCount"], statistics["subscriberCount"]) == (True, "0")


@pytest.mark.parametrize("query", [{"id": "UCnone"}, {"forHandle": "@none"}, {"forUsername": "none"}])
def test_without_a_channel_there_are_no_items(site, query):
    answer = site.get("channels", part="id", maxResults=7, **query).json
    assert set(answer) == {"kind", "etag", "pageInfo"}
    assert answer["pageInfo"] == {"totalResults": 0, "resultsPerPage": 7}


@pytest.mark.parametrize(
    ("path", "query", "reason", "message"),
    [
        ("channels", {}, "missingRequiredParameter", "id, managedByMe, forUsername, forHandle, mine, mySubscribers"),
        ("playlists", {}, "missingRequiredParameter", "No filter selected. Expected one of: channelId, mine, id"),
        ("playlistItems", {}, "missingRequiredParameter", "No filter selected. Expected one of: id, playlistId"),
        ("playlists", {"mine": "false"}, "missingRequiredParameter", "No filter selected"),
        ("subscriptions", {}, "missingRequiredParameter", "No filter selected"),
        ("commentThreads", {}, "missingRequiredParameter", "No filter selected"),
        ("channels", {"id": ADA, "mine": "true"}, "incompatibleParameters", "id, mine"),
        ("videos", {"id": ",".join(f"vid{n:08}" for n in range(51))}, "invalidFilters", "an invalid filter parameter"),
        ("videos", {"myRating": "none"}, "invalidFilters", "The request specifies an invalid filter parameter."),
    ],
)
def test_filters_that_are_none(site, path, query, reason, message):
    refusal = site.get(path, part="id", **query)
    assert (refusal.status, refusal.reason) == (400, reason)
    assert message in refusal.error["message"]
    assert refusal.error["errors"][0]["domain"] == "youtube.parameter"
    assert "status" not in refusal.error


def test_a_part_nobody_has(site):
    refusal = site.get("videos", part="snippet,statistcs", id=WALK)
    assert refusal.error["errors"] == [
        {
            "message": "statistcs",
            "domain": "youtube.part",
            "reason": "unknownPart",
            "location": "part",
            "locationType": "parameter",
        }
    ]


def test_a_number_out_of_range(site):
    refusal = site.get("search", part="snippet", maxResults=99)
    assert refusal.error["message"] == "Invalid value '99'. Values must be within the range: [0, 50]"
    assert refusal.reason == "invalidParameter"


def test_a_video_in_full(site):
    video = site.get("videos", part="snippet,contentDetails,status,statistics,player", id=WALK).items[0]
    assert video["snippet"]["tags"] == ["walking", "slow tv"]
    assert video["snippet"]["channelTitle"] == "Ada"
    assert video["contentDetails"]["duration"] == "PT5M12S"
    assert video["statistics"] == {"viewCount": "10", "likeCount": "3", "favoriteCount": "0", "commentCount": "3"}
    assert re.fullmatch(r"[\w-]{27}", video["etag"])
    assert WALK in video["player"]["embedHtml"]


def test_durations_and_comments_that_are_off(site):
    videos = site.get("videos", part="contentDetails,statistics", id=f"{LONG},{SHORT}").items
    assert [video["contentDetails"]["duration"] for video in videos] == ["PT1H2M", "PT50S"]
    assert ["commentCount" in video["statistics"] for video in videos] == [True, False]


def test_repeated_ids_collapse_and_are_not_paged(site):
    answer = site.get("videos", part="id", id=[WALK, WALK, LONG, "unknown"], maxResults=1).json
    assert [item["id"] for item in answer["items"]] == [WALK, LONG]
    assert answer["pageInfo"] == {"totalResults": 2, "resultsPerPage": 2}


def test_what_is_private_only_its_owner_sees(site, as_bob):
    wanted = f"{HIDDEN},{UNLISTED}"
    assert ids(site.get("videos", part="id", id=wanted)) == [HIDDEN, UNLISTED]
    assert ids(site.get("videos", part="id", id=wanted, token=as_bob)) == [UNLISTED]
    assert ids(site.get("playlists", part="id", id=f"{WALKS},{SECRET}", token=as_bob)) == [WALKS]
    assert site.get("playlistItems", part="id", playlistId=SECRET, token=as_bob).reason == "playlistNotFound"


def test_the_most_popular(site):
    assert ids(site.get("videos", part="id", chart="mostPopular", maxResults=2)) == [LONG, SHORT]
    assert ids(site.get("videos", part="id", chart="mostPopular", videoCategoryId="27")) == [LONG]


def test_playlists_of_a_channel(site, as_bob):
    assert ids(site.get("playlists", part="id", mine="true")) == [SECRET, WALKS]
    listed = site.get("playlists", part="snippet,contentDetails", channelId=ADA, token=as_bob)
    assert ids(listed) == [WALKS]
    assert listed.items[0]["contentDetails"] == {"itemCount": 2}
    assert f"/vi/{LONG}/" in listed.items[0]["snippet"]["thumbnails"]["default"]["url"]
    assert site.get("playlists", part="id", channelId=BOB).items == []
    assert site.get("playlists", part="id", channelId="UCnone").reason == "channelNotFound"


def test_items_of_a_playlist_in_order_and_in_pages(site):
    page = site.get("playlistItems", part="snippet,contentDetails", playlistId=WALKS, maxResults=1).json
    item = page["items"][0]
    assert (item["snippet"]["position"], item["contentDetails"]["videoId"]) == (0, LONG)
    assert item["snippet"]["videoOwnerChannelId"] == ADA
    rest = site.get("playlistItems", part="id", playlistId=WALKS, maxResults=1, pageToken=page["nextPageToken"]).json
    assert "nextPageToken" not in rest
    assert rest["prevPageToken"] != page["nextPageToken"]
    assert ids(site.get("playlistItems", part="id", playlistId=WALKS, videoId=WALK)) == [rest["items"][0]["id"]]
    assert ids(site.get("playlistItems", part="id", id=item["id"])) == [item["id"]]


def test_uploads_are_a_playlist(site, as_bob):
    listed = site.get("playlistItems", part="contentDetails", playlistId="UU" + ADA[2:], maxResults=50, token=as_bob)
    assert [item["contentDetails"]["videoId"] for item in listed.items] == [SHORT, LONG, WALK]
    assert ids(site.get("playlistItems", part="id", id=listed.items[1]["id"])) == [listed.items[1]["id"]]
    own = site.get("playlistItems", part="id", playlistId="UU" + ADA[2:], maxResults=50)
    assert len(own.items) == 5


def test_a_video_turned_private_leaves_its_place(site, as_bob):
    site.app.youtube.video(LONG).privacy = "private"
    first = site.get("playlistItems", part="snippet", playlistId=WALKS, token=as_bob).items[0]["snippet"]
    assert (first["title"], first["resourceId"]["videoId"]) == ("Private video", LONG)


def test_a_playlist_that_is_not_there(site):
    refusal = site.get("playlistItems", part="id", playlistId="PLnone")
    assert refusal.error == {
        "code": 404,
        "message": "The playlist identified with the request's <code>playlistId</code> parameter cannot be found.",
        "errors": [
            {
                "message": "The playlist identified with the request's <code>playlistId</code> parameter "
                "cannot be found.",
                "domain": "youtube.playlistItem",
                "reason": "playlistNotFound",
                "location": "playlistId",
                "locationType": "parameter",
            }
        ],
    }


def test_subscriptions(site, as_bob):
    mine = site.get("subscriptions", part="snippet,contentDetails", mine="true")
    assert mine.json["kind"] == "youtube#SubscriptionListResponse"
    assert mine.items[0]["snippet"]["resourceId"] == {"kind": "youtube#channel", "channelId": BOB}
    assert mine.items[0]["snippet"]["channelId"] == ADA
    followers = site.get("subscriptions", part="subscriberSnippet", mySubscribers="true")
    assert followers.items[0]["subscriberSnippet"]["channelId"] == BOB
    assert site.get("subscriptions", part="id", mine="true", forChannelId=ADA).items == []
    assert len(site.get("subscriptions", part="id", channelId=BOB).items) == 1
    refusal = site.get("subscriptions", part="id", channelId=ADA, token=as_bob)
    assert (refusal.status, refusal.reason) == (403, "subscriptionForbidden")
    assert site.get("subscriptions", part="id", channelId="UCnone").reason == "subscriberNotFound"


def test_comment_threads(site):
    answer = site.get("commentThreads", part="snippet,replies", videoId=WALK)
    carl, bob = answer.items
    assert answer.json["pageInfo"] == {"totalResults": 2, "resultsPerPage": 20}
    said = bob["snippet"]["topLevelComment"]["snippet"]
    assert said["textDisplay"] == "Nice &lt;b&gt; &amp; quiet<br>really"
    assert said["textOriginal"] == "Nice <b> & quiet\nreally"
    assert (said["likeCount"], bob["snippet"]["totalReplyCount"], "replies" in carl) == (2, 1, False)
    reply = bob["replies"]["comments"][0]["snippet"]
    assert (reply["authorChannelId"], reply["parentId"]) == ({"value": ADA}, bob["id"])
    plain = site.get("commentThreads", part="snippet", id=bob["id"], textFormat="plainText").items[0]
    assert plain["snippet"]["topLevelComment"]["snippet"]["textDisplay"] == "Nice <b> & quiet\nreally"
    assert ids(site.get("comments", part="id", parentId=bob["id"])) == [bob["replies"]["comments"][0]["id"]]


def test_comment_threads_are_chosen_and_ordered(site, as_bob):
    def authors(**query):
        listed = site.get("commentThreads", part="snippet", **query).items
        return [each["snippet"]["topLevelComment"]["snippet"]["authorDisplayName"] for each in listed]

    assert authors(allThreadsRelatedToChannelId=ADA) == ["Carl", "Bob"]
    assert authors(videoId=WALK, order="relevance") == ["Carl", "Bob"]
    assert authors(videoId=WALK, searchTerms="QUIET") == ["Bob"]
    assert authors(videoId=WALK, moderationStatus="heldForReview") == ["Spam"]
    held = site.get("commentThreads", part="id", videoId=WALK, moderationStatus="heldForReview", token=as_bob)
    assert (held.status, held.reason) == (403, "forbidden")


@pytest.mark.parametrize(
    ("video", "status", "reason"), [(SHORT, 403, "commentsDisabled"), ("vidnoneeeee", 404, "videoNotFound")]
)
def test_comments_that_cannot_be_had(site, video, status, reason):
    refusal = site.get("commentThreads", part="snippet", videoId=video)
    assert (refusal.status, refusal.reason) == (status, reason)
    assert refusal.error["errors"][0]["domain"] == "youtube.commentThread"


@pytest.mark.parametrize("scope", ["youtube.readonly", "youtube"])
def test_comments_want_their_own_scope(site, scope):
    refusal = site.get("commentThreads", part="snippet", videoId=WALK, token=site.token(scope))
    assert (refusal.status, refusal.reason) == (403, "insufficientPermissions")


def test_categories(site):
    listed = site.get("videoCategories", part="snippet", regionCode="US").items
    assert {"27": "Education"}.items() <= {item["id"]: item["snippet"]["title"] for item in listed}.items()
    assert site.get("videoCategories", part="snippet", id="999").status == 404


def test_an_answer_that_did_not_change_is_not_sent_again(site):
    first = site.get("channels", part="snippet,statistics", id=ADA)
    known = {"If-None-Match": f'"{first.json["etag"]}"'}
    again = site.get("channels", part="snippet,statistics", id=ADA, headers=known)
    assert (again.status, again.reply.body) == (304, b"")
    site.app.youtube.channel("@ada").title = "Countess"
    assert site.get("channels", part="snippet,statistics", id=ADA, headers=known).status == 200


def test_fields_trim_an_answer(site):
    answer = site.get("videos", part="snippet", id=WALK, fields="items(id,snippet/title)").json
    assert answer == {"items": [{"id": WALK, "snippet": {"title": "A walk & a talk"}}]}


def test_what_partners_do_is_loud(site):
    assert site.get("channels", part="id", id=ADA, onBehalfOfContentOwner="x").status == 501
    assert site.get("channelSections", part="id", mine="true").status == 501
