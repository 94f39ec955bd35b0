"""The grants of the token endpoint, by ``grant_type``."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType

from .....kernel.http import Reply
from .....kernel.service import Exchange
from ..state import AuthorizationServer
from .authorization_code import authorization_code
from .device_code import device_code, legacy_device_code
from .jwt_bearer import jwt_bearer
from .refresh_token import refresh_token

__all__ = ["GRANTS", "Grant"]

Grant = Callable[[AuthorizationServer, Exchange, dict[str, str]], Reply]

GRANTS: Mapping[str, Grant] = MappingProxyType(
    {
        "authorization_code": authorization_code,
        "refresh_token": refresh_token,
        "urn:ietf:params:oauth:grant-type:device_code": device_code,
        "http://oauth.net/grant_type/device/1.0": legacy_device_code,
        "urn:ietf:params:oauth:grant-type:jwt-bearer": jwt_bearer,
    }
)
