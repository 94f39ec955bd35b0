"""Where a request wants to go: the request line's target and the ``Host`` header, read strictly."""

from __future__ import annotations

import ipaddress
from dataclasses import dataclass

__all__ = ["Authority", "Target", "TargetError", "is_loopback"]

LARGEST_PORT = 65535


class TargetError(ValueError):
    """The request line or ``Host`` header names no place; the message says what is wrong with it."""


@dataclass(frozen=True, slots=True)
class Authority:
    """Host and port. ``host`` is lower case, without brackets or final dot; ``port`` is ``None`` where left out."""

    host: str
    port: int | None

    @classmethod
    def parse(cls, text: str) -> Authority:
        """Read ``host``, ``host:port`` or ``[v6]:port``. Raises ``TargetError``."""
        if text.startswith("["):
            host, bracket, rest = text[1:].partition("]")
            if not bracket or not (rest == "" or rest.startswith(":")):
                message = f"{text!r} has no closing bracket"
                raise TargetError(message)
            port = rest[1:]
        else:
            host, _, port = text.partition(":")
        if not host or any(not "!" <= character <= "~" or character in '/?#@\\"' for character in host):
            message = f"{text!r} names no host"
            raise TargetError(message)
        return cls(host.lower().rstrip("."), read_port(port))


@dataclass(frozen=True, slots=True)
class Target:
    """A request target. ``authority`` is set in the absolute form (``GET http://host/path``) and ``None`` otherwise."""

    path: str
    query: str
    authority: Authority | None = None
    scheme: str = ""

    @classmethod
    def parse(cls, raw: bytes) -> Target:
        """Read origin form, absolute form or ``*`` (RFC 9112 section 3.2). Raises ``TargetError``."""
        if not raw.isascii():
            message = "a request target is ASCII, the rest of Unicode percent-encoded"
            raise TargetError(message)
        text = raw.decode("ascii").partition("#")[0]
        if text.startswith("/") or text == "*":
            path, _, query = text.partition("?")
            return cls(path, query)
        scheme, separator, rest = text.partition("://")
        if not separator:
            message = f"{text[:80]!r} is not a request target"
            raise TargetError(message)
        end = next((index for index, character in enumerate(rest) if character in "/?"), len(rest))
        path, _, query = rest[end:].partition("?")
        authority = Authority.parse(rest[:end].rpartition("@")[2])
        return cls(path or "/", query, authority, scheme.lower())


def read_port(text: str) -> int | None:
    if not text:
        return None
    if not (text.isascii() and text.isdigit()) or len(text) > len(str(LARGEST_PORT)) or int(text) > LARGEST_PORT:
        message = f"{text!r} is not a port"
        raise TargetError(message)
    return int(text)


def is_loopback(host: str) -> bool:
    """Whether ``host`` is a name or address of this machine's loopback interface."""
    if host == "localhost" or host.endswith(".localhost"):
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
