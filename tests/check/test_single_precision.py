"""Functions of single precision: of float32 arguments, of a float32 result, and with single precision hidden inside."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import graphviz_ad as gv

W = np.random.default_rng(1).normal(size=(3, 3)).astype(np.float32)
AT = np.random.default_rng(0).normal(size=3)

FUNCTIONS: dict[str, tuple[Callable[[Any], Any], Callable[[Any], Any]]] = {
    "cube": (lambda x: np.float32(np.sum(x.astype(np.float32) ** 3)), lambda x: 3 * x**2),
    "exp": (lambda x: np.sum(np.exp(x.astype(np.float32)), dtype=np.float32), np.exp),
    "layer": (lambda x: np.sum(np.tanh(W @ x.astype(np.float32))), lambda x: W.T @ (1 - np.tanh(W @ x) ** 2)),
}
SLIPS: list[Callable[[Any], Any]] = [lambda g: -g, lambda g: 2 * g, lambda g: 0 * g, lambda g: np.roll(g, 1)]


@pytest.mark.parametrize("name", FUNCTIONS)
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_the_precision_of_the_result_counts(name: str, dtype: Any) -> None:
    f, gradient = FUNCTIONS[name]
    assert gv.check_gradient(f, gradient, AT.astype(dtype)).verdict == "pass"
    for slip in SLIPS:
        assert gv.check_gradient(f, lambda x: slip(gradient(x)), AT.astype(dtype), points=0).verdict == "fail"  # noqa: B023


@pytest.mark.parametrize("name", FUNCTIONS)
def test_a_function_that_stands_still_on_small_steps_has_no_proven_slope_of_zero(name: str) -> None:
    """Nothing tells the rounding inside from a result in double; differences of neighbouring numbers are all zero."""
    f, gradient = FUNCTIONS[name]

    def hidden(x: Any) -> float:
        return float(f(x))

    assert gv.check_gradient(hidden, lambda x: 0 * x, AT, points=0).verdict in ("inconclusive", "fail")
    assert gv.check_gradient(hidden, lambda x: -gradient(x), AT, points=0).verdict == "fail"


def test_a_function_that_refuses_double_precision_is_checked_in_its_own() -> None:
    def strict(x: Any) -> Any:
        if x.dtype != np.float32:
            raise RuntimeError("expected float32")
        return np.sum(x**3, dtype=np.float32)

    at = AT.astype(np.float32)
    assert gv.check_gradient(strict, lambda x: 3 * x**2, at).verdict == "pass"
    assert gv.check_gradient(strict, lambda x: 3.1 * x**2, at).verdict == "fail"


@pytest.mark.parametrize("seed", range(4))
def test_a_right_formula_near_saturation_does_not_fail(seed: int) -> None:
    """1 - tanh(x)**2 keeps few digits of single precision at 4, none at 8: that is no slip of its author."""

    def slope(x: Any) -> Any:
        return 1 - np.tanh(x) ** 2

    for at in ([4.0], [8.0, 0.3], [0.1, 3.0]):
        x = np.array(at, np.float32)
        report = gv.check_gradient(lambda x: np.sum(np.tanh(x)), slope, x, seed=seed)
        assert report.verdict in ("pass", "inconclusive")
        assert report.causes == ()
        assert gv.check_gradient(np.tanh, lambda x, u: slope(x) * u, x, kind="jvp", seed=seed).verdict in ("pass", "inconclusive")
    assert gv.check_gradient(lambda x: np.sum(np.tanh(x)), lambda x: 2 * slope(x), np.array([1.0, 0.3], np.float32)).verdict == "fail"
