"""Google's surface as data: the operations and schemas of an API, read from ``surface/*.json``.

The files are cut from Google's discovery documents by ``scripts/cut_surface.py``; see ``surface/README.md``.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path
from typing import Any

from ...kernel.operations import Operation, Parameter, Router, Upload

__all__ = ["Schema", "Surface", "load", "rpc_method", "snake_case"]

Schema = Mapping[str, Any]
"""A schema node as discovery writes it: ``type``, ``format``, ``$ref``, ``properties``, ``items``, ..."""

_FOLDER = Path(__file__).parent / "surface"


@dataclass(frozen=True)
class Surface:
    """One API: what it is called, its operations in document order, its schemas by name.

    ``title`` is the name Google uses in messages ("Gmail API"), ``service`` its service name
    ("gmail.googleapis.com"). ``parameters`` are the standard ones every operation takes.
    """

    name: str
    title: str
    revision: str
    root_url: str
    service_path: str
    batch_path: str
    parameters: tuple[Parameter, ...]
    operations: tuple[Operation, ...]
    schemas: Mapping[str, Schema]

    @property
    def service(self) -> str:
        """The service name, which is also the host of ``root_url``."""
        return self.root_url.removeprefix("https://").rstrip("/")

    @cached_property
    def operation(self) -> Mapping[str, Operation]:
        """The operations by id."""
        return {operation.id: operation for operation in self.operations}

    @cached_property
    def router(self) -> Router:
        """A router over every operation, media paths included."""
        return Router(self.operations)

    def resolve(self, node: Schema) -> Schema:
        """``node``, or the schema its ``$ref`` names."""
        return self.schemas[node["$ref"]] if "$ref" in node else node

    def properties(self, node: Schema) -> Mapping[str, Schema]:
        """The named fields of an object schema; empty for anything else."""
        properties: Mapping[str, Schema] = self.resolve(node).get("properties", {})
        return properties


@cache
def load(name: str) -> Surface:
    """The surface of ``name`` ("gmail", "youtube", "pubsub"), read once per process. Raises ``FileNotFoundError``."""
    facts = json.loads((_FOLDER / f"{name}.json").read_text("utf-8"))
    return Surface(
        name=name,
        title=facts["title"],
        revision=facts["revision"],
        root_url=facts["rootUrl"],
        service_path=facts["servicePath"],
        batch_path=facts["batchPath"],
        parameters=tuple(_parameters(facts["parameters"])),
        operations=tuple(_operation(method) for method in facts["methods"]),
        schemas=facts["schemas"],
    )


def snake_case(name: str) -> str:
    """A JSON name as the proto field behind it is spelled: "maxResults" -> "max_results"."""
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name).lower()


def rpc_method(operation_id: str) -> str:
    """The RPC behind an operation, as ``ErrorInfo`` metadata names it.

    "gmail.users.messages.list" -> "caribou.api.proto.MailboxService.ListMessages" (seen: GetProfile, ListHistory,
    CreateDraft, ListMessages, ListLabels), "youtube.search.list" -> "youtube.api.v3.V3DataSearchService.List" (seen
    for search, channels, playlists, captions). Others follow by pattern.
    """
    api, *nouns, verb = operation_id.split(".")
    noun, rpc = nouns[-1], _capitalised(verb)
    if api == "pubsub":
        return _pubsub_method(noun, rpc)
    if api == "youtube":
        return f"youtube.api.v3.V3Data{_capitalised(_singular(noun))}Service.{rpc}"
    if noun in _NAMED_BY_THE_VERB:
        return f"caribou.api.proto.MailboxService.{rpc}"
    one, many = _IRREGULAR.get(noun, (_singular(noun), noun))
    is_plural = verb == "list" or verb.startswith("batch")
    return f"caribou.api.proto.MailboxService.{rpc}{_capitalised(many if is_plural else one)}"


def _pubsub_method(noun: str, rpc: str) -> str:
    """As in Google's published ``pubsub.proto``; policies are another service's."""
    if rpc.endswith("IamPolicy"):
        return f"google.iam.v1.IAMPolicy.{rpc}"
    role = "Publisher" if noun == "topics" else "Subscriber"
    if rpc in {"Create", "Get", "Delete"}:
        rpc += _capitalised(_singular(noun))
    return f"google.pubsub.v1.{role}.{'List' + _capitalised(noun) if rpc == 'List' else rpc}"


_NAMED_BY_THE_VERB = frozenset(("users", "settings"))
"""Gmail resources whose method names carry the noun already: getProfile, updateImap."""

_IRREGULAR = {
    "identities": ("CseIdentity", "CseIdentities"),
    "keypairs": ("CseKeyPair", "CseKeyPairs"),
    "sendAs": ("SendAs", "SendAs"),
}


def _capitalised(noun: str) -> str:
    return noun[0].upper() + noun[1:]


def _singular(noun: str) -> str:
    return noun[:-3] + "y" if noun.endswith("ies") else noun.removesuffix("s")


def _operation(method: Mapping[str, Any]) -> Operation:
    upload = method.get("upload")
    return Operation(
        id=method["id"],
        verb=method["verb"],
        path=method["path"],
        parameters=tuple(_parameters(method["parameters"])),
        scopes=tuple(method["scopes"]),
        request=method.get("request"),
        response=method.get("response"),
        upload=Upload(tuple(upload["accept"]), upload.get("maxSize"), tuple(upload["paths"])) if upload else None,
        download=method.get("download", False),
    )


def _parameters(parameters: Mapping[str, Mapping[str, Any]]) -> Iterator[Parameter]:
    for name, facts in parameters.items():
        yield Parameter(name, **{**facts, "enum": tuple(facts.get("enum", ()))})
