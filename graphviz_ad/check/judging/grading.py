"""A float64 number against its exact value: how many digits it keeps, and whether that is enough."""

from __future__ import annotations

import math
from typing import Any

from ..references.scalars import AGREEMENT
from ..rows import INCONCLUSIVE, PASS, Row

EPSILON = 2.0**-52
#: the float64 error that is called ordinary, in units of EPSILON times the size of what is added up
ORDINARY = 64
SMALLEST = 5e-324


def grade(row: Row, truth: Any, size: Any, mp: Any, rounding: str = "") -> Row:
    """The row with reference, error, bound, digits lost, and the verdict on a number whose rule is right.

    ``size`` is the size of what was added up in it; float64 rounding of that size is ordinary. ``rounding`` says in words
    where rounding decided a branch.
    """
    claimed = row.analytic
    assert claimed is not None
    error = abs(truth - mp.mpf(claimed))
    if error <= AGREEMENT * abs(truth):
        error = mp.mpf(0)  # the reference itself knows no better
    bound = ORDINARY * EPSILON * max(size, abs(truth)) + 4 * mp.mpf(SMALLEST)
    lost = digits_lost(as_float(error), as_float(abs(truth)), as_float(size))
    row = row._replace(
        reference=as_float(truth), error=as_float(error), bound=as_float(bound), digits_lost=lost, exact=mp.nstr(truth, 40), verdict=PASS
    )
    exactly = f"the exact value is {mp.nstr(truth, 17)}"
    if rounding and error > ORDINARY * EPSILON * abs(truth):
        return row._replace(verdict=INCONCLUSIVE, reason=f"{rounding}: taken exactly, {exactly}")
    if lost < 15:
        return row._replace(reason=f"float64 loses {lost:.0f} of its 16 digits: {exactly}" if lost >= 3 else "")
    if claimed == 0.0 and as_float(truth) == 0.0:
        return row._replace(reason=f"{exactly}, below float64's range", digits_lost=0.0)
    if abs(truth) <= AGREEMENT * size and error <= bound:
        return row._replace(reason="the exact value is 0; what stands here is rounding")
    return row._replace(verdict=INCONCLUSIVE, reason=f"float64 keeps no digit here: the rules are right, {exactly}")


def digits_lost(error: float, truth: float, scale: float) -> float:
    """How many of float64's 16 decimal digits are gone: 0 for a correctly rounded number, 16 for none left.

    >>> digits_lost(0.0, 1.0, 1.0), round(digits_lost(1e-10, 1.0, 1.0))
    (0.0, 6)
    """
    if error <= 4 * SMALLEST:
        return 0.0
    size = truth if truth > 0 else scale * EPSILON
    if size == 0 or not math.isfinite(error):
        return 16.0
    return min(16.0, max(0.0, math.log10(error) - math.log10(size) + 15.95))


def as_float(value: Any) -> float:
    """An mpmath number as the nearest float; infinite beyond float64's range."""
    try:
        return float(value)
    except OverflowError:
        return math.inf if value > 0 else -math.inf
