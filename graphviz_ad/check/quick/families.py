"""Inputs of a graph of scalars whose cones look alike, moved together: one NumPy call an operation for the whole family.

The terms of a long sum, the rows of an unrolled product, the neurons of a layer written out: their inputs differ in name and
value, and what depends on them is the same few operations. So the cost in Python is that of the kinds of cone, not of the inputs.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np  # noqa: TID253 - families exist for NumPy, and only a check loads them

from ...primitives.kernels import numpy as kernels
from ...primitives.registry import OPERATIONS
from ...primitives.rules import cut_rules
from ..references.wiring import wiring_of
from .lanes import EXACT
from .stencil import Moves

if TYPE_CHECKING:
    from ...graph.structure import Graph

#: operations in all cones together, in parts of those of the graph, beyond which moving the inputs one by one is not worth it
MOST_OPERATIONS = 50
_FEW = 100_000

#: a step of a cone: the operation, or "" for a sum; and its operands: nodes of the cone by place, others as ~place (of a sum: signs)
_Step = tuple[str, tuple[Any, ...]]


class Family:
    """Inputs with cones of one kind: the steps they share, and for each member the nodes outside that the steps take."""

    __slots__ = ("_ends", "_outside", "_steps", "members")

    def __init__(self, steps: tuple[_Step, ...], ends: bool) -> None:
        self.members: list[int] = []
        self._steps, self._ends, self._outside = steps, ends, []  # type: ignore[var-annotated]

    def add(self, source: int, outside: list[int]) -> None:
        """One more input, and the nodes outside its cone that the steps take."""
        self.members.append(source)
        self._outside.append(outside)

    def move(self, values: Sequence[Any], places: Any) -> Moves:
        """Move every member to ``places`` (rows; the first row is where it stands), the others staying."""
        members = len(self.members)
        settled, shown = np.ones(members, bool), np.ones(members, bool)
        if not self._ends:
            return Moves(np.zeros_like(places), settled, shown)
        outside = np.array([[values[node] for node in nodes] for nodes in self._outside], float).T
        work = [places]
        changes: Any = None
        for op, taken in self._steps:
            changes = None
            if not op:
                place, *terms = taken
                changes = sum(sign * _from_first(work[leaf]) for leaf, sign in terms)
                if place is None:  # the output
                    work.append(changes)
                    continue
                made = outside[place] + changes
                shown &= (made != made[0]).any(axis=0) | ~changes.any(axis=0)
                work.append(made)
                continue
            arguments = [work[k] if k >= 0 else outside[~k] for k in taken]
            made = getattr(kernels, op)(*arguments)
            record = OPERATIONS[op]
            if record.boolean:
                settled &= (made == made[0]).all(axis=0)
                work.append(made.astype(float))  # truth values count as 0 and 1: NumPy's own sum of two is "or"
                continue
            work.append(made)
            for kink, rule in zip(record.kinks, cut_rules(op), strict=True):
                if kink.order <= 1:
                    side = np.sign(rule(kernels, *arguments, made))
                    settled &= (side == side[0]).all(axis=0) & (side[0] != 0)
            if not record.kinks and op not in EXACT:
                stands = (made == made[0]).all(axis=0)
                if stands.any():
                    shown &= ~stands | np.array([a == a[0] for a in arguments if a.ndim == 2]).all(axis=(0, 1))
        return Moves(_from_first(work[-1]) if changes is None else changes, settled, shown)


def _from_first(rows: Any) -> Any:
    """How far each row is from the first."""
    return rows - rows[0]


class Families:
    """The families of some inputs of a graph; ``complete`` is False where the cones are too large to be moved one by one."""

    __slots__ = ("complete", "found")

    def __init__(self, graph: Graph, sources: Sequence[int]) -> None:
        wiring, ops, operands = wiring_of(graph), graph.ops, graph.operands
        output = wiring.output
        most = max(_FEW, MOST_OPERATIONS * len(ops))
        known: dict[tuple[_Step, ...], Family] = {}
        self.complete = True
        for source in sources:
            order, sums = wiring.cone(source)
            most -= len(order)
            if most < 0:
                self.complete = False
                break
            local = {node: place for place, node in enumerate(order, 1)}
            local[source] = 0
            outside: list[int] = []
            steps: list[_Step] = []
            for node in order:
                terms = sums.get(node)
                if terms is not None:
                    kept = None
                    if node != output:
                        kept = len(outside)
                        outside.append(node)
                    steps.append(("", (kept, *sorted([(local[leaf], sign) for leaf, sign in terms]))))
                    continue
                places = []
                for operand in operands[node]:
                    place = local.get(operand)
                    if place is None:
                        place = ~len(outside)
                        outside.append(operand)
                    places.append(place)
                steps.append((ops[node], tuple(places)))
            kind = tuple(steps)
            family = known.get(kind)
            if family is None:
                family = known[kind] = Family(kind, (order[-1] if order else source) == output)
            family.add(source, outside)
        self.found = list(known.values())


def families_of(graph: Graph, sources: Sequence[int]) -> Families:
    """The families of a graph's inputs; the graph keeps those asked for last, for points to come."""
    return graph.once(_Latest).of(tuple(sources))


class _Latest:
    """The families that were asked for last; the graph keeps it."""

    def __init__(self, graph: Graph) -> None:
        self._graph = graph
        self._sources: tuple[int, ...] = ()
        self._families: Families | None = None

    def of(self, sources: tuple[int, ...]) -> Families:
        if self._families is None or self._sources != sources:
            self._sources, self._families = sources, Families(self._graph, sources)
        return self._families
