"""The gradient as a graph: a backward sweep that makes nodes instead of numbers.

The rules are the same texts that the numbers use; run over handles of a builder they become nodes. Since the
derivative of an elementwise operation is elementwise again, the result can be differentiated once more.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, NamedTuple

from ..errors import DerivativeError, NamingError, ShapeError
from ..graph.builder import Builder, Literal
from ..graph.shapes import shapes_or_scalars
from ..primitives.array_record import Call, Shape, broadcast
from ..primitives.contractions import sum_to
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

    def __init__(self, builder: Builder, shapes: list[Shape]) -> None:
        self.builder = builder
        self.shapes = shapes  # of every node of the builder, kept up as it grows

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
            return self.builder.params[value.id].value  # type: ignore[attr-defined]
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

    def _make(self, op: str, /, *operands: Any, **params: Any) -> Handle:
        handles = [self.handle(value) for value in operands]
        if op == "einsum":
            params.setdefault("sizes", ())
            product = self._matrix_product(params, handles)
            if product is not None:
                return product
            op, params = _surface(params, [self.shape(one) for one in handles])
        made = Handle(self, self.builder.apply(op, tuple([one.id for one in handles]), tuple(params.items())))
        self.shape(made)
        return made

    def _matrix_product(self, params: dict[str, Any], handles: list[Handle]) -> Handle | None:
        """An einsum of two matrices or vectors as a product that people write: dY @ W.T, outer(dq, x); None where it is none."""
        left, _, right = params["subscripts"].partition("->")
        parts = left.split(",")
        if len(parts) != 2 or params["sizes"] or "." in left or any(not 1 <= len(one) <= 2 or len(set(one)) != len(one) for one in parts):
            return None
        shared = set(parts[0]) & set(parts[1])
        if len(set(left) - {","} - shared) != len(right) or shared & set(right) or len(shared) > 1:
            return None
        if not shared:
            if len(right) != 2 or any(len(one) != 1 for one in parts):
                return None
            return self._make("outer", *(handles if parts[0] == right[0] else handles[::-1]))
        if len(right) == 2:
            order = (0, 1) if right[0] in parts[0] else (1, 0)
        else:
            order = (0, 1) if len(parts[0]) >= len(parts[1]) else (1, 0)
        first, second = order
        joint = shared.pop()
        one, two = handles[first], handles[second]
        if len(parts[first]) == 2 and parts[first][0] == joint:
            one = self._make("transpose", one, axes=None)
        if len(parts[second]) == 2 and parts[second][1] == joint:
            two = self._make("transpose", two, axes=None)
        return self._make("matmul", one, two)

    def shape(self, value: Any) -> Shape:
        """The shape of a handle or number."""
        if not isinstance(value, Handle):
            return ()
        builder, shapes = self.builder, self.shapes
        while len(shapes) <= value.id:
            handle = len(shapes)
            op, operands = builder.ops[handle], [shapes[k] for k in builder.operands[handle]]
            if op in OPERATIONS:
                shapes.append(broadcast(operands) if any(operands) else ())
            elif op in ("input", "constant"):
                shapes.append(())
            else:
                from ..primitives.arrays import ARRAY_OPERATIONS

                params: Any = builder.params[handle]
                known = self._like(handle) if op == "index" else None
                shapes.append(known or ARRAY_OPERATIONS[op].shape(Call(op, dict(params), tuple(operands), ())))
        return shapes[value.id]

    def _like(self, handle: int) -> Shape | None:
        """The shape of an older node that picks by the same arrays: with truth values it cannot be told from shapes."""
        builder, shapes = self.builder, self.shapes
        taken, first = builder.operands[handle][1:], shapes[builder.operands[handle][0]]
        if not taken:
            return None
        for older in range(handle):
            operands = builder.operands[older]
            alike = builder.ops[older] == "index" and operands[1:] == taken and builder.params[older] == builder.params[handle]
            if alike and shapes[operands[0]] == first:
                return shapes[older]
        return None

    def spread(self, value: Any, shape: Shape) -> Handle:
        """A value in full shape."""
        handle = self.handle(value)
        return handle if self.shape(handle) == shape else self._make("broadcast_to", handle, shape=shape)

    def number(self, value: int, shape: Shape) -> Handle:
        """A whole number in every entry."""
        return self.spread(value, shape)

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

    def equal(self, left: Any, right: Any) -> Handle:
        one, two = self.known(left), self.known(right)
        return self.handle(int(one == two)) if one is not None and two is not None else self._make("equal", left, right)

    def where(self, condition: Any, then: Any, other: Any) -> Handle:
        known = self.known(condition)
        return self._make("where", condition, then, other) if known is None else self.handle(then if known else other)

    def neg(self, value: Any) -> Handle:
        number = self.known(value)
        return self.handle(-number) if number is not None else self._make("neg", value)

    def __getattr__(self, op: str) -> Any:
        if op.startswith("_"):
            raise AttributeError(op)
        return lambda *operands, **params: self._make(op, *operands, **params)


def gradient(graph: Graph, names: tuple[str, ...]) -> Graph:
    """The graph of d(output)/d(name) for every name; see :meth:`Graph.gradient`."""
    names = names or graph.inputs
    builder = _reopen(graph)
    output = _single(graph)
    kernels = SymbolicKernels(builder, list(shapes_or_scalars(graph, ".gradient(…)")))
    if kernels.shapes[output]:
        told = f"the output {graph.output} has shape {kernels.shapes[output]}: a gradient is that of a scalar"
        raise ShapeError(told, hint="sum it, or ask for point.jacobian(name)")
    made = backward(kernels, output, [_input(graph, name) for name in names])
    outputs = [_finish(builder, handle, f"d{graph.output}_d{name}", len(graph)) for name, handle in zip(names, made, strict=True)]
    return _finished(kernels, tuple(outputs), graph)


def hessian(graph: Graph, names: tuple[str, ...]) -> Graph:
    """The graph of all second derivatives; see :meth:`Graph.hessian`."""
    names = names or graph.inputs
    builder = _reopen(graph)
    handles = [_input(graph, name) for name in names]
    kernels = SymbolicKernels(builder, list(shapes_or_scalars(graph, ".gradient(…)")))
    arrays = [f"{name} has shape {kernels.shapes[handle]}" for name, handle in zip(names, handles, strict=True) if kernels.shapes[handle]]
    if arrays:
        told = f"the graph of second derivatives is for scalar inputs; {arrays[0]}"
        raise ShapeError(told, hint="ask for point.hessian(name), or for graph.gradient(name)")
    rows = backward(kernels, _single(graph), handles)
    outputs = []
    for first, row in zip(names, rows, strict=True):
        for second, entry in zip(names, backward(kernels, row, handles), strict=True):
            outputs.append(_finish(builder, entry, f"d2{graph.output}_d{first}_d{second}", len(graph)))
    return _finished(kernels, tuple(outputs), graph)


def _finished(kernels: SymbolicKernels, outputs: tuple[int, ...], before: Graph) -> Graph:
    """The finished graph, with its shapes where the first one had some."""
    builder = kernels.builder
    graph = builder.build(outputs, before.text, before.source, before.called, keep=len(before))
    if before.shapes is None:
        return graph
    kernels.shape(Handle(kernels, len(builder.ops) - 1))
    return graph.with_shapes(tuple([kernels.shapes[handle] for handle in builder.order(outputs, len(before))]))


def backward(kernels: SymbolicKernels, output: int, inputs: list[int], told: Sweep | None = None) -> list[int]:
    """Extend the builder by d(output)/d(input) for each input; their handles. ``told`` takes down all that is on the way."""
    builder = kernels.builder
    size = output + 1  # operands come before their users, so nothing after the output matters
    wrt = set(inputs)
    active = [False] * size
    for handle in range(size):
        if builder.ops[handle] == "input":
            active[handle] = handle in wrt
        elif builder.ops[handle] != "constant":
            active[handle] = any(active[k] and _flows(builder.ops[handle], p) for p, k in enumerate(builder.operands[handle]))
    cotangents: dict[int, Handle] = {output: kernels.handle(1)}
    # Where a value is reached only through a branch, the condition under which it is: outside of it the cotangent is 0
    # whatever the slopes behind are, so that 0 times an infinite slope is never formed.
    reached: dict[int, Handle | None] = {output: None}
    for handle in range(size - 1, -1, -1):
        op = builder.ops[handle]
        if handle not in cotangents or not active[handle] or op == "input":
            continue
        taken = builder.operands[handle]
        for position, operand in enumerate(taken):
            if not active[operand] or not _flows(op, position):
                continue
            amount, under = _contribution(kernels, handle, position, cotangents[handle], reached[handle])
            if told is not None:
                told.contributions[handle, position] = amount.id
            if operand in cotangents:
                amount = kernels.add(cotangents[operand], amount)
                before = reached[operand]
                under = None if under is None or before is None else kernels._make("logical_or", before, under)
            cotangents[operand], reached[operand] = amount, under
    if told is not None:
        told.cotangents.update((handle, one.id) for handle, one in cotangents.items())
    zero = kernels.handle(0)
    found = [cotangents.get(handle, zero) for handle in inputs]
    return [kernels.spread(one, kernels.shape(Handle(kernels, handle))).id for one, handle in zip(found, inputs, strict=True)]


class Sweep(NamedTuple):
    """Nodes of a backward sweep: d(output)/d(node) by node, and what goes back along each edge (node, position)."""

    cotangents: dict[int, int]
    contributions: dict[tuple[int, int], int]


def unrolled(graph: Graph, names: tuple[str, ...], jacobians: Iterable[tuple[int, int]] = ()) -> Unrolled:
    """A graph with its whole backward sweep as nodes behind it; of the edges in ``jacobians`` the local Jacobian, row by row.

    Raises
    ------
    ShapeError
        The graph has several outputs.
    DerivativeError
        An operation has no derivative of its own.
    """
    kernels = SymbolicKernels(_reopen(graph), list(shapes_or_scalars(graph, ".gradient(…)")))
    told = Sweep({}, {})
    output = _single(graph)
    backward(kernels, output, [_input(graph, name) for name in names], told)
    rows: dict[tuple[int, int], list[int]] = {}
    for handle, position in jacobians:
        shape = kernels.shapes[handle]
        seeds = (
            [kernels._make("index", kernels._make("eye", n=shape[0], m=None), pattern=(("at", i),)) for i in range(shape[0])]
            if shape
            else []
        )
        found = [_contribution(kernels, handle, position, seed, None)[0] for seed in seeds or [kernels.handle(1)]]
        rows[handle, position] = [one.id for one in found]
    kernels.shape(Handle(kernels, len(kernels.builder.ops) - 1))
    return Unrolled(kernels.builder, tuple(kernels.shapes), told, rows)


class Unrolled(NamedTuple):
    """What :func:`unrolled` makes: nodes with their shapes, and which of them hold what."""

    builder: Builder
    shapes: tuple[Shape, ...]
    sweep: Sweep
    jacobians: dict[tuple[int, int], list[int]]


def _flows(op: str, position: int) -> bool:
    """Whether a derivative flows through an operand."""
    record = OPERATIONS.get(op)
    if record is not None:
        return not record.boolean and record.partials[position] is not None
    from ..primitives.arrays import ARRAY_OPERATIONS

    return ARRAY_OPERATIONS[op].differentiable(position)


def _contribution(
    kernels: SymbolicKernels, handle: int, position: int, upstream: Handle, condition: Handle | None
) -> tuple[Handle, Handle | None]:
    """upstream × local for one edge, and the condition under which the operand is reached (None: always, or not followed)."""
    builder = kernels.builder
    op, taken = builder.ops[handle], builder.operands[handle]
    arguments = [Handle(kernels, k) for k in taken]
    out = Handle(kernels, handle)
    shape, target = kernels.shape(out), kernels.shape(arguments[position])
    if op not in OPERATIONS:
        from ..primitives.arrays import ARRAY_OPERATIONS

        params: Any = builder.params[handle]
        call = Call(op, dict(params), tuple(kernels.shape(one) for one in arguments), shape)
        rule = ARRAY_OPERATIONS[op].pullback
        if rule is None:
            raise DerivativeError(f"{op} has no derivative of its own: this order of derivative is not available")
        return kernels.handle(rule(kernels, call, position, kernels.spread(upstream, shape), tuple(arguments), out)), None
    under = condition
    if op == SELECTION:
        chosen = arguments[0] if position == 1 else kernels._make("logical_not", arguments[0])
        under = chosen if condition is None else kernels._make("logical_and", condition, chosen)
        amount = upstream
    else:
        partial = partial_rule(op, position)
        assert partial is not None
        amount = kernels.handle(kernels.mul(upstream, partial(kernels, *arguments, out)))
    if under is not None:
        amount = kernels._make("where", under, amount, 0)
    if target != shape and kernels.known(amount) != 0:
        amount = sum_to(kernels, kernels.spread(amount, shape), shape, target)
        under = None
    return amount, under


def _surface(params: dict[str, Any], shapes: list[Shape]) -> tuple[str, dict[str, Any]]:
    """A contraction of a rule under the name that people know, where it has one."""
    left, _, right = params["subscripts"].partition("->")
    if len(shapes) == 1 and not params["sizes"] and len(set(left)) == len(left):
        if sorted(left) == sorted(right):
            axes = tuple(left.index(c) for c in right)
            return "transpose", {"axes": None if axes == tuple(range(len(axes)))[::-1] else axes}
        if [c for c in left if c in right] == list(right):
            gone = tuple(position for position, c in enumerate(left) if c not in right)
            return "sum", {"axis": None if not right else gone[0] if len(gone) == 1 else gone, "keepdims": False}
    if len(shapes) == 1 and params["sizes"] and len(set(left)) == len(left) and len(set(right)) == len(right):
        new = dict(params["sizes"])
        if right[len(right) - len(left) :] == left and set(new) == set(right) - set(left):
            sizes = dict(zip(left, shapes[0], strict=True)) | new
            return "broadcast_to", {"shape": tuple(sizes[c] for c in right)}
    return "einsum", params


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
