"""Running a graph on numbers: values forward, partials per edge, cotangents backward, tangents forward.

Plain Python floats, no recursion, one pass each. These functions read a graph's columns and return tables (lists
with one entry a node) beside it; they never write into it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from ..primitives.kernels import python as kernels
from ..primitives.registry import OPERATIONS
from ..primitives.rules import float_partials

if TYPE_CHECKING:
    from ..graph.graph import Graph

Partials = tuple[float | None, ...]

#: The operation whose branches not taken receive no cotangent at all: 0 times an infinite slope must not become NaN.
SELECTION = "where"


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


def activity(graph: Graph, wrt: set[int]) -> list[bool]:
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


def linearize(graph: Graph, values: Sequence[Any], active: Sequence[bool]) -> list[Partials]:
    """Per node its local derivatives; None for an operand through which no derivative flows (its rule is not run)."""
    table: list[Partials] = [()] * len(graph.ops)
    for handle, op in enumerate(graph.ops):
        if not active[handle] or op == "input":
            if graph.operands[handle]:
                table[handle] = (None,) * len(graph.operands[handle])
            continue
        taken = graph.operands[handle]
        arguments = [values[k] for k in taken]
        out = values[handle]
        rules = float_partials(op)
        table[handle] = tuple(
            [
                float(rule(*arguments, out)) if rule is not None and active[operand] else None
                for rule, operand in zip(rules, taken, strict=True)
            ]
        )
    return table


def pull_back(
    graph: Graph, values: Sequence[Any], partials: Sequence[Partials], seeds: Mapping[int, float]
) -> tuple[list[float | None], list[Partials]]:
    """Cotangents per node and contributions (upstream × local) per edge, from cotangent seeds.

    A cotangent is the sum of the contributions of all outgoing edges and the seed; None where nothing arrives.
    """
    cotangents: list[float | None] = [None] * len(graph.ops)
    for handle, seed in seeds.items():
        cotangents[handle] = seed
    contributions: list[Partials] = [()] * len(graph.ops)
    operands = graph.operands
    for handle in range(len(graph.ops) - 1, -1, -1):
        upstream = cotangents[handle]
        local = partials[handle]
        if upstream is None or not local:
            if local:
                contributions[handle] = (None,) * len(local)
            continue
        selecting = graph.ops[handle] == SELECTION
        row: list[float | None] = []
        for position, operand in enumerate(operands[handle]):
            slope = local[position]
            if slope is None or (selecting and slope == 0.0):
                row.append(None)
                continue
            amount = upstream * slope
            row.append(amount)
            before = cotangents[operand]
            cotangents[operand] = amount if before is None else before + amount
        contributions[handle] = tuple(row)
    return cotangents, contributions


def push_forward(graph: Graph, partials: Sequence[Partials], tangents: Mapping[int, float]) -> list[float]:
    """Tangents per node from tangents of the inputs; 0.0 where nothing moves."""
    moved: list[float | None] = [None] * len(graph.ops)
    for handle, tangent in tangents.items():
        moved[handle] = tangent
    for handle, local in enumerate(partials):
        if not local:
            continue
        selecting = graph.ops[handle] == SELECTION
        total: float | None = None
        for slope, operand in zip(local, graph.operands[handle], strict=True):
            tangent_in = moved[operand]
            if slope is None or tangent_in is None or (selecting and slope == 0.0):
                continue  # nothing moves: 0, however steep the slope
            amount = slope * tangent_in
            total = amount if total is None else total + amount
        moved[handle] = total
    return [0.0 if one is None else one for one in moved]
