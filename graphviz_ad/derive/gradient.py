"""The gradient as a graph: a backward sweep that makes nodes instead of numbers.

The rules are the same texts that the numbers use; run over handles of a builder they become nodes. Since the
derivative of an elementwise operation is elementwise again, the result can be differentiated once more.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from ..errors import NamingError, ShapeError
from ..graph.builder import Builder, Literal
from ..primitives.registry import OPERATIONS
from ..primitives.rules import partial_rule
from .tape import SELECTION

if TYPE_CHECKING:
    from ..graph.graph import Graph


class Handle:
    """A node under construction: arithmetic on it makes nodes, and leaves out what is certainly 0 or 1."""

    __slots__ = ("id", "kernels")

    def __init__(self, kernels: SymbolicKernels, handle: int) -> None:
        self.kernels, self.id = kernels, handle

    def __add__(self, other: Any) -> Handle:
        return self.kernels.add(self, other)

    def __radd__(self, other: Any) -> Handle:
        return self.kernels.add(other, self)

    def __sub__(self, other: Any) -> Handle:
        return self.kernels.sub(self, other)

    def __rsub__(self, other: Any) -> Handle:
        return self.kernels.sub(other, self)

    def __mul__(self, other: Any) -> Handle:
        return self.kernels.mul(self, other)

    def __rmul__(self, other: Any) -> Handle:
        return self.kernels.mul(other, self)

    def __neg__(self) -> Handle:
        return self.kernels.neg(self)


class SymbolicKernels:
    """The arithmetic of graphs: every operation of the vocabulary, on handles and plain numbers, makes a node."""

    def __init__(self, builder: Builder) -> None:
        self.builder = builder

    def handle(self, value: Any) -> Handle:
        """A number as a constant node; a handle as it is."""
        if isinstance(value, Handle):
            return value
        text = repr(value) if not float(value).is_integer() or abs(value) >= 1e15 else str(int(value))
        return Handle(self, self.builder.constant(Literal(text, float(value))))

    def known(self, value: Any) -> float | None:
        """The number, where the value is a constant."""
        if not isinstance(value, Handle):
            return float(value)
        if self.builder.ops[value.id] == "constant":
            return self.builder.params[value.id].value  # type: ignore[attr-defined, no-any-return]
        return None

    @property
    def pi(self) -> Handle:
        """The constant, whatever an input of that name is bound to."""
        return Handle(self, self.builder.constant(Literal("pi", math.pi)))

    @property
    def e(self) -> Handle:
        """The base of the natural logarithm."""
        return Handle(self, self.builder.constant(Literal("e", math.e)))

    @property
    def inf(self) -> Handle:
        """Infinity."""
        return Handle(self, self.builder.constant(Literal("inf", math.inf)))

    def _make(self, op: str, *operands: Any) -> Handle:
        return Handle(self, self.builder.apply(op, tuple(self.handle(value).id for value in operands)))

    def add(self, left: Any, right: Any) -> Handle:
        if self.known(left) == 0:
            return self.handle(right)
        if self.known(right) == 0:
            return self.handle(left)
        return self._make("add", left, right)

    def sub(self, left: Any, right: Any) -> Handle:
        if self.known(right) == 0:
            return self.handle(left)
        one, two = self.known(left), self.known(right)
        if one is not None and two is not None and one.is_integer() and two.is_integer():
            return self.handle(one - two)
        return self._make("sub", left, right)

    def mul(self, left: Any, right: Any) -> Handle:
        one, two = self.known(left), self.known(right)
        if one == 1:
            return self.handle(right)
        if two == 1:
            return self.handle(left)
        if one == 0 or two == 0:
            return self.handle(0)
        if one == -1:
            return self.neg(right)
        if two == -1:
            return self.neg(left)
        return self._make("mul", left, right)

    def div(self, left: Any, right: Any) -> Handle:
        if self.known(right) == 1:
            return self.handle(left)
        one, two = self.known(left), self.known(right)
        if one is not None and two is not None and two > 0 and (one / two) * two == one and math.log2(two).is_integer():
            return self.handle(one / two)  # a quotient by a power of two is exact
        return self._make("div", left, right)

    def power(self, base: Any, exponent: Any) -> Handle:
        if self.known(exponent) == 1:
            return self.handle(base)
        if self.known(exponent) == 0:
            return self.handle(1)
        return self._make("power", base, exponent)

    def neg(self, value: Any) -> Handle:
        number = self.known(value)
        return self.handle(-number) if number is not None else self._make("neg", value)

    def __getattr__(self, op: str) -> Any:
        if op.startswith("_"):
            raise AttributeError(op)
        return lambda *operands: self._make(op, *operands)


def gradient(graph: Graph, names: tuple[str, ...]) -> Graph:
    """The graph of d(output)/d(name) for every name; see :meth:`Graph.gradient`."""
    names = names or graph.inputs
    builder = _reopen(graph)
    output = _single(graph)
    made = backward(builder, output, [_input(graph, name) for name in names])
    outputs = [_finish(builder, handle, f"d{graph.output}_d{name}", len(graph)) for name, handle in zip(names, made, strict=True)]
    return builder.build(tuple(outputs), graph.text, graph.source, graph.called)


def hessian(graph: Graph, names: tuple[str, ...]) -> Graph:
    """The graph of all second derivatives; see :meth:`Graph.hessian`."""
    names = names or graph.inputs
    builder = _reopen(graph)
    handles = [_input(graph, name) for name in names]
    rows = backward(builder, _single(graph), handles)
    outputs = []
    for first, row in zip(names, rows, strict=True):
        for second, entry in zip(names, backward(builder, row, handles), strict=True):
            outputs.append(_finish(builder, entry, f"d2{graph.output}_d{first}_d{second}", len(graph)))
    return builder.build(tuple(outputs), graph.text, graph.source, graph.called)


def backward(builder: Builder, output: int, inputs: list[int]) -> list[int]:
    """Extend the builder by d(output)/d(input) for each input; their handles."""
    kernels = SymbolicKernels(builder)
    size = output + 1  # operands come before their users, so nothing after the output matters
    wrt = set(inputs)
    active = [False] * size
    for handle in range(size):
        op = builder.ops[handle]
        if op == "input":
            active[handle] = handle in wrt
        elif op != "constant" and not OPERATIONS[op].boolean:
            partials = OPERATIONS[op].partials
            active[handle] = any(active[k] and partials[p] is not None for p, k in enumerate(builder.operands[handle]))
    cotangents: dict[int, Handle] = {output: kernels.handle(1)}
    # Where a value is reached only through a branch, the condition under which it is: outside of it the cotangent is 0
    # whatever the slopes behind are, so that 0 times an infinite slope is never formed.
    reached: dict[int, Handle | None] = {output: None}
    for handle in range(size - 1, -1, -1):
        op = builder.ops[handle]
        if handle not in cotangents or not active[handle] or op == "input":
            continue
        upstream, condition = cotangents[handle], reached[handle]
        taken = builder.operands[handle]
        arguments = [Handle(kernels, k) for k in taken]
        for position, operand in enumerate(taken):
            if not active[operand] or OPERATIONS[op].partials[position] is None:
                continue
            under = condition
            if op == SELECTION:
                chosen = arguments[0] if position == 1 else kernels._make("logical_not", arguments[0])
                under = chosen if condition is None else kernels._make("logical_and", condition, chosen)
                amount = upstream
            else:
                amount = kernels.mul(upstream, partial_rule(op, position)(kernels, *arguments, Handle(kernels, handle)))
            if under is not None:
                amount = kernels._make("where", under, amount, 0)
            if operand in cotangents:
                amount = kernels.add(cotangents[operand], amount)
                before = reached[operand]
                under = None if under is None or before is None else kernels._make("logical_or", before, under)
            cotangents[operand], reached[operand] = amount, under
    zero = kernels.handle(0).id
    return [cotangents[handle].id if handle in cotangents else zero for handle in inputs]


def _reopen(graph: Graph) -> Builder:
    """A builder that holds a finished graph, ready to grow."""
    builder = Builder()
    builder.ops, builder.operands = list(graph.ops), list(graph.operands)
    builder.params, builder.names = list(graph.params), list(graph.names)
    builder.spans = [list(spans) for spans in graph.spans]
    builder.group_of, builder.groups = list(graph.group_of), list(graph.groups)
    builder.inputs = dict(graph.input_handles)
    for handle, op in enumerate(graph.ops):
        if graph.names[handle] is None:
            key: object = (op, graph.operands[handle], graph.params[handle], graph.group_of[handle])
            if op == "constant":
                literal = graph.params[handle]
                key = ("constant", literal.text, literal.implied, graph.group_of[handle])  # type: ignore[attr-defined]
            builder._shared.setdefault(key, handle)
    name = graph.output
    if graph.names[graph.outputs[-1]] is None and len(graph.outputs) == 1 and graph.ops[graph.outputs[-1]] not in ("input", "constant"):
        builder.name(graph.outputs[-1], name)  # "f" stays f when the gradient is the output
    return builder


def _finish(builder: Builder, handle: int, name: str, old: int) -> int:
    """Name a derivative; one that is an input, a constant or an older node becomes a copy of it."""
    taken = set(builder.names)
    while name in taken:
        name += "_"
    if handle >= old and builder.names[handle] is None and builder.ops[handle] != "constant":
        builder.name(handle, name)
        return handle
    return builder.apply("copy", (handle,), (), name)


def _single(graph: Graph) -> int:
    if len(graph.outputs) != 1:
        raise ShapeError(f"the graph has several outputs ({', '.join(graph.output_names)})", hint="choose one with graph.of(name)")
    return graph.outputs[0]


def _input(graph: Graph, name: str) -> int:
    handle = graph.input_handles.get(name)
    if handle is None:
        raise NamingError(f"{name} is not an input", hint=f"the inputs are: {', '.join(graph.inputs) or 'none'}")
    return handle
