"""PyTorch's arithmetic, functions of numbers, activations and reductions."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from .reading import Reading
from .torch_table import Table, direct

if TYPE_CHECKING:
    from .reading import Axes, Translation
    from .stand_ins import Operand, Traced

OPERATIONS = Table()
_operation = OPERATIONS.enter


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
OPERATIONS |= {theirs: direct(ours, 1) for theirs, ours in (words.split(":") for words in _ONE.split())}
OPERATIONS |= {theirs: direct(ours, 2) for theirs, ours in (words.split(":") for words in _TWO.split())}


@_operation(
    "clone", "contiguous", "alias", "to", "_to_copy", "lift_fresh_copy", "positive", "type_as", "view_as_real", "_assert_tensor_metadata"
)
def _same(r: Reading, x: Traced, *_: object) -> Traced:
    return x


@_operation("add")
def _add(r: Reading, x: Operand, y: Operand, alpha: float | None = 1) -> Traced:
    return r.call("add", (x, y if alpha in (1, None) else r.call("mul", (alpha, y), {})), {})


@_operation("sub")
def _sub(r: Reading, x: Operand, y: Operand, alpha: float | None = 1) -> Traced:
    return r.call("sub", (x, y if alpha in (1, None) else r.call("mul", (alpha, y), {})), {})


@_operation("rsub")
def _rsub(r: Reading, x: Traced, y: Traced, alpha: float | None = 1) -> Traced:
    return _sub(r, y, x, alpha)


@_operation("div", "true_divide")
def _div(r: Reading, x: Operand, y: Operand, rounding: str | None = None) -> Traced:
    quotient = r.call("div", (x, y), {})
    return quotient if rounding is None else r.call(rounding, (quotient,), {})


@_operation("round")
def _round(r: Reading, x: Operand, decimals: int = 0) -> Traced:
    if decimals:
        raise NotImplementedError("decimals")
    return r.call("round", (x,), {})


# ------------------------------------------------------------------------------------------------- activations


@_operation("gelu")
def _gelu(r: Reading, x: Operand, approximate: str = "none") -> Traced:
    return r.call("gelu" if approximate == "none" else "gelu_tanh", (x,), {})


@_operation("glu")
def _glu(r: Reading, x: Operand, axis: int = -1) -> Traced:
    return r.call("glu", (x,), {"axis": axis})


@_operation("softplus")
def _softplus(r: Reading, x: Traced, beta: float = 1, threshold: float = 20) -> Traced:
    return r.call("softplus", (x,), {}) if beta == 1 else r.call("softplus", (beta * x,), {}) / beta


@_operation("leaky_relu")
def _leaky_relu(r: Reading, x: Operand, slope: float = 0.01) -> Traced:
    return r.call("leaky_relu", (x, slope), {})


@_operation("elu")
def _elu(r: Reading, x: Operand, alpha: float = 1, scale: float = 1, input_scale: float = 1) -> Traced:
    if scale != 1 or input_scale != 1:
        raise NotImplementedError("scale")
    return r.call("elu", (x, alpha), {})


@_operation("hardtanh", "clamp", "clip")
def _clamp(r: Reading, x: Traced, low: Operand | None = None, high: Operand | None = None) -> Traced:
    if low is None:
        return x if high is None else r.call("minimum", (x, high), {})
    return r.call("maximum", (x, low), {}) if high is None else r.call("clip", (x, low, high), {})


@_operation("clamp_min")
def _clamp_min(r: Reading, x: Operand, low: Operand) -> Traced:
    return r.call("maximum", (x, low), {})


@_operation("clamp_max")
def _clamp_max(r: Reading, x: Operand, high: Operand) -> Traced:
    return r.call("minimum", (x, high), {})


@_operation("softmax", "_softmax")
def _softmax(r: Reading, x: Operand, axis: int, *_: object) -> Traced:
    return r.call("softmax", (x,), {"axis": axis})


@_operation("log_softmax", "_log_softmax")
def _log_softmax(r: Reading, x: Operand, axis: int, *_: object) -> Traced:
    return r.call("log_softmax", (x,), {"axis": axis})


@_operation("dropout", "feature_dropout")
def _dropout(r: Reading, x: Traced, p: float, train: bool) -> Traced:
    if train and p:
        raise NotImplementedError("it draws at random: put the module into eval()")
    return x


# -------------------------------------------------------------------------------------------------- reductions


def _axes(dims: Any) -> dict[str, object]:
    """The axis of a reduction as a keyword; of all axes none."""
    if dims is None or dims == []:
        return {}
    one = isinstance(dims, (list, tuple)) and len(dims) == 1
    return {"axis": dims[0] if one else tuple(dims) if isinstance(dims, (list, tuple)) else dims}


def _kept(keep: bool) -> dict[str, object]:
    return {"keepdims": True} if keep else {}


def _over(ours: str) -> Callable[..., Traced]:
    return lambda r, x, dims=None, keep=False, *_: r.call(ours, (x,), {**_axes(dims), **_kept(keep)})


def _extreme(ours: str, place: str) -> Translation:
    return lambda r, x, dim, keep=False: (_over(ours)(r, x, dim, keep), r.call(place, (x,), {"axis": dim}))


def _spread(ours: str) -> Translation:
    def run(r: Reading, x: Operand, dims: Axes = None, correction: float | None = None, keep: bool = False) -> Traced:
        free = {"ddof": 1 if correction is None else int(correction)}
        return r.call(ours, (x,), {**_axes(dims), **free, **_kept(keep)})

    return run


OPERATIONS |= {
    "sum.dim_IntList": _over("sum"), "mean.dim": _over("mean"), "amax": _over("max"), "amin": _over("min"),
    "logsumexp": _over("logsumexp"), "prod.dim_int": _over("prod"),
    "max.dim": _extreme("max", "argmax"), "min.dim": _extreme("min", "argmin"), "max.other": direct("maximum", 2),
    "min.other": direct("minimum", 2), "var.correction": _spread("var"), "std.correction": _spread("std"),
}  # fmt: skip
for _name in ("sum", "mean", "max", "min", "prod"):
    OPERATIONS[f"{_name}.default"] = direct(_name, 1)


@_operation("var.dim", "std.dim", "var.default", "std.default")
def _unbiased(r: Reading, *_: object) -> Traced:
    raise NotImplementedError("its old form: use correction=")


def _along(ours: str) -> Translation:
    return lambda r, x, dim=None, *_: r.call(ours, (x,), _axes(dim))


OPERATIONS |= {name: _along(name) for name in ("argmax", "argmin", "cumsum", "cumprod", "logcumsumexp")}


@_operation("linalg_vector_norm", "norm.ScalarOpt_dim", "norm.Scalar", "norm")
def _norm(r: Reading, x: Operand, order: float | None = 2, dims: Axes = None, keep: bool = False, *_: object) -> Traced:
    if order in (None, 2):
        return r.call("sqrt", (r.call("sum", (r.call("square", (x,), {}),), {**_axes(dims), **_kept(keep)}),), {})
    if order == 1:
        return r.call("sum", (r.call("abs", (x,), {}),), {**_axes(dims), **_kept(keep)})
    if order == math.inf:
        return r.call("max", (r.call("abs", (x,), {}),), {**_axes(dims), **_kept(keep)})
    raise NotImplementedError(f"order {order}")
