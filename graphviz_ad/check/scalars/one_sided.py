"""Entries of graphs of scalars whose slopes differ on the two sides although no operation declares a kink there."""

from __future__ import annotations

import math
from typing import Any

from ..judging.around_kinks import CLOSE
from ..judging.grading import EPSILON, ORDINARY, as_float
from ..references import limits_of_slopes as trends
from ..references.scalars import DIGITS, Slope
from ..rows import AT_KINK, FAIL, PASS, Method, MethodKind, Row
from .claim import ScalarClaim

ONE_SIDED = Method("one-sided differences", MethodKind.ONE_SIDED)


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


def judge_edge(claim: ScalarClaim, index: int, left: trends.Trend, right: trends.Trend, claimed: float) -> Row:
    """An entry without a slope on both sides: the edge of the domain, a vertical tangent, a jump, or an oscillation."""
    mp = claim.mp
    if left.kind == right.kind == trends.OUTSIDE:
        return claim.undecided(index, claim.why_not(index))
    if trends.OUTSIDE not in (left.kind, right.kind):
        slopes = f"from the left the slope {left.in_words(mp)}, from the right it {right.in_words(mp)}"
        if left.in_words(mp) == right.in_words(mp):
            slopes = f"the slope {left.in_words(mp)}" + (", a vertical tangent" if left.kind == trends.INFINITE else "")
        return claim.undecided(index, f"float64 gives {claimed}; {slopes}")
    side, there = ("left", left) if right.kind == trends.OUTSIDE else ("right", right)
    if there.kind != trends.NUMBER:
        return claim.undecided(index, f"edge of the domain: float64 gives {claimed}, from the {side} the slope {there.in_words(mp)}")
    limit = there.value
    reason = f"edge of the domain: float64 gives {claimed}, the limit from the {side} is {mp.nstr(limit, 17)}"
    row = claim.undecided(index, reason, Slope(limit, mp.mpf(0), limit, limit))
    if math.isfinite(claimed) and abs(limit - mp.mpf(claimed)) <= ORDINARY * EPSILON * abs(limit):
        reason = f"edge of the domain: this is the slope from the {side}"
        return row._replace(verdict=PASS, error=as_float(abs(limit - mp.mpf(claimed))), method=ONE_SIDED, reason=reason)
    return row


def judge_corner(claim: ScalarClaim, index: int, slope: Slope, claimed: float) -> Row:
    """A corner that no operation declares, such as sqrt(x*x) at 0: the claim must lie between the one-sided slopes."""
    low, high = sorted((as_float(slope.left), as_float(slope.right)))
    reason = f"corner: the slopes are {low:.6g} and {high:.6g}"
    row = claim.row(index, ONE_SIDED)._replace(reason=reason, interval=(low, high), slopes_told=True)
    if not math.isfinite(claimed):
        return row._replace(reason=f"float64 gives {claimed}; {reason}")
    if len(claim.handles) > 1:
        return row._replace(reason=reason + "; undecided between several inputs")
    close = CLOSE * max(abs(low), abs(high))
    return row._replace(verdict=AT_KINK if low - close <= claimed <= high + close else FAIL)
