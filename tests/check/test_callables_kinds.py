"""Products with Jacobians, and second derivatives; SciPy's own functions."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from scipy.optimize import rosen, rosen_der, rosen_hess, rosen_hess_prod
from scipy.sparse import csc_matrix, csr_array

import graphviz_ad as gv

W = np.array([[1.5, -0.3, 0.2], [0.4, 2.0, -1.1]])
AT = np.array([0.3, -0.7, 1.2])


def f(x: Any) -> Any:
    return np.tanh(W @ x)


def jacobian(x: Any) -> Any:
    return (1 - np.tanh(W @ x) ** 2)[:, None] * W


def test_vector_times_jacobian() -> None:
    assert gv.check_gradient(f, lambda x, v: v @ jacobian(x), AT, kind="vjp").verdict == "pass"
    assert gv.check_gradient(f, lambda x, v: v @ jacobian(x) * 1.01, AT, kind="vjp").verdict == "fail"
    assert gv.check_gradient(f, lambda x, v: np.ones(2) @ jacobian(x), AT, kind="vjp").verdict == "fail"
    assert gv.check_gradient(lambda x, y: x * y, lambda x, y, v: (v * y, v * x), (AT, AT + 1), kind="vjp").verdict == "pass"
    assert gv.check_gradient(f, lambda v, x: {"x": v @ jacobian(x)}, {"x": AT}, kind="vjp").verdict == "pass"


def test_jacobian_times_vector() -> None:
    assert gv.check_gradient(f, lambda x, u: jacobian(x) @ u, AT, kind="jvp").verdict == "pass"
    assert gv.check_gradient(f, lambda x, u: jacobian(x) @ u[::-1], AT, kind="jvp").verdict == "fail"
    report = gv.check_gradient(f, lambda x, u: u, AT, kind="jvp")
    assert report.verdict == "fail"
    assert "shape (3,) instead of (2,)" in report.rows[0].reason
    both = gv.check_gradient(lambda x, y: x * y, lambda x, y, u: u[0] * y + x * u[1], (AT, AT + 1), kind="jvp")
    assert both.verdict == "pass"


def test_scipy_pairs() -> None:
    assert gv.check_gradient(rosen, rosen_der, AT).verdict == "pass"
    assert gv.check_gradient(rosen, rosen_hess, AT, kind="hessian").verdict == "pass"
    assert gv.check_gradient(rosen_der, rosen_hess, AT, kind="hessian").verdict == "pass"
    assert gv.check_gradient(rosen, rosen_hess_prod, AT, kind="hvp").verdict == "pass"
    assert gv.check_gradient(rosen_der, rosen_hess_prod, AT, kind="hvp").verdict == "pass"


@pytest.mark.parametrize("kind", ["gradient", "hessian", "hvp"])
def test_a_slip_in_scipy_pairs_is_found(kind: str) -> None:
    right = {"gradient": rosen_der, "hessian": rosen_hess, "hvp": rosen_hess_prod}[kind]
    assert gv.check_gradient(rosen, lambda *a: right(*a) * 1.001, AT, kind=kind).verdict == "fail"


def test_second_derivatives_where_only_float64_runs() -> None:
    def only_float(x: Any) -> Any:
        return float(np.sum(np.asarray(x, float) ** 3))

    assert gv.check_gradient(only_float, lambda x: np.diag(6 * x), AT, kind="hessian").verdict == "pass"
    assert gv.check_gradient(only_float, lambda x: np.diag(6.1 * x), AT, kind="hessian").verdict == "fail"


def test_hessians_of_several_arguments_are_refused() -> None:
    with pytest.raises(gv.ShapeError, match="one real argument"):
        gv.check_gradient(lambda x, y: np.sum(x * y), lambda x, y: 0, (AT, AT), kind="hessian")


# -- sparse Jacobians --------------------------------------------------------------------------------------------------


def band(x: Any) -> Any:
    """Each output reads three neighbours, and the last one the first entry besides."""
    padded = np.concatenate([[0.0], x, [0.0]])
    values = np.sin(padded[:-2]) + padded[1:-1] ** 2 * padded[2:]
    values[-1] += 1e-3 * x[0]
    return values


def band_jacobian(x: Any) -> Any:
    n = len(x)
    padded = np.concatenate([x, [0.0]])
    jacobian = np.diag(2 * x * padded[1:]) + np.diag(x[:-1] ** 2, 1) + np.diag(np.cos(x[:-1]), -1)
    jacobian[n - 1, 0] = 1e-3
    return jacobian


@pytest.mark.parametrize("form", [np.asarray, csr_array, csc_matrix])
def test_a_sparse_jacobian_takes_few_evaluations(form: Any) -> None:
    x = np.random.default_rng(2).normal(size=80)
    report = gv.check_gradient(band, lambda x: form(band_jacobian(x)), x, kind="jacobian", points=0)
    assert report.verdict == "pass"
    assert len(report.rows) == 80 * 80
    assert report.evaluations < 40, "columns that share no output move together"


def test_an_entry_outside_the_claimed_pattern_is_found() -> None:
    """SciPy's own check colours by the claimed pattern, assigns what it measures to it, and certifies this one."""
    x = np.random.default_rng(2).normal(size=80)

    def forgotten(x: Any) -> Any:
        jacobian = band_jacobian(x)
        jacobian[79, 0] = 0.0
        return csr_array(jacobian)

    report = gv.check_gradient(band, forgotten, x, kind="jacobian", points=0)
    assert [row.entry for row in report.rows if row.verdict == "fail"] == [(79, 0)]


def test_a_wrong_entry_inside_the_pattern_is_found() -> None:
    x = np.random.default_rng(2).normal(size=80)

    def wrong(x: Any) -> Any:
        jacobian = band_jacobian(x)
        jacobian[40, 41] *= 1.0001
        return csr_array(jacobian)

    report = gv.check_gradient(band, wrong, x, kind="jacobian", points=0)
    assert [row.entry for row in report.rows if row.verdict == "fail"] == [(40, 41)]
