"""An arithmetic whose numbers are nodes of a graph under construction: rules that run over it make nodes."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any, TypeAlias

from ..graph.builder import Builder
from ..graph.parts import Literal
from ..primitives.array_record import broadcast
from ..primitives.call import Call, Shape
from ..primitives.registry import OPERATIONS

#: what an operation is applied to: a node, or a number that becomes one
Operand: TypeAlias = "Handle | float"


class Handle:
    """A node under construction: arithmetic on it makes nodes, and leaves out what is certainly 0 or 1."""

    __slots__ = ("id", "kernels")

    def __init__(self, kernels: SymbolicKernels, handle: int) -> None:
        self.kernels, self.id = kernels, handle

    def __add__(self, other: Operand) -> Handle:
        return self.kernels.add(self, other)

    def __radd__(self, other: Operand) -> Handle:
        return self.kernels.add(other, self)

    def __sub__(self, other: Operand) -> Handle:
        return self.kernels.sub(self, other)

    def __rsub__(self, other: Operand) -> Handle:
        return self.kernels.sub(other, self)

    def __mul__(self, other: Operand) -> Handle:
        return self.kernels.mul(self, other)

    def __rmul__(self, other: Operand) -> Handle:
        return self.kernels.mul(other, self)

    def __neg__(self) -> Handle:
        return self.kernels.neg(self)


class SymbolicKernels:
    """The arithmetic of graphs: every operation of the vocabulary, on handles and plain numbers, makes a node."""

    def __init__(self, builder: Builder, shapes: list[Shape]) -> None:
        self.builder = builder
        self.shapes = shapes  # of every node of the builder, kept up as it grows

    def handle(self, value: Operand) -> Handle:
        """A number as a constant node; a handle as it is."""
        if isinstance(value, Handle):
            return value
        text = repr(value) if not float(value).is_integer() or abs(value) >= 1e15 else str(int(value))
        return Handle(self, self.builder.constant(Literal(text, float(value))))

    def known(self, value: Operand) -> float | None:
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

    def make(self, op: str, /, *operands: Operand, **params: Any) -> Handle:
        """The node of an operation, as it is."""
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
            return self.make("outer", *(handles if parts[0] == right[0] else handles[::-1]))
        if len(right) == 2:
            order = (0, 1) if right[0] in parts[0] else (1, 0)
        else:
            order = (0, 1) if len(parts[0]) >= len(parts[1]) else (1, 0)
        first, second = order
        joint = shared.pop()
        one, two = handles[first], handles[second]
        if len(parts[first]) == 2 and parts[first][0] == joint:
            one = self.make("transpose", one, axes=None)
        if len(parts[second]) == 2 and parts[second][1] == joint:
            two = self.make("transpose", two, axes=None)
        return self.make("matmul", one, two)

    def shape(self, value: Operand) -> Shape:
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

    def spread(self, value: Operand, shape: Shape) -> Handle:
        """A value in full shape."""
        handle = self.handle(value)
        return handle if self.shape(handle) == shape else self.make("broadcast_to", handle, shape=shape)

    def number(self, value: int, shape: Shape) -> Handle:
        """A whole number in every entry."""
        return self.spread(value, shape)

    def add(self, left: Operand, right: Operand) -> Handle:
        if self.known(left) == 0:
            return self.handle(right)
        if self.known(right) == 0:
            return self.handle(left)
        return self.make("add", left, right)

    def sub(self, left: Operand, right: Operand) -> Handle:
        if self.known(right) == 0:
            return self.handle(left)
        one, two = self.known(left), self.known(right)
        if one is not None and two is not None and one.is_integer() and two.is_integer():
            return self.handle(one - two)
        return self.make("sub", left, right)

    def mul(self, left: Operand, right: Operand) -> Handle:
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
        return self.make("mul", left, right)

    def div(self, left: Operand, right: Operand) -> Handle:
        if self.known(right) == 1:
            return self.handle(left)
        one, two = self.known(left), self.known(right)
        if one is not None and two is not None and two > 0 and (one / two) * two == one and math.log2(two).is_integer():
            return self.handle(one / two)  # a quotient by a power of two is exact
        return self.make("div", left, right)

    def power(self, base: Operand, exponent: Operand) -> Handle:
        if self.known(exponent) == 1:
            return self.handle(base)
        if self.known(exponent) == 0:
            return self.handle(1)
        return self.make("power", base, exponent)

    def equal(self, left: Operand, right: Operand) -> Handle:
        one, two = self.known(left), self.known(right)
        return self.handle(int(one == two)) if one is not None and two is not None else self.make("equal", left, right)

    def where(self, condition: Operand, then: Operand, other: Operand) -> Handle:
        known = self.known(condition)
        return self.make("where", condition, then, other) if known is None else self.handle(then if known else other)

    def neg(self, value: Operand) -> Handle:
        number = self.known(value)
        return self.handle(-number) if number is not None else self.make("neg", value)

    def __getattr__(self, op: str) -> Callable[..., Handle]:
        if op.startswith("_"):
            raise AttributeError(op)
        return lambda *operands, **params: self.make(op, *operands, **params)


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
