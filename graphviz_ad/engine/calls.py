"""One node as NumPy calls that write into a given buffer, and the rearrangements that need no call at all.

Every function here does what the operation's kernel does, in the same order of roundings wherever NumPy allows it, without
memory of its own. What has no entry runs through the general kernel.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np  # noqa: TID253 - see program

from ..primitives.array_record import axis_list
from ..primitives.call import Shape
from ..primitives.kernels import numpy as kernels
from ..primitives.registry import OPERATIONS
from .arrays import node_value

if TYPE_CHECKING:
    from ..graph.structure import Graph
    from ..primitives.types import Array, Numbers

Call = Callable[[], Any]

#: fewer entries than this along the last axis are reduced column by column, which NumPy does many times faster
NARROW = 8
#: from this many rows on, columns are added up as a product with ones
LONG = 32


class Instruction(NamedTuple):
    """A node with the places of its operands and of its result; ``known`` tells operands that will never change."""

    graph: Graph
    handle: int
    operands: tuple[Array, ...]
    known: tuple[bool, ...]
    shapes: tuple[Shape, ...]
    out: Array

    @property
    def op(self) -> str:
        """The operation's name."""
        return self.graph.ops[self.handle]

    @property
    def params(self) -> dict[str, Any]:
        """Its static arguments."""
        params: Any = self.graph.params[self.handle]
        return dict(params) if params else {}


# ----------------------------------------------------------------------------------------------------------------- views


def alias(graph: Graph, handle: int) -> Callable[[Array, Shape], Array] | None:
    """How a node shows its first operand's memory in another shape; None for one that computes."""
    op = graph.ops[handle]
    params: Any = graph.params[handle]
    static = dict(params) if params else {}
    if op in ("copy", "stop_gradient"):
        return lambda array, shape: array
    if op == "transpose":
        return lambda array, shape: np.transpose(array, static["axes"])
    if op == "broadcast_to":
        return np.broadcast_to
    if op == "expand_dims":
        return lambda array, shape: array.reshape(shape) if array.flags.c_contiguous else np.expand_dims(array, static["axis"])
    if op == "einsum" and static["sizes"]:
        left, _, right = static["subscripts"].partition("->")
        distinct = len(set(left)) == len(left) and len(set(right)) == len(right)
        if "," not in left and "." not in left and distinct and set(left) <= set(right):
            order = [left.index(c) for c in right if c in left]
            spread = tuple(slice(None) if c in left else None for c in right)
            return lambda array, shape: np.broadcast_to(np.transpose(array, order)[spread], shape)
    return None


# ----------------------------------------------------------------------------------------------------------------- calls

#: operations whose calls may write their result over an operand of the same shape
OVERWRITES = frozenset("add sub mul div neg power square sqrt exp log tanh abs relu maximum minimum".split())


def emit(one: Instruction) -> list[Call]:
    """The calls that compute a node."""
    maker = _MAKERS.get(one.op)
    if maker is not None:
        calls = maker(one)
        if calls is not None:
            return calls
    if one.op in OPERATIONS:
        kernel = getattr(kernels, one.op)
        if isinstance(kernel, np.ufunc):
            return [partial(kernel, *_scalars(one), out=one.out)]
    return [_general(one)]


def _general(one: Instruction) -> Call:
    """Any operation of the vocabulary, by its kernel; the result is copied into the buffer."""
    operands = one.graph.operands[one.handle]
    values: list[Numbers | None] = [None] * len(one.graph.ops)

    def call() -> None:
        for handle, array in zip(operands, one.operands, strict=True):
            values[handle] = array.item() if array.ndim == 0 else array
        np.copyto(one.out, node_value(one.graph, one.handle, values, one.shapes))

    return call


def _scalars(one: Instruction) -> tuple[Array, ...]:
    """Operands of an elementwise call: a known array of equal entries is one number."""
    return tuple(_uniform(array) if known else array for array, known in zip(one.operands, one.known, strict=True))


def _uniform(array: Array) -> Array:
    if array.ndim and array.size and array.dtype == float and (array == array.flat[0]).all():
        return np.array(array.flat[0])
    return array


def _relu(one: Instruction) -> list[Call]:
    return [partial(np.maximum, one.operands[0], np.array(0.0), out=one.out)]


def _heaviside(one: Instruction) -> list[Call] | None:
    x, at_zero = one.operands
    if one.known[1] and at_zero.ndim == 0 and at_zero == 0.0:
        return [partial(np.greater, x, np.array(0.0), out=one.out)]
    return None


def _power(one: Instruction) -> list[Call] | None:
    base, exponent = one.operands
    if one.known[1] and exponent.ndim == 0 and exponent == 2.0:
        return [partial(np.square, base, out=one.out)]
    return None


def _sigmoid(one: Instruction) -> list[Call]:
    """1/(1 + exp(-x)) as the kernel forms it: t = exp(-|x|), then (1 or t)/(1 + t)."""
    x, out, t = one.operands[0], one.out, np.empty(one.out.shape)
    positive = np.empty(one.out.shape, dtype=bool)
    zero, unit = np.array(0.0), np.array(1.0)
    return [
        partial(np.greater_equal, x, zero, out=positive),
        partial(np.abs, x, out=t),
        partial(np.negative, t, out=t),
        partial(np.exp, t, out=t),
        partial(np.copyto, out, t),
        partial(np.copyto, out, unit, where=positive),
        partial(np.add, t, unit, out=t),
        partial(np.true_divide, out, t, out=out),
    ]


def _softplus(one: Instruction) -> list[Call]:
    """max(x, 0) + log(1 + exp(-|x|))."""
    x, out, t = one.operands[0], one.out, np.empty(one.out.shape)
    return [
        partial(np.abs, x, out=t),
        partial(np.negative, t, out=t),
        partial(np.exp, t, out=t),
        partial(np.log1p, t, out=t),
        partial(np.maximum, x, np.array(0.0), out=out),
        partial(np.add, out, t, out=out),
    ]


def _where(one: Instruction) -> list[Call]:
    condition, then, other = one.operands
    if condition.dtype != bool:
        return [_general(one)]
    return [partial(np.copyto, one.out, other), partial(np.copyto, one.out, then, where=condition)]


def _matmul(one: Instruction) -> list[Call]:
    return [partial(np.matmul, *one.operands, out=one.out)]


def _reduction(ufunc: np.ufunc, divide: bool = False) -> Callable[[Instruction], list[Call] | None]:
    def make(one: Instruction) -> list[Call] | None:
        (x,) = one.operands
        axes = axis_list(one.params["axis"], x.ndim)
        keep = bool(one.params["keepdims"])
        if x.dtype != float or x.size == 0:
            return None
        calls: list[Call]
        if axes == (x.ndim - 1,) and x.ndim > 1 and 2 <= x.shape[-1] < NARROW:
            columns = [x[..., k] for k in range(x.shape[-1])]
            target = one.out[..., 0] if keep else one.out
            calls = [partial(ufunc, columns[0], columns[1], out=target)]
            calls += [partial(ufunc, target, column, out=target) for column in columns[2:]]
        elif axes == tuple(range(x.ndim)) and not keep and x.flags.c_contiguous:
            calls = [partial(ufunc.reduce, x.reshape(-1), out=one.out)]
        elif ufunc is np.add and axes == (0,) and x.ndim == 2 and x.shape[0] >= LONG and not keep:
            calls = [partial(np.matmul, np.ones(x.shape[0]), x, out=one.out)]
        else:
            calls = [partial(ufunc.reduce, x, axis=axes if len(axes) != 1 else axes[0], out=one.out, keepdims=keep)]
        if divide:
            count = 1
            for axis in axes:
                count *= x.shape[axis]
            calls.append(partial(np.true_divide, one.out, np.array(float(count)), out=one.out))
        return calls

    return make


def _places(labels: Array, known: bool, rows: int, columns: int) -> tuple[Array, list[Call]]:
    """Labels as places in a table laid out in rows, and the call that keeps them up to date."""
    if not ((labels >= 0) & (labels < columns)).all():
        raise IndexError(f"labels run from 0 to {columns - 1}")
    starts = np.arange(rows, dtype=np.intp) * columns
    places = starts + labels.astype(np.intp)
    return places, [] if known else [partial(np.add, starts, labels, out=places, casting="unsafe")]


def _pick(one: Instruction) -> list[Call] | None:
    table, labels = one.operands
    if table.ndim != 2 or labels.ndim != 1 or not table.flags.c_contiguous or table.dtype != float:
        return None
    places, update = _places(labels, one.known[1], *table.shape)
    return [*update, partial(np.take, table.reshape(-1), places, out=one.out, mode="clip")]


def _scatter(one: Instruction) -> list[Call] | None:
    if one.params["op"] != "pick" or len(one.params["shape"]) != 2 or not one.out.flags.c_contiguous:
        return None
    places, update = _places(one.operands[1], one.known[1], *one.params["shape"])
    amounts, flat = one.operands[0], one.out.reshape(-1)

    def put() -> None:
        one.out.fill(0.0)
        flat[places] = amounts

    return [*update, put]


_MAKERS: dict[str, Callable[[Instruction], list[Call] | None]] = {
    "relu": _relu,
    "heaviside": _heaviside,
    "power": _power,
    "sigmoid": _sigmoid,
    "softplus": _softplus,
    "where": _where,
    "matmul": _matmul,
    "sum": _reduction(np.add),
    "mean": _reduction(np.add, divide=True),
    "max": _reduction(np.maximum),
    "min": _reduction(np.minimum),
    "pick": _pick,
    "scatter": _scatter,
}
