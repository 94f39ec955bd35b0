"""Interception inside this process: what a launched Actor gets from its environment, installed and taken out again."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator, Mapping, MutableMapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from functools import partial
from typing import Any

from .environment import CertificateFiles, environment
from .gate import Gate
from .hooks.redirect import ImportWatch, Patches, install

__all__ = ["intercepted"]


@contextmanager
def intercepted(gate: Gate, files: CertificateFiles, environ: MutableMapping[str, str] = os.environ) -> Iterator[None]:
    """A block in which every Python client of this process reaches the gate under the vendors' own names.

    Sets the variables in ``environ``, patches sockets, TLS and the few libraries that froze their settings when they
    were imported, and restores all of it exactly. Clients with native code (impit, grpcio), and httpx clients, read
    the variables when they are built: build them inside the block.
    """
    variables = environment(gate.url, files.bundle, files.authority, gate.hosts, environ)
    with (
        ExitStack() as undo,  # closed last: what is undone there finds variables and patches gone
        variables_set(environ, variables),
        redirected(gate, files),
        libraries_adapted(Adaptation(str(files.bundle), undo)),
    ):
        yield


@contextmanager
def redirected(gate: Gate, files: CertificateFiles) -> Iterator[None]:
    """A block in which sockets lead to the gate and TLS trusts it."""
    uninstall = install(gate.port, gate.hosts, str(files.authority))
    try:
        yield
    finally:
        uninstall()


@contextmanager
def variables_set(environ: MutableMapping[str, str], variables: Mapping[str, str]) -> Iterator[None]:
    """A block with ``variables`` set, and afterwards exactly what there was."""
    before = {name: environ.get(name) for name in variables}
    environ.update(variables)
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                environ.pop(name, None)
            else:
                environ[name] = value


@dataclass(frozen=True, slots=True)
class Adaptation:
    """How a library that settles things at import is led to ``bundle``, and back by ``undo``."""

    bundle: str
    undo: ExitStack

    def httpx(self, client: Any, *, fresh: bool) -> None:
        """Send httpx through the socket patch, not the proxy: respx cannot pass a ``CONNECT`` through.

        The name is private to httpx (observed in 0.28). Without it httpx goes through the proxy, and only
        ``pass_through`` of respx is lost.
        """
        if hasattr(client, "get_environment_proxies"):
            self.put(client, "get_environment_proxies", dict)

    def httplib2(self, httplib2: Any, *, fresh: bool) -> None:
        """httplib2 reads ``HTTPLIB2_CA_CERTS`` once; imported in this block, it reads it again afterwards."""
        if fresh:
            self.undo.callback(lambda: setattr(httplib2, "CA_CERTS", httplib2.certs.where()))
        else:
            self.put(httplib2, "CA_CERTS", self.bundle)

    def aiohttp(self, connector: Any, *, fresh: bool) -> None:
        """Replace the TLS context aiohttp makes once by default; private names, observed in 3.14."""
        if not hasattr(connector, "_SSL_CONTEXT_VERIFIED") or not hasattr(connector, "_make_ssl_context"):
            return
        name, make = "_SSL_CONTEXT_VERIFIED", connector._make_ssl_context  # noqa: SLF001
        if fresh:
            self.undo.callback(lambda: setattr(connector, name, make(True)))
        else:
            self.put(connector, name, make(True))

    def urllib(self, request: Any, *, fresh: bool) -> None:
        """``urlopen`` keeps the opener it makes first, proxies and all; one made in this block must not outlive it."""
        opener = None if fresh else getattr(request, "_opener", None)
        self.undo.callback(setattr, request, "_opener", opener)

    def put(self, owner: Any, name: str, value: object) -> None:
        """Replace an attribute until the block ends."""
        patches = Patches()
        patches.put(owner, name, value)
        self.undo.callback(patches.undo)


@contextmanager
def libraries_adapted(adaptation: Adaptation) -> Iterator[None]:
    """A block in which each library is adapted: now if it is imported, else when it is."""
    watch = ImportWatch()
    for name, adapt in (
        ("httpx._client", adaptation.httpx),
        ("httplib2", adaptation.httplib2),
        ("aiohttp.connector", adaptation.aiohttp),
        ("urllib.request", adaptation.urllib),
    ):
        watch.when_imported(name, partial(adapt, fresh=name not in sys.modules))
    watch.start()
    try:
        yield
    finally:
        watch.stop()


def adapt_webbrowser(webbrowser: Any, _: str, patches: Patches) -> None:
    """Let webbrowser read ``BROWSER`` again: it does so once, when it is first asked to open something."""
    if hasattr(webbrowser, "_tryorder"):
        patches.put(webbrowser, "_tryorder", None)
