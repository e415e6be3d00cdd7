"""ONNX's operators in terms of ours: a table from their names to functions over stand-ins.

Every function takes the recording, the operator's inputs in order, and its attributes by name; it raises NotImplementedError,
saying what, for a use that has no counterpart. Inputs that say shapes, axes and places are NumPy arrays.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np  # noqa: TID253 - axes and shapes come as NumPy's arrays

from .reading import Reading
from .torch_operations import OPERATIONS as ATEN

if TYPE_CHECKING:
    from typing import TypeAlias

    from .reading import Entry, Result, Translation
    from .stand_ins import Operand, Part, Traced

    #: whole numbers, by an input or by an attribute
    Whole: TypeAlias = Traced | np.ndarray | int | Sequence[int]

OPERATORS: dict[str, Translation] = {}


def _operator(*names: str) -> Callable[[Entry], Entry]:
    def enter(function: Entry) -> Entry:
        for name in names:
            OPERATORS[name] = function
        return function

    return enter


def _direct(ours: str) -> Translation:
    return lambda r, *operands: r.call(ours, operands, {})


_SAME_MEANING = (
    "Add:add Sub:sub Mul:mul Div:div Neg:neg Exp:exp Log:log Sqrt:sqrt Abs:abs Tanh:tanh Sigmoid:sigmoid Relu:relu Softplus:softplus"
    " Softsign:softsign HardSwish:hardswish Mish:mish Erf:erf Sin:sin Cos:cos Tan:tan Asin:asin Acos:acos Atan:atan Sinh:sinh Cosh:cosh"
    " Asinh:asinh Acosh:acosh Atanh:atanh Pow:power MatMul:matmul Reciprocal:reciprocal Floor:floor Ceil:ceil Round:round Sign:sign"
    " Equal:equal Less:less LessOrEqual:less_equal Greater:greater GreaterOrEqual:greater_equal And:logical_and Or:logical_or"
    " Not:logical_not Where:where Det:det"
)
OPERATORS |= {theirs: _direct(ours) for theirs, ours in (words.split(":") for words in _SAME_MEANING.split())}


def _whole(values: Whole) -> list[int]:
    """Whole numbers that an input or an attribute says."""
    if hasattr(values, "_trace"):
        raise NotImplementedError("axes or shapes that are computed from inputs")
    return [int(one) for one in np.ravel(values)]


@_operator("Identity", "Cast", "Dropout")
def _same(
    r: Reading, x: Traced, *_: object, to: int = 0, saturate: int = 1, ratio: float = 0.5, seed: int = 0, round_mode: str = ""
) -> Traced:
    return x


def _folded(ours: str, mean: bool = False) -> Translation:
    def run(r: Reading, first: Traced, *others: Operand) -> Traced:
        for one in others:
            first = r.call(ours, (first, one), {})
        return first / (1 + len(others)) if mean else first

    return run


OPERATORS |= {"Sum": _folded("add"), "Max": _folded("maximum"), "Min": _folded("minimum"), "Mean": _folded("add", mean=True)}


@_operator("LeakyRelu")
def _leaky(r: Reading, x: Operand, alpha: float = 0.01) -> Traced:
    return r.call("leaky_relu", (x, alpha), {})


@_operator("PRelu")
def _prelu(r: Reading, x: Traced, slope: Traced) -> Traced:
    return r.call("where", (r.call("less", (x, 0), {}), x * slope, x), {})


@_operator("Elu")
def _elu(r: Reading, x: Operand, alpha: float = 1.0) -> Traced:
    return r.call("elu", (x, alpha), {})


@_operator("Selu")
def _selu(r: Reading, x: Operand, alpha: float = 1.67326, gamma: float = 1.0507) -> Traced:
    return gamma * r.call("elu", (x, alpha), {})


@_operator("HardSigmoid")
def _hard_sigmoid(r: Reading, x: Traced, alpha: float = 0.2, beta: float = 0.5) -> Traced:
    return r.call("clip", (alpha * x + beta, 0, 1), {})


@_operator("Gelu")
def _gelu(r: Reading, x: Traced, approximate: str = "none") -> Result:
    return ATEN["gelu"](r, x, approximate)


@_operator("Clip")
def _clip(
    r: Reading, x: Traced, low: Operand | None = None, high: Operand | None = None, min: float | None = None, max: float | None = None
) -> Result:
    return ATEN["clamp"](r, x, _number(low, min), _number(high, max))


def _number(value: Operand | None, attribute: float | None) -> Traced | float | None:
    """A bound: an input, or an attribute in old models."""
    value = attribute if value is None else value
    return float(value) if isinstance(value, np.ndarray) else value


@_operator("Mod")
def _mod(r: Reading, x: Operand, y: Operand, fmod: int = 0) -> Traced:
    return r.call("fmod" if fmod else "mod", (x, y), {})


def _rows(ours: str) -> Translation:
    return lambda r, x, axis=-1: r.call(ours, (x,), {"axis": axis})


OPERATORS |= {"Softmax": _rows("softmax"), "LogSoftmax": _rows("log_softmax")}


def _reduction(ours: str, before: str = "", after: str = "") -> Translation:
    def run(
        r: Reading, x: Traced, places: Whole | None = None, axes: Whole | None = None, keepdims: int = 1, noop_with_empty_axes: int = 0
    ) -> Traced:
        chosen = places if places is not None else axes
        chosen = [] if chosen is None else _whole(chosen)
        if not chosen and noop_with_empty_axes:
            return x
        x = r.call(before, (x,), {}) if before else x
        options: dict[str, object] = {"axis": tuple(chosen) if len(chosen) > 1 else chosen[0]} if chosen else {}
        found = r.call(ours, (x,), {**options, "keepdims": True} if keepdims else options)
        return r.call(after, (found,), {}) if after else found

    return run


OPERATORS |= {
    "ReduceSum": _reduction("sum"), "ReduceMean": _reduction("mean"), "ReduceMax": _reduction("max"), "ReduceMin": _reduction("min"),
    "ReduceProd": _reduction("prod"), "ReduceLogSumExp": _reduction("logsumexp"), "ReduceL1": _reduction("sum", "abs"),
    "ReduceSumSquare": _reduction("sum", "square"), "ReduceL2": _reduction("sum", "square", "sqrt"),
    "ReduceLogSum": _reduction("sum", "", "log"),
}  # fmt: skip


# ------------------------------------------------------------------------------------------------------- shapes


@_operator("Transpose")
def _transpose(r: Reading, x: Traced, perm: Sequence[int] | None = None) -> Traced:
    return r.call("transpose", (x, tuple(perm) if perm is not None else tuple(range(len(x.shape)))[::-1]), {})


@_operator("Reshape")
def _reshape(r: Reading, x: Traced, shape: Whole, allowzero: int = 0) -> Traced:
    sizes = [x.shape[place] if size == 0 and not allowzero else size for place, size in enumerate(_whole(shape))]
    return r.call("reshape", (x, tuple(sizes)), {})


@_operator("Flatten")
def _flatten(r: Reading, x: Traced, axis: int = 1) -> Traced:
    left = int(np.prod(x.shape[:axis], dtype=int))
    return r.call("reshape", (x, (left, int(np.prod(x.shape, dtype=int)) // max(left, 1))), {})


@_operator("Squeeze")
def _squeeze(r: Reading, x: Traced, places: Whole | None = None, axes: Whole | None = None) -> Result:
    chosen = places if places is not None else axes
    return ATEN["squeeze"](r, x, None if chosen is None else _whole(chosen))


@_operator("Unsqueeze")
def _unsqueeze(r: Reading, x: Traced, places: Whole | None = None, axes: Any = None) -> Traced:
    chosen = _whole(places if places is not None else axes)
    rank = len(x.shape) + len(chosen)
    for axis in sorted(axis % rank for axis in chosen):
        x = r.call("expand_dims", (x, axis), {})
    return x


@_operator("Expand")
def _expand(r: Reading, x: Traced, shape: Whole) -> Traced:
    return r.call("broadcast_to", (x, tuple(int(size) for size in np.broadcast_shapes(x.shape, tuple(_whole(shape))))), {})


@_operator("Concat")
def _concat(r: Reading, *operands: Operand, axis: int) -> Traced:
    return r.call("concatenate", ([r.array(one) if isinstance(one, np.ndarray) else one for one in operands],), {"axis": axis})


@_operator("Split")
def _split(r: Reading, x: Traced, sizes: Whole | None = None, axis: int = 0, split: Whole | None = None, num_outputs: int = 0) -> Result:
    told = sizes if sizes is not None else split
    if told is None and not num_outputs:
        raise NotImplementedError("parts without their sizes")
    return ATEN["split"](r, x, -(-x.shape[axis] // num_outputs) if told is None else _whole(told), axis)


@_operator("Slice")
def _slice(r: Reading, x: Traced, starts: Whole, ends: Whole, axes: Whole | None = None, steps: Whole | None = None) -> Traced:
    begins, stops = _whole(starts), _whole(ends)
    places = list(range(len(begins))) if axes is None else _whole(axes)
    cuts: list[Part] = [slice(None)] * len(x.shape)
    for axis, begin, stop, step in zip(places, begins, stops, [1] * len(begins) if steps is None else _whole(steps), strict=True):
        begin, stop, step = slice(begin, stop, step).indices(x.shape[axis])
        cuts[axis] = slice(begin, None if stop < 0 else stop, step)
    return x[tuple(cuts)]


@_operator("Gather")
def _gather(r: Reading, x: Traced, places: Operand, axis: int = 0) -> Traced:
    if isinstance(places, np.ndarray) and places.ndim == 0:
        return x[(slice(None),) * (axis % len(x.shape)) + (int(places),)]
    return r.call("take", (x, r.array(places) if isinstance(places, np.ndarray) else places), {"axis": axis})


@_operator("GatherElements")
def _gather_elements(r: Reading, x: Operand, places: Operand, axis: int = 0) -> Traced:
    return r.call("take_along_axis", (x, r.array(places) if isinstance(places, np.ndarray) else places, axis), {})


@_operator("Pad")
def _pad(
    r: Reading,
    x: Operand,
    widths: Whole | None = None,
    value: Operand | None = None,
    axes: Whole | None = None,
    mode: str = "constant",
    pads: Any = None,
) -> Traced:
    if mode != "constant" or axes is not None or (value is not None and float(value)):
        raise NotImplementedError("only zeros on all axes")
    told = _whole(widths if widths is not None else pads)
    half = len(told) // 2
    return r.call("pad", (x, tuple(zip(told[:half], told[half:], strict=True))), {})


@_operator("CumSum")
def _cumsum(r: Reading, x: Operand, axis: Whole, exclusive: int = 0, reverse: int = 0) -> Traced:
    if exclusive or reverse:
        raise NotImplementedError("exclusive or reverse")
    return r.call("cumsum", (x,), {"axis": _whole(axis)[0]})


@_operator("Trilu")
def _trilu(r: Reading, x: Operand, k: Whole | None = None, upper: int = 1) -> Traced:
    return r.call("triu" if upper else "tril", (x,), {"k": 0 if k is None else _whole(k)[0]})


@_operator("Einsum")
def _einsum(r: Reading, *operands: Operand, equation: str) -> Traced:
    return r.call("einsum", (equation.replace(" ", ""), *operands), {})


# ------------------------------------------------------------------------------------------------------- layers


@_operator("Gemm")
def _gemm(
    r: Reading, a: Traced, b: Traced, c: Operand | None = None, alpha: float = 1.0, beta: float = 1.0, transA: int = 0, transB: int = 0
) -> Traced:
    a = r.call("transpose", (a,), {}) if transA else a
    b = r.call("transpose", (b,), {}) if transB else b
    product = r.call("matmul", (a, b), {})
    product = product if alpha == 1 else alpha * product
    return product if c is None else product + (c if beta == 1 else beta * c)


@_operator("Conv")
def _conv(
    r: Reading, x: Traced, w: Operand, b: Operand | None = None, auto_pad: str = "NOTSET", dilations: Sequence[int] | None = None,
    group: int = 1, kernel_shape: Sequence[int] | None = None, pads: Sequence[int] | None = None, strides: Sequence[int] | None = None,
) -> Result:  # fmt: skip
    axes = len(x.shape) - 2
    if auto_pad not in ("NOTSET", "VALID") or axes not in (1, 2):
        raise NotImplementedError(f"auto_pad {auto_pad} or {axes} axes")
    told = list(pads) if pads is not None else [0] * (2 * axes)
    if any(told):
        x = r.call("pad", (x, ((0, 0), (0, 0), *zip(told[:axes], told[axes:], strict=True))), {})
    return ATEN[f"conv{axes}d"](r, x, w, b, list(strides or [1] * axes), 0, list(dilations or [1] * axes), group)


def _pooling(ours: str) -> Translation:
    def run(
        r: Reading,
        x: Traced,
        kernel_shape: Sequence[int],
        strides: Sequence[int] | None = None,
        pads: Sequence[int] | None = None,
        auto_pad: str = "NOTSET",
        **others: object,
    ) -> Result:
        if (pads is not None and any(pads)) or auto_pad not in ("NOTSET", "VALID") or len(kernel_shape) != 2 or any(others.values()):
            raise NotImplementedError("padding, dilation, ceil_mode or other than two axes")
        return ATEN[ours](r, x, list(kernel_shape), list(strides or [1, 1]))

    return run


OPERATORS |= {"MaxPool": _pooling("max_pool2d"), "AveragePool": _pooling("avg_pool2d")}


@_operator("GlobalAveragePool")
def _global_average(r: Reading, x: Traced) -> Traced:
    axes = tuple(range(2, len(x.shape)))
    return r.call("mean", (x,), {"axis": axes if len(axes) > 1 else axes[0], "keepdims": True})


@_operator("BatchNormalization")
def _batch_norm(
    r: Reading,
    x: Traced,
    gamma: Operand,
    beta: Operand,
    mean: Operand,
    var: Operand,
    epsilon: float = 1e-5,
    momentum: float = 0.9,
    training_mode: int = 0,
) -> Result:
    return ATEN["batch_norm"](r, x, gamma, beta, mean, var, bool(training_mode), momentum, epsilon)


@_operator("LayerNormalization")
def _layer_norm(
    r: Reading, x: Traced, gamma: Operand, beta: Operand | None = None, axis: int = -1, epsilon: float = 1e-5, stash_type: int = 1
) -> Result:
    return ATEN["layer_norm"](r, x, x.shape[axis % len(x.shape) :], gamma, beta, epsilon)


_REDUCTIONS = {"none": 0, "mean": 1, "sum": 2}


@_operator("SoftmaxCrossEntropyLoss")
def _cross_entropy(r: Reading, scores: Traced, labels: Operand, weights: Operand | None = None, reduction: str = "mean") -> Result:
    return ATEN["cross_entropy_loss"](r, scores, labels, weights, _REDUCTIONS[reduction])


@_operator("NegativeLogLikelihoodLoss")
def _nll(r: Reading, x: Traced, labels: Operand, weights: Operand | None = None, reduction: str = "mean") -> Result:
    return ATEN["nll_loss"](r, x, labels, weights, _REDUCTIONS[reduction])
