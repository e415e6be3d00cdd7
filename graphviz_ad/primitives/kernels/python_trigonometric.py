"""Trigonometric and hyperbolic functions and their inverses, on Python floats."""

from __future__ import annotations

import math as _math
from math import copysign as _copysign

from .python_arithmetic import div, inf, log, nan, pi

# --------------------------------------------------------------------------------------------------------- trigonometric


def sin(x: float) -> float:
    try:
        return _math.sin(x)
    except ValueError:
        return nan


def cos(x: float) -> float:
    try:
        return _math.cos(x)
    except ValueError:
        return nan


def tan(x: float) -> float:
    try:
        return _math.tan(x)
    except ValueError:
        return nan


def sec(x: float) -> float:
    return div(1.0, cos(x))


def csc(x: float) -> float:
    return div(1.0, sin(x))


def cot(x: float) -> float:
    return div(1.0, tan(x))


def sinc(x: float) -> float:
    """sin(pi*x)/(pi*x), with the multiples of pi taken out exactly.

    >>> sinc(0.0), sinc(3.0)
    (1.0, 0.0)
    """
    if x == 0:
        return 1.0
    if x - x != 0:
        return nan
    turn = _math.remainder(x, 2.0)
    if turn > 0.5:
        turn = 1.0 - turn
    elif turn < -0.5:
        turn = -1.0 - turn
    # a subnormal pi*x would lose its digits
    return _math.sin(pi * turn) / (pi * x) if turn > 1e-8 or turn < -1e-8 else turn / x


def asin(x: float) -> float:
    return _math.asin(x) if -1 <= x <= 1 else nan


def acos(x: float) -> float:
    return _math.acos(x) if -1 <= x <= 1 else nan


atan = _math.atan


def atan2(y: float, x: float) -> float:
    return _math.atan2(y, x)


def asec(x: float) -> float:
    """acos(1/x), without the rounding of 1/x."""
    if x >= 1:
        return _math.atan(_math.sqrt(x - 1) * _math.sqrt(x + 1))
    if x <= -1:
        return pi - _math.atan(_math.sqrt(-x - 1) * _math.sqrt(1 - x))
    return nan


def acsc(x: float) -> float:
    """asin(1/x), without the rounding of 1/x."""
    if x >= 1 or x <= -1:
        size = _math.fabs(x)
        return _copysign(_math.atan2(1.0, _math.sqrt(size - 1) * _math.sqrt(size + 1)), x)
    return nan


def acot(x: float) -> float:
    """atan(1/x), and pi/2 at 0."""
    return _math.atan(1 / x) if x else pi / 2


# ------------------------------------------------------------------------------------------------------------ hyperbolic


def sinh(x: float) -> float:
    try:
        return _math.sinh(x)
    except OverflowError:
        return _copysign(inf, x)


def cosh(x: float) -> float:
    try:
        return _math.cosh(x)
    except OverflowError:
        return inf


tanh = _math.tanh


def sech(x: float) -> float:
    return 1.0 / cosh(x)


def csch(x: float) -> float:
    return div(1.0, sinh(x))


def coth(x: float) -> float:
    return div(1.0, _math.tanh(x))


asinh = _math.asinh


def acosh(x: float) -> float:
    """The inverse hyperbolic cosine; log1p keeps its digits near 1."""
    if 1 <= x < 2:
        t = x - 1
        return _math.log1p(t + _math.sqrt(t * (x + 1)))
    return _math.acosh(x) if x >= 2 else nan


def atanh(x: float) -> float:
    if -1 < x < 1:
        return _math.atanh(x)
    return _copysign(inf, x) if x in (1, -1) else nan


def asech(x: float) -> float:
    """acosh(1/x), without the rounding of 1/x."""
    if 0 < x <= 1:
        if x < 1e-9:
            return _math.log(2.0) - _math.log(x)
        return _math.asinh(_math.sqrt((1 - x) * (1 + x)) / x)
    return inf if x == 0 else nan


def acsch(x: float) -> float:
    """asinh(1/x)."""
    if -1e-9 < x < 1e-9:
        return _copysign(_math.log(2.0) - log(_math.fabs(x)), x)
    return _math.asinh(1 / x)


def acoth(x: float) -> float:
    """atanh(1/x), without the rounding of 1/x."""
    if x > 1:
        return 0.5 * _math.log1p(2 / (x - 1))
    if x < -1:
        return -0.5 * _math.log1p(2 / (-x - 1))
    return _copysign(inf, x) if x in (1, -1) else nan
