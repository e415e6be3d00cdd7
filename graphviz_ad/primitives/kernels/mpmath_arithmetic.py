"""Arithmetic, powers, exponentials, logarithms and what goes by pieces, on mpmath's real numbers."""

from __future__ import annotations

from builtins import abs as _size  # the module's own abs is the operation
from typing import TYPE_CHECKING

from .mpmath_special import LARGEST, real

if TYPE_CHECKING:
    from mpmath import mpf
    from mpmath.ctx_mp import MPContext

#: beyond this magnitude, in bits, the reduction by multiples of pi or of a divisor would cost too much
MOST_REDUCED = 100_000


# --------------------------------------------------------------------------------------------------------- arithmetic


def copy(mp: MPContext, x: mpf) -> mpf:
    return mp.mpf(x)


def add(mp: MPContext, x: mpf, y: mpf) -> mpf:
    return mp.mpf(x) + y


def sub(mp: MPContext, x: mpf, y: mpf) -> mpf:
    return mp.mpf(x) - y


def mul(mp: MPContext, x: mpf, y: mpf) -> mpf:
    return mp.mpf(x) * y


def div(mp: MPContext, x: mpf, y: mpf) -> mpf:
    """The quotient; x/0 has the sign of x, since these numbers have one zero."""
    x = mp.mpf(x)
    if y == 0:
        return mp.nan if x == 0 or mp.isnan(x) else mp.sign(x) * mp.inf
    return x / y


def power(mp: MPContext, x: mpf, y: mpf) -> mpf:
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


def mod(mp: MPContext, x: mpf, y: mpf) -> mpf:
    x, y = mp.mpf(x), mp.mpf(y)
    if y == 0 or not mp.isfinite(x) or mp.isnan(y):
        return mp.nan
    if mp.isinf(y):
        return x if x == 0 or (x > 0) == (y > 0) else y
    if x != 0 and mp.mag(x) - mp.mag(y) > MOST_REDUCED:
        return mp.nan
    return x % y


def fmod(mp: MPContext, x: mpf, y: mpf) -> mpf:
    return mp.sign(x) * mod(mp, _size(mp.mpf(x)), _size(mp.mpf(y)))


def neg(mp: MPContext, x: mpf) -> mpf:
    return -mp.mpf(x)


def reciprocal(mp: MPContext, x: mpf) -> mpf:
    return div(mp, 1, x)


def square(mp: MPContext, x: mpf) -> mpf:
    return mp.mpf(x) ** 2


def sqrt(mp: MPContext, x: mpf) -> mpf:
    return mp.sqrt(x) if x >= 0 else mp.nan


def cbrt(mp: MPContext, x: mpf) -> mpf:
    return mp.cbrt(x) if x >= 0 else (-mp.cbrt(-x) if x < 0 else mp.nan)


def hypot(mp: MPContext, x: mpf, y: mpf) -> mpf:
    return mp.inf if mp.isinf(x) or mp.isinf(y) else mp.hypot(x, y)


def deg2rad(mp: MPContext, x: mpf) -> mpf:
    return mp.mpf(x) * mp.pi / 180


def rad2deg(mp: MPContext, x: mpf) -> mpf:
    return mp.mpf(x) * 180 / mp.pi


# ------------------------------------------------------------------------------------------ exponentials and logarithms


def exp(mp: MPContext, x: mpf) -> mpf:
    if x > LARGEST:
        return mp.inf
    return mp.mpf(0) if x < -LARGEST else mp.exp(x)


def exp2(mp: MPContext, x: mpf) -> mpf:
    return power(mp, 2, x)


def expm1(mp: MPContext, x: mpf) -> mpf:
    if x > LARGEST:
        return mp.inf
    return mp.mpf(-1) if x < -LARGEST else mp.expm1(x)


def log(mp: MPContext, x: mpf) -> mpf:
    return mp.log(x) if x >= 0 else mp.nan


def log2(mp: MPContext, x: mpf) -> mpf:
    return log(mp, x) / mp.ln2


def log10(mp: MPContext, x: mpf) -> mpf:
    return log(mp, x) / mp.ln10


def log1p(mp: MPContext, x: mpf) -> mpf:
    if x > -1:
        return mp.log1p(x)
    return -mp.inf if x == -1 else mp.nan


def logaddexp(mp: MPContext, x: mpf, y: mpf) -> mpf:
    if x == y:
        return mp.mpf(x) + mp.ln2
    low, high = (x, y) if x < y else (y, x)
    return high + log1p(mp, exp(mp, mp.mpf(low) - high))


def xlogy(mp: MPContext, x: mpf, y: mpf) -> mpf:
    if x == 0 and not mp.isnan(y):
        return mp.mpf(0)
    return x * log(mp, y)


# ------------------------------------------------------------------------------------------------------------- piecewise


def abs(mp: MPContext, x: mpf) -> mpf:
    return mp.fabs(x)


def sign(mp: MPContext, x: mpf) -> mpf:
    return mp.nan if mp.isnan(x) else mp.mpf(mp.sign(x))


def floor(mp: MPContext, x: mpf) -> mpf:
    return mp.floor(x)


def ceil(mp: MPContext, x: mpf) -> mpf:
    return mp.ceil(x)


def round(mp: MPContext, x: mpf) -> mpf:
    return mp.nint(x)


def trunc(mp: MPContext, x: mpf) -> mpf:
    return mp.floor(x) if x >= 0 else mp.ceil(x)


def maximum(mp: MPContext, x: mpf, y: mpf) -> mpf:
    return mp.mpf(x if x >= y or x != x else y)


def minimum(mp: MPContext, x: mpf, y: mpf) -> mpf:
    return mp.mpf(x if x <= y or x != x else y)


def clip(mp: MPContext, x: mpf, lo: mpf, hi: mpf) -> mpf:
    return minimum(mp, maximum(mp, x, lo), hi)


def heaviside(mp: MPContext, x: mpf, h0: mpf = 0.5) -> mpf:
    if x == 0:
        return mp.mpf(h0)
    return mp.mpf(1) if x > 0 else (mp.mpf(0) if x < 0 else mp.nan)


def where(mp: MPContext, c: mpf, a: mpf, b: mpf) -> mpf:
    return a if c else b


def less(mp: MPContext, x: mpf, y: mpf) -> bool:
    return bool(x < y)


def less_equal(mp: MPContext, x: mpf, y: mpf) -> bool:
    return bool(x <= y)


def greater(mp: MPContext, x: mpf, y: mpf) -> bool:
    return bool(x > y)


def greater_equal(mp: MPContext, x: mpf, y: mpf) -> bool:
    return bool(x >= y)


def equal(mp: MPContext, x: mpf, y: mpf) -> bool:
    return bool(x == y)


def not_equal(mp: MPContext, x: mpf, y: mpf) -> bool:
    return bool(x != y)


def logical_and(mp: MPContext, x: mpf, y: mpf) -> bool:
    return bool(x) and bool(y)


def logical_or(mp: MPContext, x: mpf, y: mpf) -> bool:
    return bool(x) or bool(y)


def logical_not(mp: MPContext, x: mpf) -> bool:
    return not x
