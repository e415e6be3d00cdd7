"""Running a graph on arrays: the same sweeps as the tape, over NumPy arrays of floats or of high-precision numbers.

Scalars among arrays are plain numbers here too, computed by the same functions as on the tape, so that both ways to run
give the same results.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np  # noqa: TID253 - arrays are what this module is for, and only they load it

from ..errors import ShapeError
from ..graph.shapes import misfit_error, node_shape
from ..primitives.array_record import Call, Misfit, Shape
from ..primitives.arrays import ARRAY_OPERATIONS
from ..primitives.kernels import python as scalars
from ..primitives.kernels.arrays import Arrays, compute, plain, value
from ..primitives.registry import OPERATIONS
from ..primitives.rules import float_partials
from .local_maps import SELECTION, LocalMap

if TYPE_CHECKING:
    from ..graph.builder import Literal
    from ..graph.structure import Graph

FLOATS = Arrays()

Table = list[tuple[Any, ...]]


def evaluate(
    graph: Graph,
    inputs: Mapping[int, Any],
    k: Arrays = FLOATS,
    constant: Callable[[Literal], Any] | None = None,
) -> tuple[list[Any], list[Shape]]:
    """The value and the shape of every node.

    Raises
    ------
    ShapeError
        Operands do not fit; they are named with their shapes.
    """
    values: list[Any] = [None] * len(graph.ops)
    shapes: list[Shape] = [()] * len(graph.ops)
    with np.errstate(all="ignore"):
        for handle, op in enumerate(graph.ops):
            if op == "input":
                values[handle] = inputs[handle]
                shapes[handle] = np.shape(inputs[handle])
            elif op == "constant":
                literal = graph.params[handle]
                values[handle] = literal.value if constant is None else constant(literal)  # type: ignore[attr-defined, arg-type]
            else:
                shapes[handle] = node_shape(graph, handle, shapes, values)
                values[handle] = node_value(graph, handle, values, shapes, k)
    return values, shapes


def evaluate_shaped(graph: Graph, inputs: Mapping[int, Any]) -> list[Any]:
    """The values of a graph whose shapes are known and depend on no number: the second time and every time after it."""
    values: list[Any] = [None] * len(graph.ops)
    calls = calls_of(graph)
    with np.errstate(all="ignore"):
        for handle, op in enumerate(graph.ops):
            call = calls[handle]
            if call is None:
                values[handle] = inputs[handle] if op == "input" else graph.params[handle].value  # type: ignore[attr-defined]
                continue
            operands = [values[one] for one in graph.operands[handle]]
            try:
                if op not in OPERATIONS:
                    values[handle] = plain(FLOATS, compute(FLOATS, call, operands))
                elif call.shape:
                    values[handle] = value(FLOATS, op, (), operands, call.shape)
                else:
                    values[handle] = getattr(scalars, op)(*operands)
            except (Misfit, IndexError) as error:
                raise misfit_error(graph, handle, graph.shapes or (), error) from None
    return values


def calls_of(graph: Graph) -> tuple[Call | None, ...]:
    """Every node of a graph with shapes as a call; None for inputs and constants. The graph keeps them."""
    found = graph._cache.get("calls")
    if found is None:
        shapes = graph.shapes
        assert shapes is not None
        made: list[Call | None] = []
        for handle, op in enumerate(graph.ops):
            params: Any = graph.params[handle]
            operands = tuple([shapes[one] for one in graph.operands[handle]])
            made.append(None if op in ("input", "constant") else Call(op, dict(params) if params else {}, operands, shapes[handle]))
        found = graph._cache["calls"] = tuple(made)
    return found


def settled(graph: Graph, values: Sequence[Any]) -> bool:
    """Whether all shapes follow from those of the inputs: nothing is indexed by truth values."""
    for handle, op in enumerate(graph.ops):
        if op == "index":
            for one in graph.operands[handle][1:]:
                if np.asarray(values[one]).dtype.kind not in "iuf":
                    return False
    return True


def node_value(graph: Graph, handle: int, values: Sequence[Any], shapes: Sequence[Shape], k: Arrays = FLOATS) -> Any:
    """The value of one node from those of its operands: a plain number for a scalar, else an array."""
    op = graph.ops[handle]
    operands = [values[one] for one in graph.operands[handle]]
    if op in OPERATIONS and not shapes[handle] and k is FLOATS:
        return getattr(scalars, op)(*operands)
    try:
        return value(k, op, graph.params[handle], operands, shapes[handle])
    except (Misfit, IndexError) as error:
        raise misfit_error(graph, handle, shapes, error) from None


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
    calls = graph._cache.get("calls") if graph.shapes is not None and graph.shapes == tuple(shapes) else None
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
            row: list[Any] = []
            for one, operand in zip(local, graph.operands[handle], strict=True):
                mask: Any = None
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
            total: Any = None
            selecting = graph.ops[handle] == SELECTION
            for one, operand in zip(local, graph.operands[handle], strict=False):
                if one is None or moved[operand] is None or (selecting and isinstance(one, float) and one == 0.0):
                    continue
                amount = one.push(moved[operand]) if isinstance(one, LocalMap) else one * moved[operand]
                total = amount if total is None else total + amount
            if total is not None:
                moved[handle] = total
    return [zeros(shape) if one is None else one for one, shape in zip(moved, shapes, strict=True)]


def zeros(shape: Shape) -> Any:
    """Nothing, in a shape: 0.0 for a scalar."""
    return np.zeros(shape) if shape else 0.0


def frozen(table: list[Any]) -> list[Any]:
    """A table of a point, whose arrays nobody can write into any more: what is handed out is what was computed."""
    for one in table:
        for array in one if isinstance(one, tuple) else (one,):
            if isinstance(array, np.ndarray):
                array.setflags(write=False)
    return table


def fitted(name: str, given: Any, shape: Shape) -> Any:
    """A seed or tangent for something of ``shape``: of that very shape, or a number for all entries alike.

    Raises
    ------
    ShapeError
        It has another shape.
    """
    found = np.shape(given)
    if found == shape:
        return given
    if found == ():
        return np.full(shape, given)
    raise ShapeError(f"{name} has shape {found}; {shape} is needed")
