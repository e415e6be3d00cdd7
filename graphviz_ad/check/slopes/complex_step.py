"""Slopes by a complex step, for functions that prove analytic, and how well they are known.

f(x + ih) has the imaginary part h f' and the real part f - h² f''/2 (Squire and Trapp, SIAM Review 40, 1998). Nothing is subtracted, so
a slope shows that rounding of the value hides; what rounding the imaginary part itself carries is measured like that of any function.
"""

from __future__ import annotations

import warnings
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np  # noqa: TID253 - only checks of callables load this module, and they need it

from ..probing.black_box import BudgetSpent, measure_noise
from ..probing.differences import SMOOTH, Slopes
from ..results import FAIL, INCONCLUSIVE, PASS
from .finding import COMPLEX, ROUNDING, Finding

if TYPE_CHECKING:
    from ..probing.black_box import BlackBox
    from .examiner import Examiner

#: the step: no square of it is seen, and a power of two, so that dividing by it rounds nothing
TINY = 2.0**-200
#: a claim that its own rounding made zero may be off by so many units in the last place of the value: 1 - tanh(x)**2
LOST = 8


class ComplexSlope(NamedTuple):
    """Slopes along a direction, one entry an output, NaN where the function did not prove analytic; three deviations of their noise."""

    value: Any
    noise: Any


def slope(examiner: Examiner, direction: Any) -> ComplexSlope | None:
    """The slopes, or None where the function does not take complex numbers.

    |z|, max and conj are not analytic, which a step large enough to see f'' reveals.
    """
    box = examiner.box
    if examiner.analytic is False or box.complex_output or any(leaf.complex for leaf in box.layout.leaves):
        return None
    h = 2.0**examiner.first
    try:
        tiny, moderate = (_evaluated(box, examiner.vector, step * direction) for step in (TINY, h))
        if tiny is None or moderate is None:
            examiner.analytic = False
            return None
        ahead, behind = box(examiner.vector + h * direction), box(examiner.vector - h * direction)
        value = tiny.imag / TINY

        def slopes(vector: Any) -> Any:
            found = _evaluated(box, vector, TINY * direction)
            return np.full(box.width, np.nan) if found is None else found.imag / TINY

        noise, _ = measure_noise(slopes, examiner.vector, value, examiner.scales, examiner.chance)
    except (TypeError, ValueError, RuntimeError, ArithmeticError, np.linalg.LinAlgError, np.exceptions.ComplexWarning):
        examiner.analytic = False  # it does not take complex numbers
        return None
    except BudgetSpent:
        return None
    with np.errstate(all="ignore"):
        bent = (ahead + behind - 2 * examiner.base) / 2
        close = 1e-2 * np.abs(bent) + 1e-3 * np.abs(ahead - behind) / 2 + 64 * examiner.noise
        good = (np.abs(tiny.real - examiner.base) <= 4 * examiner.noise) & (np.abs(moderate.real - examiner.base + bent) <= close)
        good &= np.abs(moderate.imag / h - value) <= 1e-2 * np.abs(value) + 4 * noise
    return ComplexSlope(np.where(good, value, np.nan), noise)


def verdict(examiner: Examiner, step: ComplexSlope, s: Slopes, claims: Any, k: int, before: Finding) -> Finding:
    """The verdict on the claim about output ``k``, where differences came to ``before`` and do not contradict the complex step.

    It counts for any claim and against a claim of zero: where an argument is conjugated (vdot) a slope that rounding of the value hides
    may come out with the other sign, or as zero, but not as something where there is nothing.
    """
    value, claim = float(step.value[k]), float(claims[k])
    if before.verdict != INCONCLUSIVE or not np.isfinite(value) or s.state[k] != SMOOTH:
        return before
    if abs(value - float(s.value[k])) > examiner.sure * float(s.error[k]) + 1e-9 * abs(value):
        return before
    bound = examiner.tolerance * max(abs(value), abs(claim))
    if abs(value - claim) <= bound:
        return Finding(PASS, value, 0.0, bound, COMPLEX)
    error = float(step.noise[k])
    rounding = max(examiner.sure * error, LOST * 2.0**-52 * abs(float(examiner.base[k])), ROUNDING * float(s.bend[k]))
    if claim == 0 and abs(value) > rounding:
        return Finding(FAIL, value, error, rounding, COMPLEX)
    return before._replace(reason=f"a complex step gives {examiner.shown(value)}; {before.reason}")


def _evaluated(box: BlackBox, vector: Any, step: Any) -> Any:
    """The complex output at ``vector`` plus ``step`` times i; None where it comes out real or an argument cannot be made complex."""
    if box.evaluations >= box.budget:
        raise BudgetSpent
    layout = box.layout
    positional, named = layout.arguments(vector + 1j * step)
    tree: Any = named if layout.named else positional
    for leaf in layout.leaves:
        holder: Any = tree
        for key in leaf.path[:-1]:
            holder = holder[key]
        value = holder[leaf.path[-1]]
        if isinstance(holder, tuple):
            return None
        holder[leaf.path[-1]] = complex(value) if leaf.scalar is not None else np.asarray(value, dtype=complex)
    with np.errstate(all="ignore"), warnings.catch_warnings():
        warnings.simplefilter("error", np.exceptions.ComplexWarning)  # it drops the imaginary part: not analytic
        result = np.asarray(box.function(*positional, **named))
    box.evaluations += 1
    return result.ravel() if np.iscomplexobj(result) else None
