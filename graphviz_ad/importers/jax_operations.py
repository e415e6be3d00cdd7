"""JAX's primitives in terms of ours: a table from their names to functions over stand-ins.

Every function takes the recording, the primitive's operands, and its parameters by name; it raises NotImplementedError, saying
what, for a use that has no counterpart.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np  # noqa: TID253 - constants are NumPy's arrays

from .reading import Reading

#: the parameters under which a primitive keeps another list of primitives that it calls
CALLS = ("jaxpr", "call_jaxpr", "fun_jaxpr")

OPERATIONS: dict[str, Callable[..., Any]] = {}


def _primitive(*names: str) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    def enter(function: Callable[..., Any]) -> Callable[..., Any]:
        for name in names:
            OPERATIONS[name] = function
        return function

    return enter


def _direct(ours: str) -> Callable[..., Any]:
    return lambda r, *operands, **_: r.call(ours, operands, {})


_SAME_MEANING = (
    "add:add sub:sub mul:mul div:div neg:neg pow:power max:maximum min:minimum exp:exp exp2:exp2 log:log log1p:log1p expm1:expm1 sqrt:sqrt"
    " rsqrt:rsqrt cbrt:cbrt abs:abs sign:sign floor:floor ceil:ceil sin:sin cos:cos tan:tan asin:asin acos:acos atan:atan sinh:sinh"
    " cosh:cosh tanh:tanh asinh:asinh acosh:acosh atanh:atanh atan2:atan2 logistic:sigmoid erf:erf erfc:erfc erf_inv:erfinv lgamma:lgamma"
    " digamma:digamma square:square rem:fmod eq:equal ne:not_equal lt:less le:less_equal gt:greater ge:greater_equal and:logical_and"
    " or:logical_or not:logical_not add_any:add stop_gradient:stop_gradient cholesky:cholesky"
)
OPERATIONS |= {theirs: _direct(ours) for theirs, ours in (words.split(":") for words in _SAME_MEANING.split())}


@_primitive("copy", "copy_p", "convert_element_type", "reduce_precision", "sharding_constraint", "optimization_barrier")
def _same(r: Reading, x: Any, **_: Any) -> Any:
    return x


@_primitive("integer_pow")
def _integer_pow(r: Reading, x: Any, y: int, **_: Any) -> Any:
    return r.call("power", (x, y), {})


@_primitive("round")
def _round(r: Reading, x: Any, rounding_method: Any, **_: Any) -> Any:
    if int(rounding_method) != 1:
        raise NotImplementedError("halves away from zero")
    return r.call("round", (x,), {})


@_primitive("is_finite")
def _is_finite(r: Reading, x: Any, **_: Any) -> Any:
    return r.call("less", (r.call("abs", (x,), {}), math.inf), {})


@_primitive("clamp")
def _clamp(r: Reading, low: Any, x: Any, high: Any, **_: Any) -> Any:
    return r.call("clip", (x, low, high), {})


@_primitive("select_n")
def _select(r: Reading, which: Any, *cases: Any, **_: Any) -> Any:
    if len(cases) != 2:
        raise NotImplementedError("more than two cases")
    return r.call("where", (which, cases[1], cases[0]), {})


# ---------------------------------------------------------------------------------------- products and reductions


@_primitive("dot_general")
def _dot_general(r: Reading, x: Any, y: Any, dimension_numbers: Any, **_: Any) -> Any:
    (contract_x, contract_y), (batch_x, batch_y) = dimension_numbers
    if not batch_x and len(x.shape) <= 2 and tuple(contract_x) == (len(x.shape) - 1,) and tuple(contract_y) == (0,) and len(y.shape) <= 2:
        return r.call("matmul", (x, y), {})
    letters = iter("abcdefghijklmnopqrstuvwxyz")
    left = [next(letters) for _ in x.shape]
    right = [next(letters) for _ in y.shape]
    for one, two in (*zip(contract_x, contract_y, strict=True), *zip(batch_x, batch_y, strict=True)):
        right[two] = left[one]
    out = [left[axis] for axis in batch_x]
    out += [letter for axis, letter in enumerate(left) if axis not in (*contract_x, *batch_x)]
    out += [letter for axis, letter in enumerate(right) if axis not in (*contract_y, *batch_y)]
    return r.call("einsum", (f"{''.join(left)},{''.join(right)}->{''.join(out)}", x, y), {})


def _over(ours: str) -> Callable[..., Any]:
    return lambda r, x, axes, **_: r.call(ours, (x,), {"axis": tuple(axes) if len(axes) > 1 else axes[0]}) if axes else x


OPERATIONS |= {"reduce_sum": _over("sum"), "reduce_max": _over("max"), "reduce_min": _over("min"), "reduce_prod": _over("prod")}


def _along(ours: str) -> Callable[..., Any]:
    def run(r: Reading, x: Any, axis: int, reverse: bool = False, **_: Any) -> Any:
        if reverse:
            return r.call("flip", (r.call(ours, (r.call("flip", (x,), {"axis": axis}),), {"axis": axis}),), {"axis": axis})
        return r.call(ours, (x,), {"axis": axis})

    return run


OPERATIONS |= {"cumsum": _along("cumsum"), "cumprod": _along("cumprod"), "cumlogsumexp": _along("logcumsumexp")}


@_primitive("argmax")
def _argmax(r: Reading, x: Any, axes: Sequence[int], **_: Any) -> Any:
    return r.call("argmax", (x,), {"axis": axes[0]})


@_primitive("argmin")
def _argmin(r: Reading, x: Any, axes: Sequence[int], **_: Any) -> Any:
    return r.call("argmin", (x,), {"axis": axes[0]})


@_primitive("sort")
def _sort(r: Reading, *operands: Any, dimension: int, num_keys: int, **_: Any) -> Any:
    if len(operands) != 1:
        raise NotImplementedError("several arrays by one key")
    return [r.call("sort", (operands[0],), {"axis": dimension})]


# --------------------------------------------------------------------------------------------- shapes and indices


@_primitive("reshape")
def _reshape(r: Reading, x: Any, new_sizes: Sequence[int], dimensions: Any = None, **_: Any) -> Any:
    if dimensions is not None:
        raise NotImplementedError("dimensions in another order")
    return r.call("reshape", (x, tuple(new_sizes)), {})


@_primitive("squeeze")
def _squeeze(r: Reading, x: Any, dimensions: Sequence[int], **_: Any) -> Any:
    return r.call("reshape", (x, tuple(size for axis, size in enumerate(x.shape) if axis not in dimensions)), {})


@_primitive("expand_dims")
def _expand_dims(r: Reading, x: Any, dimensions: Sequence[int], **_: Any) -> Any:
    for axis in sorted(dimensions):
        x = r.call("expand_dims", (x, axis), {})
    return x


@_primitive("transpose")
def _transpose(r: Reading, x: Any, permutation: Sequence[int], **_: Any) -> Any:
    return r.call("transpose", (x, tuple(permutation)), {})


@_primitive("broadcast_in_dim")
def _broadcast(r: Reading, x: Any, shape: Sequence[int], broadcast_dimensions: Sequence[int], **_: Any) -> Any:
    own = np.shape(x) if not hasattr(x, "shape") else x.shape
    spread = [1] * len(shape)
    for size, axis in zip(own, broadcast_dimensions, strict=True):
        spread[axis] = size
    if tuple(spread) != tuple(own):
        if not hasattr(x, "shape"):
            return r.array(np.full(tuple(shape), float(x)))
        x = r.call("reshape", (x, tuple(spread)), {})
    return x if tuple(spread) == tuple(shape) else r.call("broadcast_to", (x, tuple(shape)), {})


@_primitive("concatenate")
def _concatenate(r: Reading, *operands: Any, dimension: int, **_: Any) -> Any:
    return r.call("concatenate", (list(operands),), {"axis": dimension})


@_primitive("stack")
def _stack(r: Reading, *operands: Any, axis: int, **_: Any) -> Any:
    return r.call("stack", (list(operands),), {"axis": axis})


@_primitive("slice")
def _slice(r: Reading, x: Any, start_indices: Any, limit_indices: Any, strides: Any = None, **_: Any) -> Any:
    steps = strides or (1,) * len(start_indices)
    cuts = zip(start_indices, limit_indices, steps, x.shape, strict=True)
    return x[tuple(slice(a or None, None if b == size else b, None if step == 1 else step) for a, b, step, size in cuts)]


@_primitive("rev")
def _rev(r: Reading, x: Any, dimensions: Sequence[int], **_: Any) -> Any:
    for axis in dimensions:
        x = r.call("flip", (x,), {"axis": axis})
    return x


@_primitive("pad")
def _pad(r: Reading, x: Any, value: Any, padding_config: Any, **_: Any) -> Any:
    known = value if isinstance(value, (int, float)) else None
    if known != 0 or any(low < 0 or high < 0 or inner for low, high, inner in padding_config):
        raise NotImplementedError("only zeros around")
    return r.call("pad", (x, tuple((low, high) for low, high, _ in padding_config)), {})


@_primitive("iota")
def _iota(r: Reading, shape: Sequence[int], dimension: int, **_: Any) -> Any:
    line = np.arange(shape[dimension]).reshape([-1 if axis == dimension else 1 for axis in range(len(shape))])
    return r.array(np.array(np.broadcast_to(line, shape)))


@_primitive("gather")
def _gather(r: Reading, x: Any, places: Any, dimension_numbers: Any, slice_sizes: Sequence[int], **_: Any) -> Any:
    """The one form that indexing makes: whole slices along all axes but those that are indexed, which collapse."""
    collapsed = tuple(dimension_numbers.collapsed_slice_dims)
    whole = all(size == x.shape[axis] for axis, size in enumerate(slice_sizes) if axis not in collapsed)
    plain = tuple(dimension_numbers.start_index_map) == collapsed and not getattr(dimension_numbers, "operand_batching_dims", ())
    if not (whole and plain and collapsed == tuple(range(len(collapsed))) and all(slice_sizes[axis] == 1 for axis in collapsed)):
        raise NotImplementedError("an index of another form than x[i], x[i, j]")
    kept = len(places.shape) - 1
    if tuple(dimension_numbers.offset_dims) != tuple(range(kept, kept + len(x.shape) - len(collapsed))):
        raise NotImplementedError("an index of another form than x[i], x[i, j]")
    return x[tuple(places[(*(slice(None),) * kept, number)] for number in range(len(collapsed)))]


@_primitive("dynamic_slice")
def _dynamic_slice(r: Reading, x: Any, *starts: Any, slice_sizes: Sequence[int], **_: Any) -> Any:
    fixed = [start if isinstance(start, int) else None for start in starts]
    if None in fixed:
        raise NotImplementedError("a place that is computed")
    clipped = [max(0, min(start, have - size)) for start, size, have in zip(fixed, slice_sizes, x.shape, strict=True) if start is not None]
    return x[tuple(slice(start, start + size) for start, size in zip(clipped, slice_sizes, strict=True))]


# ------------------------------------------------------------------------------------------------------- layers


@_primitive("conv_general_dilated")
def _convolution(
    r: Reading, x: Any, w: Any, window_strides: Any, padding: Any, lhs_dilation: Any, rhs_dilation: Any, dimension_numbers: Any,
    feature_group_count: int = 1, batch_group_count: int = 1, **_: Any,
) -> Any:  # fmt: skip
    axes = len(window_strides)
    if {*lhs_dilation, *rhs_dilation, feature_group_count, batch_group_count} != {1} or axes not in (1, 2):
        raise NotImplementedError("dilation, groups or three axes")
    x = r.call("transpose", (x, tuple(dimension_numbers.lhs_spec)), {})
    w = r.call("transpose", (w, tuple(dimension_numbers.rhs_spec)), {})
    if any(pair != (0, 0) for pair in map(tuple, padding)):
        x = r.call("pad", (x, ((0, 0), (0, 0), *map(tuple, padding))), {})
    strides = tuple(window_strides)
    step: dict[str, Any] = {} if set(strides) == {1} else {"stride": strides[0] if len(set(strides)) == 1 else strides}
    found = r.call(f"conv{axes}d", (x, w), step)
    return r.call("transpose", (found, tuple(int(place) for place in np.argsort(dimension_numbers.out_spec))), {})


@_primitive("reduce_window_max")
def _max_pool(r: Reading, x: Any, window_dimensions: Any, window_strides: Any, padding: Any, **_: Any) -> Any:
    pooled = [axis for axis, size in enumerate(window_dimensions) if size > 1]
    size, stride = {window_dimensions[axis] for axis in pooled}, {window_strides[axis] for axis in pooled}
    if len(pooled) != 2 or len(size) != 1 or len(stride) != 1 or any(pair != (0, 0) for pair in map(tuple, padding)):
        raise NotImplementedError("windows that are no squares over two axes, or padding")
    order = [axis for axis in range(len(x.shape)) if axis not in pooled] + pooled
    found = r.call("max_pool2d", (r.call("transpose", (x, tuple(order)), {}), size.pop()), {"stride": stride.pop()})
    return r.call("transpose", (found, tuple(int(place) for place in np.argsort(order))), {})
