"""Rule texts: how they compile, that derivatives of derivatives exist, and that SymPy agrees with them."""

from __future__ import annotations

import math

import pytest

import graphviz_ad as gv
from graphviz_ad.derive.closed_form import apply
from graphviz_ad.primitives import rules
from graphviz_ad.primitives.kernels import mpmath as precise
from graphviz_ad.primitives.kernels import python as floats
from graphviz_ad.primitives.record import UNKNOWN
from graphviz_ad.primitives.registry import OPERATIONS
from graphviz_ad.primitives.rules import definition_rule, domain_rule, float_partials, partial_rule
from tests.primitives import truth
from tests.primitives.points import RULES, points


class Spelled:
    """An arithmetic whose numbers are texts: shows what a generic rule asks for."""

    pi, e, inf = "pi", "e", "inf"

    def __getattr__(self, op: str) -> object:
        return lambda *operands: f"{op}({', '.join(map(str, operands))})"


def test_generic_rules_ask_the_arithmetic() -> None:
    k = Spelled()
    assert partial_rule("add", 0)(k, "x", "y", "out") == 1
    assert partial_rule("mul", 0)(k, "x", "y", "out") == "y"
    assert partial_rule("sub", 1)(k, "x", "y", "out") == -1
    assert partial_rule("div", 0)(k, "x", "y", "out") == "div(1, y)"
    # literals stay exact: 1/2 is a quotient of integers, and pi is the arithmetic's own
    assert partial_rule("deg2rad", 0)(k, "x", "out") == "div(pi, 180)"
    # defaults are written out, so that an arithmetic needs none
    assert definition_rule("heaviside")(k, "x", 0.5) == "where(greater(x, 0), 1, where(less(x, 0), 0, 0.5))"


def test_shared_parts_are_computed_once() -> None:
    calls = []

    class Counting:
        def __getattr__(self, op: str) -> object:
            def function(*operands: float) -> float:
                calls.append(op)
                return getattr(floats, op)(*operands)

            return function

    partial_rule("atan2", 0)(Counting(), 1.0, 2.0, math.atan2(1.0, 2.0))
    assert calls.count("hypot") == 1


def test_absent_rules() -> None:
    assert partial_rule("where", 0) is None
    assert float_partials("less") == (None, None)
    assert definition_rule("sin") is None
    assert domain_rule("sin") is None
    assert domain_rule("log")(floats, -1.0) is False
    assert partial_rule("ln", 0) is partial_rule("ln", 0)


@pytest.mark.parametrize("text", ["z*x", "sine(x)", "[x, x]", "x[0]"])
def test_faults_of_the_table_are_told(text: str) -> None:
    with pytest.raises(ValueError, match="partial 0 of nothing"):
        rules._compile(text, ("x", "out"), "partial 0 of nothing")


#: ierfcx(0, x) is shown with a neighbour of order -1, which the operation does not have
SHOWN = tuple((name, k) for name, k in RULES if OPERATIONS[name].shown and OPERATIONS[name].shown[k] and name != "ierfcx")


@pytest.mark.parametrize(("name", "position"), SHOWN)
def test_shown_rules_mean_the_same(name: str, position: int) -> None:
    """The classroom's form and the stable one are the same function."""
    record = OPERATIONS[name]
    k = precise.Arithmetic(truth.mp)
    shown = rules._compile(record.shown[position], (*record.names, "out"), "shown")
    rule = partial_rule(name, position)
    assert rule is not None
    tried = 0
    for point in points(name):
        with truth.mp.workdps(400 if any(0 < abs(one) < 1e-6 or abs(one) > 20 for one in point) else 50):
            operands = [truth.mp.mpf(one) for one in point]
            out = getattr(precise, name)(truth.mp, *operands)
            one, other = truth.mp.mpf(rule(k, *operands, out)), truth.mp.mpf(shown(k, *operands, out))
            if (
                any(abs(cut(*point, float(out))) == 0 for cut in rules.float_cuts(name))
                or not truth.mp.isfinite(one)
                or not truth.mp.isfinite(other)
            ):
                continue
            assert abs(one - other) <= 1e-25 * abs(one) + truth.mp.mpf(10) ** -60, point
            tried += 1
    assert tried >= 2


def place(name: str) -> tuple[float, ...]:
    """An ordinary point, away from everything."""
    special = {
        "acosh": (1.7,), "asec": (1.7,), "acsc": (1.7,), "acoth": (1.7,), "polygamma": (2.0, 1.3), "polygamma_gap": (1.0, 1.3, 0.8),
        "ierfcx": (1.0, 0.7), "besselj": (2.0, 1.3), "bessely": (1.0, 1.3), "besseli": (1.0, 1.3), "spherical_jn": (1.0, 1.3),
        "lowergamma": (2.5, 0.7), "where": (1.0, 0.7, 0.4), "clip": (0.6, -1.0, 2.0),
    }  # fmt: skip
    return special.get(name, (0.6, 0.37)[: len(OPERATIONS[name].operands)])


#: what SymPy leaves as an unevaluated derivative
UNKNOWN_TO_SYMPY = ("mod", "fmod", "floor", "ceil", "round", "trunc")


@pytest.mark.parametrize(("name", "position"), [rule for rule in RULES if rule[0] != "ierfcx"])
def test_sympy_derives_the_same(name: str, position: int) -> None:
    """SymPy differentiates the definition by its own rules."""
    import sympy

    record, point = OPERATIONS[name], place(name)
    symbols = [sympy.Symbol(operand, real=True) for operand in record.names]
    orders = [k for k, rule in enumerate(record.partials) if rule in (None, UNKNOWN)]
    operands = [sympy.nsimplify(point[k]) if k in orders else symbols[k] for k in range(len(point))]
    if name == "where":
        operands[0] = sympy.true
    slope = sympy.diff(apply(name, operands), symbols[position])
    assert slope.has(sympy.Derivative) == (name in UNKNOWN_TO_SYMPY), slope
    if name in UNKNOWN_TO_SYMPY:
        return
    number = slope.subs({symbols[k]: sympy.Rational(*point[k].as_integer_ratio()) for k in range(len(point)) if k not in orders}).evalf(30)
    out = getattr(floats, name)(*point)
    assert float(number) == pytest.approx(float(float_partials(name)[position](*point, out)), rel=2e-14, abs=1e-300)


@pytest.mark.parametrize(("name", "position"), RULES)
def test_third_derivatives_exist(name: str, position: int) -> None:
    """A derivative of an operation is made of operations: the gradient of a gradient of a gradient is a graph that is right."""
    record, point = OPERATIONS[name], place(name)
    infix = {"add": "+", "sub": "-", "mul": "*", "div": "/", "power": "**", "mod": "%"}
    fixed = [repr(point[k]) if record.partials[k] in (None, UNKNOWN) else f"a{k}" for k in range(len(point))]
    if name == "where":
        fixed[0] = "1 < 2"
    text = f"{name}({', '.join(fixed)})"
    if name in infix:
        text = f"a0 {infix[name]} a1"
    elif name in ("neg", "copy"):
        text = "-a0" if name == "neg" else "a0"
    graph = gv.parse(f"f = {text}")
    bound = {f"a{k}": point[k] for k in range(len(point)) if f"a{k}" in graph.inputs}
    wanted = f"a{position}"

    def moved(step: object) -> object:
        return truth.evaluate(name, tuple(truth.mp.mpf(one) + step if k == position else truth.mp.mpf(one) for k, one in enumerate(point)))

    h = truth.mp.mpf(10) ** -30
    with truth.mp.workdps(160):
        there = {k: moved(k * h) for k in (-2, -1, 0, 1, 2)}
        expected = [
            (there[1] - there[-1]) / (2 * h),
            (there[1] - 2 * there[0] + there[-1]) / h**2,
            (there[2] - 2 * there[1] + 2 * there[-1] - there[-2]) / (2 * h**3),
        ]
    for true in expected:
        graph = graph.gradient(wanted)
        value = float(graph.at({k: v for k, v in bound.items() if k in graph.inputs}).value)
        assert value == pytest.approx(float(true), rel=1e-11, abs=1e-13)


def test_the_gradient_by_an_order_is_never_taken_for_zero() -> None:
    point = gv.parse("besselj(nu, x)").at(nu=1.5, x=2)
    assert math.isnan(point.gradients["nu"])
    row = next(row for row in point.check().rows if row.wrt == "nu")
    assert row.verdict == "inconclusive"
    assert "the limit is -0.2518333896" in row.reason
    assert gv.parse("besselj(nu, x)")["f"].local_formula(0) == "unknown"
