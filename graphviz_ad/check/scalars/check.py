"""The check of graphs of scalars: entry by entry against differences or proven balls, or all at once by a random projection."""

from __future__ import annotations

import math
import random
from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

from ...errors import GradvizError
from ...graph.formulas import statement
from ...limits import limit
from ..judging.grading import as_float
from ..judging.numbers import NOT_FINITE, NOTHING_TO_DIFFERENTIATE, VALUE, judge_value
from ..references.scalars import DIGITS, Slope
from ..results import Note, NoteKind, Report
from ..rows import FAIL, INCONCLUSIVE, PASS, Method, MethodKind, Row
from ..rules_in_many_digits import RULE_AGREEMENT
from . import float_estimates
from . import neighbourhood as kinks
from .claim import ENTRYWISE, ScalarClaim
from .verdicts import Exact, ScalarJudge, exact_claim

if TYPE_CHECKING:
    from ...derive.derivatives import Point
    from ..references.enclosures import Enclosures

_ENCLOSED = Method("a ball of Arb that encloses it", MethodKind.ENCLOSURE)
_UNTOUCHED = Method("the output does not depend on it", MethodKind.UNTOUCHED)
_PROJECTED = Method(f"rules in {DIGITS} digits, proven by a random projection", MethodKind.PROJECTION)
#: nodes times inputs up to which the classroom's estimates stand beside the verdicts
_MOST_ESTIMATED = 2000


class Judged(NamedTuple):
    """An entry that is done: its row, and what must be said besides."""

    number: int
    row: Row
    notes: tuple[Note, ...] = ()


class Kinds(NamedTuple):
    """The entries by what they reach: rows of those that need no reference, the smooth ones, and those at kinks."""

    rows: list[Judged]
    smooth: list[int]
    kinked: list[int]


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

    @property
    def names(self) -> Sequence[str]:
        """The inputs whose derivatives are asked for."""
        return self.point.wrt

    def report(self) -> Report:
        """The report in the digits that the reference has now."""
        self.reference.use(DIGITS)
        values = self.reference.base(DIGITS)
        survey = kinks.survey(self.graph, self.point.values, values, self.mp)
        rounded = next((handle for handle in survey.rounded if self.graph.needed[handle]), None)
        rounding = "" if rounded is None else self.rounded_at(rounded)
        value = self.value_row(values, rounding)
        if not math.isfinite(float(self.point.values[self.graph.outputs[-1]])):
            rows = [self.claim.undecided(index, NOT_FINITE) for index in range(len(self.handles))]
            return Report(rows, value, (NOTHING_TO_DIFFERENTIATE,))
        exact = exact_claim(self.claim, values)
        judge = ScalarJudge(self.claim, exact, rounding)
        done: dict[int, Row] = {}
        notes = [Note(rounding, NoteKind.ROUNDING)] if rounding else []
        interrupted = False
        try:
            for judged in self.entries(survey, exact, judge):
                done[judged.number] = judged.row
                notes.extend(judged.notes)
        except KeyboardInterrupt:
            interrupted = True
        rows = [done[index] if index in done else self.claim.undecided(index, "interrupted") for index in range(len(self.handles))]
        proven = () if self.enclosures is None else (_proven(rows),)
        return Report(self.estimated(rows), value, (*proven, *notes), interrupted=interrupted)

    def entries(self, survey: kinks.Survey, exact: Exact, judge: ScalarJudge) -> Iterator[Judged]:
        """Every entry, one after the other: those that need no reference, the smooth ones, those at kinks."""
        kinds = self.kinds(survey)
        yield from kinds.rows
        yield from self.smooth(kinds.smooth, exact, judge)
        if kinds.kinked:
            from .at_kinks import check_kinked

            yield from map(Judged, kinds.kinked, check_kinked(self.claim, exact.scales, kinds.kinked, survey.kinks))

    def kinds(self, survey: kinks.Survey) -> Kinds:
        """What each entry reaches."""
        rounded = self.upstream(survey.rounded)
        kinked = self.upstream([kink.handle for kink in survey.kinks])
        kinds = Kinds([], [], [])
        for index, handle in enumerate(self.handles):
            if not self.reference.cone([handle]) and handle != self.graph.outputs[-1]:
                kinds.rows.append(Judged(index, self.untouched(index)))
            elif not math.isfinite(float(self.point.inputs[handle])):
                kinds.rows.append(Judged(index, self.claim.undecided(index, "the input is not finite")))
            elif handle in rounded:
                kinds.rows.append(Judged(index, self.claim.undecided(index, self.rounded_at(rounded[handle]))))
            else:
                (kinds.kinked if handle in kinked else kinds.smooth).append(index)
        return kinds

    def rounded_at(self, handle: int) -> str:
        """Where rounding decided a branch, in words."""
        return f"branch decided by rounding at {statement(self.graph, handle)}"

    def untouched(self, index: int) -> Row:
        """An input that the output does not depend on: its gradient is 0, whatever its value."""
        row = self.claim.row(index, _UNTOUCHED)
        return row._replace(reference=0.0, error=0.0, bound=0.0, exact="0.0", verdict=PASS if row.analytic in (0.0, None) else FAIL)

    def value_row(self, values: Sequence[Any], rounding: str) -> Row:
        """The value against the exact one, of the exact ``values`` of all nodes."""
        output, mp = self.graph.outputs[-1], self.mp
        value, truth = float(self.point.values[output]), mp.mpf(values[output])
        sizes = [abs(float(v)) for v, need in zip(self.point.values, self.graph.needed, strict=True) if need]
        size = max((entry for entry in sizes if math.isfinite(entry)), default=1.0)
        same = not mp.isfinite(truth) and (value != value) == bool(mp.isnan(truth))
        reason = "not finite" if same else f"float64 gives {value}, the exact value is {mp.nstr(truth, 17)}"
        row = Row(self.graph.labels[output], (), value, None, None, None, VALUE, PASS)
        return judge_value(row, truth, size, mp, rounding, reason)

    def estimated(self, rows: list[Row]) -> list[Row]:
        """The rows of small graphs with the estimates of the classroom's methods."""
        if len(self.graph.ops) * len(self.handles) > _MOST_ESTIMATED:
            return rows
        estimates = float_estimates.estimate(self.point)
        return [row._replace(finite_difference=d, complex_step=c) for row, (d, c) in zip(rows, estimates, strict=True)]

    # -- smooth entries ----------------------------------------------------------------------------------------------

    def smooth(self, indices: list[int], exact: Exact, judge: ScalarJudge) -> Iterator[Judged]:
        """Entries that reach no kink: one by one where the operations allow it."""
        cost = sum(len(self.reference.cone([self.handles[i]])) for i in indices[:2000]) * (1 if self.enclosures is not None else 4)
        if len(indices) > 2000 or cost > limit("GRADVIZ_CHECK_OPERATIONS"):
            yield from self.projected(indices, exact, judge)
            return
        for done, index in enumerate(indices):
            if self.reference.progress is not None:
                self.reference.progress(done, len(indices))
            slope, unproven = self.enclosed(index, exact)
            if slope is not None:
                yield Judged(index, judge.entry(index, slope, _ENCLOSED))
            else:
                slope = self.reference.partial(self.handles[index], exact.scales[index])
                yield Judged(index, judge.entry(index, slope, ENTRYWISE), unproven)

    def enclosed(self, index: int, exact: Exact) -> tuple[Slope | None, tuple[Note, ...]]:
        """The derivative by an input with a proven error; None where none is asked for, or with a note where it cannot be had."""
        if self.enclosures is None:
            return None, ()
        from ..references.enclosures import Unproven

        try:
            middle, radius = self.enclosures.partial(self.handles[index], as_float(exact.scales[index]))
        except Unproven as error:
            return None, (Note(f"the derivative by {self.names[index]} is not proven: {error}", NoteKind.PROOF),)
        value, radius = (self.mp.ldexp(self.mp.mpf(int(digits)), int(power)) for digits, power in (middle.man_exp(), radius.man_exp()))
        value = value if abs(value) > radius else self.mp.mpf(0)  # a ball around 0
        return Slope(value, radius, value, value), ()

    def projected(self, indices: list[int], exact: Exact, judge: ScalarJudge) -> Iterator[Judged]:
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
            claimed += exact.claims[index] * weight
            scale += exact.scales[index] * abs(weight)
        slope: Slope | None = reference.slope_along(DIGITS, direction)
        assert slope is not None
        if not abs(slope.value - claimed) <= RULE_AGREEMENT * scale:
            slope = reference.slope(direction, scale)  # what one precision does not settle, two may
            reference.use(DIGITS)
        if slope is not None and abs(slope.value - claimed) <= RULE_AGREEMENT * scale + slope.error:
            for index in indices:
                rules = exact.claims[index]
                yield Judged(index, judge.entry(index, Slope(rules, mp.mpf(0), rules, rules), _PROJECTED))
            return
        verdict, reason = INCONCLUSIVE, "the reference does not settle"
        if slope is not None:
            verdict, reason = FAIL, self.claim.blame() or "the rules disagree with a random projection"
        for index in indices:
            yield Judged(index, self.claim.undecided(index, reason)._replace(verdict=verdict))

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


def _proven(rows: Iterable[Row]) -> Note:
    """How many derivatives are proven."""
    proven = [row.method.kind in (MethodKind.ENCLOSURE, MethodKind.UNTOUCHED) for row in rows]
    return Note(f"{sum(proven)} of {len(proven)} derivatives are proven: balls of Arb enclose the exact ones", NoteKind.PROOF)


def _enclosures(point: Point) -> Enclosures:
    try:
        from ..references.enclosures import Enclosures
    except ImportError:
        raise GradvizError('a proof needs an extra: pip install "graphviz_ad[arb]"') from None
    return Enclosures(point.graph, point.inputs)
