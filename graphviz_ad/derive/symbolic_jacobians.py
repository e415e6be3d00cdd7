"""Jacobians in symbols: the graph is run on arrays of SymPy expressions, whose entries SymPy then differentiates by its own rules.

An entry of an input has its place in its name: x_0, W_0_1. None of this package's derivative rules takes part.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np  # noqa: TID253 - whole Jacobians are arrays; loaded when one is asked for

from ..engine.arrays import node_value
from ..errors import DerivativeError
from ..limits import require
from ..primitives.array_record import size_of
from ..primitives.call import Shape
from ..primitives.contractions import Terms
from ..primitives.kernels.arrays import Arrays, contract, value
from . import closed_form

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray
    from sympy import Basic, Dummy, Expr, Matrix

    from ..graph.structure import Graph
    from ..primitives.types import Numbers

    #: an array of SymPy's expressions
    Entries: TypeAlias = NDArray[np.object_]


class SymbolArrays(Arrays):
    """Arithmetic on object arrays of SymPy expressions."""

    @property
    def pi(self) -> Expr:  # type: ignore[override]
        return closed_form.constant("pi")

    @property
    def e(self) -> Expr:  # type: ignore[override]
        return closed_form.constant("e")

    def elementwise(self, op: str) -> Callable[..., Numbers]:
        def apply(*entries: Basic) -> Basic:
            return closed_form.apply(op, [_exact(one) for one in entries])

        def function(*operands: Entries | Expr) -> Entries | Expr:
            return np.frompyfunc(apply, len(operands), 1)(*operands)

        return function

    def number(self, value: int, shape: Shape) -> Any:
        return np.full(shape, _exact(value), dtype=object) if shape else _exact(value)

    def exact(self, integers: ArrayLike) -> Entries:
        return np.frompyfunc(_exact, 1, 1)(np.asarray(integers))

    def contract(self, terms: Terms, operands: Sequence[ArrayLike]) -> Entries:
        return contract(terms, [np.asarray(one, dtype=object) for one in operands], _exact(0))

    def length(self, x: Entries, axes: Shape) -> Entries:
        return self.sqrt(np.sum(x * x, axis=axes))

    def linear(self, name: str, *operands: ArrayLike) -> Numbers | None:
        raise DerivativeError(f"{name} has no closed form by entries")


def symbolic_jacobian(graph: Graph, output: int, name: str) -> Matrix:
    """d(output)/d(input) as a SymPy matrix, entries of the output by entries of the input, each in row-major order.

    Raises
    ------
    DerivativeError
        The graph has no shapes yet, or an operation on the way has no closed form.
    LimitError
        More entries than ``GRADVIZ_CLOSED_FORM_OPERATIONS`` would have to be written out.
    """
    import sympy

    handle = graph.input_handles.get(name)
    if handle is None:
        raise graph.no_such_name(name)
    shapes = graph.shapes or graph.shaped().shapes
    assert shapes is not None
    needed = graph.of_handle(output).needed
    entries = sum(size_of(shapes[k]) for k in range(len(graph.ops)) if needed[k] and graph.operands[k])
    require("GRADVIZ_CLOSED_FORM_OPERATIONS", entries, "entries to write out in closed form")
    rows, columns = size_of(shapes[output]), size_of(shapes[handle])
    require("GRADVIZ_CLOSED_FORM_OPERATIONS", rows * columns, "entries of a Jacobian in closed form")
    values, held = _run(graph, shapes, needed)
    unknowns = np.reshape(np.asarray(values[handle] if needed[handle] else _symbols(name, shapes[handle]), dtype=object), -1)
    matrix = sympy.zeros(rows, columns)
    for row, entry in enumerate(np.reshape(np.asarray(values[output], dtype=object), -1)):
        for column, unknown in enumerate(unknowns):
            slope = sympy.diff(entry, unknown)
            if slope.has(sympy.Derivative, sympy.Subs):
                raise DerivativeError(f"SymPy knows no closed form of d{graph.labels[output]}/d{name}")
            matrix[row, column] = _released(slope, held)
    return matrix


def symbolic_local(graph: Graph, handle: int, position: int, shapes: Sequence[Shape]) -> Expr:
    """The local derivative of an operation on arrays between scalars, in symbols named as its operands.

    Raises
    ------
    DerivativeError
        No derivative flows through the operand, or the operation has no closed form.
    """
    import sympy

    from ..primitives.arrays import ARRAY_OPERATIONS

    op, operands = graph.ops[handle], graph.operands[handle]
    if not ARRAY_OPERATIONS[op].differentiable(position):
        raise DerivativeError(f"{op} has no derivative by its operand {position + 1}")
    dummies = [sympy.Dummy(f"o{k}", real=True) for k in range(len(operands))]
    if op in ("max", "min"):  # of one entry
        return sympy.Integer(1)
    try:
        result = value(SymbolArrays(), op, graph.params[handle], dummies, shapes[handle])
    except (TypeError, AttributeError) as error:
        raise DerivativeError(f"{op} has no closed form by entries") from error
    slope = sympy.diff(np.asarray(result, dtype=object).item(), dummies[position])
    named = [
        closed_form.literal(graph.params[one].text) if graph.ops[one] == "constant" else closed_form.symbol(graph.labels[one])  # type: ignore[attr-defined]
        for one in operands
    ]
    return slope.subs(dict(zip(dummies, named, strict=True)))


def _run(graph: Graph, shapes: Sequence[Shape], needed: Sequence[bool]) -> tuple[list[Any], dict[Dummy, Expr]]:
    """Every needed node in symbols, and what ``stop_gradient`` held fast: a symbol of its own for each entry."""
    import sympy

    k = SymbolArrays()
    held: dict[Dummy, Expr] = {}

    def hold(entry: Expr) -> Dummy:
        one = sympy.Dummy("held", real=True)
        held[one] = entry
        return one

    values: list[Any] = [None] * len(graph.ops)
    for handle, op in enumerate(graph.ops):
        if not needed[handle]:
            continue
        if op == "input":
            constant = graph.input_spec(handle).constant
            label = graph.labels[handle]
            values[handle] = closed_form.constant(label) if constant else _symbols(label, shapes[handle])
        elif op == "constant":
            values[handle] = closed_form.literal(graph.params[handle].text)  # type: ignore[attr-defined]
        elif op == "stop_gradient":
            found = np.frompyfunc(hold, 1, 1)(values[graph.operands[handle][0]])
            values[handle] = found
        elif op in ("max", "min"):
            values[handle] = _fold(sympy.Max if op == "max" else sympy.Min, graph, handle, values, shapes)
        else:
            try:
                values[handle] = node_value(graph, handle, values, shapes, k)
            except (TypeError, AttributeError) as error:  # it compares, sorts or computes in floats
                raise DerivativeError(f"{op} has no closed form by entries") from error
    return values, held


def _fold(function: Callable[..., Expr], graph: Graph, handle: int, values: Sequence[ArrayLike], shapes: Sequence[Shape]) -> Entries | Expr:
    """The largest or smallest entry over axes, in symbols."""
    params: dict[str, Any] = dict(graph.params[handle])  # type: ignore[call-overload]
    axis = params["axis"]
    operand = graph.operands[handle][0]
    array = np.asarray(values[operand], dtype=object)
    axes = tuple(range(array.ndim)) if axis is None else tuple(one % array.ndim for one in (axis if isinstance(axis, tuple) else (axis,)))
    rest = [one for one in range(array.ndim) if one not in axes]
    moved = array.transpose([*rest, *axes]).reshape(-1, size_of(tuple(array.shape[one] for one in axes)))
    found = np.empty(len(moved), dtype=object)
    for place, row in enumerate(moved):
        found[place] = function(*row)
    return found.reshape(shapes[handle]) if shapes[handle] else found[0]


def _released(slope: Expr, held: dict[Dummy, Expr]) -> Expr:
    """A slope without symbols for what was held fast: 0 for a shift that cancels out, else what it stands for."""
    import sympy

    for one in reversed(list(held)):  # what was held last may stand for what was held before
        if slope.has(one):
            shifts = sympy.simplify(sympy.diff(slope, one)) == 0
            slope = slope.subs(one, 0 if shifts else held[one])
    return slope


def _symbols(name: str, shape: Shape) -> Entries | Expr:
    """An input's entries: x_0, W_0_1; a scalar keeps its name."""
    if not shape:
        return closed_form.symbol(name)
    found = np.empty(shape, dtype=object)
    for place in np.ndindex(*shape):
        found[place] = closed_form.symbol("_".join([name, *map(str, place)]))
    return found


def _exact(value: Any) -> Basic:
    """A number of NumPy or Python as SymPy's; expressions stay."""
    import sympy

    if isinstance(value, np.generic):
        value = value.item()
    if isinstance(value, bool):
        return sympy.true if value else sympy.false
    return closed_form.literal(repr(value)) if isinstance(value, (int, float)) else value
