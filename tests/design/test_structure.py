"""The modules of the core import each other in one direction only, types included."""

import ast
from graphlib import TopologicalSorter
from pathlib import Path

import linkwright.design

CORE = "linkwright.design"
FOLDER = Path(linkwright.design.__file__).parent


def test_no_module_of_the_core_imports_itself_through_others() -> None:
    names = {file.stem for file in FOLDER.glob("*.py")} - {"__init__"}
    imported = {name: _imported(name) & names for name in names}
    assert sum(map(len, imported.values())) > 100
    assert set(TopologicalSorter(imported).static_order()) == names


def _imported(name: str) -> set[str]:
    tree = ast.parse((FOLDER / f"{name}.py").read_text())
    found = [node for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)]
    whole = {alias.name for node in found if node.module == CORE for alias in node.names}
    parts = [node.module or "" for node in found]
    return whole | {part.removeprefix(f"{CORE}.") for part in parts if part.startswith(f"{CORE}.")}
