"""Runs a command inside the emulated world: its environment, its terminal, its signals, its exit code.

The command gets a process group of its own, as a shell would give it, so that what it leaves running can be found and
ended with it: a launcher such as ``apify run`` starts the Actor as a further process.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from types import FrameType

__all__ = ["CommandNotFound", "launch", "overridden"]

# What a terminal or a supervisor sends to end or nudge a program; SIGKILL and SIGSTOP cannot be passed on.
PASSED_ON = ("SIGINT", "SIGTERM", "SIGHUP", "SIGQUIT", "SIGUSR1", "SIGUSR2")
PATIENCE_SECONDS = 2.0
PATIENCE_STEPS = 100


class CommandNotFound(Exception):
    """The command to run does not exist or may not be executed."""


def launch(command: Sequence[str], environment: Mapping[str, str], *, folder: Path | None = None) -> int:
    """Run ``command`` with exactly ``environment`` and answer its exit code, 128 + n for one ended by signal n.

    Standard input, output and error are the caller's. When the command has ended, whatever it left running in its
    process group gets SIGTERM and, two seconds later, SIGKILL. Raises ``CommandNotFound``.
    """
    try:
        child = subprocess.Popen(list(command), env=dict(environment), cwd=folder, process_group=0)  # noqa: S603 - the user's own command
    except FileNotFoundError:
        raise CommandNotFound(f"{command[0]}: no such command") from None
    except PermissionError:
        raise CommandNotFound(f"{command[0]}: may not be executed") from None
    with _passing_on_signals(child.pid), _terminal_lent(child.pid) as terminal:
        try:
            code = _wait(child.pid, terminal)
        finally:
            _end_group(child.pid)
    child.returncode = code  # reaped here, not by Popen
    return code if code >= 0 else 128 - code


def overridden(folder: Path, variables: Iterable[str]) -> tuple[str, ...]:
    """Which of ``variables`` the Actor in ``folder`` sets itself: the Apify CLI lays its values over ours.

    Reads ``environmentVariables`` of ``.actor/actor.json``; a folder without a readable one overrides nothing.
    """
    try:
        actor = json.loads((folder / ".actor" / "actor.json").read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return ()
    own = actor.get("environmentVariables") if isinstance(actor, dict) else None
    return tuple(sorted(set(own) & set(variables))) if isinstance(own, dict) else ()


def _wait(pid: int, terminal: int | None) -> int:
    """Wait for the end of ``pid``; stop and go on with it where a terminal's Ctrl-Z stops it. Negative for a signal."""
    while True:
        _, status = os.waitpid(pid, os.WUNTRACED if terminal is not None else 0)
        if not os.WIFSTOPPED(status):
            return os.waitstatus_to_exitcode(status)
        if terminal is not None:
            _give_terminal(terminal, os.getpgrp())
            os.kill(os.getpid(), signal.SIGSTOP)
            _give_terminal(terminal, pid)
            _signal_group(pid, signal.SIGCONT)


def _end_group(group: int) -> None:
    """End what is left of a process group; at once where nothing is."""
    if not _signal_group(group, signal.SIGTERM):
        return
    pause = threading.Event()
    for _ in range(PATIENCE_STEPS):
        pause.wait(PATIENCE_SECONDS / PATIENCE_STEPS)
        if not _signal_group(group, 0):
            return
    _signal_group(group, signal.SIGKILL)


def _signal_group(group: int, number: int) -> bool:
    """Send a signal to every process of a group; 0 only looks. Returns whether there was one to reach."""
    try:
        os.killpg(group, number)
    except (ProcessLookupError, PermissionError):
        return False
    return True


@contextmanager
def _terminal_lent(group: int) -> Iterator[int | None]:
    """Put ``group`` in the foreground of our terminal, where we have one; yields its descriptor."""
    terminal = _terminal()
    if terminal is None:
        yield None
        return
    _give_terminal(terminal, group)
    try:
        yield terminal
    finally:
        _give_terminal(terminal, os.getpgrp())


def _terminal() -> int | None:
    """The descriptor of the terminal whose foreground is ours."""
    try:
        descriptor = sys.stdin.fileno()
        ours = os.isatty(descriptor) and os.tcgetpgrp(descriptor) == os.getpgrp()
    except (OSError, ValueError, AttributeError):  # closed, replaced, or missing
        return None
    return descriptor if ours and threading.current_thread() is threading.main_thread() else None


def _give_terminal(terminal: int, group: int) -> None:
    before = signal.signal(signal.SIGTTOU, signal.SIG_IGN)  # sent to a background process that does this
    try:
        with suppress(OSError):  # the group has ended already
            os.tcsetpgrp(terminal, group)
    finally:
        signal.signal(signal.SIGTTOU, before)


@contextmanager
def _passing_on_signals(pid: int) -> Iterator[None]:
    """Hand signals to the child while it runs: SIGINT to its whole group, as a terminal does, the rest to it alone."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return

    def pass_on(number: int, _: FrameType | None) -> None:
        if number == signal.SIGINT:
            _signal_group(pid, number)
        else:
            with suppress(ProcessLookupError):
                os.kill(pid, number)

    numbers = [getattr(signal, name) for name in PASSED_ON if hasattr(signal, name)]
    before = {number: signal.signal(number, pass_on) for number in numbers}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
