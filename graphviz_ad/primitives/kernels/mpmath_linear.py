"""Linear algebra in many digits: mpmath's own routines, matrix by matrix of a batch. None where there is no result."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, TypeAlias

import numpy as np  # noqa: TID253 - loaded for arrays only

if TYPE_CHECKING:
    from mpmath import matrix, mpf
    from mpmath.ctx_mp import MPContext
    from numpy.typing import NDArray

    #: an array of mpmath's real numbers
    Reals: TypeAlias = NDArray[np.object_]


def apply(mp: MPContext, name: str, operands: list[Reals]) -> Reals | mpf | None:
    """``name`` on object arrays of numbers of ``mp``."""
    if name == "solve":
        return _solve(mp, *operands)
    (a,) = operands
    lead = a.shape[:-2]
    results = []
    for place in np.ndindex(*lead):
        one = _FUNCTIONS[name](mp, a[place])
        if one is None:
            return None
        results.append(one)
    if not results:
        return None
    first = np.asarray(results[0], dtype=object)
    whole = np.empty((*lead, *first.shape), dtype=object)
    for place, one in zip(np.ndindex(*lead), results):
        whole[place] = one
    return whole


def _matrix(mp: MPContext, a: Reals) -> matrix:
    found = mp.zeros(*a.shape)
    for i in range(a.shape[0]):
        for j in range(a.shape[1]):
            found[i, j] = a[i, j]
    return found


def _array(m: matrix) -> Reals:
    whole = np.empty((m.rows, m.cols), dtype=object)
    for i in range(m.rows):
        for j in range(m.cols):
            whole[i, j] = m[i, j]
    return whole


def _column(m: matrix) -> Reals:
    values = np.empty(len(m), dtype=object)
    for i in range(len(m)):
        values[i] = m[i]
    return values


def _solve(mp: MPContext, a: Reals, b: Reals) -> Reals | None:
    vector = b.ndim == 1
    if vector:
        b = b[:, None]
    lead = np.broadcast_shapes(a.shape[:-2], b.shape[:-2])
    a, b = np.broadcast_to(a, (*lead, *a.shape[-2:])), np.broadcast_to(b, (*lead, *b.shape[-2:]))
    whole = np.empty(b.shape, dtype=object)
    for place in np.ndindex(*lead):
        inverse = _inv(mp, a[place])
        if inverse is None:
            return None
        whole[place] = np.dot(inverse, b[place])
    return whole[..., 0] if vector else whole


def _inv(mp: MPContext, a: Reals) -> Reals | None:
    try:
        return _array(mp.inverse(_matrix(mp, a))) if a.size else a
    except ZeroDivisionError:
        return None


def _det(mp: MPContext, a: Reals) -> mpf:
    """By elimination with pivots: mpmath's own gives up on singular matrices of some sizes."""
    work = a.copy()
    count = len(work)
    sign = mp.mpf(1)
    for column in range(count):
        pivot = max(range(column, count), key=lambda row: abs(work[row, column]))
        if work[pivot, column] == 0:
            return mp.mpf(0)
        if pivot != column:
            work[[column, pivot]] = work[[pivot, column]]
            sign = -sign
        for row in range(column + 1, count):
            work[row, column:] = work[row, column:] - work[column, column:] * (work[row, column] / work[column, column])
    for column in range(count):
        sign *= work[column, column]
    return sign


def _cofactor(mp: MPContext, a: Reals) -> Reals:
    count = len(a)
    found = np.empty((count, count), dtype=object)
    for i in range(count):
        for j in range(count):
            rest = np.delete(np.delete(a, i, axis=0), j, axis=1)
            found[i, j] = (-1) ** (i + j) * _det(mp, rest)
    return found


def _logdet(mp: MPContext, a: Reals) -> mpf:
    value = _det(mp, a)
    return -mp.inf if value == 0 else mp.log(abs(value))


def _cholesky(mp: MPContext, a: Reals) -> Reals | None:
    try:
        return _array(mp.cholesky(_matrix(mp, (a + a.T) / 2)))
    except ValueError:
        return None


def _eigh(mp: MPContext, a: Reals) -> tuple[Reals, Reals]:
    values, vectors = mp.eigsy(_matrix(mp, (a + a.T) / 2))
    order = sorted(range(len(values)), key=lambda i: values[i])
    return _column(values)[order], _array(vectors)[:, order]


def _svd(mp: MPContext, a: Reals) -> tuple[Reals, Reals, Reals]:
    u, s, v = mp.svd_r(_matrix(mp, a))
    return _array(u), _column(s), _array(v)


def _signs(mp: MPContext, vectors: Reals) -> Reals:
    """Per column the sign of its largest entry, as the arithmetic of floats decides it."""
    found = np.empty(vectors.shape[1], dtype=object)
    for column in range(vectors.shape[1]):
        size = [abs(one) for one in vectors[:, column]]
        least = max(size, default=0) * (1 - mp.mpf(2) ** -20)
        first = next((one for one, here in zip(vectors[:, column], size) if here >= least), mp.mpf(1))
        found[column] = mp.mpf(-1 if first < 0 else 1)
    return found


def _signed(mp: MPContext, vectors: Reals) -> Reals:
    return vectors * _signs(mp, vectors)


def _right(mp: MPContext, a: Reals) -> Reals:
    u, _, v = _svd(mp, a)
    return v.T * _signs(mp, u)


def _pinv(mp: MPContext, a: Reals) -> Reals:
    u, s, v = _svd(mp, a)
    cut = s[0] * mp.mpf(10) ** -(mp.dps // 2)
    turned = np.array([1 / one if one > cut else mp.mpf(0) for one in s], dtype=object)
    return np.dot(v.T * turned, u.T)


_FUNCTIONS: dict[str, Callable[[MPContext, Reals], Reals | mpf | None]] = {
    "inv": _inv,
    "det": _det,
    "cofactor": _cofactor,
    "logdet": _logdet,
    "cholesky": _cholesky,
    "expm": lambda mp, a: _array(mp.expm(_matrix(mp, a))) if a.size else a,
    "pinv": _pinv,
    "eigvalsh": lambda mp, a: _eigh(mp, a)[0],
    "eigenvectors": lambda mp, a: _signed(mp, _eigh(mp, a)[1]),
    "svdvals": lambda mp, a: _svd(mp, a)[1],
    "left_singular": lambda mp, a: _signed(mp, _svd(mp, a)[0]),
    "right_singular": _right,
}
