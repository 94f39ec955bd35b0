"""Checks of an Actor's schema files, with the platform's rules and messages."""

from __future__ import annotations

from .folder import Finding, check_path
from .input_schema import SchemaProblem, check_input_schema

__all__ = ["Finding", "SchemaProblem", "check_input_schema", "check_path"]
