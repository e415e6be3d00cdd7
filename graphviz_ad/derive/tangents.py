"""Forward mode: how every node moves when the inputs move along a direction.

The tangent of a node is the sum over its operands of local derivative × the operand's tangent (the chain rule read from the
inputs on): J·v without J.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from ..errors import BindingError
from . import tape

if TYPE_CHECKING:
    from ..primitives.types import Numbers
    from .tables import Tables


def read_direction(point: Tables, given: Mapping[str, Any]) -> dict[str, Any]:
    """The whole direction: what is given, 0 for the other inputs; without anything given the first input by 1.

    Raises
    ------
    NamingError, BindingError
        A name that is no input, or one that nothing is differentiated by.
    ShapeError
        A tangent that does not have its input's shape.
    """
    from ..engine.bindings import measure, real

    if not given:
        if not point.wrt:
            raise BindingError("there is no input to move along\nhint: bind an input that is not a constant")
        given = {point.wrt[0]: 1.0}
    direction: dict[str, Any] = {name: point.nothing(point.graph.input_handles[name]) for name in point.wrt}
    for name, value in given.items():
        handle = point.active_input(name)
        if point.shapes is None:
            direction[name] = real(name, value)
        else:
            from ..engine.arrays import fitted

            direction[name] = fitted(f"the direction of {name}", measure(name, value), point.shapes[handle])
    return direction


def share(point: Tables, handle: int, position: int, tangents: list[Any]) -> Numbers | None:
    """Local derivative × tangent for one operand; None where no derivative flows or the branch is not taken."""
    row = point.partials[handle]
    local = row[position] if row else None
    if local is None or (point.graph.ops[handle] == tape.SELECTION and isinstance(local, float) and local == 0.0):
        return None
    moved = tangents[point.graph.operands[handle][position]]
    return local.push(moved) if hasattr(local, "push") else local * moved


def shares(point: Tables, tangents: list[Any]) -> list[tuple[Any, ...]]:
    """Per node: local derivative × tangent by operand."""
    return [
        tuple(share(point, handle, position, tangents) for position in range(len(operands))) if point.flows[handle] else ()
        for handle, operands in enumerate(point.graph.operands)
    ]
