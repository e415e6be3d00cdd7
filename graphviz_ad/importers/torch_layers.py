"""PyTorch's layers and losses."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from .reading import Reading
from .torch_table import Table

if TYPE_CHECKING:
    from .reading import Sizes, Translation
    from .stand_ins import Operand, Traced

OPERATIONS = Table()
_operation = OPERATIONS.enter


@_operation("linear")
def _linear(r: Reading, x: Operand, weight: Operand, bias: Operand | None = None) -> Traced:
    product = r.call("matmul", (x, r.call("transpose", (weight,), {})), {})
    return product if bias is None else product + bias


@_operation("addmm", "addmv", "baddbmm")
def _addmm(r: Reading, bias: Traced, x: Operand, weight: Operand, beta: float = 1, alpha: float = 1) -> Traced:
    product = r.call("matmul", (x, weight), {})
    return (bias if beta == 1 else beta * bias) + (product if alpha == 1 else alpha * product)


def _pair(value: Sizes, count: int) -> tuple[int, ...]:
    return tuple(value) * (count if len(value) == 1 else 1) if isinstance(value, (list, tuple)) else (value,) * count


def _convolution(axes: int) -> Translation:
    def run(
        r: Reading,
        x: Traced,
        weight: Traced,
        bias: Operand | None = None,
        stride: Sizes = 1,
        padding: str | Sizes = 0,
        dilation: Sizes = 1,
        groups: int = 1,
    ) -> Traced:
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
        step: dict[str, object] = {} if set(strides) == {1} else {"stride": strides[0] if len(set(strides)) == 1 else strides}
        found = r.call(f"conv{axes}d", (x, weight), step)
        return found if bias is None else found + r.call("reshape", (bias, (-1, *(1,) * axes)), {})

    return run


def _pooling(ours: str, axes: int) -> Translation:
    def run(r: Reading, x: Operand, size: Sizes, stride: Sizes | None = None, padding: Sizes = 0, *rest: object) -> Traced:
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
def _adaptive(r: Reading, x: Operand, size: list[int] | tuple[int, ...]) -> Traced:
    if set(_pair(size, 1)) != {1}:
        raise NotImplementedError("a size other than 1")
    return r.call("mean", (x,), {"axis": tuple(range(-len(size), 0)) if len(size) > 1 else -1, "keepdims": True})


@_operation("layer_norm")
def _layer_norm(
    r: Reading, x: Traced, shape: Sequence[int], gamma: Operand | None = None, beta: Operand | None = None, eps: float = 1e-5, *_: object
) -> Traced:
    if len(shape) == 1 and gamma is not None and beta is not None:
        return r.call("layer_norm", (x, gamma, beta), {"eps": eps})
    axes = {"axis": tuple(range(-len(shape), 0)) if len(shape) > 1 else -1, "keepdims": True}
    normal = (x - r.call("mean", (x,), axes)) / r.call("sqrt", (r.call("var", (x,), axes) + eps,), {})
    normal = normal if gamma is None else normal * gamma
    return normal if beta is None else normal + beta


@_operation("batch_norm")
def _batch_norm(
    r: Reading,
    x: Traced,
    gamma: Operand | None,
    beta: Operand | None,
    mean: Operand | None,
    var: Operand,
    train: bool,
    _: object,
    eps: float,
    *__: object,
) -> Traced:
    def along(one: Operand) -> Operand:
        return one if len(x.shape) == 2 else r.call("reshape", (one, (-1, *(1,) * (len(x.shape) - 2))), {})

    if train or mean is None:
        raise NotImplementedError("in training it changes its own statistics: put the module into eval()")
    normal = (x - along(mean)) / r.call("sqrt", (along(var) + eps,), {})
    normal = normal if gamma is None else normal * along(gamma)
    return normal if beta is None else normal + along(beta)


@_operation("scaled_dot_product_attention")
def _attention(
    r: Reading,
    q: Traced,
    k: Traced,
    v: Operand,
    mask: Any = None,
    p: float = 0.0,
    causal: bool = False,
    scale: float | None = None,
    *_: object,
) -> Traced:
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


def _reduced(r: Reading, loss: Traced, reduction: int) -> Traced:
    return loss if reduction == 0 else r.call("mean" if reduction == 1 else "sum", (loss,), {})


@_operation("mse_loss")
def _mse(r: Reading, x: Traced, y: Traced, reduction: int = 1) -> Traced:
    return _reduced(r, r.call("square", (x - y,), {}), reduction)


@_operation("l1_loss")
def _mae(r: Reading, x: Traced, y: Traced, reduction: int = 1) -> Traced:
    return _reduced(r, r.call("abs", (x - y,), {}), reduction)


@_operation("cross_entropy_loss")
def _cross_entropy(
    r: Reading, x: Traced, target: Traced, weight: Operand | None = None, reduction: int = 1, ignore: int = -100, smooth: float = 0.0
) -> Traced:
    if weight is not None or smooth or len(x.shape) != 2 or target.shape == x.shape:
        raise NotImplementedError("weights, smoothing, soft targets or further axes")
    if reduction == 1:
        return r.call("cross_entropy", (x, target), {})
    return _reduced(r, -r.call("pick", (r.call("log_softmax", (x,), {"axis": -1}), target), {}), reduction)


@_operation("nll_loss", "nll_loss_nd")
def _nll(r: Reading, x: Traced, target: Operand, weight: Operand | None = None, reduction: int = 1, *_: object) -> Traced:
    if weight is not None or len(x.shape) != 2:
        raise NotImplementedError("weights or further axes")
    return _reduced(r, -r.call("pick", (x, target), {}), reduction)


@_operation("binary_cross_entropy_with_logits")
def _bce_logits(
    r: Reading, x: Traced, y: Traced, weight: Operand | None = None, positive: Operand | None = None, reduction: int = 1
) -> Traced:
    if weight is not None or positive is not None:
        raise NotImplementedError("weights")
    return _reduced(r, r.call("softplus", (x,), {}) - x * y, reduction)


@_operation("binary_cross_entropy")
def _bce(r: Reading, p: Traced, y: Traced, weight: Operand | None = None, reduction: int = 1) -> Traced:
    if weight is not None:
        raise NotImplementedError("weights")
    return _reduced(r, -(y * r.call("log", (p,), {}) + (1 - y) * r.call("log", (1 - p,), {})), reduction)
