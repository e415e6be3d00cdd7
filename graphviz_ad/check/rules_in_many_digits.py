"""The claim that is checked: the rules of this package, run backward in high precision.

In float64 a right rule can give a wrong number, because the formula cancels. Run to many digits, a right rule agrees
with the reference to many digits and a wrong one does not; so "rule wrong" and "digits lost" are told apart.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

from ..primitives.kernels import mpmath as kernels
from ..primitives.registry import OPERATIONS
from ..primitives.rules import partial_rule

if TYPE_CHECKING:
    from ..graph.structure import Graph

#: rules agree with the reference when they differ by less than this part of their scale
RULE_AGREEMENT = 1e-20


class Slip(NamedTuple):
    """A slip to be put into the gradient by one input, in float64 and in many digits; arrays keep their shape."""

    wrt: str
    change: Callable[[Any], Any]


class Edge(NamedTuple):
    """One use of an operand that a derivative flows through, with the arguments of the operation and the slope that the rule gives."""

    handle: int
    position: int
    operand: int
    arguments: list[Any]
    slope: Any


def _edges(graph: Graph, values: Sequence[Any], flows: Sequence[bool], handle: int, k: kernels.Arithmetic, mp: Any) -> Iterator[Edge]:
    """The edges into a node, by the package's own rules in the arithmetic ``k`` of ``mp``."""
    op, operands = graph.ops[handle], graph.operands[handle]
    arguments = [values[operand] for operand in operands]
    for position, operand in enumerate(operands):
        if not flows[operand] or OPERATIONS[op].partials[position] is None:
            continue
        rule = partial_rule(op, position)
        assert rule is not None
        yield Edge(handle, position, operand, arguments, mp.mpf(rule(k, *arguments, values[handle])))


def exact_gradient(graph: Graph, values: Sequence[Any], flows: Sequence[bool], mp: Any) -> tuple[list[Any], list[Any]]:
    """Cotangents of every node from the package's own rules at the precision of ``mp``, and their scales.

    The scale of a cotangent is the sum of the absolute values of everything that is added up in it.
    """
    k, zero = kernels.Arithmetic(mp), mp.mpf(0)
    cotangents: list[Any] = [None] * len(graph.ops)
    scales: list[Any] = [zero] * len(graph.ops)
    output = graph.outputs[-1]
    cotangents[output] = scales[output] = mp.mpf(1)
    for handle in range(output, -1, -1):
        upstream = cotangents[handle]
        if upstream is None or not flows[handle] or not graph.operands[handle]:
            continue
        for _, _, operand, _, slope in _edges(graph, values, flows, handle, k, mp):
            if graph.ops[handle] == "where" and slope == 0:
                continue
            amount = upstream * slope
            cotangents[operand] = amount if cotangents[operand] is None else cotangents[operand] + amount
            scales[operand] = scales[operand] + scales[handle] * abs(slope)
    return cotangents, scales


def wrong_rules(graph: Graph, values: Sequence[Any], flows: Sequence[bool], mp: Any) -> list[tuple[int, int]]:
    """Every edge whose rule disagrees with the difference of its own operation, checked alone: (node, position)."""
    k = kernels.Arithmetic(mp)
    wrong = []
    for handle, op in enumerate(graph.ops):
        if not flows[handle] or not graph.operands[handle] or values[handle] is None:
            continue
        function = getattr(kernels, op)
        for _, position, _, arguments, claimed in _edges(graph, values, flows, handle, k, mp):
            x = arguments[position]
            h = (abs(x) or 1) * mp.mpf(10) ** -(mp.dps // 3)
            up, down = list(arguments), list(arguments)
            up[position], down[position] = x + h, x - h
            measured = (function(mp, *up) - function(mp, *down)) / (2 * h)
            if mp.isfinite(measured) and abs(measured - claimed) > mp.mpf(10) ** -(mp.dps // 4) * (abs(measured) + abs(claimed)):
                wrong.append((handle, position))
    return wrong
