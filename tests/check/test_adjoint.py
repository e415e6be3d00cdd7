"""A claimed vjp and a claimed jvp together: forward against reverse, and which of the two the function contradicts."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import graphviz_ad as gv
from graphviz_ad.cli.main import main

W = np.array([[1.5, -0.3, 0.2], [0.4, 2.0, -1.1]])
AT = np.array([0.3, -0.7, 1.2])


def f(x: Any) -> Any:
    return np.tanh(W @ x)


def vjp(x: Any, v: Any) -> Any:
    return W.T @ (v * (1 - np.tanh(W @ x) ** 2))


def jvp(x: Any, u: Any) -> Any:
    return (W @ u) / np.cosh(W @ x) ** 2


def adjoint(report: gv.Report) -> list[Any]:
    return [row for row in report.rows if "⟨" in row.wrt]


def test_right_products_agree_to_rounding() -> None:
    report = gv.check_gradient(f, {"vjp": vjp, "jvp": jvp}, AT)
    assert report.verdict == "pass"
    rows = adjoint(report)
    assert len(rows) == 3
    assert all(0 < row.bound < 1e-12 and row.error <= row.bound for row in rows)
    assert {row.wrt.partition(":")[0] for row in report.rows if row not in rows} == {"vjp", "jvp"}


@pytest.mark.parametrize("factor", [1.001, 1 + 1e-9, -1.0])
@pytest.mark.parametrize("wrong", ["vjp", "jvp"])
def test_the_one_that_the_function_contradicts_is_named(wrong: str, factor: float) -> None:
    """Also an error that is far below what differences of f show: each product passes by itself then."""
    right: dict[str, Callable[..., Any]] = {"vjp": vjp, "jvp": jvp}
    report = gv.check_gradient(f, {**right, wrong: lambda *a: factor * right[wrong](*a)}, AT, points=0)
    assert report.verdict == "fail"
    assert all(row.verdict == "fail" and row.reason.endswith(f"against the {wrong}") for row in adjoint(report))
    alone = {row.wrt.partition(":")[0] for row in report.rows if row.verdict == "fail" and row not in adjoint(report)}
    assert alone == (set() if factor == 1 + 1e-9 else {wrong})


def rough(x: Any) -> Any:
    """f, with noise of 1e-10 that a sum that cancels leaves."""
    first = float(x[0])
    noise = 1e6 - 1e6 * np.cos(first) ** 2 - 1e6 * np.sin(first) ** 2
    return np.tanh(W @ np.asarray(x, float)) + np.array([1.0, 3.0]) * noise


def test_where_f_cannot_tell_the_report_says_so() -> None:
    report = gv.check_gradient(rough, {"vjp": vjp, "jvp": lambda x, u: (1 + 1e-9) * jvp(x, u)}, AT, points=0, diagnose=False)
    assert {row.verdict for row in report.rows if row not in adjoint(report)} == {"pass"}
    assert all(row.verdict == "fail" and "f does not tell which" in row.reason for row in adjoint(report))


def test_where_f_contradicts_both_the_report_says_so() -> None:
    """The two differ by less than f can tell, and are both far off."""
    claim = {"vjp": lambda x, v: 2 * vjp(x, v), "jvp": lambda x, u: (2 + 2e-9) * jvp(x, u)}
    report = gv.check_gradient(rough, claim, AT, points=0, diagnose=False)
    assert all(row.reason.endswith("against the jvp and the vjp") for row in adjoint(report))


def test_products_that_are_wrong_together_are_adjoint_and_fail() -> None:
    report = gv.check_gradient(f, {"vjp": lambda x, v: 2 * vjp(x, v), "jvp": lambda x, u: 2 * jvp(x, u)}, AT)
    assert report.verdict == "fail"
    assert {row.verdict for row in adjoint(report)} == {"pass"}


def test_a_tolerance_that_is_asked_for_counts() -> None:
    claim = {"vjp": vjp, "jvp": lambda x, u: (1 + 1e-9) * jvp(x, u)}
    assert gv.check_gradient(f, claim, AT, tolerance=1e-7).verdict == "pass"


def test_products_that_shake_are_no_fault_of_the_adjoint() -> None:
    """Rounding is measured: an ill-conditioned system solved in both directions keeps few digits, and not the same ones."""
    rng = np.random.default_rng(4)
    left, right = (np.linalg.qr(rng.normal(size=(6, 6)))[0] for _ in range(2))
    matrix = left * np.logspace(0, -9, 6) @ right
    slope = 1e-10 * rng.normal(size=(6, 6))
    b = matrix @ rng.normal(size=6)

    def system(x: Any) -> Any:
        return matrix + x[0] * slope

    def solve(x: Any) -> Any:
        return np.linalg.solve(system(x), b)

    def pull(x: Any, v: Any) -> Any:
        return np.array([-np.linalg.solve(system(x).T, v) @ (slope @ solve(x))])

    def push(x: Any, u: Any) -> Any:
        return -np.linalg.solve(system(x), u[0] * slope @ solve(x))

    at = np.array([0.3])
    assert "fail" not in {row.verdict for row in adjoint(gv.check_gradient(solve, {"vjp": pull, "jvp": push}, at, points=0))}
    bad = gv.check_gradient(solve, {"vjp": pull, "jvp": lambda x, u: 1.01 * push(x, u)}, at, points=0)
    assert "fail" in {row.verdict for row in adjoint(bad)}


def test_choices_at_a_kink_may_differ() -> None:
    def relu(x: Any) -> Any:
        return np.maximum(x, 0)

    claim = {"vjp": lambda x, v: v * (x > 0), "jvp": lambda x, u: u * (x >= 0)}
    report = gv.check_gradient(relu, claim, np.array([0.0, 1.0, -1.0]), points=0)
    assert report.verdict == "pass-at-kink"
    assert "not the same" in adjoint(report)[0].reason


def test_names_nested_arguments_and_parts_without_a_claim() -> None:
    named = {"vjp": lambda v, x, y: {"x": v * y, "y": v * x}, "jvp": lambda u, x, y: u["x"] * y + x * u["y"]}
    assert gv.check_gradient(lambda x, y: x * y, named, {"x": AT, "y": AT + 1}).verdict == "pass"
    half = {"vjp": lambda x, y, v: (v * y, None), "jvp": lambda x, y, u: u[0] * y + x * u[1]}
    report = gv.check_gradient(lambda x, y: x * y, half, (AT, AT + 1))
    assert report.verdict == "pass"
    assert len(adjoint(report)) == 3


def test_complex_products() -> None:
    z = np.array([0.3 + 1j, -0.7 - 0.5j])
    right = {"vjp": lambda z, v: v * 3 * z**2, "jvp": lambda z, u: 3 * z**2 * u}
    report = gv.check_gradient(lambda z: z**3, right, z)
    assert report.verdict == "pass"
    assert {row.wrt[:2] for row in adjoint(report)} == {"Re", "Im"}
    conjugated = {**right, "vjp": lambda z, v: v * (3 * z**2).conj()}
    assert any("against the vjp" in row.reason for row in adjoint(gv.check_gradient(lambda z: z**3, conjugated, z)))


def test_a_wrong_shape_is_told_by_the_product_itself() -> None:
    report = gv.check_gradient(f, {"vjp": lambda x, v: v, "jvp": jvp}, AT)
    assert report.verdict == "fail"
    assert adjoint(report) == []
    with pytest.raises(gv.BindingError, match="two callables"):
        gv.check_gradient(f, vjp, AT, kind="products")


def test_large_inputs_take_few_evaluations() -> None:
    matrix = np.random.default_rng(0).normal(size=(20, 1500)) / 40

    def layer(x: Any) -> Any:
        return np.sin(matrix @ x)

    def pulled(x: Any, v: Any) -> Any:
        g = (v * np.cos(matrix @ x)) @ matrix
        g[1000] *= 1.01
        return g

    at = np.random.default_rng(1).normal(size=1500)
    right = gv.check_gradient(layer, lambda x, v: (v * np.cos(matrix @ x)) @ matrix, at, kind="vjp")
    assert right.verdict == "pass"
    assert right.evaluations < 3 * 1500, "only the first cotangent is looked at entry by entry"
    assert gv.check_gradient(layer, pulled, at, kind="vjp", points=0, diagnose=False).verdict == "fail"


def test_the_self_test_mutates_each_of_the_two() -> None:
    report = gv.check_gradient(np.sin, {"vjp": lambda x, v: np.cos(x) * v, "jvp": lambda x, u: np.cos(x) * u}, AT, self_test=True)
    assert {trial.place for trial in report.trials} == {"x", "jvp"}
    assert [trial for trial in report.trials if trial.changed and not trial.caught] == []


@pytest.mark.needs_torch
def test_torch_forward_against_reverse() -> None:
    import torch

    class Odd(torch.autograd.Function):
        """Reverse mode is right, forward mode is not."""

        generate_vmap_rule = True

        @staticmethod
        def forward(x: Any) -> Any:
            return x**3

        @staticmethod
        def setup_context(ctx: Any, inputs: Any, output: Any) -> None:
            ctx.save_for_backward(inputs[0])
            ctx.save_for_forward(inputs[0])

        @staticmethod
        def backward(ctx: Any, upstream: Any) -> Any:
            return upstream * 3 * ctx.saved_tensors[0] ** 2

        @staticmethod
        def jvp(ctx: Any, tangent: Any) -> Any:
            return tangent * 3 * ctx.saved_tensors[0]

    assert gv.check_gradient(lambda x: torch.sin(x) * x[0], "torch", AT, kind="products").verdict == "pass"
    report = gv.check_gradient(lambda x: Odd.apply(x), "torch", AT, kind="products", points=0)
    assert report.verdict == "fail"
    assert all("against the jvp" in row.reason for row in adjoint(report))


@pytest.mark.needs_jax
def test_jax_forward_against_reverse() -> None:
    import jax

    assert gv.check_gradient(lambda x: jax.numpy.sin(x) * x[0], "jax", AT, kind="products").verdict == "pass"


MODULE = """
import numpy as np

def f(x, y):
    return np.sin(x) * y

def f_vjp(x, y, v):
    return v * np.cos(x) * y, v * np.sin(x)

def f_jvp(x, y, u):
    return np.cos(x) * y * u[0] + np.sin(x) * u[1]

def slip(x, y, u):
    return np.cos(x) * y * u[0]
"""


def test_by_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "both.py").write_text(MODULE, "utf-8")
    try:
        at = (AT, AT + 1)
        assert gv.check_target("both.py:f", at).title == "f against f_vjp and f_jvp"
        assert gv.check_target("both.py:f", at, {"vjp": "f_vjp", "jvp": "slip"}).verdict == "fail"
        with pytest.raises(gv.BindingError, match="vjp and jvp"):
            gv.check_target("both.py:f", at, {"vjp": "f_vjp", "hvp": "slip"})
        words = ["x=[0.5,-1.5]", "y=[1.5,2.5]"]
        assert main(["check", "both.py:f", *words, "--vjp", "f_vjp", "--jvp", "f_jvp"]) == 0
        assert "⟨v, Ju⟩" in capsys.readouterr().out
        assert main(["check", "both.py:f", *words, "--vjp", "f_vjp", "--jvp", "slip"]) == 1
        assert "against the jvp" in " ".join(capsys.readouterr().out.split())
        assert main(["check", "both.py:f", *words, "--vjp", "f_vjp", "--hvp", "slip"]) == 2
    finally:
        sys.modules.pop("both", None)


# -- our own graphs ----------------------------------------------------------------------------------------------------

GRAPH = "sum(softmax(W @ x) * cumsum(x[:2])) + norm(x)"
VALUES = {"W": [[0.2, -0.4, 0.1], [0.5, 0.3, -0.6]], "x": [1.5, -0.5, 2.5]}


@pytest.mark.parametrize("budget", ["", "30"])
def test_forward_mode_of_arrays_is_held_against_reverse_mode(monkeypatch: pytest.MonkeyPatch, budget: str) -> None:
    """Entry by entry, and by a projection where entries are too many."""
    from graphviz_ad.primitives.arrays import ARRAY_OPERATIONS

    if budget:
        monkeypatch.setenv("GRADVIZ_CHECK_OPERATIONS", budget)
    point = gv.parse(GRAPH).at(VALUES)
    assert point.check().verdict == "pass"
    assert "forward mode" not in {row.wrt for row in point.check().rows}
    record = ARRAY_OPERATIONS["cumsum"]
    right = record.pushforward
    assert right is not None
    monkeypatch.setitem(ARRAY_OPERATIONS, "cumsum", record._replace(pushforward=lambda *a: 2 * right(*a)))
    report = gv.parse(GRAPH).at(VALUES).check()
    assert [row.wrt for row in report.rows if row.verdict == "fail"] == ["forward mode"]
    assert "contradicts forward mode" in report.rows[-1].reason


def test_outputs_that_do_not_need_every_node() -> None:
    """The gradient's graph holds the nodes of all its outputs, and each is checked by itself."""
    graph = gv.parse("sum((W @ x)**2)").shaped(W=(2, 2), x=(2,)).gradient("W", "x")
    assert graph.at(W=[[1.0, 2.0], [3.0, 4.0]], x=[1.0, 2.0]).check().verdict == "pass"
