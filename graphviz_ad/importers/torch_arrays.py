"""PyTorch's changes of shape, indexing, joining and filled arrays."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING

from .reading import Reading
from .torch_table import Table

if TYPE_CHECKING:
    from .reading import Axes, Result, Translation
    from .stand_ins import Operand, Part, Traced

OPERATIONS = Table()
_operation = OPERATIONS.enter


@_operation("t", "numpy_T", "mT")
def _t(r: Reading, x: Traced) -> Traced:
    return x if len(x.shape) < 2 else r.call("swapaxes", (x, -1, -2), {})


@_operation("transpose", "swapaxes")
def _transpose(r: Reading, x: Operand, first: int, second: int) -> Traced:
    return r.call("swapaxes", (x, first, second), {})


@_operation("permute")
def _permute(r: Reading, x: Traced, axes: Sequence[int]) -> Traced:
    return r.call("transpose", (x, tuple(axis % len(x.shape) for axis in axes)), {})


@_operation("view", "reshape", "_unsafe_view")
def _reshape(r: Reading, x: Operand, shape: Sequence[int]) -> Traced:
    return r.call("reshape", (x, tuple(shape)), {})


@_operation("flatten")
def _flatten(r: Reading, x: Traced, start: int = 0, end: int = -1) -> Traced:
    shape = x.shape or (1,)
    start, end = start % len(shape), end % len(shape)
    return r.call("reshape", (x, (*shape[:start], math.prod(shape[start : end + 1]), *shape[end + 1 :])), {})


@_operation("unsqueeze")
def _unsqueeze(r: Reading, x: Operand, axis: int) -> Traced:
    return r.call("expand_dims", (x, axis), {})


@_operation("squeeze")
def _squeeze(r: Reading, x: Traced, dims: Axes = None) -> Traced:
    chosen = range(len(x.shape)) if dims is None else dims if isinstance(dims, (list, tuple)) else [dims]
    gone = {axis % len(x.shape) for axis in chosen if x.shape[axis] == 1} if x.shape else set()
    return r.call("reshape", (x, tuple(size for axis, size in enumerate(x.shape) if axis not in gone)), {}) if gone else x


@_operation("expand", "broadcast_to")
def _expand(r: Reading, x: Traced, shape: Sequence[int], *_: object) -> Traced:
    own = (1,) * (len(shape) - len(x.shape)) + tuple(x.shape)
    return r.call("broadcast_to", (x, tuple(have if want == -1 else want for have, want in zip(own, shape, strict=True))), {})


@_operation("broadcast_tensors")
def _broadcast(r: Reading, tensors: Sequence[Traced]) -> list[Operand]:
    import numpy as np

    shape = np.broadcast_shapes(*(one.shape for one in tensors))
    return [one if one.shape == shape else r.call("broadcast_to", (one, shape), {}) for one in tensors]


@_operation("cat", "concat")
def _cat(r: Reading, tensors: Sequence[Operand], axis: int = 0) -> Traced:
    return r.call("concatenate", (list(tensors),), {"axis": axis})


@_operation("stack")
def _stack(r: Reading, tensors: Sequence[Operand], axis: int = 0) -> Traced:
    return r.call("stack", (list(tensors),), {"axis": axis})


def _cut(x: Traced, axis: int, part: Part) -> Traced:
    return x[(slice(None),) * (axis % len(x.shape)) + (part,)]


@_operation("slice")
def _slice(r: Reading, x: Traced, axis: int = 0, start: int | None = None, end: int | None = None, step: int = 1) -> Traced:
    size = x.shape[axis]
    if not start and (end is None or end >= size) and step == 1:
        return x
    return _cut(x, axis, slice(start or None, None if end is None or end >= size else end, None if step == 1 else step))


@_operation("select")
def _select(r: Reading, x: Traced, axis: int, place: int) -> Traced:
    return _cut(x, axis, place)


@_operation("chunk")
def _chunk(r: Reading, x: Traced, count: int, axis: int = 0) -> tuple[Traced, ...]:
    return _split(r, x, -(-x.shape[axis] // count), axis)


@_operation("split", "split_with_sizes")
def _split(r: Reading, x: Traced, sizes: int | Sequence[int], axis: int = 0) -> tuple[Traced, ...]:
    whole = x.shape[axis]
    if isinstance(sizes, int):
        sizes = [min(sizes, whole - start) for start in range(0, whole, sizes)]
    starts = [sum(sizes[:number]) for number in range(len(sizes))]
    return tuple(_cut(x, axis, slice(start, start + size)) for start, size in zip(starts, sizes, strict=True))


@_operation("unbind")
def _unbind(r: Reading, x: Traced, axis: int = 0) -> tuple[Traced, ...]:
    return tuple(_cut(x, axis, place) for place in range(x.shape[axis]))


@_operation("index")
def _index(r: Reading, x: Traced, places: Sequence[Traced | None]) -> Traced:
    return x[tuple(slice(None) if place is None else place for place in places)]


@_operation("index_select")
def _index_select(r: Reading, x: Operand, axis: int, places: Operand) -> Traced:
    return r.call("take", (x, places), {"axis": axis})


@_operation("gather")
def _gather(r: Reading, x: Operand, axis: int, places: Operand, *_: object) -> Traced:
    return r.call("take_along_axis", (x, places, axis), {})


@_operation("embedding")
def _embedding(r: Reading, weight: Operand, places: Operand, *_: object) -> Traced:
    return r.call("take", (weight, places), {"axis": 0})


@_operation("flip")
def _flip(r: Reading, x: Traced, axes: Sequence[int]) -> Traced:
    for axis in axes:
        x = r.call("flip", (x,), {"axis": axis})
    return x


@_operation("tril")
def _tril(r: Reading, x: Operand, k: int = 0) -> Traced:
    return r.call("tril", (x,), {"k": k})


@_operation("triu")
def _triu(r: Reading, x: Operand, k: int = 0) -> Traced:
    return r.call("triu", (x,), {"k": k})


@_operation("constant_pad_nd", "pad")
def _pad(r: Reading, x: Traced, widths: Sequence[int], mode: str | int = 0, value: float | None = 0) -> Traced:
    if mode not in (0, "constant") or value:
        raise NotImplementedError("only zeros")
    pairs = [(widths[place], widths[place + 1]) for place in range(0, len(widths), 2)][::-1]
    return r.call("pad", (x, ((0, 0),) * (len(x.shape) - len(pairs)) + tuple(pairs)), {})


@_operation("where")
def _where(r: Reading, condition: Operand, then: Operand, other: Operand) -> Traced:
    return r.call("where", (condition, then, other), {})


@_operation("masked_fill")
def _masked_fill(r: Reading, x: Operand, mask: Operand, value: Operand) -> Traced:
    return r.call("where", (mask, value, x), {})


@_operation("einsum")
def _einsum(r: Reading, subscripts: str, operands: Sequence[Operand], *_: object) -> Traced:
    return r.call("einsum", (subscripts, *operands), {})


def _filled(value: float) -> Translation:
    import numpy as np

    return lambda r, shape, *_: r.array(np.full(tuple(shape.shape if hasattr(shape, "shape") else shape), value))


OPERATIONS |= {"zeros": _filled(0.0), "ones": _filled(1.0), "zeros_like": _filled(0.0), "ones_like": _filled(1.0)}


@_operation("full", "full_like")
def _full(r: Reading, shape: Traced | Sequence[int], value: float, *_: object) -> Result:
    return _filled(value)(r, shape)


@_operation("scalar_tensor", "lift_fresh")
def _scalar(r: Reading, value: Operand, *_: object) -> Operand:
    return value


@_operation("arange.default")
def _arange(r: Reading, end: float, *_: object) -> Operand:
    import numpy as np

    return r.array(np.arange(end))
