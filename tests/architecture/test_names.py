"""What a module offers is what its ``__all__`` says."""

from __future__ import annotations

import ast
import importlib


def declared(module) -> list[str] | None:
    """The names in ``__all__``, ``None`` without one."""
    for node in module.tree.body:
        if isinstance(node, ast.Assign) and any(isinstance(t, ast.Name) and t.id == "__all__" for t in node.targets):
            return list(ast.literal_eval(node.value))
    return None


def defines_something(module) -> bool:
    kinds = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)
    return any(isinstance(node, kinds) and not node.name.startswith("_") for node in module.tree.body)


def runs_by_itself(module) -> bool:
    """A script: nobody imports it by name (``python -m emulator``, the hook Python loads at its start)."""
    return module.name in {"emulator.__main__", "emulator.doors.hooks.sitecustomize"}


def test_a_module_that_defines_something_says_what_it_offers(modules):
    for module in modules.values():
        if defines_something(module) and not runs_by_itself(module):
            assert declared(module) is not None, f"{module.name} has no __all__"


def test_all_is_sorted_without_repeats_and_without_private_names(modules):
    for module in modules.values():
        names = declared(module) or []
        # Constants, classes, then functions: the order ruff keeps (RUF022).
        assert len(names) == len(set(names))
        assert not [name for name in names if name.startswith("_")]


def test_everything_offered_exists(modules):
    for module in modules.values():
        if runs_by_itself(module) or module.name.startswith("emulator.doors.hooks"):
            continue  # these act when they are imported
        loaded = importlib.import_module(module.name)
        assert not [name for name in declared(module) or [] if not hasattr(loaded, name)]


def test_nothing_is_imported_that_is_not_offered(modules):
    """The names other modules use are exactly the public ones: none is taken that is not in ``__all__``."""
    taken = [
        f"{module.name}:{line} takes {name} of {source}"
        for module in modules.values()
        for source, name, line in module.imports
        if name and source in modules and f"{source}.{name}" not in modules and name not in offered(modules[source])
    ]
    assert not taken, "\n".join(taken)


def offered(module) -> set[str]:
    return set(declared(module) or ())
