"""How much the output of a graph of scalars changes when one input moves, in any arithmetic: only its cone is computed again."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from .wiring import LEAVES, wiring_of

if TYPE_CHECKING:
    from ...graph.structure import Graph


class Cones:
    """A graph at a point: ``values`` are those of all nodes, ``functions`` compute the operations on such numbers."""

    def __init__(self, graph: Graph, values: Sequence[Any], functions: Mapping[str, Callable[..., Any]]) -> None:
        self.graph, self.values, self.work = graph, values, list(values)
        self._wiring = wiring_of(graph)
        self._calls = [None if op in LEAVES else functions[op] for op in graph.ops]

    def changes(self, source: int, places: Sequence[Any]) -> list[Any]:
        """How much the output changes when ``source`` has each of the values ``places``.

        The change of a sum is the sum of changes, so it does not drown in the sum.
        """
        order, sums = self._wiring.cone(source)
        calls, work, values, operands, output = self._calls, self.work, self.values, self.graph.operands, self._wiring.output
        found = []
        for place in places:
            work[source] = place
            moved: Any = None
            for node in order:
                terms = sums.get(node)
                moved = None
                if terms is None:
                    call = calls[node]
                    assert call is not None
                    work[node] = call(*[work[k] for k in operands[node]])
                    continue
                for leaf, sign in terms:
                    step = work[leaf] - values[leaf] if sign > 0 else values[leaf] - work[leaf]
                    moved = step if moved is None else moved + step
                work[node] = values[node] + moved
            found.append(moved if moved is not None and order[-1] == output else work[output] - values[output])
        work[source] = values[source]
        for node in order:
            work[node] = values[node]
        return found
