"""A launched program's clock at the speed of the world's: the recipe's polling loop, unmodified, in Python and Node."""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
import time
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from itertools import pairwise
from pathlib import Path

import pytest

from emulator import Emulator
from emulator.doors.environment import clock_variable
from emulator.kernel.clock import ClockSetting

SPEED = 60
TOKENS = "https://www.googleapis.com/oauth2/v3/tokeninfo?access_token=none"

POLLING = """
import asyncio, datetime, http.client, json, logging, sys, time
logging.basicConfig(stream=sys.stdout, format="%(asctime)s", datefmt="%Y-%m-%dT%H:%M:%S", level="INFO")
logging.Formatter.converter = time.gmtime

connection = http.client.HTTPSConnection("www.googleapis.com")

def status():
    connection.request("GET", "/oauth2/v3/tokeninfo?access_token=none")
    answer = connection.getresponse()
    answer.read()
    return answer.headers["Date"]

status()  # a client has its connection by the time it polls

async def wait_until_active(timeout=300, every=5):
    deadline, dates = time.monotonic() + timeout, []
    while time.monotonic() < deadline:
        dates.append((status(), datetime.datetime.now(datetime.timezone.utc).isoformat()))
        await asyncio.sleep(every)
    logging.info("")
    print(json.dumps(dates))
    raise TimeoutError("the account did not become active")

asyncio.run(wait_until_active())
"""

NODE_POLLING = f"""
import {{ setTimeout as sleep }} from 'node:timers/promises';
const first = await fetch('{TOKENS}'); // a client has its connection by the time it polls
await first.text();
const deadline = Date.now() + 300_000;
const dates = [];
while (Date.now() < deadline) {{
  const answer = await fetch('{TOKENS}');
  await answer.text();
  dates.push([answer.headers.get('date'), new Date().toISOString()]);
  await sleep(5000);
}}
console.log(new Date().toISOString().slice(0, 19));
console.log(JSON.stringify(dates));
throw new Error('the account did not become active');
"""


@pytest.fixture
def fast():
    with Emulator.start("demo", start=datetime(2031, 5, 6, tzinfo=UTC)) as emulator:
        emulator.clock.speed(SPEED)
        yield emulator


def run(emulator: Emulator, command: list[str]) -> tuple[subprocess.CompletedProcess[str], float]:
    began = time.perf_counter()
    environ = os.environ | emulator.environment()
    done = subprocess.run(command, env=environ, capture_output=True, text=True, timeout=60, check=False)
    return done, time.perf_counter() - began


@pytest.mark.parametrize("language", ["python", pytest.param("node", marks=pytest.mark.node)])
def test_a_polling_loop_ends_by_its_own_timeout(language, fast, tmp_path):
    command = [sys.executable, "-c", POLLING]
    if language == "node":
        (tmp_path / "poll.mjs").write_text(NODE_POLLING)
        command = ["node", str(tmp_path / "poll.mjs")]
    done, seconds = run(fast, command)
    assert done.returncode == 1
    assert "the account did not become active" in done.stderr, done.stderr
    assert 5 <= seconds < 15  # 5 s of polling and the start of an interpreter, on a machine that is busy besides
    _, *calls = fast.journal.calls("google.oauth.tokeninfo")
    assert len(calls) <= 61  # 59 or 60 on an idle machine, where a call takes little of the 83 ms between two polls
    gaps = [(later.at - earlier.at).total_seconds() for earlier, later in pairwise(calls)]
    assert 4.5 < statistics.median(gaps) < 8
    assert 285 < sum(gaps) < 305
    log, dates = done.stdout.strip().splitlines()
    ended = datetime.fromisoformat(log).replace(tzinfo=UTC)
    assert timedelta(0) <= ended - calls[-1].at < timedelta(seconds=30)
    for (header, own), entry in zip(json.loads(dates), calls, strict=True):
        there, here = parsedate_to_datetime(header), datetime.fromisoformat(own)
        assert abs(entry.at - there) < timedelta(seconds=2)
        assert timedelta(seconds=-1) < here - entry.at < timedelta(seconds=30)  # half a second between answer and look


PROBE = """
import datetime, pickle, sys, threading, time
real = time.perf_counter()
time.sleep(6); threading.Event().wait(6)
took = time.perf_counter() - real
now = datetime.datetime.now(datetime.timezone.utc)
assert abs(now.timestamp() - time.time()) < 1, "datetime beside time"
assert abs(datetime.datetime.utcnow().replace(tzinfo=datetime.timezone.utc) - now).total_seconds() < 1
assert type(now) is datetime.datetime and pickle.loads(pickle.dumps(now)) == now
assert time.strftime("%Y") == str(datetime.date.today().year) == "2031"
assert time.gmtime(0).tm_year == 1970 and time.localtime().tm_year == 2031
assert "2031" in time.ctime() and "2031" in time.asctime()
print(took)
"""


def test_every_python_clock_and_wait_follows(fast):
    done, _ = run(fast, [sys.executable, "-W", "ignore", "-c", PROBE])
    assert done.returncode == 0, done.stderr
    assert 0.19 < float(done.stdout) < 1


NODE_PROBE = """
const { promisify } = require('node:util');
const promises = require('node:timers/promises');
const real = process.hrtime.bigint();
const clocks = [Date.now(), performance.now()];
setTimeout(async () => {
  await promisify(setTimeout)(6000);
  await promises.setTimeout(6000);
  await promises.scheduler.wait(6000);
  for await (const _ of promises.setInterval(6000)) break;
  await new Promise((resolve) => { const timer = setInterval(() => { clearInterval(timer); resolve(); }, 6000); });
  class Own extends Date {}
  console.log(JSON.stringify({
    real: Number(process.hrtime.bigint() - real) / 1e9,
    virtual: [Date.now() - clocks[0], performance.now() - clocks[1]],
    kinds: [new Date() instanceof Date, new Own() instanceof Own, new Date().constructor === Date, typeof Date()],
    years: [new Date().getFullYear(), new Own().getFullYear(), new Date(0).getUTCFullYear(), Date.UTC(1970, 0)],
  }));
}, 6000);
"""


@pytest.mark.node
def test_every_node_clock_and_timer_follows(fast, tmp_path):
    (tmp_path / "probe.cjs").write_text(NODE_PROBE)
    done, _ = run(fast, ["node", str(tmp_path / "probe.cjs")])
    assert done.returncode == 0, done.stderr
    seen = json.loads(done.stdout)
    assert 0.59 < seen["real"] < 3
    assert all(35_000 < each < 180_000 for each in seen["virtual"])
    assert seen["kinds"] == [True, True, True, "string"]
    assert seen["years"] == [2031, 2031, 1970, 0]


def test_an_ordinary_clock_changes_nothing(fast):
    assert "ACTOR_EMULATOR_CLOCK" in fast.environment()
    for rate in (1.0, 0.0):
        assert clock_variable(ClockSetting(1.0, 2.0, rate)) == {}
    fast.clock.speed(1)
    done, _ = run(
        fast, [sys.executable, "-c", "import time, sys; print(time.sleep.__module__, 'ctypes' in sys.modules)"]
    )
    assert done.stdout.split() == ["time", "False"], done.stderr


def command_line(*arguments: str, **variables: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "emulator", "run", *arguments]
    folder = Path(__file__).parents[2]
    return subprocess.run(
        command, env=os.environ | variables, capture_output=True, text=True, timeout=60, check=False, cwd=folder
    )


def test_run_takes_a_speed_and_leaves_the_world_at_its_ordinary_pace(tmp_path):
    program = "import time, datetime; a = time.perf_counter(); time.sleep(30); print(time.perf_counter() - a)"
    world = str(tmp_path / "world.sqlite")
    done = command_line("--speed", "100", "--world", world, "--", sys.executable, "-c", program)
    assert done.returncode == 0, done.stderr
    assert 0.29 < float(done.stdout) < 2
    assert "warning" not in done.stderr
    with Emulator.start(world=world) as emulator:
        assert emulator.clock.rate == 1


def test_a_speed_that_leaves_calls_no_time_is_warned_of():
    done = command_line("--speed", "600", "--", sys.executable, "-c", "")
    assert "a client's 30 s timeout is 50 ms of real time" in done.stderr
    assert command_line("--speed", "0.5", "--", "true").returncode == 2
