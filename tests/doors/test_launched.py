"""Real clients in a child process that knows of the emulator by its environment alone."""

from __future__ import annotations

import os
import shutil
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

import emulator
from emulator.doors.gate import Gate
from emulator.kernel.http import Reply

HOOKS = Path(emulator.__file__).parent / "doors" / "hooks"
PROFILE_URL = "https://gmail.googleapis.com/gmail/v1/users/me/profile"
ADDRESS = "ada@example.com"


def test_an_expired_token_is_refreshed_before_the_call(run_python: Callable[..., str], application) -> None:
    """Probe 1: one POST to the token endpoint, then the API call with the new token."""
    application.answers["/token"] = lambda _: Reply.json({"access_token": "ya29.new", "expires_in": 3599})
    program = """
import datetime
from google.oauth2.credentials import Credentials
from googleapiclient.discovery import build
credentials = Credentials(
    "ya29.old", refresh_token="1//r", client_id="id", client_secret="s",
    token_uri="https://oauth2.googleapis.com/token", expiry=datetime.datetime(2020, 1, 1),
)
print(build("gmail", "v1", credentials=credentials).users().getProfile(userId="me").execute())
"""
    assert ADDRESS in run_python(program)
    assert [(call.verb, call.url) for call in application.calls] == [
        ("POST", "https://oauth2.googleapis.com/token"),
        ("GET", f"{PROFILE_URL}?alt=json"),
    ]
    assert application.calls[1].bearer_token() == "ya29.new"


def test_unknown_hosts_are_named_to_the_program_and_to_the_journal(run_python, application) -> None:
    program = """
import socket
for name in ("example.com", "93.184.216.34"):
    try:
        socket.create_connection((name, 443))
    except socket.gaierror as error:
        print(error)
"""
    printed = run_python(program)
    assert "example.com:443 is not emulated (offline)" in printed
    assert "93.184.216.34:443 is not emulated (offline)" in printed
    assert [entry[:2] for entry in application.refused] == [("example.com", 443), ("93.184.216.34", 443)]


def test_a_loopback_server_is_reached_directly(run_python, bystander: str, application) -> None:
    assert '"bystander"' in run_python(f"import requests; print(requests.get('{bystander}/x').text)")
    assert application.calls == []


def test_the_base_url_is_in_the_environment(run_python) -> None:
    program = 'import os, urllib.request as u; print(u.urlopen(os.environ["ACTOR_EMULATOR_URL"] + "/x").read())'
    assert '"host":"127.0.0.1"' in run_python(program)


def test_a_hidden_sitecustomize_still_runs(run_python, child_environment, tmp_path) -> None:
    (tmp_path / "sitecustomize.py").write_text("print('mine ran')\n")
    path = os.pathsep.join([child_environment["PYTHONPATH"], str(tmp_path)])
    program = (
        "import sitecustomize, socket; print(sitecustomize.__file__, socket.gethostbyname('gmail.googleapis.com'))"
    )
    first, second = run_python(program, PYTHONPATH=path).splitlines()
    assert first == "mine ran"
    assert second == f"{tmp_path / 'sitecustomize.py'} 198.18.0.1"


def test_the_hook_leaves_no_module_in_the_way(run_python, child_environment, tmp_path) -> None:
    (tmp_path / "redirect.py").write_text("mine = True\n")
    path = os.pathsep.join([child_environment["PYTHONPATH"], str(tmp_path)])
    assert run_python("import redirect; print(redirect.mine)", PYTHONPATH=path).strip() == "True"


def test_the_hook_sleeps_without_its_variables(run_python) -> None:
    program = "import socket; print('connect' in vars(socket.socket))"
    assert run_python(program).strip() == "True"
    assert run_python(program, ACTOR_EMULATOR_GATE_PORT="").strip() == "False"


def test_the_hook_runs_on_its_own() -> None:
    """It must load in an interpreter that has none of our packages."""
    program = "import sys; print(sorted(name for name in sys.modules if 'emulator' in name), 'ssl' in sys.modules)"
    environ = {
        "PYTHONPATH": str(HOOKS),
        "ACTOR_EMULATOR_GATE_PORT": "9",
        "ACTOR_EMULATOR_HOSTS": "a.dev",
        "ACTOR_EMULATOR_CA": "/none",
    }
    done = subprocess.run([sys.executable, "-c", program], env=environ, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "['_actor_emulator_redirect'] False"
    assert done.stderr == ""


def test_the_hook_costs_little_at_start() -> None:
    hooked = {"ACTOR_EMULATOR_GATE_PORT": "9", "ACTOR_EMULATOR_HOSTS": "a.dev", "ACTOR_EMULATOR_CA": "/none"}
    bare = {"PATH": os.environ["PATH"]}

    def start(environ: dict[str, str]) -> float:
        began = time.perf_counter()
        subprocess.run([sys.executable, "-c", ""], env=environ, check=True)
        return time.perf_counter() - began

    start(bare | hooked | {"PYTHONPATH": str(HOOKS)})  # writes the byte code
    pairs = [(start(bare), start(bare | hooked | {"PYTHONPATH": str(HOOKS)})) for _ in range(9)]
    assert statistics.median(with_hook - without for without, with_hook in pairs) < 0.015


@pytest.mark.skipif(shutil.which("curl") is None, reason="curl is not installed")
class TestCurl:
    def run(self, *arguments: str, environ: dict[str, str]) -> subprocess.CompletedProcess[str]:
        command = ["curl", "-sS", *arguments]
        return subprocess.run(command, env=environ, capture_output=True, text=True, timeout=30, check=False)

    def test_https_and_http(self, child_environment, application) -> None:
        assert ADDRESS in self.run(PROFILE_URL, environ=child_environment).stdout
        assert '"scheme":"http"' in self.run("http://gmail.googleapis.com/x", environ=child_environment).stdout
        assert application.calls[0].peer.startswith("curl/")

    def test_unknown_host(self, child_environment, application) -> None:
        done = self.run("https://example.com/", environ=child_environment)
        assert "502" in done.stderr
        host, port, peer, reason = application.refused[0]
        assert (host, port, reason) == ("example.com", 443, "Host example.com is not emulated (offline)")
        assert peer.startswith("curl/")

    def test_nobody_trusts_the_gate_without_the_variables(self, gate: Gate, application) -> None:
        """Probe 12."""
        resolve = f"gmail.googleapis.com:{gate.port}:127.0.0.1"
        url = f"https://gmail.googleapis.com:{gate.port}/x"
        done = self.run("--resolve", resolve, url, environ={"PATH": os.environ["PATH"]})
        assert done.returncode == 60  # curl's code for a certificate it cannot verify
        assert application.calls == []


NODE_PROGRAMS = {
    "http": "require('http').get('http://gmail.googleapis.com/x?ada@example.com', (r) => r.pipe(process.stdout))",
    "tls_without_server_name": """
const socket = require('tls').connect({host: 'gmail.googleapis.com', port: 443, checkServerIdentity() {}}, () => {
  socket.end('GET /gmail/v1/users/me/profile HTTP/1.0\\r\\nHost: gmail.googleapis.com\\r\\n\\r\\n');
});
socket.pipe(process.stdout);
""",
    "net_with_port_and_host": """
const socket = require('net').connect(80, 'gmail.googleapis.com', () => socket.end(
  'GET /gmail/v1/users/me/profile HTTP/1.0\\r\\nHost: gmail.googleapis.com\\r\\n\\r\\n'));
socket.pipe(process.stdout);
""",
    "socket_connect_with_port_and_host": """
const socket = new (require('net').Socket)();
socket.connect(80, 'gmail.googleapis.com', () => socket.end(
  'GET /gmail/v1/users/me/profile HTTP/1.0\\r\\nHost: gmail.googleapis.com\\r\\n\\r\\n'));
socket.pipe(process.stdout);
""",
    "socket_connect_with_options": """
const socket = new (require('net').Socket)();
socket.connect({port: 80, host: 'gmail.googleapis.com'}, () => socket.end(
  'GET /gmail/v1/users/me/profile HTTP/1.0\\r\\nHost: gmail.googleapis.com\\r\\n\\r\\n'));
socket.pipe(process.stdout);
""",
}


@pytest.mark.node
@pytest.mark.skipif(shutil.which("node") is None, reason="Node.js is not installed")
class TestNode:
    def run(self, program: str, environ: dict[str, str], *options: str) -> str:
        command = ["node", *options, "-e", program]
        done = subprocess.run(command, env=environ, capture_output=True, text=True, timeout=60, check=False)
        assert done.returncode == 0, done.stderr
        return done.stdout

    @pytest.mark.parametrize("client", NODE_PROGRAMS)
    def test_client(self, client: str, child_environment, application) -> None:
        assert ADDRESS in self.run(NODE_PROGRAMS[client], child_environment)
        assert [call.host for call in application.calls] == ["gmail.googleapis.com"]

    def test_es_modules(self, child_environment) -> None:
        program = f"console.log(await (await fetch('{PROFILE_URL}')).text())"
        assert ADDRESS in self.run(program, child_environment, "--input-type=module")

    def test_unknown_host(self, child_environment, application) -> None:
        program = "fetch('https://example.com/').catch((e) => console.log(e.cause.message, e.cause.code))"
        assert self.run(program, child_environment).strip() == "example.com:443 is not emulated (offline) ENOTFOUND"
        assert [entry[:2] for entry in application.refused] == [("example.com", 443)]

    def test_a_known_host_on_another_port_and_an_address(self, child_environment, application) -> None:
        program = """
const net = require('net');
net.connect(8443, 'gmail.googleapis.com').on('error', (e) => console.log(e.message));
net.connect({host: '2001:db8::1', port: 443}).on('error', (e) => console.log(e.message));
"""
        assert sorted(self.run(program, child_environment).splitlines()) == [
            "2001:db8::1:443 is not emulated (offline)",
            "gmail.googleapis.com:8443 is emulated on ports 80 and 443 only",
        ]
        refused = {entry[:2] for entry in application.refused}
        assert refused == {("2001:db8::1", 443), ("gmail.googleapis.com", 8443)}

    def test_loopback_and_local_sockets_are_reached_directly(self, child_environment, bystander, application) -> None:
        program = f"""
const net = require('net'), path = require('path').join(require('os').tmpdir(), `gate-${{process.pid}}.sock`);
const server = net.createServer((socket) => socket.end('local socket')).listen(path, () =>
  net.connect(path).on('close', () => server.close()).pipe(process.stdout));
fetch('{bystander}/x').then((r) => r.text()).then(console.log);
"""
        printed = self.run(program, child_environment)
        assert '"bystander"' in printed
        assert "local socket" in printed
        assert application.calls == []
        assert application.refused == []
