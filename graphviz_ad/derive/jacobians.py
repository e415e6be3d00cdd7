"""Whole Jacobians: by rows, by columns, or by colours of the sparsity pattern, whichever costs least.

The cost of a way is the number of entries that its sweeps touch. A pattern is looked for only where sweeps would cost more
than finding it, and where a bound on the dependence says that there can be one.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np  # noqa: TID253 - whole Jacobians are arrays; loaded when one is asked for

from ..primitives.array_record import size_of
from .batches import Rough
from .local_maps import refuse_large
from .sparsity import Colouring, coloured, dependence_bound
from .sweeps import Path, blocks, by_columns, by_rows, path, pull_alone, pull_batch, push_batch

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from scipy.sparse import csr_array

    from .tables import Tables

#: fewer sweeps than this are simply done
_FEW = 12
#: sweeps that touch fewer entries than this take less time than finding a pattern (measured: about half a millisecond)
_CHEAP = 300_000


def jacobian(point: Tables, output: int, handle: int) -> tuple[NDArray[np.float64], str]:
    """d(output)/d(input) in full, and how it was found."""
    out, into = point.shape_of(output), point.shape_of(handle)
    rows, columns = size_of(out), size_of(into)
    alternative = "sparse_jacobian(name) stores what is not 0, pullback(seed) and pushforward(…) apply it without forming it"
    refuse_large(rows * columns, f"the Jacobian of shape {out + into}", alternative)
    way = path(point, output, handle)
    fewest = min(rows, columns)
    if fewest > _FEW and fewest * way.entries > _CHEAP and 2 * dependence_bound(point, way) <= columns:
        colouring = coloured(point, way)
        if colouring is not None and 2 * colouring.number <= fewest:
            return _compressed(point, way, colouring).toarray().reshape(out + into), told(colouring)
    if rows <= columns:
        return by_rows(point, output, handle).reshape(out + into), f"by rows: {_sweeps(rows, 'backward', way)}"
    return by_columns(point, output, handle).reshape(out + into), f"by columns: {_sweeps(columns, 'forward', way)}"


def sparse_jacobian(point: Tables, output: int, handle: int) -> csr_array:
    """The Jacobian as a SciPy sparse array, entries of the output by entries of the input."""
    from scipy import sparse

    way = path(point, output, handle)
    colouring = coloured(point, way)
    if colouring is not None:
        return _compressed(point, way, colouring)
    full = jacobian(point, output, handle)[0]
    return sparse.csr_array(full.reshape(size_of(point.shape_of(output)), size_of(point.shape_of(handle))))


def told(colouring: Colouring) -> str:
    """How a coloured Jacobian is found, in words."""
    count = colouring.number
    side, direction = ("columns", "forward") if colouring.by_row is None else ("rows", "backward")
    return f"by {count} colour{'s' * (count != 1)} of {side}: {count} {direction} sweep{'s' * (count != 1)}"


def _sweeps(count: int, direction: str, way: Path) -> str:
    parts = sum(1 for _ in blocks(count, way.widest))
    how = "" if count < 2 else " at once" if parts < 2 else f" in {parts} batches"
    return f"{count} {direction} sweep{'s' * (count != 1)}{how}"


def _compressed(point: Tables, way: Path, colouring: Colouring) -> csr_array:
    """The entries of a sparse Jacobian: a sweep a colour, each entry read off where it alone can be."""
    from scipy import sparse

    pattern, down, across = colouring.pattern, colouring.down, colouring.across
    forward = colouring.by_row is None
    colour = colouring.by_column if forward else colouring.by_row
    assert colour is not None
    shape = point.shape_of(way.handle if forward else way.output)
    rows, columns = pattern.shape
    values = np.zeros(len(down))
    chosen, places = (colour[across], down) if forward else (colour[down], across)
    for start, stop in blocks(colouring.number, way.widest):
        seeds = (colour == np.arange(start, stop)[:, None]).astype(float).reshape(stop - start, *shape)
        try:
            swept = (push_batch if forward else pull_batch)(point, way, seeds)
        except Rough:
            return sparse.csr_array(_one_by_one(point, way, colouring))
        if swept is None:
            continue
        swept = swept.reshape(stop - start, rows if forward else columns)
        if stop - start == colouring.number:
            values = swept[chosen, places]
        else:
            mine = (chosen >= start) & (chosen < stop)
            values[mine] = swept[chosen[mine] - start, places[mine]]
    return sparse.csr_array((values, pattern.indices, pattern.indptr), shape=pattern.shape)


def _one_by_one(point: Tables, way: Path, colouring: Colouring) -> csr_array:
    """The same where a slope is not finite: row by row, so that zeros stay what they are."""
    pattern, down, across = colouring.pattern, colouring.down, colouring.across
    out = point.shape_of(way.output)
    values = np.zeros(len(down))
    for row in range(pattern.shape[0]):
        first, last = pattern.indptr[row], pattern.indptr[row + 1]
        if last > first:
            seed = np.zeros(pattern.shape[0])
            seed[row] = 1.0
            values[first:last] = pull_alone(point, way, seed.reshape(out))[across[first:last]]
    from scipy import sparse

    return sparse.csr_array((values, (down, across)), shape=pattern.shape)
