"""Real clients in this process, under the vendors' own names."""

from __future__ import annotations

import asyncio
import http.client
import importlib.util
import os
import shutil
import socket
import ssl
import subprocess
import sys
import urllib.request
from collections.abc import Iterator

import httpx
import pytest
import requests
import respx

from emulator.doors.environment import CertificateFiles
from emulator.doors.gate import Gate
from emulator.doors.intercept import intercepted
from emulator.kernel.http import Reply

PROFILE_URL = "https://gmail.googleapis.com/gmail/v1/users/me/profile"
ADDRESS = "ada@example.com"


@pytest.fixture
def inside(gate: Gate, files: CertificateFiles) -> Iterator[None]:
    with intercepted(gate, files):
        yield


pytestmark = pytest.mark.usefixtures("inside")


def test_requests() -> None:
    assert requests.get(PROFILE_URL, timeout=10).json()["emailAddress"] == ADDRESS


def test_requests_without_trust_in_the_environment() -> None:
    with requests.Session() as session:
        session.trust_env = False
        assert session.get(PROFILE_URL, timeout=10).json()["emailAddress"] == ADDRESS


def test_httpx_sync() -> None:
    assert httpx.get(PROFILE_URL).json()["emailAddress"] == ADDRESS


def test_httpx_async() -> None:
    async def fetch() -> str:
        async with httpx.AsyncClient() as client:
            return (await client.get(PROFILE_URL)).json()["emailAddress"]

    assert asyncio.run(fetch()) == ADDRESS


def test_plain_http_to_an_emulated_host(application) -> None:
    assert httpx.get("http://gmail.googleapis.com/x").json()["scheme"] == "http"
    assert requests.get("http://gmail.googleapis.com/x", timeout=10).json()["scheme"] == "http"
    assert {call.host for call in application.calls} == {"gmail.googleapis.com"}


def test_google_auth_refreshes_at_the_token_endpoint(application) -> None:
    import google.auth.transport.requests
    import google.oauth2.credentials

    application.answers["/token"] = lambda _: Reply.json({"access_token": "ya29.new", "expires_in": 3599})
    credentials = google.oauth2.credentials.Credentials(
        None,
        refresh_token="1//r",
        client_id="id",
        client_secret="secret",
        token_uri="https://oauth2.googleapis.com/token",
    )
    with requests.Session() as session:
        credentials.refresh(google.auth.transport.requests.Request(session))
    assert credentials.token == "ya29.new"
    assert [(call.verb, call.url) for call in application.calls] == [("POST", "https://oauth2.googleapis.com/token")]
    assert dict(application.calls[0].form_pairs)["refresh_token"] == "1//r"


def test_googleapiclient_build() -> None:
    from google.auth.credentials import AnonymousCredentials
    from googleapiclient.discovery import build

    with build("gmail", "v1", credentials=AnonymousCredentials(), static_discovery=True) as gmail:
        assert gmail.users().getProfile(userId="me").execute()["emailAddress"] == ADDRESS


def test_httplib2() -> None:
    import httplib2

    client = httplib2.Http(timeout=10)
    try:
        response, _ = client.request(PROFILE_URL)
    finally:
        client.close()
    assert response.status == 200


def test_urllib() -> None:
    with urllib.request.urlopen(PROFILE_URL, timeout=10) as response:
        assert response.status == 200


def test_http_client() -> None:
    connection = http.client.HTTPSConnection("gmail.googleapis.com", timeout=10)
    try:
        connection.request("GET", "/gmail/v1/users/me/profile")
        assert connection.getresponse().status == 200
    finally:
        connection.close()


@pytest.mark.skipif(importlib.util.find_spec("aiohttp") is None, reason="aiohttp is not installed")
@pytest.mark.parametrize("options", [{}, {"trust_env": False}, {"trust_env": True}], ids=str)
def test_aiohttp(options) -> None:
    import aiohttp

    async def fetch() -> str:
        async with aiohttp.ClientSession(**options) as session, session.get(PROFILE_URL) as response:
            return (await response.json())["emailAddress"]

    assert asyncio.run(fetch()) == ADDRESS


@pytest.mark.skipif(shutil.which("curl") is None, reason="curl is not installed")
def test_a_curl_child() -> None:
    done = subprocess.run(["curl", "-sS", PROFILE_URL], capture_output=True, text=True, timeout=30, check=True)
    assert ADDRESS in done.stdout


def test_one_session_makes_one_handshake(gate: Gate, application, monkeypatch) -> None:
    from emulator.doors.secure import TlsConnection

    made = []
    monkeypatch.setattr(TlsConnection, "connection_made", counting(TlsConnection.connection_made, made))
    with requests.Session() as session:
        for _ in range(100):
            assert session.get(PROFILE_URL, timeout=10).status_code == 200
    assert len(application.calls) == 100
    assert len(made) == 1


def counting(method, made):
    def wrapper(self, transport):
        made.append(self)
        method(self, transport)

    return wrapper


def test_a_loopback_server_is_reached_directly(bystander: str, application) -> None:
    expected = {"bystander": "/x"}
    assert requests.get(f"{bystander}/x", timeout=10).json() == expected
    assert httpx.get(f"{bystander}/x").json() == expected
    with urllib.request.urlopen(f"{bystander}/x", timeout=10) as response:
        assert response.status == 200
    assert application.calls == []
    assert application.refused == []


def test_requests_names_an_unknown_host(application) -> None:
    with pytest.raises(requests.exceptions.ProxyError, match=r"example\.com is not emulated"):
        requests.get("https://example.com", timeout=10)
    assert application.refused[0][:2] == ("example.com", 443)


def test_httpx_names_an_unknown_host(application) -> None:
    with pytest.raises(httpx.ConnectError, match=r"example\.com:443 is not emulated"):
        httpx.get("https://example.com")
    assert application.refused[0][:2] == ("example.com", 443)


def test_an_address_is_refused_by_its_number(application) -> None:
    with pytest.raises(socket.gaierror, match=r"93\.184\.216\.34:443 is not emulated"):
        socket.create_connection(("93.184.216.34", 443), timeout=10)
    with socket.socket(socket.AF_INET6) as connection, pytest.raises(socket.gaierror, match=r"\[2001:db8::1\]:443"):
        connection.connect(("2001:db8::1", 443))
    assert [entry[:2] for entry in application.refused] == [("93.184.216.34", 443), ("2001:db8::1", 443)]


def test_impit_is_refused_and_the_journal_names_the_host(application) -> None:
    import impit

    with pytest.raises(impit.ProxyError):
        impit.Client().get("https://example.com")
    assert application.refused[0][0] == "example.com"


def test_a_known_host_on_another_port_is_refused(application) -> None:
    with pytest.raises(socket.gaierror, match=r"gmail\.googleapis\.com:8443 is emulated on ports 80 and 443 only"):
        socket.create_connection(("gmail.googleapis.com", 8443), timeout=10)
    assert application.refused[0][:2] == ("gmail.googleapis.com", 8443)


def test_name_resolution_gives_stable_made_up_addresses() -> None:
    first = socket.gethostbyname("gmail.googleapis.com")
    assert first.startswith("198.18.")
    assert socket.gethostbyname("GMAIL.googleapis.com.") == first
    assert socket.gethostbyname_ex("gmail.googleapis.com") == ("gmail.googleapis.com", [], [first])
    assert socket.gethostbyname("oauth2.googleapis.com") != first
    assert socket.getaddrinfo(b"gmail.googleapis.com", "https", type=socket.SOCK_STREAM)[0][4] == (first, 443)
    mapped = socket.getaddrinfo("gmail.googleapis.com", 443, socket.AF_INET6, socket.SOCK_STREAM)[0][4]
    assert mapped[0] == f"::ffff:{first}"
    with pytest.raises(socket.gaierror, match=r"example\.com is not emulated"):
        socket.gethostbyname("example.com")
    assert socket.gethostbyname("localhost") == "127.0.0.1"


def test_connect_takes_a_made_up_address_of_either_family(files: CertificateFiles) -> None:
    context = ssl.create_default_context(cafile=str(files.authority))
    for family in (socket.AF_INET, socket.AF_INET6):
        address = socket.getaddrinfo("gmail.googleapis.com", 443, family, socket.SOCK_STREAM)[0][4]
        with socket.socket(family) as raw:
            raw.connect(address)
            with context.wrap_socket(raw, server_hostname="gmail.googleapis.com") as tls:
                assert tls.version() == "TLSv1.3"


def test_connect_ex_is_redirected_too(gate: Gate) -> None:
    with socket.socket() as connection:
        assert connection.connect_ex(("gmail.googleapis.com", 443)) == 0
        assert connection.getpeername() == ("127.0.0.1", gate.port)


def test_respx_passes_through_to_the_gate() -> None:
    with respx.mock:
        respx.route(host="gmail.googleapis.com").pass_through()
        respx.get("https://example.com/").respond(json={"canned": True})
        assert httpx.get(PROFILE_URL).json()["emailAddress"] == ADDRESS
        assert httpx.get("https://example.com/").json() == {"canned": True}


def test_respx_passes_through_to_the_gate_async() -> None:
    async def fetch() -> str:
        async with respx.mock, httpx.AsyncClient() as client:
            respx.route(host="gmail.googleapis.com").pass_through()
            return (await client.get(PROFILE_URL)).json()["emailAddress"]

    assert asyncio.run(fetch()) == ADDRESS


@pytest.mark.skipif(importlib.util.find_spec("responses") is None, reason="responses is not installed")
def test_responses_passes_through_to_the_gate() -> None:
    import responses

    with responses.RequestsMock(assert_all_requests_are_fired=False) as mock:
        mock.add_passthru("https://gmail.googleapis.com")
        mock.get("https://example.com/", json={"canned": True})
        assert requests.get(PROFILE_URL, timeout=10).json()["emailAddress"] == ADDRESS
        assert requests.get("https://example.com/", timeout=10).json() == {"canned": True}
    assert requests.get(PROFILE_URL, timeout=10).json()["emailAddress"] == ADDRESS


def test_http2_clients_settle_for_http1() -> None:
    if importlib.util.find_spec("h2") is None:
        pytest.skip("h2 is not installed")
    with httpx.Client(http2=True) as client:
        assert client.get(PROFILE_URL).http_version == "HTTP/1.1"


def test_a_child_of_this_process_is_led_here_too(application) -> None:
    program = f"import urllib.request; print(urllib.request.urlopen({PROFILE_URL!r}).status)"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, timeout=30, check=True)
    assert done.stdout.strip() == "200"
    assert os.environ["ACTOR_EMULATOR_URL"].startswith("http://127.0.0.1:")
