"""Secrets as they may leave the process."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

__all__ = ["SECRET_NAMES", "mask", "shown"]

SECRET_NAMES = frozenset(
    (
        "access_token",
        "api_key",
        "assertion",
        "authorization",
        "client_secret",
        "code",
        "code_verifier",
        "cookie",
        "device_code",
        "id_token",
        "key",
        "oauth_token",
        "password",
        "proxy-authorization",
        "refresh_token",
        "set-cookie",
        "token",
    )
)


def mask(value: str) -> str:
    """A secret as it may be shown: enough to tell two apart, too little to use."""
    scheme, blank, token = value.partition(" ")
    if blank and scheme.lower() in {"bearer", "basic"}:
        return f"{scheme} {mask(token)}"
    return f"{value[:6]}…{len(value)}" if len(value) > 12 else "…"


def shown(name: str, value: Any) -> Any:
    """``value`` as it may leave the process: masked whole under a secret's name, else where it looks like one."""
    if isinstance(value, str):
        return mask(value) if name.lower() in SECRET_NAMES else _TOKEN.sub(lambda found: mask(found[0]), value)
    if isinstance(value, Mapping):
        return {shown("", key): shown(str(key), item) for key, item in value.items()}
    return [shown(name, item) for item in value] if isinstance(value, (list, tuple)) else value


# Shapes of credentials that may sit in a parameter of another name.
_TOKEN = re.compile(
    r"ya29\.[\w-]{20,}|1//[\w-]{20,}|1%2[Ff]%2[Ff][\w-]{20,}|GOCSPX-[\w-]{20,}|eyJ[\w-]{10,}\.[\w-]{10,}\.[\w-]*"
)
