"""Ten thousand items pushed and read back by the SDK: on the emulated platform beside the SDK's own local storage."""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Mapping

from emulator import Emulator

from .measure import report

__all__ = ["run"]

ITEMS = 10_000
ROUNDS = 3
PROGRAM = f"""
import asyncio, time
from apify import Actor
async def main():
    async with Actor:
        items = [{{"number": n, "url": f"http://127.0.0.1/{{n}}", "text": "x" * 100}} for n in range({ITEMS})]
        dataset = await Actor.open_dataset()
        started = time.perf_counter()
        await dataset.push_data(items)
        read = [item async for item in dataset.iterate_items()]
        assert read == items
        print("SECONDS", time.perf_counter() - started)
asyncio.run(main())
"""


def run() -> None:
    """Compare the two and print the ratio."""
    with Emulator.start() as emulator, tempfile.TemporaryDirectory() as folder:
        local, at_home = [], []
        for turn in range(ROUNDS):
            storage = {"APIFY_LOCAL_STORAGE_DIR": f"{folder}/{turn}", "CRAWLEE_STORAGE_DIR": f"{folder}/{turn}"}
            local.append(_seconds({**os.environ, **storage}))
            environment = emulator.apify.create_run("benchmark").environment
            changed = environment.changed(api_base_url=emulator.url, api_public_base_url=emulator.url)
            at_home.append(_seconds(changed.over(dict(os.environ))))
    ours, theirs = statistics.median(at_home), statistics.median(local)
    report(
        f"{ITEMS:,} items pushed and read back",
        f"{ours * 1000:.0f} ms",
        f"local {theirs * 1000:.0f} ms",
        ours / theirs,
        "1",
    )


def _seconds(environment: Mapping[str, str]) -> float:
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM], env=environment, capture_output=True, text=True, check=True, timeout=300
    )
    return float(done.stdout.partition("SECONDS ")[2].split()[0])
