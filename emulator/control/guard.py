"""Who may use the control API: programs on this machine, and pages it served itself.

A web page from elsewhere can make a browser send requests to loopback (DNS rebinding, cross-site posts). Such
requests carry another Host, an Origin, or Sec-Fetch-Site; none of them gets through.
"""

from __future__ import annotations

from urllib.parse import urlsplit

from ..kernel.http import Call
from ..kernel.pipeline import is_loopback

__all__ = ["refusal"]

OWN_SITES = frozenset(("", "same-origin", "none"))


def refusal(call: Call) -> str:
    """Why a call may not touch the control API; empty where it may."""
    if not is_loopback(call.host):
        return f"the control API answers on loopback names only, not on {call.host}"
    origin = call.headers.get("origin")
    if origin and not is_loopback(_host_of(origin)):
        return f"the control API does not answer pages of {origin}"
    if call.headers.get("sec-fetch-site") not in OWN_SITES:
        return "the control API does not answer requests that another site started"
    return ""


def _host_of(origin: str) -> str:
    try:
        return urlsplit(origin).hostname or ""
    except ValueError:
        return ""
