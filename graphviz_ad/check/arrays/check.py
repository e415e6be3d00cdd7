"""The check of graphs with arrays: the same questions as for scalars, entry by entry or by a random projection.

An entry of an input is a direction; the graph is evaluated over object arrays of high-precision numbers and differenced
along it, which gives that entry's derivative of every entry of the output at once.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np  # noqa: TID253 - arrays are what this module is for, and only they load it

from ...derive import array_tape
from ...limits import limit
from ...primitives.array_record import size_of
from ..judging.confirmation import judged_twice
from ..judging.grading import as_float
from ..judging.numbers import NOT_FINITE, NOTHING_TO_DIFFERENTIATE, VALUE, judge_value
from ..references.arrays import STEP, Coordinate, Index, ShapeChanges, entry_at, total
from ..references.scalars import DIGITS
from ..results import Note, NoteKind, Report
from ..rows import INCONCLUSIVE, PASS, Method, MethodKind, Row, unjudged
from .claim import ArrayClaim, Jacobians
from .corners import Corner, settle_corners
from .kinks import ArraySurvey, survey
from .projection import PROJECTED, forward, projected, random_pair
from .verdicts import ArrayJudge

#: high-precision operations on arrays, in units of GRADVIZ_CHECK_OPERATIONS, that a projection may take
_PROJECTION_BUDGET = 50
#: evaluations of a projection: at the point, ahead and behind, and the sweeps of the rules
_SWEEPS = 6
#: entries of Jacobians that are differenced one by one
_MOST_ENTRIES = 4096
#: operations whose every entry sums products over an axis of an operand
_PRODUCTS = frozenset(
    ("matmul", "dot", "inner", "einsum", "tensordot", "outer", "kron", "solve", "inv", "det", "logdet", "conv1d", "conv2d", "convolve")
)
_ENTRYWISE = Method(f"differences in {DIGITS} digits", MethodKind.DIFFERENCES)


def check_arrays(claim: ArrayClaim) -> Report:
    """The report of a claim; entries that it does not ask for have no rows."""
    check = ArrayCheck(claim)
    try:
        return judged_twice(check)
    except ShapeChanges:
        place, output = check.survey.place(), claim.graph.output
        reason = f"{output} changes its shape here: how many entries are chosen depends on values that stand at {place}"
        return Report([unjudged(entry.name, reason, _ENTRYWISE, entry.entry) for entry in claim.coordinates])


def excess(claim: ArrayClaim) -> int:
    """The operations that the check of a claim takes in many digits where they are more than may be spent, else 0."""
    needed = _SWEEPS * _work(claim)
    return needed if needed > _PROJECTION_BUDGET * limit("GRADVIZ_CHECK_OPERATIONS") else 0


def _work(claim: ArrayClaim) -> int:
    """Scalar operations of one evaluation, roughly: entries computed, and products summed in contractions."""
    graph, shapes = claim.graph, claim.shapes
    work = 0
    for handle, operands in enumerate(graph.operands):
        if not graph.needed[handle] or not operands:
            continue
        sizes = [size_of(shapes[operand]) for operand in operands]
        inner = max(shapes[operands[0]][-1:] or (1,)) if graph.ops[handle] in _PRODUCTS else 1
        work += max(size_of(shapes[handle]) * inner, *sizes, 1)
    return max(work, 1)


class ArrayCheck:
    """The check of a claim; ``survey`` is what the last report found of kinks."""

    def __init__(self, claim: ArrayClaim) -> None:
        self.claim, self.point, self.graph = claim, claim.point, claim.graph
        self.reference, self.mp = claim.reference, claim.mp
        self.survey = ArraySurvey(self.graph, [], [], "")

    @property
    def names(self) -> Sequence[str]:
        """The inputs of the graph that derivatives are asked for by."""
        return self.point.wrt

    def report(self) -> Report:
        """The report in the digits that the reference has now."""
        claim, reference = self.claim, self.reference
        self.survey = ArraySurvey(self.graph, [], [], "")
        reference.use(DIGITS)
        if needed := excess(claim):
            reason = f"about {needed:,} high-precision operations are needed; "
            reason += f"set GRADVIZ_CHECK_OPERATIONS to {needed // _PROJECTION_BUDGET:,} to allow them"
            return Report([unjudged(name, reason, PROJECTED) for name, _ in claim.wrt()], None, (Note(reason, NoteKind.BUDGET),))
        one_by_one = self.one_by_one()
        reference.expect(0 if one_by_one else self.operations())
        exact = reference.base(DIGITS)
        self.survey = survey(reference, self.point.values, exact)
        value = self.value_row(exact)
        if value.method.kind is MethodKind.FINITENESS:
            unjudgeable = claim.coordinates[:1000] if not claim.out_shape else []
            rows = [_undecided(entry.name, entry.entry, claim.analytic(entry.name), NOT_FINITE) for entry in unjudgeable]
            return Report(rows, value, (NOTHING_TO_DIFFERENTIATE,))
        table = array_tape.linearize(self.graph, exact, claim.shapes, self.point.flows, reference.k)
        rows, interrupted = self.entrywise(table) if one_by_one else (projected(claim, table, self.survey), False)
        return Report(rows, value, self.notes(), interrupted=interrupted)

    def one_by_one(self) -> bool:
        """Whether every entry is differenced alone."""
        entries, coordinates = size_of(self.claim.out_shape), len(self.claim.coordinates)
        cost = (2 * coordinates + 3 * entries) * _work(self.claim)
        return cost <= limit("GRADVIZ_CHECK_OPERATIONS") and entries * coordinates <= _MOST_ENTRIES

    def operations(self) -> int:
        """The operations of a projection, on whole arrays: at the point, ahead and behind."""
        nodes = [op for op, needed in zip(self.graph.ops, self.graph.needed, strict=True) if needed]
        return len(nodes) + 2 * sum(op not in ("input", "constant") for op in nodes)

    def notes(self) -> list[Note]:
        """Where rounding decided a branch, and every ``stop_gradient`` of the author's."""
        needed = [handle for handle in sorted(self.reference.held) if self.graph.needed[handle]]
        held = [Note(f"stop_gradient at {self.graph.labels[handle]} is held fixed", NoteKind.HELD) for handle in needed]
        return [Note(self.survey.rounding, NoteKind.ROUNDING), *held] if self.survey.rounding else held

    def value_row(self, exact: Sequence[Any]) -> Row:
        """The output's worst entry."""
        output, name = self.claim.output, self.graph.labels[self.claim.output]
        values = np.asarray(self.point.values[output], dtype=float)
        truth = np.asarray(self.reference.number(exact[output]), dtype=object)
        sizes = (float(np.max(np.abs(v), initial=0.0)) for v in map(_numbers, self.point.values) if v.size and np.isfinite(v).all())
        largest = max(sizes, default=1.0)
        worst: Row | None = None
        for index in np.ndindex(*values.shape):
            row = Row(name, index, float(values[index]), None, None, None, VALUE, PASS)
            row = judge_value(row, truth[index], largest, self.mp, self.survey.rounding)
            if row.method.kind is MethodKind.FINITENESS:
                return row
            if worst is None or (row.verdict != PASS, row.digits_lost) > (worst.verdict != PASS, worst.digits_lost):
                worst = row
        return worst or unjudged(name, "there are no entries", VALUE, verdict=PASS)

    # -- entry by entry ----------------------------------------------------------------------------------------------

    def entrywise(self, table: array_tape.Table) -> tuple[list[Row], bool]:
        """Every entry of every Jacobian against differences, and whether that was interrupted; ``table`` are the rules at the point."""
        claim, reference = self.claim, self.reference
        jacobians = claim.jacobians(table)
        judge = ArrayJudge(self.mp, self.survey, jacobians.largest, reference.digits)
        noise = reference.noise()
        analytic = {name: claim.analytic(name) for name, _ in claim.wrt()}
        columns: list[list[Row | Corner]] = []
        try:
            for coordinate in claim.coordinates:
                if reference.progress is not None:
                    reference.progress(len(columns), len(claim.coordinates))
                columns.append(self.column(coordinate, analytic[coordinate.name], jacobians, judge, noise))
            rows = settle_corners(claim, judge, table, [entry for column in columns for entry in column])
        except KeyboardInterrupt:
            return self.cut_short(columns, analytic), True
        return rows + self.forward(table, jacobians), False

    def column(self, coordinate: Coordinate, analytic: Any, jacobians: Jacobians, judge: ArrayJudge, noise: Any) -> list[Row | Corner]:
        """The derivatives by one entry; those at a corner are judged later, together with others."""
        claim, mp, name = self.claim, self.mp, coordinate.name
        step = claim.step(coordinate)
        parts = self.reference.along({coordinate.handle: self.reference.direction(coordinate, step)})
        rest = self.truncation(coordinate) + noise / step
        column: list[Row | Corner] = []
        for out in np.ndindex(*claim.out_shape):
            index = (*out, *coordinate.entry)
            slope, left, right = (entry_at(part, out) / step for part in parts)
            row = Row(name, index, float(analytic[index]), None, None, None, _ENTRYWISE, PASS)
            if self.survey.kinked or abs(left - right) > mp.mpf(10) ** -8 * (1 + abs(left) + abs(right)):
                interval = (as_float(min(left, right)), as_float(max(left, right)))
                column.append(Corner(row._replace(interval=interval), coordinate))
            else:
                rules, scale = jacobians.claims[name][index], jacobians.scales[name][index]
                column.append(judge.smooth(row, slope, rules, scale, jacobians.wholes[name][out], rest))
        return column

    def forward(self, table: array_tape.Table, jacobians: Jacobians) -> list[Row]:
        """A failing row where forward mode contradicts these Jacobians of the rules, which are reverse mode's."""
        claim, zero = self.claim, self.mp.mpf(0)
        seed, direction = random_pair(claim)
        claimed = scale = zero
        for name, handle in claim.wrt():
            rules, move = jacobians.claims[name], direction[handle]
            claimed += total(seed * np.sum(rules * move, axis=tuple(range(len(claim.out_shape), rules.ndim))))
            scale += total(abs(seed)) * total(jacobians.scales[name]) * total(abs(move))
        return forward(claim, table, seed, direction, claimed, scale, jacobians.largest)

    def cut_short(self, columns: Sequence[Sequence[Row | Corner]], analytic: Mapping[str, Any]) -> list[Row]:
        """The rows of an interrupted check: corners that were not settled, and entries that were not reached, are undecided."""
        rows = [
            entry.row._replace(verdict=INCONCLUSIVE, reason="interrupted") if isinstance(entry, Corner) else entry
            for column in columns
            for entry in column
        ]
        for name, _, entry in self.claim.coordinates[len(columns) :]:
            for out in np.ndindex(*self.claim.out_shape):
                rows.append(_undecided(name, (*out, *entry), analytic[name], "interrupted"))
        return rows

    def truncation(self, coordinate: Coordinate) -> Any:
        """What a difference may leave of a derivative that is 0, where the entry is 0 and its step has no size to go by."""
        value = self.point.inputs[coordinate.handle]
        stands_at_zero = not float(value[coordinate.entry] if coordinate.entry else value)
        return self.mp.mpf(10) ** -(2 * STEP - 10) if stands_at_zero else self.mp.mpf(0)


def _undecided(name: str, index: Index, analytic: Any, reason: str) -> Row:
    """The row of a claimed entry that is not judged, and why."""
    return Row(name, index, float(analytic[index]), None, None, None, _ENTRYWISE, INCONCLUSIVE, reason)


def _numbers(value: Any) -> Any:
    array = np.asarray(value)
    return array.astype(float) if array.dtype.kind in "fiub" else np.zeros(0)
