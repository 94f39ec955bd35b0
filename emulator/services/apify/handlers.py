"""What may stand for an Actor: a function of its run, or the folder of a program."""

from __future__ import annotations

import logging
import os
import subprocess
import sys
import threading
from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path
from signal import SIGKILL
from typing import Any

from .errors import JobFinished
from .events import events_url
from .runview import Run
from .signals import Signal

__all__ = ["Container", "Handler", "Surroundings", "function_handler", "process_handler"]

log = logging.getLogger("emulator")

Handler = Callable[[Run], Any]
Surroundings = Callable[[], tuple[str, Mapping[str, str]]]
"""The base URL of the running emulator and the variables that lead a process there."""
LOOK_SECONDS = 0.2
"""How often, in real seconds, a running process is held against the virtual clock."""
EXCEPTION_EXIT_CODE = 91
"""How Python's SDK leaves after an exception inside the Actor."""


def function_handler(function: Handler) -> Callable[[Run], None]:
    """A handler that calls ``function`` with the run: what it returns becomes OUTPUT, what it raises fails the run."""

    def handle(run: Run) -> None:
        run.begin()
        try:
            output = function(run)
        except Exception as error:  # whatever an Actor raises ends its run and nothing else
            log.warning("the function that stands for %s raised", run.actor_full_name, exc_info=True)
            run.write_log(f"[apify] ERROR {type(error).__name__}: {error}")
            _leave(run, EXCEPTION_EXIT_CODE)
            return
        if output is not None:
            run.store.put("OUTPUT", output)
        _leave(run, 0)

    return handle


def process_handler(folder: Path, surroundings: Surroundings) -> Callable[[Run], None]:
    """A handler that runs the program in ``folder`` as the platform would: at home, against this emulator.

    Raises ``ValueError`` for a folder with nothing to start.
    """
    command = command_of(folder)

    def handle(run: Run) -> None:
        while not run.finished:
            run.begin()
            url, variables = surroundings()
            environment = run.environment.changed(
                api_base_url=url, api_public_base_url=url, events_websocket_url=events_url(url, run.id)
            )
            container = Container(run, command, folder, environment.over({**os.environ, **variables}))
            exit_code = container.run_to_its_end()
            if not container.restarting:
                _leave(run, exit_code)
                return

    return handle


def command_of(folder: Path) -> list[str]:
    """How the program of an Actor's folder is started: ``npm start`` beside a package.json, else ``python -m``."""
    if (folder / "package.json").is_file():
        return ["npm", "run", "--silent", "start"]
    package = next(
        (entry.name for entry in [folder / "src", *sorted(folder.iterdir())] if (entry / "__main__.py").is_file()), ""
    )
    if not package:
        raise ValueError(f"{folder}: neither package.json nor a package with __main__.py, so nothing to start")
    return [sys.executable, "-m", package]


class Container:
    """One process of a run, with its children: its output goes to the log, the platform's decisions end it."""

    def __init__(self, run: Run, command: list[str], folder: Path, environment: Mapping[str, str]) -> None:
        self._run = run
        self._command = command
        self._folder = folder
        self._environment = environment
        self.restarting = False
        """Whether the platform ended the process to start it again."""

    def run_to_its_end(self) -> int:
        """Start the process and wait; answers its exit code."""
        with subprocess.Popen(  # noqa: S603 - the program that was registered for the Actor
            self._command,
            cwd=self._folder,
            env=self._environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
            start_new_session=True,
        ) as process:
            unsubscribe = self._run.subscribe(lambda signal: self._hear(process, signal))
            reader = threading.Thread(target=self._read, args=(process,), daemon=True)
            reader.start()
            try:
                exit_code = self._wait(process)
            finally:
                unsubscribe()
                _kill(process)
            reader.join()
        return exit_code

    def _wait(self, process: subprocess.Popen[str]) -> int:
        """Wait for the process, and let virtual time pass meanwhile: nobody else may be looking at the run."""
        while True:
            try:
                return process.wait(LOOK_SECONDS)
            except subprocess.TimeoutExpired:
                if self._run.finished:
                    _kill(process)

    def _read(self, process: subprocess.Popen[str]) -> None:
        for line in process.stdout or ():
            self._run.write_log(line)

    def _hear(self, process: subprocess.Popen[str], signal: Signal) -> None:
        if signal.name in {"kill", "restart"}:
            self.restarting = signal.name == "restart"
            _kill(process)


def _kill(process: subprocess.Popen[str]) -> None:
    """End the process and what it started."""
    with suppress(ProcessLookupError):
        os.killpg(process.pid, SIGKILL)


def _leave(run: Run, exit_code: int) -> None:
    """Finish the run, unless the platform has ended it meanwhile."""
    try:
        run.finish(exit_code)
    except JobFinished:
        log.debug("run %s had ended before its handler returned", run.id)
