"""What happens to an authorization that a program wanted a browser for: the consent mode of an emulator.

A launched program that opens a browser reaches ``doors/hooks/browse.py`` by its ``BROWSER`` variable, and that asks
here, through ``POST consent`` of the control API.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass
from datetime import timedelta
from typing import Literal, get_args
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from .config import Consent
from .services.google.browser import Outcome
from .services.google.cloud import Google

__all__ = ["ConsentDesk", "Decision"]

MOST_WAITING = 100


@dataclass(frozen=True, slots=True)
class Decision:
    """What became of an authorization URL.

    "allowed" and "denied" have a ``location``: the app's redirect URI with the answer, to be opened by GET or, with
    ``form``, by POST. "blocked" ended on a page with ``error``; the app hears nothing. "waiting" is left to a person,
    at the path ``location`` of the loopback base URL.
    """

    outcome: Literal["allowed", "denied", "blocked", "waiting"]
    location: str = ""
    form: tuple[tuple[str, str], ...] | None = None
    error: str = ""


class ConsentDesk:
    """Decides on authorization URLs by ``mode``: "auto" allows, "deny" presses Cancel, "manual" leaves it to a person.

    ``waiting`` are the addresses that were left to a person, oldest first.
    """

    def __init__(self, google: Google, mode: Consent) -> None:
        self._google = google
        self._mode: Consent = mode
        self.waiting: deque[str] = deque(maxlen=MOST_WAITING)

    @property
    def mode(self) -> Consent:
        """How authorizations are decided; setting anything but the three modes raises ``ValueError``."""
        return self._mode

    @mode.setter
    def mode(self, mode: Consent) -> None:
        if mode not in get_args(Consent):
            raise ValueError(f"the consent mode is one of {', '.join(get_args(Consent))}; got {mode!r}")
        self._mode = mode

    def decide(
        self,
        url: str,
        *,
        user: str | None = None,
        approve: bool | None = None,
        only: tuple[str, ...] | None = None,
        lifetime: timedelta | None = None,
    ) -> Decision:
        """Walk the pages behind ``url`` as ``user``; ``approve`` overrides the mode.

        Raises ``UnknownName`` for the user and ``BrowserError`` for what the pages do not offer.
        """
        if approve is None and self.mode == "manual":
            return Decision("waiting", self.leave(url))
        allow = self.mode != "deny" if approve is None else approve
        if not allow:
            return _decision(self._google.browser(user).follow(_asking(url), approve=False))
        return _decision(self._google.browser(user).follow(url, only=only, lifetime=lifetime))

    def leave(self, url: str) -> str:
        """Leave an address to a person; its path on the loopback base URL."""
        parts = urlsplit(url)
        self.waiting.append(f"{parts.path}?{parts.query}" if parts.query else parts.path)
        return self.waiting[-1]

    def reset(self, mode: Consent) -> None:
        """Begin anew with ``mode``."""
        self.mode = mode
        self.waiting.clear()


def _asking(url: str) -> str:
    """The same authorization made to show its screen: where nothing is asked there is no Cancel to press."""
    parts = urlsplit(url)
    pairs = parse_qsl(parts.query, keep_blank_values=True)
    prompts = [value for name, value in pairs if name == "prompt"]
    if prompts == ["none"] or any(name == "approval_prompt" for name, _ in pairs):
        return url
    kept = [(name, value) for name, value in pairs if name != "prompt"]
    asking = " ".join(dict.fromkeys([*" ".join(prompts).split(), "consent"]))
    return urlunsplit(parts._replace(query=urlencode([*kept, ("prompt", asking)])))


def _decision(outcome: Outcome) -> Decision:
    if not outcome.returned:
        return Decision("blocked", error=outcome.error)
    return Decision("denied" if outcome.error else "allowed", outcome.url, outcome.page.form, outcome.error)
