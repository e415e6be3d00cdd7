"""SymPy expressions as graphs: the same values and derivatives, quotients kept, everything unknown listed."""

# ruff: noqa: E501 - tables: several cases a line

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import sympy

import graphviz_ad as gv
from graphviz_ad.importers.sympy import from_sympy

X, Y, Z = sympy.symbols("x y z", real=True)
PLACE = {"x": 0.3, "y": 1.7, "z": 2.2}


@pytest.mark.parametrize(
    "expression",
    [
        X / Y, X * Y**-2 + 1 / Z, -X, X - Y - Z, sympy.Rational(2, 3) * X - sympy.Rational(-1, 3) * Y, sympy.sqrt(Z) + X ** sympy.Rational(3, 2),
        sympy.exp(-(X**2) / 2) / sympy.sqrt(2 * sympy.pi), sympy.sin(X) ** 2 + sympy.cos(Y) * sympy.tan(Z), sympy.log(Y) + sympy.atan2(X, Y),
        sympy.Max(X, Y, Z) * sympy.Min(X, Y), sympy.Piecewise((X, X > 1), (Y**2, Y > 1), (Z, True)), sympy.Abs(X - Y) + sympy.sign(Z),
        sympy.erf(X) + sympy.gamma(Y), X**Y + 2**X, sympy.Float("0.1") * X, sympy.E**X + sympy.tanh(Y), (X + Y) ** 3 / (X - Z),
    ],
)  # fmt: skip
def test_values_and_derivatives(expression: Any) -> None:
    point = from_sympy(expression).at({name: PLACE[name] for name in map(str, expression.free_symbols)})
    numbers = {symbol: PLACE[str(symbol)] for symbol in expression.free_symbols}
    assert point.value == pytest.approx(float(expression.evalf(20, subs=numbers)), rel=1e-14)
    for symbol in expression.free_symbols:
        slope = sympy.diff(expression, symbol).subs(numbers).evalf(20)
        assert point.gradients[str(symbol)] == pytest.approx(float(slope), rel=1e-12)


def test_matrices() -> None:
    matrix = sympy.Matrix([[X, Y], [X * Y, 1]])
    point = from_sympy(matrix).at(x=2, y=3)
    np.testing.assert_array_equal(point.value, [[2, 3], [6, 1]])
    np.testing.assert_array_equal(point.jacobian("x"), [[1, 0], [3, 0]])
    assert from_sympy(sympy.Matrix([X, Y])).at(x=1, y=2).value.shape == (2,)


def test_all_unknown_functions_are_listed() -> None:
    with pytest.raises(gv.ParseError, match=r"zeta, airyai|airyai, zeta"):
        from_sympy(sympy.zeta(X) + sympy.airyai(Y))


def test_depth_is_no_matter_of_recursion() -> None:
    expression = X
    for _ in range(300):
        expression = sympy.sin(expression)
    assert len(from_sympy(expression)) == 301
