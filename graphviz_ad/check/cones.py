"""What one input moves, and nothing else: the operations downstream of it, with sums taken as a whole.

A sum of a thousand terms is written as a chain of a thousand additions, and the first term is upstream of all of them. When one
term changes, the sum changes by as much: chains of additions are therefore updated, not added up anew. So a difference costs
as many operations as really depend on the input. No derivative rule is known here.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from ..graph.graph import Graph

_SIGNS = {"add": (1, 1), "sub": (1, -1)}


class Cones:
    """The operations downstream of each input of a graph of scalars, and the output when one input moves.

    ``values`` are those of all nodes at the point, ``functions`` compute the operations on such numbers.
    """

    def __init__(self, graph: Graph, values: Sequence[Any], functions: Mapping[str, Callable[..., Any]]) -> None:
        self.graph, self.values, self.work = graph, values, list(values)
        ops, needed, all_operands = graph.ops, graph.needed, graph.operands
        users: list[list[int]] = [[] for _ in ops]
        for handle, operands in enumerate(all_operands):
            if needed[handle]:
                for operand in operands:
                    users[operand].append(handle)
        self._output = output = graph.outputs[-1]
        # the sum that a link of a chain of additions is part of (itself where it is none), and its sign there
        roots, signs = list(range(len(ops))), [1] * len(ops)
        for handle in range(len(ops) - 1, -1, -1):
            if ops[handle] in _SIGNS and len(users[handle]) == 1 and handle != output and ops[users[handle][0]] in _SIGNS:
                above = users[handle][0]
                roots[handle] = roots[above]
                signs[handle] = signs[above] * _SIGNS[ops[above]][all_operands[above].index(handle)]
        # per node what uses it: a sum with the sign, or another operation with sign 0
        self._uses: list[list[tuple[int, int]]] = [[] for _ in ops]
        self._calls: list[Callable[..., Any] | None] = [None] * len(ops)
        for handle, operands in enumerate(all_operands):
            op = ops[handle]
            if not needed[handle] or op in ("input", "constant"):
                continue
            if op in _SIGNS:
                for operand, sign in zip(operands, _SIGNS[op], strict=True):
                    if roots[operand] == operand or operand == output:
                        self._uses[operand].append((roots[handle], sign * signs[handle]))
            else:
                self._calls[handle] = functions[op]
                for operand in set(operands):
                    self._uses[operand].append((handle, 0))

    def changes(self, source: int, places: Sequence[Any]) -> list[Any]:
        """How much the output changes when ``source`` has each of the values ``places``.

        The change of a sum is the sum of changes, so it does not drown in the sum.
        """
        order: list[int] = []
        sums: dict[int, list[tuple[int, int]]] = {}
        pending, seen = [source], {source}
        uses, calls, work, values, operands = self._uses, self._calls, self.work, self.values, self.graph.operands
        while pending:
            node = pending.pop()
            for user, sign in uses[node]:
                if sign:
                    sums.setdefault(user, []).append((node, sign))
                if user not in seen:
                    seen.add(user)
                    pending.append(user)
                    order.append(user)
        order.sort()
        found = []
        output = self._output
        for place in places:
            work[source] = place
            moved: Any = None
            for node in order:
                call = calls[node]
                if call is not None:
                    moved = None
                    taken = operands[node]
                    if len(taken) == 2:
                        work[node] = call(work[taken[0]], work[taken[1]])
                    elif len(taken) == 1:
                        work[node] = call(work[taken[0]])
                    else:
                        work[node] = call(*[work[k] for k in taken])
                    continue
                moved = None
                for leaf, sign in sums[node]:
                    step = work[leaf] - values[leaf] if sign > 0 else values[leaf] - work[leaf]
                    moved = step if moved is None else moved + step
                work[node] = values[node] + moved
            found.append(moved if moved is not None and order[-1] == output else work[output] - values[output])
        work[source] = values[source]
        for node in order:
            work[node] = values[node]
        return found
