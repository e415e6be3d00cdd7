"""The rules of the house that no linter knows: how large rooms and files may be, and that imports go round in a class's views alone."""

from __future__ import annotations

import graphlib
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PACKAGE = ROOT / "graphviz_ad"
MOST_LINES = 450
MOST_FILES, MOST_FILES_OF_A_WING = 30, 20

#: a class and its views: each knows the others, and all stand in one folder
CIRCLES = (
    ("objects.graph", "objects.node", "objects.point"),
    ("graph.structure", "graph.shapes"),
    ("graph.formulas", "graph.array_notation"),
)


def test_no_file_is_longer_than_a_sitting() -> None:
    lengths = {path.relative_to(ROOT): len(path.read_text("utf-8").splitlines()) for path in PACKAGE.rglob("*.py")}
    assert not {str(path): length for path, length in lengths.items() if length > MOST_LINES}


def test_no_folder_is_a_hall() -> None:
    folders = {path.parent for path in PACKAGE.rglob("*.py")}
    crowded = {}
    for folder in folders:
        count = len(list(folder.glob("*.py")))
        most = MOST_FILES_OF_A_WING if "check" in folder.relative_to(PACKAGE).parts else MOST_FILES
        if count > most:
            crowded[str(folder.relative_to(ROOT))] = count
    assert not crowded


def test_the_layers_have_no_exception() -> None:
    contracts = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["tool"]["importlinter"]["contracts"]
    assert not [contract["id"] for contract in contracts if "ignore_imports" in contract]
    (layers,) = [contract for contract in contracts if contract["id"] == "layers"]
    assert layers["type"] == "layers"
    assert layers["exhaustive"]
    assert layers["containers"] == ["graphviz_ad"]


def test_the_face_is_for_those_on_top() -> None:
    """It reaches everything, so a module below that imported it would reach upward unseen by the layers."""
    grimp = pytest.importorskip("grimp")
    graph = grimp.build_graph("graphviz_ad", cache_dir=None)
    importers = {module.split(".")[1] for module in graph.find_modules_that_directly_import("graphviz_ad")}
    assert importers <= {"audit", "server", "requests", "cli", "notebook", "__main__"}


def test_imports_go_round_in_a_class_and_its_views_alone() -> None:
    grimp = pytest.importorskip("grimp")  # comes with import-linter, of the extra `dev`
    graph = grimp.build_graph("graphviz_ad", cache_dir=None)  # at the head, inside functions, for types: all count
    home = {f"graphviz_ad.{module}": circle[0] for circle in CIRCLES for module in circle}
    assert set(home) <= graph.modules
    order: graphlib.TopologicalSorter[str] = graphlib.TopologicalSorter()
    for module in graph.modules - {"graphviz_ad"}:
        mine = home.get(module, module)
        imported = {home.get(other, other) for other in graph.find_modules_directly_imported_by(module)} - {mine, "graphviz_ad"}
        order.add(mine, *imported)
    order.prepare()  # raises CycleError, which names the circle
