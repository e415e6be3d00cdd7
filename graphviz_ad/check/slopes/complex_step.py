"""Slopes by a complex step, for functions that prove analytic, and how well they are known.

f(x + ih) has the imaginary part h f' and the real part f - h² f''/2 (Squire and Trapp, SIAM Review 40, 1998). Nothing is subtracted, so
a slope shows that rounding of the value hides; what rounding the imaginary part itself carries is measured like that of any function.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np  # noqa: TID253 - only checks of callables load this module, and they need it

from ..probing.black_box import BudgetSpent, measure_noise
from ..probing.differences import SMOOTH, Slopes
from ..results import FAIL, INCONCLUSIVE, PASS
from .finding import COMPLEX, ROUNDING, Finding

if TYPE_CHECKING:
    from ..probing.vectors import Floats
    from .subject import Subject

#: the step: no square of it is seen, and a power of two, so that dividing by it rounds nothing
TINY = 2.0**-200
#: a claim that its own rounding made zero may be off by so many units in the last place of the value: 1 - tanh(x)**2
LOST = 8


class NotAnalytic(Exception):
    """The function does not take complex numbers, or gives real ones for them."""


class ComplexSlope(NamedTuple):
    """Slopes along a direction, one entry an output, NaN where the function did not prove analytic; three deviations of their noise."""

    value: Floats
    noise: Floats


def slope(subject: Subject, direction: Floats) -> ComplexSlope | None:
    """The slopes; None where the function is one of complex numbers, or the budget is spent.

    |z|, max and conj are not analytic, which a step large enough to see f'' reveals: NaN there. Raises NotAnalytic.
    """
    box = subject.box
    if box.complex_output or any(leaf.complex for leaf in box.layout.leaves):
        return None
    h = 2.0**subject.first
    try:
        tiny, moderate = (box.with_imaginary(subject.vector, step * direction) for step in (TINY, h))
        if tiny is None or moderate is None:
            raise NotAnalytic
        ahead, behind = box(subject.vector + h * direction), box(subject.vector - h * direction)
        value = tiny.imag / TINY

        def slopes(vector: Floats) -> Floats:
            output = box.with_imaginary(vector, TINY * direction)
            return np.full(box.width, np.nan) if output is None else output.imag / TINY

        noise, _ = measure_noise(slopes, subject.vector, value, subject.scales, subject.chance)
    except (TypeError, ValueError, RuntimeError, ArithmeticError, np.linalg.LinAlgError, np.exceptions.ComplexWarning):
        raise NotAnalytic from None
    except BudgetSpent:
        return None
    with np.errstate(all="ignore"):
        bent = (ahead + behind - 2 * subject.base) / 2
        close = 1e-2 * np.abs(bent) + 1e-3 * np.abs(ahead - behind) / 2 + 64 * subject.noise
        good = (np.abs(tiny.real - subject.base) <= 4 * subject.noise) & (np.abs(moderate.real - subject.base + bent) <= close)
        good &= np.abs(moderate.imag / h - value) <= 1e-2 * np.abs(value) + 4 * noise
    return ComplexSlope(np.where(good, value, np.nan), noise)


def verdict(subject: Subject, step: ComplexSlope, s: Slopes, claims: Floats, k: int, before: Finding) -> Finding:
    """The verdict on the claim about output ``k``, where differences came to ``before`` and do not contradict the complex step.

    It counts for any claim and against a claim of zero: where an argument is conjugated (vdot) a slope that rounding of the value hides
    may come out with the other sign, or as zero, but not as something where there is nothing.
    """
    value, claim = float(step.value[k]), float(claims[k])
    if before.verdict != INCONCLUSIVE or not np.isfinite(value) or s.state[k] != SMOOTH:
        return before
    if abs(value - float(s.value[k])) > subject.sure * float(s.error[k]) + 1e-9 * abs(value):
        return before
    bound = subject.tolerance * max(abs(value), abs(claim))
    if abs(value - claim) <= bound:
        return Finding(PASS, value, 0.0, bound, COMPLEX)
    error = float(step.noise[k])
    rounding = max(subject.sure * error, LOST * 2.0**-52 * abs(float(subject.base[k])), ROUNDING * float(s.bend[k]))
    if claim == 0 and abs(value) > rounding:
        return Finding(FAIL, value, error, rounding, COMPLEX)
    return before._replace(reason=f"a complex step gives {subject.shown(value)}; {before.reason}")
