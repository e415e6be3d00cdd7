"""Running operations with rules of their own: sums, products and log-sums of exponentials along an axis."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .array_record import ArrayOperation, axis_list, size_of
from .call import Call, Shape

if TYPE_CHECKING:
    from .types import ArrayKernels, Kernels, Numbers, V


def running_shape(call: Call) -> Shape:
    """The operand's shape; a row of all entries without an axis."""
    shape, axis = call.shapes[0], call.params["axis"]
    if axis is None:
        return (size_of(shape),)
    axis_list(axis, len(shape))
    return shape


def _row(k: Kernels[V], call: Call, x: V) -> tuple[V, int, Shape]:
    """The operand with its running axis made last: the array, the axis (-1: flattened), its shape."""
    shape, axis = call.shapes[0], call.params["axis"]
    if axis is None:
        return k.reshape(x, shape=(size_of(shape),)), -1, (size_of(shape),)
    place = axis_list(axis, len(shape))[0]
    if place == len(shape) - 1:
        return x, place, shape
    return k.moveaxis(x, source=place, destination=-1), place, (*shape[:place], *shape[place + 1 :], shape[place])


def _unrow(k: Kernels[V], call: Call, x: V, place: int) -> V:
    """The inverse of :func:`_row`, for something of the operand's shape."""
    shape = call.shapes[0]
    if place < 0:
        return k.reshape(x, shape=shape)
    return x if place == len(shape) - 1 else k.moveaxis(x, source=-1, destination=place)


def _upstream_row(k: Kernels[V], call: Call, upstream: V) -> V:
    """Something of the result's shape with its running axis made last."""
    if call.params["axis"] is None:
        return upstream
    place = axis_list(call.params["axis"], len(call.shapes[0]))[0]
    return upstream if place == len(call.shapes[0]) - 1 else k.moveaxis(upstream, source=place, destination=-1)


def _result_row(k: Kernels[V], call: Call, x: V, place: int) -> V:
    """Something with the running axis last, in the result's shape."""
    return x if place < 0 or place == len(call.shape) - 1 else k.moveaxis(x, source=-1, destination=place)


def _cumsum(k: ArrayKernels, call: Call, x: Numbers) -> Numbers:
    import numpy as np

    return np.cumsum(np.asarray(x), axis=call.params["axis"])


def _cumsum_pull(k: Kernels[V], call: Call, position: int, upstream: V, operands: tuple[V, ...], out: V) -> V:
    axis = -1 if call.params["axis"] is None else call.params["axis"]
    turned = k.flip(k.cumsum(k.flip(upstream, axis=axis), axis=axis), axis=axis)
    return k.reshape(turned, shape=call.shapes[0]) if call.params["axis"] is None else turned


def _cumsum_push(k: Kernels[V], call: Call, position: int, tangent: V, operands: tuple[V, ...], out: V) -> V:
    return k.cumsum(tangent, **call.params)


def _cumprod(k: ArrayKernels, call: Call, x: Numbers) -> Numbers:
    import numpy as np

    return np.cumprod(np.asarray(x), axis=call.params["axis"])


def _cumprod_slopes(k: Kernels[V], call: Call, x: V) -> tuple[V, int]:
    """d(result i)/d(entry j) along the last axes (..., j, i), from products that leave entry j out."""
    row, place, shape = _row(k, call, x)
    count = shape[-1]
    cell = k.eye(n=count, m=None)
    left_out = k.where(k.equal(cell, 1), 1, k.expand_dims(row, axis=-2))
    return k.triu(k.cumprod(left_out, axis=-1), k=0), place


def _cumprod_pull(k: Kernels[V], call: Call, position: int, upstream: V, operands: tuple[V, ...], out: V) -> V:
    slopes, place = _cumprod_slopes(k, call, operands[0])
    return _unrow(k, call, k.einsum(slopes, _upstream_row(k, call, upstream), subscripts="...ji,...i->...j"), place)


def _cumprod_push(k: Kernels[V], call: Call, position: int, tangent: V, operands: tuple[V, ...], out: V) -> V:
    slopes, place = _cumprod_slopes(k, call, operands[0])
    return _result_row(k, call, k.einsum(slopes, _row(k, call, tangent)[0], subscripts="...ji,...j->...i"), place)


def _logcumsumexp(k: ArrayKernels, call: Call, x: Numbers) -> Numbers:
    import numpy as np

    row, place, shape = _row(k, call, np.asarray(x))
    if not shape[-1]:
        return x
    row = np.asarray(row)
    columns = [row[..., 0]]
    for position in range(1, shape[-1]):
        columns.append(k.logaddexp(columns[-1], row[..., position]))
    return _result_row(k, call, np.stack([np.asarray(one) for one in columns], axis=-1), place)


def _logcumsumexp_slopes(k: Kernels[V], call: Call, x: V, out: V) -> tuple[V, int]:
    row, place, shape = _row(k, call, x)
    gap = k.expand_dims(row, axis=-1) - k.expand_dims(_upstream_row(k, call, out), axis=-2)
    inside = k.equal(k.triu(k.ones(shape=(shape[-1], shape[-1])), k=0), 1)
    return k.where(inside, k.exp(k.where(inside, gap, 0)), 0), place


def _logcumsumexp_pull(k: Kernels[V], call: Call, position: int, upstream: V, operands: tuple[V, ...], out: V) -> V:
    slopes, place = _logcumsumexp_slopes(k, call, operands[0], out)
    return _unrow(k, call, k.einsum(slopes, _upstream_row(k, call, upstream), subscripts="...ji,...i->...j"), place)


def _logcumsumexp_push(k: Kernels[V], call: Call, position: int, tangent: V, operands: tuple[V, ...], out: V) -> V:
    slopes, place = _logcumsumexp_slopes(k, call, operands[0], out)
    return _result_row(k, call, k.einsum(slopes, _row(k, call, tangent)[0], subscripts="...ji,...j->...i"), place)


RECORDS: tuple[ArrayOperation, ...] = (
    ArrayOperation(
        "cumsum", "explicit", ("x",), ("axis=None",), "running sum", running_shape, _cumsum, _cumsum_push, _cumsum_pull, linear=True,
        batched="axis",
    ),
    ArrayOperation(
        "cumprod", "explicit", ("x",), ("axis=None",), "running product", running_shape, _cumprod, _cumprod_push, _cumprod_pull,
        batched="axis",
    ),
    ArrayOperation(
        "logcumsumexp", "explicit", ("x",), ("axis=None",), "logarithm of the running sum of exponentials", running_shape, _logcumsumexp,
        _logcumsumexp_push, _logcumsumexp_pull, batched="axis",
    ),
)  # fmt: skip
