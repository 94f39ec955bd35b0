"""One tool: its definition as lists show it, and the run of a call of it."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from hashlib import blake2b
from typing import Any
from urllib.parse import quote, urlencode, urlsplit

from ....kernel.http import Call, Headers, Reply
from ....kernel.service import Upstream
from ..accounts import Account
from ..hearing import heard
from .inputs import Input, schema_of

__all__ = ["ProviderReply", "Tool", "ToolRun", "camel_case"]

_HOLE = re.compile(r"\{(\w+)\}")
_CAMEL = re.compile(r"_([a-z0-9])")


def camel_case(name: str) -> str:
    """``max_results`` as ``maxResults``."""
    return _CAMEL.sub(lambda found: found[1].upper(), name)


class ProviderReply(Exception):
    """The provider refused a call of a tool. ``status`` and ``text`` are its own."""

    def __init__(self, reply: Reply) -> None:
        self.reply = reply
        self.status = reply.status
        super().__init__(_told(reply))

    @property
    def text(self) -> str:
        """The provider's message."""
        return str(self.args[0])


@dataclass(frozen=True, slots=True)
class ToolRun:
    """One call of a tool: its checked inputs, the account, and the way to the provider.

    ``send`` calls the provider's API with the account's token.
    """

    tool: str
    inputs: Mapping[str, Any]
    account: Account
    api_root: str
    upstream: Upstream = field(repr=False)

    def send(
        self,
        verb: str,
        address: str,
        query: Iterable[tuple[str, str]] = (),
        body: Any = None,
        headers: Iterable[tuple[str, str]] = (),
    ) -> Any:
        """The provider's JSON answer; ``address`` is a URL or a path at the provider. No body becomes ``{}``, and one
        that is not JSON ``{"text": ...}``.

        Raises ``ProviderReply`` where the provider refuses.
        """
        parts = urlsplit(address if "://" in address else self.api_root + address)
        lines = [("Host", parts.netloc), ("Authorization", f"Bearer {self.account.credentials.access_token}")]
        payload = b"" if body is None else json.dumps(body, ensure_ascii=False).encode("utf-8", "surrogatepass")
        if body is not None:
            lines.append(("Content-Type", "application/json"))
        asked = urlencode(list(query), errors="replace")
        call = Call(verb, parts.netloc, parts.path, asked, Headers([*lines, *headers]), payload, peer="scalekit")
        reply = heard(self.upstream(call))
        if not 200 <= reply.status < 300:
            raise ProviderReply(reply)
        try:
            return json.loads(reply.body) if reply.body.strip() else {}
        except ValueError:
            return {"text": reply.body.decode("utf-8", "replace")}


Body = Callable[[Mapping[str, Any]], Any]
Query = Callable[[Mapping[str, Any]], Iterable[tuple[str, str]]]


@dataclass(frozen=True, slots=True)
class Tool:
    """A tool. ``path`` holes and ``names`` (input to the API's own name) place the inputs; the rest go to the query of
    a GET or DELETE, else to the body, in camel case. ``body`` builds another body; ``fixed`` is query that is always
    there; ``run`` replaces all of it.
    """

    name: str
    provider: str
    description: str
    inputs: tuple[Input, ...] = ()
    verb: str = "GET"
    path: str = ""
    names: Mapping[str, str] = field(default_factory=dict)
    body: Body | None = None
    fixed: tuple[tuple[str, str], ...] = ()
    in_query: frozenset[str] = frozenset()
    run: Callable[[ToolRun], Mapping[str, Any]] | None = None

    @property
    def id(self) -> str:
        """``tol_`` and eighteen digits that follow from the name."""
        return f"tol_{int.from_bytes(blake2b(self.name.encode(), digest_size=8).digest(), 'big') % 10**18:018d}"

    def execute(self, run: ToolRun) -> Mapping[str, Any]:
        """The provider's answer, as an object. Raises ``ProviderReply``."""
        answer = self.run(run) if self.run is not None else self._call(run)
        return answer if isinstance(answer, Mapping) else {"items": answer}

    def _call(self, run: ToolRun) -> Any:
        inside = set(_HOLE.findall(self.path))
        path = _HOLE.sub(lambda hole: quote(str(run.inputs[hole[1]]), safe=""), self.path)
        rest = {name: value for name, value in run.inputs.items() if name not in inside}
        if self.verb in {"GET", "DELETE"}:
            return run.send(self.verb, path, [*self.fixed, *self._pairs(rest)])
        asked = {name: value for name, value in rest.items() if name in self.in_query}
        held = {name: value for name, value in rest.items() if name not in self.in_query}
        body = self.body(run.inputs) if self.body is not None else self._renamed(held)
        return run.send(self.verb, path, [*self.fixed, *self._pairs(asked)], body or None)

    def _pairs(self, values: Mapping[str, Any]) -> list[tuple[str, str]]:
        return [
            (name, str(item).lower() if isinstance(item, bool) else str(item))
            for name, value in self._renamed(values).items()
            for item in (value if isinstance(value, list) else [value])
        ]

    def _renamed(self, values: Mapping[str, Any]) -> dict[str, Any]:
        unused = {"schema_version", "tool_version"}
        return {self.names.get(name) or camel_case(name): value for name, value in values.items() if name not in unused}

    def definition(self, api_root: str) -> dict[str, Any]:
        """What ListTools tells about it."""
        return {
            "name": self.name,
            "display_name": self.name.partition("_")[2].replace("_", " ").title(),
            "description": self.description,
            "input_schema": schema_of(self.inputs),
            "rest_api_info": {"method": self.verb, "base_url": api_root, "path_template": self.path},
            "annotations": {
                "title": self.name.replace("_", " ").title(),
                "read_only_hint": self.verb == "GET",
                "destructive_hint": self.verb == "DELETE",
                "idempotent_hint": self.verb in {"GET", "PUT", "DELETE"},
            },
        }


def _told(reply: Reply) -> str:
    """The provider's own text for a refusal: the message of the usual shapes, else the body as it is."""
    text = reply.body.decode("utf-8", "replace")
    try:
        answer = json.loads(text)
    except ValueError:
        return text[:500]
    error = answer.get("error", answer) if isinstance(answer, dict) else answer
    found = error.get("message") if isinstance(error, dict) else error
    return found if isinstance(found, str) else text[:500]
