"""The Actor's package, loaded under a name of its own."""

from __future__ import annotations

import importlib
import importlib.util
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import pytest

PACKAGE = "gmail_inbox_actor"  # every Actor calls its package `src`: under that name two of them would collide


@pytest.fixture(scope="session")
def actor_folder() -> Path:
    return Path(__file__).parents[3] / "actor_under_test" / "gmail_inbox"


@pytest.fixture(scope="session")
def package(actor_folder: Path) -> Iterator[str]:
    """Load the package as `gmail_inbox_actor`; its modules are then importable below that name."""
    source = actor_folder / "src"
    spec = importlib.util.spec_from_file_location(
        PACKAGE, source / "__init__.py", submodule_search_locations=[str(source)]
    )
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[PACKAGE] = module
    spec.loader.exec_module(module)
    yield PACKAGE
    for name in [name for name in sys.modules if name.partition(".")[0] == PACKAGE]:
        del sys.modules[name]


@pytest.fixture
def failures(package: str) -> ModuleType:
    return importlib.import_module(f"{package}.failures")


@pytest.fixture
def inputs(package: str) -> ModuleType:
    return importlib.import_module(f"{package}.input")


@pytest.fixture
def threads(package: str) -> ModuleType:
    return importlib.import_module(f"{package}.threads")


@pytest.fixture
def inbox(package: str) -> ModuleType:
    return importlib.import_module(f"{package}.inbox")
