"""Time, chance and state each have one home."""

from __future__ import annotations

import ast

import pytest

CLOCK, IDS = "emulator.kernel.clock", "emulator.kernel.ids"
# What reads the wall clock or draws from the machine, by module. ``time.sleep`` waits in real time: the same thing.
FORBIDDEN = {
    "time": None,
    "random": None,
    "secrets": None,
    "uuid": {"uuid1", "uuid4"},
    "os": {"urandom", "getrandom"},
    "datetime": {"now", "utcnow", "today"},
    "date": {"today"},
}
# Timers of the event loop and certificates run on the machine's own time: their clients do too.
EXEMPT = {
    CLOCK: {"time", "datetime"},
    "emulator.doors.tls": {"datetime", "secrets", "os"},
    # These run inside the launched Actor's process, on its clock.
    "emulator.doors.hooks.browse": {"time"},
    "emulator.doors.hooks.redirect": {"time"},
    "emulator.doors.hooks.virtual_time": {"time"},
    "fixtures.clock": {"time"},  # it replaces what it reads
}
MUTATORS = {
    *("append", "extend", "insert", "add", "update", "setdefault", "pop", "popitem", "clear", "remove", "discard"),
    *("appendleft", "popleft", "__setitem__"),
}


def test_only_the_clock_reads_time_and_only_ids_draw_chance(modules):
    for module in modules.values():
        allowed = EXEMPT.get(module.name, set())
        for source, name, line in module.imports:
            banned = FORBIDDEN.get(source, set()) if source != "datetime" else set()
            if source in {"time", "random", "secrets"} and source not in allowed:
                pytest.fail(f"{module.name}:{line} imports {source}")
            assert source in allowed or name not in (banned or set()), f"{module.name}:{line} imports {source}.{name}"
        for node in ast.walk(module.tree):
            if isinstance(node, ast.Attribute) and isinstance(node.value, (ast.Name, ast.Attribute)):
                owner = node.value.id if isinstance(node.value, ast.Name) else node.value.attr
                banned = FORBIDDEN.get(owner, set())
                if banned and owner not in allowed:
                    assert node.attr not in banned, f"{module.name}:{node.lineno} calls {owner}.{node.attr}"


def test_no_function_rebinds_a_global(modules):
    for module in modules.values():
        found = [node.lineno for node in ast.walk(module.tree) if isinstance(node, ast.Global)]
        assert not found, f"{module.name} has global statements on lines {found}"


def test_no_function_changes_a_container_of_its_module(modules):
    for module in modules.values():
        shared = {name for node in module.tree.body for name in _containers(node)}
        for function in (n for n in ast.walk(module.tree) if isinstance(n, (ast.FunctionDef, ast.AsyncFunctionDef))):
            own = _local_names(function)
            for node in ast.walk(function):
                name = _changed(node)
                assert name is None or name in own or name not in shared, (
                    f"{module.name}:{node.lineno}: {function.name} changes {name}"
                )


def _containers(node: ast.stmt) -> list[str]:
    """Names a module-level statement binds to something that can be changed."""
    if not isinstance(node, (ast.Assign, ast.AnnAssign)) or node.value is None:
        return []
    value = node.value
    literal = isinstance(value, (ast.List, ast.Dict, ast.Set, ast.ListComp, ast.DictComp, ast.SetComp))
    made = (
        isinstance(value, ast.Call)
        and isinstance(value.func, ast.Name)
        and value.func.id in {"list", "dict", "set", "deque", "defaultdict", "Counter", "OrderedDict", "bytearray"}
    )
    targets = node.targets if isinstance(node, ast.Assign) else [node.target]
    return [target.id for target in targets if isinstance(target, ast.Name)] if literal or made else []


def _local_names(function: ast.FunctionDef | ast.AsyncFunctionDef) -> set[str]:
    arguments = {argument.arg for argument in ast.walk(function.args) if isinstance(argument, ast.arg)}
    stored = {n.id for n in ast.walk(function) if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Store)}
    return arguments | stored


def _changed(node: ast.AST) -> str | None:
    """The name of the container a node changes in place."""
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in MUTATORS:
        return node.func.value.id if isinstance(node.func.value, ast.Name) else None
    if isinstance(node, ast.Subscript) and isinstance(node.ctx, (ast.Store, ast.Del)):
        return node.value.id if isinstance(node.value, ast.Name) else None
    return None


@pytest.mark.parametrize(
    ("source", "line"),
    [("SEEN = []\ndef f():\n    SEEN.append(1)", 3), ("SEEN = {}\ndef f():\n    SEEN['a'] = 1", 3)],
)
def test_the_search_for_changed_containers_finds_them(source, line):
    tree = ast.parse(source)
    shared = {name for node in tree.body for name in _containers(node)}
    found = [node.lineno for node in ast.walk(tree.body[1]) if _changed(node) in shared]
    assert found == [line]
