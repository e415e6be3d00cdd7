"""Shapes, node by node: one pass over a graph, and errors that name operands, their shapes and the place in the text."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from operator import index
from typing import TYPE_CHECKING, Any

from ..errors import ShapeError
from ..limits import require
from ..primitives.array_record import Misfit, broadcast, size_of
from ..primitives.call import Call, Shape
from ..primitives.registry import OPERATIONS

if TYPE_CHECKING:
    from .structure import Graph

#: fewer entries than this are not held against the limit
_SMALL = 100_000


def read_shape(name: str, given: Any) -> Shape:
    """A shape as people write it: a tuple or list of whole numbers from 0, or one number for a vector.

    Raises
    ------
    ShapeError
        It is none.

    >>> read_shape("x", 3), read_shape("W", [2, 3])
    ((3,), (2, 3))
    """
    try:
        shape = tuple([index(one) for one in (given if isinstance(given, (tuple, list)) else (given,))])
    except TypeError:
        shape = (-1,)
    if any(one < 0 for one in shape):
        told = repr(given) if len(repr(given)) <= 60 else type(given).__name__
        raise ShapeError(f"{name}: {told} is no shape", hint=f"a shape is whole numbers from 0, such as {name}=(3, 2), and () for a scalar")
    return shape


def infer(graph: Graph, inputs: Mapping[int, Shape], values: Sequence[Any] | None = None) -> list[Shape]:
    """The shape of every node from the shapes of the inputs (by handle; a missing one is a scalar).

    ``values`` helps where a shape depends on numbers: indexing by truth values.

    Raises
    ------
    ShapeError
        Operands do not fit.
    LimitError
        An array would have more entries than ``GRADVIZ_MAX_ENTRIES``.
    """
    shapes: list[Shape] = [()] * len(graph.ops)
    for handle, op in enumerate(graph.ops):
        if op == "input":
            shapes[handle] = inputs.get(handle, ())
        elif op != "constant":
            shapes[handle] = node_shape(graph, handle, shapes, values)
    return shapes


def shapes_or_scalars(graph: Graph, then: str) -> tuple[Shape, ...]:
    """The shapes of a graph; without any, all inputs are taken as scalars. ``then`` is what was asked of the graph.

    Raises
    ------
    ShapeError
        That cannot be, as in a matrix product: the hint names :meth:`Graph.shaped`.
    """
    if graph.shapes is not None:
        return graph.shapes
    try:
        found = graph.shaped().shapes
    except ShapeError as error:
        first = next(iter(graph.inputs), "x")
        hint = f"give the inputs shapes first: graph.shaped({first}=(…), …){then}"
        raise ShapeError(error.message, error.text, error.start, error.end, hint, error.source) from None
    assert found is not None
    return found


def call_of(graph: Graph, handle: int, shapes: Sequence[Shape], values: Sequence[Any] | None = None) -> Call:
    """A node of an array operation as a call; its shape is filled in where ``shapes`` has it already."""
    operands = graph.operands[handle]
    params: Any = graph.params[handle]
    constants = {} if values is None else {p: values[k] for p, k in enumerate(operands) if p and values[k] is not None}
    return Call(graph.ops[handle], dict(params), tuple([shapes[k] for k in operands]), shapes[handle], constants)


def node_shape(graph: Graph, handle: int, shapes: Sequence[Shape], values: Sequence[Any] | None = None) -> Shape:
    """The shape of one node from those of its operands."""
    op = graph.ops[handle]
    operands = [shapes[k] for k in graph.operands[handle]]
    if op in OPERATIONS and not any(operands):
        return ()
    try:
        if op in OPERATIONS:
            shape = broadcast(operands)
        else:
            from ..primitives.arrays import ARRAY_OPERATIONS

            if values is None and op == "index" and any(_is_mask(graph, k) for k in graph.operands[handle][1:]):
                raise Misfit("by truth values has a shape that depends on them; give values with graph.at(…)")
            shape = ARRAY_OPERATIONS[op].shape(call_of(graph, handle, shapes, values))
    except Misfit as misfit:
        raise misfit_error(graph, handle, shapes, misfit) from None
    size = size_of(shape)
    if size > _SMALL:
        require("GRADVIZ_MAX_ENTRIES", size, f"entries of {graph.labels[handle]} of shape {shape}")
    return shape


def _is_mask(graph: Graph, handle: int) -> bool:
    """Whether a node is a condition."""
    record = OPERATIONS.get(graph.ops[handle])
    return record is not None and record.boolean


def misfit_error(graph: Graph, handle: int, shapes: Sequence[Shape], misfit: Exception) -> ShapeError:
    """The error for operands that do not fit: ``matmul needs (i, j) @ (j, k): W is (3, 2), x is (3,)``."""
    told = dict.fromkeys(f"{graph.labels[k]} is {shapes[k] or 'a scalar'}" for k in graph.operands[handle])
    who = f": {', '.join(list(told)[:8])}" if told else ""
    spans = graph.spans[handle]
    start = spans[0].mark if spans else None
    end = None if start is None else start + 1
    hint = _hint(graph, handle, shapes)
    return ShapeError(f"{graph.ops[handle]} {misfit}{who}", graph.text, start, end, hint, graph.source)


def _hint(graph: Graph, handle: int, shapes: Sequence[Shape]) -> str:
    """What probably was meant."""
    op, operands = graph.ops[handle], graph.operands[handle]
    if op == "matmul":
        a, b = (shapes[k] for k in operands)
        one, two = (graph.labels[k] for k in operands)
        if len(a) == 2 and b and a[0] == (b[-2] if len(b) > 1 else b[0]):
            return f"{one}.T @ {two} would fit"
        if len(b) == 2 and a and a[-1] == b[1]:
            return f"{one} @ {two}.T would fit"
    if op == "index" and not shapes[operands[0]]:
        name = graph.labels[operands[0]]
        return f"a scalar has no entries; write {name} alone, or give {name} a list"
    return ""
