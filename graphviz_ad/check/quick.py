"""A check of a graph of scalars in float64: every input differenced over its own cone, high precision for what remains.

A centred difference that agrees with an independently computed gradient to six digits, while every branch on the way stays as it
is, is evidence; where it does not, nothing is concluded from float64, and the reference in many digits (see
:mod:`~graphviz_ad.check.graph_check`) decides.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np  # noqa: TID253 - inputs are moved together, and only who asks for this check loads it

from .families import families_of
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
    handles = [graph.input_handles[name] for name in point.wrt]
    families = families_of(graph, handles)
    if not families.complete:
        return check_point(point)
    claims = {handle: point.gradient_of(handle) for handle in handles}
    settled: dict[int, Row] = {}
    with np.errstate(all="ignore"):
        for family in families.found:
            _settle(family.members, family.move, point.values, claims, graph.labels, settled)
    left = tuple(name for name, handle in zip(point.wrt, handles, strict=True) if handle not in settled)
    notes: tuple[str, ...] = ()
    careful: dict[str, Row] = {}
    if left:
        bound = {name: point.values[h] for name, h in graph.input_handles.items() if h in point.active or not graph._spec(h).constant}
        report = check_point(Point_(graph, bound, left))
        careful, notes = dict(zip(left, report.rows, strict=True)), report.notes
    rows = [careful[name] if name in careful else settled[handle] for name, handle in zip(point.wrt, handles, strict=True)]
    report = Report(rows, None, notes)
    report.power = f"an error of {WANTED:.0e} of any of the {len(rows)} entries would have been seen"
    return report


def _settle(
    members: Sequence[int], move: Any, values: Sequence[Any], claims: dict[int, Any], names: Sequence[str], rows: dict[int, Row]
) -> None:
    """Add the passing rows of a family; none where float64 does not show that the claim is right."""
    x = np.array([values[handle] for handle in members])
    claim = np.array([claims[handle] for handle in members], float)
    size = np.abs(x)
    step = STEP * np.where(size > 1e-300, np.exp2(np.floor(np.log2(size))), 1.0)
    places = np.array([x, x + step, x - step, x + 2 * step, x - 2 * step])
    changes, same_branches, shown = move(values, places, flat=bool((claim == 0).any()))
    _, ahead, behind, far_ahead, far_behind = changes
    near = (ahead - behind) / (2 * step)
    extrapolated = (4 * near - (far_ahead - far_behind) / (4 * step)) / 3
    # the bend of a smooth function grows with the square of the step, that of a kink that no operation owns up to with the step
    bend, far_bend = np.abs(ahead + behind), np.abs(far_ahead + far_behind)
    straight = bend <= STRAIGHT * np.abs(ahead - behind)
    smooth = (far_bend <= STRAIGHT * np.abs(far_ahead - far_behind)) | (far_bend >= 3 * bend)
    plain = straight & (np.abs(near - claim) <= WANTED * np.maximum(np.abs(near), np.abs(claim)))  # not so where one is NaN
    refined = smooth & (np.abs(extrapolated - claim) <= WANTED * np.maximum(np.abs(extrapolated), np.abs(claim)))
    moves = changes.any(axis=0)
    nothing = (claim == 0) & ~moves & shown
    good = same_branches & (nothing | (moves & (plain | refined))) & np.isfinite(claim) & np.isfinite(x)
    slope = np.where(plain, near, extrapolated)
    error, bound = np.abs(slope - claim), WANTED * np.maximum(np.abs(slope), np.abs(claim))
    table = zip(members, good.tolist(), claim.tolist(), slope.tolist(), error.tolist(), bound.tolist(), strict=True)
    for handle, right, claimed, found, off, allowed in table:
        if right:
            rows[handle] = Row(names[handle], (), claimed, found, off, allowed, METHOD, PASS)
