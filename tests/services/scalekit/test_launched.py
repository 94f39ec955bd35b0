"""Apps that know nothing of the emulator, launched with its environment alone."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

import pytest

NODE = Path(__file__).parents[2] / "node"
needs_node = [
    pytest.mark.node,
    pytest.mark.skipif(shutil.which("node") is None, reason="Node.js is not installed"),
    pytest.mark.skipif(not (NODE / "node_modules").is_dir(), reason="npm install in tests/node has not been run"),
]
HARD_CODED = """
from os import environ
from scalekit import ScalekitClient
client = ScalekitClient("https://acme.scalekit.dev", environ["SCALEKIT_CLIENT_ID"], environ["SCALEKIT_CLIENT_SECRET"])
print(client.actions.get_or_create_connected_account("notion", "u1").connected_account.status)
"""
FROM_ENVIRONMENT = HARD_CODED.replace('"https://acme.scalekit.dev"', 'environ["SCALEKIT_ENV_URL"]')
NODE_CALL = """
const { ScalekitClient } = require('PACKAGE');
const client = new ScalekitClient(URL, process.env.SCALEKIT_CLIENT_ID, process.env.SCALEKIT_CLIENT_SECRET);
client.actions.getOrCreateConnectedAccount({ connectionName: 'notion', identifier: 'u1' })
    .then((answer) => console.log(answer.connectedAccount.status), (error) => console.log(error.message));
"""
NODE_POLL = """
const { ScalekitClient } = require('@scalekit-sdk/node-2.6.0');
const env = process.env;
const client = new ScalekitClient(env.SCALEKIT_ENV_URL, env.SCALEKIT_CLIENT_ID, env.SCALEKIT_CLIENT_SECRET);
const account = { connectionName: 'notion', identifier: 'u1' };
(async () => {
    await client.actions.getOrCreateConnectedAccount(account);
    await client.actions.getAuthorizationLink(account);
    const deadline = Date.now() + 300_000;
    for (let polls = 1; Date.now() < deadline; polls += 1) {
        await new Promise((resolve) => setTimeout(resolve, 5_000));
        const { connectedAccount } = await client.actions.getOrCreateConnectedAccount(account);
        if (connectedAccount.status === 1) return console.log('active');
    }
    console.log('Timed out waiting for Notion authorization.');
})();
"""


def launched(emulator, command):
    environment = os.environ | emulator.environment()
    done = subprocess.run(command, env=environment, cwd=NODE, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


@pytest.mark.parametrize("program", [HARD_CODED, FROM_ENVIRONMENT], ids=["hard-coded", "loopback"])
def test_python(program, emulator):
    assert launched(emulator, [sys.executable, "-W", "ignore", "-c", program]) == "PENDING_AUTH"


@pytest.mark.parametrize("package", ["@scalekit-sdk/node", "@scalekit-sdk/node-2.6.0"])
@pytest.mark.parametrize(
    "url", ["'https://acme.scalekit.dev'", "process.env.SCALEKIT_ENV_URL"], ids=["host", "loopback"]
)
@needs_node[0]
@needs_node[1]
@needs_node[2]
def test_node(package, url, emulator):
    program = NODE_CALL.replace("PACKAGE", package).replace("URL,", f"{url},")
    assert launched(emulator, ["node", "-e", program]) == "3"


@needs_node[0]
@needs_node[1]
@needs_node[2]
@pytest.mark.slow
def test_five_minutes_of_polling_pass_in_five_seconds():
    run = [sys.executable, "-m", "emulator", "run", "--seed", "demo", "--consent", "manual", "--speed", "60"]
    began = time.monotonic()
    done = subprocess.run(
        [*run, "--", "node", "-e", NODE_POLL],
        cwd=NODE,
        env=os.environ | {"PYTHONPATH": str(Path(__file__).parents[3])},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert "Timed out waiting for Notion authorization." in done.stdout, done.stdout + done.stderr
    assert time.monotonic() - began < 15  # five for the timeout, the rest for two interpreters on a busy machine
