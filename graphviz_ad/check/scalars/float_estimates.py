"""What the classroom's methods say in float64: centred differences, and the complex step where every operation is analytic.

They decide nothing; they stand beside the verdict so that one sees how good they are.
"""

from __future__ import annotations

import cmath
import math
import operator
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from ...engine.scalars import evaluate

if TYPE_CHECKING:
    from ...derive.derivatives import Point

#: centred differences balance truncation h**2 and round-off eps/h at the cube root of eps
STEP = 2.0 ** (-52 / 3)
#: the complex step subtracts nothing, so it may be as small as one likes (Squire and Trapp, SIAM Review 40, 1998)
COMPLEX_STEP = 1e-40

_ANALYTIC: dict[str, Callable[..., complex]] = {
    "add": operator.add, "sub": operator.sub, "mul": operator.mul, "div": operator.truediv, "neg": operator.neg,
    "copy": lambda x: x, "power": lambda x, y: x**y, "square": lambda x: x * x, "reciprocal": lambda x: 1 / x,
    "exp": cmath.exp, "log": cmath.log, "sqrt": cmath.sqrt, "sin": cmath.sin, "cos": cmath.cos, "tan": cmath.tan,
    "asin": cmath.asin, "acos": cmath.acos, "atan": cmath.atan, "sinh": cmath.sinh, "cosh": cmath.cosh, "tanh": cmath.tanh,
    "asinh": cmath.asinh, "acosh": cmath.acosh, "atanh": cmath.atanh, "sigmoid": lambda x: 1 / (1 + cmath.exp(-x)),
    "log10": cmath.log10, "log2": lambda x: cmath.log(x) / math.log(2), "exp2": lambda x: 2**x,
}  # fmt: skip


def estimate(point: Point) -> list[tuple[float | None, float | None]]:
    """For each input the centred difference and the complex step; None where a method does not apply."""
    analytic = all(
        op in _ANALYTIC for handle, op in enumerate(point.graph.ops) if point.graph.needed[handle] and op not in ("input", "constant")
    )
    if not math.isfinite(float(point.values[point.graph.outputs[-1]])):
        return [(None, None)] * len(point.wrt)
    found: list[tuple[float | None, float | None]] = []
    for name in point.wrt:
        handle = point.graph.input_handles[name]
        found.append((_centred(point, handle), _complex(point, handle) if analytic else None))
    return found


def _centred(point: Point, handle: int) -> float | None:
    x = point.inputs[handle]
    h = STEP * max(abs(x), 1.0) if x == 0 or abs(x) > 1e-3 else STEP * abs(x)
    up, down = x + h, x - h
    if not math.isfinite(up - down) or up == down:
        return None
    output = point.graph.outputs[-1]
    above = evaluate(point.graph, {**point.inputs, handle: up})[output]
    below = evaluate(point.graph, {**point.inputs, handle: down})[output]
    result = (float(above) - float(below)) / (up - down)
    return result if math.isfinite(result) else None


def _complex(point: Point, handle: int) -> float | None:
    graph = point.graph
    values: list[Any] = [None] * len(graph.ops)
    try:
        for index, op in enumerate(graph.ops):
            if not graph.needed[index]:
                continue
            if op == "input":
                values[index] = complex(point.inputs[index], COMPLEX_STEP if index == handle else 0.0)
            elif op == "constant":
                values[index] = graph.params[index].value  # type: ignore[attr-defined]
            else:
                values[index] = _ANALYTIC[op](*[values[k] for k in graph.operands[index]])
        result = float(complex(values[graph.outputs[-1]]).imag / COMPLEX_STEP)
    except (ArithmeticError, ValueError):  # cmath refuses what lies outside its domain: the method does not apply there
        return None
    return result if math.isfinite(result) else None
