"""Derivatives of a graph of scalars: partials per edge, cotangents backward, tangents forward, contributions.

Plain Python floats, no recursion, one pass each. These functions read a graph's columns and return tables (lists
with one entry a node) beside it; they never write into it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from ..primitives.rules import float_linearization

if TYPE_CHECKING:
    from ..graph.structure import Graph

Partials = tuple[float | None, ...]

#: The operation whose branches not taken receive no cotangent at all: 0 times an infinite slope must not become NaN.
SELECTION = "where"


def linearize(graph: Graph, values: Sequence[Any], active: Sequence[bool]) -> list[Partials]:
    """Per node its local derivatives; None for an operand through which no derivative flows (its rule is not run)."""
    table: list[Partials] = [()] * len(graph.ops)
    rules: dict[tuple[Any, ...], Callable[..., Partials]] = {}
    for handle, (op, taken) in enumerate(zip(graph.ops, graph.operands, strict=True)):
        if not taken:
            continue
        if not active[handle]:
            table[handle] = (None,) * len(taken)
            continue
        key: tuple[Any, ...]
        if len(taken) == 2:
            left, right = taken
            key = (op, active[left], active[right])
        else:
            key = (op, *[active[operand] for operand in taken])
        rule = rules.get(key)
        if rule is None:
            rule = rules[key] = float_linearization(op, key[1:])
        if len(taken) == 2:
            table[handle] = rule(values[left], values[right], values[handle])
        else:
            table[handle] = rule(*[values[operand] for operand in taken], values[handle])
    return table


def pull_back(graph: Graph, partials: Sequence[Partials], seeds: Mapping[int, float]) -> list[float | None]:
    """Cotangents per node, from cotangent seeds.

    A cotangent is the sum of the contributions of all outgoing edges and the seed; None where nothing arrives.
    """
    cotangents: list[float | None] = [None] * len(graph.ops)
    for handle, seed in seeds.items():
        cotangents[handle] = seed
    operands, ops = graph.operands, graph.ops
    for handle in range(len(ops) - 1, -1, -1):
        upstream = cotangents[handle]
        if upstream is None:
            continue
        if ops[handle] == SELECTION:
            local: Partials = tuple([None if slope == 0.0 else slope for slope in partials[handle]])
        else:
            local = partials[handle]
        for slope, operand in zip(local, operands[handle], strict=False):  # an input has neither
            if slope is not None:
                before = cotangents[operand]
                cotangents[operand] = upstream * slope if before is None else before + upstream * slope
    return cotangents


def contributions(graph: Graph, partials: Sequence[Partials], cotangents: Sequence[float | None]) -> list[Partials]:
    """Per edge upstream × local, by node and operand; None where nothing flows."""
    table: list[Partials] = [()] * len(graph.ops)
    for handle, (upstream, local) in enumerate(zip(cotangents, partials, strict=True)):
        if local:
            selecting = graph.ops[handle] == SELECTION
            table[handle] = tuple(
                [None if upstream is None or slope is None or (selecting and slope == 0.0) else upstream * slope for slope in local]
            )
    return table


def push_forward(graph: Graph, partials: Sequence[Partials], tangents: Mapping[int, float]) -> list[float]:
    """Tangents per node from tangents of the inputs; 0.0 where nothing moves."""
    moved: list[float | None] = [None] * len(graph.ops)
    for handle, tangent in tangents.items():
        moved[handle] = tangent
    for handle, local in enumerate(partials):
        if not local:
            continue
        selecting = graph.ops[handle] == SELECTION
        total: float | None = None
        for slope, operand in zip(local, graph.operands[handle], strict=True):
            tangent_in = moved[operand]
            if slope is None or tangent_in is None or (selecting and slope == 0.0):
                continue  # nothing moves: 0, however steep the slope
            amount = slope * tangent_in
            total = amount if total is None else total + amount
        moved[handle] = total
    return [0.0 if one is None else one for one in moved]
