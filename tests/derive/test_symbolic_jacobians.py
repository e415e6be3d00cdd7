"""Jacobians in symbols: the lecture's formulas, and the numbers of the sweeps."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import sympy

import graphviz_ad as gv


def symbols(text: str) -> Any:
    return sympy.symbols(text, real=True)


def test_length_of_a_product() -> None:
    graph = gv.parse("q = W @ x; f = sum(q**2)").shaped(W=(2, 2), x=(2,))
    w00, w01, w10, w11, x0, x1 = symbols("W_0_0 W_0_1 W_1_0 W_1_1 x_0 x_1")
    q = w00 * x0 + w01 * x1, w10 * x0 + w11 * x1
    expected = sympy.Matrix([[2 * q[0] * x0, 2 * q[0] * x1, 2 * q[1] * x0, 2 * q[1] * x1]])
    assert sympy.expand(graph.symbolic_jacobian("W") - expected) == sympy.zeros(1, 4)
    assert graph.of("q").symbolic_jacobian("x") == sympy.Matrix([[w00, w01], [w10, w11]])


def test_softmax_is_diag_p_minus_p_p() -> None:
    found = gv.parse("softmax(x)").shaped(x=(3,)).symbolic_jacobian("x")
    x = symbols("x_0 x_1 x_2")
    p = sympy.Matrix([sympy.exp(one) / sum(map(sympy.exp, x)) for one in x])
    assert (found - (sympy.diag(*p) - p * p.T)).applyfunc(sympy.simplify) == sympy.zeros(3, 3)


@pytest.mark.parametrize(
    "text", ["tanh(x)*x[::-1]", "max(x, axis=0) + x", "cumsum(x) / norm(x)", "x.T @ x * pi", "where(x > 0, x**2, sin(x))"]
)
def test_the_numbers_are_those_of_the_sweeps(text: str) -> None:
    graph, x = gv.parse(text), np.array([0.3, -1.2, 2.5])
    matrix = graph.shaped(x=(3,)).symbolic_jacobian("x").subs(dict(zip(symbols("x_0 x_1 x_2"), x, strict=True)))
    found = np.array(matrix.evalf().tolist(), dtype=float)
    np.testing.assert_allclose(found, np.reshape(graph.at(x=x).jacobian("x"), found.shape), rtol=1e-13, atol=1e-14)


def test_what_has_no_closed_form_is_said() -> None:
    with pytest.raises(gv.DerivativeError, match="sort has no closed form"):
        gv.parse("sort(x)").shaped(x=(3,)).symbolic_jacobian("x")
    with pytest.raises(gv.LimitError, match="GRADVIZ_CLOSED_FORM_OPERATIONS"):
        gv.parse("tanh(W @ x)").shaped(W=(300, 300), x=(300,)).symbolic_jacobian("W")
