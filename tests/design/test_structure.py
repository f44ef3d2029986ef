"""The modules of the core import each other in one direction only, types included."""

import ast
from graphlib import TopologicalSorter
from pathlib import Path

import linkwright.design

CORE = "linkwright.design"
FOLDER = Path(linkwright.design.__file__).parent


def test_no_module_of_the_core_imports_itself_through_others() -> None:
    files = {_name(file): file for file in FOLDER.rglob("*.py") if file.stem != "__init__"}
    imported = {name: _imported(file) & files.keys() for name, file in files.items()}
    assert sum(map(len, imported.values())) > 100
    assert set(TopologicalSorter(imported).static_order()) == files.keys()


def _name(file: Path) -> str:
    return ".".join([CORE, *file.relative_to(FOLDER).with_suffix("").parts])


def _imported(file: Path) -> set[str]:
    tree = ast.parse(file.read_text())
    found = [node for node in ast.walk(tree) if isinstance(node, ast.ImportFrom) and node.module]
    return {str(node.module) for node in found} | {f"{node.module}.{a.name}" for node in found for a in node.names}
