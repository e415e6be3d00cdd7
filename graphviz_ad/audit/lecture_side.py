"""The lecture's answer (CS231n, backpropagation): the chain rule, with its text's formula for max and its code's for the threshold.

The notes give the gradient of max(x, y) as 1(x >= y), 1(y >= x), and the backward pass of the hidden layer sets
``dhidden[hidden <= 0] = 0``. Where another operation is met exactly at its kink, the lecture says nothing.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from ..primitives.kernels import python as floats
from ..primitives.registry import OPERATIONS
from ..primitives.rules import cut_rules
from .walk import NoCounterpart

if TYPE_CHECKING:
    from ..objects.point import Point

#: the gates of the lectures and their notes
GATES = frozenset((
    "copy", "add", "sub", "mul", "div", "neg", "reciprocal", "square", "power", "exp", "log", "sigmoid", "tanh", "relu", "leaky_relu",
    "maximum", "matmul", "sum", "mean",
))  # fmt: skip


def version() -> str:
    """The lecture has none."""
    return ""


def answers(point: Point) -> Iterator[tuple[str, dict[str, Any]]]:
    """(formula, gradient by input)."""
    graph = point.graph
    if point.shapes is not None:
        raise NoCounterpart("arrays (the lecture's rules are applied gate by gate)")
    upstream = [0.0] * len(graph.ops)
    upstream[graph.outputs[-1]] = 1.0
    used: list[str] = []
    for handle in range(graph.outputs[-1], -1, -1):
        op, operands = graph.ops[handle], graph.operands[handle]
        if not operands or not graph.needed[handle] or upstream[handle] == 0.0:
            continue
        if op not in GATES:
            raise NoCounterpart(op)
        values = [float(point.values[one]) for one in operands]
        slopes: list[Any] = list(point.partials[handle])
        if op == "relu":
            slopes, formula = [float(values[0] > 0)], "dhidden[hidden <= 0] = 0"
            used.append(formula)
        elif op == "maximum":
            zero = [place for place, one in enumerate(operands) if graph.ops[one] == "constant" and values[place] == 0]
            if zero:
                slopes = [0.0, 0.0]
                slopes[1 - zero[0]] = float(values[1 - zero[0]] > 0)
                used.append("dhidden[hidden <= 0] = 0")
            else:
                slopes = [float(values[0] >= values[1]), float(values[1] >= values[0])]
                used.append("1(x >= y), 1(y >= x)")
        elif _at_kink(op, values, float(point.values[handle])):
            raise NoCounterpart(f"{op} at its kink")
        for one, slope in zip(operands, slopes, strict=True):
            if slope is not None:
                upstream[one] += upstream[handle] * float(slope)
    yield ", ".join(dict.fromkeys(used)), {name: upstream[graph.input_handles[name]] for name in point.wrt}


def _at_kink(op: str, values: list[float], value: float) -> bool:
    record = OPERATIONS.get(op)
    if record is None:
        return False
    return any(kink.order < 2 and rule(floats, *values, value) == 0 for kink, rule in zip(record.kinks, cut_rules(op), strict=True))
