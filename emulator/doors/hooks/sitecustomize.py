"""Loaded by every Python interpreter that finds this folder on ``PYTHONPATH``; leads its clients to the gate.

Does nothing unless the emulator's variables are set. The folder leaves ``sys.path`` again, so that no module in it is
ever found by a program that means its own, and a ``sitecustomize`` that this one hides is run.
"""

import os
import sys
from importlib.machinery import PathFinder, SourceFileLoader
from types import ModuleType

__all__: "list[str]" = []

FOLDER = os.path.dirname(os.path.abspath(__file__))  # noqa: PTH100, PTH120 - pathlib would cost half the start-up


def load(name: str, loader: "SourceFileLoader") -> ModuleType:
    module = ModuleType(name)
    module.__file__ = loader.path
    module.__loader__ = loader
    sys.modules[name] = module
    loader.exec_module(module)
    return module


def follow_clock() -> None:
    setting = os.environ.get("ACTOR_EMULATOR_CLOCK")
    if setting:
        name = "_actor_emulator_virtual_time"
        load(name, SourceFileLoader(name, os.path.join(FOLDER, "virtual_time.py"))).install(setting)  # noqa: PTH118


def redirect() -> None:
    port = os.environ.get("ACTOR_EMULATOR_GATE_PORT", "")
    if port.isdigit():
        name = "_actor_emulator_redirect"
        module = load(name, SourceFileLoader(name, os.path.join(FOLDER, "redirect.py")))  # noqa: PTH118
        hosts = os.environ.get("ACTOR_EMULATOR_HOSTS", "").split(",")
        module.install(int(port), filter(None, hosts), os.environ["ACTOR_EMULATOR_CA"])


def run_hidden() -> None:
    spec = PathFinder.find_spec("sitecustomize", sys.path)
    if spec is not None and isinstance(spec.loader, SourceFileLoader):
        load("sitecustomize", spec.loader)


sys.path[:] = [entry for entry in sys.path if os.path.abspath(entry or ".") != FOLDER]  # noqa: PTH100
follow_clock()
redirect()
run_hidden()
