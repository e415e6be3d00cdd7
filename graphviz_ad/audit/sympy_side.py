"""SymPy's answer: the closed form differentiated as a whole, and the values put in."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from .walk import Counterpart, NoCounterpart, run, spelled

if TYPE_CHECKING:
    import sympy as sp

    from ..objects.point import Point

_SAME = {
    "sqrt": "sqrt", "cbrt": "real_root", "exp": "exp", "log": "log", "abs": "Abs", "sign": "sign", "floor": "floor", "ceil": "ceiling",
    "maximum": "Max", "minimum": "Min", "sin": "sin", "cos": "cos", "tan": "tan", "sec": "sec", "csc": "csc", "cot": "cot", "sinc": "sinc",
    "asin": "asin", "acos": "acos", "atan": "atan", "atan2": "atan2", "sinh": "sinh", "cosh": "cosh", "tanh": "tanh", "asinh": "asinh",
    "acosh": "acosh", "atanh": "atanh", "erf": "erf", "erfc": "erfc", "erfinv": "erfinv", "gamma": "gamma", "lgamma": "loggamma",
    "digamma": "digamma", "heaviside": "Heaviside",
}  # fmt: skip


def version() -> str:
    """The version that answers."""
    import sympy

    return str(sympy.__version__)


def answers(point: Point) -> Iterator[tuple[str, dict[str, Any]]]:
    """(spelling, gradient by input)."""
    import sympy as sp

    graph = point.graph
    if point.shapes is not None:
        raise NoCounterpart("arrays (SymPy is asked about scalars)")
    symbols = {h: sp.Symbol(f"v{h}", real=True) for h in point.inputs}
    table = {name: Counterpart(theirs, getattr(sp, theirs)) for name, theirs in _SAME.items()}
    table |= {
        "cbrt": Counterpart("real_root(x, 3)", lambda a: sp.real_root(a, 3)),
        "add": Counterpart("+", lambda a, b: a + b), "sub": Counterpart("-", lambda a, b: a - b),
        "mul": Counterpart("*", lambda a, b: a * b), "div": Counterpart("/", lambda a, b: a / b), "neg": Counterpart("-", lambda a: -a),
        "power": Counterpart("**", lambda a, b: a**b),
        "reciprocal": Counterpart("1/x", lambda a: 1 / a), "square": Counterpart("x**2", lambda a: a**2),
        "log1p": Counterpart("log(1 + x)", lambda a: sp.log(1 + a)), "expm1": Counterpart("exp(x) - 1", lambda a: sp.exp(a) - 1),
        "log2": Counterpart("log(x, 2)", lambda a: sp.log(a, 2)), "log10": Counterpart("log(x, 10)", lambda a: sp.log(a, 10)),
        "relu": Counterpart("Max(x, 0)", lambda a: sp.Max(a, 0)),
        "hypot": Counterpart("sqrt(x**2 + y**2)", lambda a, b: sp.sqrt(a**2 + b**2)),
        "clip": Counterpart("Min(Max)", lambda x, lo, hi: sp.Min(sp.Max(x, lo), hi)),
        "sigmoid": Counterpart("1/(1 + exp(-x))", lambda a: 1 / (1 + sp.exp(-a))),
        "where": Counterpart("Piecewise", lambda c, a, b: sp.Piecewise((a, c), (b, True))),
        "leaky_relu": Counterpart("Piecewise", lambda x, a: sp.Piecewise((x, x > 0), (a * x, True))),
        "less": Counterpart("<", lambda a, b: a < b), "less_equal": Counterpart("<=", lambda a, b: a <= b),
        "greater": Counterpart(">", lambda a, b: a > b), "greater_equal": Counterpart(">=", lambda a, b: a >= b),
    }  # fmt: skip

    def number(value: float) -> sp.Number:
        return sp.Integer(int(value)) if value == int(value) else sp.Float(value, 17)

    result = run(graph, symbols, table, number)
    values = {symbols[h]: number(float(value)) for h, value in point.inputs.items()}
    found = {}
    for name in point.wrt:
        slope = sp.diff(result, symbols[graph.input_handles[name]]).subs(values)
        value = slope.evalf()
        found[name] = float(value) if value.is_number and value.is_real and value.is_finite else _not_finite(value)
    yield spelled(graph, table), found


def _not_finite(value: object) -> float:
    """Infinities keep their sign; everything else that is no real number is NaN."""
    text = str(value)
    return math.inf if text == "oo" else -math.inf if text == "-oo" else math.nan
