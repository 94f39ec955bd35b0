"""Launched commands: exit codes, signals, what they leave behind, and the network they are left with."""

from __future__ import annotations

import json
import os
import pty
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from emulator.launch import CommandNotFound, launch, overridden

RUN = [sys.executable, "-m", "emulator", "run", "--seed", "empty"]


def python(program: str) -> list[str]:
    return [sys.executable, "-c", program]


@pytest.mark.parametrize(
    ("program", "code"),
    [("pass", 0), ("raise SystemExit(7)", 7), ("import os; os.kill(os.getpid(), 9)", 137)],
)
def test_the_exit_code_is_the_commands(program: str, code: int) -> None:
    assert launch(python(program), os.environ) == code


def test_a_command_that_is_none(tmp_path: Path) -> None:
    with pytest.raises(CommandNotFound, match="no such command"):
        launch(["no-such-command-anywhere"], os.environ)
    (tmp_path / "plain").touch()
    with pytest.raises(CommandNotFound, match="may not be executed"):
        launch([str(tmp_path / "plain")], os.environ)


@pytest.mark.parametrize("stubborn", [False, True])
def test_what_a_command_leaves_running_ends_with_it(*, stubborn: bool) -> None:
    """The orphan holds our pipe open, so reading it to its end waits until the orphan is gone."""
    orphan = f"""
import signal
if {stubborn}:
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
print("orphan is up", flush=True)
signal.pause()
"""
    starter = f"""
import subprocess, sys
orphan = subprocess.Popen([sys.executable, "-c", {orphan!r}], stdout=subprocess.PIPE, text=True)
print(orphan.stdout.readline(), end="")
second = subprocess.Popen([sys.executable, "-c", {orphan!r}])
"""
    launcher = f"import os, sys; from emulator.launch import launch; sys.exit(launch({python(starter)!r}, os.environ))"
    done = subprocess.run(python(launcher), capture_output=True, text=True, timeout=20, check=False)
    assert done.returncode == 0
    assert done.stdout.startswith("orphan is up\n")


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT, signal.SIGUSR1])
def test_signals_are_passed_on(number: signal.Signals) -> None:
    program = f"""
import signal, sys
signal.signal({int(number)}, lambda *_: sys.exit(42))
print("ready", flush=True)
signal.pause()
"""
    running = subprocess.Popen([*RUN, "--", *python(program)], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
    assert running.stdout is not None
    with running, running.stdout:
        assert running.stdout.readline() == b"ready\n"
        running.send_signal(number)
        assert running.wait(20) == 42


def test_the_command_has_the_terminal() -> None:
    """A command in the background would be stopped when it reads."""
    ours, theirs = pty.openpty()
    program = "import os; print('foreground', os.tcgetpgrp(0) == os.getpgrp(), input())"
    session_leader = f"""
import fcntl, os, termios
fcntl.ioctl(0, termios.TIOCSCTTY, 0)
command = {[*RUN, "--", *python(program)]!r}
os.execv(command[0], command)
"""
    running = subprocess.Popen(
        python(session_leader),
        stdin=theirs,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    os.close(theirs)
    os.write(ours, b"typed\n")
    output, _ = running.communicate(timeout=20)
    os.close(ours)
    assert output == b"foreground True typed\n"


class TestOverridden:
    @pytest.fixture
    def write(self, tmp_path: Path) -> Callable[[str], Path]:
        def put(text: str) -> Path:
            (tmp_path / ".actor").mkdir()
            (tmp_path / ".actor" / "actor.json").write_text(text)
            return tmp_path

        return put

    def test_names_both_set(self, write: Callable[[str], Path]) -> None:
        folder = write(json.dumps({"environmentVariables": {"NO_PROXY": "*", "MINE": "1", "HTTPS_PROXY": ""}}))
        assert overridden(folder, ["HTTPS_PROXY", "NO_PROXY", "OTHER"]) == ("HTTPS_PROXY", "NO_PROXY")

    @pytest.mark.parametrize("text", ["{}", "[]", "{broken", '{"environmentVariables": []}'])
    def test_anything_else_overrides_nothing(self, text: str, write: Callable[[str], Path]) -> None:
        assert overridden(write(text), ["HTTPS_PROXY"]) == ()

    def test_no_actor(self, tmp_path: Path) -> None:
        assert overridden(tmp_path, ["HTTPS_PROXY"]) == ()

    def test_run_says_so(self, write: Callable[[str], Path]) -> None:
        folder = write('{"environmentVariables": {"NO_PROXY": "*"}}')
        done = subprocess.run([*RUN, "--", "true"], cwd=folder, capture_output=True, text=True, timeout=30, check=True)
        assert "warning: .actor/actor.json sets NO_PROXY" in done.stderr


def namespaces_allowed() -> bool:
    probe = "from emulator.isolation import isolate_network; isolate_network()"
    return subprocess.run(python(probe), capture_output=True, timeout=30, check=False).returncode == 0


class TestHardOffline:
    def test_there_is_no_network_but_loopback_and_the_emulator_in_it(self) -> None:
        if not namespaces_allowed():
            pytest.skip("this machine allows no network namespaces")
        program = """
import socket, urllib.request, os
print([name for _, name in socket.if_nameindex()])
print(urllib.request.urlopen(os.environ["ACTOR_EMULATOR_URL"] + "/_emulator/health").status)
raw = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
try:
    raw.connect(("192.0.2.1", 53))
except OSError as error:
    print(error.strerror)
print(os.geteuid())
"""
        done = subprocess.run(
            [*RUN, "--hard-offline", "--", *python(program)], capture_output=True, text=True, timeout=30, check=True
        )
        assert done.stdout.splitlines()[0].count("lo")
        assert done.stdout.splitlines()[1:] == ["200", "Network is unreachable", str(os.geteuid())]


def test_a_platform_without_namespaces_gets_one_line() -> None:
    program = """
from emulator.cli import main
import emulator.isolation as isolation
def refuse(flags):
    raise OSError(1, "Operation not permitted")
isolation.unshare = refuse
main(["run", "--hard-offline", "--seed", "empty", "--", "true"])
"""
    done = subprocess.run(python(program), capture_output=True, text=True, timeout=30, check=False)
    assert done.returncode == 2
    assert done.stderr.count("\n") == 1
    assert "allows no network namespace here (Operation not permitted)" in done.stderr
