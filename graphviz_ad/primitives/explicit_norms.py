"""Norms of vectors and matrices, with slopes that are 0 where the norm is, and ties of an extreme shared."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .array_record import ArrayOperation, Misfit, axis_list, reduced
from .call import Call, Shape

if TYPE_CHECKING:
    from .types import Array, ArrayKernels, Kernels, Numbers, V


def _axes(call: Call) -> Shape:
    return axis_list(call.params["axis"], len(call.shapes[0]))


def _kept(call: Call) -> Shape:
    """The result's shape with the reduced axes at size 1."""
    return reduced(call.shapes[0], call.params["axis"], True)


#: the orders that a matrix has, as NumPy defines them: column sums, row sums, singular values
_MATRIX_ORDERS = (1, -1, 2, -2, "inf", "-inf", "nuc")


def _norm_shape(call: Call) -> Shape:
    order, shape = call.params["ord"], call.shapes[0]
    count = len(_axes(call))
    if isinstance(order, bool) or not (order in (None, "fro", "nuc", "inf", "-inf") or isinstance(order, (int, float))):
        raise Misfit(f"has no order {order}; there are 'fro', 'nuc', inf, -inf and numbers")
    if order is not None and count > 2:
        raise Misfit("of three or more axes needs an axis, or a pair of them")
    if count == 2 and order not in (None, "fro", *_MATRIX_ORDERS):
        raise Misfit(f"of a matrix has no order {order}; there are 1, -1, 2, -2, inf, -inf, 'fro' and 'nuc'")
    if count < 2 and order == "nuc":
        raise Misfit("of order 'nuc' is for matrices: it is the sum of the singular values")
    if _extreme(call) and 0 in tuple(shape[axis] for axis in _axes(call)):
        raise Misfit("needs at least one entry along the axis")
    return reduced(shape, call.params["axis"], bool(call.params["keepdims"]))


def _extreme(call: Call) -> bool:
    """Whether the norm picks an extreme."""
    return call.params["ord"] in (("inf", "-inf") if len(_axes(call)) < 2 else tuple(one for one in _MATRIX_ORDERS if one != "nuc"))


def _matrix_norm(call: Call) -> bool:
    """Whether it is the largest or smallest sum of columns or rows."""
    return len(_axes(call)) == 2 and call.params["ord"] in (1, -1, "inf", "-inf")


def _spectral(call: Call) -> bool:
    """Whether it is one of the singular values, or their sum."""
    return len(_axes(call)) == 2 and call.params["ord"] in (2, -2, "nuc")


def _summed_first(call: Call) -> tuple[int, int]:
    """The axis that is summed over and the one that the extreme is taken over. NumPy names them (rows, columns) in this order."""
    axis = call.params["axis"]
    rows, columns = _axes(call) if axis is None else (axis_list(one, len(call.shapes[0]))[0] for one in axis)
    return (rows, columns) if call.params["ord"] in (1, -1) else (columns, rows)


def _norm(k: ArrayKernels, call: Call, x: Numbers) -> Numbers:
    import numpy as np

    x = np.asarray(x)
    if _spectral(call):
        values = np.asarray(k.svdvals(_matrices(k, call, x)))
        order = call.params["ord"]
        return np.asarray((np.sum if order == "nuc" else np.max if order == 2 else np.min)(values, axis=-1)).reshape(call.shape)
    if call.params["ord"] in (None, "fro", 2):
        # scaled by a power of two near the largest entry: squares neither overflow nor vanish
        return np.asarray(k.length(x, _axes(call))).reshape(call.shape)
    return np.asarray(_other_norm(k, call, np.abs(x))).reshape(call.shape)


def _other_norm(k: ArrayKernels, call: Call, size: Array) -> Numbers:
    """The norms that are no square root of squares, from the sizes of the entries."""
    import numpy as np

    order, axes = call.params["ord"], _axes(call)
    if _matrix_norm(call):
        inner, outer = _summed_first(call)
        sums = np.sum(size, axis=inner, keepdims=True)
        return (np.max if order in (1, "inf") else np.min)(sums, axis=outer, keepdims=True)
    if order == 0:
        return np.sum(k.exact(np.where(np.asarray(size != 0), 1, 0)), axis=axes)
    if order == 1:
        return np.sum(size, axis=axes)
    if order in ("inf", "-inf"):
        return (np.max if order == "inf" else np.min)(size, axis=axes)
    return k.power(np.sum(np.asarray(k.power(size, order)), axis=axes), k.div(1, order))


def _matrices(k: Kernels[V], call: Call, x: V) -> V:
    """The operand with the two axes of the norm last."""
    axes, count = _axes(call), len(call.shapes[0])
    order = (*(axis for axis in range(count) if axis not in axes), *axes)
    return x if order == tuple(range(count)) else k.transpose(x, axes=order)


def _norm_slopes(k: Kernels[V], call: Call, x: V, out: V) -> V:
    """d(norm)/d(entry); 0 where the norm is 0 (a subgradient), ties of an extreme shared."""
    order, axes = call.params["ord"], _axes(call)
    full = k.reshape(out, shape=_kept(call))
    if _spectral(call):
        return _spectral_slopes(k, call, x)
    if order in (None, "fro", 2):
        some = k.not_equal(full, 0)
        return k.where(some, k.div(x, k.where(some, full, 1)), 0)
    size = k.abs(x)
    if _matrix_norm(call):
        inner, outer = _summed_first(call)
        sums = k.sum(size, axis=inner, keepdims=True)
        won = k.where(k.equal(sums, full), 1, 0)
        return k.sign(x) * k.div(won, k.sum(won, axis=outer, keepdims=True))
    if order == 0:
        return x * 0
    if order == 1:
        return k.sign(x)
    if order in ("inf", "-inf"):
        won = k.where(k.equal(size, full), 1, 0)
        return k.sign(x) * k.div(won, k.sum(won, axis=axes, keepdims=True))
    some = k.not_equal(full, 0)
    return k.where(some, k.sign(x) * k.power(k.div(size, k.where(some, full, 1)), k.sub(order, 1)), 0)


def _spectral_slopes(k: Kernels[V], call: Call, x: V) -> V:
    """Singular vectors u vᵀ of the values that count; a singular value 0 has slope 0 in the nuclear norm (a subgradient)."""
    matrices = _matrices(k, call, x)
    values, order = k.svdvals(matrices), call.params["ord"]
    if order == "nuc":
        weights = k.sign(values)
    else:
        extreme = (k.max if order == 2 else k.min)(values, axis=-1, keepdims=True)
        won = k.where(k.equal(values, extreme), 1, 0)
        weights = k.div(won, k.sum(won, axis=-1, keepdims=True))
    slopes = k.einsum(k.left_singular(matrices), weights, k.right_singular(matrices), subscripts="...ik,...k,...jk->...ij")
    axes, count = _axes(call), len(call.shapes[0])
    moved = (*(axis for axis in range(count) if axis not in axes), *axes)
    back = tuple(moved.index(axis) for axis in range(count))
    return slopes if back == tuple(range(count)) else k.transpose(slopes, axes=back)


def _norm_pull(k: Kernels[V], call: Call, position: int, upstream: V, operands: tuple[V, ...], out: V) -> V:
    return _norm_slopes(k, call, operands[0], out) * k.reshape(upstream, shape=_kept(call))


def _norm_push(k: Kernels[V], call: Call, position: int, tangent: V, operands: tuple[V, ...], out: V) -> V:
    slopes = _norm_slopes(k, call, operands[0], out)
    return k.sum(slopes * tangent, axis=call.params["axis"], keepdims=call.params["keepdims"])


RECORDS: tuple[ArrayOperation, ...] = (
    ArrayOperation(
        "norm",
        "explicit",
        ("x",),
        ("ord=None", "axis=None", "keepdims=False"),
        "length, as NumPy orders them: 1, 2, p, inf; of a matrix 'fro', 1, 2, inf, 'nuc'",
        _norm_shape,
        _norm,
        _norm_push,
        _norm_pull,
        kink="0 where the norm is 0; equal extremes share the gradient",
        batched="axis",
    ),
)
