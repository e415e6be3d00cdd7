"""Which nodes a derivative can flow through: structure alone, no rule is run."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from ..primitives.registry import OPERATIONS

if TYPE_CHECKING:
    from ..graph.structure import Graph

#: sets of inputs whose activity a graph keeps
_MOST_KEPT = 32


class Activity:
    """The activities of a graph by the inputs that are differentiated by; the graph keeps it (:meth:`Graph.once`)."""

    def __init__(self, graph: Graph) -> None:
        self._graph = graph
        self._kept: dict[frozenset[int], list[bool]] = {}

    def by(self, wrt: frozenset[int]) -> list[bool]:
        """:func:`activity`, worked out once for the same inputs."""
        if wrt not in self._kept:
            if len(self._kept) >= _MOST_KEPT:
                self._kept.clear()
            self._kept[wrt] = activity(self._graph, wrt)
        return self._kept[wrt]


def activity(graph: Graph, wrt: set[int] | frozenset[int]) -> list[bool]:
    """Per node: whether a derivative can flow from it to an input in ``wrt``."""
    active = [False] * len(graph.ops)
    for handle, op in enumerate(graph.ops):
        if op == "input":
            active[handle] = handle in wrt
        elif op != "constant":
            record = OPERATIONS.get(op)
            if record is None:
                active[handle] = _flows(op, graph.operands[handle], active)
            elif not record.boolean:
                partials = record.partials
                for position, operand in enumerate(graph.operands[handle]):
                    if active[operand] and partials[position] is not None:
                        active[handle] = True
                        break
    return active


def _flows(op: str, operands: Sequence[int], active: Sequence[bool]) -> bool:
    """Whether a derivative flows through an array operation."""
    from ..primitives.arrays import ARRAY_OPERATIONS

    record = ARRAY_OPERATIONS[op]
    return any(active[operand] and record.differentiable(position) for position, operand in enumerate(operands))
