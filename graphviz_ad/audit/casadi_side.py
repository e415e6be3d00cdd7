"""CasADi's answer: symbolic scalars, ``gradient``."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from .walk import Counterpart, NoCounterpart, run, spelled

if TYPE_CHECKING:
    from ..objects.point import Point

_SAME = (
    "sqrt", "exp", "expm1", "log", "log10", "log1p", "hypot", "floor", "ceil", "sign", "fmod", "sin", "cos", "tan", "asin", "acos", "atan",
    "atan2", "sinh", "cosh", "tanh", "asinh", "acosh", "atanh", "erf", "erfinv",
)  # fmt: skip


def version() -> str:
    """The version that answers."""
    from importlib.metadata import version as installed

    return installed("casadi")


def answers(point: Point) -> Iterator[tuple[str, dict[str, Any]]]:
    """(spelling, gradient by input)."""
    from importlib import import_module

    ca: Any = import_module("casadi")
    graph = point.graph
    if point.shapes is not None:
        raise NoCounterpart("arrays (this table has CasADi's scalars)")
    symbols = {h: ca.SX.sym(f"v{h}") for h in point.inputs}
    table = {name: Counterpart(f"casadi.{name}", getattr(ca, name)) for name in _SAME}
    table |= {
        "add": Counterpart("+", lambda a, b: a + b), "sub": Counterpart("-", lambda a, b: a - b),
        "mul": Counterpart("*", lambda a, b: a * b), "div": Counterpart("/", lambda a, b: a / b), "neg": Counterpart("-", lambda a: -a),
        "power": Counterpart("**", lambda a, b: a**b),
        "reciprocal": Counterpart("1/x", lambda a: 1 / a), "square": Counterpart("casadi.sq", lambda a: a * a),
        "maximum": Counterpart("casadi.fmax", ca.fmax), "minimum": Counterpart("casadi.fmin", ca.fmin),
        "abs": Counterpart("casadi.fabs", ca.fabs), "relu": Counterpart("casadi.fmax(x, 0)", lambda a: ca.fmax(a, 0)),
        "clip": Counterpart("casadi.fmin(fmax)", lambda x, lo, hi: ca.fmin(ca.fmax(x, lo), hi)),
        "sigmoid": Counterpart("1/(1+exp(-x))", lambda a: 1 / (1 + ca.exp(-a))),
        "softplus": Counterpart("casadi.log1p(exp)", lambda a, *_: ca.log1p(ca.exp(a))),
        "where": Counterpart("casadi.if_else", ca.if_else),
        "leaky_relu": Counterpart("casadi.fmax(x, alpha x)", lambda x, a: ca.fmax(x, a * x)),
        "less": Counterpart("<", lambda a, b: a < b), "less_equal": Counterpart("<=", lambda a, b: a <= b),
        "greater": Counterpart(">", lambda a, b: a > b), "greater_equal": Counterpart(">=", lambda a, b: a >= b),
    }  # fmt: skip
    result = run(graph, symbols, table, ca.SX)
    slopes = [ca.gradient(result, symbols[graph.input_handles[name]]) for name in point.wrt]
    found = ca.Function("f", list(symbols.values()), slopes)(*(float(value) for value in point.inputs.values()))
    parts = found if isinstance(found, tuple) else (found,)
    yield spelled(graph, table), {name: float(part) for name, part in zip(point.wrt, parts, strict=True)}
