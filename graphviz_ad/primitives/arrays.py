"""The operations on arrays under every spelling; loaded when a text first names one, so that scalars pay nothing for them."""

from __future__ import annotations

from . import (
    contractions,
    explicit_convolutions,
    explicit_joins,
    explicit_linear_algebra,
    explicit_norms,
    explicit_rearrangements,
    explicit_reductions,
    explicit_running,
)
from .array_record import ArrayOperation
from .registry import OPERATIONS, register, resolve

#: The operations on arrays by canonical name, in the order in which they are listed to people.
ARRAY_OPERATIONS: dict[str, ArrayOperation] = {}

for _module in (
    contractions,
    explicit_rearrangements,
    explicit_joins,
    explicit_reductions,
    explicit_running,
    explicit_norms,
    explicit_linear_algebra,
    explicit_convolutions,
):
    for _record in _module.RECORDS:
        register(_record.family, _record.name, _record.aliases)
        ARRAY_OPERATIONS[_record.name] = _record


def array_operation(name: str) -> ArrayOperation:
    """The record of an array operation, under any of its spellings.

    >>> array_operation("average").name
    'mean'

    Raises
    ------
    KeyError
        No array operation has this name.
    """
    return ARRAY_OPERATIONS[resolve(name) or name]


def differentiable(op: str, position: int) -> bool:
    """Whether a derivative flows through an operand of any operation.

    >>> differentiable("where", 0), differentiable("matmul", 1), differentiable("argmax", 0)
    (False, True, False)
    """
    record = OPERATIONS.get(op)
    if record is not None:
        return not record.boolean and record.partials[position] is not None
    return ARRAY_OPERATIONS[op].differentiable(position)
