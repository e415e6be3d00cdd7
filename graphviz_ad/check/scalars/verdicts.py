"""Verdicts on single entries of graphs of scalars, where a reference for them is known."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

from ..judging.grading import EPSILON, ORDINARY, as_float
from ..judging.numbers import Judge, Known
from ..references.scalars import DIGITS, Slope
from ..rows import FAIL, Method, Row
from ..rules_in_many_digits import RULE_AGREEMENT, exact_gradient
from .claim import ScalarClaim


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


class ScalarJudge(Judge):
    """The judge of entries of a claim, by what the rules give in many digits."""

    def __init__(self, claim: ScalarClaim, exact: Exact, rounding: str) -> None:
        super().__init__(claim.mp, rounding, ORDINARY * EPSILON)
        self.claim, self.exact = claim, exact

    def entry(self, index: int, slope: Slope | None, method: Method) -> Row:
        """The verdict on one entry; a ``slope`` that is not known, or differs on the two sides, is followed from each side."""
        self.claim.reference.use(DIGITS)
        claimed = self.claim.analytic(index)
        if claimed is None:
            return self.claim.undecided(index, "no derivative flows")
        if slope is None or self._bends(slope, index):
            from ..references import limits_of_slopes as trends
            from .one_sided import ONE_SIDED, judge_corner, judge_edge, sides

            left, right = sides(self.claim, index)
            if left.kind != trends.NUMBER or right.kind != trends.NUMBER:
                return judge_edge(self.claim, index, left, right, claimed)
            slope = Slope((left.value + right.value) / 2, self.mp.mpf(0), left.value, right.value)
            method = ONE_SIDED
            if self._is_corner(slope, index):
                return judge_corner(self.claim, index, slope, claimed)
        truth, size = slope.value, max(abs(slope.value), self._scale(index))
        row = self.claim.row(index, method)._replace(reference=as_float(truth))
        known = Known(truth, self.exact.claims[index], size, slope.error + self.exact.noise)
        judged = self.slope(row, known, size)
        return judged._replace(reason=self.claim.blame() or judged.reason) if judged.verdict == FAIL else judged

    def _scale(self, index: int) -> Any:
        """The size of what is added up in an entry; 0 where it is beyond all bounds."""
        scale = self.exact.scales[index]
        return scale if self.mp.isfinite(scale) else self.mp.mpf(0)

    def _bends(self, slope: Slope, index: int) -> bool:
        """Whether the one-sided slopes differ by more than those of a smooth entry: the step times the curvature."""
        gap = slope.left - slope.right
        return bool(self.mp.isfinite(gap) and abs(gap) > self.mp.mpf(10) ** -8 * (1 + self._scale(index)))

    def _is_corner(self, slope: Slope, index: int) -> bool:
        """Whether the limits of the one-sided slopes differ."""
        rest = RULE_AGREEMENT * self._scale(index)
        return bool(abs(slope.left - slope.right) > self.mp.mpf(10) ** -9 * (abs(slope.left) + abs(slope.right)) + rest)
