"""Every error with a wire form can be sent."""

from __future__ import annotations

import importlib
import inspect
import json
from typing import Any

import pytest

from emulator.kernel.http import Headers
from emulator.kernel.service import WireError

SAMPLES: dict[str, Any] = {
    "str": "sample=<&>",
    "int": 7,
    "int | str": 7,
    "float": 7.0,
    "bool": True,
    "list[str]": ["a", "b"],
}


# Arguments that have to be one of a few words.
WORDS = {"LegacyLimitExceeded": ("userRateLimitExceeded",)}


def load_rooms(modules):
    for name in modules:
        if name.startswith("emulator.services"):
            importlib.import_module(name)


def descendants(kind):
    for child in kind.__subclasses__():
        yield child
        yield from descendants(child)


def sample(parameter: inspect.Parameter) -> Any:
    """A value of a parameter's annotation."""
    text = str(parameter.annotation).strip("'\"")
    if text in SAMPLES:
        return SAMPLES[text]
    if text.startswith(("tuple[str", "Sequence[str", "Iterable[str", "frozenset[str")):
        return ("a", "b")
    if text.startswith(("Mapping", "dict")):
        return {}
    return None


def build(kind: type[WireError]) -> WireError:
    """An instance, its required arguments filled by annotation."""
    if kind.__name__ in WORDS:
        return kind(*WORDS[kind.__name__])
    needed = [
        parameter
        for parameter in list(inspect.signature(kind).parameters.values())
        if parameter.default is parameter.empty
        and parameter.kind not in {parameter.VAR_POSITIONAL, parameter.VAR_KEYWORD}
    ]
    values = {parameter.name: sample(parameter) for parameter in needed}
    unknown = [str(p) for p in needed if values[p.name] is None]
    assert not unknown, f"{kind.__module__}.{kind.__name__} takes {unknown}: add a sample"
    positional = [values[p.name] for p in needed if p.kind is not p.KEYWORD_ONLY]
    return kind(*positional, **{p.name: values[p.name] for p in needed if p.kind is p.KEYWORD_ONLY})


@pytest.fixture(scope="module")
def kinds(modules):
    load_rooms(modules)
    found = sorted(set(descendants(WireError)), key=lambda kind: f"{kind.__module__}.{kind.__qualname__}")
    return [kind for kind in found if kind.__module__.startswith("emulator.")]


def test_every_wire_error_renders_in_its_vendors_envelope(kinds):
    assert len(kinds) > 15
    for kind in kinds:
        reply = build(kind).reply()
        name = f"{kind.__module__}.{kind.__name__}"
        assert 300 <= reply.status <= 599, name
        assert isinstance(reply.headers, Headers), name
        content_type = reply.headers.get("content-type").lower()
        if content_type.startswith("application/json"):
            body = json.loads(reply.body)
            assert isinstance(body, dict), name
            assert {"error", "error_description"} & set(body), name
        else:
            assert reply.body or reply.status < 400, name


def test_every_wire_error_says_why_in_one_word(kinds):
    for kind in kinds:
        cause = build(kind).cause
        assert " " not in cause, f"{kind.__module__}.{kind.__name__}: {cause!r}"
