"""``actor-emulator demo``: the Gmail Actor of this repository, unmodified, in the demo world."""

from __future__ import annotations

import json
import os
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any

from .launch import launch
from .report import print_calls, print_rows, problems

if TYPE_CHECKING:
    from rich.console import Console

    from .server import Emulator

__all__ = ["ACTOR", "run_demo"]

ACTOR = Path(__file__).parent.parent / "actor_under_test" / "gmail_inbox"
NEEDED = ("apify", "google.auth", "googleapiclient")
COLUMNS = {"last message": 16, "from": 24, "subject": 0, "messages": 8}


def run_demo(emulator: Emulator, console: Console, *, dry_run: bool = False) -> int:
    """Run the Actor as the demo's user and print its items and calls; its exit code, or 1 where a call was lost."""
    if missing := [name for name in NEEDED if not _installed(name)]:
        console.print(f"The demo's Actor needs {', '.join(missing)}: pip install 'actor-emulator[demo]'")
        return 1
    if not ACTOR.is_dir():
        console.print(
            "The demo's Actor stands in the repository, not in the installed package: clone it and `make demo`."
        )
        return 1
    held = emulator.google.user("ada@example.com").credentials("demo-desktop")
    actor_input = {
        "client_id": held.client_id,
        "client_secret": held.client_secret,
        "refresh_token": held.refresh_token,
        "query": "in:inbox newer_than:90d",
        "max_results": 15,
        "dry_run": dry_run,
    }
    with _storage(actor_input) as storage:
        variables = (
            os.environ
            | emulator.environment()
            | {
                "APIFY_LOCAL_STORAGE_DIR": str(storage),
                "CRAWLEE_STORAGE_DIR": str(storage),
            }
        )
        code = launch([sys.executable, "-m", "src"], variables, folder=ACTOR)
        items = list(_items(storage))
    print_rows(console, f"{len(items)} threads the Actor pushed", COLUMNS, map(_row, items))
    print_calls(console, emulator.journal)
    return code or (1 if problems(emulator.journal) else 0)


@contextmanager
def _storage(actor_input: dict[str, Any]) -> Iterator[Path]:
    """A private storage folder with the input in it, gone afterwards: it holds credentials, if only emulated ones."""
    with tempfile.TemporaryDirectory(prefix="actor-emulator-") as folder:
        place = Path(folder) / "key_value_stores" / "default"
        place.mkdir(parents=True)
        (place / "INPUT.json").write_text(json.dumps(actor_input), encoding="utf-8")
        yield Path(folder)


def _items(storage: Path) -> Iterator[dict[str, Any]]:
    for path in sorted((storage / "datasets" / "default").glob("[0-9]*.json")):
        yield json.loads(path.read_text(encoding="utf-8"))


def _row(item: dict[str, Any]) -> dict[str, Any]:
    """An item as the table shows it."""
    return {
        "last message": str(item.get("last_message_at", "")).replace("T", " ")[:16],
        "from": item.get("from"),
        "subject": item.get("subject"),
        "messages": item.get("message_count"),
    }


def _installed(name: str) -> bool:
    try:
        return find_spec(name) is not None
    except ModuleNotFoundError:
        return False
