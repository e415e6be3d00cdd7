"""SymPy expressions as graphs: the same values and derivatives, quotients kept, everything unknown listed."""

# ruff: noqa: E501 - tables: several cases a line

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import sympy

import graphviz_ad as gv
from graphviz_ad import from_sympy

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


def test_matrix_symbols() -> None:
    import numpy as np

    a, v = sympy.MatrixSymbol("A", 2, 2), sympy.MatrixSymbol("v", 2, 1)
    chance = np.random.default_rng(0)
    m, w = chance.normal(size=(2, 2)), chance.normal(size=(2, 1))
    inverse = np.linalg.inv(m)
    for expression, expected in (
        (a.T * a * v - 2 * v, m.T @ m @ w - 2 * w),
        (sympy.det(a) * sympy.trace(a), np.linalg.det(m) * np.trace(m)),
        (a**2 + a.inverse() - sympy.Identity(2), m @ m + inverse - np.eye(2)),
        (sympy.hadamard_product(a, a.T), m * m.T),
        (3 * a[0, 1], 3 * m[0, 1]),
        (a**-2, inverse @ inverse),
    ):
        graph = gv.from_sympy(expression)
        assert graph.shapes is not None
        point = graph.at({name: {"A": m, "v": w}[name] for name in graph.inputs})
        np.testing.assert_allclose(point.value, expected, rtol=1e-12, atol=1e-13)


def test_what_is_only_written_down_is_worked_out() -> None:
    x, i = sympy.symbols("x i")
    assert gv.from_sympy(sympy.Sum(x**i, (i, 0, 3))).at(x=2).value == 15
    assert gv.from_sympy(sympy.Derivative(x**3, x)).at(x=2).value == 12
    assert gv.from_sympy(sympy.factorial(x)).at(x=4).value == 24
    with pytest.raises(gv.ParseError, match="SymPy's f, Derivative has"):
        gv.from_sympy(sympy.Derivative(sympy.Function("f")(x), x))


class Texted:
    """What SymPy would turn into text and run, were it not strict."""

    def __init__(self, text: str) -> None:
        self.text = text

    def __str__(self) -> str:
        return self.text


def test_text_is_never_run(tmp_path: Path) -> None:
    mark = tmp_path / "ran"
    program = f"__import__('pathlib').Path({str(mark)!r}).touch()"
    for text in (program, program.encode(), bytearray(program.encode()), Texted(program), [program], (program,), {program: 1}, "x*y"):
        with pytest.raises(gv.ArgumentError, match=r"hint: .*gv\.parse") as told:
            gv.from_sympy(text)
        assert isinstance(told.value, TypeError)
        assert not mark.exists()


def test_what_is_no_expression_is_refused_and_numbers_are_one() -> None:
    for strange in (None, object(), [X], (X,), {"x": X}, lambda x: x, np.array([1.0, 2.0])):
        with pytest.raises(gv.ArgumentError, match="takes an expression of SymPy, not"):
            gv.from_sympy(strange)
    for number in (3, 2.5, np.float64(0.25), sympy.Integer(7)):
        assert gv.from_sympy(number).at().value == float(number)
    assert gv.from_sympy(sympy.ImmutableMatrix([1, 2])).at().value.tolist() == [1, 2]
    assert gv.from_sympy(X < Y).at(x=1, y=2).value == 1
