"""Claims that claim nothing, functions that end the program, and points that cannot be used."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import graphviz_ad as gv

NOTHING = "nothing is claimed: the gradient function returned None (no return?)"


@pytest.mark.parametrize("at", [2.0, (2.0,), np.array([1.5, 2.5]), {"x": 2.0}])
@pytest.mark.parametrize("claim", [None, lambda *x, **named: None])
def test_a_gradient_without_return_fails(at: Any, claim: Any) -> None:
    report = gv.check_gradient(lambda x: np.sum(x * x), claim, at)
    assert report.verdict == "fail"
    assert [row.reason for row in report.rows] == [NOTHING]
    assert not report.causes


def test_a_gradient_that_forgets_to_return_in_one_branch_fails() -> None:
    def slope(x: float) -> float | None:
        return 2 * x if x > 0 else None

    report = gv.check_gradient(lambda x: x * x, slope, 2.0)
    assert report.verdict == "fail"
    assert any(NOTHING in row.reason for row in report.rows)


@pytest.mark.parametrize("kind", ["vjp", "jvp", "hessian", "hvp"])
def test_products_without_return_fail(kind: str) -> None:
    report = gv.check_gradient(lambda x: np.sum(x**3), lambda *_: None, np.array([1.5, 2.5]), kind=kind)
    assert report.verdict == "fail"
    assert all(NOTHING in row.reason for row in report.rows)


@pytest.mark.parametrize(("at", "claim"), [
    ((2.0, 3.0), lambda a, b: (b, None)),
    ({"a": 2.0, "b": 3.0}, lambda a, b: {"a": b, "b": None}),
])  # fmt: skip
def test_none_for_some_arguments_is_no_claim(at: Any, claim: Any) -> None:
    report = gv.check_gradient(lambda a, b: a * b, claim, at)
    assert report.verdict == "pass"
    assert [row.wrt for row in report.rows] == ["a"]
    assert any("nothing is claimed for b" in note for note in report.notes)


@pytest.mark.parametrize(("at", "claim"), [
    ((2.0, 3.0), lambda a, b: (None, None)),
    ({"a": 2.0, "b": 3.0}, lambda a, b: {"a": None, "b": None}),
])  # fmt: skip
def test_none_for_every_argument_fails(at: Any, claim: Any) -> None:
    report = gv.check_gradient(lambda a, b: a * b, claim, at)
    assert report.verdict == "fail"
    assert {row.reason for row in report.rows} == {"nothing is claimed: every gradient is None"}


def test_none_for_a_branch_of_nested_arguments_is_no_claim() -> None:
    at = {"p": {"w": 2.0, "b": 3.0}, "x": 1.5}
    report = gv.check_gradient(lambda p, x: p["w"] * x + p["b"], lambda p, x: {"p": None, "x": p["w"]}, at)
    assert report.verdict == "pass"
    assert [row.wrt for row in report.rows] == ["x"]


def _exits(x: Any) -> Any:
    sys.exit(0)


def test_an_exit_is_an_error_of_the_function() -> None:
    with pytest.raises(gv.GradvizError, match="_exits raised SystemExit"):
        gv.check_gradient(_exits, lambda x: 2 * x, 2.0)
    with pytest.raises(gv.GradvizError, match="_exits raised SystemExit"):
        gv.check_gradient(lambda x: x * x, _exits, 2.0)


def test_an_exit_at_another_point_is_an_error_too() -> None:
    def f(x: float) -> float:
        if x < 0:
            sys.exit(0)
        return x * x

    with pytest.raises(gv.GradvizError, match="f raised SystemExit"):
        gv.check_gradient(f, lambda x: 2 * x, 2.0)


def test_ctrl_c_in_the_function_gives_a_report() -> None:
    def f(x: float) -> float:
        raise KeyboardInterrupt

    assert gv.check_gradient(f, lambda x: 2 * x, 2.0).interrupted


@pytest.mark.parametrize("who", ["f", "f_grad"])
def test_an_exit_does_not_make_the_gate_green(tmp_path: Path, who: str) -> None:
    slope, value = ("sys.exit(0)", "x * x") if who == "f_grad" else ("3 * x", "sys.exit(0)")
    (tmp_path / "lay4.py").write_text(f"import sys\n\ndef f(x):\n    return {value}\n\ndef f_grad(x):\n    return {slope}\n")
    done = subprocess.run(
        [sys.executable, "-m", "graphviz_ad", "check", "lay4.py:f", "x=2.0"], cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert done.returncode == 2
    assert f"{who} raised SystemExit: 0" in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.filterwarnings("error")
def test_extreme_sizes_make_no_warning() -> None:
    report = gv.check_gradient(lambda x: np.sum(x**2), lambda x: 2 * x, np.array([1e150, 1e-150]))
    assert report.verdict in ("pass", "inconclusive")


@pytest.mark.parametrize("place", ["alone", "tuple", "dictionary", "nested"])
def test_a_masked_array_is_refused(place: str) -> None:
    masked = np.ma.array([1.0, 2.0, 3.0], mask=[False, True, False])
    at: Any = {"alone": masked, "tuple": (masked,), "dictionary": {"x": masked}, "nested": ([masked],)}[place]
    with pytest.raises(gv.BindingError, match=r"x.*masked array"):
        gv.check_gradient(lambda x: np.sum(np.asarray(x) ** 2), lambda x: 2 * x, at)
    with pytest.raises(gv.BindingError, match="x: a masked array"):
        gv.parse("sum(x*x)").at(x=masked)
