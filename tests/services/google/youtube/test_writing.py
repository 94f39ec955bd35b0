"""What changes YouTube, and whom it lets."""

from __future__ import annotations

import pytest

ADA, BOB = "UCaaaaaaaaaaaaaaaaaaaaaA", "UCbbbbbbbbbbbbbbbbbbbbbQ"
WALK, LONG, SHORT, DOG = "vidaaaaaaaA", "vidaaaaaaaE", "vidaaaaaaaI", "vidbbbbbbbA"
WALKS = "PLaaaaaaaaaaaaaaaa"


@pytest.fixture
def as_bob(site):
    return site.token(user="bob@example.com")


def item(video=DOG, playlist=WALKS, **snippet):
    named = {"kind": "youtube#video", "videoId": video}
    return {"snippet": {"playlistId": playlist, "resourceId": named, **snippet}}


def videos(site, playlist=WALKS):
    return [each.id for each in map(site.app.youtube.video, playlist_of(site, playlist).videos)]


def playlist_of(site, identifier):
    return next(each for each in site.app.youtube.channel("@ada").playlists if each.id == identifier)


def test_a_playlist_changes_and_goes(site, youtube):
    body = {"id": WALKS, "snippet": {"title": "Strolls"}}
    changed = youtube.playlists().update(part="snippet,status", body=body).execute()
    assert (changed["snippet"]["title"], changed["status"]["privacyStatus"]) == ("Strolls", "public")
    assert youtube.playlists().delete(id=WALKS).execute() == ""
    assert site.get("playlists", part="id", id=WALKS).items == []
    assert site.get("playlistItems", part="id", playlistId=WALKS).status == 404
    assert site.app.youtube.video(LONG).title == "A longer walk"


@pytest.mark.parametrize(
    ("snippet", "reason"),
    [
        ({}, "playlistTitleRequired"),
        ({"title": " "}, "playlistTitleRequired"),
        ({"title": "<"}, "invalidPlaylistSnippet"),
    ],
)
def test_a_playlist_needs_a_title(site, snippet, reason):
    refusal = site.call("POST", "playlists", part="snippet", body={"snippet": snippet})
    assert (refusal.status, refusal.reason) == (400, reason)
    assert len(site.app.youtube.channel("@ada").playlists) == 2


def test_what_a_body_has_not(site):
    refusal = site.call("POST", "playlists", part="snippet", body={"snippet": {"titel": "x"}})
    assert "Unknown name \"titel\" at 'playlist.snippet'" in refusal.error["message"]


def test_a_video_goes_where_it_is_put(site):
    made = site.call("POST", "playlistItems", part="snippet", body=item(position=1)).json
    assert made["snippet"]["position"] == 1
    assert videos(site) == [LONG, DOG, WALK]
    moved = {"id": made["id"], **item(position=2)}
    assert site.call("PUT", "playlistItems", part="snippet", body=moved).json["snippet"]["position"] == 2
    assert videos(site) == [LONG, WALK, DOG]
    first = site.get("playlistItems", part="id", playlistId=WALKS).items[0]["id"]
    assert site.call("DELETE", "playlistItems", id=first).status == 204
    listed = site.get("playlistItems", part="snippet", playlistId=WALKS).items
    assert [each["snippet"]["position"] for each in listed] == [0, 1]
    assert videos(site) == [WALK, DOG]


@pytest.mark.parametrize(
    ("body", "status", "reason"),
    [
        (item(playlist=""), 400, "playlistIdRequired"),
        (item(playlist="PLnone"), 404, "playlistNotFound"),
        (item(video="vidnoneeeee"), 404, "videoNotFound"),
        (item(position=3), 400, "invalidPlaylistItemPosition"),
        ({"snippet": {"playlistId": WALKS}}, 400, "resourceIdRequired"),
    ],
)
def test_items_that_cannot_be(site, body, status, reason):
    refusal = site.call("POST", "playlistItems", part="snippet", body=body)
    assert (refusal.status, refusal.reason) == (status, reason)
    assert videos(site) == [LONG, WALK]


def test_somebody_elses_playlist(site, as_bob):
    first = site.get("playlistItems", part="id", playlistId=WALKS).items[0]["id"]
    body = {"id": WALKS, "snippet": {"title": "Mine"}}
    for refusal, reason in (
        (site.call("POST", "playlistItems", part="snippet", body=item(), token=as_bob), "playlistItemsNotAccessible"),
        (site.call("DELETE", "playlistItems", id=first, token=as_bob), "playlistItemsNotAccessible"),
        (site.call("DELETE", "playlists", id=WALKS, token=as_bob), "playlistForbidden"),
        (site.call("PUT", "playlists", part="snippet", body=body, token=as_bob), "playlistForbidden"),
    ):
        assert (refusal.status, refusal.reason) == (403, reason)
    assert (playlist_of(site, WALKS).title, videos(site)) == ("Walks", [LONG, WALK])


def test_a_channel_is_followed_once(site, youtube, refused):
    third = site.app.youtube.add_channel("Third").id
    body = {"snippet": {"resourceId": {"kind": "youtube#channel", "channelId": third}}}
    made = youtube.subscriptions().insert(part="snippet", body=body).execute()
    assert made["snippet"]["title"] == "Third"
    again = refused(youtube.subscriptions().insert(part="snippet", body=body))
    assert (again.status_code, again.error_details[0]["reason"]) == (400, "subscriptionDuplicate")
    assert site.get("channels", part="statistics", id=third).items[0]["statistics"]["subscriberCount"] == "1"
    assert youtube.subscriptions().delete(id=made["id"]).execute() == ""
    assert site.call("DELETE", "subscriptions", id=made["id"]).reason == "subscriptionNotFound"
    assert site.app.youtube.channel("@ada").subscriptions == (BOB,)


def test_subscriptions_that_cannot_be(site, as_bob):
    nobody = {"snippet": {"resourceId": {"kind": "youtube#channel", "channelId": "UCnone"}}}
    assert site.call("POST", "subscriptions", part="snippet", body=nobody).reason == "publisherNotFound"
    mine = site.get("subscriptions", part="id", mine="true").items[0]["id"]
    assert site.call("DELETE", "subscriptions", id=mine, token=as_bob).reason == "subscriptionForbidden"


def test_ratings(site, youtube):
    assert youtube.videos().rate(id=DOG, rating="like").execute() == ""
    assert site.get("videos", part="statistics", id=DOG).items[0]["statistics"]["likeCount"] == "21"
    assert [each["id"] for each in site.get("videos", part="id", myRating="like").items] == [DOG]
    liked = site.get("playlistItems", part="contentDetails", playlistId="LL").items
    assert [each["contentDetails"]["videoId"] for each in liked] == [DOG]
    rated = youtube.videos().getRating(id=f"{DOG},{WALK}").execute()["items"]
    assert {each["videoId"]: each["rating"] for each in rated} == {DOG: "like", WALK: "none"}
    youtube.videos().rate(id=DOG, rating="none").execute()
    assert site.get("videos", part="id", myRating="like").items == []
    assert site.call("POST", "videos/rate", id="vidnoneeeee", rating="like").reason == "videoNotFound"


def test_comments_are_made_and_answered(site, youtube):
    thread = {"snippet": {"videoId": DOG, "topLevelComment": {"snippet": {"textOriginal": "Good & dog"}}}}
    made = youtube.commentThreads().insert(part="snippet", body=thread).execute()
    said = made["snippet"]["topLevelComment"]["snippet"]
    assert (said["textDisplay"], said["authorDisplayName"]) == ("Good &amp; dog", "@ada")
    reply = {"snippet": {"parentId": made["id"], "textOriginal": "Indeed"}}
    answered = youtube.comments().insert(part="snippet", body=reply).execute()
    assert answered["id"].startswith(made["id"] + ".")
    assert site.get("videos", part="statistics", id=DOG).items[0]["statistics"]["commentCount"] == "2"


@pytest.mark.parametrize(
    ("video", "text", "status", "reason"),
    [
        (DOG, "", 400, "commentTextRequired"),
        (DOG, "x" * 10_001, 400, "commentTextTooLong"),
        (SHORT, "x", 403, "commentsDisabled"),
        ("vidnoneeeee", "x", 404, "videoNotFound"),
    ],
)
def test_comments_that_cannot_be(site, video, text, status, reason):
    body = {"snippet": {"videoId": video, "topLevelComment": {"snippet": {"textOriginal": text}}}}
    refusal = site.call("POST", "commentThreads", part="snippet", body=body)
    assert (refusal.status, refusal.reason) == (status, reason)


def test_a_reply_needs_a_thread(site):
    body = {"snippet": {"parentId": "Ugnone", "textOriginal": "x"}}
    assert site.call("POST", "comments", part="snippet", body=body).reason == "parentCommentNotFound"


@pytest.mark.parametrize(
    ("verb", "path", "query", "body"),
    [
        ("POST", "playlists", {"part": "snippet"}, {"snippet": {"title": "x"}}),
        ("POST", "playlistItems", {"part": "snippet"}, item()),
        ("POST", "subscriptions", {"part": "snippet"}, {"snippet": {}}),
        ("DELETE", "playlists", {"id": WALKS}, None),
        ("POST", "videos/rate", {"id": DOG, "rating": "like"}, None),
        ("GET", "subscriptions", {"part": "id", "mine": "true"}, None),
        ("GET", "videos", {"part": "id", "myRating": "like"}, None),
    ],
)
def test_an_account_without_channel_cannot(site, verb, path, query, body):
    token = site.token(user="grace@example.com")
    refusal = site.call(verb, path, token=token, body=body, **query)
    assert (refusal.status, refusal.reason) == (401, "youtubeSignupRequired")
    assert list(site.app.journal)[-1].cause == "no_channel"


def test_a_video_changes_and_goes(site, youtube):
    snippet = {"title": "A stroll", "categoryId": "19", "tags": ["slow"]}
    body = {"id": WALK, "snippet": snippet, "status": {"privacyStatus": "unlisted"}}
    changed = youtube.videos().update(part="snippet,status", body=body).execute()
    assert (changed["snippet"]["tags"], changed["snippet"]["description"]) == (["slow"], "")
    stored = site.get("videos", part="snippet,status", id=WALK).items[0]
    assert (stored["snippet"]["categoryId"], stored["status"]["privacyStatus"]) == ("19", "unlisted")
    assert youtube.videos().delete(id=WALK).execute() == ""
    assert site.get("videos", part="id", id=WALK).items == []
    assert videos(site) == [LONG]


@pytest.mark.parametrize(
    ("video", "snippet", "status", "reason"),
    [
        (WALK, {"title": "", "categoryId": "19"}, 400, "invalidTitle"),
        (WALK, {"title": "x", "categoryId": "999"}, 400, "invalidCategoryId"),
        (DOG, {"title": "x", "categoryId": "19"}, 403, "forbidden"),
        ("vidnoneeeee", {"title": "x", "categoryId": "19"}, 404, "videoNotFound"),
    ],
)
def test_videos_that_cannot_be_changed(site, video, snippet, status, reason):
    refusal = site.call("PUT", "videos", part="snippet", body={"id": video, "snippet": snippet})
    assert (refusal.status, refusal.reason) == (status, reason)


def test_comments_are_moderated_changed_and_deleted(site, youtube, as_bob):
    held = site.get("commentThreads", part="id", videoId=WALK, moderationStatus="heldForReview").items[0]["id"]
    youtube.comments().setModerationStatus(id=held, moderationStatus="published").execute()
    threads = site.get("commentThreads", part="snippet,replies", videoId=WALK).items
    assert len(threads) == 3
    thread = next(each for each in threads if "replies" in each)
    own = thread["replies"]["comments"][0]["id"]
    body = {"id": own, "snippet": {"textOriginal": "Thank you"}}
    assert youtube.comments().update(part="snippet", body=body).execute()["snippet"]["textOriginal"] == "Thank you"
    for refusal in (
        site.call("PUT", "comments", part="snippet", body=body, token=as_bob),
        site.call("DELETE", "comments", id=own, token=as_bob),
        site.call("POST", "comments/setModerationStatus", id=own, moderationStatus="rejected", token=as_bob),
    ):
        assert (refusal.status, refusal.reason) == (403, "forbidden")
    youtube.comments().delete(id=thread["id"]).execute()
    assert site.get("comments", part="id", id=f"{thread['id']},{own}").items == []
    assert site.call("DELETE", "comments", id=own).reason == "commentNotFound"
