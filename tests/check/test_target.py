"""Functions by their name: where they and their claims are found, what goes wrong on the way, and the self-test."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import graphviz_ad as gv
from graphviz_ad.check.check_target import read_point
from graphviz_ad.check.diagnosis.self_test import self_test

AT = np.array([0.3, -0.7, 1.2])
LAYER = """
import numpy as np

def loss(x, W, b=0.0):
    return np.sum(np.tanh(W @ x + b))

def loss_grad(x, W, b=0.0):
    s = 1 - np.tanh(W @ x + b) ** 2
    return {"x": W.T @ s, "W": np.outer(s, x), "b": np.sum(s)}

def wave(x):
    return np.sin(x)

def wave_jac(x):
    return np.diag(np.cos(x))

def moved(x):
    return np.sum(x**3)

moved.gradient = lambda x: 3 * x**2

class Model:
    @staticmethod
    def energy(x):
        return np.sum(x**4)

    @staticmethod
    def energy_der(x):
        return 4 * x**3

pair = (moved, lambda x: 2 * x**2)

def labelled(x, y):
    return np.sum(x[y] ** 2)

def labelled_grad(x, y):
    g = np.zeros_like(x)
    np.add.at(g, y, 2 * x[y])
    return g, None

def faulty(x):
    weights = np.ones(7)
    return weights @ x

def faulty_grad(x):
    return x
"""


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """An empty current folder with layer.py; what is imported from it is forgotten afterwards."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "layer.py").write_text(LAYER, "utf-8")
    before, path = set(sys.modules), list(sys.path)
    yield tmp_path
    for name in set(sys.modules) - before:
        if str(tmp_path) in str(getattr(sys.modules[name], "__file__", "")):
            del sys.modules[name]
    sys.path[:] = path


@pytest.mark.parametrize(
    ("target", "at", "verdict"),
    [
        ("layer:wave", AT, "pass"),
        ("layer.py:wave", AT, "pass"),
        ("layer:moved", AT, "pass"),
        ("layer:pair", AT, "fail"),
        ("layer:Model.energy", AT, "pass"),
        ("layer:loss", (AT, np.arange(6.0).reshape(2, 3) / 5), "pass"),
        ("layer:labelled", (AT, np.array([0, 2, 2])), "pass"),
    ],
)
def test_the_claim_is_found_beside_the_function(folder: Path, target: str, at: Any, verdict: str) -> None:
    assert gv.check_target(target, at).verdict == verdict


def test_the_title_says_what_was_checked(folder: Path) -> None:
    assert gv.check_target("layer:loss", (AT, np.ones((2, 3)))).title == "loss against loss_grad"
    assert gv.check_target("layer:wave", AT).title == "wave against wave_jac, the Jacobian"


def test_whole_numbers_are_said_to_be_held_fixed(folder: Path) -> None:
    notes = gv.check_target("layer:labelled", (AT, np.array([0, 2, 2]))).notes
    assert "held fixed, because there is no decimal point in it: y" in notes


def test_points_come_from_files(folder: Path) -> None:
    W = np.arange(6.0).reshape(2, 3) / 5
    np.savez("named.npz", W=W, x=AT)
    np.savez("ordered.npz", AT, W)
    np.save("single.npy", AT.astype(np.float32))
    Path("named.json").write_text(json.dumps({"x": AT.tolist(), "W": W.tolist()}), "utf-8")
    Path("one.json").write_text(json.dumps(AT.tolist()), "utf-8")
    Path("one.csv").write_text("0.3\n-0.7\n1.2\n", "utf-8")
    for name in ("named.npz", "ordered.npz", "named.json"):
        report = gv.check_target("layer:loss", name)
        assert (report.verdict, {row.wrt for row in report.rows}) == ("pass", {"x", "W"}), name
    for name in ("single.npy", "one.json", "one.csv"):
        assert gv.check_target("layer:wave", name).verdict == "pass", name


def test_a_point_that_would_fill_the_memory_is_refused(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    np.savez_compressed("zeros.npz", x=np.zeros(200_000))
    assert Path("zeros.npz").stat().st_size < 10_000
    monkeypatch.setenv("GRADVIZ_MAX_FILE_BYTES", "1000000")
    with pytest.raises(gv.LimitError, match="GRADVIZ_MAX_FILE_BYTES"):
        gv.check_target("layer:wave", "zeros.npz")


def test_a_point_from_a_file_keeps_its_types_and_names(folder: Path) -> None:
    saved = {"x": AT.astype(np.float32), "layer.0.weight": AT.astype(">f8"), "z": AT * 1j, "y": np.array([0, 2], np.int16)}
    np.savez("types.npz", **saved)
    point = read_point("types.npz")
    assert {name: array.dtype for name, array in point.items()} == {
        "x": np.float32, "layer.0.weight": np.float64, "z": np.complex128, "y": np.int16,
    }  # fmt: skip
    assert all(np.array_equal(point[name], array) and point[name].flags.writeable for name, array in saved.items())


def test_names_and_order_mix(folder: Path) -> None:
    report = gv.check_target("layer:loss", AT, named={"W": np.ones((2, 3)), "b": 0.25})
    assert (report.verdict, {row.wrt for row in report.rows}) == ("pass", {"x", "W", "b"})
    report = gv.check_target("layer:loss", None, named={"b": 0.25, "W": np.ones((2, 3)), "x": AT})
    assert (report.verdict, {row.wrt for row in report.rows}) == ("pass", {"x", "W", "b"})


def test_scipys_own_functions() -> None:
    assert gv.check_target("scipy.optimize:rosen", AT).verdict == "pass"
    assert gv.check_target("scipy.optimize:rosen", AT, "rosen_hess", kind="hessian").verdict == "pass"
    assert gv.check_target("scipy.optimize:rosen", AT, "rosen_hess_prod", kind="hvp").verdict == "pass"
    assert gv.check_target("scipy.optimize:rosen", AT, "numpy:ones_like").verdict == "fail"


@pytest.mark.parametrize(
    ("target", "at", "error", "told"),
    [
        ("nothing", AT, gv.BindingError, ["module:function"]),
        ("layr:wave", AT, gv.NamingError, ["no module layr", "did you mean layer?"]),
        ("layr.py:wave", AT, gv.FileError, ["no such file", "did you mean layer.py?"]),
        ("layer:wav", AT, gv.NamingError, ["layer has no wav", "did you mean wave"]),
        ("layer:Model.enrgy", AT, gv.NamingError, ["layer:Model has no enrgy", "did you mean energy"]),
        ("layer:np", AT, gv.BindingError, ["cannot be called"]),
        ("math:sin", AT, gv.NamingError, ["no derivative of sin", "--gradient", "sin_grad"]),
        ("layer:wave", "missing.npz", gv.FileError, ["missing.npz"]),
        ("layer:wave", "point.xyz", gv.FileError, [".npz, .npy, .json"]),
        ("layer:wave", None, gv.BindingError, ["no point", "wave takes x"]),
        ("layer:loss", AT, gv.BindingError, ["no value for W", "loss takes x, W, b"]),
        ("layer:wave", (AT, AT), gv.BindingError, ["takes 1 argument"]),
        ("layer:faulty", AT, gv.CallError, ["faulty raised ValueError", "layer.py, line", "return weights @ x", "x: float64 (3,)"]),
    ],
)
def test_what_cannot_be_used_is_named(folder: Path, target: str, at: Any, error: type[Exception], told: list[str]) -> None:
    with pytest.raises(error) as caught:
        gv.check_target(target, at)
    for word in told:
        assert word in str(caught.value)


@pytest.mark.parametrize(
    ("text", "error", "told"),
    [
        ("def f(x:\n    pass\n", gv.FileError, ["broken.py, line 1", "^"]),
        ("import no_such_thing_here\n", gv.CallError, ["ModuleNotFoundError", "broken.py, line 1", "install no_such_thing_here"]),
        ("1 / 0\n", gv.CallError, ["ZeroDivisionError", "broken.py, line 1, in <module>"]),
        ("raise SystemExit('usage')\n", gv.CallError, ["ended the program", "__main__"]),
    ],
)
@pytest.mark.parametrize("target", ["broken:f", "broken.py:f"])
def test_a_module_that_cannot_be_imported_is_told_with_its_line(
    folder: Path, target: str, text: str, error: type[Exception], told: list[str]
) -> None:
    (folder / "broken.py").write_text(text, "utf-8")
    with pytest.raises(error) as caught:
        gv.check_target(target, AT)
    for word in told:
        assert word in str(caught.value)


def test_a_file_of_a_package_is_imported_as_part_of_it(folder: Path) -> None:
    package = folder / "src" / "nets"
    package.mkdir(parents=True)
    (package / "__init__.py").write_text("", "utf-8")
    (package / "base.py").write_text("import numpy as np\n", "utf-8")
    (package / "cube.py").write_text("from .base import np\ndef f(x):\n    return np.sum(x**3)\ndef df(x):\n    return 3 * x**2\n", "utf-8")
    assert gv.check_target("src/nets/cube.py:f", AT).verdict == "pass"


def test_a_file_named_as_an_installed_module_is_the_file(folder: Path) -> None:
    (folder / "json.py").write_text("def f(x):\n    return (x**2).sum()\ndef df(x):\n    return 2 * x\n", "utf-8")
    assert gv.check_target("json.py:f", AT).verdict == "pass"
    assert "json.py" not in str(json.__file__).replace("json/__init__", "")


def test_self_test_tells_what_is_caught() -> None:
    trials = self_test(gv.check_gradient, lambda x, y: np.sum(np.sin(x) * y), lambda x, y: (np.cos(x) * y, np.sin(x)), (AT, AT[::-1] + 2))
    assert len(trials) == 24
    assert [trial.slip for trial in trials if trial.changed and not trial.caught] == []
    assert not next(trial for trial in trials if (trial.slip, trial.place) == ("transposed", "x")).changed


@pytest.mark.parametrize(
    ("kind", "f", "claim"),
    [
        ("vjp", np.sin, lambda x, v: np.cos(x) * v),
        ("jvp", np.sin, lambda x, u: np.cos(x) * u),
        ("hessian", lambda x: np.sum(x**3), lambda x: np.diag(6 * x)),
        ("hvp", lambda x: np.sum(x**3), lambda x, u: 6 * x * u),
    ],
)
def test_self_test_of_other_kinds(kind: str, f: Any, claim: Any) -> None:
    report = gv.check_gradient(f, claim, AT, kind=kind, self_test=True)
    assert report.verdict == "pass"
    missed = [trial.slip for trial in report.trials if trial.changed and not trial.caught]
    assert missed in ([], ["factor 1 + 1e-5"])


def test_a_slip_at_the_edge_of_what_is_seen_is_missed_and_told() -> None:
    report = gv.check_gradient(np.sum, np.ones_like, AT, self_test=True, tolerance=1e-4)
    assert [trial.slip for trial in report.trials if trial.changed and not trial.caught] == ["factor 1 + 1e-5"]


def test_a_wrong_claim_has_no_self_test() -> None:
    report = gv.check_gradient(np.sum, lambda x: 2 * np.ones_like(x), AT, self_test=True)
    assert (report.verdict, report.trials) == ("fail", ())
    assert "no self-test" in " ".join(report.notes)
