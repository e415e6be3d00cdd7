"""Derivatives in closed form, by SymPy's own differentiation: of a node by an input, and of a node by its operands."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..errors import DerivativeError
from ..graph.shapes import shapes_or_scalars
from ..primitives.registry import OPERATIONS
from ..syntax.machine import compiled, run
from .closed_form import apply, apply_word, constant, expression, literal, symbol
from .symbolic_jacobians import symbolic_jacobian, symbolic_local

if TYPE_CHECKING:
    from sympy import Expr

    from ..graph.structure import Graph


def derivative(graph: Graph, handle: int, name: str) -> Expr:
    """d(node)/d(input) in closed form, by SymPy's own differentiation: independent of the rules of this package."""
    import sympy

    if name not in graph.input_handles:
        raise graph.no_such_name(name)
    if _meets_arrays(graph, handle):
        return _derivative_over_arrays(graph, handle, name)
    result = sympy.diff(expression(graph, handle), symbol(name))
    if result.has(sympy.Derivative, sympy.Subs):
        raise DerivativeError(f"SymPy knows no closed form of d{graph.labels[handle]}/d{name}")
    return result


def _meets_arrays(graph: Graph, handle: int) -> bool:
    """Whether an operation on arrays stands on the way to a node."""
    needed = graph.of_handle(handle).needed
    return any(needed[k] and graph.operands[k] and graph.ops[k] not in OPERATIONS for k in range(handle + 1))


def _derivative_over_arrays(graph: Graph, handle: int, name: str) -> Expr:
    """The derivative of a scalar by a scalar with arrays between them, entry by entry; inputs without a shape are scalars."""
    shapes = shapes_or_scalars(graph, ".symbolic_jacobian(…)")
    of, by = shapes[handle], shapes[graph.input_handles[name]]
    if of or by:
        raise DerivativeError(
            f"d{graph.labels[handle]}/d{name} is an array of shape {of + by}, no single formula\n"
            f"hint: graph.symbolic_jacobian({name!r}) has its entries"
        )
    return symbolic_jacobian(graph, handle, name)[0, 0]


def local(graph: Graph, handle: int, position: int) -> Expr:
    """The local derivative of a node by the operand at ``position``, in symbols named as its operands."""
    import sympy

    op = graph.ops[handle]
    if op in ("input", "constant"):
        raise DerivativeError(f"{graph.labels[handle]} has no operands")
    if op not in OPERATIONS:
        shapes = shapes_or_scalars(graph, f'["{graph.labels[handle]}"].index_rule({position})')
        of, by = shapes[handle], shapes[graph.operands[handle][position]]
        if of or by:
            raise DerivativeError(
                f"the local derivative of {op} is an array of shape {of + by}, no single formula\n"
                f"hint: node.index_rule({position}) writes it with indices"
            )
        return symbolic_local(graph, handle, position, shapes)
    record = OPERATIONS[op]
    if record.partials[position] is None:
        raise DerivativeError(f"{op} has no derivative by its operand {record.names[position]}")
    operands = graph.operands[handle]
    dummies = [sympy.Dummy(f"o{k}", real=True) for k in range(len(operands))]
    named: list[Expr] = []
    for operand in operands:
        named.append(literal(graph.params[operand].text) if graph.ops[operand] == "constant" else symbol(graph.labels[operand]))  # type: ignore[attr-defined]
    fixed = [named[k] if graph.ops[operands[k]] == "constant" and k != position else dummies[k] for k in range(len(operands))]
    slope = sympy.diff(apply(op, fixed), dummies[position])
    if slope.has(sympy.Derivative, sympy.Subs):
        rule = record.partials[position]
        names = dict(zip(record.names, named, strict=True))
        names["out"] = apply(op, named)
        return run(compiled(str(rule)), names, constant, literal, apply_word)
    return slope.subs(dict(zip(dummies, named, strict=True)))
