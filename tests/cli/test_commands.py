"""The command line in process: what it prints, and how it ends when something is wrong."""

from __future__ import annotations

import json
import socket
import sqlite3
import stat
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from emulator import Emulator
from emulator.app import App
from emulator.cli import main
from emulator.config import Config


def invoke(*arguments: str | Path) -> Result:
    return CliRunner().invoke(main, [str(argument) for argument in arguments], catch_exceptions=False)


def test_help_lists_every_command() -> None:
    answer = invoke("--help")
    assert answer.exit_code == 0
    for command in ("serve", "run", "env", "demo", "import", "coverage", "export", "restore", "explain-query"):
        assert command in answer.output


def test_a_seed_with_a_mistake_is_one_line_naming_file_line_and_field(tmp_path: Path) -> None:
    seed = tmp_path / "mine.yaml"
    seed.write_text("google:\n  users:\n    - email: ada@example.com\n      nmae: Ada\n")
    answer = invoke("run", "--seed", seed, "--", "true")
    assert answer.exit_code == 2
    assert answer.stderr.count("\n") == 1
    assert f"{seed}:4: google.users[0].nmae" in answer.stderr
    assert "name" in answer.stderr


def test_a_dangling_reference_loads_nothing(tmp_path: Path) -> None:
    seed, world = tmp_path / "mine.yaml", tmp_path / "w.sqlite"
    seed.write_text("google:\n  clients:\n    - {name: c, project: nowhere, type: desktop}\n")
    answer = invoke("run", "--world", world, "--seed", seed, "--", "true")
    assert answer.exit_code == 2
    assert "google.clients[0].project" in answer.stderr
    app = App(Config(world=world))
    assert app.google.clients == ()
    app.close()


def test_an_unknown_seed_lists_the_shipped_ones() -> None:
    answer = invoke("run", "--seed", "demmo", "--", "true")
    assert answer.exit_code == 2
    assert "'demmo'" in answer.stderr
    assert "demo" in answer.stderr


def test_a_port_in_use_is_one_clear_line() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        answer = invoke("run", "--port", str(port), "--seed", "empty", "--", "true")
    assert answer.exit_code == 2
    assert str(port) in answer.stderr
    assert answer.stderr.count("\n") == 1


@pytest.mark.parametrize("content", [b"not a database at all, only text", b"SQLite format 3\x00" + b"\xff" * 200])
def test_a_file_that_is_no_world_is_refused(tmp_path: Path, content: bytes) -> None:
    world = tmp_path / "w.sqlite"
    world.write_bytes(content)
    answer = invoke("run", "--world", world, "--", "true")
    assert answer.exit_code == 2
    assert str(world) in answer.stderr
    assert world.read_bytes() == content


def test_a_world_of_a_newer_version_is_refused(tmp_path: Path) -> None:
    world = tmp_path / "w.sqlite"
    App(Config(world=world)).close()
    database = sqlite3.connect(world)
    database.execute("PRAGMA user_version = 99")
    database.close()
    answer = invoke("run", "--world", world, "--", "true")
    assert answer.exit_code == 2
    assert "99" in answer.stderr
    assert "upgrade" in answer.stderr


def test_run_passes_the_exit_code_on() -> None:
    answer = invoke("run", "--seed", "empty", "--", sys.executable, "-c", "import sys; sys.exit(7)")
    assert answer.exit_code == 7


def test_run_refuses_a_command_that_does_not_exist() -> None:
    answer = invoke("run", "--seed", "empty", "--", "no-such-command-anywhere")
    assert answer.exit_code == 2
    assert "no-such-command-anywhere" in answer.stderr


ASKS_A_STRANGER = (
    "import urllib.request, urllib.error\ntry: urllib.request.urlopen('https://example.com/')\nexcept OSError: pass"
)


def test_strict_turns_a_refused_host_into_exit_code_three(tmp_path: Path) -> None:
    report = tmp_path / "report.json"
    command = (sys.executable, "-c", ASKS_A_STRANGER)
    lenient = invoke("run", "--seed", "empty", "--", *command)
    strict = invoke("run", "--seed", "empty", "--strict", "--report", report, "--", *command)
    assert (lenient.exit_code, strict.exit_code) == (0, 3)
    assert "example.com:443" in strict.stderr
    assert json.loads(report.read_text())["refused"][0]["host"] == "example.com"


READS_MAIL = """
import os, requests
answer = requests.post("https://oauth2.googleapis.com/token", data={
    "grant_type": "refresh_token", "client_id": os.environ["C"], "client_secret": os.environ["S"],
    "refresh_token": os.environ["R"]})
token = answer.json()["access_token"]
bearer = {"Authorization": "Bearer " + token}
mail = requests.get("https://gmail.googleapis.com/gmail/v1/users/me/profile", headers=bearer)
assert mail.json()["emailAddress"] == "ada@example.com", mail.text
"""


def test_a_launched_program_reaches_google_by_its_own_name(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    world, report = tmp_path / "w.sqlite", tmp_path / "report.json"
    app = App(Config(seeds=("demo",), world=world))
    held = app.google.user("ada@example.com").credentials("demo-desktop")
    app.close()
    for name, value in zip("CSR", (held.client_id, held.client_secret, held.refresh_token), strict=True):
        monkeypatch.setenv(name, value)
    answer = invoke("run", "--world", world, "--report", report, "--", sys.executable, "-c", READS_MAIL)
    assert answer.exit_code == 0, answer.output
    assert "google.oauth.token" in answer.stderr
    written = report.read_text()
    assert "gmail.users.getProfile" in written
    assert held.refresh_token not in written
    assert held.client_secret not in written


def test_import_says_what_it_took_and_what_it_left(tmp_path: Path) -> None:
    mbox, world = tmp_path / "mail.mbox", tmp_path / "w.sqlite"
    good = b"From a@b Thu Jan  1 00:00:00 2026\nFrom: a@example.net\nSubject: One\n\nHello\n\n"
    mbox.write_bytes(
        good + b"From x@y Thu Jan  1 00:00:00 2026\n" + b"\0" * 300 + b"\n\n" + good.replace(b"One", b"Two")
    )
    answer = invoke("import", mbox, "--user", "me@example.net", "--world", world)
    assert answer.exit_code == 0, answer.output
    assert "2 message(s) imported" in answer.output
    assert "1 left out" in answer.output
    assert f"{mbox.name}:{len(good)}" in answer.output.replace("\n", "")
    assert stat.S_IMODE(world.stat().st_mode) == 0o600
    app = App(Config(world=world))
    assert sorted(mail.subject for mail in app.gmail.mailbox("me@example.net").messages()) == ["One", "Two"]
    app.close()


def test_import_refuses_an_address_that_is_none(tmp_path: Path) -> None:
    (tmp_path / "m.eml").write_bytes(b"Subject: x\n\nx")
    answer = invoke("import", tmp_path / "m.eml", "--user", "nobody", "--world", tmp_path / "w.sqlite")
    assert answer.exit_code == 2
    assert "nobody" in answer.stderr


@pytest.mark.parametrize("style", ["sh", "dotenv", "json"])
def test_env_prints_the_variables_of_a_running_server(style: str) -> None:
    with Emulator.start() as running:
        answer = invoke("env", "--url", running.url, "--format", style)
    assert answer.exit_code == 0
    assert "ACTOR_EMULATOR_URL" in answer.output
    assert running.url in answer.output


def test_env_without_a_server_says_how_to_start_one() -> None:
    answer = invoke("env", "--url", "http://127.0.0.1:9")
    assert answer.exit_code == 2
    assert "actor-emulator serve" in answer.stderr


def test_a_world_is_exported_and_restored(tmp_path: Path) -> None:
    file = tmp_path / "kept.sqlite"
    with Emulator.start("demo") as running:
        assert invoke("export", file, "--url", running.url).exit_code == 0
        running.google.user("ada@example.com").revoke()
        assert invoke("restore", file, "--url", running.url).exit_code == 0
        assert running.google.user("ada@example.com").credentials("demo-desktop")
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert invoke("export", file).exit_code == 2


def test_restoring_what_is_no_world_changes_nothing(tmp_path: Path) -> None:
    file = tmp_path / "other"
    file.write_bytes(b"no world")
    with Emulator.start("demo") as running:
        answer = invoke("restore", file, "--url", running.url)
        assert answer.exit_code == 2
        assert running.google.user("ada@example.com").credentials("demo-desktop")


def test_explain_query_shows_the_precedence() -> None:
    answer = invoke("explain-query", "from:a OR is:unread before:2020/01/01")
    assert answer.exit_code == 0
    assert answer.output.index("all of") < answer.output.index("any of")


def test_coverage_names_what_is_missing() -> None:
    answer = invoke("coverage")
    assert answer.exit_code == 0
    assert "google.oauth" in answer.output
    assert "gmail" in answer.output
