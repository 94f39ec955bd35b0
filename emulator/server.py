"""``Emulator``: the composed services with their front door open. What tests, the command line and people start."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime
from functools import cached_property
from pathlib import Path
from typing import Any, Self

from .app import App
from .config import Config, Consent
from .control import Control
from .doors.environment import CertificateFiles, clock_variable, environment
from .doors.gate import Gate
from .kernel.http import Call, Reply
from .kernel.pipeline import is_loopback

__all__ = ["Emulator"]


class Emulator(App):
    """A running emulator: services, control API and console behind one loopback port.

    Use ``Emulator.start(...)``, as a context manager or with ``stop()``. Everything a test holds hangs off it:
    ``google``, ``gmail``, ``clock``, ``faults``, ``journal``.
    """

    def __init__(self, config: Config | None = None) -> None:
        super().__init__(config)
        self.control = Control(self, lambda: self.environment(base={}))
        self.gate = Gate(self, port=self.config.port)

    @classmethod
    def start(
        cls,
        seed: str | Path | Sequence[str | Path] = (),
        *,
        world: str | Path | None = None,
        port: int = 0,
        consent: Consent = "auto",
        start: datetime | None = None,
        frozen: bool = False,
        entropy: str = "actor-emulator",
    ) -> Self:
        """An emulator that listens on 127.0.0.1 when this returns; port 0 picks a free one.

        Raises ``SeedError`` for a bad seed, ``WorldError`` for a bad world file, ``PortInUse`` for a taken port.
        """
        seeds = (seed,) if isinstance(seed, (str, Path)) else tuple(seed)
        path = Path(world) if world is not None else None
        emulator = cls(Config(seeds, path, consent, start, frozen, entropy, port))
        try:
            emulator.gate.start()
        except BaseException:
            emulator.close()
            raise
        return emulator

    def respond(self, call: Call) -> Reply:
        """Answer one call: the control API on loopback, a service everywhere else."""
        if is_loopback(call.host) and self.control.answers(call):
            return self.control.respond(call)
        return super().respond(call)

    def surroundings(self) -> tuple[str, Mapping[str, str]]:
        """The base URL and the variables for a process of an Actor."""
        return self.url, self.environment()

    @property
    def url(self) -> str:
        """The loopback base URL, which serves every service without interception."""
        return self.gate.url

    @property
    def console(self) -> str:
        """Where a person looks."""
        return f"{self.url}/_emulator/"

    @cached_property
    def certificate_files(self) -> CertificateFiles:
        """The public certificates on disk, for clients that take paths; removed by ``stop``."""
        return CertificateFiles(self.gate.authority)

    def environment(self, base: Mapping[str, str] | None = None) -> dict[str, str]:
        """The variables that lead a launched Actor here, and only they: lay them over ``base``, its other variables.

        Search paths and option lists extend what ``base`` (by default this process's own) has of them.
        """
        variables = environment(
            self.url,
            bundle_path=self.certificate_files.bundle,
            ca_path=self.certificate_files.authority,
            hosts=self.directory.hosts,
            base=os.environ if base is None else base,
        )
        return variables | dict(self.scalekit.variables(self.url)) | clock_variable(self.clock.setting)

    @contextmanager
    def intercepted(self) -> Iterator[None]:
        """A block in which every Python client of this process reaches the emulator under the vendors' own names."""
        from .doors.intercept import intercepted  # noqa: PLC0415 - patches are loaded only where they are used

        with intercepted(self.gate, self.certificate_files):
            yield

    def transport(self) -> Any:
        """An httpx transport that answers in this process, without a socket."""
        from .doors.inprocess import httpx_transport  # noqa: PLC0415 - optional dependency

        return httpx_transport(self)

    def stop(self) -> None:
        """Close the door, remove the certificate files, close the world."""
        self.gate.stop()
        if "certificate_files" in self.__dict__:
            self.certificate_files.close()
        self.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exception: object) -> None:
        self.stop()
