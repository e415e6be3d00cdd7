"""One function near one point, as everything sees it that judges a slope there: its values, their noise, and differences of them."""

from __future__ import annotations

import copy
from collections.abc import Callable
from typing import TYPE_CHECKING, Self

import numpy as np  # noqa: TID253 - only checks of callables load this module, and they need it

from ..probing.black_box import measure_noise
from ..probing.differences import KINK, SMOOTH, Ladder, Slopes
from ..results import AT_KINK, FAIL, INCONCLUSIVE, Method
from .finding import SHARP, SURE, Finding

if TYPE_CHECKING:
    from ..probing.black_box import BlackBox
    from ..probing.differences import Kept
    from ..probing.high_precision_numbers import ExactBox
    from ..probing.vectors import Chance, Flags, Floats

#: an estimate of a slope this sharp, and a claim this close to it, in parts of the slope, settle an entry at once
WANTED = 1e-6
#: a claim may lie outside the slopes at a kink by their error, as long as that is no more than this part of what they differ by
LOOSE = 1e-2
#: a slope is zero where its error is less than this part of what the function moves along the direction at larger steps
ZERO = 1e-6
#: moves that tell a true zero from a slope that rounding hides, in parts of a direction; no powers of two, which a period may divide.
#: Up to NEAR their change bounds a slope; further away, only if the function had not moved at all before
FAR, NEAR = (1.3, -67.0, 4001.0, -1.1e6), 100.0
#: an error is next to nothing below this part of the value (half of float64's digits), or of what the function moves over an entry's size
VALUE, MOVED = 2.0**-26, 1e-6


class Subject:
    """A function near a point.

    ``tolerance`` is the relative error that a right claim may have from its own rounding, ``rounding`` that of what it is computed in;
    ``fine`` is the noise at the smallest steps alone; ``sure`` how many errors of a reference make a fault. ``plain``: the claim is
    values, known at this point only. ``claim_noise`` gives for a direction the spread of the claimed slopes within a few roundings.
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
    ) -> None:
        self.box, self.vector, self.base, self.noise, self.scales = box, vector, base, noise, scales
        self.fine = noise if fine is None else fine
        self.exact, self.tolerance, self.sure, self.rounding = exact, tolerance, sure, rounding
        self.plain, self.claim_noise = plain, claim_noise
        self.chance: Chance = np.random.default_rng(231)
        self.sharp = max(SHARP, 8 * tolerance)
        with np.errstate(all="ignore"):
            relative = np.nanmax(np.where(base != 0, noise / np.abs(base), 0.0), initial=2.0**-52)
        self.first = int(np.clip(round(float(np.log2(np.clip(relative, 2.0**-52, 1.0)) / 5)), -10, -3))
        self.unit = 1.0  # the size of an entry in the direction under examination: reasons tell slopes per unit of the entry

    # -- what is learnt once -----------------------------------------------------------------------------------------

    def measure(self, chance: Chance, coarse: bool = False) -> None:
        """Measure the noise here. ``coarse``: what rounds to single precision stands still at the smallest distances, and is noisy there.

        Raises BudgetSpent.
        """
        noise, fine = measure_noise(self.box, self.vector, self.base, self.scales, chance)
        self.noise, self.fine = noise, noise if coarse else fine

    def with_tolerance(self, tolerance: float) -> Self:
        """The same with another tolerance; how sharp a reference must be stays as it was."""
        other = copy.copy(self)
        other.tolerance = tolerance
        return other

    # -- slopes ------------------------------------------------------------------------------------------------------

    def face(self, direction: Floats) -> None:
        """Take up a direction: of one entry alone, reasons tell slopes per unit of it."""
        (places,) = np.nonzero(direction)
        self.unit = float(direction[places[0]]) if len(places) == 1 else 1.0

    def shown(self, slope: float, digits: int = 6) -> str:
        """A slope along the direction under examination, per unit of the entry, for a reason."""
        return f"{slope / self.unit:.{digits}g}"

    def step(self, level: int) -> float:
        """The step at a level of a ladder, in parts of a direction."""
        return float(2.0 ** (self.first - level))

    def ladder(self, direction: Floats, kept: Kept | None = None) -> Ladder:
        """A ladder along a direction, with the values that are already known."""
        return Ladder(self.box, self.vector, self.base, direction, self.noise, self.first, kept)

    def both_sides(self, direction: Floats) -> tuple[Floats, Floats, Floats]:
        """Slopes from the left and the right along a direction, and their error; NaN where they have none."""
        box = self.exact()
        if box is not None:
            exact = box.slope(self.vector, direction)
            if np.all(exact.settled):
                return exact.left, exact.right, np.zeros(len(exact.left))
        never = np.zeros(self.box.width, dtype=bool)

        def enough(s: Slopes) -> Flags:
            with np.errstate(all="ignore"):
                return never | ((s.state == SMOOTH) & (s.error <= WANTED * np.abs(s.value)))

        s = self.ladder(direction).explore(enough)
        usable = (s.state == SMOOTH) | (s.state == KINK)
        left, right = np.where(s.state == KINK, s.left, s.value), np.where(s.state == KINK, s.right, s.value)
        error = np.where(s.state == KINK, s.left_error + s.right_error, s.error)
        return np.where(usable, left, np.nan), np.where(usable, right, np.nan), error

    def without_influence(self, direction: Floats, error: Floats, asked: Flags) -> Flags:
        """For which of the outputs that are ``asked`` about a slope of zero, known to ``error``, is no slope that rounding hides.

        Either large moves leave the value as it is, to the last bit or, where the error is below half of the value's digits, within
        its noise; or they change it so much that ``error`` is nothing beside it: 1e8 + 1e-5*b**2 does neither. What is not finite is
        no evidence.
        """
        slight = error <= VALUE * np.abs(self.base)
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

    def kink(self, claim: float, left: float, right: float, spread: float, method: Method) -> Finding:
        """The verdict at a kink with these slopes on its sides, known to ``spread``."""
        low, high = min(left, right), max(left, right)
        interval = (left, right)
        reference = min(max(claim, low), high)
        slack = min(spread, LOOSE * (high - low))
        if low - spread <= claim < low - slack or high + slack < claim <= high + spread:
            reason = f"the slopes at this kink, {self.shown(left)} … {self.shown(right)}, are known to ±{self.shown(spread, 2)} only"
            return Finding(INCONCLUSIVE, reference, spread, spread, method, reason)
        if low - slack <= claim <= high + slack:
            reason = f"a kink: slopes {self.shown(left)} from the left, {self.shown(right)} from the right"
            return Finding(AT_KINK, reference, spread, spread, method, reason, interval)
        reason = f"outside the slopes at this kink, {self.shown(left)} … {self.shown(right)}"
        return Finding(FAIL, reference, spread, spread, method, reason, interval)
