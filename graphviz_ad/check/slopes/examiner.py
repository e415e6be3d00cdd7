"""One claimed slope against what the function does along one direction: the verdict, and the evidence for it.

First differences in the function's own precision. Where they agree with the claim and are sharp enough, that decides. Where
they do not, the function is run on numbers of high precision if it runs on them, or with a complex step if it is analytic.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np  # noqa: TID253 - only checks of callables load this module, and they need it

from ..probing.black_box import NOISE_SPACINGS, BlackBox, BudgetSpent, natural_scales
from ..probing.differences import EDGE, JUMP, KINK, NO_LIMIT, NONE, SMOOTH, UP, WIDEST, Ladder, Slopes
from ..probing.high_precision_numbers import ExactBox
from ..results import AT_KINK, FAIL, INCONCLUSIVE, PASS
from . import complex_step, continuation, high_precision
from . import slow_limits as approach
from .advice import advised
from .finding import FLOAT, ROUNDING, SHARP, SPENT, SURE, SURE_ELSEWHERE, VERIFIED, Finding
from .sweep import WANTED, Kept

#: a claim on a flat function is not judged where it predicts less than this part of the smallest change seen
FAINT = 2.0**-20
#: a ladder that went down so many levels may stand on one step of a function that goes in steps
DEEP = 4
#: ladders that are begun anew, with smaller steps, before the search for a slope is given up
RESTARTS = 6
#: a claim may lie outside the slopes at a kink by their error, as long as that is no more than this part of what they differ by
LOOSE = 1e-2
#: a claim below this is what underflow left
DENORMAL = 2.0**-960
#: a slope is zero where its error is less than this part of what the function moves along the direction at larger steps
ZERO = 1e-6
#: moves that tell a true zero from a slope that rounding hides, in parts of a direction; no powers of two, which a period may divide.
#: Up to NEAR their change bounds a slope; further away, only if the function had not moved at all before
FAR, NEAR = (1.3, -67.0, 4001.0, -1.1e6), 100.0


class Examiner:
    """Examines claims about one function near one point.

    ``tolerance`` is the relative error that a right claim may have from its own rounding.
    """

    def __init__(
        self, box: BlackBox, vector: Any, base: Any, noise: Any, scales: Any, exact: Callable[[], ExactBox | None], tolerance: float
    ) -> None:
        self.box, self.vector, self.base, self.noise, self.scales = box, vector, base, noise, scales
        self.fine = noise  # at the smallest steps alone
        self.sure = SURE
        self.chance = np.random.default_rng(231)
        self.exact, self.tolerance = exact, tolerance
        self.rounding = 2.0**-52  # of what the claim is computed in
        self.sharp = max(SHARP, 8 * tolerance)
        with np.errstate(all="ignore"):
            relative = np.nanmax(np.where(base != 0, noise / np.abs(base), 0.0), initial=2.0**-52)
        self.first = int(np.clip(round(float(np.log2(np.clip(relative, 2.0**-52, 1.0)) / 5)), -10, -3))
        self.followed = 0  # entries whose claims were followed to where they show
        self.unit = 1.0  # the size of an entry in the direction under examination: reasons tell slopes per unit of the entry
        self.analytic: bool | None = None
        self.claim_noise: Callable[[Any], Any] | None = None  # from a direction to the spread of the claimed slopes
        self.plain = False  # whether the claim is values, known at this point only
        self.claims_at: Callable[[Any], Any] | None = None  # from a point to the claimed derivative, outputs × entries
        self.curves: dict[int, list[tuple[float, float]]] = {}

    def shown(self, slope: float, digits: int = 6) -> str:
        """A slope along the direction under examination, per unit of the entry, for a reason."""
        return f"{slope / self.unit:.{digits}g}"

    def step(self, level: int) -> float:
        """The step at a level of a ladder, in parts of a direction."""
        return float(2.0 ** (self.first - level))

    def elsewhere(self, vector: Any, base: Any, noise: Any) -> Examiner:
        """An examiner of the same function at another point."""
        other = Examiner(self.box, vector, base, noise, natural_scales(self.box.layout, vector), self.exact, self.tolerance)
        other.rounding = self.rounding
        return other

    def ladder(self, direction: Any, kept: Kept | None = None) -> Ladder:
        """A ladder along a direction, with the values that are already known."""
        ladder = Ladder(self.box, self.vector, self.base, direction, self.noise, self.first)
        for level, (ahead, behind) in (kept or {}).items():
            ladder.ahead[level], ladder.behind[level] = ahead, behind
        return ladder

    # -- the careful way ---------------------------------------------------------------------------------------------

    def examine(self, direction: Any, claims: Any, kept: Kept | None = None, sharpen: bool = True) -> list[Finding]:
        """A finding for every output; ``claims`` are the claimed slopes along the direction.

        ``sharpen`` asks better references where differences do not pass.
        """
        (places,) = np.nonzero(direction)
        self.unit = float(direction[places[0]]) if len(places) == 1 else 1.0
        try:
            ladder, slopes, findings = self._explore(self.ladder(direction, kept), claims)
            findings = approach.judge(self, ladder, slopes, claims, findings)
            findings = self._zeros(direction, slopes, claims, findings, sharpen)
            findings = self._wider(ladder, slopes, claims, findings)
        except BudgetSpent:
            return [Finding(INCONCLUSIVE, np.nan, np.inf, np.inf, FLOAT, SPENT)] * len(claims)
        if not sharpen or all(f.verdict == PASS for f in findings):
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

    def _explore(self, ladder: Ladder, claims: Any) -> tuple[Ladder, Slopes, list[Finding]]:
        """Slopes and what they say; before they count against a claim, smaller steps must bear them out.

        Where they do not, a ladder of smaller steps is climbed. Its rounding is known less well (differences of neighbouring
        numbers may all be rounded alike), so it speaks against a claim only where the noise is the same at all distances.
        """
        told = "differences at small steps contradict those at larger ones: no limit was found"
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
                findings = [f._replace(verdict=INCONCLUSIVE, reason=told) if bad else f for f, bad in zip(findings, wild, strict=True)]
                suspects &= ~wild
            if np.any(suspects) and (attempt or max(ladder.ahead) > DEEP):
                odd = suspects & (uneven | ladder.favoured(slopes, claims, suspects, ladder.first - self.first - UP))
                findings = [f._replace(verdict=INCONCLUSIVE, reason=told) if bad else f for f, bad in zip(findings, odd, strict=True)]
                suspects &= ~odd
            level = ladder.doubted(slopes, claims, suspects, self.fine) if np.any(suspects) else None
            if level is None:
                return ladder, slopes, self._flat(ladder, claims, findings)
            ladder = Ladder(self.box, self.vector, self.base, ladder.direction, self.fine, ladder.first - level + 2)
        findings = [f._replace(verdict=INCONCLUSIVE, reason=told) if bad else f for f, bad in zip(findings, suspects, strict=True)]
        return ladder, slopes, findings

    def _wider(self, ladder: Ladder, slopes: Slopes, claims: Any, findings: list[Finding]) -> list[Finding]:
        """A claim that noise hides passes where steps larger than the entry show it sharply: cos bends on the scale of 1, even at 1e-5.

        An extrapolation over so wide a range that meets an independent claim in five digits is evidence. One that does not is none:
        wide steps may pass over what the function does near the point. So they count for a claim only, and never for a zero.
        """
        hidden = [_hidden(f, slopes, claims, k) and claims[k] != 0 for k, f in enumerate(findings)]
        if not any(hidden):
            return findings
        wide = ladder.explore(lambda s: self._enough(s, claims) | ~np.array(hidden), WIDEST)
        settled = list(findings)
        for k, claim in enumerate(map(float, claims)):
            value, error = float(wide.value[k]), float(wide.error[k])
            if hidden[k] and wide.state[k] == SMOOTH and abs(claim - value) + error <= VERIFIED * abs(claim):
                settled[k] = Finding(PASS, value, error, error + VERIFIED * abs(claim), FLOAT)
        return settled

    def _zeros(self, direction: Any, slopes: Slopes, claims: Any, findings: list[Finding], sharpen: bool) -> list[Finding]:
        """A claimed zero that differences do not settle passes where larger moves show that nothing is hidden by rounding.

        Where the function runs in high precision, that will tell.
        """
        open_ = np.array([f.verdict == INCONCLUSIVE and slopes.state[k] == SMOOTH and claims[k] == 0 for k, f in enumerate(findings)])
        if not np.any(open_) or (sharpen and self.exact() is not None):
            return findings
        proved = open_ & (slopes.value == 0) & self.without_influence(direction, slopes.error, open_)
        return [f._replace(verdict=PASS, reason="") if good else f for f, good in zip(findings, proved, strict=True)]

    def _continued(self, direction: Any, slopes: Slopes, claims: Any, findings: list[Finding]) -> list[Finding]:
        """A claim that noise hides is followed to other values of the entry, where it shows.

        It passes if it holds there and its error here is next to nothing, and fails if it does not hold within the entry's own size.
        """
        (places,) = np.nonzero(direction)
        hidden = np.array([_hidden(f, slopes, claims, k) for k, f in enumerate(findings)])
        if self.claims_at is None or len(places) != 1 or not np.any(hidden) or self.followed == continuation.ENTRIES:
            return findings
        self.followed += 1
        try:
            slight = continuation.next_to_nothing(self, int(places[0]), np.array([f.error for f in findings]))
            verdicts = continuation.follow(self, int(places[0]), hidden, SURE_ELSEWHERE)
        except BudgetSpent:
            return findings
        settled = list(findings)
        for k in np.flatnonzero(hidden):
            wrong = verdicts.contradicted[k]
            if wrong is not None:
                seen = f"where the entry is {wrong.entry:.6g}, {wrong.claim:.6g} is claimed and the slope is {wrong.slope:.6g}"
                told = f"{findings[k].reason}; {seen}"
                settled[k] = findings[k]._replace(verdict=FAIL if wrong.near else INCONCLUSIVE, reason=told)
            elif slight[k] and verdicts.borne_out[k] >= continuation.WITNESSES:
                told = "next to nothing here, where rounding hides it; it holds for other values of the entry, where it shows"
                settled[k] = findings[k]._replace(verdict=PASS, reason=told)
        return settled

    def without_influence(self, direction: Any, error: Any, asked: Any) -> Any:
        """For which of the outputs that are ``asked`` about a slope of zero, known to ``error``, is no slope that rounding hides.

        Either large moves leave the value as it is, to the last bit or, where the error is below half of the value's digits, within
        its noise; or they change it so much that ``error`` is nothing beside it: 1e8 + 1e-5*b**2 does neither. What is not finite is
        no evidence.
        """
        slight = error <= continuation.VALUE * np.abs(self.base)
        quiet = np.where(slight, self.noise, 0.0)
        still, seen, proved = (np.full(self.box.width, start) for start in (True, False, False))
        for part in FAR:
            values = self.box(self.vector + part * direction)
            finite = np.isfinite(values)
            with np.errstate(all="ignore"):
                change = np.where(finite, np.abs(values - self.base), 0.0)
            proved |= (change > 0) & (error <= ZERO * change / abs(part)) & (still | (abs(part) <= NEAR))
            still &= change <= quiet
            seen |= finite
            if not np.any(asked & ~proved & still):
                break
        return asked & (proved | (still & seen))

    def _flat(self, ladder: Ladder, claims: Any, findings: list[Finding]) -> list[Finding]:
        """Where a function is exactly flat, a claim is not judged that moves it by less than its smallest step nearby.

        log(1 + exp(-x)) goes in steps of 2**-52 and rounds to 0 from x = 37 on; that it does not move says nothing about a
        slope of 1e-20. Steps much larger than roundings of the arguments and values are no rounding, but part of the function.
        """
        flat = [f.verdict == FAIL and f.reference == 0 and f.error <= 1e-3 * abs(float(c)) for f, c in zip(findings, claims, strict=True)]
        if not any(flat):
            return findings
        told = "the function is flat here, and what is claimed lies below the smallest change it makes nearby"
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
                        findings[k] = findings[k]._replace(verdict=INCONCLUSIVE, reason=told)
            if not any(flat):
                break
            still = step
        return findings

    def _enough(self, s: Slopes, claims: Any) -> Any:
        with np.errstate(all="ignore"):
            size = np.maximum(np.abs(s.value), np.abs(claims))
            distance = np.abs(s.value - claims)
            smooth = s.state == SMOOTH
            agrees = smooth & (distance <= s.error + self.tolerance * size) & (s.error <= WANTED * size)
            zero = smooth & (claims == 0) & (distance <= s.error) & (s.error <= ZERO * s.moved)
            wrong = smooth & (distance > 20 * s.error + self.tolerance * size) & (s.error <= 1e-3 * distance)
        return agrees | zero | wrong

    def _judge(self, s: Slopes, claims: Any, k: int) -> Finding:
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
            told = (
                f"claimed {self.shown(claim)}, differences give {self.shown(value)}: one rounding of the point moves the slope by as much"
            )
            return Finding(INCONCLUSIVE, value, error, bound, FLOAT, told)
        if distance > bound:
            return Finding(FAIL, value, error, bound, FLOAT)
        excluded = distance + error <= VERIFIED * size  # whatever is further off than this
        if error <= self.sharp * size or excluded or (claim == 0 and error <= ZERO * moved):
            return Finding(PASS, value, error, bound, FLOAT)
        told = f"noise hides it: the slope is known to ±{self.shown(error, 2)} only, the claim is {self.shown(claim, 3)}"
        return Finding(INCONCLUSIVE, value, error, bound, FLOAT, told)

    def kink(self, claim: float, left: float, right: float, spread: float, method: str) -> Finding:
        """The verdict at a kink with these slopes on its sides, known to ``spread``."""
        low, high = min(left, right), max(left, right)
        interval = (left, right)
        reference = min(max(claim, low), high)
        slack = min(spread, LOOSE * (high - low))
        if low - spread <= claim < low - slack or high + slack < claim <= high + spread:
            told = f"the slopes at this kink, {self.shown(left)} … {self.shown(right)}, are known to ±{self.shown(spread, 2)} only"
            return Finding(INCONCLUSIVE, reference, spread, spread, method, told)
        if low - slack <= claim <= high + slack:
            told = f"a kink: slopes {self.shown(left)} from the left, {self.shown(right)} from the right"
            return Finding(AT_KINK, reference, spread, spread, method, told, interval)
        told = f"outside the slopes at this kink, {self.shown(left)} … {self.shown(right)}"
        return Finding(FAIL, reference, spread, spread, method, told, interval)

    # -- better references -------------------------------------------------------------------------------------------

    def _sharpen(self, direction: Any, slopes: Slopes, claims: Any, findings: list[Finding]) -> list[Finding]:
        box = self.exact()
        if box is not None:
            exact = box.slope(self.vector, direction)
            return [high_precision.verdict(self, exact, slopes, claims, k, findings[k], direction) for k in range(len(claims))]
        if any(f.verdict == INCONCLUSIVE for f in findings):
            step = complex_step.slope(self, direction)
            if step is not None:
                return [complex_step.verdict(self, step, slopes, claims, k, findings[k]) for k in range(len(claims))]
        return findings

    def both_sides(self, direction: Any) -> tuple[Any, Any, Any]:
        """Slopes from the left and the right along a direction, and their error; NaN where they have none."""
        box = self.exact()
        if box is not None:
            exact = box.slope(self.vector, direction)
            if np.all(exact.settled):
                return exact.left, exact.right, np.zeros(len(exact.left))
        never = np.zeros(self.box.width, dtype=bool)

        def enough(s: Slopes) -> Any:
            with np.errstate(all="ignore"):
                return never | ((s.state == SMOOTH) & (s.error <= WANTED * np.abs(s.value)))

        s = self.ladder(direction).explore(enough)
        usable = (s.state == SMOOTH) | (s.state == KINK)
        left, right = np.where(s.state == KINK, s.left, s.value), np.where(s.state == KINK, s.right, s.value)
        error = np.where(s.state == KINK, s.left_error + s.right_error, s.error)
        return np.where(usable, left, np.nan), np.where(usable, right, np.nan), error


def _hidden(finding: Finding, slopes: Slopes, claims: Any, k: int) -> bool:
    """Whether nothing speaks against a claim, but noise is too large for a verdict."""
    allowed = max(finding.bound, ROUNDING * float(slopes.bend[k]))
    return finding.verdict == INCONCLUSIVE and slopes.state[k] == SMOOTH and abs(float(claims[k]) - finding.reference) <= allowed
