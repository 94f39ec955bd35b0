"""One function for each method of the API, whether it is called over gRPC or through the REST gateway."""

from __future__ import annotations

from . import accounts, connections, tools  # noqa: F401 - importing them binds their methods
from .binding import bindings

__all__ = ["bindings"]
