"""Probe 4: ``actor-emulator run -- apify run``, as a developer types it, of a Python and a JavaScript Actor."""

from __future__ import annotations

import importlib.util
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from .conftest import HERE, NODE

APIFY = NODE / "node_modules" / ".bin" / "apify"

# Writes the input a user would type, from what the emulator says the user's credentials are, and runs the Actor.
DEVELOPER = """
import json, os, pathlib, subprocess, sys, urllib.request
held = json.load(urllib.request.urlopen(os.environ["ACTOR_EMULATOR_URL"] + "/_emulator/credentials"))["google"][0]
store = pathlib.Path("storage/key_value_stores/default")
store.mkdir(parents=True)
given = {"clientId": held["client_id"], "clientSecret": held["client_secret"], "refreshToken": held["refresh_token"]}
(store / "INPUT.json").write_text(json.dumps(given))
sys.exit(subprocess.run([sys.argv[1], "run"]).returncode)
"""

pytestmark = [
    pytest.mark.node,
    pytest.mark.slow,
    pytest.mark.skipif(shutil.which("node") is None, reason="Node.js is not installed"),
    pytest.mark.skipif(not APIFY.exists(), reason="apify-cli is not installed; run npm install in tests/node"),
]


@pytest.mark.parametrize("language", ["python", "javascript"])
def test_an_actor_runs_unmodified(language: str, tmp_path: Path) -> None:
    if language == "python" and importlib.util.find_spec("apify") is None:
        pytest.skip("apify is not installed")
    actor, report = tmp_path / "actor", tmp_path / "report.json"
    shutil.copytree(HERE / "actors" / language, actor)
    (actor / "node_modules").symlink_to(NODE / "node_modules")
    environ = os.environ | {"PATH": os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]]), "CI": "1"}
    command = [sys.executable, "-m", "emulator", "run", "--strict", "--report", str(report), "--"]
    command += [sys.executable, "-c", DEVELOPER, str(APIFY)]
    done = subprocess.run(command, cwd=actor, env=environ, capture_output=True, text=True, timeout=100, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    (item,) = pushed(actor / "storage" / "datasets" / "default")
    assert item["address"] == "ada@example.com"
    operations = {call["operation"] for call in json.loads(report.read_text())["calls"]}
    assert operations >= {"google.oauth.token", "gmail.users.getProfile"}
    if language == "javascript":
        assert "preload.cjs" in item["options"]
        assert "--max-http-header-size=80000" in item["options"]


def pushed(folder: Path) -> list[dict[str, str]]:
    """The items of a dataset on disk."""
    return [json.loads(path.read_text()) for path in folder.glob("[0-9]*.json")]
