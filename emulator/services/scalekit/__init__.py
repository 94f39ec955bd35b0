"""Scalekit's connected accounts: the API over gRPC and REST, the magic links, and the proxy."""

from __future__ import annotations

from .rpc import ScalekitRpc
from .web import ScalekitWeb

__all__ = ["ScalekitRpc", "ScalekitWeb"]
