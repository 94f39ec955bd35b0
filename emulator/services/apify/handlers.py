"""What may stand for an Actor: a function of its run, or the folder of a program."""

from __future__ import annotations

import logging
import os
import subprocess
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from .errors import JobFinished
from .runview import Run
from .signals import Signal

__all__ = ["Handler", "Surroundings", "function_handler", "process_handler"]

log = logging.getLogger("emulator")

Handler = Callable[[Run], Any]
Surroundings = Callable[[], tuple[str, Mapping[str, str]]]
"""The base URL of the running emulator and the variables that lead a process there."""
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
    """A handler that runs the program in ``folder`` as the platform would: at home, against this emulator."""

    def handle(run: Run) -> None:
        while not run.finished:
            run.begin()
            exit_code, restarted = _run_once(run, folder, surroundings)
            if not restarted:
                _leave(run, exit_code)
            if run.finished:
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


def _run_once(run: Run, folder: Path, surroundings: Surroundings) -> tuple[int, bool]:
    """Run the program to its end, or to where the platform stops it; the second value tells a restart."""
    url, variables = surroundings()
    environment = run.environment.changed(api_base_url=url, api_public_base_url=url)
    process = subprocess.Popen(  # noqa: S603 - the program the test named
        command_of(folder),
        cwd=folder,
        env=environment.over({**os.environ, **variables}),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        errors="replace",
    )
    stops: list[Signal] = []

    def hear(signal: Signal) -> None:
        if signal.name in {"kill", "restart"}:
            stops.append(signal)
            process.kill()

    unsubscribe = run.subscribe(hear)
    try:
        for line in process.stdout or ():
            run.write_log(line)
        exit_code = process.wait()
    finally:
        unsubscribe()
        if process.stdout is not None:
            process.stdout.close()
    return exit_code, any(signal.name == "restart" for signal in stops)


def _leave(run: Run, exit_code: int) -> None:
    """Finish the run, unless the platform has ended it meanwhile."""
    try:
        run.finish(exit_code)
    except JobFinished:
        log.debug("run %s had ended before its handler returned", run.id)
