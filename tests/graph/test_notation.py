"""Formulas as they are written: the author's form in text and LaTeX, local derivatives with literals folded, closed forms."""

from __future__ import annotations

import pytest
import sympy

import graphviz_ad as gv
from graphviz_ad.errors import DerivativeError, LimitError
from graphviz_ad.graph.notation import Latex, latex_name


@pytest.mark.parametrize(
    ("text", "formula", "locals_"),
    [
        ("x + y", "x + y", ["1", "1"]),
        ("x - y", "x - y", ["1", "-1"]),
        ("x*y", "x*y", ["y", "x"]),
        ("x/y", "x/y", ["1/y", None]),
        ("x**2", "x**2", ["2*x", None]),
        ("x**3", "x**3", ["3*x**2", None]),
        ("-x", "-x", ["-1"]),
        ("exp(x)", "exp(x)", None),
        ("sin(x)", "sin(x)", ["cos(x)"]),
        ("log(x)", "log(x)", ["1/x"]),
        ("x if x > y else y", "x if v1 else y", None),
    ],
)
def test_node(text: str, formula: str, locals_: list[str | None] | None) -> None:
    node = gv.parse(text)["f"]
    assert node.formula == formula
    for position, expected in enumerate(locals_ or []):
        if expected is not None:
            assert node.local_formula(position) == expected


def test_the_classroom_form_of_the_sigmoid() -> None:
    assert gv.parse("f = sigmoid(x)")["f"].local_formula(0) in ("(1 - sigmoid(x))*sigmoid(x)", "(1 - f)*f", "f*(1 - f)")


@pytest.mark.parametrize(
    ("name", "latex"),
    [
        ("x", "x"),
        ("w0", "w_{0}"),
        ("w_12", "w_{12}"),
        ("theta", r"\theta"),
        ("theta_1", r"\theta_{1}"),
        ("alpha2", r"\alpha_{2}"),
        ("sigx", r"\mathrm{sigx}"),
        ("x_max", r"x_{\mathrm{max}}"),
        ("lambda_", r"\lambda"),
        ("α", "α"),
    ],
)
def test_names_in_latex(name: str, latex: str) -> None:
    assert latex_name(name) == latex


def test_underscores_are_escaped() -> None:
    for name in ("a_b_c", "_x", "x__y", "foo_bar_baz1"):
        assert "_" not in latex_name(name).replace(r"\_", "").replace("_{", "")


@pytest.mark.parametrize(
    ("text", "latex"),
    [
        ("(x + y)*z", r"\left(x + y\right)\,z"),
        ("x/(y + 1)", r"\frac{x}{y + 1}"),
        ("2*x", r"2x"),
        ("x*2", r"x \cdot 2"),
        ("(x + y)**2", r"{\left(x + y\right)}^{2}"),
        ("x >= y", r"x \geq y"),
        ("1e-3*x", r"1 \cdot 10^{-3}\,x"),
    ],
)
def test_latex(text: str, latex: str) -> None:
    from graphviz_ad.syntax.machine import run
    from graphviz_ad.syntax.parser import parse_expression

    notation = Latex()
    assert run(parse_expression(text), {}, notation.name, notation.number, notation.apply).text == latex


def test_closed_forms() -> None:
    x, y, z = sympy.symbols("x y z", real=True)
    graph = gv.parse("q = x + y; f = q*z")
    assert graph.derivative("x") == z
    assert graph["f"].expr == (x + y) * z
    assert graph["f"].local("q") == z
    assert graph["q"].local("x") == 1
    assert gv.parse("x*x")["f"].local("x") == 2 * x
    assert sympy.simplify(gv.parse("sigmoid(x)").derivative("x") - sympy.exp(-x) / (1 + sympy.exp(-x)) ** 2) == 0
    assert gv.parse("x**y").derivative("y") == x**y * sympy.log(x)
    assert gv.parse("pi*x").derivative("x") == sympy.pi


def test_names_of_sympy_are_plain_symbols() -> None:
    graph = gv.parse("gamma*E + I*S")
    assert {str(symbol) for symbol in graph["f"].expr.free_symbols} == {"gamma", "E", "I", "S"}


def test_closed_forms_that_do_not_exist_or_are_too_large() -> None:
    with pytest.raises(DerivativeError):
        gv.parse("besselj(nu, x)").derivative("nu")
    doubled = "x0 = x*x + 1\n" + "\n".join(f"x{k} = x{k - 1}*x{k - 1} + 1" for k in range(1, 40)) + "\nx39"
    with pytest.raises(LimitError, match="GRADVIZ_CLOSED_FORM_OPERATIONS"):
        gv.parse(doubled).derivative("x")


@pytest.mark.parametrize("text", ["9**9**9**9 + x", "gamma(1000000000)*x", "x + 2**(10**9)"])
def test_sympy_is_not_lured_into_monsters(text: str) -> None:
    with pytest.raises(DerivativeError, match="this large"):
        gv.parse(text).derivative("x")


@pytest.mark.parametrize(
    ("text", "name", "expected"),
    [
        ("sum(x**2)", "x", "2*x"), ("mean(x*y)", "x", "y"), ("q = sum(x); q*y", "x", "y"), ("q = sum(x); q*y", "y", "x"),
        ("max(x)", "x", "1"), ("dot(x, x)*y", "x", "2*x*y"), ("stop_gradient(x)", "x", "0"),
    ],
)  # fmt: skip
def test_inputs_without_a_shape_are_scalars(text: str, name: str, expected: str) -> None:
    graph = gv.parse(text)
    assert str(graph.derivative(name)) == expected
    at = dict.fromkeys(graph.inputs, 1.25)
    slope = graph.derivative(name).subs({symbol: at[symbol.name] for symbol in graph.derivative(name).free_symbols})
    assert float(slope) == graph.at(at).gradients[name]


@pytest.mark.parametrize("text", ["W @ x", "softmax(W)", "W[0]*x"])
def test_where_inputs_cannot_be_scalars_shaped_is_named(text: str) -> None:
    graph = gv.parse(text)
    for ask in (graph.derivative, graph.gradient):
        with pytest.raises(gv.ShapeError, match=r"hint: .*graph\.shaped\(W="):
            ask("W")
    with pytest.raises(gv.ShapeError, match=r"hint: .*graph\.shaped\(W="):
        gv.parse("W @ x")["f"].local("W")


def test_a_derivative_with_arrays_on_the_way() -> None:
    graph = gv.parse("q = sum(W @ x); q*y").shaped(W=(1, 2), x=(2,))
    assert str(graph.derivative("y")) == "W_0_0*x_0 + W_0_1*x_1"
    with pytest.raises(gv.DerivativeError, match=r"array of shape \(2,\)[^$]*symbolic_jacobian"):
        graph.derivative("x")
    with pytest.raises(gv.DerivativeError, match=r"array of shape \(1, 1, 2\)[^$]*index_rule"):
        graph["v1"].local("W")
    node = gv.parse("f = dot(x, x)")["f"]
    assert str(node.local("x")) == "2*x"


def test_a_name_that_is_no_operand_is_told_so() -> None:
    graph = gv.parse("q = x + y; q*z")
    with pytest.raises(gv.NamingError, match="x is no operand of f\nhint: its operands are q, z"):
        graph["f"].local("x")
    with pytest.raises(gv.NamingError, match="no node is named w"):
        graph["f"].local("w")
