"""Norms of vectors and matrices, with slopes that are 0 where the norm is, and ties of an extreme shared."""

from __future__ import annotations

from typing import Any

from .array_record import ArrayOperation, Call, Misfit, Shape, axis_list, reduced


def _axes(call: Call) -> Shape:
    return axis_list(call.params["axis"], len(call.shapes[0]))


def _kept(call: Call) -> Shape:
    """The result's shape with the reduced axes at size 1."""
    return reduced(call.shapes[0], call.params["axis"], True)


def _norm_shape(call: Call) -> Shape:
    order, shape = call.params["ord"], call.shapes[0]
    if order not in (None, 1, 2, "fro", "inf", "-inf") and (isinstance(order, str) or order <= 0):
        raise Misfit(f"has no order {order}; there are 1, 2, p, inf and 'fro'")
    if order in (1, 2, "inf", "-inf") and _matrix_norm(call):
        if order == 2:
            raise Misfit("of order 2 of a matrix is max(svdvals(X)); 'fro' is the root of the sum of squares")
    elif call.params["axis"] is None and len(shape) > 2 and order not in (None, "fro"):
        raise Misfit("of an array of three or more axes needs an axis")
    return reduced(call.shapes[0], call.params["axis"], bool(call.params["keepdims"]))


def _matrix_norm(call: Call) -> bool:
    return len(_axes(call)) == 2 and call.params["ord"] not in (None, "fro")


def _norm(k: Any, call: Call, x: Any) -> Any:
    import numpy as np

    x = np.asarray(x)
    if call.params["ord"] in (None, "fro", 2):
        # scaled by a power of two near the largest entry: squares neither overflow nor vanish
        return np.asarray(k.length(x, _axes(call))).reshape(call.shape)
    return np.asarray(_other_norm(k, call, np.abs(x))).reshape(call.shape)


def _other_norm(k: Any, call: Call, size: Any) -> Any:
    """The norms that are no square root of squares, from the sizes of the entries."""
    import numpy as np

    order, axes = call.params["ord"], _axes(call)
    if _matrix_norm(call):
        inner, outer = axes if order == 1 else axes[::-1]
        sums = np.sum(size, axis=inner, keepdims=True)
        return (np.max if order != "-inf" else np.min)(sums, axis=outer, keepdims=True)
    if order == 1:
        return np.sum(size, axis=axes)
    if order in ("inf", "-inf"):
        return (np.max if order == "inf" else np.min)(size, axis=axes)
    return k.power(np.sum(np.asarray(k.power(size, order)), axis=axes), k.div(1, order))


def _norm_slopes(k: Any, call: Call, x: Any, out: Any) -> Any:
    """d(norm)/d(entry); 0 where the norm is 0 (a subgradient), ties of an extreme shared."""
    order, axes = call.params["ord"], _axes(call)
    full = k.reshape(out, shape=_kept(call))
    if order in (None, "fro", 2):
        some = k.not_equal(full, 0)
        return k.where(some, k.div(x, k.where(some, full, 1)), 0)
    size = k.abs(x)
    if _matrix_norm(call):
        inner, outer = axes if order == 1 else axes[::-1]
        sums = k.sum(size, axis=inner, keepdims=True)
        won = k.where(k.equal(sums, full), 1, 0)
        return k.sign(x) * k.div(won, k.sum(won, axis=outer, keepdims=True))
    if order == 1:
        return k.sign(x)
    if order in ("inf", "-inf"):
        won = k.where(k.equal(size, full), 1, 0)
        return k.sign(x) * k.div(won, k.sum(won, axis=axes, keepdims=True))
    some = k.not_equal(full, 0)
    return k.where(some, k.sign(x) * k.power(k.div(size, k.where(some, full, 1)), k.sub(order, 1)), 0)


def _norm_pull(k: Any, call: Call, position: int, upstream: Any, operands: tuple[Any, ...], out: Any) -> Any:
    return _norm_slopes(k, call, operands[0], out) * k.reshape(upstream, shape=_kept(call))


def _norm_push(k: Any, call: Call, position: int, tangent: Any, operands: tuple[Any, ...], out: Any) -> Any:
    slopes = _norm_slopes(k, call, operands[0], out)
    return k.sum(slopes * tangent, axis=call.params["axis"], keepdims=call.params["keepdims"])


RECORDS: tuple[ArrayOperation, ...] = (
    ArrayOperation(
        "norm",
        "explicit",
        ("x",),
        ("ord=None", "axis=None", "keepdims=False"),
        "length: of order 2 (fro), 1, p or inf",
        _norm_shape,
        _norm,
        _norm_push,
        _norm_pull,
        kink="0 where the norm is 0; equal extremes share the gradient",
        batched="axis",
    ),
)
