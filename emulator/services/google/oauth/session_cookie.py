"""The cookie that tells one browser at Google's pages from another."""

from __future__ import annotations

import re

from ....kernel.http import Call

__all__ = ["session_cookie", "session_in"]

_NAME = "SID"
_VALUE = re.compile(rf"(?:^|;)\s*{_NAME}=([\w-]+)")


def session_in(call: Call) -> str:
    """The session id a call carries, known or not; "" for none."""
    found = _VALUE.search(call.headers.get("cookie"))
    return found[1] if found else ""


def session_cookie(call: Call, sid: str) -> tuple[str, str]:
    """The header line that gives the browser of ``call`` a session."""
    secure = "; Secure" if call.scheme == "https" else ""
    return "Set-Cookie", f"{_NAME}={sid}; Path=/; HttpOnly; SameSite=Lax{secure}"
