"""Faults: what breaks without a cause inside the model.

Expired tokens and disabled APIs are states of the world and need no fault. A 503, a reset connection or a truncated
body have no cause here, so they are declared: which calls (``where``), and what happens to them (``effects``).
``armed`` keeps those in force; ``declared`` reads them from YAML, JSON and marks.
"""

from __future__ import annotations

from .armed import Armed, Arrival, Faults, Hit
from .distribution import Exponential, Fixed, Normal, Uniform
from .fault import Fault
from .where import FaultError

__all__ = ["Armed", "Arrival", "Exponential", "Fault", "FaultError", "Faults", "Fixed", "Hit", "Normal", "Uniform"]
