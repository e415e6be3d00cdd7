"""Running a graph of scalars forward on plain Python floats: one pass, no recursion, a table of values beside the graph."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from ..primitives.kernels import python as kernels

if TYPE_CHECKING:
    from ..graph.structure import Graph


def evaluate(graph: Graph, inputs: Mapping[int, Any]) -> list[Any]:
    """The value of every node."""
    values: list[Any] = [None] * len(graph.ops)
    functions: dict[str, Callable[..., Any]] = {}
    operands = graph.operands
    for handle, op in enumerate(graph.ops):
        if op == "input":
            values[handle] = inputs[handle]
        elif op == "constant":
            values[handle] = graph.params[handle].value  # type: ignore[attr-defined]
        else:
            function = functions.get(op)
            if function is None:
                function = functions[op] = getattr(kernels, op)
            taken = operands[handle]
            if len(taken) == 2:
                values[handle] = function(values[taken[0]], values[taken[1]])
            elif len(taken) == 1:
                values[handle] = function(values[taken[0]])
            else:
                values[handle] = function(*[values[k] for k in taken])
    return values
