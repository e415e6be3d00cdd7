"""Verdicts on single numbers whose reference is known, of graphs of scalars and of arrays alike."""

from __future__ import annotations

import math
from typing import Any, NamedTuple

from ..references.scalars import DIGITS
from ..results import Note, NoteKind
from ..rows import FAIL, INCONCLUSIVE, Method, MethodKind, Row
from ..rules_in_many_digits import RULE_AGREEMENT
from .grading import as_float, grade

VALUE = Method(f"value in {DIGITS} digits", MethodKind.VALUE)
_INCOMPARABLE = Method(VALUE, MethodKind.FINITENESS)
#: why an entry has no reference, where nothing more is known
UNSETTLED = "the reference does not settle: edge of the domain, or no derivative here"
NOT_FINITE = "the value is not finite"
NOTHING_TO_DIFFERENTIATE = Note("the value is not finite, so there is nothing to differentiate", NoteKind.NOT_FINITE)


class Known(NamedTuple):
    """What is known of a derivative besides its claim.

    ``truth`` is the reference, ``rules`` what the rules give in many digits, ``size`` that of what is added up in it; rules and
    reference may differ by ``slack`` without contradicting each other.
    """

    truth: Any
    rules: Any
    size: Any
    slack: Any


class Judge:
    """The judge of numbers in the arithmetic ``mp``; ``rounding`` says in words where rounding decided a branch.

    ``close``: a number whose relative error is below that is right, whatever the rules give in many digits.
    """

    def __init__(self, mp: Any, rounding: str, close: float) -> None:
        self.mp, self.rounding, self.close = mp, rounding, close

    def slope(self, row: Row, known: Known, rounded: Any) -> Row:
        """The verdict on the claimed derivative of a row; ``rounded`` is the size whose float64 rounding is ordinary."""
        mp, truth, rules = self.mp, known.truth, known.rules
        claimed = row.analytic
        assert claimed is not None
        if not math.isfinite(claimed):
            reason = f"float64 gives {claimed}; the limit is {mp.nstr(truth, 17)}"
            return row._replace(verdict=INCONCLUSIVE, reason=reason, reference=as_float(truth), exact=mp.nstr(truth, 40))
        graded = grade(row, truth, rounded, mp, self.rounding)
        if mp.isfinite(rules) and abs(rules - truth) <= RULE_AGREEMENT * known.size + known.slack:
            return graded
        if abs(truth - mp.mpf(claimed)) <= self.close * abs(truth):
            return graded
        return graded._replace(verdict=FAIL, reason=f"the rules give {mp.nstr(rules, 17)}, the reference {mp.nstr(truth, 17)}")


def judge_value(row: Row, truth: Any, size: Any, mp: Any, rounding: str, reason: str = "not finite") -> Row:
    """The verdict on a value of the function, of the ``size`` of what goes into it; ``reason`` where there is none to compare."""
    assert row.analytic is not None
    if math.isfinite(row.analytic) and mp.isfinite(truth):
        return grade(row, truth, mp.mpf(size), mp, rounding)
    return row._replace(verdict=INCONCLUSIVE, method=_INCOMPARABLE, reason=reason, reference=as_float(truth), exact=mp.nstr(truth, 40))
