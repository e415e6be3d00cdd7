"""Sweeps for many directions at once, along the nodes that lie between an input and an output."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, NamedTuple

import numpy as np  # noqa: TID253 - see batches

from ..limits import limit
from ..primitives.array_record import size_of
from ..primitives.call import Shape
from ..primitives.explicit_joins import JOINS
from . import array_tape
from .batches import Diagonal, Rough, added, join_tangents, pull, push, written
from .local_maps import SELECTION

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from ..graph.structure import Graph
    from ..primitives.types import Array, Numbers
    from .batches import Batch
    from .tables import Tables


class Path(NamedTuple):
    """What lies between an input and an output: per node (operands first) the positions and operands that lead back to the input.

    ``widest`` is the largest number of entries of a node on it, ``entries`` the sum over its edges: what one sweep touches.
    ``last`` has of every operand the last node that reads it.
    """

    handle: int
    output: int
    steps: tuple[tuple[int, tuple[tuple[int, int], ...]], ...]
    widest: int
    entries: int
    last: dict[int, int]


#: paths that a graph keeps
_MOST_PATHS = 1024


def path(point: Tables, output: int, handle: int) -> Path:
    """The way from an input to an output; kept by the graph, since it depends on shapes alone."""
    return point.graph.once(Paths).of(point, output, handle)


class Paths:
    """The paths of a graph with shapes; the graph keeps it (:meth:`Graph.once`), since they depend on shapes alone."""

    def __init__(self, graph: Graph) -> None:
        self._kept: dict[tuple[int, int, frozenset[int]], Path] = {}

    def of(self, point: Tables, output: int, handle: int) -> Path:
        """The way from an input to an output."""
        key = (output, handle, frozenset(point.active))
        if key not in self._kept:
            if len(self._kept) >= _MOST_PATHS:
                self._kept.clear()
            self._kept[key] = _path(point, output, handle)
        return self._kept[key]


def _path(point: Tables, output: int, handle: int) -> Path:
    graph, partials = point.graph, point.partials
    needed = graph.of_handle(output).needed
    reached = [False] * len(graph.ops)
    reached[handle] = True
    steps = []
    last: dict[int, int] = {}
    widest, entries = size_of(point.shape_of(handle)), 0
    for node, operands in enumerate(graph.operands):
        if not needed[node] or not operands or node == handle:
            continue
        local = partials[node]
        edges = tuple([(p, k) for p, k in enumerate(operands) if reached[k] and local[p] is not None])
        if edges:
            reached[node] = True
            steps.append((node, edges))
            last.update((k, node) for _, k in edges)
            size = size_of(point.shape_of(node))
            widest = max(widest, size)
            entries += sum(max(size, size_of(point.shape_of(k))) for _, k in edges)
    return Path(handle, output, tuple(steps), widest, entries, last)


def blocks(count: int, widest: int) -> Iterator[tuple[int, int]]:
    """Parts of a batch such that no node's part has more entries than ``GRADVIZ_BATCH_ENTRIES``.

    >>> list(blocks(10, 1_000_000))
    [(0, 4), (4, 8), (8, 10)]
    """
    step = max(1, limit("GRADVIZ_BATCH_ENTRIES") // max(widest, 1))
    for start in range(0, count, step):
        yield start, min(start + step, count)


def unit_batch(shape: Shape, start: int, stop: int) -> Batch:
    """Unit directions of the entries from ``start`` to ``stop``."""
    count = size_of(shape)
    if start == 0 and stop == count:
        return Diagonal(np.ones(shape))
    found = np.zeros((stop - start, count))
    found[np.arange(stop - start), np.arange(start, stop)] = 1.0
    return found.reshape(stop - start, *shape)


def pull_batch(point: Tables, way: Path, seeds: Batch) -> Array | None:
    """A batch of cotangents of the output back to the input: an array with the batch in front, None where nothing arrives.

    Raises
    ------
    Rough
        A slope on the way is not finite.
    """
    arrived: dict[int, Batch] = {way.output: seeds}
    ops, partials = point.graph.ops, point.partials
    with np.errstate(all="ignore"):
        for node, edges in reversed(way.steps):
            upstream = arrived.pop(node, None)
            if upstream is None:
                continue
            local, selecting = partials[node], ops[node] == SELECTION
            for position, operand in edges:
                edge = local[position]
                if selecting and isinstance(edge, float) and edge == 0.0:
                    continue
                amount = pull(edge, upstream)
                before = arrived.get(operand)
                arrived[operand] = amount if before is None else added(before, amount)
    found = arrived.get(way.handle)
    return None if found is None else written(found)


def push_batch(point: Tables, way: Path, tangents: Batch) -> Array | None:
    """A batch of tangents of the input forward to the output; None where nothing moves.

    Raises
    ------
    Rough
        A slope on the way is not finite.
    """
    last = way.last
    moved: dict[int, Batch] = {way.handle: tangents}
    ops, partials = point.graph.ops, point.partials
    with np.errstate(all="ignore"):
        for node, edges in way.steps:
            local, selecting = partials[node], ops[node] == SELECTION
            total: Batch | None = None
            if ops[node] in JOINS:
                total = join_tangents(point.shape_of(node), local, edges, moved)
                edges_left: tuple[tuple[int, int], ...] = ()
            else:
                edges_left = edges
            for position, operand in edges_left:
                edge, tangent = local[position], moved.get(operand)
                if tangent is not None and not (selecting and isinstance(edge, float) and edge == 0.0):
                    amount = push(edge, tangent)
                    total = amount if total is None else added(total, amount)
            for _, operand in edges:
                if last[operand] == node:
                    moved.pop(operand, None)  # nobody reads it any more
            if total is not None:
                moved[node] = total
    found = moved.get(way.output)
    return None if found is None else written(found)


def by_rows(point: Tables, output: int, handle: int) -> NDArray[np.float64]:
    """A backward sweep for every entry of the output, as many at once as fit into memory."""
    shape, columns = point.shape_of(output), size_of(point.shape_of(handle))
    way = path(point, output, handle)
    found = np.zeros((size_of(shape), columns))
    for start, stop in blocks(len(found), way.widest):
        try:
            part = pull_batch(point, way, unit_batch(shape, start, stop))
            if part is not None:
                found[start:stop] = part.reshape(stop - start, columns)
        except Rough:
            for row in range(start, stop):
                found[row] = pull_alone(point, way, written(unit_batch(shape, row, row + 1))[0])
    return found


def by_columns(point: Tables, output: int, handle: int) -> NDArray[np.float64]:
    """A forward sweep for every entry of the input, as many at once as fit into memory."""
    shape, rows = point.shape_of(handle), size_of(point.shape_of(output))
    way = path(point, output, handle)
    found = np.zeros((rows, size_of(shape)))
    for start, stop in blocks(found.shape[1], way.widest):
        try:
            part = push_batch(point, way, unit_batch(shape, start, stop))
        except Rough:
            return by_rows(point, output, handle)
        if part is not None:
            found[:, start:stop] = part.reshape(stop - start, rows).T
    return found


def pull_alone(point: Tables, way: Path, seed: Array) -> NDArray[np.float64]:
    """One cotangent back to the input, flat; what the seed's zeros do not reach stays 0, however steep a slope is."""
    size = size_of(point.shape_of(way.handle))
    if point.shapes is None:
        arrived: Numbers | None = point.pull({way.output: float(seed)})[way.handle]
    else:
        given = seed if seed.ndim else float(seed)
        mask = {way.output: seed != 0} if seed.ndim else {}
        arrived = array_tape.pull_back(point.graph, point.partials, {way.output: given}, False, mask)[0][way.handle]
    return np.zeros(size) if arrived is None else np.reshape(arrived, -1)
