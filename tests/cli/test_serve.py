"""``serve`` as a process: readiness, an answer, a clean end."""

from __future__ import annotations

import json
import os
import signal
import stat
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest


@contextmanager
def serving(tmp_path: Path, *options: str | Path) -> Iterator[tuple[subprocess.Popen[str], dict[str, Any]]]:
    ready = tmp_path / "ready.json"
    command = [sys.executable, "-m", "emulator", "serve", "--port", "0", "--ready-file", str(ready), *map(str, options)]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    try:
        assert process.stdout is not None
        process.stdout.readline()  # printed once requests are served, after the ready file is in place
        yield process, json.loads(ready.read_text())
    finally:
        process.kill()
        process.wait()
        process.stdout.close()


def get(url: str) -> Any:
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    with opener.open(url, timeout=20) as answer:
        return json.load(answer)


def test_the_ready_file_says_where_and_who(tmp_path: Path) -> None:
    with serving(tmp_path) as (process, ready):
        assert ready["pid"] == process.pid
        assert ready["environment"]["ACTOR_EMULATOR_URL"] == ready["url"]
        assert get(f"{ready['url']}/_emulator/health")["status"] == "ok"
        assert stat.S_IMODE((tmp_path / "ready.json").stat().st_mode) == 0o600


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_it_ends_cleanly_when_asked(tmp_path: Path, number: int) -> None:
    with serving(tmp_path, "--seed", "empty") as (process, _):
        process.send_signal(number)
        assert process.wait(timeout=20) == 0
        assert "Traceback" not in process.stdout.read()  # type: ignore[union-attr]


def test_no_answered_call_is_lost_to_kill_nine(tmp_path: Path) -> None:
    world = tmp_path / "w.sqlite"
    with serving(tmp_path, "--world", world) as (process, ready):
        held = get(f"{ready['url']}/_emulator/credentials")["google"][0]
        form = "&".join(
            [
                "grant_type=refresh_token",
                f"client_id={held['client_id']}",
                f"client_secret={held['client_secret']}",
                f"refresh_token={held['refresh_token']}",
            ]
        )
        opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        with opener.open(f"{ready['url']}/token", form.encode(), timeout=20) as answer:
            token = json.load(answer)["access_token"]
        os.kill(process.pid, signal.SIGKILL)
        process.wait()
    with serving(tmp_path, "--world", world) as (_, ready):
        assert int(get(f"{ready['url']}/tokeninfo?access_token={token}")["expires_in"]) > 3000


def test_a_second_process_may_not_open_the_same_world(tmp_path: Path) -> None:
    world = tmp_path / "w.sqlite"
    with serving(tmp_path, "--world", world):
        started = time.monotonic()
        second = subprocess.run(
            [sys.executable, "-m", "emulator", "run", "--world", str(world), "--", "true"],
            check=False,
            capture_output=True,
            text=True,
        )
        assert time.monotonic() - started < 30
    assert second.returncode == 2
    assert "another process" in second.stderr
