"""One call for many directions: an explicit operation with a batch axis put in front of what it works on.

The rules of the explicit operations are written for one upstream or tangent. Where an operation takes its axes as an
argument, or lets matrices stand in front of each other anyway, the same rule carries a whole batch in one call.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from .array_record import size_of
from .call import Call, Shape

if TYPE_CHECKING:
    from .types import Array, Value


class Lift(NamedTuple):
    """A call with a batch in front. ``shapes`` and ``out`` are those of one member; ``batched`` tells which operands carry it."""

    call: Call
    shapes: tuple[Shape, ...]
    out: Shape
    batched: tuple[bool, ...]


def lift(call: Call, position: int, count: int, how: str) -> Lift | None:
    """The call for ``count`` directions at once; None where the operation cannot carry them.

    ``how`` is the record's ``batched``: "axis" for operations along axes, "front" for those that let batches stand in front,
    "first" for those that do so for their first operand only.

    >>> lift(Call("max", {"axis": 1, "keepdims": False}, ((2, 3),), (2,)), 0, 5, "axis").call.shapes
    ((5, 2, 3),)
    """
    if how == "axis":
        return _along_axes(call, count)
    if how == "front":
        return _in_front(call, count)
    if how == "first" and position == 0:
        batched = (True,) + (False,) * (len(call.shapes) - 1)
        shapes = ((count, *call.shapes[0]), *call.shapes[1:])
        return Lift(call._replace(shapes=shapes, shape=(count, *call.shape)), call.shapes, call.shape, batched)
    return None


def _along_axes(call: Call, count: int) -> Lift:
    shape, axis = call.shapes[0], call.params["axis"]
    params = dict(call.params)
    if axis is None and "keepdims" in params:
        params["axis"] = tuple(range(1, len(shape) + 1))
    elif axis is None:  # along all entries in a row
        shape, params["axis"] = (size_of(shape),), -1
    elif isinstance(axis, tuple):
        params["axis"] = tuple(one + 1 if one >= 0 else one for one in axis)
    else:
        params["axis"] = axis + 1 if axis >= 0 else axis
    return Lift(Call(call.op, params, ((count, *shape),), (count, *call.shape)), (shape,), call.shape, (True,))


def _in_front(call: Call, count: int) -> Lift:
    shapes, out = call.shapes, call.shape
    if call.op == "solve":  # a vector is a matrix of one column, a single matrix a batch of one
        a, b = shapes
        if len(b) == 1:
            b, out = (*b, 1), (*out, 1)
        width = max(len(a), len(b))
        shapes = ((1,) * (width - len(a)) + a, (1,) * (width - len(b)) + b)
    full = tuple((count, *shape) for shape in shapes)
    return Lift(Call(call.op, call.params, full, (count, *out)), shapes, out, (True,) * len(shapes))


def spread(value: Value, shape: Shape, count: int) -> Array:
    """The same array for every member of a batch, without copies."""
    import numpy as np

    return np.broadcast_to(np.reshape(np.asarray(value), shape), (count, *shape))
