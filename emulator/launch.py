"""Runs a command inside the emulated world: its environment, its signals, its exit code."""

from __future__ import annotations

import signal
import subprocess
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from types import FrameType

__all__ = ["CommandNotFound", "launch"]

# What a terminal or a supervisor sends to end or nudge a program; SIGKILL and SIGSTOP cannot be passed on.
PASSED_ON = ("SIGINT", "SIGTERM", "SIGHUP", "SIGQUIT", "SIGUSR1", "SIGUSR2")


class CommandNotFound(Exception):
    """The command to run does not exist or may not be executed."""


def launch(command: Sequence[str], environment: Mapping[str, str], *, folder: Path | None = None) -> int:
    """Run ``command`` with exactly ``environment`` and answer its exit code, 128 + n for one ended by signal n.

    Standard input, output and error are the caller's. Raises ``CommandNotFound``.
    """
    try:
        child = subprocess.Popen(list(command), env=dict(environment), cwd=folder)  # noqa: S603 - the user's own command
    except FileNotFoundError:
        raise CommandNotFound(f"{command[0]}: no such command") from None
    except PermissionError:
        raise CommandNotFound(f"{command[0]}: may not be executed") from None
    with _passing_on_signals(child):
        code = child.wait()
    return code if code >= 0 else 128 - code


@contextmanager
def _passing_on_signals(child: subprocess.Popen[bytes]) -> Iterator[None]:
    """Hand signals to the child while it runs. A Ctrl-C reaches it from the terminal already; ours is only ignored."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return

    def pass_on(number: int, frame: FrameType | None) -> None:
        if number != signal.SIGINT:
            child.send_signal(number)

    numbers = [getattr(signal, name) for name in PASSED_ON if hasattr(signal, name)]
    before = {number: signal.signal(number, pass_on) for number in numbers}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
