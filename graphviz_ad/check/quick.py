"""A check of a graph of scalars in float64: every input differenced over its own cone, high precision for what remains.

A centred difference that agrees with an independently computed gradient to six digits is evidence; where it does not, nothing is
concluded from float64, and the reference in many digits (see :mod:`~graphviz_ad.check.graph_check`) decides.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from ..primitives.kernels import python as kernels
from .cones import Cones
from .report import PASS, Report, Row

if TYPE_CHECKING:
    from ..derive.point import Point

#: a difference within this part of the gradient settles an entry; errors of this size would have been seen
WANTED = 1e-6
#: the step as a power of two, in parts of the entry: its square is far below WANTED
STEP = 2.0**-12
#: bends smaller than this part of the rise count as none
STRAIGHT = 2.0**-6
METHOD = "differences in float64"


def check_quickly(point: Point) -> Report:
    """The report of a point of a graph of scalars with one output."""
    from ..derive.point import Point as Point_
    from .graph_check import check_point

    graph = point.graph
    if point.shapes is not None or len(graph.outputs) > 1 or not math.isfinite(float(point.values[graph.outputs[-1]])):
        return check_point(point)
    cones = Cones(graph, point.values, {op: getattr(kernels, op) for op in set(graph.ops) if op not in ("input", "constant")})
    rows: dict[str, Row | None] = {}
    for name in point.wrt:
        handle = graph.input_handles[name]
        gradient = point.gradient_of(handle)
        rows[name] = None if gradient is None else _row(name, handle, float(gradient), cones)
    left = tuple(name for name, row in rows.items() if row is None)
    notes: tuple[str, ...] = ()
    if left:
        bound = {name: point.values[h] for name, h in graph.input_handles.items() if h in point.active or not graph._spec(h).constant}
        careful = check_point(Point_(graph, bound, left))
        rows.update(zip(left, careful.rows, strict=True))
        notes = careful.notes
    report = Report([row for row in rows.values() if row is not None], None, notes)
    report.power = f"an error of {WANTED:.0e} of any of the {len(rows)} entries would have been seen"
    return report


def _row(name: str, handle: int, claim: float, cones: Cones) -> Row | None:
    """A passing row, or None where float64 does not show it."""
    x = float(cones.values[handle])
    if not math.isfinite(claim) or not math.isfinite(x):
        return None
    step = STEP * (2.0 ** math.floor(math.log2(abs(x))) if abs(x) > 1e-300 else 1.0)
    slopes, bends = [], []
    for h in (step, 2 * step):
        ahead, behind = cones.changes(handle, (x + h, x - h))
        if claim == 0 and ahead == behind == 0:
            return Row(name, (), claim, 0.0, 0.0, 0.0, METHOD, PASS)
        slopes.append((ahead - behind) / (2 * h))
        slope = slopes[0] if len(slopes) == 1 else (4 * slopes[0] - slopes[1]) / 3
        size = max(abs(slope), abs(claim))
        bends.append(abs(ahead + behind))
        # the bend of a smooth function grows with the square of the step, that of a kink with the step
        smooth = bends[-1] <= STRAIGHT * abs(ahead - behind) or (len(bends) == 2 and bends[1] >= 3 * bends[0])
        if smooth and abs(slope - claim) <= WANTED * size:  # not so where either is NaN
            return Row(name, (), claim, slope, abs(slope - claim), WANTED * size, METHOD, PASS)
    return None
