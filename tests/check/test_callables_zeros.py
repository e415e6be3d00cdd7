"""A claimed zero: true ones pass, those that only rounding makes look true do not."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import graphviz_ad as gv

RNG = np.random.default_rng(5)
X, Y, V = RNG.normal(size=(50, 3)) * 1e3, RNG.normal(size=50) * 1e3, RNG.normal(size=10)
POINT = (np.array([1.0, 2.0, -1.0]), np.array([0.5, -0.3]))


def _doubles(x: Any) -> Any:
    return np.asarray(x, float)  # refuses numbers of high precision


def test_a_term_hidden_by_a_larger_one_is_missed_no_more() -> None:
    report = gv.check_gradient(lambda x: 1e6 * x[0] ** 2 + 1e-5 * x[1] ** 2, lambda x: np.array([2e6 * x[0], 0.0]), np.array([3.0, 1.0]))
    assert report.verdict == "fail"
    assert report.rows[1].reference == pytest.approx(2e-5)


def test_a_forgotten_regularisation_fails() -> None:
    def f(w: Any, b: Any) -> Any:
        return np.sum((X @ w - Y) ** 2) + 1e-4 * np.sum(b**2)

    def slope(w: Any, b: Any, factor: float) -> Any:
        return 2 * X.T @ (X @ w - Y), factor * b

    assert f(*POINT) > 1e8
    assert gv.check_gradient(f, lambda w, b: slope(w, b, 0.0), POINT).verdict == "fail"
    assert gv.check_gradient(f, lambda w, b: slope(w, b, 2e-4), POINT).verdict == "pass"


@pytest.mark.parametrize("size", [1e-4, 1e-6, 1e-9])
def test_without_a_sharper_reference_a_hidden_term_is_no_pass(size: float) -> None:
    def f(w: Any, b: Any) -> Any:
        return np.sum((X @ _doubles(w) - Y) ** 2) + size * np.sum(_doubles(b) ** 2)

    report = gv.check_gradient(f, lambda w, b: (2 * X.T @ (X @ w - Y), 0 * b), POINT)
    assert report.verdict in ("fail", "inconclusive")
    if report.verdict == "inconclusive":
        assert any(row.reason.startswith("noise hides it") for row in report.rows)


def test_an_argument_without_influence_passes_beside_large_values() -> None:
    def f(w: Any, b: Any) -> Any:
        return np.sum((X @ _doubles(w) - Y) ** 2)

    report = gv.check_gradient(f, lambda w, b: (2 * X.T @ (X @ w - Y), 0 * b), POINT)
    assert report.verdict == "pass"


@pytest.mark.parametrize("offset", [0.0, 1.0, 1e3])
def test_units_that_are_off_pass(offset: float) -> None:
    def f(w: Any) -> Any:
        return offset + np.sum(np.maximum(0, _doubles(w) @ V - 1) ** 2)

    at = RNG.normal(size=(20, 10))
    assert 0 < np.sum(at @ V < 1) < 20
    report = gv.check_gradient(f, lambda w: np.outer(2 * np.maximum(0, w @ V - 1), V), at)
    assert report.verdict == "pass"


def test_a_flat_top_beside_a_large_constant_passes() -> None:
    report = gv.check_gradient(lambda x: 1e3 + np.sum(np.cos(_doubles(x))), lambda x: -np.sin(x), np.array([0.0, 0.0, 1.0]))
    assert report.verdict == "pass"


def test_zeros_of_a_sparse_jacobian_pass_with_few_evaluations() -> None:
    at = RNG.normal(size=40)
    report = gv.check_gradient(lambda x: 1e4 + np.sin(_doubles(x)), lambda x: np.diag(np.cos(x)), at, kind="jacobian")
    assert report.verdict == "pass"
    assert report.evaluations < 12 * at.size


def test_an_entry_hidden_in_a_jacobian_is_no_pass() -> None:
    def f(x: Any) -> Any:
        return np.array([1e8 * x[0], 1e8 * x[1], 1e8 * x[2] + 1e-6 * x[0] ** 2, x[3]])

    at = np.array([1.5, -0.7, 0.4, 1.1])
    report = gv.check_gradient(f, lambda x: np.diag([1e8, 1e8, 1e8, 1.0]), at, kind="jacobian")
    assert report.verdict == "fail"


def test_quotients_that_fall_slowly_are_not_said_to_have_no_limit() -> None:
    at = np.array([0.0, 1.0, -2.0])
    report = gv.check_gradient(lambda x: np.sum(np.abs(x) ** 1.5), lambda x: 1.5 * np.sqrt(np.abs(x)) * np.sign(x), at)
    assert report.verdict in ("pass", "inconclusive")
    assert all("approach it slowly" in row.reason for row in report.rows if row.verdict == "inconclusive")
