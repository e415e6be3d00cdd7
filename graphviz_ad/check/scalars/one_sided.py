"""Entries of graphs of scalars whose slopes differ on the two sides although no operation declares a kink there."""

from __future__ import annotations

import math
from typing import Any

from ..references import limits_of_slopes as trends
from ..references.grading import EPSILON, ORDINARY, as_float
from ..references.scalars import Slope
from ..results import AT_KINK, FAIL, INCONCLUSIVE, PASS, Row
from .claim import DIGITS, ScalarClaim

ONE_SIDED = "one-sided differences"


def sides(claim: ScalarClaim, index: int) -> tuple[trends.Trend, trends.Trend]:
    """Where the slopes from the left and from the right go as the distance shrinks."""
    mp, handle, reference = claim.mp, claim.handles[index], claim.reference
    base = reference.base(trends.DIGITS)
    size = reference.direction_of(handle)[handle]
    cones = reference.cones(trends.DIGITS)
    largest = max((abs(mp.mpf(value)) for value in base if value is not None and mp.isfinite(value)), default=mp.mpf(1))

    def change(power: int) -> list[Any]:
        step = mp.mpf(10) ** -power * size
        ahead, behind = cones.changes(handle, (base[handle] + step, base[handle] - step))
        return [-mp.mpf(behind), mp.mpf(ahead)]

    def sample(power: int) -> list[Any]:
        return [part / (mp.mpf(10) ** -power * size) for part in change(power)]

    gaps = trends.follow(change, lambda power: trends.noise_of(mp, largest, 1), mp)
    slopes = trends.follow(sample, lambda power: trends.noise_of(mp, largest, mp.mpf(10) ** -power * size), mp)
    left, right = (
        trends.Trend(trends.JUMP, mp.nan) if gap.kind == trends.NUMBER and gap.value else slope
        for gap, slope in zip(gaps, slopes, strict=True)
    )
    reference.use(DIGITS)
    return left, right


def judge_edge(claim: ScalarClaim, index: int, left: trends.Trend, right: trends.Trend, mine: float) -> Row:
    """An entry without a slope on both sides: the edge of the domain, a vertical tangent, a jump, or an oscillation."""
    mp = claim.mp
    if left.kind == right.kind == trends.OUTSIDE:
        return claim.undecided(index, claim.why_not(index))
    if trends.OUTSIDE not in (left.kind, right.kind):
        told = f"from the left the slope {left.told(mp)}, from the right it {right.told(mp)}"
        if left.told(mp) == right.told(mp):
            told = f"the slope {left.told(mp)}" + (", a vertical tangent" if left.kind == trends.INFINITE else "")
        return claim.undecided(index, f"float64 gives {mine}; {told}")
    side, there = ("left", left) if right.kind == trends.OUTSIDE else ("right", right)
    if there.kind != trends.NUMBER:
        return claim.undecided(index, f"edge of the domain: float64 gives {mine}, from the {side} the slope {there.told(mp)}")
    slope = Slope(there.value, mp.mpf(0), there.value, there.value)
    row = claim.undecided(
        index, f"edge of the domain: float64 gives {mine}, the limit from the {side} is {mp.nstr(there.value, 17)}", slope
    )
    if math.isfinite(mine) and abs(there.value - mp.mpf(mine)) <= ORDINARY * EPSILON * abs(there.value):
        error = as_float(abs(there.value - mp.mpf(mine)))
        reason = f"edge of the domain: this is the slope from the {side}"
        return row._replace(verdict=PASS, error=error, method=ONE_SIDED, reason=reason)
    return row


def judge_corner(claim: ScalarClaim, index: int, slope: Slope, mine: float) -> Row:
    """A corner that no operation declares, such as sqrt(x*x) at 0: the claim must lie between the one-sided slopes."""
    low, high = sorted((as_float(slope.left), as_float(slope.right)))
    reason = f"corner: the slopes are {low:.6g} and {high:.6g}"
    row = Row(claim.point.wrt[index], (), mine, None, None, None, ONE_SIDED, INCONCLUSIVE, reason, interval=(low, high))
    if not math.isfinite(mine):
        return row._replace(reason=f"float64 gives {mine}; {reason}")
    close = 1e-9 * max(abs(low), abs(high))
    if len(claim.handles) > 1:
        return row._replace(reason=reason + "; undecided between several inputs")
    return row._replace(verdict=AT_KINK if low - close <= mine <= high + close else FAIL)
