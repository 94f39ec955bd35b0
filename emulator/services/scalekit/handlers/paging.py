"""Page tokens: ``>:`` forward or ``<:`` back, and the place as base64 of a JSON list."""

from __future__ import annotations

import base64
import binascii
import json

from ..errors import InvalidArgument, Violation

__all__ = ["place_of", "token_for"]


def token_for(place: int | str, *, back: bool = False) -> str:
    """The token of a page that begins after ``place``."""
    encoded = base64.b64encode(json.dumps([place]).encode()).decode()
    return f"{'<' if back else '>'}:{encoded}"


def place_of(token: str) -> int:
    """Where the page of a token begins; 0 without a token. Raises ``InvalidArgument``."""
    if not token:
        return 0
    try:
        (place,) = json.loads(base64.b64decode(token.removeprefix("<:").removeprefix(">:"), validate=True))
        return _natural(place)
    except (ValueError, TypeError, binascii.Error):
        raise InvalidArgument(Violation("page_token", "value is not a page token", "page_token")) from None


def _natural(place: object) -> int:
    if not isinstance(place, int) or isinstance(place, bool) or not 0 <= place < 2**62:
        raise ValueError(place)
    return place
