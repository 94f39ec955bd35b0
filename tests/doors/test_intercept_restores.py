"""After the block nothing is left of it."""

from __future__ import annotations

import os
import socket
import ssl
import subprocess
import sys
from pathlib import Path

import httplib2
import httpx
import pytest

import emulator
from emulator.doors.environment import CertificateFiles, environment
from emulator.doors.gate import Gate
from emulator.doors.hooks.redirect import ImportWatch, Patches
from emulator.doors.intercept import intercepted

CONTEXT_METHODS = ("load_verify_locations", "load_default_certs", "set_default_verify_paths")


def snapshot() -> dict[str, object]:
    state: dict[str, object] = {f"socket.{name}": vars(socket)[name] for name in ("getaddrinfo", "gethostbyname")}
    state["gethostbyname_ex"] = socket.gethostbyname_ex
    state |= {f"socket.socket.{name}": vars(socket.socket).get(name) for name in ("connect", "connect_ex")}
    state |= {f"SSLContext.{name}": vars(ssl.SSLContext).get(name) for name in CONTEXT_METHODS}
    state["meta_path"] = list(sys.meta_path)
    state["environ"] = dict(os.environ)
    state["httplib2"] = httplib2.CA_CERTS
    state["httpx"] = httpx._client.get_environment_proxies
    return state


def test_everything_is_put_back(gate: Gate, files: CertificateFiles) -> None:
    before = snapshot()
    with intercepted(gate, files):
        during = snapshot()
    assert snapshot() == before
    unchanged = {name for name in before if before[name] == during[name]}
    assert unchanged == set()
    assert "connect" not in vars(socket.socket)


def test_everything_is_put_back_after_an_error(gate: Gate, files: CertificateFiles) -> None:
    before = snapshot()
    with pytest.raises(ZeroDivisionError), intercepted(gate, files):
        raise ZeroDivisionError
    assert snapshot() == before


def test_blocks_nest(gate: Gate, files: CertificateFiles) -> None:
    before = snapshot()
    with intercepted(gate, files), intercepted(gate, files):
        assert httpx.get("https://gmail.googleapis.com/x").status_code == 200
    assert snapshot() == before


def test_variables_go_to_the_mapping_given(gate: Gate, files: CertificateFiles) -> None:
    mine = {"HTTPS_PROXY": "http://corporate:3128", "NODE_OPTIONS": "--max-old-space-size=512"}
    untouched = dict(mine)
    with intercepted(gate, files, mine):
        assert mine["HTTPS_PROXY"] == gate.url
        assert os.environ.get("ACTOR_EMULATOR_URL") != gate.url
    assert mine == untouched


def test_libraries_first_imported_inside_forget_the_block(gate: Gate, files: CertificateFiles) -> None:
    """In a fresh interpreter, where nothing is imported yet."""
    program = """
import sys
from emulator.doors.hooks.redirect import install
from emulator.doors.intercept import Adaptation, libraries_adapted, variables_set
from contextlib import ExitStack
import os
bundle = sys.argv[1]
with ExitStack() as undo:
    with variables_set(os.environ, {"HTTPLIB2_CA_CERTS": bundle}), libraries_adapted(Adaptation(bundle, undo)):
        import httplib2, httpx
        print(httplib2.CA_CERTS == bundle, httpx._client.get_environment_proxies is dict)
print(httplib2.CA_CERTS == bundle, httpx._client.get_environment_proxies is dict)
"""
    command = [sys.executable, "-W", "ignore", "-c", program, str(files.bundle)]
    environ = {"PATH": os.environ["PATH"], "PYTHONPATH": str(Path(emulator.__file__).parents[1])}
    done = subprocess.run(command, env=environ, capture_output=True, text=True, timeout=60, check=True)
    assert done.stdout.split() == ["True", "True", "False", "False"]


def test_patches_restore_own_and_inherited_attributes() -> None:
    class Parent:
        shared = "parent's"

    class Child(Parent):
        own = "child's"

    patches = Patches()
    patches.put(Child, "shared", "patched")
    patches.put(Child, "own", "patched")
    patches.put(Child, "own", "patched twice")
    patches.undo()
    assert "shared" not in vars(Child)
    assert (Child.shared, Child.own) == ("parent's", "child's")


def test_two_watches_can_wait_for_the_same_module(tmp_path, monkeypatch) -> None:
    (tmp_path / "awaited_module.py").write_text("value = 1\n")
    monkeypatch.syspath_prepend(tmp_path)
    seen: list[int] = []
    watches = [ImportWatch(), ImportWatch()]
    for watch in watches:
        watch.when_imported("awaited_module", lambda module: seen.append(module.value))
        watch.start()
    try:
        import awaited_module  # type: ignore[import-not-found]
    finally:
        for watch in watches:
            watch.stop()
        sys.modules.pop("awaited_module", None)
    assert awaited_module.value == 1
    assert seen == [1, 1]


def test_certificate_files_hold_no_key_and_go_away(gate: Gate, tmp_path) -> None:
    mine = tmp_path / "mine.pem"
    mine.write_bytes(gate.authority.certificate_pem.replace(b"\n", b"\r\n"))
    with CertificateFiles(gate.authority, {"SSL_CERT_FILE": str(mine), "CURL_CA_BUNDLE": "/no/such/file"}) as files:
        folder = files.bundle.parent
        assert folder.stat().st_mode & 0o777 == 0o700
        texts = [path.read_bytes() for path in folder.iterdir()]
        assert not any(b"PRIVATE KEY" in text for text in texts)
        assert files.authority.read_bytes() == gate.authority.certificate_pem
        assert files.bundle.read_bytes().count(gate.authority.certificate_pem.strip()) == 1
        assert files.bundle.read_bytes().count(b"BEGIN CERTIFICATE") > 50
    assert not folder.exists()


def test_environment_overwrites_presets_and_chains_the_paths() -> None:
    base = {
        "SSL_CERT_FILE": "/etc/preset.pem",
        "HTTPLIB2_CA_CERTS": "/etc/preset.pem",
        "https_proxy": "http://corporate:3128",
        "PYTHONPATH": os.pathsep.join(["/mine", "/yours"]),
        "NODE_OPTIONS": "--max-http-header-size=80000",
        "HOME": "/home/ada",
    }
    first = environment("http://127.0.0.1:4010", "/b.pem", "/ca.pem", ["a.dev", "*.b.dev"], base)
    assert first["SSL_CERT_FILE"] == first["HTTPLIB2_CA_CERTS"] == first["REQUESTS_CA_BUNDLE"] == "/b.pem"
    assert first["https_proxy"] == first["HTTPS_PROXY"] == first["ACTOR_EMULATOR_URL"] == "http://127.0.0.1:4010"
    assert first["NODE_EXTRA_CA_CERTS"] == first["ACTOR_EMULATOR_CA"] == "/ca.pem"
    assert first["ACTOR_EMULATOR_GATE_PORT"] == "4010"
    assert first["ACTOR_EMULATOR_HOSTS"] == "a.dev,*.b.dev"
    assert first["PYTHONPATH"].split(os.pathsep)[1:] == ["/mine", "/yours"]
    assert first["NODE_OPTIONS"].startswith("--max-http-header-size=80000 --require ")
    assert "HOME" not in first
    again = environment("http://127.0.0.1:4010", "/b.pem", "/ca.pem", ["a.dev", "*.b.dev"], base | first)
    assert again == first
