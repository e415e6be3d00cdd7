"""PyTorch's operations in terms of ours: a table from ATen's names to functions over stand-ins.

Every function takes the recording and the operation's arguments in the order of ATen's own signature, defaults filled in; it
raises NotImplementedError, saying what, for a use that has no counterpart.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Any

from .reading import Reading

OPERATIONS: dict[str, Callable[..., Any]] = {}


def _operation(*names: str) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    def enter(function: Callable[..., Any]) -> Callable[..., Any]:
        for name in names:
            OPERATIONS[name] = function
        return function

    return enter


def _direct(ours: str, count: int) -> Callable[..., Any]:
    return lambda r, *given: r.call(ours, given[:count], {})


_ONE = (
    "neg:neg exp:exp exp2:exp2 expm1:expm1 log:log log2:log2 log10:log10 log1p:log1p sqrt:sqrt rsqrt:rsqrt reciprocal:reciprocal"
    " square:square abs:abs sign:sign floor:floor ceil:ceil trunc:trunc sin:sin cos:cos tan:tan asin:asin acos:acos atan:atan sinh:sinh"
    " cosh:cosh tanh:tanh asinh:asinh acosh:acosh atanh:atanh sigmoid:sigmoid relu:relu relu6:relu6 silu:silu mish:mish erf:erf"
    " erfc:erfc erfinv:erfinv lgamma:lgamma digamma:digamma log_sigmoid:logsigmoid hardswish:hardswish hardsigmoid:hardsigmoid selu:selu"
    " logical_not:logical_not inverse:inv linalg_inv:inv det:det linalg_det:det logdet:logdet detach:stop_gradient sinc:sinc"
    " special_i0:i0 special_ndtr:ndtr linalg_cholesky:cholesky cholesky:cholesky frac:frac deg2rad:deg2rad rad2deg:rad2deg"
)
_TWO = (
    "mul:mul matmul:matmul mm:matmul bmm:matmul mv:matmul dot:dot outer:outer ger:outer maximum:maximum minimum:minimum atan2:atan2"
    " pow:power fmod:fmod remainder:mod eq:equal ne:not_equal lt:less le:less_equal gt:greater ge:greater_equal hypot:hypot"
    " logical_and:logical_and logical_or:logical_or logaddexp:logaddexp xlogy:xlogy linalg_solve:solve fmax:maximum fmin:minimum"
    " bitwise_and:logical_and bitwise_or:logical_or inner:inner kron:kron copysign:copysign special_xlog1py:xlog1py"
)
OPERATIONS |= {theirs: _direct(ours, 1) for theirs, ours in (words.split(":") for words in _ONE.split())}
OPERATIONS |= {theirs: _direct(ours, 2) for theirs, ours in (words.split(":") for words in _TWO.split())}


@_operation(
    "clone", "contiguous", "alias", "to", "_to_copy", "lift_fresh_copy", "positive", "type_as", "view_as_real", "_assert_tensor_metadata"
)
def _same(r: Reading, x: Any, *_: Any) -> Any:
    return x


@_operation("add")
def _add(r: Reading, x: Any, y: Any, alpha: Any = 1) -> Any:
    return r.call("add", (x, y if alpha in (1, None) else r.call("mul", (alpha, y), {})), {})


@_operation("sub")
def _sub(r: Reading, x: Any, y: Any, alpha: Any = 1) -> Any:
    return r.call("sub", (x, y if alpha in (1, None) else r.call("mul", (alpha, y), {})), {})


@_operation("rsub")
def _rsub(r: Reading, x: Any, y: Any, alpha: Any = 1) -> Any:
    return _sub(r, y, x, alpha)


@_operation("div", "true_divide")
def _div(r: Reading, x: Any, y: Any, rounding: Any = None) -> Any:
    quotient = r.call("div", (x, y), {})
    return quotient if rounding is None else r.call(rounding, (quotient,), {})


@_operation("round")
def _round(r: Reading, x: Any, decimals: Any = 0) -> Any:
    if decimals:
        raise NotImplementedError("decimals")
    return r.call("round", (x,), {})


# ------------------------------------------------------------------------------------------------- activations


@_operation("gelu")
def _gelu(r: Reading, x: Any, approximate: str = "none") -> Any:
    return r.call("gelu" if approximate == "none" else "gelu_tanh", (x,), {})


@_operation("glu")
def _glu(r: Reading, x: Any, axis: int = -1) -> Any:
    return r.call("glu", (x,), {"axis": axis})


@_operation("softplus")
def _softplus(r: Reading, x: Any, beta: Any = 1, threshold: Any = 20) -> Any:
    return r.call("softplus", (x,), {}) if beta == 1 else r.call("softplus", (beta * x,), {}) / beta


@_operation("leaky_relu")
def _leaky_relu(r: Reading, x: Any, slope: Any = 0.01) -> Any:
    return r.call("leaky_relu", (x, slope), {})


@_operation("elu")
def _elu(r: Reading, x: Any, alpha: Any = 1, scale: Any = 1, input_scale: Any = 1) -> Any:
    if scale != 1 or input_scale != 1:
        raise NotImplementedError("scale")
    return r.call("elu", (x, alpha), {})


@_operation("hardtanh", "clamp", "clip")
def _clamp(r: Reading, x: Any, low: Any = None, high: Any = None) -> Any:
    if low is None:
        return x if high is None else r.call("minimum", (x, high), {})
    return r.call("maximum", (x, low), {}) if high is None else r.call("clip", (x, low, high), {})


@_operation("clamp_min")
def _clamp_min(r: Reading, x: Any, low: Any) -> Any:
    return r.call("maximum", (x, low), {})


@_operation("clamp_max")
def _clamp_max(r: Reading, x: Any, high: Any) -> Any:
    return r.call("minimum", (x, high), {})


@_operation("softmax", "_softmax")
def _softmax(r: Reading, x: Any, axis: int, *_: Any) -> Any:
    return r.call("softmax", (x,), {"axis": axis})


@_operation("log_softmax", "_log_softmax")
def _log_softmax(r: Reading, x: Any, axis: int, *_: Any) -> Any:
    return r.call("log_softmax", (x,), {"axis": axis})


@_operation("dropout", "feature_dropout")
def _dropout(r: Reading, x: Any, p: float, train: bool) -> Any:
    if train and p:
        raise NotImplementedError("it draws at random: put the module into eval()")
    return x


# -------------------------------------------------------------------------------------------------- reductions


def _axes(dims: Any) -> dict[str, Any]:
    """The axis of a reduction as a keyword; of all axes none."""
    if dims is None or dims == []:
        return {}
    one = isinstance(dims, (list, tuple)) and len(dims) == 1
    return {"axis": dims[0] if one else tuple(dims) if isinstance(dims, (list, tuple)) else dims}


def _kept(keep: bool) -> dict[str, Any]:
    return {"keepdims": True} if keep else {}


def _over(ours: str) -> Callable[..., Any]:
    return lambda r, x, dims=None, keep=False, *_: r.call(ours, (x,), {**_axes(dims), **_kept(keep)})


def _extreme(ours: str, place: str) -> Callable[..., Any]:
    return lambda r, x, dim, keep=False: (_over(ours)(r, x, dim, keep), r.call(place, (x,), {"axis": dim}))


def _spread(ours: str) -> Callable[..., Any]:
    def run(r: Reading, x: Any, dims: Any = None, correction: Any = None, keep: bool = False) -> Any:
        free = {"ddof": 1 if correction is None else int(correction)}
        return r.call(ours, (x,), {**_axes(dims), **free, **_kept(keep)})

    return run


OPERATIONS |= {
    "sum.dim_IntList": _over("sum"), "mean.dim": _over("mean"), "amax": _over("max"), "amin": _over("min"),
    "logsumexp": _over("logsumexp"), "prod.dim_int": _over("prod"),
    "max.dim": _extreme("max", "argmax"), "min.dim": _extreme("min", "argmin"), "max.other": _direct("maximum", 2),
    "min.other": _direct("minimum", 2), "var.correction": _spread("var"), "std.correction": _spread("std"),
}  # fmt: skip
for _name in ("sum", "mean", "max", "min", "prod"):
    OPERATIONS[f"{_name}.default"] = _direct(_name, 1)


@_operation("var.dim", "std.dim", "var.default", "std.default")
def _unbiased(r: Reading, *_: Any) -> Any:
    raise NotImplementedError("its old form: use correction=")


def _along(ours: str) -> Callable[..., Any]:
    return lambda r, x, dim=None, *_: r.call(ours, (x,), _axes(dim))


OPERATIONS |= {name: _along(name) for name in ("argmax", "argmin", "cumsum", "cumprod", "logcumsumexp")}


@_operation("linalg_vector_norm", "norm.ScalarOpt_dim", "norm.Scalar", "norm")
def _norm(r: Reading, x: Any, order: Any = 2, dims: Any = None, keep: bool = False, *_: Any) -> Any:
    if order in (None, 2):
        return r.call("sqrt", (r.call("sum", (r.call("square", (x,), {}),), {**_axes(dims), **_kept(keep)}),), {})
    if order == 1:
        return r.call("sum", (r.call("abs", (x,), {}),), {**_axes(dims), **_kept(keep)})
    if order == math.inf:
        return r.call("max", (r.call("abs", (x,), {}),), {**_axes(dims), **_kept(keep)})
    raise NotImplementedError(f"order {order}")


# ------------------------------------------------------------------------------------------ shapes and indices


@_operation("t", "numpy_T", "mT")
def _t(r: Reading, x: Any) -> Any:
    return x if len(x.shape) < 2 else r.call("swapaxes", (x, -1, -2), {})


@_operation("transpose", "swapaxes")
def _transpose(r: Reading, x: Any, first: int, second: int) -> Any:
    return r.call("swapaxes", (x, first, second), {})


@_operation("permute")
def _permute(r: Reading, x: Any, axes: Sequence[int]) -> Any:
    return r.call("transpose", (x, tuple(axis % len(x.shape) for axis in axes)), {})


@_operation("view", "reshape", "_unsafe_view")
def _reshape(r: Reading, x: Any, shape: Any) -> Any:
    return r.call("reshape", (x, tuple(shape)), {})


@_operation("flatten")
def _flatten(r: Reading, x: Any, start: int = 0, end: int = -1) -> Any:
    shape = x.shape or (1,)
    start, end = start % len(shape), end % len(shape)
    return r.call("reshape", (x, (*shape[:start], math.prod(shape[start : end + 1]), *shape[end + 1 :])), {})


@_operation("unsqueeze")
def _unsqueeze(r: Reading, x: Any, axis: int) -> Any:
    return r.call("expand_dims", (x, axis), {})


@_operation("squeeze")
def _squeeze(r: Reading, x: Any, dims: Any = None) -> Any:
    chosen = range(len(x.shape)) if dims is None else dims if isinstance(dims, (list, tuple)) else [dims]
    gone = {axis % len(x.shape) for axis in chosen if x.shape[axis] == 1} if x.shape else set()
    return r.call("reshape", (x, tuple(size for axis, size in enumerate(x.shape) if axis not in gone)), {}) if gone else x


@_operation("expand", "broadcast_to")
def _expand(r: Reading, x: Any, shape: Sequence[int], *_: Any) -> Any:
    own = (1,) * (len(shape) - len(x.shape)) + tuple(x.shape)
    return r.call("broadcast_to", (x, tuple(have if want == -1 else want for have, want in zip(own, shape, strict=True))), {})


@_operation("broadcast_tensors")
def _broadcast(r: Reading, tensors: Sequence[Any]) -> Any:
    import numpy as np

    shape = np.broadcast_shapes(*(one.shape for one in tensors))
    return [one if one.shape == shape else r.call("broadcast_to", (one, shape), {}) for one in tensors]


@_operation("cat", "concat")
def _cat(r: Reading, tensors: Sequence[Any], axis: int = 0) -> Any:
    return r.call("concatenate", (list(tensors),), {"axis": axis})


@_operation("stack")
def _stack(r: Reading, tensors: Sequence[Any], axis: int = 0) -> Any:
    return r.call("stack", (list(tensors),), {"axis": axis})


def _cut(x: Any, axis: int, part: Any) -> Any:
    return x[(slice(None),) * (axis % len(x.shape)) + (part,)]


@_operation("slice")
def _slice(r: Reading, x: Any, axis: int = 0, start: Any = None, end: Any = None, step: int = 1) -> Any:
    size = x.shape[axis]
    if not start and (end is None or end >= size) and step == 1:
        return x
    return _cut(x, axis, slice(start or None, None if end is None or end >= size else end, None if step == 1 else step))


@_operation("select")
def _select(r: Reading, x: Any, axis: int, place: int) -> Any:
    return _cut(x, axis, place)


@_operation("chunk")
def _chunk(r: Reading, x: Any, count: int, axis: int = 0) -> Any:
    return _split(r, x, -(-x.shape[axis] // count), axis)


@_operation("split", "split_with_sizes")
def _split(r: Reading, x: Any, sizes: Any, axis: int = 0) -> Any:
    whole = x.shape[axis]
    if isinstance(sizes, int):
        sizes = [min(sizes, whole - start) for start in range(0, whole, sizes)]
    starts = [sum(sizes[:number]) for number in range(len(sizes))]
    return tuple(_cut(x, axis, slice(start, start + size)) for start, size in zip(starts, sizes, strict=True))


@_operation("unbind")
def _unbind(r: Reading, x: Any, axis: int = 0) -> Any:
    return tuple(_cut(x, axis, place) for place in range(x.shape[axis]))


@_operation("index")
def _index(r: Reading, x: Any, places: Sequence[Any]) -> Any:
    return x[tuple(slice(None) if place is None else place for place in places)]


@_operation("index_select")
def _index_select(r: Reading, x: Any, axis: int, places: Any) -> Any:
    return r.call("take", (x, places), {"axis": axis})


@_operation("gather")
def _gather(r: Reading, x: Any, axis: int, places: Any, *_: Any) -> Any:
    return r.call("take_along_axis", (x, places, axis), {})


@_operation("embedding")
def _embedding(r: Reading, weight: Any, places: Any, *_: Any) -> Any:
    return r.call("take", (weight, places), {"axis": 0})


@_operation("flip")
def _flip(r: Reading, x: Any, axes: Sequence[int]) -> Any:
    for axis in axes:
        x = r.call("flip", (x,), {"axis": axis})
    return x


@_operation("tril")
def _tril(r: Reading, x: Any, k: int = 0) -> Any:
    return r.call("tril", (x,), {"k": k})


@_operation("triu")
def _triu(r: Reading, x: Any, k: int = 0) -> Any:
    return r.call("triu", (x,), {"k": k})


@_operation("constant_pad_nd", "pad")
def _pad(r: Reading, x: Any, widths: Sequence[int], mode: Any = 0, value: Any = 0) -> Any:
    if mode not in (0, "constant") or value:
        raise NotImplementedError("only zeros")
    pairs = [(widths[place], widths[place + 1]) for place in range(0, len(widths), 2)][::-1]
    return r.call("pad", (x, ((0, 0),) * (len(x.shape) - len(pairs)) + tuple(pairs)), {})


@_operation("where")
def _where(r: Reading, condition: Any, then: Any, other: Any) -> Any:
    return r.call("where", (condition, then, other), {})


@_operation("masked_fill")
def _masked_fill(r: Reading, x: Any, mask: Any, value: Any) -> Any:
    return r.call("where", (mask, value, x), {})


@_operation("einsum")
def _einsum(r: Reading, subscripts: str, operands: Sequence[Any], *_: Any) -> Any:
    return r.call("einsum", (subscripts, *operands), {})


def _filled(value: float) -> Callable[..., Any]:
    import numpy as np

    return lambda r, shape, *_: r.array(np.full(tuple(shape.shape if hasattr(shape, "shape") else shape), value))


OPERATIONS |= {"zeros": _filled(0.0), "ones": _filled(1.0), "zeros_like": _filled(0.0), "ones_like": _filled(1.0)}


@_operation("full", "full_like")
def _full(r: Reading, shape: Any, value: float, *_: Any) -> Any:
    return _filled(value)(r, shape)


@_operation("scalar_tensor", "lift_fresh")
def _scalar(r: Reading, value: Any, *_: Any) -> Any:
    return value


@_operation("arange.default")
def _arange(r: Reading, end: Any, *_: Any) -> Any:
    import numpy as np

    return r.array(np.arange(end))


# ------------------------------------------------------------------------------------------------- layers


@_operation("linear")
def _linear(r: Reading, x: Any, weight: Any, bias: Any = None) -> Any:
    product = r.call("matmul", (x, r.call("transpose", (weight,), {})), {})
    return product if bias is None else product + bias


@_operation("addmm", "addmv", "baddbmm")
def _addmm(r: Reading, bias: Any, x: Any, weight: Any, beta: Any = 1, alpha: Any = 1) -> Any:
    product = r.call("matmul", (x, weight), {})
    return (bias if beta == 1 else beta * bias) + (product if alpha == 1 else alpha * product)


def _pair(value: Any, count: int) -> tuple[int, ...]:
    return tuple(value) * (count if len(value) == 1 else 1) if isinstance(value, (list, tuple)) else (value,) * count


def _convolution(axes: int) -> Callable[..., Any]:
    def run(
        r: Reading, x: Any, weight: Any, bias: Any = None, stride: Any = 1, padding: Any = 0, dilation: Any = 1, groups: int = 1
    ) -> Any:
        strides = _pair(stride, axes)
        if set(_pair(dilation, axes)) != {1} or groups != 1:
            raise NotImplementedError("dilation or groups")
        if isinstance(padding, str):
            widths = [(0, 0) if padding == "valid" else ((size - 1) // 2, size // 2) for size in weight.shape[2:]]
        else:
            widths = [(one, one) for one in _pair(padding, axes)]
        if len(x.shape) != axes + 2:
            raise NotImplementedError("an input without its batch")
        if any(pair != (0, 0) for pair in widths):
            x = r.call("pad", (x, ((0, 0), (0, 0), *widths)), {})
        step: dict[str, Any] = {} if set(strides) == {1} else {"stride": strides[0] if len(set(strides)) == 1 else strides}
        found = r.call(f"conv{axes}d", (x, weight), step)
        return found if bias is None else found + r.call("reshape", (bias, (-1, *(1,) * axes)), {})

    return run


def _pooling(ours: str, axes: int) -> Callable[..., Any]:
    def run(r: Reading, x: Any, size: Any, stride: Any = None, padding: Any = 0, *rest: Any) -> Any:
        plain = set(_pair(padding, axes)) == {0} and not any(one not in (None, False, True, 1, [1] * axes, [1]) for one in rest)
        sizes, steps = _pair(size, axes), _pair(stride or size, axes)
        if not plain or len(set(sizes)) != 1 or len(set(steps)) != 1:
            raise NotImplementedError("padding, dilation or windows that are no squares")
        return r.call(ours, (x, sizes[0]), {} if steps == sizes else {"stride": steps[0]})

    return run


OPERATIONS |= {
    "conv1d": _convolution(1), "conv2d": _convolution(2), "max_pool1d": _pooling("max_pool1d", 1), "max_pool2d": _pooling("max_pool2d", 2),
    "avg_pool1d": _pooling("avg_pool1d", 1), "avg_pool2d": _pooling("avg_pool2d", 2),
}  # fmt: skip


@_operation("adaptive_avg_pool1d", "adaptive_avg_pool2d", "_adaptive_avg_pool2d")
def _adaptive(r: Reading, x: Any, size: Sequence[int]) -> Any:
    if set(_pair(size, 1)) != {1}:
        raise NotImplementedError("a size other than 1")
    return r.call("mean", (x,), {"axis": tuple(range(-len(size), 0)) if len(size) > 1 else -1, "keepdims": True})


@_operation("layer_norm")
def _layer_norm(r: Reading, x: Any, shape: Sequence[int], gamma: Any = None, beta: Any = None, eps: float = 1e-5, *_: Any) -> Any:
    if len(shape) == 1 and gamma is not None and beta is not None:
        return r.call("layer_norm", (x, gamma, beta), {"eps": eps})
    axes = {"axis": tuple(range(-len(shape), 0)) if len(shape) > 1 else -1, "keepdims": True}
    normal = (x - r.call("mean", (x,), axes)) / r.call("sqrt", (r.call("var", (x,), axes) + eps,), {})
    normal = normal if gamma is None else normal * gamma
    return normal if beta is None else normal + beta


@_operation("batch_norm")
def _batch_norm(r: Reading, x: Any, gamma: Any, beta: Any, mean: Any, var: Any, train: bool, _: Any, eps: float, *__: Any) -> Any:
    def along(one: Any) -> Any:
        return one if len(x.shape) == 2 else r.call("reshape", (one, (-1, *(1,) * (len(x.shape) - 2))), {})

    if train or mean is None:
        raise NotImplementedError("in training it changes its own statistics: put the module into eval()")
    normal = (x - along(mean)) / r.call("sqrt", (along(var) + eps,), {})
    normal = normal if gamma is None else normal * along(gamma)
    return normal if beta is None else normal + along(beta)


@_operation("scaled_dot_product_attention")
def _attention(
    r: Reading, q: Any, k: Any, v: Any, mask: Any = None, p: float = 0.0, causal: bool = False, scale: Any = None, *_: Any
) -> Any:
    if p:
        raise NotImplementedError("dropout")
    if mask is None and not causal and scale is None:
        return r.call("attention", (q, k, v), {})
    import numpy as np

    scores = r.call("matmul", (q, r.call("swapaxes", (k, -1, -2), {})), {})
    scores = scores * scale if scale is not None else scores / math.sqrt(q.shape[-1])
    if causal:
        mask = r.array(np.tril(np.ones((q.shape[-2], k.shape[-2]), dtype=bool)))
    if mask is not None:
        boolean = mask.dtype == bool
        scores = r.call("where", (mask, scores, -math.inf), {}) if boolean else scores + mask
    return r.call("matmul", (r.call("softmax", (scores,), {"axis": -1}), v), {})


# ------------------------------------------------------------------------------------------------- losses


def _reduced(r: Reading, loss: Any, reduction: int) -> Any:
    return loss if reduction == 0 else r.call("mean" if reduction == 1 else "sum", (loss,), {})


@_operation("mse_loss")
def _mse(r: Reading, x: Any, y: Any, reduction: int = 1) -> Any:
    return _reduced(r, r.call("square", (x - y,), {}), reduction)


@_operation("l1_loss")
def _mae(r: Reading, x: Any, y: Any, reduction: int = 1) -> Any:
    return _reduced(r, r.call("abs", (x - y,), {}), reduction)


@_operation("cross_entropy_loss")
def _cross_entropy(r: Reading, x: Any, target: Any, weight: Any = None, reduction: int = 1, ignore: int = -100, smooth: float = 0.0) -> Any:
    if weight is not None or smooth or len(x.shape) != 2 or target.shape == x.shape:
        raise NotImplementedError("weights, smoothing, soft targets or further axes")
    if reduction == 1:
        return r.call("cross_entropy", (x, target), {})
    return _reduced(r, -r.call("pick", (r.call("log_softmax", (x,), {"axis": -1}), target), {}), reduction)


@_operation("nll_loss", "nll_loss_nd")
def _nll(r: Reading, x: Any, target: Any, weight: Any = None, reduction: int = 1, *_: Any) -> Any:
    if weight is not None or len(x.shape) != 2:
        raise NotImplementedError("weights or further axes")
    return _reduced(r, -r.call("pick", (x, target), {}), reduction)


@_operation("binary_cross_entropy_with_logits")
def _bce_logits(r: Reading, x: Any, y: Any, weight: Any = None, positive: Any = None, reduction: int = 1) -> Any:
    if weight is not None or positive is not None:
        raise NotImplementedError("weights")
    return _reduced(r, r.call("softplus", (x,), {}) - x * y, reduction)


@_operation("binary_cross_entropy")
def _bce(r: Reading, p: Any, y: Any, weight: Any = None, reduction: int = 1) -> Any:
    if weight is not None:
        raise NotImplementedError("weights")
    return _reduced(r, -(y * r.call("log", (p,), {}) + (1 - y) * r.call("log", (1 - p,), {})), reduction)
