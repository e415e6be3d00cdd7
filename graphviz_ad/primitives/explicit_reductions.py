"""Reductions and running operations with rules of their own: extremes, products, running sums, order, norms.

Ties of an extreme share the gradient equally, which is a subgradient.
"""

from __future__ import annotations

from typing import Any

from .array_record import ArrayOperation, Call, Misfit, Shape, axis_list, reduced, size_of
from .explicit_rearrangements import scatter


def _reduced_shape(call: Call) -> Shape:
    return reduced(call.shapes[0], call.params["axis"], bool(call.params["keepdims"]))


def _kept(call: Call) -> Shape:
    """The result's shape with the reduced axes at size 1."""
    return reduced(call.shapes[0], call.params["axis"], True)


def _axes(call: Call) -> Shape:
    return axis_list(call.params["axis"], len(call.shapes[0]))


# ------------------------------------------------------------------------------------------------------------- extremes


def _extreme_shape(call: Call) -> Shape:
    shape = call.shapes[0]
    if size_of(tuple(shape[axis] for axis in _axes(call))) == 0:
        raise Misfit("needs at least one entry along the axis")
    return _reduced_shape(call)


def _max(k: Any, call: Call, x: Any) -> Any:
    import numpy as np

    return np.max(np.asarray(x), axis=_axes(call), keepdims=bool(call.params["keepdims"]))


def _min(k: Any, call: Call, x: Any) -> Any:
    import numpy as np

    return np.min(np.asarray(x), axis=_axes(call), keepdims=bool(call.params["keepdims"]))


def _shares(k: Any, call: Call, x: Any, out: Any) -> Any:
    """1/m at each of the m entries that are extreme."""
    won = k.where(k.equal(x, k.reshape(out, shape=_kept(call))), 1, 0)
    return k.div(won, k.sum(won, axis=_axes(call), keepdims=True))


def _extreme_pull(k: Any, call: Call, position: int, upstream: Any, operands: tuple[Any, ...], out: Any) -> Any:
    return _shares(k, call, operands[0], out) * k.reshape(upstream, shape=_kept(call))


def _extreme_push(k: Any, call: Call, position: int, tangent: Any, operands: tuple[Any, ...], out: Any) -> Any:
    shares = _shares(k, call, operands[0], out)
    return k.sum(shares * tangent, axis=call.params["axis"], keepdims=call.params["keepdims"])


# ------------------------------------------------------------------------------------------------- products, running sums


def _last(k: Any, call: Call, x: Any) -> Any:
    """The operand with the reduced axes flattened to one last axis."""
    axes, shape = _axes(call), call.shapes[0]
    rest = tuple(axis for axis in range(len(shape)) if axis not in axes)
    moved = k.transpose(x, axes=(*rest, *axes)) if (*rest, *axes) != tuple(range(len(shape))) else x
    count = size_of(tuple(shape[axis] for axis in axes))
    return k.reshape(moved, shape=(*(shape[axis] for axis in rest), count))


def _back(k: Any, call: Call, x: Any) -> Any:
    """The inverse of :func:`_last`."""
    axes, shape = _axes(call), call.shapes[0]
    rest = tuple(axis for axis in range(len(shape)) if axis not in axes)
    order = (*rest, *axes)
    full = k.reshape(x, shape=tuple(shape[axis] for axis in order))
    back = tuple(order.index(axis) for axis in range(len(shape)))
    return full if back == tuple(range(len(shape))) else k.transpose(full, axes=back)


def _prod(k: Any, call: Call, x: Any) -> Any:
    import numpy as np

    return np.prod(np.asarray(x), axis=_axes(call), keepdims=bool(call.params["keepdims"]))


def _others(k: Any, call: Call, x: Any) -> Any:
    """Of every entry the product of all others along the axes: from both sides, so that zeros do no harm."""
    last = _last(k, call, x)
    axes, shape = _axes(call), call.shapes[0]
    count = size_of(tuple(shape[axis] for axis in axes))
    lead = tuple(size for axis, size in enumerate(shape) if axis not in axes)
    if count == 0:
        return x
    one = k.ones(shape=(*lead, 1))
    rest = (("rest",),)
    before = k.concatenate(one, k.cumprod(k.index(last, pattern=(*rest, ("cut", None, -1, None))), axis=-1), axis=-1)
    turned = k.flip(last, axis=-1)
    after = k.flip(k.concatenate(one, k.cumprod(k.index(turned, pattern=(*rest, ("cut", None, -1, None))), axis=-1), axis=-1), axis=-1)
    return _back(k, call, before * after)


def _prod_pull(k: Any, call: Call, position: int, upstream: Any, operands: tuple[Any, ...], out: Any) -> Any:
    return _others(k, call, operands[0]) * k.reshape(upstream, shape=_kept(call))


def _prod_push(k: Any, call: Call, position: int, tangent: Any, operands: tuple[Any, ...], out: Any) -> Any:
    return k.sum(_others(k, call, operands[0]) * tangent, axis=call.params["axis"], keepdims=call.params["keepdims"])


def _running_shape(call: Call) -> Shape:
    shape, axis = call.shapes[0], call.params["axis"]
    if axis is None:
        return (size_of(shape),)
    axis_list(axis, len(shape))
    return shape


def _row(k: Any, call: Call, x: Any) -> tuple[Any, int, Shape]:
    """The operand with its running axis made last: the array, the axis (-1: flattened), its shape."""
    shape, axis = call.shapes[0], call.params["axis"]
    if axis is None:
        return k.reshape(x, shape=(size_of(shape),)), -1, (size_of(shape),)
    place = axis_list(axis, len(shape))[0]
    if place == len(shape) - 1:
        return x, place, shape
    return k.moveaxis(x, source=place, destination=-1), place, (*shape[:place], *shape[place + 1 :], shape[place])


def _unrow(k: Any, call: Call, x: Any, place: int) -> Any:
    """The inverse of :func:`_row`, for something of the operand's shape."""
    shape = call.shapes[0]
    if place < 0:
        return k.reshape(x, shape=shape)
    return x if place == len(shape) - 1 else k.moveaxis(x, source=-1, destination=place)


def _upstream_row(k: Any, call: Call, upstream: Any) -> Any:
    """Something of the result's shape with its running axis made last."""
    if call.params["axis"] is None:
        return upstream
    place = axis_list(call.params["axis"], len(call.shapes[0]))[0]
    return upstream if place == len(call.shapes[0]) - 1 else k.moveaxis(upstream, source=place, destination=-1)


def _result_row(k: Any, call: Call, x: Any, place: int) -> Any:
    """Something with the running axis last, in the result's shape."""
    return x if place < 0 or place == len(call.shape) - 1 else k.moveaxis(x, source=-1, destination=place)


def _cumsum(k: Any, call: Call, x: Any) -> Any:
    import numpy as np

    return np.cumsum(np.asarray(x), axis=call.params["axis"])


def _cumsum_pull(k: Any, call: Call, position: int, upstream: Any, operands: tuple[Any, ...], out: Any) -> Any:
    axis = -1 if call.params["axis"] is None else call.params["axis"]
    turned = k.flip(k.cumsum(k.flip(upstream, axis=axis), axis=axis), axis=axis)
    return k.reshape(turned, shape=call.shapes[0]) if call.params["axis"] is None else turned


def _cumsum_push(k: Any, call: Call, position: int, tangent: Any, operands: tuple[Any, ...], out: Any) -> Any:
    return k.cumsum(tangent, **call.params)


def _cumprod(k: Any, call: Call, x: Any) -> Any:
    import numpy as np

    return np.cumprod(np.asarray(x), axis=call.params["axis"])


def _cumprod_slopes(k: Any, call: Call, x: Any) -> tuple[Any, int]:
    """d(result i)/d(entry j) along the last axes (..., j, i), from products that leave entry j out."""
    row, place, shape = _row(k, call, x)
    count = shape[-1]
    cell = k.eye(n=count, m=None)
    left_out = k.where(k.equal(cell, 1), 1, k.expand_dims(row, axis=-2))
    return k.triu(k.cumprod(left_out, axis=-1), k=0), place


def _cumprod_pull(k: Any, call: Call, position: int, upstream: Any, operands: tuple[Any, ...], out: Any) -> Any:
    slopes, place = _cumprod_slopes(k, call, operands[0])
    return _unrow(k, call, k.einsum(slopes, _upstream_row(k, call, upstream), subscripts="...ji,...i->...j"), place)


def _cumprod_push(k: Any, call: Call, position: int, tangent: Any, operands: tuple[Any, ...], out: Any) -> Any:
    slopes, place = _cumprod_slopes(k, call, operands[0])
    return _result_row(k, call, k.einsum(slopes, _row(k, call, tangent)[0], subscripts="...ji,...j->...i"), place)


def _logcumsumexp(k: Any, call: Call, x: Any) -> Any:
    import numpy as np

    row, place, shape = _row(k, call, np.asarray(x))
    if not shape[-1]:
        return x
    row = np.asarray(row)
    columns = [row[..., 0]]
    for position in range(1, shape[-1]):
        columns.append(k.logaddexp(columns[-1], row[..., position]))
    return _result_row(k, call, np.stack([np.asarray(one) for one in columns], axis=-1), place)


def _logcumsumexp_slopes(k: Any, call: Call, x: Any, out: Any) -> tuple[Any, int]:
    row, place, shape = _row(k, call, x)
    gap = k.expand_dims(row, axis=-1) - k.expand_dims(_upstream_row(k, call, out), axis=-2)
    inside = k.equal(k.triu(k.ones(shape=(shape[-1], shape[-1])), k=0), 1)
    return k.where(inside, k.exp(k.where(inside, gap, 0)), 0), place


def _logcumsumexp_pull(k: Any, call: Call, position: int, upstream: Any, operands: tuple[Any, ...], out: Any) -> Any:
    slopes, place = _logcumsumexp_slopes(k, call, operands[0], out)
    return _unrow(k, call, k.einsum(slopes, _upstream_row(k, call, upstream), subscripts="...ji,...i->...j"), place)


def _logcumsumexp_push(k: Any, call: Call, position: int, tangent: Any, operands: tuple[Any, ...], out: Any) -> Any:
    slopes, place = _logcumsumexp_slopes(k, call, operands[0], out)
    return _result_row(k, call, k.einsum(slopes, _row(k, call, tangent)[0], subscripts="...ji,...j->...i"), place)


# ---------------------------------------------------------------------------------------------------------------- order


def _sort(k: Any, call: Call, x: Any) -> Any:
    import numpy as np

    return np.sort(np.asarray(x), axis=call.params["axis"], kind="stable")


def _argsort(k: Any, call: Call, x: Any) -> Any:
    import numpy as np

    return np.argsort(np.asarray(x), axis=call.params["axis"], kind="stable")


def _sort_pull(k: Any, call: Call, position: int, upstream: Any, operands: tuple[Any, ...], out: Any) -> Any:
    axis = call.params["axis"]
    order = k.argsort(operands[0], axis=axis)
    back = scatter(k, "take_along_axis", {"axis": -1 if axis is None else axis}, call.shape, upstream, order)
    return k.reshape(back, shape=call.shapes[0]) if axis is None else back


def _sort_push(k: Any, call: Call, position: int, tangent: Any, operands: tuple[Any, ...], out: Any) -> Any:
    axis = call.params["axis"]
    order = k.argsort(operands[0], axis=axis)
    flat = k.reshape(tangent, shape=call.shape) if axis is None else tangent
    return k.take_along_axis(flat, order, axis=-1 if axis is None else axis)


def _median_parts(call: Call) -> tuple[int, ...]:
    count = size_of(tuple(call.shapes[0][axis] for axis in _axes(call)))
    return (count // 2,) if count % 2 else (count // 2 - 1, count // 2)


def _median(k: Any, call: Call, x: Any) -> Any:
    import numpy as np

    row = np.sort(np.asarray(_last(k, call, np.asarray(x))), axis=-1, kind="stable")
    parts = _median_parts(call)
    total = row[..., parts[0]] if len(parts) == 1 else k.div(row[..., parts[0]] + row[..., parts[1]], 2)
    return np.asarray(total).reshape(call.shape)


def _median_pull(k: Any, call: Call, position: int, upstream: Any, operands: tuple[Any, ...], out: Any) -> Any:
    parts = _median_parts(call)
    row = _last(k, call, operands[0])
    lead = _kept_lead(call)
    order = k.argsort(row, axis=-1)
    share = k.div(k.reshape(upstream, shape=lead), len(parts))
    total = None
    for part in parts:
        chosen = k.index(order, pattern=(("rest",), ("cut", part, part + 1, None)))
        back = scatter(k, "take_along_axis", {"axis": -1}, _row_shape(call), k.expand_dims(share, axis=-1), chosen)
        total = back if total is None else total + back
    return _back(k, call, total)


def _median_push(k: Any, call: Call, position: int, tangent: Any, operands: tuple[Any, ...], out: Any) -> Any:
    parts = _median_parts(call)
    order = k.argsort(_last(k, call, operands[0]), axis=-1)
    chosen = k.index(order, pattern=(("rest",), ("cut", parts[0], parts[-1] + 1, None)))
    return k.reshape(k.mean(k.take_along_axis(_last(k, call, tangent), chosen, axis=-1), axis=-1, keepdims=False), shape=call.shape)


def _kept_lead(call: Call) -> Shape:
    axes = _axes(call)
    return tuple(size for axis, size in enumerate(call.shapes[0]) if axis not in axes)


def _row_shape(call: Call) -> Shape:
    return (*_kept_lead(call), size_of(tuple(call.shapes[0][axis] for axis in _axes(call))))


def _place_shape(call: Call) -> Shape:
    shape, axis = call.shapes[0], call.params["axis"]
    if axis is None:
        if size_of(shape) == 0:
            raise Misfit("needs at least one entry")
        return ()
    place = axis_list(axis, len(shape))[0]
    if shape[place] == 0:
        raise Misfit("needs at least one entry along the axis")
    return (*shape[:place], *shape[place + 1 :])


def _argmax(k: Any, call: Call, x: Any) -> Any:
    import numpy as np

    return np.argmax(np.asarray(x), axis=call.params["axis"])


def _argmin(k: Any, call: Call, x: Any) -> Any:
    import numpy as np

    return np.argmin(np.asarray(x), axis=call.params["axis"])


def _count(k: Any, call: Call, x: Any) -> Any:
    return k.number(size_of(tuple(call.shapes[0][axis] for axis in _axes(call))), ())


# ---------------------------------------------------------------------------------------------------------------- norms


def _norm_shape(call: Call) -> Shape:
    order, shape = call.params["ord"], call.shapes[0]
    if order not in (None, 1, 2, "fro", "inf", "-inf") and (isinstance(order, str) or order <= 0):
        raise Misfit(f"has no order {order}; there are 1, 2, p, inf and 'fro'")
    if order in (1, 2, "inf", "-inf") and _matrix_norm(call):
        if order == 2:
            raise Misfit("of order 2 of a matrix is max(svdvals(X)); 'fro' is the root of the sum of squares")
    elif call.params["axis"] is None and len(shape) > 2 and order not in (None, "fro"):
        raise Misfit("of an array of three or more axes needs an axis")
    return _reduced_shape(call)


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


# -------------------------------------------------------------------------------------------------------------- records

_REDUCING = ("axis=None", "keepdims=False")
_TIES = "equal extremes share the gradient"


def _held(k: Any, call: Call, x: Any) -> Any:
    return x


def _passive(name: str, parameters: tuple[str, ...], summary: str, shape: Any, value: Any, aliases: tuple[str, ...] = ()) -> ArrayOperation:
    return ArrayOperation(name, "explicit", ("x",), parameters, summary, shape, value, aliases=aliases, passive=(-2,))


RECORDS: tuple[ArrayOperation, ...] = (
    ArrayOperation(
        "max", "explicit", ("x",), _REDUCING, "the largest entry over axes", _extreme_shape, _max, _extreme_push, _extreme_pull,
        ("amax",), kink=_TIES,
    ),
    ArrayOperation(
        "min", "explicit", ("x",), _REDUCING, "the smallest entry over axes", _extreme_shape, _min, _extreme_push, _extreme_pull,
        ("amin",), kink=_TIES,
    ),
    ArrayOperation(
        "prod", "explicit", ("x",), _REDUCING, "product over axes", _reduced_shape, _prod, _prod_push, _prod_pull, symbol="Π",
    ),
    ArrayOperation(
        "cumsum", "explicit", ("x",), ("axis=None",), "running sum", _running_shape, _cumsum, _cumsum_push, _cumsum_pull, linear=True,
    ),
    ArrayOperation(
        "cumprod", "explicit", ("x",), ("axis=None",), "running product", _running_shape, _cumprod, _cumprod_push, _cumprod_pull,
    ),
    ArrayOperation(
        "logcumsumexp", "explicit", ("x",), ("axis=None",), "logarithm of the running sum of exponentials", _running_shape, _logcumsumexp,
        _logcumsumexp_push, _logcumsumexp_pull,
    ),
    ArrayOperation(
        "sort", "explicit", ("x",), ("axis=-1",), "the entries in ascending order", _running_shape, _sort, _sort_push, _sort_pull,
        structure=lambda call, position: "permutation", kink="equal entries keep their order",
    ),
    ArrayOperation(
        "median", "explicit", ("x",), _REDUCING, "the middle entry, or the mean of the two", _extreme_shape, _median, _median_push,
        _median_pull, kink="equal entries keep their order",
    ),
    ArrayOperation(
        "norm", "explicit", ("x",), ("ord=None", *_REDUCING), "length: of order 2 (fro), 1, p or inf", _norm_shape, _norm, _norm_push,
        _norm_pull, kink="0 where the norm is 0; " + _TIES,
    ),
    _passive("argsort", ("axis=-1",), "the order that sorts", _running_shape, _argsort),
    _passive("argmax", ("axis=None",), "the place of the largest entry", _place_shape, _argmax),
    _passive("argmin", ("axis=None",), "the place of the smallest entry", _place_shape, _argmin),
    _passive("count", ("axis=None",), "the number of entries over axes", lambda call: _axes(call) and (), _count, ("size",)),
    _passive("stop_gradient", (), "the value, without a derivative", lambda call: call.shapes[0], _held, ("detach",)),
)  # fmt: skip
