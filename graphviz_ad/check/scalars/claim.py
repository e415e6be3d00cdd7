"""The claim that is checked over scalars: its numbers in float64, and the rows of entries that cannot be judged."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from ...graph.formulas import statement
from ..judging.grading import as_float
from ..judging.numbers import UNSETTLED
from ..references.scalars import DIGITS, Progress, Reference, Slope
from ..rows import INCONCLUSIVE, Method, MethodKind, Row
from ..rules_in_many_digits import Slip, wrong_rules

if TYPE_CHECKING:
    from ...derive.derivatives import Point

ENTRYWISE = Method("differences in 60 digits", MethodKind.DIFFERENCES)


class ScalarClaim:
    """The gradient of one output of a graph of scalars at a point: the graph's own, or ``claim`` where there is one.

    ``slip`` is put into the graph's own gradient, for the self-test. Entries are numbered as in ``point.wrt``. ``progress`` is told of
    entries that are done.
    """

    def __init__(
        self, point: Point, claim: Mapping[str, Any] | None = None, slip: Slip | None = None, progress: Progress | None = None
    ) -> None:
        self.point, self.graph, self.claim, self.slip = point, point.graph, claim, slip
        self.reference = Reference(self.graph, point.inputs, point.values, progress)
        self.mp = self.reference.mp
        self.handles = [self.graph.input_handles[name] for name in point.wrt]

    def analytic(self, index: int) -> float | None:
        """The claimed number; None where no derivative flows."""
        if self.claim is not None:
            return float(self.claim[self.point.wrt[index]])
        gradient = self.point.gradient_of(self.handles[index])
        if gradient is not None and self.slip is not None and self.slip.wrt == self.point.wrt[index]:
            return float(self.slip.change(float(gradient)))
        return None if gradient is None else float(gradient)

    def row(self, index: int, method: Method) -> Row:
        """The row of an entry that nothing is known of."""
        return Row(self.point.wrt[index], (), self.analytic(index), None, None, None, method, INCONCLUSIVE)

    def undecided(self, index: int, reason: str, slope: Slope | None = None) -> Row:
        """The row of an entry that cannot be judged, with the slope that is known all the same."""
        row = self.row(index, ENTRYWISE)._replace(reason=reason)
        return row if slope is None else row._replace(reference=as_float(slope.value), exact=self.mp.nstr(slope.value, 40))

    def why_not(self, index: int) -> str:
        """Why an entry has no reference."""
        gradient = self.analytic(index)
        if gradient is not None and not math.isfinite(gradient):
            return f"float64 gives {gradient}, and there is no finite slope here: edge of the domain, or a vertical tangent"
        return UNSETTLED

    def blame(self) -> str:
        """The first operation whose rule is wrong when it is checked alone."""
        self.reference.use(DIGITS)
        wrong = wrong_rules(self.graph, self.reference.base(DIGITS), self.point.flows, self.mp)
        if not wrong:
            return ""
        handle, position = wrong[0]
        return f"the rule of {self.graph.ops[handle]} by operand {position + 1} is wrong at {statement(self.graph, handle)}"
