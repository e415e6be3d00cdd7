"""Verdicts on single entries of graphs with arrays, where a reference for them is known."""

from __future__ import annotations

import math
from typing import Any

from ..judging.numbers import UNSETTLED, Judge, Known
from ..references.arrays import STEP
from ..references.scalars import DIGITS
from ..rows import AT_KINK, INCONCLUSIVE, PASS, Method, MethodKind, Row
from .kinks import ArraySurvey

_BESIDE = Method(f"gradients beside the kinks in {DIGITS} digits, proven by a random projection", MethodKind.AROUND_KINK)


class ArrayJudge(Judge):
    """The judge of entries at a point; ``largest`` contribution anywhere: what cancels in ``digits`` is noise against it."""

    def __init__(self, mp: Any, survey: ArraySurvey, largest: Any, digits: int) -> None:
        super().__init__(mp, survey.rounding, close=1e-14)
        self.survey = survey
        self.noise = largest * mp.mpf(10) ** -(digits - 20)

    def smooth(self, row: Row, truth: Any, rules: Any, scale: Any, whole: Any, rest: Any = 0) -> Row:
        """The verdict on a smooth entry.

        ``scale`` is the size of what is added up in this entry, ``whole`` the largest of those of the input: inside of a
        contraction terms of that size may have cancelled to 0. ``rest`` is what a difference may leave of a 0.
        """
        mp = self.mp
        assert row.analytic is not None
        if not mp.isfinite(truth):
            return row._replace(verdict=INCONCLUSIVE, reason=UNSETTLED)
        if math.isfinite(row.analytic) and abs(truth) <= mp.mpf(10) ** -(STEP - 5) * scale + rest:
            truth = mp.mpf(0)  # what is left is the step's own truncation
        size = max(abs(truth), scale)
        return self.slope(row, Known(truth, rules, size, rest + self.noise), size if truth else whole)

    def beside(self, row: Row, truth: Any, scale: Any, whole: Any, same: bool) -> Row:
        """The verdict on an entry whose claim is the gradient beside the kinks; ``same``: it is so on the opposite side too."""
        judged = self.smooth(row._replace(method=_BESIDE), truth, truth, scale, whole)
        if judged.verdict != PASS or same:
            return judged
        return judged._replace(verdict=AT_KINK, reason=f"kink at {self.survey.place()}: this is the gradient on one side of it")
