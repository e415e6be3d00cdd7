"""The gradient as a graph: a backward sweep that makes nodes instead of numbers.

The rules are the same texts that the numbers use; run over handles of a builder they become nodes. Since the
derivative of an elementwise operation is elementwise again, the result can be differentiated once more.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, NamedTuple, TypeVar

from ..errors import DerivativeError, NamingError, ShapeError
from ..graph.builder import Builder
from ..graph.shapes import shapes_or_scalars
from ..graph.structure import Graph
from ..primitives.call import Call, Shape
from ..primitives.contractions import sum_to
from ..primitives.registry import OPERATIONS
from ..primitives.rules import partial_rule
from .symbolic_kernels import Handle, SymbolicKernels
from .tape import SELECTION

G = TypeVar("G", bound=Graph)


def gradient(graph: G, names: tuple[str, ...]) -> G:
    """The graph of d(output)/d(name) for every name; see :meth:`Graph.gradient`."""
    names = names or graph.inputs
    builder = Builder.over(graph)
    output = _single(graph)
    kernels = SymbolicKernels(builder, list(shapes_or_scalars(graph, ".gradient(…)")))
    if kernels.shapes[output]:
        told = f"the output {graph.output} has shape {kernels.shapes[output]}: a gradient is that of a scalar"
        raise ShapeError(told, hint="sum it, or ask for point.jacobian(name)")
    made = backward(kernels, output, [_input(graph, name) for name in names])
    outputs = [_finish(builder, handle, f"d{graph.output}_d{name}", len(graph)) for name, handle in zip(names, made, strict=True)]
    return _finished(kernels, tuple(outputs), graph)


def hessian(graph: G, names: tuple[str, ...]) -> G:
    """The graph of all second derivatives; see :meth:`Graph.hessian`."""
    names = names or graph.inputs
    builder = Builder.over(graph)
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


def _finished(kernels: SymbolicKernels, outputs: tuple[int, ...], before: G) -> G:
    """The finished graph, with its shapes where the first one had some."""
    builder = kernels.builder
    graph = builder.build_as(type(before), outputs, before.text, before.source, before.called, keep=len(before))
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
                under = None if under is None or before is None else kernels.make("logical_or", before, under)
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
    kernels = SymbolicKernels(Builder.over(graph), list(shapes_or_scalars(graph, ".gradient(…)")))
    told = Sweep({}, {})
    output = _single(graph)
    backward(kernels, output, [_input(graph, name) for name in names], told)
    rows: dict[tuple[int, int], list[int]] = {}
    for handle, position in jacobians:
        shape = kernels.shapes[handle]
        seeds = (
            [kernels.make("index", kernels.make("eye", n=shape[0], m=None), pattern=(("at", i),)) for i in range(shape[0])] if shape else []
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
        chosen = arguments[0] if position == 1 else kernels.make("logical_not", arguments[0])
        under = chosen if condition is None else kernels.make("logical_and", condition, chosen)
        amount = upstream
    else:
        partial = partial_rule(op, position)
        assert partial is not None
        amount = kernels.handle(kernels.mul(upstream, partial(kernels, *arguments, out)))
    if under is not None:
        amount = kernels.make("where", under, amount, 0)
    if target != shape and kernels.known(amount) != 0:
        amount = sum_to(kernels, kernels.spread(amount, shape), shape, target)
        under = None
    return amount, under


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
