"""The JSON Schemas of an Actor's files, as Apify publishes them."""

from __future__ import annotations

import json
from functools import cache
from importlib.resources import files
from typing import Any, Literal

__all__ = ["Document", "document"]

Document = Literal["actor", "dataset", "input", "key_value_store", "output"]


@cache
def document(name: Document) -> dict[str, Any]:
    """The JSON Schema of one kind of file. Treat it as read-only: it is shared."""
    return dict(json.loads(files(__package__).joinpath(f"{name}.json").read_text(encoding="utf-8")))
