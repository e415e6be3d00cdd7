"""Derivatives of a graph with arrays: the same sweeps as the tape's, over NumPy arrays of floats or of high-precision numbers."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np  # noqa: TID253 - arrays are what this module is for, and only they load it

from ..engine.arrays import FLOATS, calls_of, zeros
from ..primitives.arrays import ARRAY_OPERATIONS
from ..primitives.call import Call, Shape
from ..primitives.kernels.arrays import Arrays
from ..primitives.registry import OPERATIONS
from ..primitives.rules import float_partials
from .local_maps import SELECTION, LocalMap

if TYPE_CHECKING:
    from ..graph.structure import Graph
    from ..primitives.types import Numbers
    from .local_maps import Reached

Table = list[tuple[Any, ...]]


def linearize(
    graph: Graph,
    values: Sequence[Any],
    shapes: Sequence[Shape],
    active: Sequence[bool],
    k: Arrays = FLOATS,
    nodes: Iterable[int] | None = None,
) -> Table:
    """Per node its local derivatives: a float between scalars, a :class:`LocalMap` where arrays are met, None where none flows."""
    table: Table = [()] * len(graph.ops)
    calls = calls_of(graph) if graph.shapes is not None and graph.shapes == tuple(shapes) else None
    with np.errstate(all="ignore"):
        for handle in range(len(graph.ops)) if nodes is None else nodes:
            taken = graph.operands[handle]
            if not taken:
                continue
            if not active[handle]:
                table[handle] = (None,) * len(taken)
                continue
            op = graph.ops[handle]
            operands = tuple([values[one] for one in taken])
            known = op in OPERATIONS
            if known and not shapes[handle] and k is FLOATS:
                rules = float_partials(op)
                table[handle] = tuple(
                    [
                        float(r(*operands, values[handle])) if r is not None and active[o] else None
                        for r, o in zip(rules, taken, strict=True)
                    ]
                )
                continue
            call = None if calls is None else calls[handle]
            if call is None:
                params: Any = graph.params[handle]
                call = Call(op, dict(params) if params else {}, tuple([shapes[one] for one in taken]), shapes[handle])
            row = []
            for position, one in enumerate(taken):
                flows = active[one] and (
                    OPERATIONS[op].partials[position] is not None if known else ARRAY_OPERATIONS[op].differentiable(position)
                )
                row.append(LocalMap(k, call, position, operands, values[handle]) if flows else None)
            table[handle] = tuple(row)
    return table


def pull_back(
    graph: Graph, table: Table, seeds: Mapping[int, Any], contributions: bool = True, marks: Mapping[int, Any] | None = None
) -> tuple[list[Any], Table]:
    """Cotangents per node and contributions per edge, from cotangent seeds; None where nothing arrives.

    ``marks`` tells which entries of a seed count: the others are nothing at all, and no steep slope makes something of them.
    """
    cotangents: list[Any] = [None] * len(graph.ops)
    reached: dict[int, Any] = dict(marks or {})  # of nodes that only a part of arrives at: which entries
    kept: Table = [()] * len(graph.ops)
    for handle, seed in seeds.items():
        cotangents[handle] = seed
    with np.errstate(all="ignore"):
        for handle in range(len(graph.ops) - 1, -1, -1):
            local = table[handle]
            if not local:
                continue
            upstream = cotangents[handle]
            if upstream is None:
                kept[handle] = (None,) * len(local)
                continue
            selecting = graph.ops[handle] == SELECTION
            row: list[Numbers | None] = []
            for one, operand in zip(local, graph.operands[handle], strict=True):
                mask: Reached = None
                if one is None or (selecting and isinstance(one, float) and one == 0.0):
                    row.append(None)
                    continue
                if isinstance(one, LocalMap):
                    amount, mask = one.pull(upstream, reached.get(handle))
                else:
                    amount = upstream * one
                row.append(amount)
                before = cotangents[operand]
                if before is None:
                    cotangents[operand] = amount
                    if mask is not None:
                        reached[operand] = mask
                else:
                    cotangents[operand] = before + amount
                    if operand in reached:
                        if mask is None:
                            del reached[operand]
                        else:
                            reached[operand] = reached[operand] | mask
            if contributions:
                kept[handle] = tuple(row)
            elif graph.ops[handle] != "input" and handle not in seeds:
                cotangents[handle] = None  # not needed any more: memory stays small
    return cotangents, kept


def push_forward(graph: Graph, table: Table, tangents: Mapping[int, Any], shapes: Sequence[Shape]) -> list[Any]:
    """Tangents per node from tangents of the inputs; 0 where nothing moves."""
    moved: list[Any] = [None] * len(graph.ops)
    for handle, tangent in tangents.items():
        moved[handle] = tangent
    with np.errstate(all="ignore"):
        for handle, local in enumerate(table):
            total: Numbers | None = None
            selecting = graph.ops[handle] == SELECTION
            for one, operand in zip(local, graph.operands[handle], strict=False):
                if one is None or moved[operand] is None or (selecting and isinstance(one, float) and one == 0.0):
                    continue
                amount = one.push(moved[operand]) if isinstance(one, LocalMap) else one * moved[operand]
                total = amount if total is None else total + amount
            if total is not None:
                moved[handle] = total
    return [zeros(shape) if one is None else one for one, shape in zip(moved, shapes, strict=True)]
