"""Arithmetic, powers, exponentials, logarithms and what goes by pieces, on mpmath's real numbers."""

from __future__ import annotations

from builtins import abs as _size  # the module's own abs is the operation
from typing import Any

from .mpmath_special import LARGEST, real

#: A real number of mpmath. The context class is made at run time and has no type to name.
Real = Any
Context = Any

#: beyond this magnitude, in bits, the reduction by multiples of pi or of a divisor would cost too much
MOST_REDUCED = 100_000


# --------------------------------------------------------------------------------------------------------- arithmetic


def copy(mp: Context, x: Real) -> Real:
    return mp.mpf(x)


def add(mp: Context, x: Real, y: Real) -> Real:
    return mp.mpf(x) + y


def sub(mp: Context, x: Real, y: Real) -> Real:
    return mp.mpf(x) - y


def mul(mp: Context, x: Real, y: Real) -> Real:
    return mp.mpf(x) * y


def div(mp: Context, x: Real, y: Real) -> Real:
    """The quotient; x/0 has the sign of x, since these numbers have one zero."""
    x = mp.mpf(x)
    if y == 0:
        return mp.nan if x == 0 or mp.isnan(x) else mp.sign(x) * mp.inf
    return x / y


def power(mp: Context, x: Real, y: Real) -> Real:
    """C's pow. The size of the result is estimated first.

    >>> from mpmath import mp
    >>> power(mp, 9, -power(mp, 9, 9**9))
    mpf('0.0')
    """
    x, y = mp.mpf(x), mp.mpf(y)
    if y == 0 or x == 1:
        return mp.mpf(1)
    if mp.isnan(x) or mp.isnan(y):
        return mp.nan
    if mp.isinf(y):
        size = _size(x)
        return mp.mpf(1) if size == 1 else (mp.inf if (size > 1) == (y > 0) else mp.mpf(0))
    whole = mp.isint(y)
    odd = whole and y.man_exp[1] == 0  # a mantissa is odd
    sign = -1 if x < 0 and odd else 1
    if x == 0 or mp.isinf(x):
        return sign * mp.inf if (x == 0) == (y < 0) else mp.mpf(0)
    if x < 0 and not whole:
        return mp.nan
    if not (whole and -1024 < y < 1024):
        with mp.workprec(53):
            logarithm = y * mp.log(_size(x))
        if _size(logarithm) > LARGEST:
            return sign * mp.inf if logarithm > 0 else mp.mpf(0)
    return real(mp, mp.power(x, y))


def mod(mp: Context, x: Real, y: Real) -> Real:
    x, y = mp.mpf(x), mp.mpf(y)
    if y == 0 or not mp.isfinite(x) or mp.isnan(y):
        return mp.nan
    if mp.isinf(y):
        return x if x == 0 or (x > 0) == (y > 0) else y
    if x != 0 and mp.mag(x) - mp.mag(y) > MOST_REDUCED:
        return mp.nan
    return x % y


def fmod(mp: Context, x: Real, y: Real) -> Real:
    return mp.sign(x) * mod(mp, _size(mp.mpf(x)), _size(mp.mpf(y)))


def neg(mp: Context, x: Real) -> Real:
    return -mp.mpf(x)


def reciprocal(mp: Context, x: Real) -> Real:
    return div(mp, 1, x)


def square(mp: Context, x: Real) -> Real:
    return mp.mpf(x) ** 2


def sqrt(mp: Context, x: Real) -> Real:
    return mp.sqrt(x) if x >= 0 else mp.nan


def cbrt(mp: Context, x: Real) -> Real:
    return mp.cbrt(x) if x >= 0 else (-mp.cbrt(-x) if x < 0 else mp.nan)


def hypot(mp: Context, x: Real, y: Real) -> Real:
    return mp.inf if mp.isinf(x) or mp.isinf(y) else mp.hypot(x, y)


def deg2rad(mp: Context, x: Real) -> Real:
    return mp.mpf(x) * mp.pi / 180


def rad2deg(mp: Context, x: Real) -> Real:
    return mp.mpf(x) * 180 / mp.pi


# ------------------------------------------------------------------------------------------ exponentials and logarithms


def exp(mp: Context, x: Real) -> Real:
    if x > LARGEST:
        return mp.inf
    return mp.mpf(0) if x < -LARGEST else mp.exp(x)


def exp2(mp: Context, x: Real) -> Real:
    return power(mp, 2, x)


def expm1(mp: Context, x: Real) -> Real:
    if x > LARGEST:
        return mp.inf
    return mp.mpf(-1) if x < -LARGEST else mp.expm1(x)


def log(mp: Context, x: Real) -> Real:
    return mp.log(x) if x >= 0 else mp.nan


def log2(mp: Context, x: Real) -> Real:
    return log(mp, x) / mp.ln2


def log10(mp: Context, x: Real) -> Real:
    return log(mp, x) / mp.ln10


def log1p(mp: Context, x: Real) -> Real:
    if x > -1:
        return mp.log1p(x)
    return -mp.inf if x == -1 else mp.nan


def logaddexp(mp: Context, x: Real, y: Real) -> Real:
    if x == y:
        return mp.mpf(x) + mp.ln2
    low, high = (x, y) if x < y else (y, x)
    return high + log1p(mp, exp(mp, mp.mpf(low) - high))


def xlogy(mp: Context, x: Real, y: Real) -> Real:
    if x == 0 and not mp.isnan(y):
        return mp.mpf(0)
    return x * log(mp, y)


# ------------------------------------------------------------------------------------------------------------- piecewise


def abs(mp: Context, x: Real) -> Real:
    return mp.fabs(x)


def sign(mp: Context, x: Real) -> Real:
    return mp.nan if mp.isnan(x) else mp.mpf(mp.sign(x))


def floor(mp: Context, x: Real) -> Real:
    return mp.floor(x)


def ceil(mp: Context, x: Real) -> Real:
    return mp.ceil(x)


def round(mp: Context, x: Real) -> Real:
    return mp.nint(x)


def trunc(mp: Context, x: Real) -> Real:
    return mp.floor(x) if x >= 0 else mp.ceil(x)


def maximum(mp: Context, x: Real, y: Real) -> Real:
    return mp.mpf(x if x >= y or x != x else y)


def minimum(mp: Context, x: Real, y: Real) -> Real:
    return mp.mpf(x if x <= y or x != x else y)


def clip(mp: Context, x: Real, lo: Real, hi: Real) -> Real:
    return minimum(mp, maximum(mp, x, lo), hi)


def heaviside(mp: Context, x: Real, h0: Real = 0.5) -> Real:
    if x == 0:
        return mp.mpf(h0)
    return mp.mpf(1) if x > 0 else (mp.mpf(0) if x < 0 else mp.nan)


def where(mp: Context, c: Real, a: Real, b: Real) -> Real:
    return a if c else b


def less(mp: Context, x: Real, y: Real) -> bool:
    return bool(x < y)


def less_equal(mp: Context, x: Real, y: Real) -> bool:
    return bool(x <= y)


def greater(mp: Context, x: Real, y: Real) -> bool:
    return bool(x > y)


def greater_equal(mp: Context, x: Real, y: Real) -> bool:
    return bool(x >= y)


def equal(mp: Context, x: Real, y: Real) -> bool:
    return bool(x == y)


def not_equal(mp: Context, x: Real, y: Real) -> bool:
    return bool(x != y)


def logical_and(mp: Context, x: Real, y: Real) -> bool:
    return bool(x) and bool(y)


def logical_or(mp: Context, x: Real, y: Real) -> bool:
    return bool(x) or bool(y)


def logical_not(mp: Context, x: Real) -> bool:
    return not x
