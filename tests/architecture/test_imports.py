"""Which way imports point (docs of the design: kernel <- services <- app <- control, doors <- server <- cli)."""

from __future__ import annotations

import ast
import subprocess
import sys

import pytest

# Each layer may import itself and what stands before it; layers of one line may not import one another.
LAYERS = (
    ("emulator.kernel",),
    ("emulator.services",),
    ("emulator.app",),
    ("emulator.control", "emulator.doors"),
    ("emulator.server",),
    ("emulator.cli",),
    ("fixtures",),
)
# Modules beside the layers, and the highest layer each may reach.
BESIDE = {
    "emulator": "emulator.server",
    "emulator.__main__": "emulator.cli",
    "emulator.config": "emulator.kernel",
    "emulator.connecting": "emulator.services",
    "emulator.consent": "emulator.services",
    "emulator.errors": "emulator.kernel",
    "emulator.importing": "emulator.app",
    "emulator.seeds": "emulator.app",
    "emulator.report": "emulator.app",
    "emulator.isolation": "emulator.kernel",
    "emulator.launch": "emulator.kernel",
    "emulator.demo": "emulator.server",
}
# What services of every vendor may share.
SHARED = {"emulator.services", "emulator.services.pages", "emulator.services.rsa_keys"}
HEAVY = ("werkzeug", "sqlite3", "grpc", "hypothesis", "google", "cryptography", "googleapiclient", "httptools", "rich")


def rank(name: str) -> int | None:
    """The height of a module's layer, ``None`` for one beside the layers."""
    for height, layer in enumerate(LAYERS):
        if any(name == each or name.startswith(each + ".") for each in layer):
            return height
    return None


def limit(name: str) -> int:
    """How high the imports of a module may reach."""
    own = rank(name)
    if own is not None:
        return own
    assert name in BESIDE, f"{name} is in no layer: give it one here and in the design"
    reached = rank(BESIDE[name])
    assert reached is not None
    return reached


def target(modules, source, name):
    """The module an import reaches: ``from package import module`` reaches the module."""
    return f"{source}.{name}" if f"{source}.{name}" in modules else source


def test_every_import_points_down(modules):
    for module in modules.values():
        highest = limit(module.name)
        for source, name, line in module.imports:
            reached = target(modules, source, name)
            if not reached.startswith(("emulator", "fixtures")) or reached not in modules:
                continue
            height = rank(reached)
            where = f"{module.path.name}:{line} imports {reached}"
            if height is None:
                assert reached == "emulator" or limit(reached) <= highest, where
            else:
                assert height <= highest, where


def test_neighbours_of_one_layer_keep_apart(modules):
    for module in modules.values():
        for first, second in (("emulator.control", "emulator.doors"), ("emulator.doors", "emulator.control")):
            if module.name.startswith(first):
                assert not [line for source, _, line in module.imports if source.startswith(second)]


def test_services_never_import_one_another(modules):
    """Rooms of one vendor share the vendor's own modules, never each other's."""
    for module in modules.values():
        room = _room(module.name, modules)
        if room is None:
            continue
        for source, name, line in module.imports:
            other = _room(target(modules, source, name), modules)
            assert other in {None, room, _vendor(room)}, f"{module.path.name}:{line} imports {source}.{name}"


def _is_package(name: str, modules) -> bool:
    return name in modules and modules[name].is_package and name not in SHARED


def _vendor(name: str) -> str:
    return ".".join(name.split(".")[:3])


def _room(name: str, modules) -> str | None:
    """The room a module belongs to: a vendor's package, or one inside it with tables of its own; ``None`` if shared."""
    parts = name.split(".")
    if parts[:2] != ["emulator", "services"] or not _is_package(_vendor(name), modules):
        return None
    inner = ".".join(parts[:4])
    package = modules.get(inner) if len(parts) > 3 else None
    is_room = package is not None and package.is_package and package.path.with_name("schema.sql").is_file()
    return inner if is_room else _vendor(name)


def test_the_kernel_knows_neither_vendor_nor_third_party(modules):
    allowed = sys.stdlib_module_names | {"emulator"}
    for module in (each for each in modules.values() if each.name.startswith("emulator.kernel")):
        for source, _, line in module.imports:
            top = source.split(".")[0]
            # A seed file is YAML; the parser is loaded where one is read.
            assert top in allowed or (module.name, top) == ("emulator.kernel.seed", "yaml"), f"{module.name}:{line}"


def test_the_emulator_imports_itself_relatively(modules):
    for module in modules.values():
        if module.name.startswith("emulator"):
            for node in ast.walk(module.tree):
                if isinstance(node, ast.ImportFrom) and not node.level:
                    assert (node.module or "").split(".")[0] != "emulator", f"{module.name}:{node.lineno}"


def test_the_actors_import_nothing_of_ours(root):
    sources = sorted((root / "actor_under_test").rglob("*.py"))
    assert sources
    for path in sources:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            if isinstance(node, ast.ImportFrom) and not node.level:
                names.append(node.module or "")
            assert not {"emulator", "fixtures", "tests"} & {name.split(".")[0] for name in names}, path


def loaded_by(statement: str) -> set[str]:
    """Top-level modules a fresh interpreter holds after ``statement``."""
    program = f"import sys; {statement}; print(*{{name.split('.')[0] for name in sys.modules}})"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, timeout=60, check=True)
    return set(done.stdout.split())


@pytest.mark.parametrize("module_name", ["fixtures.plugin", "emulator", "emulator.config"])
def test_a_light_module_loads_nothing_heavy(module_name):
    before = loaded_by("pass")
    assert not (loaded_by(f"import pytest, {module_name}") - before - loaded_by("import pytest")) & set(HEAVY)


def test_help_answers_without_loading_the_house():
    assert not loaded_by("import emulator.cli") & (set(HEAVY) - {"rich"})
