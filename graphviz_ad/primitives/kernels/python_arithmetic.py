"""Arithmetic, powers, exponentials, logarithms and what goes by pieces, on Python floats."""

from __future__ import annotations

import math as _math
from math import copysign as _copysign

inf = _math.inf
nan = _math.nan
pi = _math.pi
e = _math.e

# --------------------------------------------------------------------------------------------------------- arithmetic


def copy(x: float) -> float:
    return x


def add(x: float, y: float) -> float:
    return x + y


def sub(x: float, y: float) -> float:
    return x - y


def mul(x: float, y: float) -> float:
    return x * y


def div(x: float, y: float) -> float:
    """The quotient; x/0 is infinite with the sign of both, 0/0 is NaN.

    >>> div(-1.0, 0.0)
    -inf
    """
    try:
        return x / y
    except ZeroDivisionError:
        if x != x or x == 0:
            return nan
        return inf if (x > 0) == (_copysign(1.0, y) > 0) else -inf


def power(x: float, y: float) -> float:
    """C's pow: 0**0 is 1, a negative base needs a whole exponent.

    >>> power(-8.0, 1/3), power(0.0, 0.0), power(-10.0, 401.0)
    (nan, 1.0, -inf)
    """
    try:
        return _math.pow(x, y)
    except OverflowError:
        return -inf if x < 0 and y % 2 == 1 else inf
    except ValueError:
        if x == 0:
            return -inf if _copysign(1.0, x) < 0 and y % 2 == 1 else inf
        return nan


def mod(x: float, y: float) -> float:
    """The remainder with the sign of the divisor."""
    return x % y if y else nan


def fmod(x: float, y: float) -> float:
    """The remainder with the sign of the dividend."""
    try:
        return _math.fmod(x, y)
    except ValueError:
        return nan


def neg(x: float) -> float:
    return -x


def reciprocal(x: float) -> float:
    return div(1.0, x)


def square(x: float) -> float:
    return x * x


def sqrt(x: float) -> float:
    return _math.sqrt(x) if x >= 0 else nan


cbrt = _math.cbrt


def hypot(x: float, y: float) -> float:
    return _math.hypot(x, y)


def deg2rad(x: float) -> float:
    return x * (pi / 180)


def rad2deg(x: float) -> float:
    return x * (180 / pi)


# ------------------------------------------------------------------------------------------ exponentials and logarithms


def exp(x: float) -> float:
    try:
        return _math.exp(x)
    except OverflowError:
        return inf


def exp2(x: float) -> float:
    try:
        return _math.exp2(x)
    except OverflowError:
        return inf


def expm1(x: float) -> float:
    try:
        return _math.expm1(x)
    except OverflowError:
        return inf


def log(x: float) -> float:
    if x > 0:
        return _math.log(x)
    return -inf if x == 0 else nan


def log2(x: float) -> float:
    if x > 0:
        return _math.log2(x)
    return -inf if x == 0 else nan


def log10(x: float) -> float:
    if x > 0:
        return _math.log10(x)
    return -inf if x == 0 else nan


def log1p(x: float) -> float:
    if x > -1:
        return _math.log1p(x)
    return -inf if x == -1 else nan


def logaddexp(x: float, y: float) -> float:
    """log(exp(x) + exp(y)).

    >>> logaddexp(800.0, 800.0) == 800.0 + log(2.0)
    True
    """
    if x == y:
        return x + log(2.0)
    high, low = (x, y) if x > y else (y, x)
    return high + _math.log1p(exp(low - high))


def xlogy(x: float, y: float) -> float:
    """x*log(y), and 0 where x is 0 and y a number."""
    if x == 0 and y == y:
        return 0.0
    return x * log(y)


# ------------------------------------------------------------------------------------------------------------- piecewise


def abs(x: float) -> float:
    return _math.fabs(x)


def sign(x: float) -> float:
    if x > 0:
        return 1.0
    return -1.0 if x < 0 else x  # 0 and NaN as they are


def floor(x: float) -> float:
    return float(_math.floor(x)) if x - x == 0 else x


def ceil(x: float) -> float:
    return float(_math.ceil(x)) if x - x == 0 else x


def round(x: float) -> float:
    return float(x.__round__()) if x - x == 0 else x


def trunc(x: float) -> float:
    return float(_math.trunc(x)) if x - x == 0 else x


def maximum(x: float, y: float) -> float:
    return x if x >= y or x != x else y


def minimum(x: float, y: float) -> float:
    return x if x <= y or x != x else y


def clip(x: float, lo: float, hi: float) -> float:
    return minimum(maximum(x, lo), hi)


def heaviside(x: float, h0: float = 0.5) -> float:
    if x > 0:
        return 1.0
    if x < 0:
        return 0.0
    return h0 if x == 0 else x


def where(c: float, a: float, b: float) -> float:
    return a if c else b


def less(x: float, y: float) -> bool:
    return x < y


def less_equal(x: float, y: float) -> bool:
    return x <= y


def greater(x: float, y: float) -> bool:
    return x > y


def greater_equal(x: float, y: float) -> bool:
    return x >= y


def equal(x: float, y: float) -> bool:
    return x == y


def not_equal(x: float, y: float) -> bool:
    return x != y


def logical_and(x: float, y: float) -> bool:
    return bool(x) and bool(y)


def logical_or(x: float, y: float) -> bool:
    return bool(x) or bool(y)


def logical_not(x: float) -> bool:
    return not x
