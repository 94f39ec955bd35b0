"""``python -m emulator`` is ``actor-emulator``."""

from __future__ import annotations

from .cli import main

main(prog_name="actor-emulator")
