"""JAX's primitives in terms of ours: a table from their names to functions over stand-ins.

Every function takes the recording, the primitive's operands, and its parameters by name; it raises NotImplementedError, saying
what, for a use that has no counterpart.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np  # noqa: TID253 - constants are NumPy's arrays

from .reading import Reading

if TYPE_CHECKING:
    from jax import lax

    from .reading import Entry, Translation
    from .stand_ins import Operand, Traced

#: the parameters under which a primitive keeps another list of primitives that it calls
CALLS = ("jaxpr", "call_jaxpr", "fun_jaxpr")

OPERATIONS: dict[str, Translation] = {}


def _primitive(*names: str) -> Callable[[Entry], Entry]:
    def enter(function: Entry) -> Entry:
        for name in names:
            OPERATIONS[name] = function
        return function

    return enter


def _direct(ours: str) -> Translation:
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
def _same(r: Reading, x: Traced, **_: object) -> Traced:
    return x


@_primitive("integer_pow")
def _integer_pow(r: Reading, x: Operand, y: int, **_: object) -> Traced:
    return r.call("power", (x, y), {})


@_primitive("round")
def _round(r: Reading, x: Operand, rounding_method: lax.RoundingMethod, **_: object) -> Traced:
    if int(rounding_method) != 1:
        raise NotImplementedError("halves away from zero")
    return r.call("round", (x,), {})


@_primitive("is_finite")
def _is_finite(r: Reading, x: Operand, **_: object) -> Traced:
    return r.call("less", (r.call("abs", (x,), {}), math.inf), {})


@_primitive("clamp")
def _clamp(r: Reading, low: Operand, x: Operand, high: Operand, **_: object) -> Traced:
    return r.call("clip", (x, low, high), {})


@_primitive("select_n")
def _select(r: Reading, which: Operand, *cases: Operand, **_: object) -> Traced:
    if len(cases) != 2:
        raise NotImplementedError("more than two cases")
    return r.call("where", (which, cases[1], cases[0]), {})


# ---------------------------------------------------------------------------------------- products and reductions


@_primitive("dot_general")
def _dot_general(r: Reading, x: Traced, y: Traced, dimension_numbers: lax.DotDimensionNumbers, **_: object) -> Traced:
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


def _over(ours: str) -> Translation:
    return lambda r, x, axes, **_: r.call(ours, (x,), {"axis": tuple(axes) if len(axes) > 1 else axes[0]}) if axes else x


OPERATIONS |= {"reduce_sum": _over("sum"), "reduce_max": _over("max"), "reduce_min": _over("min"), "reduce_prod": _over("prod")}


def _along(ours: str) -> Translation:
    def run(r: Reading, x: Operand, axis: int, reverse: bool = False, **_: object) -> Traced:
        if reverse:
            return r.call("flip", (r.call(ours, (r.call("flip", (x,), {"axis": axis}),), {"axis": axis}),), {"axis": axis})
        return r.call(ours, (x,), {"axis": axis})

    return run


OPERATIONS |= {"cumsum": _along("cumsum"), "cumprod": _along("cumprod"), "cumlogsumexp": _along("logcumsumexp")}


@_primitive("argmax")
def _argmax(r: Reading, x: Operand, axes: Sequence[int], **_: object) -> Traced:
    return r.call("argmax", (x,), {"axis": axes[0]})


@_primitive("argmin")
def _argmin(r: Reading, x: Operand, axes: Sequence[int], **_: object) -> Traced:
    return r.call("argmin", (x,), {"axis": axes[0]})


@_primitive("sort")
def _sort(r: Reading, *operands: Operand, dimension: int, num_keys: int, **_: object) -> list[Operand]:
    if len(operands) != 1:
        raise NotImplementedError("several arrays by one key")
    return [r.call("sort", (operands[0],), {"axis": dimension})]


# --------------------------------------------------------------------------------------------- shapes and indices


@_primitive("reshape")
def _reshape(r: Reading, x: Operand, new_sizes: Sequence[int], dimensions: Sequence[int] | None = None, **_: object) -> Traced:
    if dimensions is not None:
        raise NotImplementedError("dimensions in another order")
    return r.call("reshape", (x, tuple(new_sizes)), {})


@_primitive("squeeze")
def _squeeze(r: Reading, x: Traced, dimensions: Sequence[int], **_: object) -> Traced:
    return r.call("reshape", (x, tuple(size for axis, size in enumerate(x.shape) if axis not in dimensions)), {})


@_primitive("expand_dims")
def _expand_dims(r: Reading, x: Traced, dimensions: Sequence[int], **_: object) -> Traced:
    for axis in sorted(dimensions):
        x = r.call("expand_dims", (x, axis), {})
    return x


@_primitive("transpose")
def _transpose(r: Reading, x: Operand, permutation: Sequence[int], **_: object) -> Traced:
    return r.call("transpose", (x, tuple(permutation)), {})


@_primitive("broadcast_in_dim")
def _broadcast(r: Reading, x: Traced, shape: Sequence[int], broadcast_dimensions: Sequence[int], **_: object) -> Operand:
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
def _concatenate(r: Reading, *operands: Operand, dimension: int, **_: object) -> Traced:
    return r.call("concatenate", (list(operands),), {"axis": dimension})


@_primitive("stack")
def _stack(r: Reading, *operands: Operand, axis: int, **_: object) -> Traced:
    return r.call("stack", (list(operands),), {"axis": axis})


@_primitive("slice")
def _slice(
    r: Reading, x: Traced, start_indices: Sequence[int], limit_indices: Sequence[int], strides: Sequence[int] | None = None, **_: object
) -> Traced:
    steps = strides or (1,) * len(start_indices)
    cuts = zip(start_indices, limit_indices, steps, x.shape, strict=True)
    return x[tuple(slice(a or None, None if b == size else b, None if step == 1 else step) for a, b, step, size in cuts)]


@_primitive("rev")
def _rev(r: Reading, x: Traced, dimensions: Sequence[int], **_: object) -> Traced:
    for axis in dimensions:
        x = r.call("flip", (x,), {"axis": axis})
    return x


@_primitive("pad")
def _pad(r: Reading, x: Operand, value: Operand, padding_config: Sequence[tuple[int, int, int]], **_: object) -> Traced:
    known = value if isinstance(value, (int, float)) else None
    if known != 0 or any(low < 0 or high < 0 or inner for low, high, inner in padding_config):
        raise NotImplementedError("only zeros around")
    return r.call("pad", (x, tuple((low, high) for low, high, _ in padding_config)), {})


@_primitive("iota")
def _iota(r: Reading, shape: Sequence[int], dimension: int, **_: object) -> Operand:
    line = np.arange(shape[dimension]).reshape([-1 if axis == dimension else 1 for axis in range(len(shape))])
    return r.array(np.array(np.broadcast_to(line, shape)))


@_primitive("gather")
def _gather(
    r: Reading, x: Traced, places: Any, dimension_numbers: lax.GatherDimensionNumbers, slice_sizes: Sequence[int], **_: object
) -> Traced:
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
def _dynamic_slice(r: Reading, x: Traced, *starts: Operand, slice_sizes: Sequence[int], **_: object) -> Traced:
    fixed = [start if isinstance(start, int) else None for start in starts]
    if None in fixed:
        raise NotImplementedError("a place that is computed")
    clipped = [max(0, min(start, have - size)) for start, size, have in zip(fixed, slice_sizes, x.shape, strict=True) if start is not None]
    return x[tuple(slice(start, start + size) for start, size in zip(clipped, slice_sizes, strict=True))]


# ------------------------------------------------------------------------------------------------------- layers


@_primitive("conv_general_dilated")
def _convolution(
    r: Reading, x: Operand, w: Operand, window_strides: Sequence[int], padding: Sequence[tuple[int, int]], lhs_dilation: Sequence[int],
    rhs_dilation: Sequence[int], dimension_numbers: lax.ConvDimensionNumbers, feature_group_count: int = 1, batch_group_count: int = 1,
    **_: object,
) -> Traced:  # fmt: skip
    axes = len(window_strides)
    if {*lhs_dilation, *rhs_dilation, feature_group_count, batch_group_count} != {1} or axes not in (1, 2):
        raise NotImplementedError("dilation, groups or three axes")
    x = r.call("transpose", (x, tuple(dimension_numbers.lhs_spec)), {})
    w = r.call("transpose", (w, tuple(dimension_numbers.rhs_spec)), {})
    if any(pair != (0, 0) for pair in map(tuple, padding)):
        x = r.call("pad", (x, ((0, 0), (0, 0), *map(tuple, padding))), {})
    strides = tuple(window_strides)
    step: dict[str, object] = {} if set(strides) == {1} else {"stride": strides[0] if len(set(strides)) == 1 else strides}
    found = r.call(f"conv{axes}d", (x, w), step)
    return r.call("transpose", (found, tuple(int(place) for place in np.argsort(dimension_numbers.out_spec))), {})


@_primitive("reduce_window_max")
def _max_pool(
    r: Reading, x: Traced, window_dimensions: Sequence[int], window_strides: Sequence[int], padding: Sequence[tuple[int, int]], **_: object
) -> Traced:
    pooled = [axis for axis, size in enumerate(window_dimensions) if size > 1]
    size, stride = {window_dimensions[axis] for axis in pooled}, {window_strides[axis] for axis in pooled}
    if len(pooled) != 2 or len(size) != 1 or len(stride) != 1 or any(pair != (0, 0) for pair in map(tuple, padding)):
        raise NotImplementedError("windows that are no squares over two axes, or padding")
    order = [axis for axis in range(len(x.shape)) if axis not in pooled] + pooled
    found = r.call("max_pool2d", (r.call("transpose", (x, tuple(order)), {}), size.pop()), {"stride": stride.pop()})
    return r.call("transpose", (found, tuple(int(place) for place in np.argsort(order))), {})
