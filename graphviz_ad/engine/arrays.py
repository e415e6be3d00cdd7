"""Running a graph forward on arrays: NumPy arrays of floats or of high-precision numbers.

Scalars among arrays are plain numbers here too, computed by the same functions as in :mod:`~graphviz_ad.engine.scalars`, so that
both ways to run give the same results.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np  # noqa: TID253 - arrays are what this module is for, and only they load it

from ..errors import ShapeError
from ..graph.shapes import misfit_error, node_shape
from ..primitives.array_record import Misfit
from ..primitives.call import Call, Shape
from ..primitives.kernels import python as scalars
from ..primitives.kernels.arrays import Arrays, compute, plain, value
from ..primitives.registry import OPERATIONS

if TYPE_CHECKING:
    from ..graph.parts import Literal
    from ..graph.structure import Graph
    from ..primitives.types import Numbers

FLOATS = Arrays()


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
    return graph.once(_calls)


def _calls(graph: Graph) -> tuple[Call | None, ...]:
    shapes = graph.shapes
    assert shapes is not None
    calls: list[Call | None] = []
    for handle, op in enumerate(graph.ops):
        params: Any = graph.params[handle]
        operands = tuple([shapes[operand] for operand in graph.operands[handle]])
        calls.append(None if op in ("input", "constant") else Call(op, dict(params) if params else {}, operands, shapes[handle]))
    return tuple(calls)


def settled(graph: Graph, values: Sequence[Any]) -> bool:
    """Whether all shapes follow from those of the inputs: nothing is indexed by truth values."""
    for handle, op in enumerate(graph.ops):
        if op == "index":
            for one in graph.operands[handle][1:]:
                if np.asarray(values[one]).dtype.kind not in "iuf":
                    return False
    return True


def node_value(graph: Graph, handle: int, values: Sequence[Any], shapes: Sequence[Shape], k: Arrays = FLOATS) -> Numbers:
    """The value of one node from those of its operands: a plain number for a scalar, else an array."""
    op = graph.ops[handle]
    operands = [values[one] for one in graph.operands[handle]]
    if op in OPERATIONS and not shapes[handle] and k is FLOATS:
        return getattr(scalars, op)(*operands)
    try:
        return value(k, op, graph.params[handle], operands, shapes[handle])
    except (Misfit, IndexError) as error:
        raise misfit_error(graph, handle, shapes, error) from None


def zeros(shape: Shape) -> Numbers:
    """Nothing, in a shape: 0.0 for a scalar."""
    return np.zeros(shape) if shape else 0.0


def frozen(table: list[Any]) -> list[Any]:
    """A table of a point, whose arrays nobody can write into any more: what is handed out is what was computed."""
    for one in table:
        for array in one if isinstance(one, tuple) else (one,):
            if isinstance(array, np.ndarray):
                array.setflags(write=False)
    return table


def fitted(name: str, given: Numbers, shape: Shape) -> Numbers:
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
