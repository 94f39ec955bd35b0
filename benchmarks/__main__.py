"""``python -m benchmarks [NAME…]``: run all, or the ones named."""

from __future__ import annotations

import sys
from importlib import import_module

ALL = ("startup", "refresh", "identity", "gate", "doors", "world", "harness", "apify", "gmail", "drawing")

for name in sys.argv[1:] or ALL:
    import_module(f"benchmarks.{name}").run()
