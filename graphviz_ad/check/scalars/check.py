"""The check of graphs of scalars: entry by entry against differences or proven balls, or all at once by a random projection."""

from __future__ import annotations

import math
import random
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from ...errors import GradvizError
from ...graph.formulas import statement
from ...limits import limit
from ..references.grading import as_float, grade
from ..references.scalars import Slope
from ..results import FAIL, INCONCLUSIVE, PASS, Report, Row
from ..rules_in_many_digits import RULE_AGREEMENT
from . import float_estimates
from . import neighbourhood as kinks
from .at_kinks import check_kinked
from .claim import DIGITS, ENTRYWISE, ScalarClaim
from .verdicts import ScalarJudge, exact_claim

if TYPE_CHECKING:
    from ...derive.derivatives import Point
    from ..references.enclosures import Enclosures

_ENCLOSED = "a ball of Arb that encloses it"
_UNTOUCHED = "the output does not depend on it"
_PROJECTED = "rules in {} digits, proven by a random projection"


class ScalarCheck:
    """The check of a claim; ``proof``: derivatives are enclosed in balls where that can be done.

    Raises
    ------
    GradvizError
        A proof is asked for, and the extra ``arb`` is not installed.
    """

    def __init__(self, claim: ScalarClaim, *, proof: bool = False) -> None:
        self.claim, self.point, self.graph = claim, claim.point, claim.graph
        self.enclosures = _enclosures(claim.point) if proof else None
        self.reference, self.mp, self.handles = claim.reference, claim.mp, claim.handles

    def report(self) -> Report:
        """The report in the digits that the reference has now."""
        self.notes: list[str] = []
        self.rounding = ""  # where rounding decided a branch, in words
        self.reference.use(DIGITS)
        values = self.reference.base(DIGITS)
        found = kinks.survey(self.graph, self.point.values, values, self.mp)
        for handle in found.rounded:
            if self.graph.needed[handle]:
                self.rounding = self.rounding or f"branch decided by rounding at {statement(self.graph, handle)}"
        value = self.value_row(values)
        if not math.isfinite(float(self.point.values[self.graph.outputs[-1]])):
            unjudged = [self.claim.undecided(index, "the value is not finite") for index in range(len(self.handles))]
            return Report(unjudged, value, ("the value is not finite, so there is nothing to differentiate",))
        self.exact = exact_claim(self.claim, values)
        self.judge = ScalarJudge(self.claim, self.exact, self.rounding)
        rounded = self.upstream(found.rounded)
        kinked = self.upstream([kink.handle for kink in found.kinks])
        if self.rounding:
            self.notes.append(self.rounding)
        rows: list[Row | None] = [None] * len(self.handles)
        plain = []
        for index, handle in enumerate(self.handles):
            if not self.reference.cone([handle]) and handle != self.graph.outputs[-1]:
                rows[index] = self.untouched(index)
            elif not math.isfinite(float(self.point.inputs[handle])):
                rows[index] = self.claim.undecided(index, "the input is not finite")
            elif handle in rounded:
                reason = f"branch decided by rounding at {statement(self.graph, rounded[handle])}"
                rows[index] = self.claim.undecided(index, reason)
            elif handle not in kinked:
                plain.append(index)
        interrupted = False
        try:
            self.check_plain(plain, rows)
            at_kink = [index for index in range(len(self.handles)) if rows[index] is None]
            if at_kink:
                check_kinked(self.claim, self.exact.scales, at_kink, found.kinks, rows)
        except KeyboardInterrupt:
            interrupted = True
            rows = [self.claim.undecided(index, "interrupted") if row is None else row for index, row in enumerate(rows)]
        estimates = float_estimates.estimate(self.point) if len(self.graph.ops) * len(self.handles) <= 2000 else None
        done = [row for row in rows if row is not None]
        if self.enclosures is not None:
            proven = sum(row.method in (_ENCLOSED, _UNTOUCHED) for row in done)
            self.notes.insert(0, f"{proven} of {len(done)} derivatives are proven: balls of Arb enclose the exact ones")
        if estimates is not None:
            done = [row._replace(finite_difference=d, complex_step=c) for row, (d, c) in zip(done, estimates, strict=True)]
        report = Report(done, value, tuple(self.notes))
        report.interrupted = interrupted
        return report

    def untouched(self, index: int) -> Row:
        """An input that the output does not depend on: its gradient is 0, whatever its value."""
        mine = self.claim.analytic(index)
        verdict = PASS if mine in (0.0, None) else FAIL
        return Row(self.point.wrt[index], (), mine, 0.0, 0.0, 0.0, _UNTOUCHED, verdict, exact="0.0")

    def value_row(self, values: Sequence[Any]) -> Row:
        """The value against the exact one, of the exact ``values`` of all nodes."""
        output = self.graph.outputs[-1]
        mine, truth = float(self.point.values[output]), self.mp.mpf(values[output])
        name = self.graph.labels[output]
        method = ENTRYWISE.format(DIGITS).replace("differences", "value")
        if not math.isfinite(mine) or not self.mp.isfinite(truth):
            same = not self.mp.isfinite(truth) and (mine != mine) == bool(self.mp.isnan(truth))
            reason = "not finite" if same else f"float64 gives {mine}, the exact value is {self.mp.nstr(truth, 17)}"
            return Row(name, (), mine, as_float(truth), None, None, method, INCONCLUSIVE, reason, self.mp.nstr(truth, 40))
        sizes = [abs(float(v)) for v, need in zip(self.point.values, self.graph.needed, strict=True) if need]
        size = max((entry for entry in sizes if math.isfinite(entry)), default=1.0)
        return grade(Row(name, (), mine, None, None, None, method, PASS), truth, self.mp.mpf(size), self.mp, self.rounding)

    # -- smooth entries ----------------------------------------------------------------------------------------------

    def check_plain(self, indices: list[int], rows: list[Row | None]) -> None:
        """Fill the rows of entries that reach no kink: one by one where the operations allow it."""
        cost = sum(len(self.reference.cone([self.handles[i]])) for i in indices[:2000]) * (1 if self.enclosures is not None else 4)
        if len(indices) <= 2000 and cost <= limit("GRADVIZ_CHECK_OPERATIONS"):
            for done, index in enumerate(indices):
                if self.reference.progress is not None:
                    self.reference.progress(done, len(indices))
                slope = self.enclosed(index)
                if slope is not None:
                    rows[index] = self.judge.entry(index, slope, _ENCLOSED)
                    continue
                slope = self.reference.partial(self.handles[index], self.exact.scales[index])
                rows[index] = self.judge.entry(index, slope, ENTRYWISE.format(60))
            return
        self.check_projected(indices, rows)

    def enclosed(self, index: int) -> Slope | None:
        """The derivative by an input with a proven error; None where none is asked for, or it cannot be had, which is noted."""
        if self.enclosures is None:
            return None
        from ..references.enclosures import Unproven

        try:
            middle, radius = self.enclosures.partial(self.handles[index], as_float(self.exact.scales[index]))
        except Unproven as error:
            self.notes.append(f"the derivative by {self.point.wrt[index]} is not proven: {error}")
            return None
        value, radius = (self.mp.ldexp(self.mp.mpf(int(digits)), int(power)) for digits, power in (middle.man_exp(), radius.man_exp()))
        value = value if abs(value) > radius else self.mp.mpf(0)  # a ball around 0
        return Slope(value, radius, value, value)

    def check_projected(self, indices: list[int], rows: list[Row | None]) -> None:
        """All entries at once: the rules in high precision against a directional difference along a random direction.

        In many digits there is no noise for an error to hide in: one projection with signed random weights shows a wrong
        entry, however small, except where several cancel by chance in all digits.
        """
        mp, reference = self.mp, self.reference
        chance = random.Random(231)
        direction, claimed, scale = {}, mp.mpf(0), mp.mpf(0)
        for index in indices:
            handle = self.handles[index]
            weight = mp.mpf(chance.choice((-1, 1)) * chance.uniform(0.5, 1.5)) * (abs(mp.mpf(self.point.inputs[handle])) or 1)
            direction[handle] = weight
            claimed += self.exact.claims[index] * weight
            scale += self.exact.scales[index] * abs(weight)
        slope: Slope | None = reference.slope_along(DIGITS, direction)
        assert slope is not None
        if not abs(slope.value - claimed) <= RULE_AGREEMENT * scale:
            slope = reference.slope(direction, scale)  # what one precision does not settle, two may
            reference.use(DIGITS)
        if slope is None or not abs(slope.value - claimed) <= RULE_AGREEMENT * scale + slope.error:
            verdict = INCONCLUSIVE if slope is None else FAIL
            reason = (
                "the reference does not settle" if slope is None else self.claim.blame() or "the rules disagree with a random projection"
            )
            for index in indices:
                rows[index] = self.claim.undecided(index, reason)._replace(verdict=verdict)
            return
        for index in indices:
            claim = self.exact.claims[index]
            rows[index] = self.judge.entry(index, Slope(claim, mp.mpf(0), claim, claim), _PROJECTED.format(DIGITS))

    def upstream(self, nodes: Sequence[int]) -> dict[int, int]:
        """Inputs that reach any of the nodes, with one of them (needed ones only)."""
        reach: list[int] = [-1] * len(self.graph.ops)
        for handle in nodes:
            if self.graph.needed[handle]:
                reach[handle] = handle
        for handle in range(len(self.graph.ops) - 1, -1, -1):
            if reach[handle] >= 0:
                for operand in self.graph.operands[handle]:
                    reach[operand] = reach[handle]
        return {handle: reach[handle] for handle in self.handles if reach[handle] >= 0}


def _enclosures(point: Point) -> Enclosures:
    try:
        from ..references.enclosures import Enclosures
    except ImportError:
        raise GradvizError('a proof needs an extra: pip install "graphviz_ad[arb]"') from None
    return Enclosures(point.graph, point.inputs)
