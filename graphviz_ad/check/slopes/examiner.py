"""One claimed slope against what the function does along one direction: the verdict, and the evidence for it.

First differences in the function's own precision. Where they agree with the claim and are sharp enough, that decides. Where
they do not, the function is run on numbers of high precision if it runs on them, or with a complex step if it is analytic.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import numpy as np  # noqa: TID253 - only checks of callables load this module, and they need it

from ..probing.black_box import BudgetSpent
from ..results import FAIL, INCONCLUSIVE, PASS
from . import complex_step, continuation, high_precision
from .advice import advised
from .by_differences import DifferenceExaminer, hidden
from .finding import SURE, SURE_ELSEWHERE, Finding

if TYPE_CHECKING:
    from ..probing.black_box import BlackBox
    from ..probing.differences import Kept, Slopes
    from ..probing.high_precision_numbers import ExactBox
    from ..probing.vectors import Floats


class Examiner(DifferenceExaminer):
    """Examines claims about one function near one point, with every reference that there is.

    ``claims_at`` gives the claimed derivative (outputs × entries) at other points, where claims may be followed to.
    """

    def __init__(
        self,
        box: BlackBox,
        vector: Floats,
        base: Floats,
        noise: Floats,
        scales: Floats,
        exact: Callable[[], ExactBox | None],
        tolerance: float,
        *,
        fine: Floats | None = None,
        sure: float = SURE,
        rounding: float = 2.0**-52,
        plain: bool = False,
        claim_noise: Callable[[Floats], Floats] | None = None,
        claims_at: Callable[[Floats], Floats] | None = None,
    ) -> None:
        super().__init__(
            box, vector, base, noise, scales, exact, tolerance,
            fine=fine, sure=sure, rounding=rounding, plain=plain, claim_noise=claim_noise,
        )  # fmt: skip
        self.claims_at = claims_at
        self._followed = 0  # entries whose claims were followed to where they show
        self._analytic = True  # until a complex step shows that it is not

    def examine(self, direction: Floats, claims: Floats, kept: Kept | None = None) -> list[Finding]:
        """A finding for every output; ``claims`` are the claimed slopes along the direction, ``kept`` values that are known already.

        Better references are asked where differences do not pass.
        """
        slopes, findings = self._differenced(direction, claims, kept, sharper=True)
        if slopes is None or all(f.verdict == PASS for f in findings):
            return findings
        sharper = self._sharpen(direction, slopes, claims, findings)
        findings = [f if f.verdict == PASS else s for f, s in zip(findings, sharper, strict=True)]
        reach = max(1.0, float(np.max(np.abs(direction) / self.scales)))  # how often the entries' own sizes the direction is long
        findings = [self._coarse(f, float(claim), k, reach) for k, (f, claim) in enumerate(zip(findings, claims, strict=True))]
        return advised(self, slopes, claims, self._continued(direction, slopes, claims, findings))

    def _coarse(self, finding: Finding, claim: float, k: int, reach: float) -> Finding:
        """In single precision 1 - tanh(x)**2 of a saturated unit keeps no digit: that is no slip of its author."""
        unit = self.rounding * abs(float(self.base[k])) * reach
        if self.rounding < 2.0**-50 or finding.verdict != FAIL or finding.interval is not None:
            return finding
        if abs(claim - finding.reference) > 8 * unit:
            return finding
        both = f"claimed {self.shown(claim)}, the slope is {self.shown(finding.reference)}"
        return finding._replace(verdict=INCONCLUSIVE, reason=f"{both}: they differ by less than rounding of the function's value")

    def _continued(self, direction: Floats, slopes: Slopes, claims: Floats, findings: list[Finding]) -> list[Finding]:
        """A claim that noise hides is followed to other values of the entry, where it shows.

        It passes if it holds there and its error here is next to nothing, and fails if it does not hold within the entry's own size.
        """
        (places,) = np.nonzero(direction)
        open_ = np.array([hidden(f, slopes, claims, k) for k, f in enumerate(findings)])
        if self.claims_at is None or len(places) != 1 or not np.any(open_) or self._followed == continuation.ENTRIES:
            return findings
        self._followed += 1
        try:
            slight = continuation.next_to_nothing(self, int(places[0]), np.array([f.error for f in findings]))
            verdicts = continuation.follow(self, self.claims_at, int(places[0]), open_, SURE_ELSEWHERE)
        except BudgetSpent:
            return findings
        settled = list(findings)
        for k in np.flatnonzero(open_):
            wrong = verdicts.contradicted[k]
            if wrong is not None:
                seen = f"where the entry is {wrong.entry:.6g}, {wrong.claim:.6g} is claimed and the slope is {wrong.slope:.6g}"
                reason = f"{findings[k].reason}; {seen}"
                settled[k] = findings[k]._replace(verdict=FAIL if wrong.near else INCONCLUSIVE, reason=reason)
            elif slight[k] and verdicts.borne_out[k] >= continuation.WITNESSES:
                reason = "next to nothing here, where rounding hides it; it holds for other values of the entry, where it shows"
                settled[k] = findings[k]._replace(verdict=PASS, reason=reason)
        return settled

    def _sharpen(self, direction: Floats, slopes: Slopes, claims: Floats, findings: list[Finding]) -> list[Finding]:
        box = self.exact()
        if box is not None:
            exact = box.slope(self.vector, direction)
            return [high_precision.verdict(self, exact, slopes, claims, k, findings[k], direction) for k in range(len(claims))]
        if not self._analytic or all(f.verdict != INCONCLUSIVE for f in findings):
            return findings
        try:
            step = complex_step.slope(self, direction)
        except complex_step.NotAnalytic:
            self._analytic = False
            return findings
        if step is None:
            return findings
        return [complex_step.verdict(self, step, slopes, claims, k, findings[k]) for k in range(len(claims))]
