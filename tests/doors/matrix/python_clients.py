"""Runs vendors' clients, one after the other, in an interpreter that knows of the emulator by its environment alone.

Usage: python python_clients.py NAME…  Prints one JSON object: for each name what the client saw, or its error.
Nothing in here knows of the emulator.
"""

from __future__ import annotations

import asyncio
import datetime as dt
import http.client
import json
import sys
import traceback
import urllib.request
import warnings
from collections.abc import Callable
from typing import Any

PROFILE = "https://gmail.googleapis.com/gmail/v1/users/me/profile"
GRPC_HOST = "acme.scalekit.dev"
GRPC_METHOD = "/echo.Echo/Say"
Client = Callable[[], Any]


def with_requests(**session_settings: Any) -> Any:
    import requests

    with requests.Session() as session:
        for name, value in session_settings.items():
            setattr(session, name, value)
        return session.get(PROFILE, timeout=20).json()


def google_credentials() -> Any:
    from google.oauth2.credentials import Credentials

    return Credentials(
        "ya29.old",
        refresh_token="1//r",
        client_id="id",
        client_secret="s",
        token_uri="https://oauth2.googleapis.com/token",
        expiry=dt.datetime(2020, 1, 1),  # noqa: DTZ001 - google-auth wants it naive
    )


def google_auth() -> Any:
    from google.auth.transport.requests import AuthorizedSession

    with AuthorizedSession(google_credentials()) as session:
        return session.get(PROFILE, timeout=20).json()


def google_auth_oauthlib() -> Any:
    from google_auth_oauthlib.flow import Flow

    installed = {
        "client_id": "id",
        "client_secret": "s",
        "auth_uri": "https://accounts.google.com/o/oauth2/auth",
        "token_uri": "https://oauth2.googleapis.com/token",
    }
    flow = Flow.from_client_config({"installed": installed}, scopes=None, redirect_uri="http://localhost")
    return flow.fetch_token(code="4/code")["access_token"]


def urllib3(**pool_settings: Any) -> Any:
    import urllib3

    return urllib3.PoolManager(**pool_settings).request("GET", PROFILE).json()


def urllib3_pinned_to_certifi() -> Any:
    import certifi

    return urllib3(ca_certs=certifi.where())


def urllib_request() -> Any:
    with urllib.request.urlopen(PROFILE, timeout=20) as response:
        return json.load(response)


def http_client() -> Any:
    connection = http.client.HTTPSConnection("gmail.googleapis.com", timeout=20)
    connection.request("GET", "/gmail/v1/users/me/profile")
    return json.load(connection.getresponse())


def httpx(**settings: Any) -> Any:
    import httpx

    with httpx.Client(**settings) as client:
        return client.get(PROFILE).json()


async def httpx_async() -> Any:
    import httpx

    async with httpx.AsyncClient() as client:
        return (await client.get(PROFILE)).json()


def httpx_http2() -> Any:
    """Probe 5."""
    import httpx

    with httpx.Client(http2=True) as client:
        response = client.get(PROFILE)
    return [response.http_version, response.json()]


def httpx2() -> Any:
    import httpx2

    with httpx2.Client() as client:
        return client.get(PROFILE).json()


async def aiohttp(**settings: Any) -> Any:
    import aiohttp

    async with aiohttp.ClientSession(**settings) as session, session.get(PROFILE) as response:
        return await response.json()


def httplib2() -> Any:
    import httplib2

    return json.loads(httplib2.Http(timeout=20).request(PROFILE)[1])


def googleapiclient() -> Any:
    """Probe 1: the expired token is refreshed first."""
    from googleapiclient.discovery import build

    with build("gmail", "v1", credentials=google_credentials()) as gmail:
        return gmail.users().getProfile(userId="me").execute()


def impit(**settings: Any) -> Any:
    import impit

    return impit.Client(**settings).get(PROFILE).json()


async def impit_async() -> Any:
    import impit

    return (await impit.AsyncClient().get(PROFILE)).json()


def apify_client() -> Any:
    from apify_client import ApifyClient

    return ApifyClient("apify_api_token").key_value_store("store").get_record("INPUT")["value"]


def curl_cffi() -> Any:
    from curl_cffi import requests

    return requests.get(PROFILE, timeout=20).json()


def grpcio() -> Any:
    import grpc

    with grpc.secure_channel(f"{GRPC_HOST}:443", grpc.ssl_channel_credentials()) as channel:
        return channel.unary_unary(GRPC_METHOD)(b"ada@example.com", timeout=20).decode()


async def grpcio_aio() -> Any:
    import grpc

    async with grpc.aio.secure_channel(f"{GRPC_HOST}:443", grpc.ssl_channel_credentials()) as channel:
        return (await channel.unary_unary(GRPC_METHOD)(b"ada@example.com", timeout=20)).decode()


def scalekit() -> Any:
    """Probe 2: one REST call for the token, one gRPC call."""
    from scalekit import ScalekitClient

    client = ScalekitClient(f"https://{GRPC_HOST}", "id", "secret")
    response, _ = client.connected_accounts.list_connected_accounts(connector="gmail")
    return [account.identifier for account in response.connected_accounts]


def notion_client() -> Any:
    from notion_client import Client

    return Client(auth="secret_x").users.me()


def openai() -> Any:
    from openai import OpenAI

    return [model.id for model in OpenAI(api_key="sk-x").models.list()]


def loopback() -> Any:
    """Probe 8, the way out: what the program finds in ACTOR_EMULATOR_URL, reached without proxy."""
    import os

    import requests

    return requests.get(os.environ["ACTOR_EMULATOR_URL"] + "/gmail/v1/users/me/profile", timeout=20).json()


CLIENTS: dict[str, Client] = {
    "requests": with_requests,
    "requests_without_environment": lambda: with_requests(trust_env=False),
    "google_auth": google_auth,
    "google_auth_oauthlib": google_auth_oauthlib,
    "urllib3": urllib3,
    "urllib3_pinned_to_certifi": urllib3_pinned_to_certifi,
    "urllib": urllib_request,
    "http_client": http_client,
    "httpx": httpx,
    "httpx_without_environment": lambda: httpx(trust_env=False),
    "httpx_async": httpx_async,
    "httpx_http2": httpx_http2,
    "httpx2": httpx2,
    "aiohttp": aiohttp,
    "aiohttp_trust_env": lambda: aiohttp(trust_env=True),
    "aiohttp_without_environment": lambda: aiohttp(trust_env=False),
    "httplib2": httplib2,
    "googleapiclient": googleapiclient,
    "impit": impit,
    "impit_browser": lambda: impit(browser="chrome"),
    "impit_http3": lambda: impit(http3=True),
    "impit_async": impit_async,
    "apify_client": apify_client,
    "curl_cffi": curl_cffi,
    "grpcio": grpcio,
    "grpcio_aio": grpcio_aio,
    "scalekit": scalekit,
    "notion_client": notion_client,
    "openai": openai,
    "loopback": loopback,
}


def outcome(client: Client) -> dict[str, Any]:
    try:
        seen = client()
        if asyncio.iscoroutine(seen):
            seen = asyncio.run(seen)
    except Exception:  # noqa: BLE001 - the test that reads this fails with it
        return {"error": traceback.format_exc(limit=-3)}
    return {"seen": seen}


if __name__ == "__main__":
    warnings.simplefilter("ignore")
    print(json.dumps({name: outcome(CLIENTS[name]) for name in sys.argv[1:]}, default=str))  # noqa: T201
