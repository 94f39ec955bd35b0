"""The emulator's own browser in front of Google's consent pages: ``google.browser(as_user=...).follow(url)``.

It sees the pages a person sees and presses the same buttons, so whatever stops a person stops it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import timedelta

from ...kernel.browser import Browser, BrowserError, Form, Page
from ...kernel.callback import deliver
from ...kernel.http import Call, Reply
from .scopes import canonical

__all__ = ["ConsentBrowser", "Outcome"]

MOST_PAGES = 10


@dataclass(frozen=True, slots=True)
class Outcome:
    """Where following an authorization URL ended.

    ``page`` is the last page: an error page of Google's, or, with ``page.left``, the address of the app's redirect
    URI with everything the app is told. ``callback`` is what the app answered, where it was called.
    """

    page: Page
    callback: Reply | None = None

    @property
    def url(self) -> str:
        """The last address: the app's own once the pages were passed."""
        return self.page.url

    @property
    def returned(self) -> bool:
        """Whether the app is told anything at all."""
        return self.page.left

    @property
    def code(self) -> str:
        """The authorization code, "" without one."""
        return self.page.answer.get("code", "") if self.returned else ""

    @property
    def error(self) -> str:
        """The error the app is told, or that of the page where it is told nothing; "" for a success."""
        return self.page.answer.get("error", "") if self.returned else self.page.facts.get("data-error", "")


class ConsentBrowser:
    """A browser in which one person decides. Its cookies last, so a second visit finds the account signed in.

    Without ``as_user`` the first account of the chooser is taken: the hinted one, or one the app is open to.
    """

    def __init__(
        self, respond: Callable[[Call], Reply], emulated: Callable[[str], bool], as_user: str | None = None
    ) -> None:
        self._browser = Browser(respond, emulated)
        self._user = as_user

    def open(self, url: str) -> Page:
        """Only look: the first page behind ``url``. A request left there is abandoned, and the app hears nothing."""
        return self._browser.open(url)

    def follow(
        self,
        url: str,
        *,
        approve: bool = True,
        only: Iterable[str] | None = None,
        lifetime: timedelta | None = None,
        call_back: bool = False,
    ) -> Outcome:
        """Walk the pages behind an authorization URL to their end.

        ``only`` leaves every other box unticked (short scope names will do). ``lifetime`` limits the access: one of
        the terms the page offers. ``call_back`` sends the answer to the app with a real HTTP request, which has to be
        listening on this machine. Raises ``BrowserError`` for a scope, an account or a term the pages do not offer,
        and where ``approve`` is False and nobody was asked.
        """
        page = self._browser.open(url)
        scopes = None if only is None else tuple(canonical(scope) for scope in only)
        for _ in range(MOST_PAGES):
            if page.left or page.marker not in {"chooser", "warning", "consent", "form_post"}:
                break
            page = self._decide(page, approve, scopes, lifetime)
        outcome = Outcome(page, deliver(page.url, page.form) if call_back and page.left else None)
        if not approve and outcome.returned and not outcome.error:
            raise BrowserError("nobody was asked, as the app is allowed already; revoke it or send prompt=consent")
        return outcome

    def _decide(
        self,
        page: Page,
        approve: bool,  # noqa: FBT001
        only: tuple[str, ...] | None,
        lifetime: timedelta | None,
    ) -> Page:
        form = page.forms[0]
        if page.marker == "chooser":
            return self._choose(page)
        if page.marker == "form_post":
            return self._browser.submit(form, form.filled())
        if page.marker == "warning":
            return self._browser.submit(form, form.filled(("action", "continue")))
        if not approve:
            return self._browser.submit(form, form.filled(("action", "cancel")))
        written = {} if lifetime is None else {"lifetime": str(int(lifetime.total_seconds()))}
        return self._browser.submit(form, form.filled(("action", "allow"), ticked=_ticked(form, only), written=written))

    def _choose(self, page: Page) -> Page:
        listed = [account for form in page.forms for account in form.offered("button", "account")]
        user = (self._user or (listed[0] if listed else "")).lower()
        if page.facts.get("data-problem"):
            raise BrowserError(f"{user}: {page.facts['data-problem']}")
        if not user:
            raise BrowserError("there is no account to sign in with; seed a user")
        if user in listed:
            return self._browser.submit(page.forms[0], page.forms[0].filled(("account", user)))
        written = {"identifier": user}
        return self._browser.submit(page.forms[-1], page.forms[-1].filled(("action", "next"), written=written))


def _ticked(form: Form, only: tuple[str, ...] | None) -> tuple[str, ...]:
    """The boxes to tick. Scopes listed without a box may be named, but one that Allow gives cannot be left out."""
    boxes = form.offered("checkbox", "scope")
    if only is None:
        return boxes
    given, included = form.offered("hidden", "asked"), form.offered("hidden", "included")
    if missing := [scope for scope in only if scope not in (*boxes, *given, *included)]:
        raise BrowserError(f"the page has no box for {', '.join(missing)}; it has {', '.join(boxes) or 'none'}")
    if kept := [scope for scope in given if scope not in only]:
        raise BrowserError(f"the page asks for {kept[0]} alone, without a box; approve=False is the way to refuse it")
    return only
