"""The control API under ``/_emulator/``: a thin shell over the Python object, for any language and for people.

It answers on loopback names only and never to a page of another origin.
"""

from __future__ import annotations

from .responder import Control

__all__ = ["Control"]
