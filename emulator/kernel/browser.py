"""A browser without a window: walks the emulated pages, keeps cookies, fills forms, stops where an app takes over.

It reaches the emulated sites through ``respond`` and knows nothing of them; whoever uses it decides what to press.
It leaves the emulated world only by a redirect, which it reports instead of following.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from html.parser import HTMLParser
from urllib.parse import parse_qsl, urldefrag, urlencode, urljoin, urlsplit

from .http import Call, Headers, Reply

__all__ = ["Browser", "BrowserError", "Field", "Form", "Page"]

MOST_REDIRECTS = 20
_COOKIE = re.compile(r"\s*([^=;\s]+)=([^;]*)")


class BrowserError(Exception):
    """The pages do not offer what the browser was told to do; the message says what they do offer."""


@dataclass(frozen=True, slots=True)
class Field:
    """One control of a form. ``kind`` is "hidden", "text", "checkbox", "select" or "button"."""

    kind: str
    name: str
    value: str
    checked: bool = False
    options: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Form:
    """A form of a page; ``action`` is absolute."""

    action: str
    method: str
    fields: tuple[Field, ...]

    def offered(self, kind: str, name: str) -> tuple[str, ...]:
        """The values of the fields of one kind and name."""
        return tuple(field.value for field in self.fields if field.kind == kind and field.name == name)

    def filled(
        self,
        press: tuple[str, str] | None = None,
        *,
        ticked: Iterable[str] = (),
        written: Mapping[str, str] | None = None,
    ) -> list[tuple[str, str]]:
        """What a browser sends when the button ``press`` (name, value) is pressed.

        Of the boxes exactly those of a value in ``ticked`` are ticked; ``written`` replaces texts and selections.
        Raises ``BrowserError`` for a button or a selection that is not there.
        """
        boxes, texts = frozenset(ticked), written or {}
        if press is not None and press[1] not in self.offered("button", press[0]):
            raise BrowserError(f"no button {press[0]}={press[1]}; there are {self.offered('button', press[0])}")
        pairs = []
        for each in self.fields:
            value = texts.get(each.name, each.value)
            if each.kind == "select" and value not in each.options:
                raise BrowserError(f"{each.name} cannot be {value!r}; it offers {each.options}")
            if each.kind in {"hidden", "text", "select"} or (each.kind == "checkbox" and each.value in boxes):
                pairs.append((each.name, each.value if each.kind in {"hidden", "checkbox"} else value))
        return [*pairs, press] if press is not None else pairs


@dataclass(frozen=True)
class Page:
    """Where the browser is. ``left`` tells that ``url`` belongs to an app, to be called by GET, or with ``form``.

    ``marker`` is what the page calls itself for programs (``data-page``), "" for a foreign page.
    """

    url: str
    status: int = 200
    text: str = ""
    left: bool = False
    form: tuple[tuple[str, str], ...] | None = None
    visited: tuple[str, ...] = field(default=(), repr=False)

    @cached_property
    def forms(self) -> tuple[Form, ...]:
        """The forms of the page."""
        return self._read.forms(self.url)

    @property
    def marker(self) -> str:
        """The page's ``data-page``."""
        return self._read.facts.get("data-page", "")

    @property
    def facts(self) -> Mapping[str, str]:
        """The ``data-`` attributes of the page's main part."""
        return self._read.facts

    @cached_property
    def answer(self) -> dict[str, str]:
        """What the app is told: the parameters of query, fragment or posted form."""
        query, fragment = urlsplit(self.url).query, urldefrag(self.url).fragment
        pairs = [*parse_qsl(query, keep_blank_values=True), *parse_qsl(fragment, keep_blank_values=True)]
        return dict([*pairs, *(self.form or ())])

    @cached_property
    def _read(self) -> _Reader:
        reader = _Reader()
        reader.feed(self.text)
        return reader


class Browser:
    """One browser with its cookies. ``emulated`` tells the hosts that ``respond`` answers for."""

    def __init__(
        self,
        respond: Callable[[Call], Reply],
        emulated: Callable[[str], bool],
        *,
        agent: str = "Mozilla/5.0 (X11; Linux x86_64) actor-emulator",
    ) -> None:
        self._respond = respond
        self._emulated = emulated
        self._agent = agent
        self._cookies: dict[str, dict[str, str]] = {}
        self._home = ""

    def open(self, url: str) -> Page:
        """Go to an address of an emulated site, and on wherever it redirects. Raises ``BrowserError``."""
        parts = urlsplit(url)
        if not parts.hostname or not self._emulated(parts.hostname):
            raise BrowserError(f"{parts.hostname or url} is not emulated: this browser walks emulated sites only")
        self._home = parts.netloc
        return self._walk("GET", url, None)

    def submit(self, form: Form, pairs: Iterable[tuple[str, str]]) -> Page:
        """Send a form with ``pairs`` and go on to wherever that leads."""
        if form.method == "get":
            return self._walk("GET", f"{form.action}?{urlencode(list(pairs))}", None)
        return self._walk("POST", form.action, tuple(pairs))

    def _walk(self, verb: str, url: str, form: tuple[tuple[str, str], ...] | None) -> Page:
        visited: list[str] = []
        for _ in range(MOST_REDIRECTS):
            if self._is_foreign(url):
                return Page(url, left=True, form=form, visited=tuple(visited))
            visited.append(url)
            reply = self._respond(self._call(verb, url, form))
            self._keep_cookies(urlsplit(url).netloc, reply)
            location = reply.headers.get("location")
            if not (300 <= reply.status < 400 and location):
                return Page(url, reply.status, reply.body.decode("utf-8", "replace"), visited=tuple(visited))
            verb, form, url = "GET", None, urljoin(url, location)
        raise BrowserError(f"more than {MOST_REDIRECTS} redirects, the last to {url}")

    def _is_foreign(self, url: str) -> bool:
        """Whether an address is an app's: a loopback port that is not the emulator's own, or a host nobody plays."""
        parts = urlsplit(url)
        if parts.netloc == self._home:
            return False
        host = parts.hostname or ""
        return host in {"127.0.0.1", "localhost", "::1"} or not self._emulated(host)

    def _call(self, verb: str, url: str, form: tuple[tuple[str, str], ...] | None) -> Call:
        parts = urlsplit(url)
        lines = [("Host", parts.netloc), ("User-Agent", self._agent), ("Accept", "text/html")]
        if kept := self._cookies.get(parts.netloc):
            lines.append(("Cookie", "; ".join(f"{name}={value}" for name, value in kept.items())))
        if form is not None:
            lines.append(("Content-Type", "application/x-www-form-urlencoded"))
        body = b"" if form is None else urlencode(list(form)).encode()
        host = (parts.hostname or "").lower()
        return Call(verb, host, parts.path or "/", parts.query, Headers(lines), body, parts.scheme, self._agent)

    def _keep_cookies(self, site: str, reply: Reply) -> None:
        for line in reply.headers.get_all("set-cookie"):
            if found := _COOKIE.match(line):
                self._cookies.setdefault(site, {})[found[1]] = found[2]


class _Reader(HTMLParser):
    """Reads forms and the main part's ``data-`` attributes out of a page."""

    def __init__(self) -> None:
        super().__init__()
        self.facts: dict[str, str] = {}
        self._forms: list[tuple[str, str, list[Field]]] = []
        self._select: tuple[str, list[str], str | None] | None = None

    def forms(self, base: str) -> tuple[Form, ...]:
        """The forms, their actions resolved against the page's address."""
        return tuple(Form(urljoin(base, action), method, tuple(fields)) for action, method, fields in self._forms)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "main":
            self.facts = {name: value for name, value in given.items() if name.startswith("data-")}
        elif tag == "form":
            self._forms.append((given.get("action", ""), given.get("method", "get").lower(), []))
        elif self._forms and tag in {"input", "button"}:
            self._add_control(tag, given)
        elif self._forms and tag == "select":
            self._select = given.get("name", ""), [], None
        elif self._select is not None and tag == "option":
            name, options, chosen = self._select
            options.append(given.get("value", ""))
            self._select = name, options, options[-1] if "selected" in given or chosen is None else chosen

    def handle_endtag(self, tag: str) -> None:
        if tag == "select" and self._select is not None:
            name, options, chosen = self._select
            self._forms[-1][2].append(Field("select", name, chosen or "", options=tuple(options)))
            self._select = None

    def _add_control(self, tag: str, given: Mapping[str, str]) -> None:
        kind = "button" if tag == "button" else given.get("type", "text")
        kind = kind if kind in {"hidden", "checkbox", "button"} else "text"
        if name := given.get("name", ""):
            self._forms[-1][2].append(Field(kind, name, given.get("value", ""), "checked" in given))
