"""Every JavaScript client under every mechanism that can lead it here."""

from __future__ import annotations

import re
import shutil

import pytest

from .conftest import NEWER_NODE, NODE
from .vendors import ADDRESS, Vendors

CLIENTS = tuple(
    re.findall(r"^  (\w+)(?=[:,])", (NODE / "clients.mjs").read_text().partition("const CLIENTS")[2], re.MULTILINE)
)
REACHED = {
    "both": CLIENTS,
    "hook": CLIENTS,
    "proxy": ("axios", "googleapis", "apify_client", "apify"),  # Node itself ignores the variables
}
PACKAGES = {"got": "got", "node_fetch": "node-fetch", "notion": "@notionhq/client", "scalekit": "@scalekit-sdk/node"}
BUILT_IN = ("fetch", "https", "http2", "worker")

pytestmark = [
    pytest.mark.node,
    pytest.mark.slow,
    pytest.mark.xdist_group("matrix"),
    pytest.mark.skipif(shutil.which("node") is None, reason="Node.js is not installed"),
]


def installed(name: str) -> bool:
    package = PACKAGES.get(name.removesuffix("_http2"), name.replace("_", "-"))
    return name in BUILT_IN or (NODE / "node_modules" / package).is_dir()


@pytest.mark.parametrize(("mechanism", "name"), [(key, name) for key, names in REACHED.items() for name in names])
def test_a_client_reaches_the_emulator(mechanism: str, name: str, outcomes, vendors: Vendors) -> None:
    """Probe 3 among them: fetch, Notion and Scalekit, and fetch inside a worker."""
    if not installed(name):
        pytest.skip(f"{name} is not installed; run npm install in tests/node")
    outcome = outcomes("node", mechanism, tuple(each for each in REACHED[mechanism] if installed(each)))[name]
    assert "error" not in outcome, outcome["error"]
    assert ADDRESS in str(outcome["seen"])
    assert vendors.refused == []


@pytest.mark.skipif(not NEWER_NODE.exists(), reason="run npm install in tests/node/newer")
@pytest.mark.parametrize("name", CLIENTS)
def test_a_client_on_a_newer_node_reaches_the_emulator(name: str, outcomes) -> None:
    if not installed(name):
        pytest.skip(f"{name} is not installed; run npm install in tests/node")
    outcome = outcomes("newer_node", "both", tuple(filter(installed, CLIENTS)))[name]
    assert "error" not in outcome, outcome["error"]
    assert ADDRESS in str(outcome["seen"])


def test_http2_is_http2(outcomes) -> None:
    assert outcomes("node", "both", tuple(filter(installed, CLIENTS)))["http2"]["seen"][0] == "h2"
