"""Joining arrays, and arrays that come from nothing: stack, concatenate, zeros, ones, eye, linspace, arange."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, NamedTuple

from .array_record import ArrayOperation, Misfit, axis_list, size_of
from .call import Call, Shape

if TYPE_CHECKING:
    from .types import ArrayKernels, Kernels, Numbers, ShapeRule, V, ValueRule


class Join(NamedTuple):
    """A join as a concatenation: the axis, and the shapes that its operands are brought to first."""

    axis: int
    shapes: tuple[Shape, ...]

    @property
    def shape(self) -> Shape:
        """The result's shape."""
        first = self.shapes[0]
        return (*first[: self.axis], sum(shape[self.axis] for shape in self.shapes), *first[self.axis + 1 :])


def joined(call: Call) -> Join:
    """A call of any join.

    >>> joined(Call("stack", {"axis": -1}, ((2,), (2,)), ()))
    Join(axis=1, shapes=((2, 1), (2, 1)))

    Raises
    ------
    Misfit
        The operands do not fit together.
    """
    if not call.shapes:
        raise Misfit("needs arrays")
    return _JOINS[call.op](call)


def _stacked(call: Call) -> Join:
    """Along a new axis."""
    shapes = call.shapes
    if len(set(shapes)) > 1:
        raise Misfit("needs entries of equal shape")
    axis = axis_list(call.params["axis"], len(shapes[0]) + 1)[0]
    return Join(axis, tuple((*shape[:axis], 1, *shape[axis:]) for shape in shapes))


def _concatenated(call: Call) -> Join:
    """Along an axis that they have, or with all of them laid flat."""
    if call.params["axis"] is None:
        return Join(0, tuple((size_of(shape),) for shape in call.shapes))
    if not all(call.shapes):
        raise Misfit("needs arrays; stack joins scalars")
    return _fitting(Join(axis_list(call.params["axis"], len(call.shapes[0]))[0], call.shapes))


def _stacked_rows(call: Call) -> Join:
    """One below the other; vectors are rows."""
    return _fitting(Join(0, tuple(shape if len(shape) > 1 else (1, *(shape or (1,))) for shape in call.shapes)))


def _stacked_side_by_side(call: Call) -> Join:
    """Vectors one after the other, everything else along the second axis."""
    shapes = tuple(shape or (1,) for shape in call.shapes)
    return _fitting(Join(0 if len(shapes[0]) == 1 else 1, shapes))


def _stacked_columns(call: Call) -> Join:
    """Side by side; vectors are columns."""
    return _fitting(Join(1, tuple(shape if len(shape) > 1 else (size_of(shape), 1) for shape in call.shapes)))


def _stacked_in_depth(call: Call) -> Join:
    """Along the third axis: vectors are rows, matrices get the axis."""
    return _fitting(Join(2, tuple(shape if len(shape) > 2 else (*((1,) * (2 - len(shape)) + shape), 1) for shape in call.shapes)))


def _fitting(join: Join) -> Join:
    """The join, if its shapes are equal but for the axis."""
    axis = join.axis
    rest = {(*shape[:axis], *shape[axis + 1 :]) for shape in join.shapes}
    if len({len(shape) for shape in join.shapes}) > 1 or len(rest) > 1:
        raise Misfit(f"needs equal shapes but for axis {axis}")
    return join


_JOINS: dict[str, Callable[[Call], Join]] = {
    "stack": _stacked,
    "concatenate": _concatenated,
    "vstack": _stacked_rows,
    "hstack": _stacked_side_by_side,
    "column_stack": _stacked_columns,
    "dstack": _stacked_in_depth,
}


def place_of(call: Call, position: int) -> tuple[tuple[slice, ...], Shape]:
    """Where an operand stands in the result, and the shape that it is brought to first.

    >>> place_of(Call("stack", {"axis": 0}, ((2,), (2,)), (2, 2)), 1)
    ((slice(1, 2, None),), (1, 2))
    """
    mine = call.shapes[position]
    if call.op == "stack":  # lists may be long: nothing here looks at all of it
        axis = axis_list(call.params["axis"], len(mine) + 1)[0]
        start, brought = position, (*mine[:axis], 1, *mine[axis:])
    else:
        how = joined(call)
        axis, brought = how.axis, how.shapes[position]
        start = sum(shape[axis] for shape in how.shapes[:position])
    return (slice(None),) * axis + (slice(start, start + brought[axis]),), brought


def _join_shape(call: Call) -> Shape:
    if call.op == "stack" and not call.shapes:
        return (0,)
    return joined(call).shape


def _join(k: ArrayKernels, call: Call, *operands: Numbers) -> Numbers:
    import numpy as np

    if not operands:
        return np.zeros(0)
    how = joined(call)
    arrays = [np.asarray(one).reshape(shape) for one, shape in zip(operands, how.shapes)]
    kind = object if any(one.dtype == object for one in arrays) else float
    return np.concatenate([one.astype(kind, copy=False) for one in arrays], axis=how.axis)


def _join_pull(k: Kernels[V], call: Call, position: int, upstream: V, operands: tuple[V, ...], out: V) -> V:
    slot, brought = place_of(call, position)
    return _reshaped(k, k.index(upstream, pattern=_part(slot)), brought, call.shapes[position])


def _join_push(k: Kernels[V], call: Call, position: int, tangent: V, operands: tuple[V, ...], out: V) -> V:
    slot, brought = place_of(call, position)
    moved = _reshaped(k, tangent, call.shapes[position], brought)
    return k.scatter(moved, op="index", inner=(("pattern", _part(slot)),), shape=call.shape)


def _part(slot: tuple[slice, ...]) -> tuple[tuple[str, int, int, None], ...]:
    return tuple(("cut", one.start, one.stop, None) for one in slot)


def _reshaped(k: Kernels[V], x: V, have: Shape, wanted: Shape) -> V:
    return x if have == wanted else k.reshape(x, shape=wanted)


def _size(value: int | tuple[Any, ...]) -> Shape:
    shape = (value,) if isinstance(value, int) else tuple(value)
    if any(isinstance(one, bool) or not isinstance(one, int) or one < 0 for one in shape):
        raise Misfit(f"needs a shape of whole numbers, not {value!r}")
    return shape


def _filled(number: int) -> ValueRule:
    def value(k: ArrayKernels, call: Call) -> Numbers:
        return k.number(number, call.shape)

    return value


def _eye_shape(call: Call) -> Shape:
    rows, columns = call.params["n"], call.params["m"]
    return _size((rows, rows if columns is None else columns))


def _eye(k: ArrayKernels, call: Call) -> Numbers:
    import numpy as np

    return k.exact(np.eye(*call.shape, dtype=np.int64))


def _levi_civita(k: ArrayKernels, call: Call) -> Numbers:
    import numpy as np

    signs = np.zeros((3, 3, 3), dtype=int)
    signs[0, 1, 2] = signs[1, 2, 0] = signs[2, 0, 1] = 1
    signs[0, 2, 1] = signs[2, 1, 0] = signs[1, 0, 2] = -1
    return k.exact(signs)


def _arange_shape(call: Call) -> Shape:
    import math

    start, stop, step = _range(call)
    if step == 0:
        raise Misfit("needs a step other than 0")
    return (max(0, math.ceil((stop - start) / step)),)


def _range(call: Call) -> tuple[float, float, float]:
    start, stop, step = call.params["start"], call.params["stop"], call.params["step"]
    return (0, start, step) if stop is None else (start, stop, step)


def _arange(k: ArrayKernels, call: Call) -> Numbers:
    import numpy as np

    start, _, step = _range(call)
    return k.exact(np.array([start + i * step for i in range(call.shape[0])], dtype=object))


def _linspace_shape(call: Call) -> Shape:
    return _size(call.params["num"])


def _linspace(k: ArrayKernels, call: Call) -> Numbers:
    import numpy as np

    start, stop, count = call.params["start"], call.params["stop"], call.params["num"]
    steps = k.exact(np.arange(count))
    return start + k.div(steps * (stop - start), max(count - 1, 1))


def _constant(
    name: str, parameters: tuple[str, ...], summary: str, shape: ShapeRule, value: ValueRule, aliases: tuple[str, ...] = ()
) -> ArrayOperation:
    return ArrayOperation(name, "array", (), parameters, summary, shape, value, aliases=aliases, passive=(-2,))


def _selection(call: Call, position: int) -> str:
    return "selection"


def _joining(name: str, parameters: tuple[str, ...], summary: str, aliases: tuple[str, ...] = (), symbol: str = "") -> ArrayOperation:
    return ArrayOperation(
        name, "join", ("*arrays",), parameters, summary, _join_shape, _join, _join_push, _join_pull, aliases,
        structure=_selection, linear=True, symbol=symbol,
    )  # fmt: skip


def _like(number: int) -> ValueRule:
    def value(k: ArrayKernels, call: Call, x: Numbers) -> Numbers:
        return k.number(number, call.shape)

    return value


def _filled_like(name: str, summary: str, number: int) -> ArrayOperation:
    return ArrayOperation(name, "array", ("x",), (), summary, lambda call: call.shapes[0], _like(number), passive=(-2,))


#: operations that put arrays side by side
JOINS = ("stack", "concatenate", "vstack", "hstack", "dstack", "column_stack")

RECORDS: tuple[ArrayOperation, ...] = (
    _joining("stack", ("axis=0",), "arrays of one shape along a new axis", symbol="[ ]"),
    _joining("concatenate", ("axis=0",), "arrays one after the other", ("concat", "cat")),
    _joining("vstack", (), "arrays below each other, vectors as rows", ("row_stack",)),
    _joining("hstack", (), "arrays next to each other"),
    _joining("dstack", (), "arrays behind each other, along the third axis"),
    _joining("column_stack", (), "vectors as columns, matrices next to each other"),
    _filled_like("zeros_like", "0 in the shape of an array", 0),
    _filled_like("ones_like", "1 in the shape of an array", 1),
    _constant("zeros", ("shape",), "an array of 0", lambda call: _size(call.params["shape"]), _filled(0)),
    _constant("ones", ("shape",), "an array of 1", lambda call: _size(call.params["shape"]), _filled(1)),
    _constant("eye", ("n", "m=None"), "the identity matrix", _eye_shape, _eye, ("identity",)),
    _constant("levi_civita", ("n",), "the signs of the permutations of three", lambda call: (3, 3, 3), _levi_civita),
    _constant("arange", ("start", "stop=None", "step=1"), "numbers in equal steps", _arange_shape, _arange),
    _constant("linspace", ("start", "stop", "num=50"), "numbers between two ends", _linspace_shape, _linspace),
)  # fmt: skip
