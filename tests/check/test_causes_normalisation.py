"""Gradients through a normalisation whose statistics are treated as constants."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import graphviz_ad as gv

WEIGHTS = np.random.default_rng(0).normal(size=(8, 5))
AT = np.random.default_rng(1).normal(size=(8, 5))
Pair = tuple[Callable[[Any], Any], Callable[[Any], Any]]


def normalised(axis: Any, epsilon: float, forgotten: tuple[str, ...], outside: bool = False) -> Pair:
    """A loss of (x - mean)/deviation with its gradient, the statistics that are ``forgotten`` taken as constants."""

    def parts(x: Any) -> tuple[Any, Any, Any]:
        away, variance = x - x.mean(axis, keepdims=True), x.var(axis, keepdims=True)
        root = np.sqrt(variance)
        return away, *((root + epsilon, root * (root + epsilon)) if outside else (np.sqrt(variance + epsilon), variance + epsilon))

    def f(x: Any) -> Any:
        away, deviation, _ = parts(x)
        return float(np.sum(WEIGHTS * (away / deviation) ** 2 + np.sin(away / deviation)))

    def gradient(x: Any) -> Any:
        away, deviation, denominator = parts(x)
        inner = (2 * WEIGHTS * away / deviation + np.cos(away / deviation)) / deviation
        result = inner
        if "mean" not in forgotten:
            result = result - inner.mean(axis, keepdims=True)
        if "variance" not in forgotten:
            result = result - away * (inner * away).mean(axis, keepdims=True) / denominator
        return result

    return f, gradient


@pytest.mark.parametrize("axis", [0, 1, (0, 1)])
@pytest.mark.parametrize(("epsilon", "outside"), [(0.0, False), (1e-5, False), (1e-2, False), (1e-2, True)])
@pytest.mark.parametrize("forgotten", [(), ("mean",), ("variance",), ("mean", "variance")])
def test_forgotten_statistics_are_named(axis: Any, epsilon: float, outside: bool, forgotten: tuple[str, ...]) -> None:
    f, gradient = normalised(axis, epsilon, forgotten, outside)
    report = gv.check_gradient(f, gradient, AT)
    along = "" if axis == (0, 1) else f" along axis {axis}"
    if not forgotten:
        assert report.verdict == "pass"
        return
    assert report.verdict == "fail"
    told = f"the {' and the '.join(forgotten)}{along} {'is' if len(forgotten) == 1 else 'are'} treated as"
    assert told in report.causes[0]


def test_the_sum_of_a_softmax_and_a_norm() -> None:
    w, at = WEIGHTS[:, 0], AT[:, 0]

    def softmax(x: Any) -> Any:
        return np.exp(x) / np.sum(np.exp(x))

    assert "denominator of the softmax" in gv.check_gradient(lambda x: w @ softmax(x), lambda x: w * softmax(x), at).causes[0]
    unit = gv.check_gradient(lambda x: w @ (x / np.linalg.norm(x)), lambda x: w / np.linalg.norm(x), at)
    assert "the norm is treated as a constant" in unit.causes[0]


def test_a_wrong_variance_is_not_called_a_forgotten_one() -> None:
    f, right = normalised(0, 1e-5, ())
    report = gv.check_gradient(f, lambda x: right(x) + 1e-2 * (x - x.mean(0)) ** 3, AT)
    assert report.verdict == "fail"
    assert not any("treated as" in cause for cause in report.causes)
