"""Verdicts on single entries of graphs of scalars, where a reference for them is known."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any, NamedTuple

from ..references import limits_of_slopes as trends
from ..references.grading import EPSILON, ORDINARY, as_float, grade
from ..references.scalars import Slope
from ..results import FAIL, INCONCLUSIVE, PASS, Row
from ..rules_in_many_digits import RULE_AGREEMENT, exact_gradient
from .claim import DIGITS, ScalarClaim
from .one_sided import ONE_SIDED, judge_corner, judge_edge, sides


class Exact(NamedTuple):
    """What the rules give in many digits, entry by entry, and the sizes of what is added up in it.

    What cancels in many digits is noise against the largest term anywhere: ``noise``.
    """

    claims: list[Any]
    scales: list[Any]
    noise: Any


def exact_claim(claim: ScalarClaim, values: Sequence[Any]) -> Exact:
    """The rules run backward over the exact values of all nodes."""
    mp, point, slip = claim.mp, claim.point, claim.slip
    cotangents, sizes = exact_gradient(claim.graph, values, point.flows, mp)
    claims = [cotangents[h] if cotangents[h] is not None else mp.mpf(0) for h in claim.handles]
    if slip is not None:
        place = point.wrt.index(slip.wrt)
        claims[place] = mp.mpf(slip.change(claims[place]))
    noise = max((s for s in sizes if mp.isfinite(s)), default=mp.mpf(0)) * mp.mpf(10) ** (15 - DIGITS)
    return Exact(claims, [sizes[h] for h in claim.handles], noise)


class ScalarJudge:
    """The judge of entries; ``rounding`` says in words where rounding decided a branch."""

    def __init__(self, claim: ScalarClaim, exact: Exact, rounding: str) -> None:
        self.claim, self.mp, self.exact, self.rounding = claim, claim.mp, exact, rounding

    def entry(self, index: int, slope: Slope | None, method: str) -> Row:
        """The verdict on one entry whose reference is known."""
        mp = self.mp
        self.claim.reference.use(DIGITS)
        mine = self.claim.analytic(index)
        if mine is None:
            return self.claim.undecided(index, "no derivative flows")
        if slope is None or (mp.isfinite(slope.left - slope.right) and abs(slope.left - slope.right) > self._smooth_gap(index)):
            left, right = sides(self.claim, index)
            if left.kind != trends.NUMBER or right.kind != trends.NUMBER:
                return judge_edge(self.claim, index, left, right, mine)
            slope = Slope((left.value + right.value) / 2, mp.mpf(0), left.value, right.value)
            method = ONE_SIDED
            rest = RULE_AGREEMENT * self.exact.scales[index] if mp.isfinite(self.exact.scales[index]) else 0
            if abs(left.value - right.value) > mp.mpf(10) ** -9 * (abs(left.value) + abs(right.value)) + rest:
                return judge_corner(self.claim, index, slope, mine)
        row = Row(self.claim.point.wrt[index], (), mine, as_float(slope.value), None, None, method, PASS, "", mp.nstr(slope.value, 40))
        if not math.isfinite(mine):
            return row._replace(verdict=INCONCLUSIVE, reason=f"float64 gives {mine}; the limit is {mp.nstr(slope.value, 17)}")
        claim, scale = self.exact.claims[index], self.exact.scales[index]
        size = max(abs(slope.value), scale if mp.isfinite(scale) else mp.mpf(0))
        graded = grade(row, slope.value, size, mp, self.rounding)
        if mp.isfinite(claim) and abs(claim - slope.value) <= RULE_AGREEMENT * size + slope.error + self.exact.noise:
            return graded
        if abs(slope.value - mp.mpf(mine)) <= ORDINARY * EPSILON * abs(slope.value):
            return graded
        told = f"the rules give {mp.nstr(claim, 17)}, the reference {mp.nstr(slope.value, 17)}"
        return graded._replace(verdict=FAIL, reason=self.claim.blame() or told)

    def _smooth_gap(self, index: int) -> Any:
        """How far apart the one-sided slopes of a smooth entry may be: they differ by the step times the curvature."""
        return self.mp.mpf(10) ** -8 * (1 + self.exact.scales[index] if self.mp.isfinite(self.exact.scales[index]) else 1)
