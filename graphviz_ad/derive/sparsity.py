"""Which entries of an output depend on which entries of an input, and colours of such a pattern.

The pattern is found by sending sets of input entries through the graph, as a sparse matrix a node. Columns that meet in no
row share a colour and one forward sweep, rows that meet in no column one backward sweep (A. Curtis, M. Powell, J. Reid, On
the estimation of sparse Jacobian matrices, 1974).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple, TypeAlias

import numpy as np  # noqa: TID253 - patterns are arrays; loaded when a Jacobian is asked for

from ..primitives.array_record import axis_list, size_of
from ..primitives.arrays import ARRAY_OPERATIONS
from ..primitives.call import Call
from ..primitives.contractions import PATTERNS, terms_of
from ..primitives.explicit_joins import JOINS, place_of
from ..primitives.explicit_rearrangements import KEEPING, MOVES, of_scatter, places
from ..primitives.registry import OPERATIONS
from .sweeps import Path, path

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray
    from scipy.sparse import csr_array

    from ..graph.structure import Graph
    from .tables import Tables

    #: places of entries, groups, colours
    Integers: TypeAlias = NDArray[np.integer[Any]]

#: a pattern with more stored places than this is not worth having
_MOST_STORED = 20_000_000
#: patterns with colours that a graph keeps
_MOST_COLOURINGS = 16


class Colouring(NamedTuple):
    """A pattern, row by row, with its colours: ``by_column`` (or ``by_row``) has a colour an entry, None where rows (columns) won."""

    pattern: csr_array
    down: Integers
    across: Integers
    by_column: Integers | None
    by_row: Integers | None
    number: int


# ----------------------------------------------------------------------------------------------------------------- bound


def dependence_bound(point: Tables, way: Path) -> int:
    """An upper bound of the number of input entries that one entry of the output depends on, without forming a pattern."""
    size = size_of(point.shape_of(way.handle))
    most = {way.handle: 1}
    for node, edges in way.steps:
        bounds = [min(size, most[k] * _fan(point, node, p)) for p, k in edges]
        joined = point.graph.ops[node] in JOINS  # an entry comes from one operand
        most[node] = max(bounds) if joined else min(size, sum(bounds))
    return most.get(way.output, 0)


def _fan(point: Tables, node: int, position: int) -> int:
    """How many entries of an operand one entry of the node depends on, at most."""
    graph = point.graph
    op, operands = graph.ops[node], graph.operands[node]
    if op in OPERATIONS or op in MOVES or op in JOINS:
        return 1
    mine = size_of(point.shape_of(operands[position]))
    if op not in PATTERNS:
        return mine if op == "scatter" or not ARRAY_OPERATIONS[op].batched else _row_length(_call(point, node), mine)
    terms = terms_of(_call(point, node))
    inside = [i for i in terms.inputs[position] if i not in terms.output]
    fan = size_of(tuple(terms.sizes[i] for i in dict.fromkeys(inside)))
    for other, indices in enumerate(terms.inputs):
        if other != position and set(indices) & set(inside):
            axes = tuple(axis for axis, index in enumerate(indices) if index in inside)
            filled = np.count_nonzero(np.asarray(point.values[operands[other]]), axis=axes)
            free = size_of(tuple(terms.sizes[i] for i in dict.fromkeys(inside) if i not in indices))
            fan = min(fan, int(np.max(filled, initial=0)) * free)
    return max(fan, 1)


def _row_length(call: Call, mine: int) -> int:
    """How many entries an operation along axes, or one on a batch of matrices, takes together."""
    groups = _groups(call)
    return mine if groups is None or not groups[2] else mine // groups[2]


def _groups(call: Call) -> tuple[Integers, Integers, int] | None:
    """Entries that an explicit operation mixes: a group for every entry of the operand and of the result, and how many there are.

    None where it may mix all of them.
    """
    shape, how = call.shapes[0], ARRAY_OPERATIONS[call.op].batched
    if how == "axis" and call.params["axis"] is not None:
        axes = axis_list(call.params["axis"], len(shape))
        lead = tuple(1 if axis in axes else size for axis, size in enumerate(shape))
        kept = lead if len(call.shape) == len(shape) else tuple(size for axis, size in enumerate(shape) if axis not in axes)
    elif how == "front" and len(call.shapes) == 1 and len(shape) > 2:
        lead = (*shape[:-2], 1, 1)
        kept = shape[:-2] + (1,) * (len(call.shape) - len(shape) + 2)
    else:
        return None
    number = np.arange(size_of(lead)).reshape(lead)
    after = np.broadcast_to(number.reshape(kept), call.shape)
    return np.broadcast_to(number, shape).reshape(-1), after.reshape(-1), int(number.size)


def _call(point: Tables, node: int) -> Call:
    graph = point.graph
    params: Any = graph.params[node]
    return Call(graph.ops[node], dict(params), tuple([point.shape_of(k) for k in graph.operands[node]]), point.shape_of(node))


# --------------------------------------------------------------------------------------------------------------- pattern


def sparsity(point: Tables, output: int, handle: int) -> csr_array | None:
    """Which entries of the output depend on which entries of the input, as a sparse array of truth values; None: on nearly all.

    At this very point: a factor that is 0 and not differentiated by cuts the dependence.
    """
    return _find(point, path(point, output, handle))[0]


def _find(point: Tables, way: Path) -> tuple[csr_array | None, list[tuple[int, ArrayLike]]]:
    """The pattern, and the values that it was decided by: nodes with the places where they are not 0, or with their numbers."""
    from scipy import sparse

    size = size_of(point.shape_of(way.handle))
    table: dict[int, csr_array] = {way.handle: sparse.csr_array(sparse.identity(size, dtype=np.int8, format="csr"))}
    decided: list[tuple[int, ArrayLike]] = []
    for node, edges in way.steps:
        total: csr_array | None = None
        for position, operand in edges:
            found = _through(point, node, position, table[operand], decided)
            if found is None or found.nnz > _MOST_STORED:
                return None, decided
            total = found if total is None else total + found
        assert total is not None
        total.data[:] = 1
        table[node] = total
    rows = size_of(point.shape_of(way.output))
    last = table.get(way.output)
    return (sparse.csr_array((rows, size), dtype=np.int8) if last is None else sparse.csr_array(last)), decided


def _through(point: Tables, node: int, position: int, pattern: csr_array, decided: list[tuple[int, ArrayLike]]) -> csr_array | None:
    """The pattern of a node through one operand; None where it would be dense."""
    from scipy import sparse

    graph = point.graph
    op, operands = graph.ops[node], graph.operands[node]
    shape, mine = point.shape_of(node), point.shape_of(operands[position])
    count = size_of(mine)
    if op in OPERATIONS:
        return pattern if mine == shape else pattern[np.broadcast_to(np.arange(count).reshape(mine), shape).reshape(-1)]
    call = _call(point, node)
    if op in KEEPING:
        return pattern
    if op in MOVES or op == "scatter":
        others = tuple(point.values[k] for k in operands[1:])
        decided += [(k, point.values[k]) for k in operands[1:]]
        found = places(of_scatter(call) if op == "scatter" else call, others)
        if op == "scatter":
            inside = np.flatnonzero(found.sources >= 0)
            spots = found.sources[inside]
            return sparse.csr_array((np.ones(len(inside), dtype=np.int8), (spots, inside)), shape=(size_of(shape), count)) @ pattern
        return _rows(pattern, found.sources, found.full)
    if op in PATTERNS:
        others = tuple(np.asarray(point.values[k]) != 0 for k in operands)
        decided += [(k, others[p]) for p, k in enumerate(operands) if p != position]
        local = _contraction_pattern(call, position, others)
        return None if local is None else local @ pattern
    if op in JOINS:
        slot, brought = place_of(call, position)
        sources = np.full(shape, -1)
        sources[slot] = np.arange(count).reshape(brought)
        return _rows(pattern, sources.reshape(-1), len(operands) == 1)
    groups = _groups(call) if position == 0 else None
    if groups is not None:
        before, after, number = groups
        gather = sparse.csr_array((np.ones(count, dtype=np.int8), (before, np.arange(count))), shape=(number, count))
        gathered = gather @ pattern
        gathered.data[:] = 1
        return None if gathered.nnz // max(number, 1) * len(after) > _MOST_STORED else gathered[after]
    whole = sparse.csr_array(pattern.sum(axis=0).reshape(1, -1) > 0, dtype=np.int8)
    if whole.nnz * size_of(shape) > _MOST_STORED:
        return None
    return whole[np.zeros(size_of(shape), dtype=int)]


def _rows(pattern: csr_array, sources: Integers, full: bool) -> csr_array:
    """Rows of a pattern by their numbers, empty ones for -1."""
    from scipy import sparse

    if full:
        return pattern[sources]
    counts = np.diff(pattern.indptr)
    if not counts.size:
        return sparse.csr_array((len(sources), pattern.shape[1]), dtype=pattern.dtype)
    lengths = np.where(sources >= 0, counts[np.maximum(sources, 0)], 0)
    ends = np.concatenate([[0], np.cumsum(lengths)])
    starts = np.repeat(pattern.indptr[np.maximum(sources, 0)] - ends[:-1], lengths)
    indices = pattern.indices[starts + np.arange(ends[-1])]
    return sparse.csr_array((np.ones(len(indices), dtype=np.int8), indices, ends), shape=(len(sources), pattern.shape[1]))


def _contraction_pattern(call: Call, position: int, filled: tuple[NDArray[np.bool_], ...]) -> csr_array | None:
    """Entries of a contraction by entries of one operand: where the other factors are not 0."""
    from scipy import sparse

    terms = terms_of(call)
    indices = list(dict.fromkeys(i for one in (*terms.inputs, terms.output) for i in one))
    sizes = [terms.sizes[i] for i in indices]
    if size_of(tuple(sizes)) > _MOST_STORED:
        return None
    grid = dict(zip(indices, np.ix_(*[np.arange(n) for n in sizes]), strict=True))

    def flat(one: tuple[int, ...]) -> Integers:
        place: Integers = np.zeros((1,) * len(sizes), dtype=np.int64)
        for index in one:
            place = place * terms.sizes[index] + grid[index]
        return place

    keep: NDArray[np.bool_] = np.ones((1,) * len(sizes), dtype=bool)
    for other, one in enumerate(terms.inputs):
        if other != position:
            keep = keep & filled[other].reshape(-1)[flat(one)]
    full = tuple(sizes)
    keep = np.broadcast_to(keep, full).reshape(-1)
    down = np.broadcast_to(flat(terms.output), full).reshape(-1)[keep]
    across = np.broadcast_to(flat(terms.inputs[position]), full).reshape(-1)[keep]
    shape = (size_of(terms.core), size_of(call.shapes[position]))
    found = sparse.csr_array((np.ones(len(down), dtype=np.int32), (down, across)), shape=shape)
    found.data[:] = 1
    return found


# --------------------------------------------------------------------------------------------------------------- colours


def coloured(point: Tables, way: Path) -> Colouring | None:
    """The pattern with its colours, of columns or of rows, whichever are fewer; None: it depends on nearly everything.

    The graph keeps them, and they are used again as long as the values that decided the pattern decide the same.
    """
    return point.graph.once(Colourings).of(point, way)


class Colourings:
    """The colourings of a graph with shapes, each with the values that decided its pattern; the graph keeps it."""

    def __init__(self, graph: Graph) -> None:
        self._kept: dict[tuple[int, int, frozenset[int]], tuple[list[tuple[int, ArrayLike]], Colouring | None]] = {}

    def of(self, point: Tables, way: Path) -> Colouring | None:
        """The colouring for the values of a point."""
        key = (way.output, way.handle, frozenset(point.active))
        if key in self._kept:
            decided, colouring = self._kept[key]
            if all(_same(point.values[node], was) for node, was in decided):
                return colouring
        pattern, decided = _find(point, way)
        colouring = None if pattern is None else _coloured(pattern)
        if len(self._kept) >= _MOST_COLOURINGS:
            self._kept.clear()
        self._kept[key] = (decided, colouring)
        return colouring


def _same(value: ArrayLike, was: ArrayLike) -> bool:
    array = np.asarray(value)
    return bool(np.array_equal(array != 0 if np.asarray(was).dtype == bool and array.dtype != bool else array, was))


def _coloured(pattern: csr_array) -> Colouring:
    turned = pattern.T.tocsr()
    coordinates = pattern.tocoo()
    down, across = coordinates.coords
    tallest = int(np.diff(turned.indptr).max(initial=0))  # no fewer colours of rows than a column has entries
    by_column, columns = colours(turned, pattern)
    if columns <= tallest:
        return Colouring(pattern, down, across, by_column, None, columns)
    by_row, rows = colours(pattern, turned)
    if rows < columns:
        return Colouring(pattern, down, across, None, by_row, rows)
    return Colouring(pattern, down, across, by_column, None, columns)


def colours(pattern: csr_array, turned: csr_array) -> tuple[Integers, int]:
    """A colour for every row of a sparse pattern, such that rows of one colour share no column; and how many there are.

    ``turned`` is the transposed pattern in the same format. Integers that repeat with the least possible period are tried
    first: they fit bands and blocks; then colours are given greedily.
    """
    least = int(np.diff(turned.indptr).max(initial=0))
    count = pattern.shape[0]
    if least and count:
        periodic = np.arange(count) % least
        column = np.repeat(np.arange(turned.shape[0]), np.diff(turned.indptr))
        if len(np.unique(column * least + periodic[turned.indices])) == len(column):
            return periodic, min(least, count)
    return _greedy(pattern, turned)


def _greedy(pattern: csr_array, turned: csr_array) -> tuple[Integers, int]:
    count = pattern.shape[0]
    colour = np.full(count, -1)
    used = 0
    taken_at = np.full(count + 1, -1)  # by colour: the last row that saw it taken
    pointers, places_ = pattern.indptr, pattern.indices
    back, rows = turned.indptr, turned.indices
    for row in range(count):
        for column in places_[pointers[row] : pointers[row + 1]]:
            taken_at[colour[rows[back[column] : back[column + 1]]]] = row
        chosen = 0
        while chosen < used and taken_at[chosen] == row:
            chosen += 1
        colour[row] = chosen
        used = max(used, chosen + 1)
    return colour, used
