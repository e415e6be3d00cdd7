"""Products with Jacobians, and second derivatives; SciPy's own functions."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from scipy.optimize import rosen, rosen_der, rosen_hess, rosen_hess_prod

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
