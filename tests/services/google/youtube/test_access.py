"""Who may ask at all: tokens, API keys, hosts, batches, and what is not implemented."""

from __future__ import annotations

import subprocess
import sys

import pytest
from google.oauth2.credentials import Credentials
from googleapiclient.discovery import build

from emulator import Emulator
from emulator.kernel.http import Call, Headers

ADA, WALK = "UCaaaaaaaaaaaaaaaaaaaaaA", "vidaaaaaaaA"


@pytest.mark.parametrize(
    ("path", "query"),
    [
        ("search", {"q": "walk"}),
        ("channels", {"id": ADA}),
        ("videos", {"id": WALK}),
        ("playlists", {"channelId": ADA}),
        ("playlistItems", {"playlistId": "PLaaaaaaaaaaaaaaaa"}),
        ("commentThreads", {"videoId": WALK}),
    ],
)
def test_a_key_reads_what_is_public(site, key, path, query):
    assert site.get(path, token="", key=key, part="snippet", **query).items
    assert list(site.app.journal)[-1].principal == ""


def test_a_key_in_a_header(site, key):
    assert site.get("search", token="", headers={"X-Goog-Api-Key": key}, part="id").status == 200


def test_a_key_spends_its_project_s_quota(site, key):
    site.app.youtube.quota("demo").limit(searches=1)
    assert site.get("search", part="id").status == 200
    assert site.get("search", token="", key=key, part="id").status == 429


@pytest.mark.parametrize(
    ("path", "query", "parameter"),
    [
        ("channels", {"mine": "true"}, "mine"),
        ("subscriptions", {"mySubscribers": "true"}, "mySubscribers"),
        ("videos", {"myRating": "like"}, "myRating"),
        ("search", {"forMine": "true", "type": "video"}, "forMine"),
    ],
)
def test_a_key_owns_nothing(site, key, path, query, parameter):
    refusal = site.get(path, token="", key=key, part="id", **query)
    message = f"The request uses the <code>{parameter}</code> parameter but is not properly authorized."
    assert (refusal.status, refusal.reason, refusal.error["message"]) == (401, "authorizationRequired", message)
    assert refusal.error["errors"][0]["domain"] == "youtube.parameter"


def test_a_key_changes_nothing(site, key):
    refusal = site.call("POST", "playlists", token="", key=key, part="snippet", body={"snippet": {"title": "x"}})
    assert (refusal.status, refusal.reason, refusal.error["status"]) == (401, "required", "UNAUTHENTICATED")
    assert refusal.error["errors"][0]["message"] == "Login Required."
    info = refusal.error["details"][0]
    assert (info["reason"], info["metadata"]["method"]) == (
        "CREDENTIALS_MISSING",
        "youtube.api.v3.V3DataPlaylistService.Insert",
    )


def test_neither_key_nor_token(site):
    refusal = site.get("search", token="", part="id")
    assert (refusal.status, refusal.reason, refusal.error["status"]) == (403, "forbidden", "PERMISSION_DENIED")
    assert refusal.error["message"].startswith("Method doesn't allow unregistered callers")


def test_a_key_of_nobody(site, key):
    site.app.google.project("demo").remove_api_key(key)
    refusal = site.get("search", token="", part="id", key=key)
    assert (refusal.status, refusal.reason, refusal.error["status"]) == (400, "badRequest", "INVALID_ARGUMENT")
    assert refusal.error["details"][0]["reason"] == "API_KEY_INVALID"


def test_a_key_for_other_apis(site):
    site.app.google.project("demo").add_api_key("AIza-maps", "maps.googleapis.com")
    refusal = site.get("search", token="", part="id", key="AIza-maps")
    assert refusal.status == 403
    assert refusal.error["message"] == (
        "Requests to this API youtube method youtube.api.v3.V3DataSearchService.List are blocked."
    )
    assert refusal.error["details"][0]["reason"] == "API_KEY_SERVICE_BLOCKED"


def test_a_key_of_a_project_without_the_api(site):
    site.app.google.project("bare").add_api_key("AIza-bare")
    assert site.get("search", token="", part="id", key="AIza-bare").reason == "accessNotConfigured"
    assert site.app.google.project("bare").api_keys == ("AIza-bare",)


def test_a_revoked_token(site):
    token = site.token()
    site.app.google.user("ada@example.com").revoke("desk")
    assert site.get("search", part="id", token=token).reason == "authError"


@pytest.mark.parametrize("host", ["youtube.googleapis.com", "www.googleapis.com", "127.0.0.1"])
def test_hosts(site, host):
    headers = Headers({"Authorization": f"Bearer {site.token()}"})
    reply = site.app.respond(Call("GET", host, "/youtube/v3/search", "part=id", headers, b""))
    assert reply.status == 200


@pytest.mark.parametrize("path", ["/batch", "/batch/youtube/v3"])
def test_a_batch(site, path):
    inner = "GET /youtube/v3/{} HTTP/1.1\r\n\r\n"
    parts = (inner.format(f"videos?part=id&id={WALK}"), inner.format("videos?part=id"))
    body = "".join(f"--b\r\nContent-Type: application/http\r\n\r\n{part}\r\n" for part in parts) + "--b--"
    headers = Headers({"Authorization": f"Bearer {site.token()}", "Content-Type": "multipart/mixed; boundary=b"})
    reply = site.app.respond(Call("POST", "youtube.googleapis.com", path, "", headers, body.encode()))
    assert reply.status == 200
    assert (b"HTTP/1.1 200 OK" in reply.body, b"HTTP/1.1 400 Bad Request" in reply.body) == (True, True)


def test_a_path_that_is_none(site):
    reply = site.app.respond(Call("GET", "youtube.googleapis.com", "/youtube/v3/films", "", Headers(), b""))
    assert (reply.status, reply.headers.get("content-type")) == (404, "text/html; charset=UTF-8")


def test_what_has_no_behaviour_is_listed(site):
    coverage = next(each for each in site.app.coverage() if each.service == "youtube")
    assert coverage.bound == 26
    assert "youtube.videos.insert" in coverage.unbound
    assert "youtube.search.list" not in coverage.unbound


def test_the_surface_is_read_when_it_is_asked_for():
    code = (
        "import sys; from emulator.app import App; from emulator.config import Config; App(Config()).close();"
        "print([name for name in sys.modules if 'google.youtube.' in name])"
    )
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60)
    assert ran.stdout.strip() == "[]"


def test_16_googles_client_over_the_wire_refreshes_an_expired_token():
    with Emulator.start(seed="demo") as emulator:
        ada = emulator.google.user("ada@example.com")
        kept = ada.consent("demo-desktop", ("youtube.readonly",))
        credentials = Credentials(
            token=ada.access_token("demo-desktop", ("youtube.readonly",)),
            refresh_token=kept.refresh_token,
            client_id=kept.client_id,
            client_secret=kept.client_secret,
            token_uri=f"{emulator.url}/token",
        )
        youtube = build(
            "youtube",
            "v3",
            credentials=credentials,
            client_options={"api_endpoint": emulator.url},
            static_discovery=True,
        )
        emulator.clock.advance(hours=2)
        found = youtube.search().list(part="snippet", q="sourdough", type="video").execute()
        youtube.close()
        answers = [(entry.operation, entry.status) for entry in emulator.journal]
    assert found["items"][0]["snippet"]["title"] == "Sourdough for beginners &amp; the impatient"
    assert answers == [("youtube.search.list", 401), ("google.oauth.token", 200), ("youtube.search.list", 200)]
