"""What an examination of one claimed slope finds, and the measures its verdicts share."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np  # noqa: TID253 - only checks of callables load this module, and they need it

from ..probing.high_precision_numbers import DIGITS
from ..results import INCONCLUSIVE, Method, MethodKind, Verdict

#: an estimate this sharp, in parts of the slope, can tell a right claim from a wrong one
SHARP = 2e-5
#: a claim passes where the reference, error and all, leaves it no further off than this part of itself
VERIFIED = 1e-4
#: a difference must exceed the reference's error this many times before it is called a fault: at the given point, and
#: at others, where nobody asked and a slip of the checker weighs more
SURE, SURE_ELSEWHERE = 5.0, 20.0
#: roundings of the point that a right claim may be off by: 64 units in the last place
ROUNDING = 64 * 2.0**-52
FLOAT = Method("differences in float64", MethodKind.FLOAT_DIFFERENCES)
EXACT = Method(f"differences in {DIGITS} digits", MethodKind.DIFFERENCES)
COMPLEX = Method("complex step", MethodKind.COMPLEX_STEP)
#: the reason where a check was not finished
SPENT = "the budget of evaluations is spent: raise max_evaluations (--budget)"


class Finding(NamedTuple):
    """What came out for one output along one direction."""

    verdict: Verdict
    reference: float
    error: float  # of the reference
    bound: float  # how far the claim may be off
    method: Method
    reason: str = ""
    interval: tuple[float, float] | None = None


def nothing_known(reason: str, verdict: Verdict = INCONCLUSIVE, method: Method = FLOAT) -> Finding:
    """A finding without any number: why there is none."""
    return Finding(verdict, np.nan, np.inf, np.inf, method, reason)
