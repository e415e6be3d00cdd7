"""Check the gradients of a graph at a point, and say what can be trusted.

For each input the number that float64 gave is compared with a derivative differenced in high precision, and the rules
that gave it are run in the same precision: when these agree and the float64 number does not, digits were lost and no
rule is wrong. At kinks the claim must lie in the subdifferential. Where the reference cannot decide, it says why.
"""

from __future__ import annotations

import math
import random
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any

from ..errors import GradvizError
from ..graph.node import statement
from ..limits import limit
from . import float_estimates, kinks, trends
from .claim import RULE_AGREEMENT, Slip, exact_gradient, wrong_rules
from .confirmation import judged_twice, nothing_known
from .grading import EPSILON, ORDINARY, as_float, grade
from .reference import Progress, Reference, Slope
from .report import AT_KINK, FAIL, INCONCLUSIVE, PASS, Report, Row

if TYPE_CHECKING:
    from ..derive.point import Point
    from .enclosures import Enclosures

#: digits of the claim and of the survey of branches
DIGITS = 120
_ENTRYWISE = "differences in {} digits"
_ENCLOSED = "a ball of Arb that encloses it"
_UNTOUCHED = "the output does not depend on it"
_ONE_SIDED = "one-sided differences"
_PROJECTED = "rules in {} digits, proven by a random projection"


def check_point(point: Point, progress: Progress | None = None, slip: Slip | None = None, *, proof: bool = False) -> Report:
    """The report of a point of a graph with one scalar output; several outputs are checked one by one.

    Ctrl-C ends it with what is known by then (``report.interrupted``). ``slip`` is put into the gradient first, for the self-test.
    ``proof``: derivatives are enclosed in balls where that can be done.

    Raises
    ------
    GradvizError
        A proof is asked for, and the extra ``arb`` is not installed.
    """
    if len(point.graph.outputs) > 1:
        return by_outputs(point, partial(check_point, progress=progress, proof=proof))
    if point.shapes is None:
        return judged_twice(_Check(point, slip=slip, proof=proof), progress)
    from .array_check import check_arrays

    report = check_arrays(point, progress=progress, slip=slip)
    if proof:
        report.notes = (*report.notes, "nothing is proven: enclosures are for graphs of scalars")
    return report


def by_outputs(point: Point, check: Callable[[Point], Report]) -> Report:
    """The reports of a point's outputs, one below the other."""
    rows: list[Row] = []
    notes: list[str] = []
    interrupted = False
    for name, part in parts(point):
        one = nothing_known(part.wrt) if interrupted else check(part)
        interrupted |= one.interrupted
        rows.extend(row._replace(reason=f"of {name}" + (f": {row.reason}" if row.reason else "")) for row in one.rows)
        notes.extend(one.notes)
    report = Report(rows, None, tuple(dict.fromkeys(notes)))
    report.interrupted = interrupted
    return report


def parts(point: Point) -> Iterator[tuple[str, Point]]:
    """Each output's name with the point of that output alone."""
    from ..derive.point import Point as Point_

    for name in point.graph.output_names:
        yield name, Point_(point.graph.of(name), point._bound, point.wrt)


def check_claim(point: Point, claim: Mapping[str, Any]) -> Report:
    """The report of somebody else's gradient of a graph with one output at a point, by the same references.

    ``claim`` has for each input a number or an array of its shape (of an array's Jacobian: output + input).
    """
    if point.shapes is None:
        return judged_twice(_Check(point, claim))
    from .array_check import check_arrays

    return check_arrays(point, claim)


def _enclosures(point: Point) -> Enclosures:
    try:
        from .enclosures import Enclosures
    except ImportError:
        raise GradvizError('a proof needs an extra: pip install "graphviz_ad[arb]"') from None
    return Enclosures(point.graph, point.inputs)


class _Check:
    def __init__(self, point: Point, claim: Mapping[str, Any] | None = None, slip: Slip | None = None, *, proof: bool = False) -> None:
        self.point, self.graph, self.claim, self.slip = point, point.graph, claim, slip
        self.enclosures = _enclosures(point) if proof else None
        self.reference = Reference(self.graph, point.inputs, point.values)
        self.mp = self.reference.mp
        self.handles = [self.graph.input_handles[name] for name in point.wrt]

    def report(self) -> Report:
        self.notes: list[str] = []
        self.rounding = ""  # where rounding decided a branch, in words
        self.reference.use(DIGITS)
        exact = self.reference.base(DIGITS)
        found = kinks.survey(self.graph, self.point.values, exact, self.mp)
        for handle in found.rounded:
            if self.graph.needed[handle]:
                self.rounding = self.rounding or f"branch decided by rounding at {statement(self.graph, handle)}"
        value = self.value_row(exact)
        if not math.isfinite(float(self.point.values[self.graph.outputs[-1]])):
            unjudged = [self.undecided(index, "the value is not finite") for index in range(len(self.handles))]
            return Report(unjudged, value, ("the value is not finite, so there is nothing to differentiate",))
        claims, scales = exact_gradient(self.graph, exact, self.point.flows, self.mp)
        self.claims = [claims[h] if claims[h] is not None else self.mp.mpf(0) for h in self.handles]
        if self.slip is not None:
            place = self.point.wrt.index(self.slip.wrt)
            self.claims[place] = self.mp.mpf(self.slip.change(self.claims[place]))
        self.scales = [scales[h] for h in self.handles]
        #: what cancels in many digits is noise against the largest term anywhere
        self.noise = max((s for s in scales if self.mp.isfinite(s)), default=self.mp.mpf(0)) * self.mp.mpf(10) ** (15 - DIGITS)
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
                rows[index] = self.undecided(index, "the input is not finite")
            elif handle in rounded:
                reason = f"branch decided by rounding at {statement(self.graph, rounded[handle])}"
                rows[index] = self.undecided(index, reason)
            elif handle not in kinked:
                plain.append(index)
        interrupted = False
        try:
            self.check_plain(plain, rows)
            at_kink = [index for index in range(len(self.handles)) if rows[index] is None]
            if at_kink:
                self.check_kinked(at_kink, found.kinks, rows)
        except KeyboardInterrupt:
            interrupted = True
            rows = [self.undecided(index, "interrupted") if row is None else row for index, row in enumerate(rows)]
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
        mine = self.analytic(index)
        verdict = PASS if mine in (0.0, None) else FAIL
        return Row(self.point.wrt[index], (), mine, 0.0, 0.0, 0.0, _UNTOUCHED, verdict, exact="0.0")

    # -- the value ---------------------------------------------------------------------------------------------------

    def value_row(self, exact: Sequence[Any]) -> Row:
        output = self.graph.outputs[-1]
        mine, truth = float(self.point.values[output]), self.mp.mpf(exact[output])
        name = self.graph.labels[output]
        method = _ENTRYWISE.format(DIGITS).replace("differences", "value")
        if not math.isfinite(mine) or not self.mp.isfinite(truth):
            same = not self.mp.isfinite(truth) and (mine != mine) == bool(self.mp.isnan(truth))
            reason = "not finite" if same else f"float64 gives {mine}, the exact value is {self.mp.nstr(truth, 17)}"
            return Row(name, (), mine, as_float(truth), None, None, method, INCONCLUSIVE, reason, self.mp.nstr(truth, 40))
        sizes = [abs(float(v)) for v, need in zip(self.point.values, self.graph.needed, strict=True) if need]
        size = max((entry for entry in sizes if math.isfinite(entry)), default=1.0)
        return grade(Row(name, (), mine, None, None, None, method, PASS), truth, self.mp.mpf(size), self.mp, self.rounding)

    # -- smooth entries ----------------------------------------------------------------------------------------------

    def check_plain(self, indices: list[int], rows: list[Row | None]) -> None:
        cost = sum(len(self.reference.cone([self.handles[i]])) for i in indices[:2000]) * (1 if self.enclosures is not None else 4)
        if len(indices) <= 2000 and cost <= limit("GRADVIZ_CHECK_OPERATIONS"):
            for done, index in enumerate(indices):
                if self.reference.progress is not None:
                    self.reference.progress(done, len(indices))
                slope = self.enclosed(index)
                if slope is not None:
                    rows[index] = self.judge(index, slope, _ENCLOSED)
                    continue
                slope = self.reference.partial(self.handles[index], self.scales[index])
                rows[index] = self.judge(index, slope, _ENTRYWISE.format(60))
            return
        self.check_projected(indices, rows)

    def enclosed(self, index: int) -> Slope | None:
        """The derivative by an input with a proven error; None where none is asked for, or it cannot be had, which is noted."""
        if self.enclosures is None:
            return None
        from .enclosures import Unproven

        try:
            middle, radius = self.enclosures.partial(self.handles[index], as_float(self.scales[index]))
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
            claimed += self.claims[index] * weight
            scale += self.scales[index] * abs(weight)
        slope: Slope | None = reference.slope_along(DIGITS, direction)
        assert slope is not None
        if not abs(slope.value - claimed) <= RULE_AGREEMENT * scale:
            slope = reference.slope(direction, scale)  # what one precision does not settle, two may
            reference.use(DIGITS)
        if slope is None or not abs(slope.value - claimed) <= RULE_AGREEMENT * scale + slope.error:
            verdict = INCONCLUSIVE if slope is None else FAIL
            reason = "the reference does not settle" if slope is None else self.blame() or "the rules disagree with a random projection"
            for index in indices:
                rows[index] = self.undecided(index, reason)._replace(verdict=verdict)
            return
        for index in indices:
            claim = self.claims[index]
            rows[index] = self.judge(index, Slope(claim, mp.mpf(0), claim, claim), _PROJECTED.format(DIGITS))

    def judge(self, index: int, slope: Slope | None, method: str) -> Row:
        """The verdict on one entry whose reference is known."""
        mp = self.mp
        self.reference.use(DIGITS)
        mine = self.analytic(index)
        if mine is None:
            return self.undecided(index, "no derivative flows")
        if slope is None or (mp.isfinite(slope.left - slope.right) and abs(slope.left - slope.right) > self.smooth_gap(index)):
            left, right = self.sides(index)
            if left.kind != trends.NUMBER or right.kind != trends.NUMBER:
                return self.judge_edge(index, left, right, mine)
            slope = Slope((left.value + right.value) / 2, mp.mpf(0), left.value, right.value)
            method = _ONE_SIDED
            rest = RULE_AGREEMENT * self.scales[index] if mp.isfinite(self.scales[index]) else 0
            if abs(left.value - right.value) > mp.mpf(10) ** -9 * (abs(left.value) + abs(right.value)) + rest:
                return self.judge_corner(index, slope, mine)
        row = Row(self.point.wrt[index], (), mine, as_float(slope.value), None, None, method, PASS, "", mp.nstr(slope.value, 40))
        if not math.isfinite(mine):
            return row._replace(verdict=INCONCLUSIVE, reason=f"float64 gives {mine}; the limit is {mp.nstr(slope.value, 17)}")
        claim, scale = self.claims[index], self.scales[index]
        size = max(abs(slope.value), scale if mp.isfinite(scale) else mp.mpf(0))
        graded = grade(row, slope.value, size, mp, self.rounding)
        if mp.isfinite(claim) and abs(claim - slope.value) <= RULE_AGREEMENT * size + slope.error + self.noise:
            return graded
        if abs(slope.value - mp.mpf(mine)) <= ORDINARY * EPSILON * abs(slope.value):
            return graded
        told = f"the rules give {mp.nstr(claim, 17)}, the reference {mp.nstr(slope.value, 17)}"
        return graded._replace(verdict=FAIL, reason=self.blame() or told)

    def smooth_gap(self, index: int) -> Any:
        """How far apart the one-sided slopes of a smooth entry may be: they differ by the step times the curvature."""
        return self.mp.mpf(10) ** -8 * (1 + self.scales[index] if self.mp.isfinite(self.scales[index]) else 1)

    def sides(self, index: int) -> tuple[trends.Trend, trends.Trend]:
        """Where the slopes from the left and from the right go as the distance shrinks."""
        mp, handle, reference = self.mp, self.handles[index], self.reference
        base = reference.base(trends.DIGITS)
        size = reference.direction_of(handle)[handle]
        cones = reference.cones(trends.DIGITS)
        largest = max((abs(mp.mpf(value)) for value in base if value is not None and mp.isfinite(value)), default=mp.mpf(1))

        def change(power: int) -> list[Any]:
            step = mp.mpf(10) ** -power * size
            ahead, behind = cones.changes(handle, (base[handle] + step, base[handle] - step))
            return [-mp.mpf(behind), mp.mpf(ahead)]

        def sample(power: int) -> list[Any]:
            return [part / (mp.mpf(10) ** -power * size) for part in change(power)]

        gaps = trends.follow(change, lambda power: trends.noise_of(mp, largest, 1), mp)
        slopes = trends.follow(sample, lambda power: trends.noise_of(mp, largest, mp.mpf(10) ** -power * size), mp)
        left, right = (
            trends.Trend(trends.JUMP, mp.nan) if gap.kind == trends.NUMBER and gap.value else slope
            for gap, slope in zip(gaps, slopes, strict=True)
        )
        reference.use(DIGITS)
        return left, right

    def judge_edge(self, index: int, left: trends.Trend, right: trends.Trend, mine: float) -> Row:
        """An entry without a slope on both sides: the edge of the domain, a vertical tangent, a jump, or an oscillation."""
        mp = self.mp
        if left.kind == right.kind == trends.OUTSIDE:
            return self.undecided(index, self.why_not(index))
        if trends.OUTSIDE not in (left.kind, right.kind):
            told = f"from the left the slope {left.told(mp)}, from the right it {right.told(mp)}"
            if left.told(mp) == right.told(mp):
                told = f"the slope {left.told(mp)}" + (", a vertical tangent" if left.kind == trends.INFINITE else "")
            return self.undecided(index, f"float64 gives {mine}; {told}")
        side, there = ("left", left) if right.kind == trends.OUTSIDE else ("right", right)
        if there.kind != trends.NUMBER:
            return self.undecided(index, f"edge of the domain: float64 gives {mine}, from the {side} the slope {there.told(mp)}")
        slope = Slope(there.value, mp.mpf(0), there.value, there.value)
        row = self.undecided(
            index, f"edge of the domain: float64 gives {mine}, the limit from the {side} is {mp.nstr(there.value, 17)}", slope
        )
        if math.isfinite(mine) and abs(there.value - mp.mpf(mine)) <= ORDINARY * EPSILON * abs(there.value):
            error = as_float(abs(there.value - mp.mpf(mine)))
            reason = f"edge of the domain: this is the slope from the {side}"
            return row._replace(verdict=PASS, error=error, method=_ONE_SIDED, reason=reason)
        return row

    def judge_corner(self, index: int, slope: Slope, mine: float) -> Row:
        """A corner that no operation declares, such as sqrt(x*x) at 0: the claim must lie between the one-sided slopes."""
        low, high = sorted((as_float(slope.left), as_float(slope.right)))
        reason = f"corner: the slopes are {low:.6g} and {high:.6g}"
        row = Row(self.point.wrt[index], (), mine, None, None, None, _ONE_SIDED, INCONCLUSIVE, reason, interval=(low, high))
        if not math.isfinite(mine):
            return row._replace(reason=f"float64 gives {mine}; {reason}")
        close = 1e-9 * max(abs(low), abs(high))
        if len(self.handles) > 1:
            return row._replace(reason=reason + "; undecided between several inputs")
        return row._replace(verdict=AT_KINK if low - close <= mine <= high + close else FAIL)

    # -- kinks -------------------------------------------------------------------------------------------------------

    def check_kinked(self, indices: list[int], found: Sequence[kinks.Kink], rows: list[Row | None]) -> None:
        names = ", ".join(
            dict.fromkeys(f"{statement(self.graph, kink.handle)} ({kink.place})" for kink in found if self.graph.needed[kink.handle])
        )
        inputs = [self.handles[i] for i in indices]
        cone = len(self.reference.cone(inputs))
        samples = 4 * len(inputs) + 40 + 2 ** min(len(found), kinks.MOST_KINKS)
        if samples * len(inputs) * cone > 40 * limit("GRADVIZ_CHECK_OPERATIONS"):
            for index in indices:
                rows[index] = self.undecided(
                    index, f"kink at {names}: exploring its neighbourhood costs more than GRADVIZ_CHECK_OPERATIONS allows"
                )
            return
        around = kinks.explore(self.reference, found, inputs, [self.scales[i] for i in indices])
        self.reference.use(DIGITS)
        if around.jumps:
            for index in indices:
                rows[index] = self.undecided(index, f"the value jumps at {names}")
            return
        if around.endless and not around.gradients:
            for index, column in zip(indices, zip(*around.endless, strict=True), strict=True):
                told = " or ".join(dict.fromkeys(one.told(self.mp) for one in column))
                rows[index] = self.undecided(index, f"kink at {names}: around it the slope {told}")
            return
        if not around.gradients:
            for index in indices:
                rows[index] = self.undecided(index, f"kink at {names}, on the edge of the domain")
            return
        claimed = [self.analytic(i) for i in indices]
        if any(c is None or not math.isfinite(c) for c in claimed):
            for index, column in zip(indices, zip(*around.gradients, strict=True), strict=True):
                low, high = min(column), max(column)
                if abs(high - low) <= self.mp.mpf(10) ** -20 * (abs(high) + abs(low)):
                    reason = f"kink at {names}: float64 gives {self.analytic(index)}; the limit is {self.mp.nstr(low, 17)}"
                    rows[index] = self.undecided(index, reason, Slope(low, self.mp.mpf(0), low, low))
                else:
                    rows[index] = self.undecided(index, f"kink at {names}; the slopes around are {float(low):.6g} … {float(high):.6g}")
            return
        numbers = [float(c) for c in claimed if c is not None]
        unique = len(around.gradients) == 1
        member = kinks.inside(numbers, around.gradients)
        for index, mine, column in zip(indices, numbers, zip(*around.gradients, strict=True), strict=True):
            entries = [float(entry) for entry in column]
            low, high = min(entries), max(entries)
            size = max(abs(low), abs(high), abs(mine))
            row = Row(
                self.point.wrt[index], (), mine, None, None, 1e-9 * size, f"gradients around the kink in {kinks.DIGITS} digits", AT_KINK,
                f"kink at {names}: slopes {low:.6g} … {high:.6g}", interval=(low, high),
            )  # fmt: skip
            within = abs(mine - low) <= 1e-9 * size if unique or high - low <= 1e-9 * size else None
            if within is not None:
                truth = self.mp.nstr(column[0], 40)
                row = row._replace(reference=low, error=abs(mine - low), exact=truth, interval=None)
            if member:
                row = row._replace(verdict=PASS, reason=f"{names}: both sides agree") if within else row
            elif within:
                row = row._replace(verdict=PASS, reason="")
            elif around.complete or len(indices) == 1:
                if unique:
                    row = row._replace(verdict=FAIL, reason=f"kink choices do not compose at {names}: the slope is {low:.6g} on every side")
                else:
                    row = row._replace(
                        verdict=FAIL,
                        reason=f"kink choices do not compose at {names}: outside the subdifferential, slopes {low:.6g} … {high:.6g}",
                    )
            else:
                row = row._replace(verdict=INCONCLUSIVE, reason=f"kink at {names}: not every side could be reached")
            rows[index] = row

    # -- helpers -----------------------------------------------------------------------------------------------------

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

    def analytic(self, index: int) -> float | None:
        if self.claim is not None:
            return float(self.claim[self.point.wrt[index]])
        gradient = self.point.gradient_of(self.handles[index])
        if gradient is not None and self.slip is not None and self.slip.wrt == self.point.wrt[index]:
            return float(self.slip.change(float(gradient)))
        return None if gradient is None else float(gradient)

    def undecided(self, index: int, reason: str, slope: Slope | None = None) -> Row:
        exact = "" if slope is None else self.mp.nstr(slope.value, 40)
        reference = None if slope is None else as_float(slope.value)
        return Row(
            self.point.wrt[index], (), self.analytic(index), reference, None, None, _ENTRYWISE.format(60), INCONCLUSIVE, reason, exact
        )

    def why_not(self, index: int) -> str:
        """Why an entry has no reference."""
        gradient = self.analytic(index)
        if gradient is not None and not math.isfinite(gradient):
            return f"float64 gives {gradient}, and there is no finite slope here: edge of the domain, or a vertical tangent"
        return "the reference does not settle: edge of the domain, or no derivative here"

    def blame(self) -> str:
        """The first operation whose rule is wrong when it is checked alone."""
        self.reference.use(DIGITS)
        wrong = wrong_rules(self.graph, self.reference.base(DIGITS), self.point.flows, self.mp)
        if not wrong:
            return ""
        handle, position = wrong[0]
        return f"the rule of {self.graph.ops[handle]} by operand {position + 1} is wrong at {statement(self.graph, handle)}"
