"""One claimed slope against what the function does along one direction: the verdict, and the evidence for it.

First differences in the function's own precision. Where they agree with the claim and are sharp enough, that decides. Where
they do not, the function is run on numbers of high precision if it runs on them, or with a complex step if it is analytic.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np  # noqa: TID253 - only checks of callables load this module, and they need it

from .black_box import NOISE_SPACINGS, BlackBox, BudgetSpent
from .differences import EDGE, JUMP, KINK, NO_LIMIT, NONE, SMOOTH, UP, Ladder, Slopes
from .mpmath_numbers import DIGITS, ExactBox, ExactSlope
from .report import AT_KINK, FAIL, INCONCLUSIVE, PASS
from .sweep import WANTED, Kept

#: an estimate this sharp, in parts of the slope, can tell a right claim from a wrong one
SHARP = 2e-5
#: a claim passes where the reference, error and all, leaves it no further off than this part of itself
VERIFIED = 1e-4
#: a difference must exceed the reference's error this many times before it is called a fault: at the given point, and
#: at others, where nobody asked and a slip of the checker weighs more
SURE, SURE_ELSEWHERE = 5.0, 20.0
#: roundings of the point that a right claim may be off by: 64 units in the last place
ROUNDING = 64 * 2.0**-52
#: a claim on a flat function is not judged where it predicts less than this part of the smallest change seen
FAINT = 2.0**-20
#: a ladder that went down so many levels may stand on one step of a function that goes in steps
DEEP = 4
#: ladders that are begun anew, with smaller steps, before the search for a slope is given up
RESTARTS = 6
#: a claim below this is what underflow left
DENORMAL = 2.0**-960
#: a slope is zero where its error is less than this part of what the function moves along the direction at larger steps
ZERO = 1e-6
#: moves that tell a true zero from a slope that rounding hides, in parts of a direction; no powers of two, which a period may divide.
#: Up to NEAR their change bounds a slope; further away, only if the function had not moved at all before
FAR, NEAR = (1.3, -67.0, 4001.0, -1.1e6), 100.0
FLOAT = "differences in float64"
EXACT = f"differences in {DIGITS} digits"
COMPLEX = "complex step"


class Finding(NamedTuple):
    """What came out for one output along one direction."""

    verdict: str
    reference: float
    error: float  # of the reference
    bound: float  # how far the claim may be off
    method: str
    reason: str = ""
    interval: tuple[float, float] | None = None


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
        self.sharp = max(SHARP, 8 * tolerance)
        with np.errstate(all="ignore"):
            relative = np.nanmax(np.where(base != 0, noise / np.abs(base), 0.0), initial=2.0**-52)
        self.first = int(np.clip(round(float(np.log2(np.clip(relative, 2.0**-52, 1.0)) / 5)), -10, -3))
        self.analytic: bool | None = None
        self.claim_noise: Callable[[Any], Any] | None = None  # from a direction to the spread of the claimed slopes
        self.curves: dict[int, list[tuple[float, float]]] = {}

    def step(self, level: int) -> float:
        """The step at a level of a ladder, in parts of a direction."""
        return float(2.0 ** (self.first - level))

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
        try:
            slopes, findings = self._explore(self.ladder(direction, kept), claims)
            findings = self._zeros(direction, slopes, claims, findings)
        except BudgetSpent:
            return [Finding(INCONCLUSIVE, np.nan, np.inf, np.inf, FLOAT, "the budget of evaluations is spent")] * len(claims)
        if not sharpen or all(f.verdict == PASS for f in findings):
            return findings
        sharper = self._sharpen(direction, slopes, claims, findings)
        return [f if f.verdict == PASS else s for f, s in zip(findings, sharper, strict=True)]

    def _explore(self, ladder: Ladder, claims: Any) -> tuple[Slopes, list[Finding]]:
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
                return slopes, self._flat(ladder, claims, findings)
            ladder = Ladder(self.box, self.vector, self.base, ladder.direction, self.fine, ladder.first - level + 2)
        return slopes, [f._replace(verdict=INCONCLUSIVE, reason=told) if bad else f for f, bad in zip(findings, suspects, strict=True)]

    def _zeros(self, direction: Any, slopes: Slopes, claims: Any, findings: list[Finding]) -> list[Finding]:
        """A claimed zero that differences do not settle passes where larger moves show that nothing is hidden by rounding."""
        open_ = np.array([f.verdict == INCONCLUSIVE and slopes.state[k] == SMOOTH and claims[k] == 0 for k, f in enumerate(findings)])
        if not np.any(open_):
            return findings
        proved = open_ & (slopes.value == 0) & self.without_influence(direction, slopes.error, open_)
        return [f._replace(verdict=PASS, reason="") if good else f for f, good in zip(findings, proved, strict=True)]

    def without_influence(self, direction: Any, error: Any, asked: Any) -> Any:
        """For which of the outputs that are ``asked`` about a slope of zero, known to ``error``, is no slope that rounding hides.

        Either large moves leave the value as it is to the last bit, or they change it so much that ``error`` is nothing beside it:
        1e8 + 1e-5*b**2 does neither. What is not finite is no evidence.
        """
        still, seen, proved = (np.full(self.box.width, start) for start in (True, False, False))
        for part in FAR:
            values = self.box(self.vector + part * direction)
            finite = np.isfinite(values)
            with np.errstate(all="ignore"):
                change = np.where(finite, np.abs(values - self.base), 0.0)
            proved |= (change > 0) & (error <= ZERO * change / abs(part)) & (still | (abs(part) <= NEAR))
            still &= change == 0
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
                return Finding(INCONCLUSIVE, value, error, bound, FLOAT, f"{side} is {value:.6g}; there is none on the other side")
            return Finding(INCONCLUSIVE, value, error, bound, FLOAT, "the edge of the domain: the slope has no finite limit there")
        if state == KINK:
            spread = self.sure * max(float(s.left_error[k]), float(s.right_error[k])) + self.tolerance * max(abs(left), abs(right))
            return self._kink(claim, left, right, spread, FLOAT)
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
            told = f"claimed {claim:.6g}, differences give {value:.6g}: one rounding of the point moves the slope by as much"
            return Finding(INCONCLUSIVE, value, error, bound, FLOAT, told)
        if distance > bound:
            return Finding(FAIL, value, error, bound, FLOAT)
        excluded = distance + error <= VERIFIED * size  # whatever is further off than this
        if error <= self.sharp * size or excluded or (claim == 0 and error <= ZERO * moved):
            return Finding(PASS, value, error, bound, FLOAT)
        told = f"noise hides it: the slope is known to ±{error:.1e} only, the claim is {claim:.3g}"
        return Finding(INCONCLUSIVE, value, error, bound, FLOAT, told)

    def _kink(self, claim: float, left: float, right: float, spread: float, method: str) -> Finding:
        low, high = min(left, right), max(left, right)
        interval = (left, right)
        reference = min(max(claim, low), high)
        if low - spread <= claim <= high + spread:
            told = f"a kink: slopes {left:.6g} from the left, {right:.6g} from the right"
            return Finding(AT_KINK, reference, spread, spread, method, told, interval)
        told = f"outside the slopes at this kink, {left:.6g} … {right:.6g}"
        return Finding(FAIL, reference, spread, spread, method, told, interval)

    # -- better references -------------------------------------------------------------------------------------------

    def _sharpen(self, direction: Any, slopes: Slopes, claims: Any, findings: list[Finding]) -> list[Finding]:
        box = self.exact()
        if box is not None:
            exact = box.slope(self.vector, direction)
            return [self._with_exact(exact, slopes, claims, k, findings[k], direction) for k in range(len(claims))]
        if any(f.verdict == INCONCLUSIVE for f in findings):
            step = self.complex_slope(direction)
            if step is not None:
                return [self._with_complex(step, slopes, claims, k, findings[k]) for k in range(len(claims))]
        return findings

    def _with_exact(self, exact: ExactSlope, s: Slopes, claims: Any, k: int, before: Finding, direction: Any) -> Finding:
        if not exact.settled[k]:
            return before
        claim, left, right = float(claims[k]), float(exact.left[k]), float(exact.right[k])
        size = max(abs(left), abs(right), abs(claim))
        if abs(right - left) > 1e-9 * size:
            if before.verdict == FAIL and s.state[k] == SMOOTH:  # rounding hides the kink from float64
                return before
            return self._kink(claim, left, right, self.tolerance * max(abs(left), abs(right)), EXACT)
        value = float(exact.value[k])
        bound = self.tolerance * size
        box = self.exact()
        if box is not None and box.float_error is not None:
            return self._beyond_float(claim, value, bound)
        if abs(claim - value) <= bound:
            return Finding(PASS, value, 0.0, bound, EXACT)
        contradicted = s.state[k] == SMOOTH and abs(value - float(s.value[k])) > 2 * self.sure * float(s.error[k]) + bound + 1e-4 * size
        if contradicted:
            measured = float(s.value[k])
            told = f"differences give {measured:.6g}, high precision {value:.6g}: rounding decides what the function is here"
            return Finding(INCONCLUSIVE, value, abs(value - float(s.value[k])), bound, EXACT, told)
        if before.verdict == AT_KINK:
            return before
        distance, unit = abs(claim - value), 2.0**-52 * abs(float(self.base[k]))
        tiny = distance <= ROUNDING * (float(s.bend[k]) + abs(value))
        if before.verdict == FAIL and s.state[k] == SMOOTH and not tiny:
            return before._replace(reference=value, error=0.0, bound=bound, method=EXACT)
        if self._unstable(direction, distance, k):
            if tiny:
                return Finding(PASS, value, 0.0, bound, EXACT, "what is left of a sum that cancels; the rest is rounding")
            told = f"the claim loses its digits to rounding; the slope is {value:.12g}"
            return Finding(INCONCLUSIVE, value, 0.0, bound, EXACT, told)
        if tiny:
            told = f"claimed {claim:.6g}, the slope is {value:.6g}: one rounding of the point moves the slope by as much"
            return Finding(INCONCLUSIVE, value, 0.0, bound, EXACT, told)
        # 1 - tanh(x)**2 of a saturated unit keeps few digits, and the same ones at neighbouring points
        if distance <= 8 * unit or (distance <= 64 * unit and distance <= 1e-2 * size):
            if distance <= SHARP * size or (distance <= 8 * unit and distance <= 1e-2 * size):
                allowed = max(SHARP * size, min(8 * unit, 1e-2 * size))
                return Finding(PASS, value, 0.0, allowed, EXACT, "agrees to the digits that rounding of the function's size leaves")
            told = f"claimed {claim:.6g}, the slope is {value:.6g}: they differ by less than rounding of the function's value"
            return Finding(INCONCLUSIVE, value, 0.0, bound, EXACT, told)
        return Finding(FAIL, value, 0.0, bound, EXACT)

    def _beyond_float(self, claim: float, value: float, bound: float) -> Finding:
        """The verdict where float64 evaluation of the function itself is off, so that only high precision speaks."""
        distance = abs(claim - value)
        if distance <= bound:
            return Finding(PASS, value, 0.0, bound, EXACT)
        if distance > 0.1 * max(abs(claim), abs(value)):
            return Finding(FAIL, value, 0.0, bound, EXACT)
        told = f"the slope is {value:.12g}; float64 loses digits in the function, so the claim may have lost them rightly"
        return Finding(INCONCLUSIVE, value, 0.0, bound, EXACT, told)

    def _unstable(self, direction: Any, distance: float, k: int) -> bool:
        """Whether the claim itself moves, within a few roundings of the point, by as much as it is off."""
        if self.claim_noise is None:
            return False
        return bool(float(self.claim_noise(direction)[k]) >= distance / 64)

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

    def complex_slope(self, direction: Any) -> Any:
        """Slopes by a complex step, once the function has proved analytic along this direction; else None.

        f(x + ih) has the imaginary part h f' and the real part f - h² f''/2 (Squire and Trapp, SIAM Review 40, 1998); |z|, max
        and conj do not, which a step large enough to see f'' reveals.
        """
        if self.analytic is False or self.box.complex_output or any(leaf.complex for leaf in self.box.layout.leaves):
            return None
        layout = self.box.layout

        def run(step: float) -> Any:
            positional, named = layout.arguments(self.vector + 1j * step * direction)
            names = layout.leaves
            tree: Any = named if layout.named else positional
            for leaf in names:
                holder: Any = tree
                for key in leaf.path[:-1]:
                    holder = holder[key]
                value = holder[leaf.path[-1]]
                cast = complex(value) if leaf.scalar is not None else np.asarray(value, dtype=complex)
                if isinstance(holder, tuple):
                    return None
                holder[leaf.path[-1]] = cast
            with np.errstate(all="ignore"), warnings.catch_warnings():
                warnings.simplefilter("error", np.exceptions.ComplexWarning)  # it drops the imaginary part: not analytic
                result = np.asarray(self.box.function(*positional, **named))
            self.box.evaluations += 1
            return result.ravel() if np.iscomplexobj(result) else None

        try:
            tiny, moderate = run(2.0**-200), run(2.0**self.first)
        except (TypeError, ValueError, RuntimeError, ArithmeticError, np.linalg.LinAlgError, np.exceptions.ComplexWarning):
            self.analytic = False  # it does not take complex numbers
            return None
        if tiny is None or moderate is None:
            self.analytic = False
            return None
        h = 2.0**self.first
        try:
            ahead, behind = self.box(self.vector + h * direction), self.box(self.vector - h * direction)
        except BudgetSpent:
            return None
        value = tiny.imag * 2.0**200
        with np.errstate(all="ignore"):
            bent = (ahead + behind - 2 * self.base) / 2
            close = 1e-2 * np.abs(bent) + 1e-3 * np.abs(ahead - behind) / 2 + 64 * self.noise
            good = (np.abs(tiny.real - self.base) <= 4 * self.noise) & (np.abs(moderate.real - self.base + bent) <= close)
            good &= np.abs(moderate.imag / h - value) <= 1e-2 * np.abs(value) + 64 * self.noise / h
        return np.where(good, value, np.nan)

    def _with_complex(self, step: Any, s: Slopes, claims: Any, k: int, before: Finding) -> Finding:
        value, claim = float(step[k]), float(claims[k])
        if before.verdict != INCONCLUSIVE or not np.isfinite(value) or s.state[k] != SMOOTH:
            return before
        if abs(value - float(s.value[k])) > self.sure * float(s.error[k]) + 1e-9 * abs(value):
            return before
        bound = self.tolerance * max(abs(value), abs(claim))
        if abs(value - claim) <= bound:
            return Finding(PASS, value, 0.0, bound, COMPLEX)
        told = f"a complex step gives {value:.6g}; " + before.reason
        return Finding(INCONCLUSIVE, value, float(s.error[k]), bound, COMPLEX, told)
