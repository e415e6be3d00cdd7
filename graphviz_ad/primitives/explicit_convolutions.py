"""Convolutions as networks write them (the kernel is not reversed): windows of the input contracted with the kernel.

A kernel of d axes works on the last d axes of the input; one with two more axes, (out, in, …), on channels as well:
(…, in, places) becomes (…, out, places).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from .array_record import ArrayOperation, Misfit
from .call import Call, Shape
from .explicit_rearrangements import scatter

if TYPE_CHECKING:
    from .types import Kernels, V

_AXES = {"conv1d": 1, "conv2d": 2}


def _plan(call: Call) -> tuple[int, bool, Shape, Shape, tuple[tuple[int, int], ...]]:
    """Axes, whether there are channels, the window, the strides, the padding in front and behind."""
    axes = _AXES[call.op]
    x, w = call.shapes
    if len(w) not in (axes, axes + 2):
        raise Misfit(f"needs a kernel of {axes} axes, or of {axes + 2}: (out, in, …)")
    channels = len(w) == axes + 2
    if len(x) < axes + channels:
        raise Misfit(f"needs an input of at least {axes + channels} axes")
    if channels and x[-axes - 1] != w[1]:
        raise Misfit(f"needs as many channels as the kernel takes: {x[-axes - 1]} and {w[1]}")
    window = w[-axes:]
    stride, mode = call.params["stride"], call.params["mode"]
    steps = (stride,) * axes if isinstance(stride, int) else tuple(stride)
    if len(steps) != axes or any(not isinstance(step, int) or step < 1 for step in steps):
        raise Misfit("needs a stride of at least 1")
    if mode == "valid":
        pads = ((0, 0),) * axes
    elif mode == "same":
        pads = tuple(((size - 1) // 2, size // 2) for size in window)
    elif mode == "full":
        pads = tuple((size - 1, size - 1) for size in window)
    elif isinstance(mode, int) and not isinstance(mode, bool) and mode >= 0:
        pads = ((mode, mode),) * axes
    else:
        raise Misfit("knows the modes 'valid', 'same', 'full', or a number of zeros around")
    for size, have, pad in zip(window, x[-axes:], pads):
        if size == 0 or size > have + sum(pad):
            raise Misfit("needs an input that is as large as the kernel")
    return axes, channels, window, steps, pads


def _shape(call: Call) -> Shape:
    axes, channels, window, steps, pads = _plan(call)
    x, w = call.shapes
    places = tuple((have + sum(pad) - size) // step + 1 for have, pad, size, step in zip(x[-axes:], pads, window, steps))
    return (*x[: -axes - 1], w[0], *places) if channels else (*x[:-axes], *places)


def _letters(axes: int, channels: bool) -> tuple[str, str, str]:
    """Index strings of windows, kernel and result."""
    places, inside = "nm"[:axes], "uv"[:axes]
    if channels:
        return f"...c{places}{inside}", f"oc{inside}", f"...o{places}"
    return f"...{places}{inside}", inside, f"...{places}"


def _width(call: Call, axes: int, pads: tuple[tuple[int, int], ...]) -> tuple[tuple[int, int], ...]:
    return ((0, 0),) * (len(call.shapes[0]) - axes) + pads


def _windows(k: Kernels[V], call: Call, x: V) -> V:
    axes, _, window, steps, pads = _plan(call)
    padded = k.pad(x, pad_width=_width(call, axes, pads)) if any(map(any, pads)) else x
    return k.windows(padded, shape=window, stride=steps)


def _value(k: Kernels[V], call: Call, x: V, w: V) -> V:
    axes, channels, *_ = _plan(call)
    left, right, result = _letters(axes, channels)
    return k.einsum(_windows(k, call, x), w, subscripts=f"{left},{right}->{result}", sizes=())


def _push(k: Kernels[V], call: Call, position: int, tangent: V, operands: tuple[V, ...], out: V) -> V:
    moved = (tangent, operands[1]) if position == 0 else (operands[0], tangent)
    return getattr(k, call.op)(*moved, **call.params)


def _pull(k: Kernels[V], call: Call, position: int, upstream: V, operands: tuple[V, ...], out: V) -> V:
    axes, channels, window, steps, pads = _plan(call)
    left, right, result = _letters(axes, channels)
    if position == 1:
        return k.einsum(_windows(k, call, operands[0]), upstream, subscripts=f"{left},{result}->{right}", sizes=())
    back = k.einsum(upstream, operands[1], subscripts=f"{result},{right}->{left}", sizes=())
    x = call.shapes[0]
    padded = (*x[:-axes], *(have + sum(pad) for have, pad in zip(x[-axes:], pads)))
    whole = scatter(k, "windows", {"shape": window, "stride": steps}, padded, back)
    return scatter(k, "pad", {"pad_width": _width(call, axes, pads)}, x, whole) if any(map(any, pads)) else whole


RECORDS: tuple[ArrayOperation, ...] = tuple(
    ArrayOperation(
        name, "explicit", ("x", "w"), ("stride=1", "mode='valid'"), f"convolution over the last {'axis' if axes == 1 else 'two axes'}",
        _shape, _value, _push, _pull, batched="first",
    )
    for name, axes in _AXES.items()
)  # fmt: skip
