"""Composites on arrays under the names that NumPy, SciPy and PyTorch give them: products, turns, differences, filled arrays."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from .composite_record import Composite, composite


def _diff(given: frozenset[str], static: Mapping[str, Any]) -> str | None:
    """Differences of neighbours along an axis, n times over."""
    count, axis = static["n"], static["axis"]
    if any(isinstance(one, bool) or not isinstance(one, int) for one in (count, axis)) or not 0 <= count <= 32 or abs(axis) > 32:
        return None
    lead, tail = (":, " * axis, "") if axis >= 0 else ("..., ", ", :" * (-axis - 1))
    text = "x"
    for _ in range(count):
        text = f"({text})[{lead}1:{tail}] - ({text})[{lead}:-1{tail}]" if text != "x" else f"x[{lead}1:{tail}] - x[{lead}:-1{tail}]"
        if len(text) > 60_000:
            return None
    return text


def _rot90(given: frozenset[str], static: Mapping[str, Any]) -> str | None:
    turns = static["k"]
    if isinstance(turns, bool) or not isinstance(turns, int):
        return None
    return ("copy(x)", "flip(swapaxes(x, 0, 1), axis=0)", "flip(x, axis=(0, 1))", "flip(swapaxes(x, 0, 1), axis=1)")[turns % 4]


def _vander(given: frozenset[str], static: Mapping[str, Any]) -> str:
    """As many powers as the vector has entries, where no number of them is given."""
    powers = "expand_dims(cumsum(ones_like(x), axis=-1) - 1, -2)" if static["n"] is None else f"arange({static['n']})"
    powers = powers if static["increasing"] else f"flip({powers})"
    return f"expand_dims(x, -1)**{powers}"


#: how far x has come through every gap between two places: 0 before it, 1 behind it
_COME = "clip((expand_dims(x, -1) - xp[:-1])/(xp[1:] - xp[:-1]), 0, 1)"
#: the values at the places with weights of sum 1, of which two at most are not 0: nothing cancels between far values
_INTERP = f"fp[0]*(1 - {_COME}[..., 0]) + sum(fp[1:-1]*({_COME}[..., :-1] - {_COME}[..., 1:]), axis=-1) + fp[-1]*{_COME}[..., -1]"


def _solve_triangular(given: frozenset[str], static: Mapping[str, Any]) -> str:
    return f"solve({'tril' if static['lower'] else 'triu'}(a), b)"


def _trapezoid(given: frozenset[str], static: Mapping[str, Any]) -> str:
    return f"sum((y[..., 1:] + y[..., :-1])/2*{'(x[..., 1:] - x[..., :-1])' if 'x' in given else 'dx'}, axis=-1)"


def _vector_norm(given: frozenset[str], static: Mapping[str, Any]) -> str:
    return f"norm({'ravel(x)' if static['axis'] is None else 'x'}, ord, axis, keepdims)"


RECORDS: tuple[Composite, ...] = (
    composite("matrix_transpose", "x", "", "the last two axes exchanged", "swapaxes(x, -1, -2)", "mT"),
    composite("vecdot", "x y", "axis=-1", "scalar products of rows", "sum(x*y, axis=axis)"),
    composite("matvec", "a x", "", "matrix times vector, over batches", "einsum('...ij,...j->...i', a, x)"),
    composite("vecmat", "x a", "", "vector times matrix, over batches", "einsum('...i,...ij->...j', x, a)"),
    composite("offset_trace", "x", "offset axis1=0 axis2=1", "sum of a diagonal", "sum(diagonal(x, offset, axis1, axis2), axis=-1)"),
    composite("diagflat", "x", "k=0", "the diagonal matrix of all entries", "diag(ravel(x), k)"),
    composite("fliplr", "x", "", "columns in reverse order", "flip(x, axis=1)"),
    composite("flipud", "x", "", "rows in reverse order", "flip(x, axis=0)"),
    composite("rot90", "x", "k=1", "a quarter turn of the first two axes, k times", _rot90),
    composite("append", "x y", "axis=None", "one array after the other", "concatenate((x, y), axis=axis)"),
    composite("diff", "x", "n=1 axis=-1", "differences of neighbours along an axis, n times", _diff),
    composite("trapezoid", "y x=", "dx=1", "integral by trapezoids along the last axis", _trapezoid, "trapz"),
    composite("interp", "x xp fp", "", "straight lines between the points (xp, fp), xp increasing; constant outside", _INTERP),
    composite("vander", "x", "n=None increasing=False", "powers of every entry, in columns", _vander),
    composite("adjugate", "a", "", "transposed matrix of cofactors", "swapaxes(cofactor(a), -1, -2)"),
    composite("cond", "a", "", "largest over smallest singular value", "max(svdvals(a), axis=-1)/min(svdvals(a), axis=-1)"),
    composite("solve_triangular", "a b", "lower=False", "the x of a @ x = b for the triangle of a", _solve_triangular),
    composite("matrix_norm", "x", "ord='fro' keepdims=False", "norm of the matrices in the last two axes",
              "norm(x, ord, (-2, -1), keepdims)"),
    composite("vector_norm", "x", "axis=None keepdims=False ord=2", "norm of the entries as vectors", _vector_norm),
    composite("cdist", "x y", "ord=2", "distances of every row of one from every row of the other",
              "norm(expand_dims(x, -2) - expand_dims(y, -3), ord, axis=-1)"),
    composite("one_hot", "labels", "n", "rows of the identity matrix, by label", "eye(n)[labels]"),
    composite("full_like", "x value", "", "one value in the shape of an array", "value*ones_like(x)"),
    composite("tri", "", "n m=None k=0", "ones on and below a diagonal", "tril(ones_like(eye(n, m)), k)"),
    composite("logspace", "", "start stop num=50", "powers of ten between two", "10**linspace(start, stop, num)"),
)  # fmt: skip
