"""Entries of graphs of scalars that reach a kink: the claim must lie in the hull of the gradients around the point."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

from ...graph.formulas import statement
from ...limits import limit
from ..judging.around_kinks import AROUND, Slopes, inside
from ..references.scalars import DIGITS, Slope
from ..rows import AT_KINK, FAIL, INCONCLUSIVE, PASS, Row
from . import neighbourhood as kinks
from .claim import ScalarClaim


def check_kinked(claim: ScalarClaim, scales: Sequence[Any], indices: Sequence[int], met: Sequence[kinks.Kink]) -> list[Row]:
    """The rows of the entries ``indices``, which reach the kinks ``met``; ``scales`` are the sizes of all entries' terms."""
    graph, reference = claim.graph, claim.reference
    needed = [kink for kink in met if graph.needed[kink.handle]]
    names = ", ".join(dict.fromkeys(f"{statement(graph, kink.handle)} ({kink.place})" for kink in needed))
    inputs = [claim.handles[i] for i in indices]
    cone = len(reference.cone(inputs))
    samples = 4 * len(inputs) + 40 + 2 ** min(len(met), kinks.MOST_KINKS)
    if samples * len(inputs) * cone > 40 * limit("GRADVIZ_CHECK_OPERATIONS"):
        reason = f"kink at {names}: exploring its neighbourhood costs more than GRADVIZ_CHECK_OPERATIONS allows"
        return [claim.undecided(index, reason) for index in indices]
    around = kinks.explore(reference, met, inputs, [scales[i] for i in indices])
    reference.use(DIGITS)
    if around.jumps or not around.gradients:
        return _without_slopes(claim, indices, around, names)
    claimed = [claim.analytic(index) for index in indices]
    numbers = [number for number in claimed if number is not None and math.isfinite(number)]
    if len(numbers) < len(claimed):
        return _not_finite(claim, indices, around, names)
    return _against_slopes(claim, indices, numbers, around, names)


def _without_slopes(claim: ScalarClaim, indices: Sequence[int], around: kinks.Neighbourhood, names: str) -> list[Row]:
    """Where the value jumps, or no side has a finite gradient."""
    if around.jumps:
        return [claim.undecided(index, f"the value jumps at {names}") for index in indices]
    if not around.endless:
        return [claim.undecided(index, f"kink at {names}, on the edge of the domain") for index in indices]
    rows = []
    for index, column in zip(indices, zip(*around.endless, strict=True), strict=True):
        slopes = " or ".join(dict.fromkeys(trend.in_words(claim.mp) for trend in column))
        rows.append(claim.undecided(index, f"kink at {names}: around it the slope {slopes}"))
    return rows


def _not_finite(claim: ScalarClaim, indices: Sequence[int], around: kinks.Neighbourhood, names: str) -> list[Row]:
    """Where some of the claimed numbers are not finite, or no derivative flows: what the slopes around are."""
    mp = claim.mp
    rows = []
    for index, column in zip(indices, zip(*around.gradients, strict=True), strict=True):
        low, high = min(column), max(column)
        if abs(high - low) <= mp.mpf(10) ** -20 * (abs(high) + abs(low)):
            reason = f"kink at {names}: float64 gives {claim.analytic(index)}; the limit is {mp.nstr(low, 17)}"
            rows.append(claim.undecided(index, reason, Slope(low, mp.mpf(0), low, low)))
        else:
            rows.append(claim.undecided(index, f"kink at {names}; the slopes around are {float(low):.6g} … {float(high):.6g}"))
    return rows


def _against_slopes(
    claim: ScalarClaim, indices: Sequence[int], numbers: Sequence[float], around: kinks.Neighbourhood, names: str
) -> list[Row]:
    """The verdicts on finite claimed ``numbers``: as a vector they must be one of the gradients around the point, or between them."""
    member = inside(numbers, around.gradients)
    rows = []
    for index, claimed, column in zip(indices, numbers, zip(*around.gradients, strict=True), strict=True):
        slopes = Slopes.of(column, claimed)
        row = claim.row(index, AROUND)._replace(bound=slopes.close)
        smooth = len(column) == 1 or slopes.same
        right = smooth and slopes.meet(claimed)
        if smooth:
            row = row._replace(reference=slopes.low, error=slopes.distance(claimed), exact=claim.mp.nstr(column[0], 40))
        else:
            row = row._replace(interval=(slopes.low, slopes.high))
        if right:
            row = row._replace(verdict=PASS, reason=f"{names}: both sides agree" if member else "")
        elif member:
            row = row._replace(verdict=AT_KINK, reason=slopes.between(names), slopes_told=True)
        elif around.complete or len(indices) == 1:
            row = row._replace(verdict=FAIL, reason=slopes.contradiction(names, len(column) == 1), slopes_told=len(column) > 1)
        else:
            row = row._replace(verdict=INCONCLUSIVE, reason=f"kink at {names}: not every side could be reached")
        rows.append(row)
    return rows
