"""The chain rule as a table: from the output back to the inputs, so that every upstream number stands above its use."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ..errors import DerivativeError, ShapeError
from .numbers import write_shape, write_value
from .tables import Cell, Row, layout

if TYPE_CHECKING:
    from .. import Graph, Node, Point

MOST_NODES = 16
MOST_USES = 4
DIGITS = 6
UNKNOWN = "depends on the shapes"


def chain_rule(point: Point) -> str:
    """Each node with its value and gradient; below it, each operand's local derivative and upstream × local."""
    graph = point.graph
    listed = operations(graph)
    rows: list[Row] = []
    for node in listed[:MOST_NODES]:
        gradient = point.node_gradients[node.handle]
        rows.append(
            Row(
                (
                    Cell(graph.labels[node.handle], "strong"),
                    Cell(node.formula),
                    Cell(write_value(point.values[node.handle], DIGITS, 4), "value"),
                    Cell(write_value(gradient, DIGITS), "gradient"),
                ),
                below=_sum(point, node),
            )
        )
        partials, contributions = point.partials[node.handle], point.contributions[node.handle]
        for position, operand in enumerate(graph.operands[node.handle]):
            if graph.ops[operand] == "constant" or position >= len(partials) or partials[position] is None:
                continue
            local = local_value(partials[position])
            upstream = write_value(gradient, DIGITS)
            product = write_value(contributions[position], DIGITS)
            if is_number(gradient) and is_number(partials[position]):
                product = f"{factor(upstream)} × {factor(local)} = {product}"
            rows.append(Row((Cell(f"  {_slope(node, operand)}"), Cell(f"  {rule(node, position)}"), Cell(local), Cell(product))))
    for name in point.wrt:
        handle = graph.input_handles[name]
        if len(graph.users[handle]) > 1 and len(rows) < 4 * MOST_NODES and len(point.wrt) <= MOST_NODES:
            rows.append(
                Row(
                    (
                        Cell(name, "strong"),
                        Cell(""),
                        Cell(write_value(point.values[handle], DIGITS), "value"),
                        Cell(write_value(point.gradient_of(handle), DIGITS), "gradient"),
                    ),
                    below=_sum(point, graph[name]),
                )
            )
    if not rows:
        return "  there is no operation, so the chain rule has nothing to do"
    text = layout(("node", "formula", "value", "gradient"), rows, right=(2,), elastic=(1, 3, 2))
    return "chain rule, from the output back: upstream × local = contribution\n" + text + rest(listed)


def symbolic_rule(graph: Graph) -> str:
    """Each node's formula and local derivatives, where nothing has a value."""
    listed = operations(graph)
    rows = []
    for node in listed[:MOST_NODES]:
        shape = "" if not node.shape else write_shape(node.shape)
        rows.append(Row((Cell(node.name, "strong"), Cell(node.formula), Cell(shape))))
        for position, operand in enumerate(graph.operands[node.handle]):
            if graph.ops[operand] != "constant":
                rows.append(Row((Cell(f"  {_slope(node, operand)}"), Cell(f"  {rule(node, position)}"), Cell(""))))
    names = ", ".join(graph.inputs[:12]) + (" …" if len(graph.inputs) > 12 else "")
    ask = f"\n\ngive values for the numbers: {' '.join(f'{name}=…' for name in graph.inputs[:8])}" if graph.inputs else ""
    table = layout(("node", "formula and local derivatives", ""), rows, elastic=(1,)) if rows else "  there is no operation"
    return f"\ninputs: {names or 'none'}\n\n{table}{rest(listed)}{ask}"


def operations(graph: Graph) -> list[Node]:
    """The nodes that an output needs, leaves left out, from the output back."""
    leaves = ("input", "constant")
    return [node for node, needed, op in zip(graph, graph.needed, graph.ops, strict=True) if needed and op not in leaves][::-1]


def rest(operations: list[Node]) -> str:
    rest = len(operations) - MOST_NODES
    return f"\n  … and {rest:,} more nodes; --json has them all" if rest > 0 else ""


def rule(node: Node, position: int) -> str:
    try:
        formula = node.local_formula(position)
        # without shapes an operation on arrays has the name of its derivative alone, which stands there already
        return UNKNOWN if formula == _slope(node, node.graph.operands[node.handle][position]) else formula
    except DerivativeError:
        return "no derivative"
    except ShapeError:
        return UNKNOWN


def _slope(node: Node, operand: int) -> str:
    """The name of a local derivative."""
    labels = node.graph.labels
    return f"∂{labels[node.handle]}/∂{labels[operand]}"


def local_value(partial: Any) -> str:
    """A number; of a linear map between arrays its slopes where it works entry by entry, else its structure."""
    structure = getattr(partial, "structure", None)
    if structure is None:
        return write_value(partial, DIGITS)
    return write_value(partial.slopes, DIGITS, 4) if partial.elementwise else f"{structure} {write_shape(partial.shape)}"


def is_number(value: object) -> bool:
    return isinstance(value, (int, float)) or (value is not None and getattr(value, "shape", None) == ())


def factor(text: str) -> str:
    return f"({text})" if text.startswith("-") else text


def _sum(point: Point, node: Node) -> str:
    """At a fork, the sum of the contributions of its uses; "" elsewhere."""
    uses = [(user, position) for user, position in point.graph.users[node.handle] if point.graph.needed[user]]
    if not 2 <= len(uses) <= MOST_USES:
        return ""
    parts = [point.contributions[user][position] for user, position in uses]
    parts = [part for part in parts if part is not None]
    if len(parts) < 2 or not all(is_number(part) for part in parts):
        return ""
    terms = " + ".join(factor(write_value(part, DIGITS)) for part in parts)
    return f"{write_value(point.node_gradients[node.handle], DIGITS)} = {terms}, the sum over its uses"
