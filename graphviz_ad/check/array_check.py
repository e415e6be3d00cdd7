"""The check of graphs with arrays: the same questions as for scalars, entry by entry or by a random projection.

An entry of an input is a direction; the graph is evaluated over object arrays of high-precision numbers and differenced
along it, which gives that entry's derivative of every entry of the output at once.
"""

from __future__ import annotations

import itertools
import math
import random
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np  # noqa: TID253 - arrays are what this module is for, and only they load it

from ..derive import array_tape
from ..graph.node import Node
from ..limits import limit
from ..primitives.array_record import size_of
from ..primitives.arrays import ARRAY_OPERATIONS
from ..primitives.kernels.arrays import Arrays
from ..primitives.registry import OPERATIONS
from ..primitives.rules import cut_rules
from . import kinks, trends
from .array_reference import DIGITS, STEP, ArrayReference, Coordinate, Index
from .grading import as_float, grade
from .report import AT_KINK, FAIL, INCONCLUSIVE, PASS, Report, Row

if TYPE_CHECKING:
    from ..derive.point import Point
    from .graph_check import Slip
    from .reference import Progress

#: rules agree with the reference when they differ by less than this part of their scale
RULE_AGREEMENT = 1e-20
#: high-precision operations on arrays, in units of GRADVIZ_CHECK_OPERATIONS, that a projection may take
_PROJECTION_BUDGET = 50
_MOST_KINKED = 24
_ENTRYWISE = f"differences in {DIGITS} digits"
_NOT_FINITE = "not finite"
_PROJECTED = f"rules in {DIGITS} digits, proven by a random projection"


def check_arrays(
    point: Point, claim: Mapping[str, Any] | None = None, progress: Progress | None = None, slip: Slip | None = None
) -> Report:
    """The report of a point of a graph with arrays; of ``claim`` instead of its own gradient where there is one."""
    from .graph_check import judged_twice

    return judged_twice(_ArrayCheck(point, claim, slip), progress)


class _ArrayCheck:
    def __init__(self, point: Point, claim: Mapping[str, Any] | None = None, slip: Slip | None = None) -> None:
        assert point.shapes is not None
        self.claim, self.slip = claim, slip
        self.interrupted = False
        self.point, self.graph, self.shapes = point, point.graph, point.shapes
        self.reference = ArrayReference(point.graph, point.inputs, point.shapes, point.values)
        self.mp = self.reference.mp
        self.output = self.graph.outputs[0]
        self.out_shape = self.shapes[self.output]
        self.coordinates = [Coordinate(n, h, i) for n, h in self.wrt() for i in np.ndindex(*self.shapes[h])]

    def wrt(self) -> list[tuple[str, int]]:
        return [(name, self.graph.input_handles[name]) for name in self.point.wrt]

    def report(self) -> Report:
        self.rounding = ""
        self.largest = self.mp.mpf(0)  # contribution anywhere: what cancels in many digits is noise against this
        self.kinked_nodes: list[str] = []
        self.reference.use(DIGITS)
        work = self.work()
        budget = limit("GRADVIZ_CHECK_OPERATIONS")
        if 6 * work > _PROJECTION_BUDGET * budget:
            needed = 6 * work // _PROJECTION_BUDGET
            reason = f"about {6 * work:,} high-precision operations are needed; set GRADVIZ_CHECK_OPERATIONS to {needed:,} to allow them"
            rows = [Row(name, (), None, None, None, None, _PROJECTED, INCONCLUSIVE, reason) for name, _ in self.wrt()]
            return Report(rows, None, (reason,))
        entries = size_of(self.out_shape)
        one_by_one = (2 * len(self.coordinates) + 3 * entries) * work <= budget and entries * len(self.coordinates) <= 4096
        nodes = [op for op, needed in zip(self.graph.ops, self.graph.needed, strict=True) if needed]
        moving = sum(op not in ("input", "constant") for op in nodes)
        self.reference.expect(0 if one_by_one else len(nodes) + 2 * moving)  # at the point, ahead and behind
        exact = self.reference.base(DIGITS)
        survey = self.survey(exact)
        value = self.value_row(exact)
        if value.reason == _NOT_FINITE:
            rows = [self.unjudged(one) for one in self.coordinates[:1000]] if not self.out_shape else []
            return Report(rows, value, ("the value is not finite, so there is nothing to differentiate",))
        flows = self.point.flows
        table = array_tape.linearize(self.graph, exact, self.shapes, flows, self.reference.k)
        if one_by_one:
            rows = self.entrywise(table, survey)
        else:
            rows = self.projected(table, survey)
        report = Report(rows, value, ((self.rounding,) if self.rounding else ()) + self.held_nodes())
        report.interrupted = self.interrupted
        return report

    def held_nodes(self) -> tuple[str, ...]:
        """What the reader must know of every ``stop_gradient`` of the author's."""
        needed = [handle for handle in sorted(self.reference.held) if self.graph.needed[handle]]
        return tuple(f"stop_gradient at {self.graph.labels[handle]} is held fixed" for handle in needed)

    def work(self) -> int:
        """Scalar operations of one evaluation, roughly: entries computed, and products summed in contractions."""
        total = 0
        for handle, operands in enumerate(self.graph.operands):
            if not self.graph.needed[handle] or not operands:
                continue
            sizes = [size_of(self.shapes[one]) for one in operands]
            size = size_of(self.shapes[handle])
            inner = max(self.shapes[operands[0]][-1:] or (1,)) if self.graph.ops[handle] in _PRODUCTS else 1
            total += max(size * inner, *sizes, 1)
        return max(total, 1)

    def unjudged(self, one: Coordinate) -> Row:
        """An entry of a function whose value is not finite."""
        mine = float(self.analytic(one.name)[one.entry])
        return Row(one.name, one.entry, mine, None, None, None, _ENTRYWISE, INCONCLUSIVE, "the value is not finite")

    # -- branches ----------------------------------------------------------------------------------------------------

    def survey(self, exact: Sequence[Any]) -> bool:
        """Find kinks and branches that rounding decided; whether any kink is met exactly."""
        k, floats = self.reference.k, Arrays()
        met = False
        with np.errstate(all="ignore"):
            for handle, op in enumerate(self.graph.ops):
                if exact[handle] is None or op not in OPERATIONS or not OPERATIONS[op].kinks:
                    continue
                operands = self.graph.operands[handle]
                mine = [self.point.values[one] for one in operands]
                theirs = [exact[one] for one in operands]
                size = max((abs(one) for entry in theirs for one in np.ravel(entry) if self.mp.isfinite(one)), default=self.mp.mpf(0))
                for kink, rule in zip(OPERATIONS[op].kinks, cut_rules(op), strict=True):
                    if kink.order > 1:
                        continue
                    here = np.asarray(rule(floats, *mine, self.point.values[handle]), dtype=float)
                    there = np.asarray(rule(k, *theirs, exact[handle]), dtype=object)
                    zero = np.asarray([abs(one) <= size * self.mp.mpf(10) ** -(DIGITS // 2) for one in np.ravel(there)], dtype=bool)
                    signs = np.asarray([one > 0 for one in np.ravel(there)], dtype=bool)
                    flat = np.broadcast_to(here, there.shape).ravel()
                    finite = np.isfinite(flat)
                    if np.any(zero & (flat == 0) & finite):
                        met = True
                        self.kinked_nodes.append(f"{self.describe(handle)} ({kink.at})")
                    if np.any(finite & ((zero != (flat == 0)) | (~zero & (signs != (flat > 0))))) and not self.rounding:
                        self.rounding = f"branch decided by rounding at {self.describe(handle)}"
        return met

    # -- the value ---------------------------------------------------------------------------------------------------

    def value_row(self, exact: Sequence[Any]) -> Row:
        """The output's worst entry."""
        name = self.graph.labels[self.output]
        method = _ENTRYWISE.replace("differences", "value")
        mine = np.asarray(self.point.values[self.output], dtype=float)
        truth = np.asarray(self.reference.number(exact[self.output]), dtype=object)
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
            graded = grade(row, truth[index], self.mp.mpf(largest), self.mp, self.rounding)
            if worst is None or (graded.verdict != PASS, graded.digits_lost) > (worst.verdict != PASS, worst.digits_lost):
                worst = graded
        return worst or Row(name, (), None, None, None, None, method, PASS, "there are no entries")

    # -- entry by entry ----------------------------------------------------------------------------------------------

    def entrywise(self, table: array_tape.Table, met: bool) -> list[Row]:
        """Every entry of every Jacobian against differences."""
        claims, scales = self.claimed_jacobians(table)
        analytic = {name: self.analytic(name) for name, _ in self.wrt()}
        rows: list[Row] = []
        corners: list[tuple[int, Coordinate]] = []
        for done, one in enumerate(self.coordinates):
            try:
                if self.reference.progress is not None:
                    self.reference.progress(done, len(self.coordinates))
                measured, left, right = self.reference.along({one.handle: self.reference.direction(one, self.size(one))})
            except KeyboardInterrupt:
                return self.cut_short(rows, corners, analytic, self.coordinates[done:])
            size = self.size(one)
            bent = met or _bends(left, right, self.mp)
            for out in np.ndindex(*self.out_shape):
                index = (*out, *one.entry)
                mine = float(analytic[one.name][index])
                slope, low, high = (_at(part, out) / size for part in (measured, left, right))
                row = Row(one.name, index, mine, None, None, None, _ENTRYWISE, PASS)
                if bent and (met or abs(low - high) > self.mp.mpf(10) ** -8 * (1 + abs(low) + abs(high))):
                    corners.append((len(rows), one))
                    rows.append(row._replace(interval=(as_float(min(low, high)), as_float(max(low, high)))))
                else:
                    rows.append(self.judge(row, slope, claims[one.name][index], scales[one.name][index]))
        try:
            if corners:
                self.settle_corners(rows, corners)
        except KeyboardInterrupt:
            return self.cut_short(rows, corners, analytic, ())
        seed, direction = self.random_pair()
        claimed = sum(
            (
                _total(seed * np.sum(claims[name] * direction[h], axis=tuple(range(len(self.out_shape), claims[name].ndim))))
                for name, h in self.wrt()
            ),
            self.mp.mpf(0),
        )
        scale = sum((_total(abs(seed)) * _total(scales[name]) * _total(abs(direction[h])) for name, h in self.wrt()), self.mp.mpf(0))
        return rows + self.forward(table, seed, direction, claimed, scale)

    def cut_short(
        self, rows: list[Row], corners: list[tuple[int, Coordinate]], analytic: Mapping[str, Any], rest: Sequence[Coordinate]
    ) -> list[Row]:
        """The rows of an interrupted check: corners that were not settled, and entries that were not reached, are undecided."""
        self.interrupted = True
        for at, _ in corners:
            rows[at] = rows[at]._replace(verdict=INCONCLUSIVE, reason="interrupted")
        for one in rest:
            for out in np.ndindex(*self.out_shape):
                index = (*out, *one.entry)
                mine = float(analytic[one.name][index])
                rows.append(Row(one.name, index, mine, None, None, None, _ENTRYWISE, INCONCLUSIVE, "interrupted"))
        return rows

    # -- forward against reverse -------------------------------------------------------------------------------------

    def random_pair(self) -> tuple[Any, dict[int, Any]]:
        """A seeded projection of the output, and a direction of all inputs in proportion to their entries."""
        mp, k = self.mp, self.reference.k
        chance = random.Random(231)

        def weights(shape: Index) -> Any:
            numbers = [mp.mpf(chance.choice((-1, 1)) * chance.uniform(0.5, 1.5)) for _ in range(size_of(shape))]
            if not shape:
                return numbers[0]
            whole = np.empty(size_of(shape), dtype=object)
            whole[:] = numbers
            return whole.reshape(shape)

        seed = weights(self.out_shape) if self.out_shape else mp.mpf(1)
        direction = {
            h: weights(self.shapes[h])
            * (
                k.array(np.where(self.point.inputs[h] == 0, 1.0, np.abs(self.point.inputs[h])))
                if self.shapes[h]
                else self.size(Coordinate(n, h, ()))
            )
            for n, h in self.wrt()
        }
        return seed, direction

    def forward(self, table: array_tape.Table, seed: Any, direction: dict[int, Any], claimed: Any, scale: Any) -> list[Row]:
        """A failing row where forward mode does not give ``claimed``, which is what reverse mode gives for the pair; else none.

        Operations on arrays have a pushforward and a pullback of their own. Entries are compared with the reverse mode's alone.
        """
        mp = self.mp
        if self.claim is not None or self.slip is not None:
            return []
        on_the_way = [row if needed else () for row, needed in zip(table, self.graph.needed, strict=True)]  # the others have no values here
        pushed = array_tape.push_forward(self.graph, on_the_way, direction, self.shapes)[self.output]
        found = mp.mpf(_total(seed * pushed))
        noise = (self.largest or 1) * mp.mpf(10) ** -(DIGITS // 2)
        if not (mp.isfinite(found) and mp.isfinite(claimed)) or abs(found - claimed) <= RULE_AGREEMENT * scale + noise:
            return []
        measured = _total(seed * self.reference.along(direction)[0])
        wrong = "forward mode" if abs(found - measured) > abs(claimed - measured) else "reverse mode"
        told = f"forward mode gives {mp.nstr(found, 17)} along a random direction, reverse mode {mp.nstr(claimed, 17)}; the reference "
        told += f"contradicts {wrong}" if mp.isfinite(measured) else "is not finite there"
        numbers = as_float(found), as_float(claimed), as_float(abs(found - claimed)), as_float(RULE_AGREEMENT * scale)
        return [Row("forward mode", (), *numbers, f"forward against reverse in {DIGITS} digits", FAIL, told)]

    def size(self, one: Coordinate) -> Any:
        """How far an entry moves: in proportion to itself."""
        value = self.point.inputs[one.handle]
        entry = float(value[one.entry]) if one.entry else float(value)
        return abs(self.mp.mpf(entry)) or self.mp.mpf(1)

    def analytic(self, name: str) -> Any:
        """The claimed Jacobian: of a scalar output the gradient."""
        if self.claim is not None:
            return np.asarray(self.claim[name], dtype=float)
        return self.slipped(name, np.asarray(self.point.jacobian(name) if self.out_shape else self.point.gradients[name], dtype=float))

    def slipped(self, name: str, claim: Any) -> Any:
        """A claim by one input, with the slip of a self-test where it stands there."""
        return claim if self.slip is None or self.slip.wrt != name else self.slip.change(claim)

    def claimed_jacobians(self, table: array_tape.Table) -> tuple[dict[str, Any], dict[str, Any]]:
        """The rules' Jacobians in high precision, and the sizes of what is added up in them."""
        claims = {name: np.empty(self.out_shape + self.shapes[h], dtype=object) for name, h in self.wrt()}
        sizes = {name: np.empty(self.out_shape + self.shapes[h], dtype=object) for name, h in self.wrt()}
        for out in np.ndindex(*self.out_shape):
            seed = self.seed(out)
            cotangents, contributions = array_tape.pull_back(self.graph, table, {self.output: seed})
            scale = self.scales(contributions)
            for name, handle in self.wrt():
                claims[name][out] = self.mp.mpf(0) if cotangents[handle] is None else cotangents[handle]
                sizes[name][out] = scale.get(handle, self.mp.mpf(0))
        return {name: self.slipped(name, claim) for name, claim in claims.items()}, sizes

    def scales(self, contributions: array_tape.Table) -> dict[int, Any]:
        """Per input the largest contribution that any use of it made."""
        found: dict[int, Any] = {}
        for handle, row in enumerate(contributions):
            for amount, operand in zip(row, self.graph.operands[handle], strict=False):
                if amount is None:
                    continue
                largest = max((abs(one) for one in np.ravel(amount)), default=self.mp.mpf(0))
                if self.mp.isfinite(largest):
                    self.largest = max(self.largest, largest)
                if self.graph.ops[operand] == "input":
                    found[operand] = max(found.get(operand, self.mp.mpf(0)), largest)
        return found

    def seed(self, out: Index) -> Any:
        if not self.out_shape:
            return self.mp.mpf(1)
        seed = self.reference.k.number(0, self.out_shape)
        seed[out] = self.mp.mpf(1)
        return seed

    def judge(self, row: Row, truth: Any, claim: Any, scale: Any) -> Row:
        """The verdict on a smooth entry."""
        mp = self.mp
        mine = row.analytic
        assert mine is not None
        if not mp.isfinite(truth):
            return row._replace(verdict=INCONCLUSIVE, reason="the reference does not settle: edge of the domain, or no derivative here")
        if not math.isfinite(mine):
            told = f"float64 gives {mine}; the limit is {mp.nstr(truth, 17)}"
            return row._replace(verdict=INCONCLUSIVE, reason=told, reference=as_float(truth), exact=mp.nstr(truth, 40))
        if abs(truth) <= mp.mpf(10) ** -(STEP - 5) * (scale + 1):
            truth = mp.mpf(0)  # what is left is the step's own truncation
        size = max(abs(truth), scale)
        graded = grade(row, truth, size, mp, self.rounding)
        noise = self.largest * mp.mpf(10) ** -(DIGITS // 2)
        if mp.isfinite(claim) and abs(claim - truth) <= RULE_AGREEMENT * (size or 1) + noise:
            return graded
        if graded.error is not None and graded.error <= 1e-14 * abs(as_float(truth)):
            return graded
        return graded._replace(verdict=FAIL, reason=f"the rules give {mp.nstr(claim, 17)}, the reference {mp.nstr(truth, 17)}")

    # -- corners -----------------------------------------------------------------------------------------------------

    def settle_corners(self, rows: list[Row], corners: list[tuple[int, Coordinate]]) -> None:
        """Entries at a kink: the claimed slopes of each output entry must lie in the hull of those around the point."""
        coordinates = list(dict.fromkeys(one for _, one in corners))
        where = self.place()
        if len(coordinates) > _MOST_KINKED:
            for at, _ in corners:
                rows[at] = rows[at]._replace(
                    verdict=INCONCLUSIVE, reason=f"kink at {where}: {len(coordinates)} entries meet it, more than can be explored"
                )
            return
        around, jumps = self.explore(coordinates)
        column = {one: position for position, one in enumerate(coordinates)}
        groups: dict[Index, list[tuple[int, int]]] = {}
        for at, one in corners:
            groups.setdefault(rows[at].entry[: len(self.out_shape)], []).append((at, column[one]))
        for out, members in groups.items():
            gradients = [[_at(sample[position], out) for _, position in members] for sample in around]
            self.settle_group(rows, members, gradients, where, jumps)

    def settle_group(self, rows: list[Row], members: list[tuple[int, int]], gradients: list[list[Any]], where: str, jumps: bool) -> None:
        mp = self.mp
        claimed = [rows[at].analytic for at, _ in members]
        finite = [row for row in gradients if all(mp.isfinite(one) for one in row)]
        if jumps or not finite or not all(one is not None and math.isfinite(one) for one in claimed):
            reason = f"the value jumps at {where}" if jumps else f"kink at {where}: not every side has a finite slope"
            for at, _ in members:
                rows[at] = rows[at]._replace(verdict=INCONCLUSIVE, reason=reason)
            return
        numbers = [float(one) for one in claimed if one is not None]
        member = kinks.inside(numbers, finite)
        for position, (at, _) in enumerate(members):
            entries = [as_float(row[position]) for row in finite]
            low, high = min(entries), max(entries)
            size = max(abs(low), abs(high), abs(numbers[position]))
            smooth = high - low <= 1e-9 * size
            right = abs(numbers[position] - low) <= 1e-9 * size
            row = rows[at]._replace(method=f"gradients around the kink in {kinks.DIGITS} digits", interval=None if smooth else (low, high))
            if smooth and right:
                rows[at] = row._replace(
                    verdict=PASS, reference=low, error=abs(numbers[position] - low), exact=mp.nstr(finite[0][position], 40)
                )
            elif member:
                rows[at] = row._replace(verdict=AT_KINK, reason=f"kink at {where}: slopes {low:.6g} … {high:.6g}")
            elif smooth or len(members) == 1:
                told = f"the slope is {low:.6g} on every side" if smooth else f"outside the subdifferential, slopes {low:.6g} … {high:.6g}"
                rows[at] = row._replace(
                    verdict=FAIL, reference=low if smooth else None, reason=f"kink choices do not compose at {where}: {told}"
                )
            else:
                rows[at] = row._replace(verdict=INCONCLUSIVE, reason=f"kink at {where}: the claim lies outside the sides that were reached")

    def explore(self, coordinates: Sequence[Coordinate]) -> tuple[list[list[Any]], bool]:
        """Gradients by the coordinates at points around, one list a direction; and whether the value jumps."""
        mp, reference = self.mp, self.reference
        base = reference.base(kinks.DIGITS)
        here = reference.number(base[self.output])
        largest = self.largest_of(base)
        found = []
        jumps = False
        for direction in _directions(len(coordinates)):

            def gaps(power: int, direction: list[float] = direction) -> list[Any]:
                there = reference.number(reference.moved(kinks.DIGITS, self.aside(coordinates, direction, power))[self.output])
                return [abs(a - b) for a, b in zip(np.ravel(there), np.ravel(here), strict=True)]

            left = trends.follow(gaps, lambda power: trends.noise_of(mp, largest, 1), mp)
            jumps = jumps or any(one.kind == trends.INFINITE or (one.kind == trends.NUMBER and one.value != 0) for one in left)
            found.append(self.slopes_near(coordinates, direction, largest))
        reference.use(DIGITS)
        return found, jumps

    def aside(self, coordinates: Sequence[Coordinate], direction: Sequence[float], power: int) -> dict[int, Any]:
        """The inputs, moved off the point along a direction by so many powers of ten down."""
        base, place = self.reference.base(kinks.DIGITS), dict[int, Any]()
        for one, weight in zip(coordinates, direction, strict=True):
            step = self.reference.direction(one, self.mp.mpf(10) ** -power * self.size(one) * self.mp.mpf(weight))
            place[one.handle] = place.get(one.handle, base[one.handle]) + step
        return place

    def largest_of(self, base: Sequence[Any]) -> Any:
        """The largest finite number among all values."""
        numbers = (abs(self.mp.mpf(one)) for value in base if value is not None for one in np.ravel(self.reference.number(value)))
        return max((one for one in numbers if self.mp.isfinite(one)), default=self.mp.mpf(1))

    def slopes_near(self, coordinates: Sequence[Coordinate], direction: Sequence[float], largest: Any) -> list[Any]:
        """The derivatives by the coordinates in the limit towards the point, from the side of a direction; NaN where there is none."""
        mp, reference = self.mp, self.reference
        base = reference.base(kinks.DIGITS)
        shape = np.shape(reference.number(base[self.output]))

        def sample(power: int) -> list[Any]:
            values = reference.moved(kinks.DIGITS, self.aside(coordinates, direction, power))
            row: list[Any] = []
            for one in coordinates:
                size = mp.mpf(10) ** -(power + trends.STEP) * self.size(one)
                step = reference.direction(one, size)
                ahead = reference.number(reference.moved(kinks.DIGITS, {one.handle: values[one.handle] + step}, values)[self.output])
                behind = reference.number(reference.moved(kinks.DIGITS, {one.handle: values[one.handle] - step}, values)[self.output])
                row.extend(np.ravel((ahead - behind) / (2 * size)))
            return row

        def noise(power: int) -> Any:
            smallest = min(self.size(one) for one in coordinates)
            return trends.noise_of(mp, largest, mp.mpf(10) ** -(power + trends.STEP) * smallest)

        limits = np.array([one.value for one in trends.follow(sample, noise, mp)], dtype=object)
        return [part.reshape(shape) for part in limits.reshape(len(coordinates), -1)]

    # -- many entries ------------------------------------------------------------------------------------------------

    def projected(self, table: array_tape.Table, met: bool) -> list[Row]:
        """All entries at once: a random projection of the output, along a random direction of all inputs."""
        mp, reference, k = self.mp, self.reference, self.reference.k
        seed, direction = self.random_pair()
        cotangents, contributions = array_tape.pull_back(self.graph, table, {self.output: seed})
        scales = self.scales(contributions)
        claims = {h: self.slipped(n, k.number(0, self.shapes[h]) if cotangents[h] is None else cotangents[h]) for n, h in self.wrt()}
        claimed = sum((_total(claims[h] * direction[h]) for _, h in self.wrt()), mp.mpf(0))
        scale = sum((scales.get(h, mp.mpf(0)) * _total(abs(direction[h])) for _, h in self.wrt()), mp.mpf(0))
        measured, left, right = (_total(seed * part) for part in reference.along(direction))
        pulled = self.point.pullback(np.asarray(seed, dtype=float) if self.out_shape else 1.0)
        floats = {name: self.slipped(name, np.asarray(pulled[name], dtype=float)) for name, _ in self.wrt()}
        agreed = mp.isfinite(measured) and abs(measured - claimed) <= RULE_AGREEMENT * (scale or 1)
        bent = met or (mp.isfinite(left) and abs(left - right) > mp.mpf(10) ** -8 * (1 + abs(left) + abs(right)))
        rows: list[Row] = []
        for name, handle in self.wrt():
            mine, truth = floats[name], np.asarray(claims[handle], dtype=object)
            for index in np.ndindex(*self.shapes[handle]):
                row = Row(name, index, float(mine[index]), None, None, None, _PROJECTED, PASS)
                if agreed:
                    rows.append(self.judge(row, truth[index], truth[index], scales.get(handle, mp.mpf(0))))
                elif bent or not mp.isfinite(measured):
                    where = self.place()
                    rows.append(
                        row._replace(
                            verdict=INCONCLUSIVE,
                            reason=f"kink at {where}: too many entries to explore one by one" if bent else "not finite",
                        )
                    )
                else:
                    told = f"the rules disagree with a random projection: {mp.nstr(claimed, 17)}, measured {mp.nstr(measured, 17)}"
                    rows.append(row._replace(verdict=FAIL, reason=told))
        return rows + self.forward(table, seed, direction, claimed, scale)

    def place(self) -> str:
        """The kinks in words: the cuts that are met, else the operations on arrays that can have ties."""
        named = self.kinked_nodes or [
            f"{self.describe(handle)} ({ARRAY_OPERATIONS[op].kink})"
            for handle, op in enumerate(self.graph.ops)
            if self.graph.needed[handle] and op in ARRAY_OPERATIONS and ARRAY_OPERATIONS[op].kink
        ]
        return ", ".join(dict.fromkeys(named)) or "a corner"

    def describe(self, handle: int) -> str:
        """A node in words."""
        node = Node(self.graph, handle)
        return node.formula if handle in self.graph.outputs and not node.named else f"{node.name} = {node.formula}"


_PRODUCTS = frozenset(
    ("matmul", "dot", "inner", "einsum", "tensordot", "outer", "kron", "solve", "inv", "det", "logdet", "conv1d", "conv2d", "convolve")
)


def _directions(count: int) -> Iterator[list[float]]:
    """Both sides of one entry; else the axes, all patterns of few, and seeded random ones."""
    if count == 1:
        yield from ([1.0], [-1.0])
        return
    chance = random.Random(231)
    for axis, sign in itertools.product(range(count), (1.0, -1.0)):
        yield [sign if k == axis else chance.uniform(0.01, 0.1) * chance.choice((-1, 1)) for k in range(count)]
    if count <= 5:
        for signs in itertools.product((1.0, -1.0), repeat=count):
            yield [sign * chance.uniform(0.5, 1.5) for sign in signs]
    for _ in range(16):
        yield [chance.gauss(0, 1) for _ in range(count)]


def _numbers(value: Any) -> Any:
    array = np.asarray(value)
    return array.astype(float) if array.dtype.kind in "fiub" else np.zeros(0)


def _at(value: Any, out: Index) -> Any:
    return value[out] if out else (value.item() if isinstance(value, np.ndarray) else value)


def _total(value: Any) -> Any:
    return np.sum(value) if isinstance(value, np.ndarray) else value


def _bends(left: Any, right: Any, mp: Any) -> bool:
    """Whether any entry's one-sided slopes differ."""
    pairs = zip(np.ravel(left), np.ravel(right), strict=True)
    return any(mp.isfinite(a) and mp.isfinite(b) and abs(a - b) > mp.mpf(10) ** -8 * (1 + abs(a) + abs(b)) for a, b in pairs)
