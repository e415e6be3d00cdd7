"""Whole Jacobians: by rows, by columns, or by colours of the sparsity pattern, whichever takes the fewest sweeps.

The pattern is found by sending sets of input entries through the graph, as a sparse matrix a node. Columns that meet in no
row share a colour and one forward sweep, rows that meet in no column one backward sweep; the colours are given greedily
(A. Curtis, M. Powell, J. Reid, On the estimation of sparse Jacobian matrices, 1974).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np  # noqa: TID253 - whole Jacobians are arrays; loaded when one is asked for

from ..primitives.array_record import Call, Shape, size_of
from ..primitives.contractions import PATTERNS, terms_of
from ..primitives.registry import OPERATIONS
from .local_maps import refuse_large

if TYPE_CHECKING:
    from .point import Point

#: fewer sweeps than this are simply done; looking for a pattern would cost more
_FEW = 12
#: a pattern with more stored places than this is not worth having
_MOST_STORED = 20_000_000


def jacobian(point: Point, output: int, handle: int) -> tuple[Any, str]:
    """d(output)/d(input) in full, and how it was found."""
    out, into = point.shape_of(output), point.shape_of(handle)
    rows, columns = size_of(out), size_of(into)
    alternative = "sparse_jacobian(name) stores what is not 0, pullback(seed) and pushforward(…) apply it without forming it"
    refuse_large(rows * columns, f"the Jacobian of shape {out + into}", alternative)
    if min(rows, columns) > _FEW:
        found = _coloured(point, output, handle, min(rows, columns) // 2)
        if found is not None:
            return found[0].toarray().reshape(out + into), found[1]
    if rows <= columns:
        matrix, method = by_rows(point, output, handle), f"by rows: {_sweeps(rows, 'backward')}"
    else:
        matrix, method = by_columns(point, output, handle), f"by columns: {_sweeps(columns, 'forward')}"
    return matrix.reshape(out + into), method


def sparse_jacobian(point: Point, output: int, handle: int) -> Any:
    """The Jacobian as a SciPy sparse array, entries of the output by entries of the input."""
    from scipy import sparse

    found = _coloured(point, output, handle, max(size_of(point.shape_of(output)), size_of(point.shape_of(handle))))
    if found is not None:
        return found[0]
    full = jacobian(point, output, handle)[0]
    return sparse.csr_array(full.reshape(size_of(point.shape_of(output)), size_of(point.shape_of(handle))))


def _sweeps(count: int, direction: str) -> str:
    return f"{count} {direction} sweep{'s' * (count != 1)}"


def by_rows(point: Point, output: int, handle: int) -> Any:
    """One backward sweep for every entry of the output."""
    shape = point.shape_of(output)
    found = np.zeros((size_of(shape), size_of(point.shape_of(handle))))
    for row in range(len(found)):
        cotangents, _ = point._pull({output: unit(shape, row)}, contributions=False)
        if cotangents[handle] is not None:
            found[row] = np.reshape(cotangents[handle], -1)
    return found


def by_columns(point: Point, output: int, handle: int) -> Any:
    """One forward sweep for every entry of the input."""
    shape = point.shape_of(handle)
    found = np.zeros((size_of(point.shape_of(output)), size_of(shape)))
    for column in range(found.shape[1]):
        found[:, column] = np.reshape(point._push({handle: unit(shape, column)})[output], -1)
    return found


def unit(shape: Shape, place: int) -> Any:
    """1 at one place, 0 elsewhere; 1.0 for a scalar."""
    if not shape:
        return 1.0
    seed = np.zeros(size_of(shape))
    seed[place] = 1.0
    return seed.reshape(shape)


# --------------------------------------------------------------------------------------------------------------- colours


def _coloured(point: Point, output: int, handle: int, most: int) -> tuple[Any, str] | None:
    """The Jacobian as a sparse array from its coloured pattern; None where that takes more than ``most`` sweeps."""
    from scipy import sparse

    pattern = sparsity(point, output, handle)
    if pattern is None:
        return None
    by_column, columns = colours(pattern.T.tocsr(), pattern)
    by_row, rows = colours(pattern, pattern.T.tocsr())
    if min(columns, rows) > most:
        return None
    coordinates = pattern.tocoo()
    down, across = coordinates.coords
    values = np.zeros(len(down))
    if columns <= rows:
        shape, method = point.shape_of(handle), f"by {columns} colour{'s' * (columns != 1)} of columns: {_sweeps(columns, 'forward')}"
        chosen = by_column[across]
        for colour in range(columns):
            seed = np.where(by_column == colour, 1.0, 0.0).reshape(shape)
            moved = np.reshape(point._push({handle: seed if shape else float(seed)})[output], -1)
            mine = chosen == colour
            values[mine] = moved[down[mine]]
    else:
        shape, method = point.shape_of(output), f"by {rows} colour{'s' * (rows != 1)} of rows: {_sweeps(rows, 'backward')}"
        chosen = by_row[down]
        for colour in range(rows):
            seed = np.where(by_row == colour, 1.0, 0.0).reshape(shape)
            cotangents, _ = point._pull({output: seed if shape else float(seed)}, contributions=False)
            if cotangents[handle] is None:
                continue
            mine = chosen == colour
            values[mine] = np.reshape(cotangents[handle], -1)[across[mine]]
    return sparse.csr_array((values, (down, across)), shape=pattern.shape), method


def colours(pattern: Any, turned: Any) -> tuple[Any, int]:
    """A colour for every row of a sparse pattern, such that rows of one colour share no column; and how many there are.

    ``turned`` is the transposed pattern in the same format.
    """
    count = pattern.shape[0]
    colour = np.full(count, -1)
    used = 0
    taken_at = np.full(count + 1, -1)  # by colour: the last row that saw it taken
    pointers, places = pattern.indptr, pattern.indices
    back, rows = turned.indptr, turned.indices
    for row in range(count):
        for column in places[pointers[row] : pointers[row + 1]]:
            taken_at[colour[rows[back[column] : back[column + 1]]]] = row
        chosen = 0
        while chosen < used and taken_at[chosen] == row:
            chosen += 1
        colour[row] = chosen
        used = max(used, chosen + 1)
    return colour, used


# --------------------------------------------------------------------------------------------------------------- pattern


def sparsity(point: Point, output: int, handle: int) -> Any:
    """Which entries of the output depend on which entries of the input, as a sparse array of truth values; None: on nearly all.

    At this very point: a factor that is 0 and not differentiated by cuts the dependence.
    """
    from scipy import sparse

    graph = point.graph
    size = size_of(point.shape_of(handle))
    needed = graph.of_handle(output).needed
    table: dict[int, Any] = {handle: sparse.csr_array(sparse.identity(size, dtype=np.int8, format="csr"))}
    for node in range(len(graph.ops)):
        if not needed[node] or node == handle or not graph.operands[node]:
            continue
        local = point.partials[node]
        parts = [(p, k) for p, k in enumerate(graph.operands[node]) if k in table and local[p] is not None]
        if not parts:
            continue
        total: Any = None
        for position, operand in parts:
            found = _through(point, node, position, table[operand])
            if found is None or found.nnz > _MOST_STORED:
                return None
            total = found if total is None else total + found
        total.data[:] = 1
        table[node] = total
    rows = size_of(point.shape_of(output))
    found = table.get(output)
    return sparse.csr_array((rows, size), dtype=np.int8) if found is None else sparse.csr_array(found)


def _through(point: Point, node: int, position: int, pattern: Any) -> Any:
    """The pattern of a node through one operand; None where it would be dense."""
    from scipy import sparse

    from ..primitives.arrays import ARRAY_OPERATIONS
    from ..primitives.explicit_rearrangements import _MOVES

    graph = point.graph
    op, operands = graph.ops[node], graph.operands[node]
    shape, mine = point.shape_of(node), point.shape_of(operands[position])
    count = size_of(mine)
    if op in OPERATIONS:
        places = np.broadcast_to(np.arange(count).reshape(mine), shape).reshape(-1)
        return pattern[places]
    params: Any = graph.params[node]
    call = Call(op, dict(params), tuple(point.shape_of(k) for k in operands), shape)
    if op in _MOVES:
        others = [point.values[k] for k in operands[1:]]
        places = np.asarray(_MOVES[op][0](call, np.arange(1, count + 1).reshape(mine), *others)).reshape(-1)
        return sparse.vstack([sparse.csr_array((1, pattern.shape[1]), dtype=np.int8), pattern], format="csr")[places]
    if op in PATTERNS:
        local = _contraction_pattern(call, position, [point.values[k] for k in operands])
        return None if local is None else local @ pattern
    if op in ("stack", "concatenate"):
        numbers: list[Any] = [np.zeros(point.shape_of(k)) for k in operands]
        numbers[position] = np.arange(1, count + 1).reshape(mine)
        from .array_tape import FLOATS

        places = np.asarray(ARRAY_OPERATIONS[op].value(FLOATS, call, *numbers)).reshape(-1).astype(int)
        return sparse.vstack([sparse.csr_array((1, pattern.shape[1]), dtype=np.int8), pattern], format="csr")[places]
    whole = sparse.csr_array(pattern.sum(axis=0).reshape(1, -1) > 0, dtype=np.int8)
    if whole.nnz * size_of(shape) > _MOST_STORED:
        return None
    return sparse.vstack([whole] * max(size_of(shape), 1), format="csr")[: size_of(shape)]


def _contraction_pattern(call: Call, position: int, values: list[Any]) -> Any:
    """Entries of a contraction by entries of one operand: where the product of the other factors is not 0."""
    from scipy import sparse

    terms = terms_of(call)
    indices = list(dict.fromkeys(i for one in (*terms.inputs, terms.output) for i in one))
    sizes = [terms.sizes[i] for i in indices]
    if size_of(tuple(sizes)) > _MOST_STORED:
        return None
    grid = dict(zip(indices, np.ix_(*[np.arange(n) for n in sizes]), strict=True))

    def flat(one: tuple[int, ...]) -> Any:
        place: Any = np.zeros((1,) * len(sizes), dtype=np.int64)
        for index in one:
            place = place * terms.sizes[index] + grid[index]
        return place

    keep: Any = np.ones((1,) * len(sizes), dtype=bool)
    for other, one in enumerate(terms.inputs):
        if other != position:
            keep = keep & (np.asarray(values[other]).reshape(-1)[flat(one)] != 0)
    full = tuple(sizes)
    keep = np.broadcast_to(keep, full).reshape(-1)
    down = np.broadcast_to(flat(terms.output), full).reshape(-1)[keep]
    across = np.broadcast_to(flat(terms.inputs[position]), full).reshape(-1)[keep]
    shape = (size_of(terms.core), size_of(call.shapes[position]))
    found = sparse.csr_array((np.ones(len(down), dtype=np.int32), (down, across)), shape=shape)
    found.data[:] = 1
    return found
