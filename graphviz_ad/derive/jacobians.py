"""Whole Jacobians: by rows, by columns, or by colours of the sparsity pattern, whichever takes the fewest sweeps."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np  # noqa: TID253 - whole Jacobians are arrays; loaded when one is asked for

from ..primitives.array_record import Shape, size_of
from .local_maps import refuse_large

if TYPE_CHECKING:
    from .point import Point


def jacobian(point: Point, output: int, handle: int) -> tuple[Any, str]:
    """d(output)/d(input) in full, and how it was found."""
    out, into = point.shape_of(output), point.shape_of(handle)
    rows, columns = size_of(out), size_of(into)
    refuse_large(rows * columns, f"the Jacobian of shape {out + into}")
    if rows <= columns:
        matrix, method = by_rows(point, output, handle), f"by rows: {rows} backward sweep{'s' * (rows != 1)}"
    else:
        matrix, method = by_columns(point, output, handle), f"by columns: {columns} forward sweep{'s' * (columns != 1)}"
    return matrix.reshape(out + into), method


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
