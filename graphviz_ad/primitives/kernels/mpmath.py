"""One function per operation, on mpmath's real numbers: the high-precision side of every check.

``op(mp, *operands)``: ``mp`` is an mpmath context, whose precision its owner sets; operands are its ``mpf`` numbers (or
Python's integers, floats and bools, which are exact). Results keep their *relative* precision, near zeros too. Outside the
domain the result is NaN, poles are infinite as in the Python kernels, and no function raises or hangs: a result with an
exponent beyond :data:`MOST_BITS` bits is infinite or 0 at once, an argument too large to reduce gives NaN.
mpmath itself is not imported here.
"""

from __future__ import annotations

from builtins import abs as _size  # the module's own abs is the operation
from functools import partial
from typing import Any

from .mpmath_special import *  # noqa: F403  its functions are part of this namespace
from .mpmath_special import LARGEST, digits_for, erfc, real

#: A real number of mpmath. The context class is made at run time and has no type to name.
Real = Any
Context = Any

#: beyond this magnitude, in bits, the reduction by multiples of pi or of a divisor would cost too much
MOST_REDUCED = 100_000


class Arithmetic:
    """The operations of one context, as compiled rules want them: ``k.sin(x)``, ``k.pi``.

    >>> from mpmath import mp
    >>> k = Arithmetic(mp)
    >>> float(k.cos(k.pi))
    -1.0
    """

    def __init__(self, mp: Context) -> None:
        self._mp = mp
        self.inf = mp.inf

    @property
    def pi(self) -> Real:
        return +self._mp.pi  # at the precision of now, which its owner may change

    @property
    def e(self) -> Real:
        return +self._mp.e

    def __getattr__(self, op: str) -> Any:
        if op.startswith("_") or op not in globals():
            raise AttributeError(op)
        function = partial(globals()[op], self._mp)
        setattr(self, op, function)
        return function


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


# --------------------------------------------------------------------------------------------------------- trigonometric


def _reducible(mp: Context, x: Real) -> bool:
    return bool(mp.isfinite(x) and (x == 0 or mp.mag(x) < MOST_REDUCED))


def sin(mp: Context, x: Real) -> Real:
    return mp.sin(x) if _reducible(mp, x) else mp.nan


def cos(mp: Context, x: Real) -> Real:
    return mp.cos(x) if _reducible(mp, x) else mp.nan


def tan(mp: Context, x: Real) -> Real:
    return mp.tan(x) if _reducible(mp, x) else mp.nan


def sec(mp: Context, x: Real) -> Real:
    return div(mp, 1, cos(mp, x))


def csc(mp: Context, x: Real) -> Real:
    return div(mp, 1, sin(mp, x))


def cot(mp: Context, x: Real) -> Real:
    return div(mp, 1, tan(mp, x))


def sinc(mp: Context, x: Real) -> Real:
    if x == 0:
        return mp.mpf(1)
    return mp.sinpi(x) / (mp.pi * x) if _reducible(mp, x) else mp.nan


def asin(mp: Context, x: Real) -> Real:
    return mp.asin(x) if -1 <= x <= 1 else mp.nan


def acos(mp: Context, x: Real) -> Real:
    return mp.acos(x) if -1 <= x <= 1 else mp.nan


def atan(mp: Context, x: Real) -> Real:
    return mp.atan(x)


def atan2(mp: Context, y: Real, x: Real) -> Real:
    if mp.isnan(x) or mp.isnan(y):
        return mp.nan
    if mp.isinf(x) or mp.isinf(y):  # C's: what is finite counts for its side alone
        if mp.isinf(x) and not mp.isinf(y):
            return mp.mpf(0) if x > 0 else (-mp.pi if y < 0 else +mp.pi)
        x, y = (mp.mpf(mp.sign(one)) if mp.isinf(one) else mp.mpf(0) for one in (x, y))
    return mp.mpf(0) if x == 0 and y == 0 else mp.atan2(y, x)


def asec(mp: Context, x: Real) -> Real:
    if not _size(x) >= 1:
        return mp.nan
    angle = mp.atan(mp.sqrt((_size(x) - mp.mpf(1)) * (_size(x) + mp.mpf(1))))
    return angle if x > 0 else mp.pi - angle


def acsc(mp: Context, x: Real) -> Real:
    if not _size(x) >= 1:
        return mp.nan
    if mp.isinf(x):
        return mp.mpf(0)
    return mp.sign(x) * mp.atan2(1, mp.sqrt((_size(x) - mp.mpf(1)) * (_size(x) + mp.mpf(1))))


def acot(mp: Context, x: Real) -> Real:
    return mp.atan(1 / mp.mpf(x)) if x != 0 else mp.pi / 2


# ------------------------------------------------------------------------------------------------------------ hyperbolic


def sinh(mp: Context, x: Real) -> Real:
    return mp.sign(x) * mp.inf if _size(x) > LARGEST else mp.sinh(x)


def cosh(mp: Context, x: Real) -> Real:
    return mp.inf if _size(x) > LARGEST else mp.cosh(x)


def tanh(mp: Context, x: Real) -> Real:
    return mp.sign(x) if _size(x) > LARGEST else mp.tanh(x)


def sech(mp: Context, x: Real) -> Real:
    return 1 / cosh(mp, x)


def csch(mp: Context, x: Real) -> Real:
    return div(mp, 1, sinh(mp, x))


def coth(mp: Context, x: Real) -> Real:
    return div(mp, 1, tanh(mp, x))


def asinh(mp: Context, x: Real) -> Real:
    return mp.asinh(x)


def acosh(mp: Context, x: Real) -> Real:
    """acosh(1 + t) is 2*asinh(sqrt(t/2)), which keeps its digits near 1."""
    return 2 * mp.asinh(mp.sqrt((mp.mpf(x) - 1) / 2)) if x >= 1 else mp.nan


def atanh(mp: Context, x: Real) -> Real:
    if -1 < x < 1:
        return mp.atanh(x)
    return x * mp.inf if x in (1, -1) else mp.nan


def asech(mp: Context, x: Real) -> Real:
    if 0 < x <= 1:
        return mp.asinh(mp.sqrt((1 - mp.mpf(x)) * (1 + mp.mpf(x))) / x)
    return mp.inf if x == 0 else mp.nan


def acsch(mp: Context, x: Real) -> Real:
    return mp.asinh(1 / mp.mpf(x)) if x != 0 else mp.inf


def acoth(mp: Context, x: Real) -> Real:
    size = _size(mp.mpf(x))
    if size > 1:
        return mp.sign(x) * mp.log1p(2 / (size - 1)) / 2
    return x * mp.inf if size == 1 else mp.nan


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


# ----------------------------------------------------------------------------------------------------------- activations

_SCALE, _ALPHA = 1.0507009873554805, 1.6732632423543772


def sigmoid(mp: Context, x: Real) -> Real:
    if x >= 0:
        return 1 / (1 + exp(mp, -mp.mpf(x)))
    t = exp(mp, x)
    return t / (1 + t)


def logit(mp: Context, x: Real) -> Real:
    x = mp.mpf(x)
    if 0.25 < x < 0.75:
        return mp.log1p((2 * x - 1) / (1 - x))
    return log(mp, x) - log1p(mp, -x)


def softplus(mp: Context, x: Real) -> Real:
    return log1p(mp, exp(mp, x)) if x <= 0 else x + log1p(mp, exp(mp, -mp.mpf(x)))


def logsigmoid(mp: Context, x: Real) -> Real:
    return -softplus(mp, -mp.mpf(x))


def relu(mp: Context, x: Real) -> Real:
    return mp.mpf(0) if x <= 0 else mp.mpf(x)


def relu6(mp: Context, x: Real) -> Real:
    return clip(mp, x, 0, 6)


def leaky_relu(mp: Context, x: Real, alpha: Real = 0.01) -> Real:
    return mp.mpf(x) if x > 0 else mp.mpf(alpha) * x


def elu(mp: Context, x: Real, alpha: Real = 1) -> Real:
    return mp.mpf(x) if x > 0 else mp.mpf(alpha) * expm1(mp, x)


def selu(mp: Context, x: Real) -> Real:
    return mp.mpf(_SCALE) * elu(mp, x, _ALPHA)


def celu(mp: Context, x: Real, alpha: Real = 1) -> Real:
    return mp.mpf(x) if x > 0 else mp.mpf(alpha) * expm1(mp, div(mp, x, alpha))


def gelu(mp: Context, x: Real) -> Real:
    with digits_for(mp, x):
        value = mp.mpf(x) * erfc(mp, -mp.mpf(x) / mp.sqrt(2)) / 2
    return +value


def gelu_tanh(mp: Context, x: Real) -> Real:
    x = mp.mpf(x)
    with digits_for(mp, x * x):
        value = x * sigmoid(mp, mp.sqrt(8 / mp.pi) * (x + mp.mpf(0.044715) * x**3))
    return +value


def silu(mp: Context, x: Real) -> Real:
    return x * sigmoid(mp, x)


def mish(mp: Context, x: Real) -> Real:
    return x * tanh(mp, softplus(mp, x))


def softsign(mp: Context, x: Real) -> Real:
    return mp.mpf(x) / (1 + _size(mp.mpf(x)))


def hardtanh(mp: Context, x: Real) -> Real:
    return clip(mp, x, -1, 1)


def hardsigmoid(mp: Context, x: Real) -> Real:
    return clip(mp, mp.mpf(x) + 3, 0, 6) / 6


def hardswish(mp: Context, x: Real) -> Real:
    return x * clip(mp, mp.mpf(x) + 3, 0, 6) / 6


def tanhshrink(mp: Context, x: Real) -> Real:
    """x - tanh(x), with as many more digits as the difference loses."""
    x = mp.mpf(x)
    if x == 0 or not mp.isfinite(x):
        return x
    lost = max(0, -2 * mp.mag(x))
    if lost > 2 * mp.prec + 40:
        return x**3 / 3
    with mp.extraprec(lost + 10):
        value = x - tanh(mp, x)
    return +value


def softshrink(mp: Context, x: Real, lambd: Real = 0.5) -> Real:
    x = mp.mpf(x)
    if x > lambd:
        return x - lambd
    if x < -lambd:
        return x + lambd
    return mp.nan if mp.isnan(x) or mp.isnan(lambd) else mp.mpf(0)
