"""The ``youtube`` section of a seed and ``emulator.youtube``."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from emulator.app import App
from emulator.config import Config
from emulator.kernel.live import UnknownName
from emulator.kernel.seed import SeedError

CHANNEL = "{title: C, videos: [{title: V, age: 1d}]}"


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("channels: [{title: C, owner: nobody@example.com}]", "youtube.channels[0].owner"),
        ("channels: [{title: C, id: UCshort}]", 'expected "UC" and 22 letters'),
        ("channels: [{title: C, handle: c}]", "expected a handle"),
        ("channels: [{title: C, age: 1d, date: 2026-01-01}]", "say either age or date"),
        ("channels: [{title: C, videos: [{title: V}]}]", "say either age or date"),
        ("channels: [{title: C, videos: [{title: V, age: 1d, id: x}]}]", "expected eleven letters"),
        ("channels: [{title: C, subscriptions: [D]}]", "youtube.channels[0].subscriptions[0]"),
        ("channels: [{title: C, playlists: [{title: P, videos: [W]}]}]", "youtube.channels[0].playlists[0].videos[0]"),
        ("channels: [{title: C}, {title: C}]", "already used"),
        ("channels: [{title: C, handle: '@ada'}]", "is in this world already"),
        ("channels: [{title: C, owner: ada@example.com}]", "is in this world already"),
        ("channels: [{title: C, videos: [{title: V, age: 1d, id: vidaaaaaaaA}]}]", "is in this world already"),
        ("limits: [{project: none}]", "youtube.limits[0].project"),
        ("limits: [{project: demo, units: -1}]", "limit of 0 or more"),
        ("channel: []", "unknown field"),
    ],
)
def test_a_seed_with_a_mistake_leaves_nothing(site, text, problem):
    before = len(site.app.youtube.channels)
    with pytest.raises(SeedError) as refused:
        site.app.seed(text=f"youtube: {{{text}}}")
    assert problem in str(refused.value)
    assert len(site.app.youtube.channels) == before


def test_ids_follow_from_names(site):
    site.app.seed(text=f"youtube: {{channels: [{CHANNEL}]}}")
    one = site.app.youtube.channel("C")
    assert (len(one.id), one.id[:2], len(one.videos[0].id)) == (24, "UC", 11)
    again = App(Config())
    again.seed(text=f"youtube: {{channels: [{CHANNEL}]}}")
    assert (again.youtube.channel("C").id, again.youtube.channel("C").videos) == (one.id, one.videos)
    again.close()


def test_the_demo_world_has_channels():
    app = App(Config(seeds=("demo",)))
    assert app.youtube.channel("ada@example.com").title == "Ada Lovelace"
    with pytest.raises(UnknownName, match="Slow Kitchen"):
        app.youtube.channel("grace@example.com")
    assert app.youtube.video("Compilers in 100 minutes").views == 913422
    app.close()


def test_reset_brings_the_beginning_back(site):
    site.app.youtube.add_channel("New")
    site.app.reset()
    assert site.app.youtube.channels == ()
    assert site.app.world.value("SELECT count(*) FROM youtube_text") == 0


def test_what_is_added_shows_at_once(site):
    youtube = site.app.youtube
    channel = youtube.add_channel("Grace", owner="grace@example.com", handle="@Grace")
    video = youtube.add_video("@grace", "Moths", published=datetime(2026, 1, 2, tzinfo=UTC), views=5, seconds=61)
    youtube.add_comment("Moths", "@ada", "Lovely")
    token = site.token(user="grace@example.com")
    mine = site.get("channels", part="snippet,statistics", mine="true", token=token).items[0]
    assert (mine["id"], mine["snippet"]["customUrl"], mine["statistics"]["viewCount"]) == (channel.id, "@grace", "5")
    shown = site.get("videos", part="snippet,contentDetails", id=video.id).items[0]
    assert (shown["snippet"]["publishedAt"], shown["contentDetails"]["duration"]) == ("2026-01-02T00:00:00Z", "PT1M1S")
    assert len(site.get("commentThreads", part="id", videoId=video.id).items) == 1


def test_what_is_set_is_answered(site):
    video = site.app.youtube.video("A walk & a talk")
    video.comments_enabled = False
    assert site.get("commentThreads", part="id", videoId=video.id).reason == "commentsDisabled"
    with pytest.raises(ValueError, match="privacy"):
        video.privacy = "secret"


def test_a_channel_that_ends_takes_everything_along(site):
    site.app.youtube.channel("@ada").delete()
    assert site.get("search", part="id", q="walk").items == []
    assert site.get("playlists", part="id", id="PLaaaaaaaaaaaaaaaa").items == []
    assert site.get("subscriptions", part="id", mine="true").reason == "youtubeSignupRequired"
