"""Bodies the control API takes, as frozen dataclasses. Read by the seed reader, so that a mistake is named by field."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from ..kernel.faults.declared import FaultDeclaration

__all__ = [
    "ClockChange",
    "ConsentRequest",
    "FaultDeclaration",
    "MailRequest",
    "RawMessage",
    "RestoreRequest",
    "SeedRequest",
    "TokenRequest",
]


@dataclass(frozen=True)
class ClockChange:
    """``POST clock``: any of these, applied in this order."""

    set: datetime | None = None
    advance: timedelta | None = None
    speed: float | None = None
    freeze: bool = False


@dataclass(frozen=True)
class TokenRequest:
    """``POST tokens``: mint an access token, or end tokens of a user."""

    user: str
    action: Literal["mint", "expire", "revoke"] = "mint"
    client: str | None = None
    scopes: tuple[str, ...] = ()


@dataclass(frozen=True)
class ConsentRequest:
    """``POST consent``: decide about the authorization ``url``, or change the ``mode`` for those to come.

    ``user`` decides, by default the account the pages offer first. ``approve`` overrides the mode. ``only`` leaves all
    other boxes unticked; empty ticks all. ``lifetime`` limits the access to a term the page offers.
    """

    url: str = ""
    mode: Literal["auto", "manual", "deny"] | None = None
    user: str | None = None
    approve: bool | None = None
    only: tuple[str, ...] = ()
    lifetime: timedelta | None = None


@dataclass(frozen=True)
class SeedRequest:
    """``POST seed``: names of shipped seeds, or a seed written out as text."""

    seeds: tuple[str, ...] = ()
    text: str = ""


@dataclass(frozen=True)
class RestoreRequest:
    """``POST restore``: the id a checkpoint answered with."""

    checkpoint: str


@dataclass(frozen=True)
class RawMessage:
    """One RFC 822 message, base64, as it would arrive; ``labels`` are ids or names."""

    raw: str
    labels: tuple[str, ...] = ("INBOX", "UNREAD")
    received: datetime | None = None


@dataclass(frozen=True)
class MailRequest:
    """``POST mail``: deliver messages into a user's mailbox now."""

    user: str
    messages: tuple[RawMessage, ...]
