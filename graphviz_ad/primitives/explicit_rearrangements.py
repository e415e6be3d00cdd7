"""Rearrangements: operations whose result consists of entries of the operand (or zeros), moved to other places.

One line each, because both rules follow from the value: the operation is linear, and what goes back to an entry is the sum
of what arrives at its copies. The places are found by applying the operation to an array that holds its own positions.
The pullback is an operation as well, ``scatter``, whose pullback is the rearrangement again.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import TYPE_CHECKING, Any, NamedTuple, TypeAlias

from ..limits import require
from .array_record import ArrayOperation, Misfit, axis_list, size_of
from .call import Call, Shape

if TYPE_CHECKING:
    from types import EllipsisType

    import numpy as np
    from numpy.typing import NDArray

    from .types import Array, ArrayKernels, Kernels, Numbers, V, Value

    #: one part of an index, as NumPy understands it
    Part: TypeAlias = int | slice | EllipsisType | Array | None

#: name -> (what it does to an array of any type, whether the result is a view without repeated entries)
MOVES: dict[str, tuple[Callable[..., Array], bool]] = {}


def pattern_index(pattern: tuple[Any, ...], arrays: tuple[Value, ...]) -> tuple[Part, ...]:
    """The index that NumPy understands from a static pattern and the arrays among the operands.

    Parts are ("at", i), ("cut", start, stop, step), ("rest",), ("new",), ("list", entries) and ("by", number of the array).
    """
    index: list[Part] = []
    for part in pattern:
        kind = part[0]
        if kind == "at":
            index.append(part[1])
        elif kind == "cut":
            index.append(slice(*part[1:]))
        elif kind == "rest":
            index.append(Ellipsis)
        elif kind == "new":
            index.append(None)
        elif kind == "list":
            index.append(_nested_list(part[1]))
        else:
            index.append(_as_index(arrays[part[1]]))
    if Ellipsis not in [one for one in index if one is Ellipsis] and all(part[0] in ("at", "cut", "new") for part in pattern):
        index.append(Ellipsis)  # the result is an array even where it has one entry
    return tuple(index)


def _nested_list(entries: list[Any] | tuple[Any, ...]) -> Array:
    import numpy as np

    flat = np.array(entries)
    if flat.dtype == bool or flat.size == 0:
        return flat.astype(bool if flat.dtype == bool else int)
    if flat.dtype.kind not in "iu":
        raise Misfit("is indexed by numbers that are not whole")
    return flat.astype(int)


def _as_index(values: Value) -> Array:
    """An operand as an index: truth values stay, whole numbers become integers."""
    import numpy as np

    values = np.asarray(values)
    if values.dtype == bool or values.dtype.kind in "iu":
        return values
    if values.dtype == object and values.size and all(isinstance(one, (bool, np.bool_)) for one in values.flat):
        return values.astype(bool)
    numbers = values.astype(float)
    if not np.all(np.floor(numbers) == numbers):
        raise Misfit("is indexed by numbers that are not whole")
    return numbers.astype(int)


# ---------------------------------------------------------------------------------------------------------- the moves


def _sizes(value: int | tuple[Any, ...]) -> int | Shape:
    return value if isinstance(value, int) else tuple(value)


def _reshape(call: Call, x: Array) -> Array:
    return x.reshape(_sizes(call.params["shape"]))


def _ravel(call: Call, x: Array) -> Array:
    return x.reshape(-1)


def _squeeze(call: Call, x: Array) -> Array:
    return x.squeeze(call.params["axis"])


def _expand_dims(call: Call, x: Array) -> Array:
    import numpy as np

    return np.expand_dims(x, call.params["axis"])


def _flip(call: Call, x: Array) -> Array:
    import numpy as np

    return np.flip(x, call.params["axis"])


def _roll(call: Call, x: Array) -> Array:
    import numpy as np

    return np.roll(x, call.params["shift"], call.params["axis"])


def _repeat(call: Call, x: Array) -> Array:
    import numpy as np

    return np.repeat(x, call.params["repeats"], call.params["axis"])


def _tile(call: Call, x: Array) -> Array:
    import numpy as np

    return np.tile(x, call.params["reps"])


def _diagonal(call: Call, x: Array) -> Array:
    return x.diagonal(call.params["offset"], call.params["axis1"], call.params["axis2"])


def _diag(call: Call, x: Array) -> Array:
    import numpy as np

    if x.ndim not in (1, 2):
        raise Misfit("needs a vector or a matrix")
    return np.diag(x, call.params["k"])


def _lower(x: Array, k: int) -> NDArray[np.bool_]:
    """Which places are on or below a diagonal."""
    import numpy as np

    if x.ndim < 2:
        raise Misfit("needs a matrix")
    rows, columns = x.shape[-2:]
    return np.arange(rows)[:, None] >= np.arange(columns)[None, :] - k


def _tril(call: Call, x: Array) -> Array:
    import numpy as np

    return np.where(_lower(x, call.params["k"]), x, x.dtype.type(0) if x.dtype != object else 0)


def _triu(call: Call, x: Array) -> Array:
    import numpy as np

    return np.where(_lower(x, call.params["k"] - 1), x.dtype.type(0) if x.dtype != object else 0, x)


def _pad(call: Call, x: Array) -> Array:
    import numpy as np

    width, mode = call.params["pad_width"], call.params.get("mode", "constant")
    if mode not in ("constant", "edge", "reflect", "symmetric", "wrap"):
        raise Misfit("knows the modes 'constant' (zeros), 'edge', 'reflect', 'symmetric' and 'wrap'")
    return np.pad(x, width if isinstance(width, int) else tuple(tuple(w) if isinstance(w, tuple) else w for w in width), mode=mode)


def _windows(call: Call, x: Array) -> Array:
    """Windows over the last axes: (..., n, m) becomes (..., places of the window, the window)."""
    from numpy.lib.stride_tricks import sliding_window_view

    shape = call.params["shape"]
    shape = (shape,) if isinstance(shape, int) else tuple(shape)
    stride = call.params["stride"]
    steps = (stride,) * len(shape) if isinstance(stride, int) else tuple(stride)
    if len(shape) > x.ndim or any(size > have for size, have in zip(shape[::-1], x.shape[::-1])):
        raise Misfit(f"needs windows of shape {shape} that fit into the last axes")
    axes = tuple(range(x.ndim - len(shape), x.ndim))
    view = sliding_window_view(x, shape, axes)
    cuts: tuple[Part, ...] = (Ellipsis, *(slice(None, None, step) for step in steps), *(slice(None),) * len(shape))
    return view[cuts]


def _part(call: Call, x: Array) -> Array:
    which, count = call.params["k"], call.params["n"]
    if any(isinstance(one, bool) or not isinstance(one, int) for one in (which, count)) or not 0 <= which < count:
        raise Misfit(f"counts the parts from 0: there is no part {which} of {count}")
    axis = axis_list(call.params["axis"], x.ndim)[0]
    if x.shape[axis] % count:
        raise Misfit(f"needs {count} equal parts along axis {axis}, and has {x.shape[axis]} entries there")
    size = x.shape[axis] // count
    cut: tuple[slice, ...] = (slice(None),) * axis + (slice(which * size, (which + 1) * size),)
    return x[cut]


def _index(call: Call, x: Array, *arrays: Value) -> Array:
    return x[pattern_index(call.params["pattern"], arrays)]


def _take(call: Call, x: Array, indices: Value) -> Array:
    import numpy as np

    return np.take(x, _as_index(indices), axis=call.params["axis"])


def _take_along_axis(call: Call, x: Array, indices: Value) -> Array:
    import numpy as np

    axis = call.params["axis"]
    return np.take_along_axis(x, _as_index(indices), axis=None if axis is None else axis_list(axis, x.ndim)[0])


def _pick(call: Call, x: Array, labels: Value) -> Array:
    """One entry of every row: of the last axis, by its label."""
    import numpy as np

    chosen = _as_index(labels)
    if chosen.shape != x.shape[:-1]:
        raise Misfit(f"needs one label a row, {x.shape[:-1]}")
    return np.take_along_axis(x, chosen[..., None], axis=-1)[..., 0]


# ---------------------------------------------------------------------------------------------------------- places


class Places(NamedTuple):
    """Where the entries of a rearrangement come from: a place of the operand for every entry of the result, -1 for a zero."""

    sources: NDArray[np.intp]  # flat
    distinct: bool  # no entry is used twice
    full: bool  # no zero among them


def places(call: Call, others: tuple[Value, ...]) -> Places:
    """The places of a rearrangement; ``others`` are the values of its further operands.

    >>> places(Call("flip", {"axis": None}, ((3,),), (3,)), ()).sources
    array([2, 1, 0])
    """
    return _find_places(call, others) if others else _known_places(call.op, tuple(call.params.items()), call.shapes[0])


@lru_cache(maxsize=256)
def _known_places(op: str, params: tuple[tuple[str, Any], ...], shape: Shape) -> Places:
    return _find_places(Call(op, dict(params), (shape,), ()), ())


def _find_places(call: Call, others: tuple[Value, ...]) -> Places:
    import numpy as np

    count = size_of(call.shapes[0])
    moved = MOVES[call.op][0](call, np.arange(1, count + 1).reshape(call.shapes[0]), *others)
    sources = np.asarray(moved).reshape(-1) - 1
    full = bool((sources >= 0).all())
    used = np.bincount(sources if full else sources[sources >= 0], minlength=1)
    return Places(sources, bool(used.max(initial=0) <= 1), full)


def of_scatter(call: Call) -> Call:
    """The rearrangement whose pullback a ``scatter`` is."""
    return Call(call.params["op"], dict(call.params["inner"]), (tuple(call.params["shape"]), *call.shapes[1:]), call.shapes[0])


# ----------------------------------------------------------------------------------------------------------- the rules


def _shape(call: Call) -> Shape:
    import numpy as np

    _guard(call)
    move = MOVES[call.op][0]
    others = []
    for position, shape in enumerate(call.shapes[1:], 1):
        known = call.constants.get(position)
        others.append(np.zeros(shape, dtype=int) if known is None else np.asarray(known))
    try:
        return tuple(move(call, np.broadcast_to(np.int8(0), call.shapes[0]), *others).shape)
    except (ValueError, IndexError, TypeError) as error:
        raise Misfit(f"does not fit: {str(error).rstrip('.')}") from None


def _guard(call: Call) -> None:
    """Refuse what would grow beyond the limit before it is tried out, and indices without an axis."""
    params, size = call.params, size_of(call.shapes[0])
    if call.op == "index":
        given, axes = sum(part[0] not in ("rest", "new") for part in params["pattern"]), len(call.shapes[0])
        if given > axes:
            raise Misfit(f"has too many indices, {given} for {axes} ax{'i' if axes == 1 else 'e'}s" if axes else "has too many indices")
        return
    if call.op == "tile":
        grown = size * size_of(_shape_of_sizes(params["reps"]))
    elif call.op == "repeat":
        grown = size * max(_shape_of_sizes(params["repeats"]), default=0)
    elif call.op == "pad":
        width = params["pad_width"]
        flat = [width] if isinstance(width, int) else [n for w in width for n in (w if isinstance(w, tuple) else (w,))]
        most = 2 * max((abs(n) for n in flat if isinstance(n, int)), default=0)
        grown = size_of(tuple(have + most for have in call.shapes[0]))
    elif call.op == "diag" and len(call.shapes[0]) == 1 and isinstance(params["k"], int):
        grown = (size + abs(params["k"])) ** 2
    else:
        return
    require("GRADVIZ_MAX_ENTRIES", grown, f"entries of {call.op}")


def _shape_of_sizes(value: int | tuple[Any, ...]) -> Shape:
    sizes = value if isinstance(value, tuple) else (value,)
    if any(isinstance(one, bool) or not isinstance(one, int) or one < 0 for one in sizes):
        raise Misfit(f"takes whole numbers, not {value!r}")
    return sizes


def _value(k: ArrayKernels, call: Call, *operands: Numbers) -> Numbers:
    import numpy as np

    return MOVES[call.op][0](call, np.asarray(operands[0]), *operands[1:])


def _pushforward(k: Kernels[V], call: Call, position: int, tangent: V, operands: tuple[V, ...], out: V) -> V:
    return getattr(k, call.op)(tangent, *operands[1:], **call.params)


def _pullback(k: Kernels[V], call: Call, position: int, upstream: V, operands: tuple[V, ...], out: V) -> V:
    return scatter(k, call.op, call.params, call.shapes[0], upstream, *operands[1:])


def scatter(k: Kernels[V], op: str, params: Mapping[str, Any], shape: Shape, upstream: V, *others: V) -> V:
    """What goes back to an operand of ``shape`` through the rearrangement ``op``."""
    return k.scatter(upstream, *others, op=op, inner=tuple(dict(params).items()), shape=shape)


def _scatter_shape(call: Call) -> Shape:
    return tuple(call.params["shape"])


def _scatter_value(k: ArrayKernels, call: Call, upstream: Numbers, *others: Numbers) -> Numbers:
    import numpy as np

    shape = call.params["shape"]
    inner = of_scatter(call)
    move, view = MOVES[inner.op]
    upstream = np.asarray(upstream)
    kind = object if upstream.dtype == object else float
    if view:
        result = np.zeros(shape, dtype=kind)
        moved = move(inner, result, *others)
        if np.may_share_memory(moved, result):
            moved = moved.view()
            moved.flags.writeable = True
            moved[...] = upstream
            return result
    count = size_of(shape)
    places = move(inner, np.arange(1, count + 1).reshape(shape), *others)
    flat = np.zeros(count + 1, dtype=kind)  # place 0 collects what fell on padding
    np.add.at(flat, np.asarray(places).ravel(), upstream.ravel())
    return flat[1:].reshape(shape)


def _scatter_push(k: Kernels[V], call: Call, position: int, tangent: V, operands: tuple[V, ...], out: V) -> V:
    return k.scatter(tangent, *operands[1:], **call.params)


def _scatter_pull(k: Kernels[V], call: Call, position: int, upstream: V, operands: tuple[V, ...], out: V) -> V:
    return getattr(k, call.params["op"])(upstream, *operands[1:], **dict(call.params["inner"]))


def _reach(k: ArrayKernels, call: Call, position: int, mask: Array) -> Array | None:
    return None if len(call.shapes) > 1 else scatter(k, call.op, call.params, call.shapes[0], mask * 1.0) > 0


_PERMUTING = frozenset(("flip", "roll"))
KEEPING = frozenset(("reshape", "ravel", "squeeze", "expand_dims"))


def _structure(call: Call, position: int) -> str:
    if call.op in KEEPING:
        return "identity"
    return "permutation" if call.op in _PERMUTING else "selection"


def _record(
    move: Callable[..., Array],
    view: bool,
    operands: tuple[str, ...],
    parameters: tuple[str, ...],
    summary: str,
    aliases: tuple[str, ...] = (),
    symbol: str = "",
) -> ArrayOperation:
    name = move.__name__[1:]
    MOVES[name] = (move, view)
    return ArrayOperation(
        name, "rearrangement", operands, parameters, summary, _shape, _value, _pushforward, _pullback, aliases,
        passive=(-1,), structure=_structure, reach=_reach, linear=True, symbol=symbol,
    )  # fmt: skip


RECORDS: tuple[ArrayOperation, ...] = (
    _record(_reshape, True, ("x",), ("shape",), "the entries in another shape"),
    _record(_ravel, True, ("x",), (), "all entries in a row", ("flatten",)),
    _record(_squeeze, True, ("x",), ("axis=None",), "axes of size 1 left out"),
    _record(_expand_dims, True, ("x",), ("axis",), "a new axis of size 1", ("unsqueeze",)),
    _record(_flip, True, ("x",), ("axis=None",), "the entries in reverse order"),
    _record(_roll, False, ("x",), ("shift", "axis=None"), "the entries moved around in a circle"),
    _record(_repeat, False, ("x",), ("repeats", "axis=None"), "every entry several times"),
    _record(_tile, False, ("x",), ("reps",), "the whole array several times"),
    _record(_diagonal, True, ("x",), ("offset=0", "axis1=0", "axis2=1"), "the diagonal"),
    _record(_diag, False, ("x",), ("k=0",), "the diagonal of a matrix, or the diagonal matrix of a vector"),
    _record(_tril, False, ("x",), ("k=0",), "the lower triangle"),
    _record(_triu, False, ("x",), ("k=0",), "the upper triangle"),
    _record(_pad, False, ("x",), ("pad_width", "mode='constant'"), "zeros around, or entries once more"),
    _record(_windows, False, ("x",), ("shape", "stride=1"), "windows that slide over the last axes"),
    _record(_part, True, ("x",), ("k", "n", "axis=-1"), "one of n equal parts along an axis, numbered from 0"),
    _record(_index, True, ("x", "*by"), ("pattern",), "entries by index", symbol="[ ]"),
    _record(_take, False, ("x", "indices"), ("axis=None",), "entries by number"),
    _record(_take_along_axis, False, ("x", "indices"), ("axis",), "entries by number, row by row"),
    _record(_pick, False, ("x", "labels"), (), "of every row the entry that its label names"),
    ArrayOperation(
        "scatter",
        "rearrangement",
        ("x", "*by"),
        ("op", "inner", "shape"),
        "entries put back where a rearrangement took them from",
        _scatter_shape,
        _scatter_value,
        _scatter_push,
        _scatter_pull,
        passive=(-1,),
        structure=lambda call, position: "selection",
        linear=True,
    ),
)
