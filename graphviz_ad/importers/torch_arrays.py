"""PyTorch's changes of shape, indexing, joining and filled arrays."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Any

from .reading import Reading
from .torch_table import Table

OPERATIONS = Table()
_operation = OPERATIONS.enter


@_operation("t", "numpy_T", "mT")
def _t(r: Reading, x: Any) -> Any:
    return x if len(x.shape) < 2 else r.call("swapaxes", (x, -1, -2), {})


@_operation("transpose", "swapaxes")
def _transpose(r: Reading, x: Any, first: int, second: int) -> Any:
    return r.call("swapaxes", (x, first, second), {})


@_operation("permute")
def _permute(r: Reading, x: Any, axes: Sequence[int]) -> Any:
    return r.call("transpose", (x, tuple(axis % len(x.shape) for axis in axes)), {})


@_operation("view", "reshape", "_unsafe_view")
def _reshape(r: Reading, x: Any, shape: Any) -> Any:
    return r.call("reshape", (x, tuple(shape)), {})


@_operation("flatten")
def _flatten(r: Reading, x: Any, start: int = 0, end: int = -1) -> Any:
    shape = x.shape or (1,)
    start, end = start % len(shape), end % len(shape)
    return r.call("reshape", (x, (*shape[:start], math.prod(shape[start : end + 1]), *shape[end + 1 :])), {})


@_operation("unsqueeze")
def _unsqueeze(r: Reading, x: Any, axis: int) -> Any:
    return r.call("expand_dims", (x, axis), {})


@_operation("squeeze")
def _squeeze(r: Reading, x: Any, dims: Any = None) -> Any:
    chosen = range(len(x.shape)) if dims is None else dims if isinstance(dims, (list, tuple)) else [dims]
    gone = {axis % len(x.shape) for axis in chosen if x.shape[axis] == 1} if x.shape else set()
    return r.call("reshape", (x, tuple(size for axis, size in enumerate(x.shape) if axis not in gone)), {}) if gone else x


@_operation("expand", "broadcast_to")
def _expand(r: Reading, x: Any, shape: Sequence[int], *_: Any) -> Any:
    own = (1,) * (len(shape) - len(x.shape)) + tuple(x.shape)
    return r.call("broadcast_to", (x, tuple(have if want == -1 else want for have, want in zip(own, shape, strict=True))), {})


@_operation("broadcast_tensors")
def _broadcast(r: Reading, tensors: Sequence[Any]) -> Any:
    import numpy as np

    shape = np.broadcast_shapes(*(one.shape for one in tensors))
    return [one if one.shape == shape else r.call("broadcast_to", (one, shape), {}) for one in tensors]


@_operation("cat", "concat")
def _cat(r: Reading, tensors: Sequence[Any], axis: int = 0) -> Any:
    return r.call("concatenate", (list(tensors),), {"axis": axis})


@_operation("stack")
def _stack(r: Reading, tensors: Sequence[Any], axis: int = 0) -> Any:
    return r.call("stack", (list(tensors),), {"axis": axis})


def _cut(x: Any, axis: int, part: Any) -> Any:
    return x[(slice(None),) * (axis % len(x.shape)) + (part,)]


@_operation("slice")
def _slice(r: Reading, x: Any, axis: int = 0, start: Any = None, end: Any = None, step: int = 1) -> Any:
    size = x.shape[axis]
    if not start and (end is None or end >= size) and step == 1:
        return x
    return _cut(x, axis, slice(start or None, None if end is None or end >= size else end, None if step == 1 else step))


@_operation("select")
def _select(r: Reading, x: Any, axis: int, place: int) -> Any:
    return _cut(x, axis, place)


@_operation("chunk")
def _chunk(r: Reading, x: Any, count: int, axis: int = 0) -> Any:
    return _split(r, x, -(-x.shape[axis] // count), axis)


@_operation("split", "split_with_sizes")
def _split(r: Reading, x: Any, sizes: Any, axis: int = 0) -> Any:
    whole = x.shape[axis]
    if isinstance(sizes, int):
        sizes = [min(sizes, whole - start) for start in range(0, whole, sizes)]
    starts = [sum(sizes[:number]) for number in range(len(sizes))]
    return tuple(_cut(x, axis, slice(start, start + size)) for start, size in zip(starts, sizes, strict=True))


@_operation("unbind")
def _unbind(r: Reading, x: Any, axis: int = 0) -> Any:
    return tuple(_cut(x, axis, place) for place in range(x.shape[axis]))


@_operation("index")
def _index(r: Reading, x: Any, places: Sequence[Any]) -> Any:
    return x[tuple(slice(None) if place is None else place for place in places)]


@_operation("index_select")
def _index_select(r: Reading, x: Any, axis: int, places: Any) -> Any:
    return r.call("take", (x, places), {"axis": axis})


@_operation("gather")
def _gather(r: Reading, x: Any, axis: int, places: Any, *_: Any) -> Any:
    return r.call("take_along_axis", (x, places, axis), {})


@_operation("embedding")
def _embedding(r: Reading, weight: Any, places: Any, *_: Any) -> Any:
    return r.call("take", (weight, places), {"axis": 0})


@_operation("flip")
def _flip(r: Reading, x: Any, axes: Sequence[int]) -> Any:
    for axis in axes:
        x = r.call("flip", (x,), {"axis": axis})
    return x


@_operation("tril")
def _tril(r: Reading, x: Any, k: int = 0) -> Any:
    return r.call("tril", (x,), {"k": k})


@_operation("triu")
def _triu(r: Reading, x: Any, k: int = 0) -> Any:
    return r.call("triu", (x,), {"k": k})


@_operation("constant_pad_nd", "pad")
def _pad(r: Reading, x: Any, widths: Sequence[int], mode: Any = 0, value: Any = 0) -> Any:
    if mode not in (0, "constant") or value:
        raise NotImplementedError("only zeros")
    pairs = [(widths[place], widths[place + 1]) for place in range(0, len(widths), 2)][::-1]
    return r.call("pad", (x, ((0, 0),) * (len(x.shape) - len(pairs)) + tuple(pairs)), {})


@_operation("where")
def _where(r: Reading, condition: Any, then: Any, other: Any) -> Any:
    return r.call("where", (condition, then, other), {})


@_operation("masked_fill")
def _masked_fill(r: Reading, x: Any, mask: Any, value: Any) -> Any:
    return r.call("where", (mask, value, x), {})


@_operation("einsum")
def _einsum(r: Reading, subscripts: str, operands: Sequence[Any], *_: Any) -> Any:
    return r.call("einsum", (subscripts, *operands), {})


def _filled(value: float) -> Callable[..., Any]:
    import numpy as np

    return lambda r, shape, *_: r.array(np.full(tuple(shape.shape if hasattr(shape, "shape") else shape), value))


OPERATIONS |= {"zeros": _filled(0.0), "ones": _filled(1.0), "zeros_like": _filled(0.0), "ones_like": _filled(1.0)}


@_operation("full", "full_like")
def _full(r: Reading, shape: Any, value: float, *_: Any) -> Any:
    return _filled(value)(r, shape)


@_operation("scalar_tensor", "lift_fresh")
def _scalar(r: Reading, value: Any, *_: Any) -> Any:
    return value


@_operation("arange.default")
def _arange(r: Reading, end: Any, *_: Any) -> Any:
    import numpy as np

    return r.array(np.arange(end))
