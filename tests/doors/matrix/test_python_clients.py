"""Every Python client under every mechanism that can lead it here: hooks, proxy variables, and both."""

from __future__ import annotations

import ast
import importlib.util
from pathlib import Path

import pytest

from .vendors import ADDRESS, Vendors

# What each mechanism cannot reach, and why.
NATIVE = ("impit", "impit_browser", "impit_http3", "impit_async", "apify_client", "curl_cffi")
GRPC = ("grpcio", "grpcio_aio", "scalekit")
NEEDS_PROXY = (*NATIVE, *GRPC)  # native code, which never calls Python's socket module
NEEDS_HOOK = (  # clients that ignore proxies, by default or because they were told to, or that pin their roots
    *("urllib3", "urllib3_pinned_to_certifi", "http_client", "aiohttp", "aiohttp_without_environment"),
    *("httplib2", "googleapiclient", "requests_without_environment", "httpx_without_environment"),
)
PACKAGES = {
    "aiohttp": "aiohttp",
    "apify": "apify_client",
    "curl": "curl_cffi",
    "httpx2": "httpx2",
    "notion": "notion_client",
    "openai": "openai",
    "scalekit": "scalekit",
}


def client_names() -> tuple[str, ...]:
    """The keys of ``CLIENTS``, read without importing the program."""
    tree = ast.parse((Path(__file__).parent / "python_clients.py").read_text())
    table = next(node.value for node in tree.body if isinstance(node, ast.AnnAssign) and node.target.id == "CLIENTS")
    return tuple(key.value for key in table.keys)


def installed(name: str) -> bool:
    package = next((package for prefix, package in PACKAGES.items() if name.startswith(prefix)), None)
    return package is None or importlib.util.find_spec(package) is not None


REACHED = {
    "both": client_names(),
    "hook": tuple(name for name in client_names() if name not in NEEDS_PROXY),
    "proxy": tuple(name for name in client_names() if name not in NEEDS_HOOK),
}
CASES = [(mechanism, name) for mechanism, names in REACHED.items() for name in names]


@pytest.mark.slow
@pytest.mark.xdist_group("matrix")
@pytest.mark.parametrize(("mechanism", "name"), CASES)
def test_a_client_reaches_the_emulator(mechanism: str, name: str, outcomes) -> None:
    if not installed(name):
        pytest.skip(f"{name} is not installed")
    names = tuple(each for each in REACHED[mechanism] if installed(each))
    outcome = outcomes("python", mechanism, names)[name]
    assert "error" not in outcome, outcome["error"]
    assert ADDRESS in str(outcome["seen"])


@pytest.mark.slow
@pytest.mark.xdist_group("matrix")
@pytest.mark.parametrize("name", client_names())
def test_a_client_in_process_reaches_the_emulator(name: str, outcomes) -> None:
    """Each under an interception of its own, one after the other: probe 10, grpcio twice, among them."""
    if not installed(name):
        pytest.skip(f"{name} is not installed")
    outcome = outcomes("inside", "inside", tuple(filter(installed, client_names())))[name]
    assert "error" not in outcome, outcome["error"]
    assert ADDRESS in str(outcome["seen"])


@pytest.mark.slow
@pytest.mark.xdist_group("matrix")
def test_an_interception_leaves_nothing_behind(outcomes) -> None:
    """Probe 9."""
    assert outcomes("inside", "inside", tuple(filter(installed, client_names())))["leftovers"]["seen"] == []


@pytest.mark.slow
@pytest.mark.xdist_group("matrix")
def test_what_the_calls_looked_like(outcomes, vendors: Vendors) -> None:
    """Probes 1, 2 and 5, read off the calls: refresh before the API, REST beside gRPC on one host, HTTP/1.1 first."""
    seen = outcomes("python", "both", tuple(name for name in REACHED["both"] if installed(name)))
    assert seen["httpx_http2"]["seen"][0] == "HTTP/1.1"
    urls = [call.url for call in vendors.calls]
    refreshed = urls.index("https://oauth2.googleapis.com/token")
    assert any(url.startswith("https://gmail.googleapis.com/") for url in urls[refreshed:])
    if installed("scalekit"):
        scalekit = [call for call in vendors.calls if call.host == "acme.scalekit.dev" and "echo.Echo" not in call.path]
        assert {call.path.rpartition("/")[2] for call in scalekit} >= {"token", "ListConnectedAccounts"}
    assert vendors.refused == []
    assert vendors.broken == []
