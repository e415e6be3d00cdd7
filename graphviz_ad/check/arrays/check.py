"""The check of graphs with arrays: the same questions as for scalars, entry by entry or by a random projection.

An entry of an input is a direction; the graph is evaluated over object arrays of high-precision numbers and differenced
along it, which gives that entry's derivative of every entry of the output at once.
"""

from __future__ import annotations

import math
from collections.abc import Collection, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np  # noqa: TID253 - arrays are what this module is for, and only they load it

from ...derive import array_tape
from ...limits import limit
from ...primitives.array_record import size_of
from ..confirmation import judged_twice
from ..references.arrays import DIGITS, STEP, Coordinate, Index, ShapeChanges, entry_at, total
from ..references.grading import as_float, grade
from ..results import INCONCLUSIVE, PASS, Report, Row
from .claim import ArrayClaim
from .corners import Corner, settle_corners
from .kinks import ArraySurvey, survey
from .projection import PROJECTED, forward, projected, random_pair
from .verdicts import ArrayJudge

if TYPE_CHECKING:
    from ...derive.derivatives import Point
    from ..references.scalars import Progress
    from ..rules_in_many_digits import Slip

#: high-precision operations on arrays, in units of GRADVIZ_CHECK_OPERATIONS, that a projection may take
_PROJECTION_BUDGET = 50
#: operations whose every entry sums products over an axis of an operand
_PRODUCTS = frozenset(
    ("matmul", "dot", "inner", "einsum", "tensordot", "outer", "kron", "solve", "inv", "det", "logdet", "conv1d", "conv2d", "convolve")
)
_ENTRYWISE = f"differences in {DIGITS} digits"
_NOT_FINITE = "not finite"


def check_arrays(
    point: Point,
    claim: Mapping[str, Any] | None = None,
    *,
    only: Mapping[str, Collection[Index]] | None = None,
    progress: Progress | None = None,
    slip: Slip | None = None,
) -> Report:
    """The report of a point of a graph with arrays; of ``claim`` instead of its own gradient where there is one.

    ``only``: by input the entries that are asked for; the others have no rows.
    """
    check = ArrayCheck(ArrayClaim(point, claim, only, slip))
    try:
        return judged_twice(check, progress)
    except ShapeChanges:
        where = check.survey.place()
        reason = f"{point.graph.output} changes its shape here: how many entries are chosen depends on values that stand at {where}"
        rows = [Row(one.name, one.entry, None, None, None, None, _ENTRYWISE, INCONCLUSIVE, reason) for one in check.claim.coordinates]
        return Report(rows)


class ArrayCheck:
    """The check of a claim; ``survey`` is what the last report found of kinks."""

    def __init__(self, claim: ArrayClaim) -> None:
        self.claim, self.point, self.graph, self.shapes = claim, claim.point, claim.graph, claim.shapes
        self.reference, self.mp = claim.reference, claim.mp
        self.survey = ArraySurvey(self.graph, [], [], "")
        self.interrupted = False

    def report(self) -> Report:
        """The report in the digits that the reference has now."""
        claim, reference, graph = self.claim, self.reference, self.graph
        self.survey = ArraySurvey(graph, [], [], "")
        reference.use(DIGITS)
        work = self.work()
        budget = limit("GRADVIZ_CHECK_OPERATIONS")
        if 6 * work > _PROJECTION_BUDGET * budget:
            if claim.only is None and claim.claim is None:
                from ..quick.check import check_quickly

                return check_quickly(self.point)
            needed = 6 * work // _PROJECTION_BUDGET
            reason = f"about {6 * work:,} high-precision operations are needed; set GRADVIZ_CHECK_OPERATIONS to {needed:,} to allow them"
            rows = [Row(name, (), None, None, None, None, PROJECTED, INCONCLUSIVE, reason) for name, _ in claim.wrt()]
            return Report(rows, None, (reason,))
        entries, coordinates = size_of(claim.out_shape), len(claim.coordinates)
        one_by_one = (2 * coordinates + 3 * entries) * work <= budget and entries * coordinates <= 4096
        nodes = [op for op, needed in zip(graph.ops, graph.needed, strict=True) if needed]
        moving = sum(op not in ("input", "constant") for op in nodes)
        reference.expect(0 if one_by_one else len(nodes) + 2 * moving)  # at the point, ahead and behind
        exact = reference.base(DIGITS)
        self.survey = survey(reference, self.point.values, exact)
        value = self.value_row(exact)
        if value.reason == _NOT_FINITE:
            rows = [self.unjudged(one) for one in claim.coordinates[:1000]] if not claim.out_shape else []
            return Report(rows, value, ("the value is not finite, so there is nothing to differentiate",))
        table = array_tape.linearize(graph, exact, self.shapes, self.point.flows, reference.k)
        rows = self.entrywise(table) if one_by_one else projected(claim, table, self.survey)
        rounding = self.survey.rounding
        report = Report(rows, value, ((rounding,) if rounding else ()) + self.held_nodes())
        report.interrupted = self.interrupted
        return report

    def held_nodes(self) -> tuple[str, ...]:
        """What the reader must know of every ``stop_gradient`` of the author's."""
        needed = [handle for handle in sorted(self.reference.held) if self.graph.needed[handle]]
        return tuple(f"stop_gradient at {self.graph.labels[handle]} is held fixed" for handle in needed)

    def work(self) -> int:
        """Scalar operations of one evaluation, roughly: entries computed, and products summed in contractions."""
        found = 0
        for handle, operands in enumerate(self.graph.operands):
            if not self.graph.needed[handle] or not operands:
                continue
            sizes = [size_of(self.shapes[one]) for one in operands]
            size = size_of(self.shapes[handle])
            inner = max(self.shapes[operands[0]][-1:] or (1,)) if self.graph.ops[handle] in _PRODUCTS else 1
            found += max(size * inner, *sizes, 1)
        return max(found, 1)

    def unjudged(self, one: Coordinate) -> Row:
        """An entry of a function whose value is not finite."""
        mine = float(self.claim.analytic(one.name)[one.entry])
        return Row(one.name, one.entry, mine, None, None, None, _ENTRYWISE, INCONCLUSIVE, "the value is not finite")

    def value_row(self, exact: Sequence[Any]) -> Row:
        """The output's worst entry."""
        output = self.claim.output
        name = self.graph.labels[output]
        method = _ENTRYWISE.replace("differences", "value")
        mine = np.asarray(self.point.values[output], dtype=float)
        truth = np.asarray(self.reference.number(exact[output]), dtype=object)
        worst: Row | None = None
        largest = max(
            (float(np.max(np.abs(v), initial=0.0)) for v in map(_numbers, self.point.values) if v.size and np.isfinite(v).all()),
            default=1.0,
        )
        for index in np.ndindex(*mine.shape):
            row = Row(name, index, float(mine[index]), None, None, None, method, PASS)
            if not math.isfinite(mine[index]) or not self.mp.isfinite(truth[index]):
                return row._replace(
                    verdict=INCONCLUSIVE, reason=_NOT_FINITE, reference=as_float(truth[index]), exact=self.mp.nstr(truth[index], 40)
                )
            graded = grade(row, truth[index], self.mp.mpf(largest), self.mp, self.survey.rounding)
            if worst is None or (graded.verdict != PASS, graded.digits_lost) > (worst.verdict != PASS, worst.digits_lost):
                worst = graded
        return worst or Row(name, (), None, None, None, None, method, PASS, "there are no entries")

    # -- entry by entry ----------------------------------------------------------------------------------------------

    def entrywise(self, table: array_tape.Table) -> list[Row]:
        """Every entry of every Jacobian against differences; ``table`` are the rules at the point."""
        claim, reference, mp = self.claim, self.reference, self.mp
        claims, scales, wholes, largest = claim.jacobians(table)
        judge = ArrayJudge(mp, self.survey, largest, reference.digits)
        noise = reference.noise()
        met = bool(self.survey.kinked)
        analytic = {name: claim.analytic(name) for name, _ in claim.wrt()}
        rows: list[Row] = []
        corners: list[Corner] = []
        for done, one in enumerate(claim.coordinates):
            step = claim.step(one)
            try:
                if reference.progress is not None:
                    reference.progress(done, len(claim.coordinates))
                measured, left, right = reference.along({one.handle: reference.direction(one, step)})
            except KeyboardInterrupt:
                return self.cut_short(rows, corners, analytic, claim.coordinates[done:])
            bent = met or _bends(left, right, mp)
            for out in np.ndindex(*claim.out_shape):
                index = (*out, *one.entry)
                mine = float(analytic[one.name][index])
                slope, low, high = (entry_at(part, out) / step for part in (measured, left, right))
                row = Row(one.name, index, mine, None, None, None, _ENTRYWISE, PASS)
                if bent and (met or abs(low - high) > mp.mpf(10) ** -8 * (1 + abs(low) + abs(high))):
                    corners.append((len(rows), one))
                    rows.append(row._replace(interval=(as_float(min(low, high)), as_float(max(low, high)))))
                else:
                    rest = self.truncation(one) + noise / step
                    rows.append(judge.smooth(row, slope, claims[one.name][index], scales[one.name][index], wholes[one.name][out], rest))
        try:
            if corners:
                settle_corners(claim, judge, table, rows, corners)
        except KeyboardInterrupt:
            return self.cut_short(rows, corners, analytic, ())
        seed, direction = random_pair(claim)
        claimed = sum(
            (
                total(seed * np.sum(claims[name] * direction[h], axis=tuple(range(len(claim.out_shape), claims[name].ndim))))
                for name, h in claim.wrt()
            ),
            mp.mpf(0),
        )
        scale = sum((total(abs(seed)) * total(scales[name]) * total(abs(direction[h])) for name, h in claim.wrt()), mp.mpf(0))
        return rows + forward(claim, table, seed, direction, claimed, scale, largest)

    def cut_short(self, rows: list[Row], corners: Sequence[Corner], analytic: Mapping[str, Any], rest: Sequence[Coordinate]) -> list[Row]:
        """The rows of an interrupted check: corners that were not settled, and entries that were not reached, are undecided."""
        self.interrupted = True
        for at, _ in corners:
            rows[at] = rows[at]._replace(verdict=INCONCLUSIVE, reason="interrupted")
        for one in rest:
            for out in np.ndindex(*self.claim.out_shape):
                index = (*out, *one.entry)
                mine = float(analytic[one.name][index])
                rows.append(Row(one.name, index, mine, None, None, None, _ENTRYWISE, INCONCLUSIVE, "interrupted"))
        return rows

    def truncation(self, one: Coordinate) -> Any:
        """What a difference may leave of a derivative that is 0, where the entry is 0 and its step has no size to go by."""
        value = self.point.inputs[one.handle]
        stands_at_zero = not float(value[one.entry] if one.entry else value)
        return self.mp.mpf(10) ** -(2 * STEP - 10) if stands_at_zero else self.mp.mpf(0)


def _numbers(value: Any) -> Any:
    array = np.asarray(value)
    return array.astype(float) if array.dtype.kind in "fiub" else np.zeros(0)


def _bends(left: Any, right: Any, mp: Any) -> bool:
    """Whether any entry's one-sided slopes differ."""
    pairs = zip(np.ravel(left), np.ravel(right), strict=True)
    return any(mp.isfinite(a) and mp.isfinite(b) and abs(a - b) > mp.mpf(10) ** -8 * (1 + abs(a) + abs(b)) for a, b in pairs)
