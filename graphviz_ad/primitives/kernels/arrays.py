"""The arithmetics of arrays: every operation of the vocabulary by name, on NumPy arrays of floats or of mpmath numbers.

``k.exp(x)``, ``k.sum(x, axis=0)``: rules are written over these. :class:`Arrays` computes in float64,
:class:`PreciseArrays` in as many digits as its mpmath context holds.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np  # noqa: TID253 - this module exists for arrays, and only they load it

from ..array_record import Misfit
from ..arrays import ARRAY_OPERATIONS
from ..call import Call, Shape
from ..contractions import Terms
from ..registry import OPERATIONS
from . import numpy as floats

if TYPE_CHECKING:
    from mpmath import mpf
    from mpmath.ctx_mp import MPContext
    from numpy.typing import ArrayLike

    from ..types import Array, Numbers


class Arrays:
    """Float64 arithmetic.

    >>> k = Arrays()
    >>> k.sum(np.array([1.0, 2.0]), axis=0, keepdims=False)
    np.float64(3.0)
    """

    inf, pi, e = float("inf"), np.pi, np.e
    rounding: Any = 2.0**-52  # relative distance from one number to the next

    def __getattr__(self, op: str) -> Any:
        if op.startswith("_"):
            raise AttributeError(op)
        function: Callable[..., Any]
        record = ARRAY_OPERATIONS.get(op)
        if record is None:
            function = self.elementwise(op)
        else:
            name = record.name

            def function(*operands: ArrayLike, **params: Any) -> Numbers:
                return apply(self, name, params, operands)

        setattr(self, op, function)
        return function

    def elementwise(self, op: str) -> Callable[..., Numbers]:
        """The function of an elementwise operation."""
        return getattr(floats, op)

    def number(self, value: int, shape: Shape) -> Any:
        """An array filled with a whole number."""
        return np.full(shape, float(value)) if shape else float(value)

    def exact(self, integers: ArrayLike) -> Array:
        """Numbers that are exact in this arithmetic."""
        return np.asarray(integers).astype(float)

    def contract(self, terms: Terms, operands: Sequence[ArrayLike]) -> Array:
        """The sum of products that ``terms`` stand for."""
        arrays = [np.asarray(one) for one in operands]
        arrays = [one.astype(float) if one.dtype == bool else one for one in arrays]
        return contract(terms, arrays)

    def length(self, x: Array, axes: Shape) -> Array:
        """The Euclidean length over axes, without overflow: scaled by the largest entry's power of two."""
        largest = np.max(np.abs(x), axis=axes, keepdims=True, initial=0.0)
        scale = np.ldexp(1.0, np.frexp(np.where(np.isfinite(largest) & (largest > 0), largest, 1.0))[1] - 1)
        scaled = x / scale
        return np.sqrt(np.sum(scaled * scaled, axis=axes)) * scale.reshape(np.sum(scaled, axis=axes).shape)

    def linear(self, name: str, *operands: ArrayLike) -> Numbers | None:
        """A function of linear algebra."""
        arrays = [np.asarray(one, dtype=float) for one in operands]
        try:
            return _LINEAR[name](*arrays)
        except np.linalg.LinAlgError:
            return None  # singular, or not positive definite: the caller fills with NaN


class PreciseArrays(Arrays):
    """Arithmetic on object arrays of the numbers of an mpmath context.

    >>> from mpmath import mp
    >>> k = PreciseArrays(mp)
    >>> float(k.sum(k.exact([1, 2]), axis=0, keepdims=False))
    3.0
    """

    def __init__(self, mp: MPContext) -> None:
        from .mpmath import Arithmetic

        self._mp = mp
        self._scalars = Arithmetic(mp)

    @property
    def rounding(self) -> mpf:
        return self._mp.mpf(10) ** (5 - self._mp.dps)

    @property
    def pi(self) -> mpf:  # type: ignore[override]
        return +self._mp.pi

    @property
    def e(self) -> mpf:  # type: ignore[override]
        return +self._mp.e

    def elementwise(self, op: str) -> Callable[..., Numbers]:
        scalar = getattr(self._scalars, op)

        def function(*operands: Numbers) -> Numbers:
            if not any(isinstance(one, np.ndarray) and one.ndim for one in operands):
                return scalar(*(one.item() if isinstance(one, np.ndarray) else _plain(one) for one in operands))
            return np.frompyfunc(lambda *entries: scalar(*map(_plain, entries)), len(operands), 1)(*operands)

        return function

    def number(self, value: int, shape: Shape) -> Any:
        return np.full(shape, self._mp.mpf(value), dtype=object) if shape else self._mp.mpf(value)

    def exact(self, integers: ArrayLike) -> Array:
        return self.array(np.asarray(integers))

    def array(self, values: ArrayLike) -> Array:
        """Doubles, integers or mpmath numbers as an object array; truth values stay."""
        values = np.asarray(values)
        if values.dtype == bool:
            return values
        return np.frompyfunc(lambda one: one if isinstance(one, bool) else self._mp.mpf(_plain(one)), 1, 1)(values)

    def contract(self, terms: Terms, operands: Sequence[ArrayLike]) -> Array:
        arrays = [self.array(np.where(one, 1, 0)) if np.asarray(one).dtype == bool else np.asarray(one, dtype=object) for one in operands]
        return contract(terms, arrays, self._mp.mpf(0))

    def length(self, x: Array, axes: Shape) -> Array:
        return self.sqrt(np.sum(x * x, axis=axes))

    def linear(self, name: str, *operands: ArrayLike) -> Numbers | None:
        from . import mpmath_linear

        return mpmath_linear.apply(self._mp, name, [np.asarray(one, dtype=object) for one in operands])


def _plain(value: Numbers) -> Numbers:
    """NumPy's scalars as Python's, which mpmath knows."""
    return value.item() if isinstance(value, np.generic) else value


def apply(k: Arrays, op: str, params: Mapping[str, Any], operands: Sequence[ArrayLike]) -> Numbers:
    """One array operation on arrays or numbers; ``params`` a mapping.

    Raises
    ------
    Misfit
        The shapes do not fit.
    """
    record = ARRAY_OPERATIONS[op]
    shapes = tuple(np.shape(one) for one in operands)
    constants = {p: one for p, one in enumerate(operands) if p and record.passive and isinstance(one, np.ndarray)}
    call = Call(op, params, shapes, (), constants)
    return compute(k, call._replace(shape=record.shape(call)), operands)


def compute(k: Arrays, call: Call, operands: Sequence[ArrayLike]) -> Numbers:
    """The value of a call whose shape is known; NaN where a matrix has no result."""
    result = ARRAY_OPERATIONS[call.op].value(k, call, *operands)
    if result is None:
        return np.full(call.shape, np.nan) if type(k) is Arrays else np.full(call.shape, k._mp.nan, dtype=object)
    return result


def value(k: Arrays, op: str, params: Any, operands: Sequence[ArrayLike], shape: Shape | None = None) -> Numbers:
    """One operation of any family: a plain number for a scalar, else an array. The entry for checks in many digits.

    ``params`` are those of the graph's node, ``shape`` the result's where it is known already.

    >>> from mpmath import mp
    >>> k = PreciseArrays(mp)
    >>> value(k, "max", (("axis", None), ("keepdims", False)), [k.exact([1, 3, 2])])
    mpf('3.0')

    Raises
    ------
    Misfit
        The shapes do not fit.
    """
    record = ARRAY_OPERATIONS.get(op)
    if record is None:
        if not OPERATIONS[op].boolean and op != "where":  # truth values count as 0 and 1: NumPy's own sum of two is "or"
            operands = [k.exact(np.where(one, 1, 0)) if _is_truth(one) else one for one in operands]
        return plain(k, getattr(k, op)(*operands))
    call = Call(op, dict(params), tuple([np.shape(one) for one in operands]), shape or (), dict(enumerate(operands)))
    return plain(k, compute(k, call._replace(shape=record.shape(call)) if shape is None else call, operands))


def _is_truth(value: ArrayLike) -> bool:
    return isinstance(value, np.ndarray) and value.dtype == bool


def plain(k: Arrays, found: Numbers) -> Numbers:
    """Scalars as plain numbers; whole numbers as those of the arithmetic."""
    if isinstance(found, np.generic):
        found = found.item()
    elif isinstance(found, np.ndarray):
        if found.ndim == 0:
            found = found.item()
        elif found.dtype.kind in "iu":
            return k.exact(found)
    return k.number(found, ()) if isinstance(found, int) and not isinstance(found, bool) else found


def contract(terms: Terms, arrays: Sequence[Array], zero: Numbers = 0.0) -> Array:
    """A contraction in full: sums of products, broadcasting over new indices, writing of diagonals."""
    known = {index for one in terms.inputs for index in one}
    core = tuple(dict.fromkeys(index for index in terms.output if index in known))
    result = _multiply(arrays, terms.inputs, core)
    if core == terms.output:
        return result
    unique = tuple(dict.fromkeys(terms.output))
    result = np.asarray(result).reshape(tuple(terms.sizes[i] if i in known else 1 for i in unique))
    result = np.broadcast_to(result, tuple(terms.sizes[i] for i in unique))
    if unique == terms.output:
        return np.array(result)
    number = {index: position for position, index in enumerate(unique)}
    whole = np.full(terms.core, zero, dtype=result.dtype)
    view = np.einsum(whole, [number[i] for i in terms.output], list(range(len(unique))))
    view[...] = result
    return whole


def _multiply(arrays: Sequence[Array], inputs: Sequence[tuple[int, ...]], output: tuple[int, ...]) -> Array:
    if len(arrays) == 1 and len(set(inputs[0])) == len(inputs[0]):
        mine = inputs[0]
        gone = tuple(axis for axis, index in enumerate(mine) if index not in output)
        left = [index for index in mine if index in output]
        summed = np.sum(arrays[0], axis=gone) if gone else arrays[0]  # adds in pairs: more exact than einsum
        order = tuple(left.index(index) for index in output)
        return np.transpose(summed, order) if order != tuple(range(len(order))) else summed
    if len(arrays) == 2 and not output and len(inputs[0]) == 1 and inputs[0] == inputs[1]:
        return np.dot(arrays[0], arrays[1])
    sizes: dict[int, int] = {}
    number: dict[int, int] = {}
    for array, one in zip(arrays, inputs, strict=True):
        for index, size in zip(one, array.shape, strict=True):
            sizes[index] = size
            number.setdefault(index, len(number))
    work = 1
    for size in sizes.values():
        work *= size
    if work > _LARGE and len(arrays) == 2 and arrays[0].dtype == arrays[1].dtype == float:
        found = _by_product(arrays[0], arrays[1], inputs[0], inputs[1], output, sizes)
        if found is not None:
            return found
    arguments: list[Any] = []
    for array, one in zip(arrays, inputs, strict=True):
        arguments += [array, [number[i] for i in one]]
    return np.einsum(*arguments, [number[i] for i in output], optimize=bool(work > _LARGE and arrays[0].dtype != object))


#: from this many products on, a contraction of two factors is worth the preparation of a matrix product
_LARGE = 4096


def _by_product(
    a: Array, b: Array, left: tuple[int, ...], right: tuple[int, ...], output: tuple[int, ...], sizes: dict[int, int]
) -> Array | None:
    """A contraction of two factors as one (batched) matrix product of BLAS; None where its indices do not fall into such parts."""
    mine, other, wanted = set(left), set(right), set(output)
    if len(mine) != len(left) or len(other) != len(right) or not mine ^ other <= wanted:
        return None
    joint = [i for i in left if i in other and i not in wanted]
    if not joint:
        return _laid_out(a, left, output) * _laid_out(b, right, output)
    batch = [i for i in output if i in mine and i in other]
    rows, columns = [i for i in output if i not in other], [i for i in output if i not in mine]

    def count(indices: list[int]) -> int:
        found = 1
        for index in indices:
            found *= sizes[index]
        return found

    def arranged(array: Array, have: tuple[int, ...], wish: list[int], shape: Shape) -> Array:
        order = [have.index(i) for i in wish]
        turned = array if order == list(range(len(order))) else array.transpose(order)
        return turned if turned.shape == shape else turned.reshape(shape)

    lead = (count(batch),) if batch else ()
    first = arranged(a, left, batch + rows + joint, (*lead, count(rows), count(joint)))
    second = arranged(b, right, batch + joint + columns, (*lead, count(joint), count(columns)))
    found = np.matmul(first, second)
    have = batch + rows + columns
    found = found.reshape([sizes[i] for i in have])
    order = [have.index(i) for i in output]
    return found if order == list(range(len(order))) else found.transpose(order)


def _laid_out(array: Array, have: tuple[int, ...], output: tuple[int, ...]) -> Array:
    """An array with its indices in the order of the output, of size 1 where it has none."""
    order = [have.index(i) for i in output if i in have]
    turned = array if order == list(range(len(order))) else array.transpose(order)
    return turned[tuple([slice(None) if i in have else None for i in output])]


# -------------------------------------------------------------------------------------------------------- linear algebra


def _symmetric(a: Array) -> Array:
    return (a + np.swapaxes(a, -1, -2)) / 2


def _once(function: Callable[[Array], Array]) -> Callable[[Array], Array]:
    """A function of matrices that computes a batch of one and the same matrix once."""

    def run(a: Array) -> Array:
        if a.ndim > 2 and a.shape[0] > 1 and a.strides[0] == 0:
            found = np.asarray(run(a[0]))
            return np.broadcast_to(found, (a.shape[0], *found.shape))
        return function(a)

    return run


def _solve(a: Array, b: Array) -> Array:
    if a.ndim > 2 and a.ndim == b.ndim and a.shape[0] > 1 and a.strides[0] == 0:  # one matrix: all right sides are columns
        side = np.moveaxis(b, 0, -1)
        found = np.asarray(_solve(a[0], side.reshape(*side.shape[:-2], side.shape[-2] * side.shape[-1])))
        return np.moveaxis(found.reshape(*found.shape[:-1], *side.shape[-2:]), -1, 0)
    return np.linalg.solve(a, b[..., None])[..., 0] if b.ndim == 1 else np.linalg.solve(a, b)


def _cofactor(a: Array) -> Array:
    """From the singular values, so that singular matrices have cofactors too: det(U) det(V) U diag(products of the others) Vᵀ."""
    if a.shape[-1] == 0:
        return a
    u, s, vt = np.linalg.svd(a)
    count = s.shape[-1]
    others = np.stack([np.prod(np.delete(s, i, axis=-1), axis=-1) for i in range(count)], axis=-1)
    sign = np.linalg.det(u) * np.linalg.det(vt)
    return np.rint(sign)[..., None, None] * np.einsum("...ik,...k,...kj->...ij", u, others, vt)


def signed(vectors: Array, others: Any = None) -> Any:
    """Columns turned so that the largest entry of each is positive (and ``others`` with them): signs that every arithmetic agrees on.

    Entries of nearly the same size count as equal; the first of them decides.
    """
    size = np.abs(vectors)
    first = np.argmax(size >= np.max(size, axis=-2, keepdims=True, initial=0) * (1 - 2.0**-20), axis=-2)
    sign = np.where(np.take_along_axis(vectors, first[..., None, :], axis=-2) < 0, -1, 1)
    return vectors * sign if others is None else (vectors * sign, others * sign)


def _singular(a: Array) -> tuple[Array, Array]:
    u, _, vt = np.linalg.svd(a, full_matrices=False)
    left, right = signed(u, np.swapaxes(vt, -1, -2))
    return left, right


def _expm(a: Array) -> Array:
    from scipy.linalg import expm

    return expm(a)


_LINEAR: dict[str, Callable[..., Array]] = {
    "inv": _once(np.linalg.inv),
    "det": _once(np.linalg.det),
    "cofactor": _once(_cofactor),
    "logdet": _once(lambda a: np.linalg.slogdet(a)[1]),
    "solve": _solve,
    "cholesky": _once(lambda a: np.linalg.cholesky(_symmetric(a))),
    "expm": _once(_expm),
    "pinv": _once(np.linalg.pinv),
    "eigvalsh": _once(lambda a: np.linalg.eigh(_symmetric(a))[0]),
    "eigenvectors": _once(lambda a: signed(np.linalg.eigh(_symmetric(a))[1])),
    "svdvals": _once(lambda a: np.linalg.svd(a, full_matrices=False)[1]),
    "left_singular": _once(lambda a: _singular(a)[0]),
    "right_singular": _once(lambda a: _singular(a)[1]),
}

__all__ = ["Arrays", "Misfit", "PreciseArrays", "apply", "compute", "contract", "plain", "value"]
