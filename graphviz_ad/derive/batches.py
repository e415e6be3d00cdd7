"""Many directions through one edge at once: the local derivative of an edge applied to a batch of cotangents or tangents.

A batch of ``count`` directions of a node of shape s is an array of shape (count, \\*s), or a :class:`Diagonal`: all unit
directions of a node at once, scaled. A sweep for a whole Jacobian starts with those, and stays with them through
elementwise operations; the first contraction then writes its matrix down instead of multiplying by an identity.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np  # noqa: TID253 - batches are arrays; loaded when a Jacobian of arrays is asked for

from ..primitives.array_record import size_of
from ..primitives.batching import lift, spread
from ..primitives.call import Call, Shape
from ..primitives.contractions import PATTERNS, Terms, terms_of
from ..primitives.explicit_joins import JOINS, place_of
from ..primitives.explicit_rearrangements import KEEPING, MOVES, Places, of_scatter, places
from ..primitives.kernels.arrays import contract
from ..primitives.registry import OPERATIONS
from .local_maps import SELECTION

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

    from ..primitives.types import Array, Numbers
    from .local_maps import LocalMap

    Batch: TypeAlias = "Array | Diagonal"


class Rough(Exception):
    """A slope on the way is not finite: which zeros are nothing at all can only be told direction by direction."""


class Diagonal:
    """One direction an entry: ``values`` has the node's shape, direction i is its entry i at place i."""

    __slots__ = ("values",)

    def __init__(self, values: Array) -> None:
        self.values = values

    def dense(self) -> NDArray[np.float64]:
        """The batch written out."""
        shape, count = np.shape(self.values), np.size(self.values)
        found = np.zeros((count, count))
        found.reshape(-1)[:: count + 1] = np.reshape(self.values, -1)
        return found.reshape(count, *shape)


def added(one: Batch, two: Batch) -> Batch:
    """The sum of two batches."""
    if isinstance(one, Diagonal) and isinstance(two, Diagonal):
        return Diagonal(one.values + two.values)
    return written(one) + written(two)


def written(batch: Batch) -> Array:
    """A batch as an array."""
    return batch.dense() if isinstance(batch, Diagonal) else batch


# ----------------------------------------------------------------------------------------------------------------- edges


def pull(edge: LocalMap | float, upstream: Batch) -> Batch:
    """A batch of cotangents of a node, back to one of its operands.

    Raises
    ------
    Rough
        An elementwise slope is not finite.
    """
    if isinstance(edge, float):
        return _scaled(upstream, edge)
    call, position = edge.call, edge.position
    if call.op in OPERATIONS:
        return _pull_elementwise(edge, upstream, call.shapes[position])
    if call.op in PATTERNS:
        terms = terms_of(call)
        return _contracted(call, edge.operands, position, upstream, terms.output, terms.inputs[position], terms.core)
    if call.op in KEEPING:
        return _reshaped(upstream, call.shapes[position])
    if call.op in MOVES:
        return _put(upstream, places(call, edge.operands[1:]), call.shapes[0])
    if call.op == "scatter":
        return _taken(upstream, places(of_scatter(call), edge.operands[1:]), call.shapes[0])
    if call.op in JOINS:
        part = written(upstream)[(slice(None), *place_of(call, position)[0])]
        return part.reshape(len(part), *call.shapes[position])
    return _by_rule(edge, written(upstream), backward=True)


def push(edge: LocalMap | float, tangent: Batch) -> Batch:
    """A batch of tangents of an operand, forward to the node.

    Raises
    ------
    Rough
        An elementwise slope is not finite.
    """
    if isinstance(edge, float):
        return _scaled(tangent, edge)
    call, position = edge.call, edge.position
    if call.op in OPERATIONS:
        return _push_elementwise(edge, tangent, call.shapes[position])
    if call.op in PATTERNS:
        terms = terms_of(call)
        return _contracted(call, edge.operands, position, tangent, terms.inputs[position], terms.output, None)
    if call.op in KEEPING:
        return _reshaped(tangent, call.shape)
    if call.op in MOVES:
        return _taken(tangent, places(call, edge.operands[1:]), call.shape)
    if call.op == "scatter":
        return _put(tangent, places(of_scatter(call), edge.operands[1:]), call.shape)
    if call.op in JOINS:
        (slot, brought), moved = place_of(call, position), written(tangent)
        found = np.zeros((len(moved), *call.shape))
        found[(slice(None), *slot)] = moved.reshape(len(moved), *brought)
        return found
    return _by_rule(edge, written(tangent), backward=False)


def join_tangents(shape: Shape, local: Sequence[LocalMap], edges: Sequence[tuple[int, int]], moved: Mapping[int, Batch]) -> Array | None:
    """Tangents of all operands of a join side by side; None where none moves."""
    found: Array | None = None
    for position, operand in edges:
        if operand in moved:
            tangent = written(moved[operand])
            if found is None:
                found = np.zeros((len(tangent), *shape))
            slot, brought = place_of(local[position].call, position)
            found[(slice(None), *slot)] = tangent.reshape(len(tangent), *brought)
    return found


# ----------------------------------------------------------------------------------------------------------- elementwise


def _scaled(batch: Batch, slope: float) -> Batch:
    if not math.isfinite(slope):
        raise Rough
    return Diagonal(batch.values * slope) if isinstance(batch, Diagonal) else batch * slope


def _slopes(edge: LocalMap) -> Numbers:
    """The derivatives entry by entry; of a selection, which entries it takes."""
    if edge.call.op == SELECTION:
        taken = np.asarray(edge.operands[0]).astype(bool)
        return taken if edge.position == 1 else ~taken
    return edge.slopes


def _times(edge: LocalMap, batch: Array, slopes: Numbers) -> Array:
    if edge.call.op == SELECTION:
        return np.where(slopes, batch, 0.0)
    if not np.isfinite(slopes).all():
        raise Rough
    return batch * slopes


def _along(edge: LocalMap, values: Array, slopes: Numbers) -> Array:
    """The entries of a diagonal times slopes: infinite ones are fine where they do not meet a 0."""
    if edge.call.op == SELECTION:
        return np.where(slopes, values, 0.0)
    amount = values * slopes
    if np.isnan(amount).any() and np.any(np.isnan(amount) & (np.broadcast_to(values, amount.shape) == 0)):
        raise Rough
    return amount


def _pull_elementwise(edge: LocalMap, upstream: Batch, target: Shape) -> Batch:
    slopes, shape = _slopes(edge), edge.call.shape
    if isinstance(upstream, Diagonal):
        found = Diagonal(np.broadcast_to(_along(edge, upstream.values, slopes), shape))
        return found if target == shape else _summed(found.dense(), shape, target)
    amount = _times(edge, upstream, slopes)
    if amount.shape[1:] != shape:
        amount = np.broadcast_to(amount, (len(upstream), *shape))
    return amount if target == shape else _summed(amount, shape, target)


def _push_elementwise(edge: LocalMap, tangent: Batch, mine: Shape) -> Batch:
    slopes, shape = _slopes(edge), edge.call.shape
    if isinstance(tangent, Diagonal):
        if mine == shape:
            return Diagonal(np.broadcast_to(_along(edge, tangent.values, slopes), shape))
        tangent = tangent.dense()
    fitted = tangent.reshape(len(tangent), *((1,) * (len(shape) - len(mine))), *mine)
    amount = _times(edge, fitted, slopes)
    return amount if amount.shape[1:] == shape else np.broadcast_to(amount, (len(tangent), *shape))


def _summed(batch: Array, shape: Shape, target: Shape) -> Array:
    """Summed over the axes along which an operand was broadcast."""
    extra = len(shape) - len(target)
    axes = tuple(range(1, extra + 1)) + tuple(
        extra + axis + 1 for axis, size in enumerate(target) if size == 1 and shape[extra + axis] != 1
    )
    return np.sum(batch, axis=axes, keepdims=True).reshape(len(batch), *target) if axes else batch


# ----------------------------------------------------------------------------------------------- contractions and moves


def _contracted(
    call: Call,
    operands: tuple[ArrayLike, ...],
    position: int,
    batch: Batch,
    have: tuple[int, ...],
    wanted: tuple[int, ...],
    core: Shape | None,
) -> Array:
    """A contraction with one factor in a batch: from the indices ``have`` to the indices ``wanted``, the batch in front.

    ``core`` is the shape by indices of what comes in, where it differs from the node's own.
    """
    terms = terms_of(call)
    factors = []
    for other, (value, indices) in enumerate(zip(operands, terms.inputs, strict=True)):
        if other != position:
            array = np.asarray(value)
            factors.append((array if array.dtype == float else array.astype(float), indices))
    shape = tuple(terms.sizes[index] for index in wanted)
    if isinstance(batch, Diagonal):
        values = np.asarray(batch.values, dtype=float)
        factors.insert(0, (values.reshape(core) if core is not None else values, have))
        whole = Terms(tuple(indices for _, indices in factors), have + wanted, terms.sizes)
        found = contract(whole, [array for array, _ in factors]).reshape(values.size, *shape)
    else:
        lead = max(terms.sizes, default=0) + 1
        factors.insert(0, (batch.reshape(len(batch), *core) if core is not None else batch, (lead, *have)))
        whole = Terms(tuple(indices for _, indices in factors), (lead, *wanted), {**terms.sizes, lead: len(batch)})
        found = contract(whole, [array for array, _ in factors])
    if terms.divisor != 1:
        found = found / terms.divisor
    target = call.shape if core is None else call.shapes[position]
    return found if found.shape[1:] == target else found.reshape(len(found), *target)


def _reshaped(batch: Batch, shape: Shape) -> Batch:
    if isinstance(batch, Diagonal):
        return Diagonal(np.reshape(batch.values, shape))
    return batch.reshape(len(batch), *shape)


def _taken(batch: Batch, found: Places, shape: Shape) -> Array:
    """Entries by their places; zeros where there is none."""
    flat = written(batch).reshape(-1, _width(batch))
    taken = flat[:, found.sources]
    if not found.full:
        taken[:, found.sources < 0] = 0.0
    return taken.reshape(len(flat), *shape)


def _put(batch: Batch, found: Places, shape: Shape) -> Array:
    """Entries put at their places, added up where several meet."""
    count = size_of(shape)
    sources = found.sources
    if isinstance(batch, Diagonal):
        whole = np.zeros((len(sources), count))
        rows = np.arange(len(sources))
        some = rows if found.full else rows[sources >= 0]
        whole[some, sources[some]] = np.reshape(batch.values, -1)[some]
        return whole.reshape(len(sources), *shape)
    flat = batch.reshape(len(batch), len(sources))
    if not found.full:
        inside = sources >= 0
        flat, sources = flat[:, inside], sources[inside]
    if found.distinct:
        whole = np.zeros((len(flat), count))
        whole[:, sources] = flat
    else:
        from scipy import sparse

        adding = sparse.csr_array((np.ones(len(sources)), (sources, np.arange(len(sources)))), shape=(count, len(sources)))
        whole = np.ascontiguousarray((adding @ flat.T).T)
    return whole.reshape(len(flat), *shape)


def _width(batch: Batch) -> int:
    return int(np.size(batch.values) if isinstance(batch, Diagonal) else size_of(batch.shape[1:]))


# -------------------------------------------------------------------------------------------------- explicit operations


def _by_rule(edge: LocalMap, batch: Array, backward: bool) -> Array:
    """Any other operation: its rule with a batch in front, else direction by direction, or through its written-out matrix."""
    call, position, count = edge.call, edge.position, len(batch)
    record = edge.record()
    rule = record.pullback if backward else record.pushforward
    raised = lift(call, position, count, record.batched) if record.batched and rule is not None and count else None
    mine = call.shapes[position]
    if raised is not None and rule is not None:
        whole = [
            spread(value, shape, count) if batched else value
            for value, shape, batched in zip(edge.operands, raised.shapes, raised.batched, strict=True)
        ]
        out = spread(edge.out, raised.out, count)
        moved = batch.reshape(count, *(raised.out if backward else raised.shapes[position]))
        found = np.asarray(rule(edge.k, raised.call, position, moved, tuple(whole), out))
        return found.reshape(count, *(mine if backward else call.shape))
    rows, columns = size_of(call.shape), size_of(mine)
    if min(rows, columns) < count:
        matrix = edge.dense().reshape(rows, columns)
        if backward:
            return (batch.reshape(count, rows) @ matrix).reshape(count, *mine)
        return (batch.reshape(count, columns) @ matrix.T).reshape(count, *call.shape)
    one: Callable[[Array | float], Any] = (lambda row: edge.pull(row)[0]) if backward else edge.push
    shape = mine if backward else call.shape
    members = [one(row if row.ndim else float(row)) for row in batch]
    return np.stack([np.asarray(member) for member in members]) if members else np.zeros((0, *shape))


__all__ = ["Diagonal", "Rough", "added", "pull", "push", "written"]
