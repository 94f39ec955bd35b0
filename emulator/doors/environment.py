"""The variables and files by which a launched process, or this one, finds its way to the gate.

Proxy and CA variables are for clients with native code (impit, grpcio, curl); the hooks are for those that ignore
proxies (httplib2, all of Node). Neither is enough alone. What each client reads was observed with the versions current
in 2026; see the table in the documentation of interception.
"""

from __future__ import annotations

import os
import shlex
import sys
import tempfile
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Self
from urllib.parse import urlsplit

from ..kernel.clock import ClockSetting
from .tls import CertificateAuthority

__all__ = ["BUNDLE_VARIABLES", "CertificateFiles", "clock_variable", "environment"]

HOOKS = Path(__file__).parent / "hooks"
LOOPBACK_NAMES = "localhost,127.0.0.1,::1"
PROXY_VARIABLES = (
    *("HTTPS_PROXY", "https_proxy", "HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"),
    "grpc_proxy",  # grpcio reads it before https_proxy, so one that is preset must not lead past the gate
)
NO_PROXY_VARIABLES = ("NO_PROXY", "no_proxy", "no_grpc_proxy")
BUNDLE_VARIABLES = (
    "SSL_CERT_FILE",  # OpenSSL's default: urllib, http.client, httpx, aiohttp, impit, curl_cffi
    "REQUESTS_CA_BUNDLE",  # requests, google-auth
    "CURL_CA_BUNDLE",  # curl, requests
    "HTTPLIB2_CA_CERTS",  # httplib2, googleapiclient
    "GRPC_DEFAULT_SSL_ROOTS_FILE_PATH",  # grpcio
)
"""Variables that name a file of trusted roots."""
# `apify run` asks 1.1.1.1 and 8.8.8.8 whether it is online and reports its use; neither is the Actor's doing, and every
# strict run would fail on it (apify-cli 1.10).
QUIET_CLI = {"APIFY_CLI_SKIP_UPDATE_CHECK": "1", "APIFY_CLI_DISABLE_TELEMETRY": "1"}


class CertificateFiles:
    """Public certificates on disk, in a folder of their own, for clients that take paths. Never a key.

    ``bundle`` is everything to trust, with the roots ``environ`` already pointed to; ``authority`` is ours alone.
    """

    def __init__(self, authority: CertificateAuthority, environ: Mapping[str, str] = os.environ) -> None:
        self._folder = tempfile.TemporaryDirectory(prefix="actor-emulator-")
        self.authority = Path(self._folder.name) / "authority.pem"
        self.bundle = Path(self._folder.name) / "bundle.pem"
        existing = dict.fromkeys(environ[name] for name in BUNDLE_VARIABLES if environ.get(name))
        self.authority.write_bytes(authority.certificate_pem)
        self.bundle.write_bytes(authority.bundle(*existing))

    def close(self) -> None:
        """Remove the folder."""
        self._folder.cleanup()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def environment(
    gate_url: str,
    bundle_path: str | os.PathLike[str],
    ca_path: str | os.PathLike[str],
    hosts: Iterable[str],
    base: Mapping[str, str],
) -> dict[str, str]:
    """The variables to set, and only they, for a process that would otherwise run with ``base``.

    They overwrite what ``base`` presets, save ``PYTHONPATH`` and ``NODE_OPTIONS``, which are extended. ``hosts`` are
    the emulated names and ``*.`` patterns.
    """
    variables = dict.fromkeys(PROXY_VARIABLES, gate_url)
    variables |= dict.fromkeys(NO_PROXY_VARIABLES, LOOPBACK_NAMES)
    variables |= dict.fromkeys(BUNDLE_VARIABLES, os.fspath(bundle_path))
    return variables | {
        "NODE_EXTRA_CA_CERTS": os.fspath(ca_path),
        "PYTHONPATH": extended_python_path(base.get("PYTHONPATH", "")),
        "NODE_OPTIONS": extended_node_options(base.get("NODE_OPTIONS", "")),
        "BROWSER": browser_command(),
        **QUIET_CLI,
        "ACTOR_EMULATOR_URL": gate_url,
        "ACTOR_EMULATOR_GATE_PORT": str(urlsplit(gate_url).port),
        "ACTOR_EMULATOR_CA": os.fspath(ca_path),
        "ACTOR_EMULATOR_HOSTS": ",".join(hosts),
    }


def clock_variable(setting: ClockSetting) -> dict[str, str]:
    """The variable by which the hooks run a program's clock beside ours; none for a clock at its ordinary pace.

    A clock that stands still cannot be shared: a program that waits would wait for ever.
    """
    if setting.rate in {0.0, 1.0}:
        return {}
    return {"ACTOR_EMULATOR_CLOCK": f"{setting.real!r},{setting.virtual!r},{setting.rate!r}"}


def browser_command() -> str:
    """What opens a browser page for a program: our own browser, which consents or not as the emulator is set up.

    Python's webbrowser and xdg-open read the variable; ``%s`` stands for the address.
    """
    return f"{shlex.quote(sys.executable)} -I {shlex.quote(str(HOOKS / 'browse.py'))} %s"


def extended_python_path(existing: str) -> str:
    """The hook's folder first, once."""
    others = [entry for entry in existing.split(os.pathsep) if entry and entry != str(HOOKS)]
    return os.pathsep.join([str(HOOKS), *others])


def extended_node_options(existing: str) -> str:
    """The preload last, once; quoted as Node reads the variable, for a path with spaces."""
    path = str(HOOKS / "preload.cjs").replace("\\", "\\\\").replace('"', '\\"')
    option = f'--require "{path}"'
    return " ".join(filter(None, [existing.replace(option, "").strip(), option]))
