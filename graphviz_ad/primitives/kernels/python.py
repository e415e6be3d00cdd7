"""One function per operation, on Python floats, never raising: the start-up path needs nothing but :mod:`math`.

Overflow gives an infinity with its sign, a value outside the domain NaN, x/0 an infinity, as IEEE 754 has it.
Conditions are Python's bool. A function has the name of its operation, so this module shadows a few built-ins on purpose.
"""

from __future__ import annotations

import math as _math
from math import copysign as _copysign

from .python_special import *  # noqa: F403  its functions are part of this namespace

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


# ----------------------------------------------------------------------------------------------------------- activations

_SCALE, _ALPHA = 1.0507009873554805, 1.6732632423543772


def sigmoid(x: float) -> float:
    """1/(1 + exp(-x)).

    >>> sigmoid(-800.0), sigmoid(0.0), sigmoid(800.0)
    (0.0, 0.5, 1.0)
    """
    if x >= 0:
        return 1 / (1 + _math.exp(-x))
    t = _math.exp(x)
    return t / (1 + t)


def logit(x: float) -> float:
    """log(x/(1 - x)); near 1/2 through log1p, where x/(1 - x) is near 1."""
    if 0.25 < x < 0.75:
        return _math.log1p((2 * x - 1) / (1 - x))
    return log(x) - log1p(-x)


def softplus(x: float) -> float:
    return (x if x > 0 else 0.0) + _math.log1p(_math.exp(-_math.fabs(x))) if x == x else x


def logsigmoid(x: float) -> float:
    return -softplus(-x)


def relu(x: float) -> float:
    return 0.0 if x <= 0 else x


def relu6(x: float) -> float:
    return clip(x, 0.0, 6.0)


def leaky_relu(x: float, alpha: float = 0.01) -> float:
    return x if x > 0 else alpha * x


def elu(x: float, alpha: float = 1.0) -> float:
    return x if x > 0 else alpha * _math.expm1(x)


def selu(x: float) -> float:
    return _SCALE * x if x > 0 else _SCALE * _ALPHA * _math.expm1(x)


def celu(x: float, alpha: float = 1.0) -> float:
    return x if x > 0 else alpha * expm1(div(x, alpha))


def gelu(x: float) -> float:
    """Through erfc, which keeps its digits for negative x."""
    return 0.5 * x * _math.erfc(-x / _SQRT2) if x > -40 or x != x else 0.0 * x


_SQRT2 = _math.sqrt(2.0)
_GELU = _math.sqrt(8 / pi)


def gelu_tanh(x: float) -> float:
    """x*sigmoid(2*u) is x*(1 + tanh(u))/2 without the cancellation for negative x."""
    return x * sigmoid(_GELU * (x + 0.044715 * x * x * x)) if x > -20 or x != x else 0.0 * x


def silu(x: float) -> float:
    return x * sigmoid(x)


def mish(x: float) -> float:
    return x * _math.tanh(softplus(x))


def softsign(x: float) -> float:
    return x / (1 + _math.fabs(x))


def hardtanh(x: float) -> float:
    return clip(x, -1.0, 1.0)


def hardsigmoid(x: float) -> float:
    return clip(x + 3, 0.0, 6.0) / 6


def hardswish(x: float) -> float:
    return x * clip(x + 3, 0.0, 6.0) / 6


def tanhshrink(x: float) -> float:
    """x - tanh(x); near 0 from the continued fraction of tanh (DLMF 4.39.1), where the difference cancels."""
    if -1.3 < x < 1.3:
        s = x * x
        tail = 21.0
        for k in (19.0, 17.0, 15.0, 13.0, 11.0, 9.0, 7.0, 5.0):
            tail = k + s / tail
        # tanh(x) = x/(1 + q) with q = x**2/(3 + x**2/(5 + …)), so x - tanh(x) = x*q/(1 + q)
        q = s / (3.0 + s / tail)
        return x * q / (1 + q) if s else x * s
    return x - _math.tanh(x)


def softshrink(x: float, lambd: float = 0.5) -> float:
    if x > lambd:
        return x - lambd
    if x < -lambd:
        return x + lambd
    return 0.0 if x == x and lambd == lambd else nan
