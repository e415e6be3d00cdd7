"""Verdicts on single entries of graphs with arrays, where a reference for them is known."""

from __future__ import annotations

import math
from typing import Any

from ..references.arrays import DIGITS, STEP
from ..references.grading import as_float, grade
from ..results import AT_KINK, FAIL, INCONCLUSIVE, PASS, Row
from ..rules_in_many_digits import RULE_AGREEMENT
from .kinks import ArraySurvey

_BESIDE = f"gradients beside the kinks in {DIGITS} digits, proven by a random projection"


class ArrayJudge:
    """The judge of entries at a point; ``largest`` contribution anywhere: what cancels in ``digits`` is noise against it."""

    def __init__(self, mp: Any, survey: ArraySurvey, largest: Any, digits: int) -> None:
        self.mp, self.survey = mp, survey
        self.noise = largest * mp.mpf(10) ** -(digits - 20)

    def smooth(self, row: Row, truth: Any, claim: Any, scale: Any, whole: Any, rest: Any = 0) -> Row:
        """The verdict on a smooth entry.

        ``scale`` is the size of what is added up in this entry, ``whole`` the largest of those of the input: inside of a
        contraction terms of that size may have cancelled to 0. ``rest`` is what a difference may leave of a 0.
        """
        mp = self.mp
        mine = row.analytic
        assert mine is not None
        if not mp.isfinite(truth):
            return row._replace(verdict=INCONCLUSIVE, reason="the reference does not settle: edge of the domain, or no derivative here")
        if not math.isfinite(mine):
            told = f"float64 gives {mine}; the limit is {mp.nstr(truth, 17)}"
            return row._replace(verdict=INCONCLUSIVE, reason=told, reference=as_float(truth), exact=mp.nstr(truth, 40))
        if abs(truth) <= mp.mpf(10) ** -(STEP - 5) * scale + rest:
            truth = mp.mpf(0)  # what is left is the step's own truncation
        size = max(abs(truth), scale)
        graded = grade(row, truth, size if truth else whole, mp, self.survey.rounding)
        if mp.isfinite(claim) and abs(claim - truth) <= RULE_AGREEMENT * size + rest + self.noise:
            return graded
        if graded.error is not None and graded.error <= 1e-14 * abs(as_float(truth)):
            return graded
        return graded._replace(verdict=FAIL, reason=f"the rules give {mp.nstr(claim, 17)}, the reference {mp.nstr(truth, 17)}")

    def beside(self, row: Row, truth: Any, scale: Any, whole: Any, same: bool) -> Row:
        """The verdict on an entry whose claim is the gradient beside the kinks; ``same``: it is so on the opposite side too."""
        judged = self.smooth(row._replace(method=_BESIDE), truth, truth, scale, whole)
        if judged.verdict != PASS or same:
            return judged
        return judged._replace(verdict=AT_KINK, reason=f"kink at {self.survey.place()}: this is the gradient on one side of it")
