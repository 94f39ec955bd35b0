"""How an emulator is set up: read once, checked once, never changed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Literal

__all__ = ["Config", "Consent"]

Consent = Literal["auto", "manual", "deny"]


@dataclass(frozen=True, slots=True)
class Config:
    """Settings of one emulator.

    ``seeds`` are names of shipped seeds ("demo") or paths of seed files and directories, applied in order to an
    empty world. ``world`` keeps the state in a file. ``start`` places the beginning of virtual time, real now by
    default. ``entropy`` seeds every id and token: equal values give equal worlds.
    """

    seeds: tuple[str | Path, ...] = ()
    world: Path | None = None
    consent: Consent = "auto"
    start: datetime | None = None
    frozen: bool = False
    entropy: str = "actor-emulator"
    port: int = 0
