"""What stands in the files of the repository, and what must not."""

from __future__ import annotations

import re
import subprocess

import pytest

# Written in pieces so that this file does not find itself.
MACHINE_PATHS = re.compile(r"(?<![\w.])/(?:" + "|".join(("wor" + "k/", "roo" + "t/", "tm" + "p/")) + r")[\w.-]+")
BINARY = {".png", ".ico", ".gz", ".zip", ".jpg", ".pdf", ".woff2"}
# Demonstrates, as data, names that mean nothing here.
GENERATED = {"package-lock.json", "uv.lock"}


@pytest.fixture(scope="module")
def sources(root):
    """Every file git would keep, by path."""
    command = ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"]
    listed = subprocess.run(command, cwd=root, capture_output=True, text=True, timeout=60, check=False)
    if listed.returncode:
        pytest.skip("not a git checkout")
    paths = [root / name for name in listed.stdout.split("\0") if name]
    return [path for path in paths if path.is_file() and path.suffix not in BINARY and path.name not in GENERATED]


def test_no_file_names_a_place_on_the_machine_it_was_written_on(sources):
    assert sources
    found = []
    for path in sources:
        text = path.read_text(encoding="utf-8", errors="replace")
        found += [f"{path.name}: {match[0]}" for match in MACHINE_PATHS.finditer(text)]
    assert not found, "\n".join(found)


def test_no_private_key_is_committed(sources):
    marker = "-----BEGIN " + "PRIVATE KEY"
    assert not [path for path in sources if marker in path.read_text(encoding="utf-8", errors="replace")]
