"""The error of a plain two-sided difference against its step: what the classroom's advice about the step size looks like here."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING, Any

from ...engine.evaluation import value_at
from ..results import Report, Row, Where

if TYPE_CHECKING:
    from ...derive.derivatives import Point

#: steps, in powers of two of the entry's size
LEVELS = range(1, 50)


def distances(slope: Callable[[float], float], reference: float, scale: float) -> Iterator[tuple[float, float]]:
    """(step, distance of the difference quotient ``slope(step)`` from the reference), from large steps to small ones.

    >>> points = list(distances(lambda h: ((1 + h) ** 3 - (1 - h) ** 3) / (2 * h), 3.0, 1.0))
    >>> points[0], min(error for _, error in points) < 1e-9
    ((0.5, 0.25), True)
    """
    for level in LEVELS:
        step = scale * 2.0**-level
        quotient = slope(step)
        if math.isfinite(quotient):
            yield step, abs(quotient - reference)


def worst_row(rows: Sequence[Row]) -> Row | None:
    """The row, at the given point, whose claim is farthest from its reference."""
    known = [row for row in rows if row.reference is not None and row.error is not None and row.where is Where.HERE]
    if not known:
        return None
    return max(known, key=lambda row: ((row.error or 0.0) / (abs(row.reference or 0.0) + 1e-300), abs(row.reference or 0.0)))


def curve_of_point(point: Point, report: Report) -> tuple[tuple[float, float], ...]:
    """The curve of the worst entry of a graph's report, differenced in float64."""
    row = worst_row(report.rows)
    graph = point.graph
    if row is None or len(graph.outputs) != 1 or row.wrt not in graph.input_handles:
        return ()
    bound = {name: point.values[h] for name, h in graph.input_handles.items() if h in point.active or not graph.input_spec(h).constant}
    value = bound[row.wrt]
    inner = len(getattr(value, "shape", ()))
    place = row.entry[len(row.entry) - inner :]
    outer = row.entry[: len(row.entry) - inner]

    def at(move: float) -> Any:
        if inner:
            moved = value.astype(float)
            moved[place] += move
        else:
            moved = float(value) + move
        result = value_at(graph, {**bound, row.wrt: moved})
        return float(result[outer]) if outer else float(result)

    here = abs(float(value[place] if inner else value))
    scale = 2.0 ** math.floor(math.log2(here)) if here > 1e-300 and math.isfinite(here) else 1.0
    assert row.reference is not None
    return tuple(distances(lambda step: (at(step) - at(-step)) / (2 * step), row.reference, scale))
