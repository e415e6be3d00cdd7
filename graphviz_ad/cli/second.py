"""Forward mode and second derivatives as tables."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .derivatives import DIGITS, MOST_NODES, factor, is_number, local_value, operations, rest, rule
from .numbers import write_value
from .output import produce
from .tables import Cell, Row, layout, paint

if TYPE_CHECKING:
    from .. import Point

MOST_ENTRIES = 12  # rows and columns of a Hessian in the terminal


def tangent_line(point: Point) -> str:
    """How the output moves, under its value; and that reverse mode says the same."""
    outputs = [point.graph.output] if len(point.graph.outputs) == 1 else list(point.graph.output_names)
    lines = []
    for name, handle in zip(outputs, point.graph.outputs, strict=True):
        lines.append(f"d{paint(name, 'strong')} = {paint(write_value(point.tangents[handle]), 'gradient')}")
    return "\n".join(lines)


def direction_table(point: Point) -> str:
    """The inputs, their values, how they move."""
    handles = point.graph.input_handles
    rows = [
        Row((Cell(name, "name"), Cell(write_value(point.values[handles[name]]), "value"), Cell(write_value(moved), "gradient")))
        for name, moved in list((point.direction or {}).items())[:MOST_NODES]
    ]
    arrays = any(getattr(moved, "shape", ()) for moved in (point.direction or {}).values())
    return layout(("input", "value", "moves by"), rows, right=() if arrays else (1, 2), elastic=(1, 2))


def forward_rule(point: Point) -> str:
    """From the inputs on: each operation's operands with local × tangent, then its value and its tangent, their sum."""
    rows: list[Row] = []
    listed = operations(point.graph)[::-1]
    for node in listed[:MOST_NODES]:
        shares = point.tangent_shares[node.handle]
        for position, operand in enumerate(node.operands):
            if not shares or shares[position] is None:
                continue
            local = local_value(point.partials[node.handle][position])
            product = write_value(shares[position], DIGITS)
            if is_number(point.partials[node.handle][position]):
                moved = write_value(point.tangents[operand.handle], DIGITS)
                product = f"{factor(local)} × {factor(moved)} = {product}"
            rows.append(Row((Cell(f"  ∂{node.name}/∂{operand.name}"), Cell(f"  {rule(node, position)}"), Cell(local), Cell(product))))
        value, tangent = write_value(point.values[node.handle], DIGITS, 4), write_value(point.tangents[node.handle], DIGITS)
        rows.append(Row((Cell(node.name, "strong"), Cell(node.formula), Cell(value, "value"), Cell(tangent, "gradient"))))
    if not rows:
        return "  there is no operation, so the chain rule has nothing to do"
    text = layout(("node", "formula", "value", "tangent"), rows, right=(2,), elastic=(1, 3, 2))
    return "chain rule, from the inputs on: local × tangent, summed at each node\n" + text + rest(listed)


def hessian_table(point: Point) -> str:
    """The second derivatives, by all entries of the inputs."""
    from json import loads

    found = loads(produce(point, ".json", {"check": False, "hessian": True}))["hessian"]
    names, matrix = found["wrt"], found["matrix"]
    shown = names[:MOST_ENTRIES]
    rows = [
        Row((Cell(name, "name"), *(Cell(_entry(value), "gradient") for value in row[: len(shown)])))
        for name, row in zip(shown, matrix, strict=False)
    ]
    text = layout((f"∂²{point.graph.output}", *shown), rows, right=range(1, len(shown) + 1))
    more = len(names) - len(shown)
    return f"second derivatives\n{text}" + (f"\n  … and {more:,} more rows and columns; --json has them all" if more else "")


def _entry(value: object) -> str:
    return value if isinstance(value, str) else write_value(value, DIGITS)
