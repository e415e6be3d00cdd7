"""The project as a whole: one version, quick start-up, nothing of the machine it was written on, no test lost."""

from __future__ import annotations

import ast
import os
import re
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

pytest_plugins = ["pytester"]

ROOT = Path(__file__).parents[1]

# What start-up must not pay for. ziamath costs 0.35 s, SymPy 0.5 s, SciPy and NumPy 0.2 s, rich 70 ms, click 50 ms.
HEAVY = {"sympy", "numpy", "scipy", "mpmath", "ziamath", "ziafont", "rich", "torch", "jax", "onnx", "graphviz", "resvg_py", "flint"}
HEAVY_AT_START = HEAVY | {"click", "dataclasses", "inspect"}


@pytest.fixture(scope="module")
def project() -> dict[str, Any]:
    return tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))


def run_python(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, *arguments],
        cwd=ROOT,
        env={**os.environ, "PYTHONIOENCODING": "utf-8", **environment},
        capture_output=True,
        text=True,
        encoding="utf-8",
        timeout=120,
        check=False,
    )


def own_files() -> Iterator[Path]:
    """Every text file of the project, without what builds and tools leave behind."""
    for folder, folders, names in os.walk(ROOT):
        folders[:] = [f for f in folders if not f.startswith((".", "_build")) and f not in {"build", "dist", "__pycache__", "venv"}]
        folders[:] = [f for f in folders if not f.endswith(".egg-info") and not (Path(folder) / f / "pyvenv.cfg").exists()]
        for name in set(names) - {".git"}:
            path = Path(folder, name)
            if path.suffix in {".py", ".md", ".toml", ".txt", ".json", ".svg", ".cfg", ".gv", ".dot", ".html", ".css", ".js", ""}:
                yield path
    yield from (ROOT / ".ci").glob("*")


# ---------------------------------------------------------------------------------------------------------------- version


def test_version_is_the_same_everywhere(project: dict[str, Any]) -> None:
    import graphviz_ad

    version = project["project"]["version"]
    assert graphviz_ad.__version__ == version
    released = re.findall(r"^## \[(\d[^\]]*)\]", (ROOT / "CHANGELOG.md").read_text("utf-8"), flags=re.MULTILINE)
    assert released[0] == version


def test_command_prints_the_version(project: dict[str, Any]) -> None:
    done = run_python("-m", "graphviz_ad", "--version")
    assert (done.returncode, done.stdout, done.stderr) == (0, f"gradviz {project['project']['version']}\n", "")


# --------------------------------------------------------------------------------------------------------------- start-up


def imported(*arguments: str) -> set[str]:
    """The top-level packages that a run of the command imports."""
    done = run_python("-X", "importtime", "-m", "graphviz_ad", *arguments)
    assert done.returncode == 0, done.stderr[-2000:]
    modules = re.findall(r"^import time:\s+\d+ \|\s+\d+ \|\s+(\S+)$", done.stderr, flags=re.MULTILINE)
    assert "graphviz_ad" in modules, "the import log was not understood"
    return {module.partition(".")[0] for module in modules}


@pytest.mark.parametrize("option", ["--version", "--help"])
def test_version_and_help_load_nothing_heavy(option: str) -> None:
    assert not imported(option) & HEAVY


def test_version_is_told_before_anything_else() -> None:
    assert not imported("--version") & HEAVY_AT_START


def test_scalar_expression_loads_neither_sympy_nor_numpy(tmp_path: Path) -> None:
    loaded = imported("(x+y)*z", "x=-2", "y=5", "z=-4", "-o", str(tmp_path / "f.svg"))
    assert not loaded & {"sympy", "numpy", "scipy", "ziamath", "ziafont", "torch", "jax"}
    assert (tmp_path / "f.svg").stat().st_size > 1000


def test_import_of_the_package_is_light() -> None:
    done = run_python("-c", "import sys, graphviz_ad; print(*sorted({m.partition('.')[0] for m in sys.modules}))")
    assert done.returncode == 0, done.stderr
    assert "graphviz_ad" in done.stdout.split()
    assert not set(done.stdout.split()) & HEAVY_AT_START


# ----------------------------------------------------------------------------------------------------------- own territory


def test_nothing_of_the_machine_it_was_written_on() -> None:
    """Paths of one machine and addresses of one package index help nobody who reads this elsewhere."""
    foreign = re.compile(r"(?<![\w.])/(?:wo(?:)rk|ro(?:)ot|ho(?:)me|Us(?:)ers)/\w|(?:extra-)?index-u(?:)rl|find-li(?:)nks|\bC(?:)EO\b")
    faults = []
    files = list(own_files())
    assert len(files) > 20
    for path in files:
        for number, line in enumerate(path.read_text("utf-8").splitlines(), 1):
            if found := foreign.search(line):
                faults.append(f"{path.relative_to(ROOT)}:{number}: {found.group()}")
    assert not faults, "\n".join(faults)


def test_licence(project: dict[str, Any]) -> None:
    text = (ROOT / "LICENSE").read_text("utf-8")
    assert project["project"]["license"].startswith("BSD-3-Clause")
    assert text.startswith("BSD 3-Clause License")
    assert "the gradviz authors" in text
    assert text.count("Redistributions") == 2
    assert "Neither the name of the copyright holder" in text
    for pattern in project["project"]["license-files"]:
        assert list(ROOT.glob(pattern)), f"licence file {pattern} is missing"


def test_every_folder_of_the_package_is_a_package() -> None:
    """A folder without __init__.py would work from a checkout and be missing from the wheel."""
    folders = {path.parent for path in (ROOT / "graphviz_ad").rglob("*.py")}
    assert not [str(f.relative_to(ROOT)) for f in folders if not (f / "__init__.py").exists()]


def test_every_data_file_is_declared_for_the_wheel(project: dict[str, Any]) -> None:
    """Patterns are relative to each package: py.typed, or a file in the folder data/ of a package."""
    assert project["tool"]["setuptools"]["package-data"] == {"*": ["py.typed", "data/*"]}
    packages = {path.parent for path in (ROOT / "graphviz_ad").rglob("__init__.py")}
    files = [p for p in (ROOT / "graphviz_ad").rglob("*") if p.is_file() and p.suffix != ".py" and "__pycache__" not in p.parts]
    assert files
    lost = [p for p in files if not (p.name == "py.typed" or (p.parent.name == "data" and p.parent.parent in packages))]
    assert not lost, [str(p.relative_to(ROOT)) for p in lost]


def test_nothing_recurses_over_nodes_by_raising_the_recursion_limit() -> None:
    for path in (ROOT / "graphviz_ad").rglob("*.py"):
        calls = {node.attr for node in ast.walk(ast.parse(path.read_text("utf-8"))) if isinstance(node, ast.Attribute)}
        assert "setrecursionlimit" not in calls, path


# ------------------------------------------------------------------------------------------------------ a skip is a failure


@pytest.mark.parametrize(
    ("test", "reason"),
    [
        ("import pytest\ndef test_it(): pytest.skip('not today')", "not today"),
        ("import pytest\n@pytest.mark.skipif(True, reason='never here')\ndef test_it(): pass", "never here"),
        ("import pytest\npytest.importorskip('no_such_module_at_all')\ndef test_it(): pass", "no_such_module_at_all"),
    ],
    ids=["inside", "marker", "module"],
)
def test_required_run_has_no_skips(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch, test: str, reason: str) -> None:
    pytester.makeconftest((ROOT / "tests" / "conftest.py").read_text("utf-8"))
    pytester.makepyfile(test)

    monkeypatch.delenv("GRADVIZ_REQUIRE_ALL", raising=False)
    assert pytester.runpytest_subprocess("-p", "no:cacheprovider").parseoutcomes() == {"skipped": 1}

    monkeypatch.setenv("GRADVIZ_REQUIRE_ALL", "1")
    strict = pytester.runpytest_subprocess("-p", "no:cacheprovider")
    assert strict.ret != 0
    assert "skipped" not in strict.parseoutcomes()
    strict.stdout.fnmatch_lines([f"*GRADVIZ_REQUIRE_ALL=1*{reason}*"])
