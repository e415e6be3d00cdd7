"""Claimed slopes judged by what differences of the function's own values say, in its own precision.

Where they agree with a claim and are sharp enough, that decides. What is to count against a claim must hold at smaller steps, too; what
noise hides may show at larger ones, and a zero by moves that are far larger.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np  # noqa: TID253 - only checks of callables load this module, and they need it

from ..probing.black_box import NOISE_SPACINGS, BudgetSpent, natural_scales
from ..probing.differences import EDGE, JUMP, KINK, NO_LIMIT, NONE, SMOOTH, UP, WIDEST, Ladder, Slopes
from ..results import FAIL, INCONCLUSIVE, PASS
from . import slow_limits
from .finding import FLOAT, ROUNDING, SPENT, VERIFIED, Finding, nothing_known
from .subject import WANTED, ZERO, Subject

if TYPE_CHECKING:
    from ..probing.differences import Kept
    from ..probing.vectors import Flags, Floats

#: a claim on a flat function is not judged where it predicts less than this part of the smallest change seen
FAINT = 2.0**-20
#: a ladder that went down so many levels may stand on one step of a function that goes in steps
DEEP = 4
#: ladders that are begun anew, with smaller steps, before the search for a slope is given up
RESTARTS = 6
#: a claim below this is what underflow left
DENORMAL = 2.0**-960


class Differenced(NamedTuple):
    """Slopes along a direction, None where the budget ended before, and what they say of the claims."""

    slopes: Slopes | None
    findings: list[Finding]


class DifferenceExaminer(Subject):
    """A subject that judges claims by differences alone."""

    def elsewhere(self, vector: Floats, base: Floats, noise: Floats) -> DifferenceExaminer:
        """An examiner of the same function at another point."""
        scales = natural_scales(self.box.layout, vector)
        return DifferenceExaminer(self.box, vector, base, noise, scales, self.exact, self.tolerance, rounding=self.rounding)

    def by_differences(self, direction: Floats, claims: Floats) -> list[Finding]:
        """A finding for every output; ``claims`` are the claimed slopes along the direction."""
        return self._differenced(direction, claims, None, sharper=False).findings

    def _differenced(self, direction: Floats, claims: Floats, kept: Kept | None, sharper: bool) -> Differenced:
        """``kept`` are values that are known already; ``sharper``: better references will be asked where these do not pass."""
        self.face(direction)
        try:
            ladder, slopes, findings = self._explore(self.ladder(direction, kept), claims)
            findings = slow_limits.judge(self, ladder, slopes, claims, findings)
            findings = self._zeros(direction, slopes, claims, findings, sharper)
            findings = self._wider(ladder, slopes, claims, findings)
        except BudgetSpent:
            return Differenced(None, [nothing_known(SPENT)] * len(claims))
        return Differenced(slopes, findings)

    def _explore(self, ladder: Ladder, claims: Floats) -> tuple[Ladder, Slopes, list[Finding]]:
        """Slopes and what they say; before they count against a claim, smaller steps must bear them out.

        Where they do not, a ladder of smaller steps is climbed. Its rounding is known less well (differences of neighbouring
        numbers may all be rounded alike), so it speaks against a claim only where the noise is the same at all distances.
        """
        reason = "differences at small steps contradict those at larger ones: no limit was found"
        uneven = self.fine < self.noise / 16
        for attempt in range(RESTARTS):
            slopes = ladder.explore(lambda s: self._enough(s, claims))
            if attempt:  # a function that rounds inside stands still on such small steps: its slope is known to one rounding only
                idle = uneven & (slopes.value == 0)
                slopes = slopes._replace(error=np.where(idle, np.maximum(slopes.error, self.noise / 2.0**ladder.first), slopes.error))
            findings = [self._judge(slopes, claims, k) for k in range(len(claims))]
            suspects = np.array([f.verdict == FAIL and slopes.state[k] == SMOOTH for k, f in enumerate(findings)])
            wild = suspects & (self.fine > 2.0**-20 * slopes.variation) & (128 * np.abs(claims) * NOISE_SPACINGS[0] >= self.fine)
            if np.any(wild):  # a slope so steep that the function takes any value from one double to the next
                findings = [f._replace(verdict=INCONCLUSIVE, reason=reason) if bad else f for f, bad in zip(findings, wild, strict=True)]
                suspects &= ~wild
            if np.any(suspects) and (attempt or max(ladder.ahead) > DEEP):
                odd = suspects & (uneven | ladder.favoured(slopes, claims, suspects, ladder.first - self.first - UP))
                findings = [f._replace(verdict=INCONCLUSIVE, reason=reason) if bad else f for f, bad in zip(findings, odd, strict=True)]
                suspects &= ~odd
            level = ladder.doubted(slopes, claims, suspects, self.fine) if np.any(suspects) else None
            if level is None:
                return ladder, slopes, self._flat(ladder, claims, findings)
            ladder = Ladder(self.box, self.vector, self.base, ladder.direction, self.fine, ladder.first - level + 2)
        findings = [f._replace(verdict=INCONCLUSIVE, reason=reason) if bad else f for f, bad in zip(findings, suspects, strict=True)]
        return ladder, slopes, findings

    def _wider(self, ladder: Ladder, slopes: Slopes, claims: Floats, findings: list[Finding]) -> list[Finding]:
        """A claim that noise hides passes where steps larger than the entry show it sharply: cos bends on the scale of 1, even at 1e-5.

        An extrapolation over so wide a range that meets an independent claim in five digits is evidence. One that does not is none:
        wide steps may pass over what the function does near the point. So they count for a claim only, and never for a zero.
        """
        open_ = [hidden(f, slopes, claims, k) and claims[k] != 0 for k, f in enumerate(findings)]
        if not any(open_):
            return findings
        wide = ladder.explore(lambda s: self._enough(s, claims) | ~np.array(open_), WIDEST)
        settled = list(findings)
        for k, claim in enumerate(map(float, claims)):
            value, error = float(wide.value[k]), float(wide.error[k])
            if open_[k] and wide.state[k] == SMOOTH and abs(claim - value) + error <= VERIFIED * abs(claim):
                settled[k] = Finding(PASS, value, error, error + VERIFIED * abs(claim), FLOAT)
        return settled

    def _zeros(self, direction: Floats, slopes: Slopes, claims: Floats, findings: list[Finding], sharper: bool) -> list[Finding]:
        """A claimed zero that differences do not settle passes where larger moves show that nothing is hidden by rounding.

        Where the function runs in high precision, that will tell.
        """
        open_ = np.array([f.verdict == INCONCLUSIVE and slopes.state[k] == SMOOTH and claims[k] == 0 for k, f in enumerate(findings)])
        if not np.any(open_) or (sharper and self.exact() is not None):
            return findings
        proved = open_ & (slopes.value == 0) & self.without_influence(direction, slopes.error, open_)
        return [f._replace(verdict=PASS, reason="") if good else f for f, good in zip(findings, proved, strict=True)]

    def _flat(self, ladder: Ladder, claims: Floats, findings: list[Finding]) -> list[Finding]:
        """Where a function is exactly flat, a claim is not judged that moves it by less than its smallest step nearby.

        log(1 + exp(-x)) goes in steps of 2**-52 and rounds to 0 from x = 37 on; that it does not move says nothing about a
        slope of 1e-20. Steps much larger than roundings of the arguments and values are no rounding, but part of the function.
        """
        flat = [f.verdict == FAIL and f.reference == 0 and f.error <= 1e-3 * abs(float(c)) for f, c in zip(findings, claims, strict=True)]
        if not any(flat):
            return findings
        reason = "the function is flat here, and what is claimed lies below the smallest change it makes nearby"
        still = 2.0 ** (ladder.first - min(ladder.ahead))
        largest = float(np.max(np.abs(self.vector)))
        for level in range(min(ladder.ahead), -UP - 4, -2):
            ladder.have(level)
            step = 2.0 ** (ladder.first - level)
            for k, waiting in enumerate(flat):
                change = max(abs(float(side[level][k] - self.base[k])) for side in (ladder.ahead, ladder.behind))
                if waiting and 0 < change < np.inf:
                    flat[k] = False
                    rounding = change <= ROUNDING * max(largest, abs(float(self.base[k])))
                    if abs(float(claims[k])) * step < FAINT * change or (rounding and abs(float(claims[k])) * still < change):
                        findings[k] = findings[k]._replace(verdict=INCONCLUSIVE, reason=reason)
            if not any(flat):
                break
            still = step
        return findings

    def _enough(self, s: Slopes, claims: Floats) -> Flags:
        with np.errstate(all="ignore"):
            size = np.maximum(np.abs(s.value), np.abs(claims))
            distance = np.abs(s.value - claims)
            smooth = s.state == SMOOTH
            agrees = smooth & (distance <= s.error + self.tolerance * size) & (s.error <= WANTED * size)
            zero = smooth & (claims == 0) & (distance <= s.error) & (s.error <= ZERO * s.moved)
            wrong = smooth & (distance > 20 * s.error + self.tolerance * size) & (s.error <= 1e-3 * distance)
        return agrees | zero | wrong

    def _judge(self, s: Slopes, claims: Floats, k: int) -> Finding:
        claim, value, error = float(claims[k]), float(s.value[k]), float(s.error[k])
        state = s.state[k]
        size = max(abs(claim), abs(value))
        bound = self.sure * error + self.tolerance * size
        left, right = float(s.left[k]), float(s.right[k])
        if state == SMOOTH:
            return self._smooth(claim, value, error, bound, float(s.moved[k]), float(s.bend[k]))
        if state == EDGE:
            side = "one-sided slope at the edge of the domain"
            if (np.isfinite(error) and error <= self.sharp * size) or (claim == value == 0):
                if abs(claim - value) <= bound:
                    return Finding(PASS, value, error, bound, FLOAT, side)
                return Finding(INCONCLUSIVE, value, error, bound, FLOAT, f"{side} is {self.shown(value)}; there is none on the other side")
            return Finding(INCONCLUSIVE, value, error, bound, FLOAT, "the edge of the domain: the slope has no finite limit there")
        if state == KINK:
            spread = self.sure * max(float(s.left_error[k]), float(s.right_error[k])) + self.tolerance * max(abs(left), abs(right))
            return self.kink(claim, left, right, spread, FLOAT)
        reasons = {
            JUMP: "the function jumps here, so it has no derivative",
            NO_LIMIT: "no limit of the difference quotients was found here (there is none, or they approach it slowly)",
            NONE: "the function is not finite around this point",
        }
        return Finding(INCONCLUSIVE, value, error, bound, FLOAT, reasons[state])

    def _smooth(self, claim: float, value: float, error: float, bound: float, moved: float, bend: float) -> Finding:
        distance, size = abs(claim - value), max(abs(claim), abs(value))
        nothing = ROUNDING * bend  # what the rounding of the point itself makes of a slope of zero
        if size + error <= nothing and (abs(claim) < DENORMAL or abs(claim) >= 2.0**-12 * nothing):
            return Finding(PASS, value, error, nothing, FLOAT, "zero, as nearly as the point itself is rounded")
        if bound < distance <= ROUNDING * bend:
            reason = (
                f"claimed {self.shown(claim)}, differences give {self.shown(value)}: one rounding of the point moves the slope by as much"
            )
            return Finding(INCONCLUSIVE, value, error, bound, FLOAT, reason)
        if distance > bound:
            return Finding(FAIL, value, error, bound, FLOAT)
        excluded = distance + error <= VERIFIED * size  # whatever is further off than this
        if error <= self.sharp * size or excluded or (claim == 0 and error <= ZERO * moved):
            return Finding(PASS, value, error, bound, FLOAT)
        reason = f"noise hides it: the slope is known to ±{self.shown(error, 2)} only, the claim is {self.shown(claim, 3)}"
        return Finding(INCONCLUSIVE, value, error, bound, FLOAT, reason)


def hidden(finding: Finding, slopes: Slopes, claims: Floats, k: int) -> bool:
    """Whether nothing speaks against a claim, but noise is too large for a verdict."""
    allowed = max(finding.bound, ROUNDING * float(slopes.bend[k]))
    return finding.verdict == INCONCLUSIVE and slopes.state[k] == SMOOTH and abs(float(claims[k]) - finding.reference) <= allowed
