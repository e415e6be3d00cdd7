"""Which operations use a node, with sums taken as a whole: what a difference needs to know of a graph of scalars.

A sum of a thousand terms is written as a chain of a thousand additions, and the first term is upstream of all of them. When one
term changes, the sum changes by as much: chains of additions are therefore updated, not added up anew. So a difference costs
as many operations as really depend on the input. No derivative rule is known here.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ...graph.structure import Graph

_SIGNS = {"add": (1, 1), "sub": (1, -1)}
LEAVES = frozenset(("input", "constant"))


class Wiring:
    """Per node ``uses``: what takes it as an operand, once each for another operation (sign 0), a sum with the sign of the term.

    Only needed nodes use anything. Of a chain of additions only the last one, the sum, is a user. :func:`wiring_of` keeps it.
    """

    __slots__ = ("output", "uses")

    def __init__(self, graph: Graph) -> None:
        ops, operands, needed = graph.ops, graph.operands, graph.needed
        self.output = output = graph.outputs[-1]
        users, last = [0] * len(ops), [0] * len(ops)
        for handle, taken in enumerate(operands):
            if needed[handle]:
                for operand in taken:
                    users[operand] += 1
                    last[operand] = handle
        # the sum that a link of a chain of additions is part of (itself where it is none), and its sign there
        roots, signs = list(range(len(ops))), [1] * len(ops)
        for handle in range(len(ops) - 1, -1, -1):
            if ops[handle] in _SIGNS and users[handle] == 1 and handle != output:
                above = last[handle]
                if ops[above] in _SIGNS:
                    roots[handle] = roots[above]
                    signs[handle] = signs[above] * _SIGNS[ops[above]][operands[above].index(handle)]
        self.uses: list[list[tuple[int, int]]] = [[] for _ in ops]
        uses = self.uses
        for handle, taken in enumerate(operands):
            op = ops[handle]
            if not taken or not needed[handle]:
                continue
            if op in _SIGNS:
                for operand, sign in zip(taken, _SIGNS[op], strict=True):
                    if roots[operand] == operand or operand == output:
                        uses[operand].append((roots[handle], sign * signs[handle]))
            else:
                use = (handle, 0)
                for operand in taken if len(taken) == 1 else set(taken):
                    uses[operand].append(use)

    def cone(self, source: int) -> tuple[list[int], dict[int, list[tuple[int, int]]]]:
        """The nodes that move with ``source``, in order, itself left out; for the sums among them the moving terms with signs."""
        uses = self.uses
        reached, seen = [source], {source}
        sums: dict[int, list[tuple[int, int]]] = {}
        for node in reached:  # grows while it is read
            for user, sign in uses[node]:
                if sign:
                    sums.setdefault(user, []).append((node, sign))
                if user not in seen:
                    seen.add(user)
                    reached.append(user)
        order = reached[1:]
        order.sort()
        return order, sums


def wiring_of(graph: Graph) -> Wiring:
    """A graph's wiring, made once."""
    return graph.once(Wiring)
