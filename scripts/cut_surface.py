"""Cut the facts the emulator needs out of Google's discovery documents.

    python scripts/cut_surface.py           write emulator/services/google/surface/*.json
    python scripts/cut_surface.py --check   compare instead; exit status 1 where a file differs

The documents are those shipped inside the installed google-api-python-client. Only facts are kept: ids, verbs, paths,
parameters, scopes, schemas. Descriptions are left out. The output is deterministic, one method or schema a line.
"""

from __future__ import annotations

import argparse
import difflib
import json
import re
import sys
from collections.abc import Callable, Iterator
from importlib.resources import files
from pathlib import Path
from typing import Any

__all__ = ["APIS", "PARTS", "SURFACE", "cut", "installed_document", "main", "render"]

APIS = {"gmail": "gmail.v1", "youtube": "youtube.v3", "pubsub": "pubsub.v1"}
PARTS = {
    "pubsub": (
        *(f"pubsub.projects.topics.{verb}" for verb in ("create", "delete", "get", "list", "publish")),
        *("pubsub.projects.topics.getIamPolicy", "pubsub.projects.topics.setIamPolicy"),
        *(f"pubsub.projects.subscriptions.{verb}" for verb in ("create", "delete", "get", "list", "pull")),
        *(f"pubsub.projects.subscriptions.{verb}" for verb in ("acknowledge", "modifyAckDeadline", "modifyPushConfig")),
    )
}
"""Operations kept of an API of which the emulator has but a part; of every other API all are."""

SURFACE = Path(__file__).resolve().parent.parent / "emulator" / "services" / "google" / "surface"

_Facts = dict[str, Any]

_REFERENCE = re.compile(r'"\$ref": "([^"]+)"')
_CAPTURE = re.compile(r"\{(\w+)\}")
_FLAT_CAPTURE = re.compile(r"\{(\w+)sId\}")

_TOP_FACTS = ("id", "title", "revision", "rootUrl", "servicePath", "batchPath")
_PARAMETER_FACTS = ("location", "type", "format", "required", "repeated", "default", "enum", "pattern")
_FIELD_FACTS = ("$ref", "type", "format", "enum", "default", "readOnly")


def installed_document(api: str) -> _Facts:
    """The discovery document of ``api`` ("gmail", "youtube") that the installed client ships."""
    document = files("googleapiclient.discovery_cache") / "documents" / f"{APIS[api]}.json"
    facts: _Facts = json.loads(document.read_text("utf-8"))
    return facts


def cut(document: _Facts) -> _Facts:
    """The facts of a discovery document. Methods and schema properties keep the document's order."""
    part = PARTS.get(document["name"])
    methods = [_method(each, document["servicePath"]) for each in _methods(document) if not part or each["id"] in part]
    schemas = {name: _field(schema) for name, schema in document["schemas"].items()}
    kept = _reachable(schemas, [each[body] for each in methods for body in ("request", "response") if body in each])
    return {
        **_pick(document, _TOP_FACTS),
        "parameters": _parameters(document["parameters"]),
        "methods": methods,
        "schemas": {name: schema for name, schema in schemas.items() if not part or name in kept},
    }


def render(facts: _Facts) -> str:
    """``facts`` as JSON with one parameter, method or schema a line."""
    lines = [f"{_compact(key)}: {_compact(facts[key])}" for key in facts if not isinstance(facts[key], dict | list)]
    lines.append(_block("parameters", [f"{_compact(k)}: {_compact(v)}" for k, v in facts["parameters"].items()], "{}"))
    lines.append(_block("methods", [_compact(method) for method in facts["methods"]], "[]"))
    lines.append(_block("schemas", [f"{_compact(k)}: {_compact(v)}" for k, v in facts["schemas"].items()], "{}"))
    return "{\n" + ",\n".join(lines) + "\n}\n"


def main(arguments: list[str] | None = None) -> int:
    """Write the surface files, or with ``--check`` compare them; answers the exit status."""
    parser = argparse.ArgumentParser(description="Cut surface facts from Google's discovery documents.")
    parser.add_argument("--check", action="store_true", help="compare with the committed files, write nothing")
    act: Callable[[str, Path], bool] = _check if parser.parse_args(arguments).check else _write
    return 0 if all(act(api, SURFACE / f"{api}.json") for api in APIS) else 1


def _methods(resource: _Facts) -> Iterator[_Facts]:
    yield from resource.get("methods", {}).values()
    for inner in resource.get("resources", {}).values():
        yield from _methods(inner)


def _reachable(schemas: _Facts, names: list[str]) -> set[str]:
    """Names of the schemas that ``names`` lead to, themselves included."""
    found: set[str] = set()
    while names:
        found.add(name := names.pop())
        names += [each for each in _REFERENCE.findall(_compact(schemas[name])) if each not in found]
    return found


def _method(method: _Facts, service_path: str) -> _Facts:
    path, parameters = method["path"], _parameters(method.get("parameters", {}))
    if "{+" in path:
        path, parameters = _spelled_out(method["flatPath"], parameters)
    facts = {
        "id": method["id"],
        "verb": method["httpMethod"],
        "path": f"/{service_path}{path}",
        "parameters": parameters,
        "scopes": method.get("scopes", []),
    }
    for body in ("request", "response"):
        if body in method:
            facts[body] = method[body]["$ref"]
    if "mediaUpload" in method:
        facts["upload"] = _upload(method["mediaUpload"])
    if method.get("supportsMediaDownload"):
        facts["download"] = True
    return facts


def _spelled_out(flat_path: str, parameters: _Facts) -> tuple[str, _Facts]:
    """A path whose one capture spans segments, with a capture for each ("{topicsId}" becomes "{topic}")."""
    named = _FLAT_CAPTURE.sub(r"{\1}", flat_path)
    captured = {name: {"location": "path", "type": "string", "required": True} for name in _CAPTURE.findall(named)}
    return named, {**captured, **{name: each for name, each in parameters.items() if each["location"] != "path"}}


def _upload(media: _Facts) -> _Facts:
    facts: _Facts = {"accept": media["accept"]}
    if "maxSize" in media:
        facts["maxSize"] = int(media["maxSize"])
    facts["paths"] = [
        media["protocols"][kind]["path"] for kind in ("simple", "resumable") if kind in media["protocols"]
    ]
    return facts


def _parameters(parameters: _Facts) -> _Facts:
    return {name: _parameter(parameter) for name, parameter in parameters.items()}


def _parameter(parameter: _Facts) -> _Facts:
    bounds: _Facts = {key: int(parameter[key]) for key in ("minimum", "maximum") if key in parameter}
    return {**_pick(parameter, _PARAMETER_FACTS), **bounds}


def _field(field: _Facts) -> _Facts:
    facts = _pick(field, _FIELD_FACTS)
    if "properties" in field:
        facts["properties"] = {name: _field(inner) for name, inner in field["properties"].items()}
    for nested in ("items", "additionalProperties"):
        if nested in field:
            facts[nested] = _field(field[nested])
    return facts


def _pick(source: _Facts, keys: tuple[str, ...]) -> _Facts:
    return {key: source[key] for key in keys if key in source}


def _compact(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)


def _block(name: str, lines: list[str], brackets: str) -> str:
    return f'"{name}": {brackets[0]}\n' + ",\n".join(lines) + f"\n{brackets[1]}"


def _write(api: str, path: Path) -> bool:
    path.write_text(render(cut(installed_document(api))), "utf-8")
    return True


def _check(api: str, path: Path) -> bool:
    wanted = render(cut(installed_document(api)))
    found = path.read_text("utf-8") if path.exists() else ""
    if found == wanted:
        return True
    changes = difflib.unified_diff(found.splitlines(), wanted.splitlines(), str(path.name), "installed client", n=0)
    sys.stderr.write("".join(f"{line[:200]}\n" for line in changes))
    return False


if __name__ == "__main__":
    sys.exit(main())
