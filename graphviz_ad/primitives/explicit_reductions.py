"""Reductions with rules of their own: extremes, products, order.

Ties of an extreme share the gradient equally, which is a subgradient.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from .array_record import ArrayOperation, Misfit, axis_list, reduced, size_of
from .call import Call, Shape
from .explicit_rearrangements import scatter
from .explicit_running import running_shape

if TYPE_CHECKING:
    from .types import ArrayKernels, Kernels, Numbers, ShapeRule, V, ValueRule


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


def _max(k: ArrayKernels, call: Call, x: Numbers) -> Numbers:
    import numpy as np

    return np.max(np.asarray(x), axis=_axes(call), keepdims=bool(call.params["keepdims"]))


def _min(k: ArrayKernels, call: Call, x: Numbers) -> Numbers:
    import numpy as np

    return np.min(np.asarray(x), axis=_axes(call), keepdims=bool(call.params["keepdims"]))


def _shares(k: Kernels[V], call: Call, x: V, out: V) -> V:
    """1/m at each of the m entries that are extreme."""
    won = k.where(k.equal(x, k.reshape(out, shape=_kept(call))), 1, 0)
    return k.div(won, k.sum(won, axis=_axes(call), keepdims=True))


def _extreme_pull(k: Kernels[V], call: Call, position: int, upstream: V, operands: tuple[V, ...], out: V) -> V:
    return _shares(k, call, operands[0], out) * k.reshape(upstream, shape=_kept(call))


def _extreme_push(k: Kernels[V], call: Call, position: int, tangent: V, operands: tuple[V, ...], out: V) -> V:
    shares = _shares(k, call, operands[0], out)
    return k.sum(shares * tangent, axis=call.params["axis"], keepdims=call.params["keepdims"])


# ------------------------------------------------------------------------------------------------- products


def _last(k: Kernels[V], call: Call, x: V) -> V:
    """The operand with the reduced axes flattened to one last axis."""
    axes, shape = _axes(call), call.shapes[0]
    rest = tuple(axis for axis in range(len(shape)) if axis not in axes)
    moved = k.transpose(x, axes=(*rest, *axes)) if (*rest, *axes) != tuple(range(len(shape))) else x
    count = size_of(tuple(shape[axis] for axis in axes))
    return k.reshape(moved, shape=(*(shape[axis] for axis in rest), count))


def _back(k: Kernels[V], call: Call, x: V) -> V:
    """The inverse of :func:`_last`."""
    axes, shape = _axes(call), call.shapes[0]
    rest = tuple(axis for axis in range(len(shape)) if axis not in axes)
    order = (*rest, *axes)
    full = k.reshape(x, shape=tuple(shape[axis] for axis in order))
    back = tuple(order.index(axis) for axis in range(len(shape)))
    return full if back == tuple(range(len(shape))) else k.transpose(full, axes=back)


def _prod(k: ArrayKernels, call: Call, x: Numbers) -> Numbers:
    import numpy as np

    return np.prod(np.asarray(x), axis=_axes(call), keepdims=bool(call.params["keepdims"]))


def _others(k: Kernels[V], call: Call, x: V) -> V:
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


def _prod_pull(k: Kernels[V], call: Call, position: int, upstream: V, operands: tuple[V, ...], out: V) -> V:
    return _others(k, call, operands[0]) * k.reshape(upstream, shape=_kept(call))


def _prod_push(k: Kernels[V], call: Call, position: int, tangent: V, operands: tuple[V, ...], out: V) -> V:
    return k.sum(_others(k, call, operands[0]) * tangent, axis=call.params["axis"], keepdims=call.params["keepdims"])


# ---------------------------------------------------------------------------------------------------------------- order


def _sort(k: ArrayKernels, call: Call, x: Numbers) -> Numbers:
    import numpy as np

    return np.sort(np.asarray(x), axis=call.params["axis"], kind="stable")


def _argsort(k: ArrayKernels, call: Call, x: Numbers) -> Numbers:
    import numpy as np

    return np.argsort(np.asarray(x), axis=call.params["axis"], kind="stable")


def _sort_pull(k: Kernels[V], call: Call, position: int, upstream: V, operands: tuple[V, ...], out: V) -> V:
    axis = call.params["axis"]
    order = k.argsort(operands[0], axis=axis)
    back = scatter(k, "take_along_axis", {"axis": -1 if axis is None else axis}, call.shape, upstream, order)
    return k.reshape(back, shape=call.shapes[0]) if axis is None else back


def _sort_push(k: Kernels[V], call: Call, position: int, tangent: V, operands: tuple[V, ...], out: V) -> V:
    axis = call.params["axis"]
    order = k.argsort(operands[0], axis=axis)
    flat = k.reshape(tangent, shape=call.shape) if axis is None else tangent
    return k.take_along_axis(flat, order, axis=-1 if axis is None else axis)


def _quantile_parts(call: Call) -> tuple[tuple[int, float], ...]:
    """The places in a sorted row that count, with their weights; between two neighbours in proportion."""
    count = size_of(tuple(call.shapes[0][axis] for axis in _axes(call)))
    if call.op == "median":
        return ((count // 2, 1.0),) if count % 2 else ((count // 2 - 1, 0.5), (count // 2, 0.5))
    place = call.params["q"] * (count - 1)
    below = min(int(place), max(count - 2, 0))
    return ((below, 1 - (place - below)), (below + 1, place - below)) if place > below else ((below, 1.0),)


def _quantile_shape(call: Call) -> Shape:
    q = call.params["q"]
    if isinstance(q, bool) or not isinstance(q, (int, float)) or not 0 <= q <= 1:
        raise Misfit(f"needs a q between 0 and 1, not {q!r}")
    return _extreme_shape(call)


def _quantile(k: ArrayKernels, call: Call, x: Numbers) -> Numbers:
    import numpy as np

    row = np.sort(np.asarray(_last(k, call, np.asarray(x))), axis=-1, kind="stable")
    parts = _quantile_parts(call)
    total = row[..., parts[0][0]] if len(parts) == 1 else row[..., parts[0][0]] * parts[0][1] + row[..., parts[1][0]] * parts[1][1]
    return np.asarray(total).reshape(call.shape)


def _quantile_pull(k: Kernels[V], call: Call, position: int, upstream: V, operands: tuple[V, ...], out: V) -> V:
    order = k.argsort(_last(k, call, operands[0]), axis=-1)
    share = k.expand_dims(k.reshape(upstream, shape=_kept_lead(call)), axis=-1)
    total = None
    for part, weight in _quantile_parts(call):
        chosen = k.index(order, pattern=(("rest",), ("cut", part, part + 1, None)))
        back = scatter(k, "take_along_axis", {"axis": -1}, _row_shape(call), share * weight, chosen)
        total = back if total is None else total + back
    assert total is not None
    return _back(k, call, total)


def _quantile_push(k: Kernels[V], call: Call, position: int, tangent: V, operands: tuple[V, ...], out: V) -> V:
    order, moved = k.argsort(_last(k, call, operands[0]), axis=-1), _last(k, call, tangent)
    total = None
    for part, weight in _quantile_parts(call):
        chosen = k.index(order, pattern=(("rest",), ("cut", part, part + 1, None)))
        one = k.take_along_axis(moved, chosen, axis=-1) * weight
        total = one if total is None else total + one
    return k.reshape(total, shape=call.shape)


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


def _argmax(k: ArrayKernels, call: Call, x: Numbers) -> Numbers:
    import numpy as np

    return np.argmax(np.asarray(x), axis=call.params["axis"])


def _argmin(k: ArrayKernels, call: Call, x: Numbers) -> Numbers:
    import numpy as np

    return np.argmin(np.asarray(x), axis=call.params["axis"])


def _count(k: Kernels[V], call: Call, x: V) -> V:
    return k.number(size_of(tuple(call.shapes[0][axis] for axis in _axes(call))), ())


# -------------------------------------------------------------------------------------------------------------- records

_REDUCING = ("axis=None", "keepdims=False")
_TIES = "equal extremes share the gradient"


def _held(k: Kernels[V], call: Call, x: V) -> V:
    return x


def _passive(
    name: str, parameters: tuple[str, ...], summary: str, shape: ShapeRule, value: ValueRule, aliases: tuple[str, ...] = ()
) -> ArrayOperation:
    return ArrayOperation(name, "explicit", ("x",), parameters, summary, shape, value, aliases=aliases, passive=(-2,))


RECORDS: tuple[ArrayOperation, ...] = (
    ArrayOperation(
        "max", "explicit", ("x",), _REDUCING, "the largest entry over axes", _extreme_shape, _max, _extreme_push, _extreme_pull,
        ("amax",), kink=_TIES, batched="axis",
    ),
    ArrayOperation(
        "min", "explicit", ("x",), _REDUCING, "the smallest entry over axes", _extreme_shape, _min, _extreme_push, _extreme_pull,
        ("amin",), kink=_TIES, batched="axis",
    ),
    ArrayOperation(
        "prod", "explicit", ("x",), _REDUCING, "product over axes", _reduced_shape, _prod, _prod_push, _prod_pull, symbol="Π",
        batched="axis",
    ),
    ArrayOperation(
        "sort", "explicit", ("x",), ("axis=-1",), "the entries in ascending order", running_shape, _sort, _sort_push, _sort_pull,
        structure=lambda call, position: "permutation", kink="equal entries keep their order", batched="axis",
    ),
    ArrayOperation(
        "median", "explicit", ("x",), _REDUCING, "the middle entry, or the mean of the two", _extreme_shape, _quantile, _quantile_push,
        _quantile_pull, kink="equal entries keep their order", batched="axis",
    ),
    ArrayOperation(
        "quantile", "explicit", ("x",), ("q", *_REDUCING), "the entry that a part q lies below, between its neighbours", _quantile_shape,
        _quantile, _quantile_push, _quantile_pull, kink="equal entries keep their order", batched="axis",
    ),
    _passive("argsort", ("axis=-1",), "the order that sorts", running_shape, _argsort),
    _passive("argmax", ("axis=None",), "the place of the largest entry", _place_shape, _argmax),
    _passive("argmin", ("axis=None",), "the place of the smallest entry", _place_shape, _argmin),
    _passive("count", ("axis=None",), "the number of entries over axes", lambda call: _axes(call) and (), _count, ("size",)),
    _passive("stop_gradient", (), "the value, without a derivative", lambda call: call.shapes[0], _held, ("detach",)),
)  # fmt: skip
