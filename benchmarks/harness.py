"""What the harness costs: faults and the clock while nobody uses them, a world a test, five minutes of polling."""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
import time

import httpx

from emulator import Emulator, Fault
from emulator.doors.environment import HOOKS
from fixtures.clock import VirtualTime

from .measure import in_turn, median, report

URL = "https://oauth2.googleapis.com/tokeninfo"
POLLS = 60


def run() -> None:
    """Print the figures."""
    with Emulator.start(seed="demo") as emulator, httpx.Client(transport=emulator.transport()) as client:
        faults_unused(emulator, client)
        worlds(emulator)
        polling(emulator)
    hooks_unused()


def faults_unused(emulator: Emulator, client: httpx.Client) -> None:
    """A call with no fault armed beside one with a fault for another service."""

    def bare() -> None:
        emulator.faults.clear()
        client.get(URL)

    def armed() -> None:
        emulator.faults.clear()
        emulator.faults.add(Fault.status(503, service="gmail"))
        client.get(URL)

    without, with_one = in_turn(bare, armed, 300)
    emulator.faults.clear()
    check = median(lambda: [len(emulator.faults) for _ in range(1000)], 50) / 1000
    report("a call, no fault armed", us(without), f"one for others, {us(with_one)}", without / with_one, "<= 1.1")
    report("looking for faults, none armed", f"{check * 1e9:.0f} ns", f"call {us(without)}", check / without, "<= 0.01")


def worlds(emulator: Emulator) -> None:
    """What the fixture does around a test: a checkpoint, a rollback, the guards."""

    def around() -> None:
        emulator.journal.clear()
        with emulator.isolated():
            emulator.strays()

    spent = median(around, 300)
    report("a fresh world around a test", us(spent), "a millisecond", spent / 1e-3, "<= 1")


def polling(emulator: Emulator) -> None:
    """Sixty polls of five seconds, in process, on virtual time. The client is made before: its TLS takes most of it."""

    async def poll() -> None:
        async with httpx.AsyncClient(transport=emulator.transport()) as client:
            await client.get(URL)
            began = time.perf_counter()
            for _ in range(POLLS):
                await client.get(URL)
                await asyncio.sleep(5)
            spent.append(time.perf_counter() - began)

    spent: list[float] = []
    with VirtualTime(emulator):
        asyncio.run(poll())
    report("five minutes of polling in process", f"{spent[0] * 1e3:.0f} ms", "200 ms", spent[0] / 0.2, "<= 1")


def hooks_unused() -> None:
    """A Python that starts with the hooks and no speed, beside one whose hooks had to scale its clock."""
    base = {name: value for name, value in os.environ.items() if not name.startswith("ACTOR_EMULATOR")}
    hooked = base | {"PYTHONPATH": str(HOOKS)}
    plain, with_hook = in_turn(lambda: start(base), lambda: start(hooked), 15)
    scaled = median(lambda: start(hooked | {"ACTOR_EMULATOR_CLOCK": "0,0,60"}), 15)
    report(
        "Python starting with hooks, no speed", ms(with_hook), f"without hooks {ms(plain)}", with_hook / plain, "<= 1.2"
    )
    report("the same at --speed 60", ms(scaled), f"without hooks {ms(plain)}", scaled / plain, "shown only")


def start(environment: dict[str, str]) -> None:
    """Start an interpreter that does nothing."""
    subprocess.run([sys.executable, "-c", ""], env=environment, check=True)


def us(seconds: float) -> str:
    """Seconds as microseconds."""
    return f"{seconds * 1e6:.0f} us"


def ms(seconds: float) -> str:
    """Seconds as milliseconds."""
    return f"{seconds * 1e3:.1f} ms"
