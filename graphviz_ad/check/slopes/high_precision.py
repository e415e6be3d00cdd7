"""Verdicts where the function runs on numbers of high precision: what the claim and float64 lose is told from what is wrong."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..probing.differences import SMOOTH, Slopes
from ..results import AT_KINK, FAIL, INCONCLUSIVE, PASS
from .finding import EXACT, ROUNDING, SHARP, Finding

if TYPE_CHECKING:
    from ..probing.high_precision_numbers import ExactSlope
    from ..probing.vectors import Floats
    from .subject import Subject


def verdict(subject: Subject, exact: ExactSlope, s: Slopes, claims: Floats, k: int, before: Finding, direction: Floats) -> Finding:
    """The verdict on the claim about output ``k``, where differences in float64 came to ``before``."""
    if not exact.settled[k]:
        return before
    claim, left, right = float(claims[k]), float(exact.left[k]), float(exact.right[k])
    size = max(abs(left), abs(right), abs(claim))
    if abs(right - left) > 1e-9 * size:
        if before.verdict == FAIL and s.state[k] == SMOOTH:  # rounding hides the kink from float64
            return before
        return subject.kink(claim, left, right, subject.tolerance * max(abs(left), abs(right)), EXACT)
    value = float(exact.value[k])
    bound = subject.tolerance * size
    box = subject.exact()
    if box is not None and box.float_error is not None:
        return _beyond_float(subject, claim, value, bound)
    if abs(claim - value) <= bound:
        return Finding(PASS, value, 0.0, bound, EXACT)
    contradicted = s.state[k] == SMOOTH and abs(value - float(s.value[k])) > 2 * subject.sure * float(s.error[k]) + bound + 1e-4 * size
    if contradicted:
        measured = float(s.value[k])
        reason = f"differences give {subject.shown(measured)}, high precision {subject.shown(value)}: rounding decides the function here"
        return Finding(INCONCLUSIVE, value, abs(value - float(s.value[k])), bound, EXACT, reason)
    if before.verdict == AT_KINK:
        return before
    distance, unit = abs(claim - value), 2.0**-52 * abs(float(subject.base[k]))
    tiny = distance <= ROUNDING * (float(s.bend[k]) + abs(value))
    if before.verdict == FAIL and s.state[k] == SMOOTH and not tiny:
        return before._replace(reference=value, error=0.0, bound=bound, method=EXACT)
    if _unstable(subject, direction, distance, k):
        if tiny:
            return Finding(PASS, value, 0.0, bound, EXACT, "what is left of a sum that cancels; the rest is rounding")
        reason = f"the claim loses its digits to rounding; the slope is {subject.shown(value, 12)}"
        return Finding(INCONCLUSIVE, value, 0.0, bound, EXACT, reason)
    both = f"claimed {subject.shown(claim)}, the slope is {subject.shown(value)}"
    if tiny:
        reason = f"{both}: one rounding of the point moves the slope by as much"
        return Finding(INCONCLUSIVE, value, 0.0, bound, EXACT, reason)
    # 1 - tanh(x)**2 of a saturated unit keeps few digits, and the same ones at neighbouring points
    if distance <= 8 * unit or (distance <= 64 * unit and distance <= 1e-2 * size):
        if distance <= SHARP * size or (distance <= 8 * unit and distance <= 1e-2 * size):
            allowed = max(SHARP * size, min(8 * unit, 1e-2 * size))
            return Finding(PASS, value, 0.0, allowed, EXACT, "agrees to the digits that rounding of the function's size leaves")
        reason = f"{both}: they differ by less than rounding of the function's value"
        return Finding(INCONCLUSIVE, value, 0.0, bound, EXACT, reason)
    return Finding(FAIL, value, 0.0, bound, EXACT)


def _beyond_float(subject: Subject, claim: float, value: float, bound: float) -> Finding:
    """The verdict where float64 evaluation of the function itself is off, so that only high precision speaks."""
    distance = abs(claim - value)
    if distance <= bound:
        return Finding(PASS, value, 0.0, bound, EXACT)
    if distance > 0.1 * max(abs(claim), abs(value)):
        return Finding(FAIL, value, 0.0, bound, EXACT)
    reason = f"the slope is {subject.shown(value, 12)}; float64 loses digits in the function, so the claim may have lost them rightly"
    return Finding(INCONCLUSIVE, value, 0.0, bound, EXACT, reason)


def _unstable(subject: Subject, direction: Floats, distance: float, k: int) -> bool:
    """Whether the claim itself moves, within a few roundings of the point, by as much as it is off."""
    if subject.claim_noise is None:
        return False
    return bool(float(subject.claim_noise(direction)[k]) >= distance / 64)
