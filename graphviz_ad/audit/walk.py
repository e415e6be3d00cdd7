"""A graph run by another library: each operation by the function that stands for it there."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, NamedTuple

from ..errors import GradvizError

if TYPE_CHECKING:
    from typing import TypeVar

    from ..objects.graph import Graph

    #: what a library computes with
    Number = TypeVar("Number")


class NoCounterpart(GradvizError, LookupError):
    """An operation that a library has no function for."""


class Counterpart(NamedTuple):
    """A library's function for an operation, and how it is spelled there. Parameters come by keyword."""

    spelling: str
    call: Callable[..., Any]


Table = Mapping[str, Counterpart]


def run(graph: Graph, inputs: Mapping[int, Number], table: Table, number: Callable[[float], Number]) -> Number:
    """The output's value. ``inputs`` by handle; ``number`` makes a constant of the library.

    Raises
    ------
    NoCounterpart
        An operation is not in the table; the message has its name.
    """
    values: list[Any] = [None] * len(graph.ops)
    for handle, op in enumerate(graph.ops):
        if not graph.needed[handle]:
            continue
        if op == "input":
            values[handle] = inputs[handle]
        elif op == "constant":
            literal: Any = graph.params[handle]
            values[handle] = number(float(literal.value))
        elif op == "copy":
            values[handle] = values[graph.operands[handle][0]]
        else:
            if op not in table:
                raise NoCounterpart(op)
            params: Any = graph.params[handle]
            values[handle] = table[op].call(*(values[one] for one in graph.operands[handle]), **(dict(params) if params else {}))
    return values[graph.outputs[-1]]


def spelled(graph: Graph, table: Table) -> str:
    """How the operations with kinks are spelled in a library, each once; those of all where none has a kink."""
    from ..primitives.arrays import ARRAY_OPERATIONS
    from ..primitives.registry import OPERATIONS

    found, every = [], []
    for handle, op in enumerate(graph.ops):
        if graph.needed[handle] and op in table:
            every.append(table[op].spelling)
            kinked = op in OPERATIONS and any(kink.order < 2 for kink in OPERATIONS[op].kinks)
            if kinked or (op in ARRAY_OPERATIONS and ARRAY_OPERATIONS[op].kink) or op in ("sqrt", "where"):
                found.append(table[op].spelling)
    return ", ".join(dict.fromkeys(found or every[-1:]))


def against_zero(graph: Graph) -> bool:
    """Whether a maximum with the number 0 occurs, which libraries spell in several ways."""
    for handle, op in enumerate(graph.ops):
        if op == "maximum" and graph.needed[handle]:
            literals: list[Any] = [graph.params[one] for one in graph.operands[handle] if graph.ops[one] == "constant"]
            if [literal.value for literal in literals] == [0.0]:
                return True
    return False
