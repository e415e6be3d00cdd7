"""Joining arrays, and arrays that come from nothing: stack, concatenate, zeros, ones, eye, linspace, arange."""

from __future__ import annotations

from typing import Any

from .array_record import ArrayOperation, Call, Misfit, Shape, axis_list


def _stack_shape(call: Call) -> Shape:
    shapes = call.shapes
    if not shapes:
        return (0,)
    if len(set(shapes)) > 1:
        raise Misfit("needs entries of equal shape")
    axis = axis_list(call.params["axis"], len(shapes[0]) + 1)[0]
    return (*shapes[0][:axis], len(shapes), *shapes[0][axis:])


def _stack(k: Any, call: Call, *operands: Any) -> Any:
    import numpy as np

    if not operands:
        return np.zeros(0)
    arrays = [np.asarray(one) for one in operands]
    kind = object if any(one.dtype == object for one in arrays) else float
    return np.stack([one.astype(kind, copy=False) for one in arrays], axis=call.params["axis"])


def _stack_pull(k: Any, call: Call, position: int, upstream: Any, operands: tuple[Any, ...], out: Any) -> Any:
    axis = axis_list(call.params["axis"], len(call.shape))[0]
    return k.index(upstream, pattern=(*((("cut", None, None, None),) * axis), ("at", position)))


def _stack_push(k: Any, call: Call, position: int, tangent: Any, operands: tuple[Any, ...], out: Any) -> Any:
    axis = axis_list(call.params["axis"], len(call.shape))[0]
    pattern = (*((("cut", None, None, None),) * axis), ("at", position))
    return k.scatter(tangent, op="index", inner=(("pattern", pattern),), shape=call.shape)


def _concatenate_shape(call: Call) -> Shape:
    shapes = call.shapes
    if not shapes or not all(shapes):
        raise Misfit("needs arrays; stack joins scalars")
    axis = axis_list(call.params["axis"], len(shapes[0]))[0]
    rest = {(*shape[:axis], *shape[axis + 1 :]) for shape in shapes}
    if len({len(shape) for shape in shapes}) > 1 or len(rest) > 1:
        raise Misfit(f"needs equal shapes but for axis {axis}")
    return (*shapes[0][:axis], sum(shape[axis] for shape in shapes), *shapes[0][axis + 1 :])


def _concatenate(k: Any, call: Call, *operands: Any) -> Any:
    import numpy as np

    return np.concatenate([np.asarray(one) for one in operands], axis=call.params["axis"])


def _part(call: Call, position: int) -> tuple[Any, ...]:
    axis = axis_list(call.params["axis"], len(call.shape))[0]
    start = sum(shape[axis] for shape in call.shapes[:position])
    return (*((("cut", None, None, None),) * axis), ("cut", start, start + call.shapes[position][axis], None))


def _concatenate_pull(k: Any, call: Call, position: int, upstream: Any, operands: tuple[Any, ...], out: Any) -> Any:
    return k.index(upstream, pattern=_part(call, position))


def _concatenate_push(k: Any, call: Call, position: int, tangent: Any, operands: tuple[Any, ...], out: Any) -> Any:
    return k.scatter(tangent, op="index", inner=(("pattern", _part(call, position)),), shape=call.shape)


def _size(value: Any) -> Shape:
    shape = (value,) if isinstance(value, int) else tuple(value)
    if any(isinstance(one, bool) or not isinstance(one, int) or one < 0 for one in shape):
        raise Misfit(f"needs a shape of whole numbers, not {value!r}")
    return shape


def _filled(number: int) -> Any:
    def value(k: Any, call: Call) -> Any:
        return k.number(number, call.shape)

    return value


def _eye_shape(call: Call) -> Shape:
    rows, columns = call.params["n"], call.params["m"]
    return _size((rows, rows if columns is None else columns))


def _eye(k: Any, call: Call) -> Any:
    import numpy as np

    return k.exact(np.eye(*call.shape, dtype=np.int64))


def _levi_civita(k: Any, call: Call) -> Any:
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


def _range(call: Call) -> tuple[Any, Any, Any]:
    start, stop, step = call.params["start"], call.params["stop"], call.params["step"]
    return (0, start, step) if stop is None else (start, stop, step)


def _arange(k: Any, call: Call) -> Any:
    import numpy as np

    start, _, step = _range(call)
    return k.exact(np.array([start + i * step for i in range(call.shape[0])], dtype=object))


def _linspace_shape(call: Call) -> Shape:
    return _size(call.params["num"])


def _linspace(k: Any, call: Call) -> Any:
    import numpy as np

    start, stop, count = call.params["start"], call.params["stop"], call.params["num"]
    steps = k.exact(np.arange(count))
    return start + k.div(steps * (stop - start), max(count - 1, 1))


def _constant(name: str, parameters: tuple[str, ...], summary: str, shape: Any, value: Any) -> ArrayOperation:
    return ArrayOperation(name, "array", (), parameters, summary, shape, value, passive=(-2,))


def _selection(call: Call, position: int) -> str:
    return "selection"


RECORDS: tuple[ArrayOperation, ...] = (
    ArrayOperation(
        "stack", "join", ("*arrays",), ("axis=0",), "arrays of one shape along a new axis", _stack_shape, _stack, _stack_push, _stack_pull,
        structure=_selection, linear=True, symbol="[ ]",
    ),
    ArrayOperation(
        "concatenate", "join", ("*arrays",), ("axis=0",), "arrays one after the other", _concatenate_shape, _concatenate, _concatenate_push,
        _concatenate_pull, ("concat",), structure=_selection, linear=True,
    ),
    _constant("zeros", ("shape",), "an array of 0", lambda call: _size(call.params["shape"]), _filled(0)),
    _constant("ones", ("shape",), "an array of 1", lambda call: _size(call.params["shape"]), _filled(1)),
    _constant("eye", ("n", "m=None"), "the identity matrix", _eye_shape, _eye),
    _constant("levi_civita", ("n",), "the signs of the permutations of three", lambda call: (3, 3, 3), _levi_civita),
    _constant("arange", ("start", "stop=None", "step=1"), "numbers in equal steps", _arange_shape, _arange),
    _constant("linspace", ("start", "stop", "num=50"), "numbers between two ends", _linspace_shape, _linspace),
)  # fmt: skip
