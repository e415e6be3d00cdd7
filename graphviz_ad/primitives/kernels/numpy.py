"""One function per operation, on NumPy arrays of float64: the same values as the Python kernels, element by element.

Warnings (division by zero, overflow) are the caller's to silence, with ``numpy.errstate``. Conditions are arrays of bool.
A function has the name of its operation, so this module shadows a few built-ins on purpose.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import numpy as np

from . import python as _floats

if TYPE_CHECKING:
    from ..types import Numbers


inf = np.inf
nan = np.nan
pi = np.pi
e = np.e

# --------------------------------------------------------------------------------------------------------- arithmetic

add = np.add
sub = np.subtract
mul = np.multiply
div = np.true_divide
power = np.float_power
mod = np.mod
fmod = np.fmod
neg = np.negative
square = np.square
sqrt = np.sqrt
cbrt = np.cbrt
hypot = np.hypot


def copy(x: Numbers) -> Numbers:
    return np.array(x)


def reciprocal(x: Numbers) -> Numbers:
    return np.true_divide(1.0, x)


def deg2rad(x: Numbers) -> Numbers:
    return np.multiply(x, pi / 180)


def rad2deg(x: Numbers) -> Numbers:
    return np.multiply(x, 180 / pi)


# ------------------------------------------------------------------------------------------ exponentials and logarithms

exp = np.exp
exp2 = np.exp2
expm1 = np.expm1
log = np.log
log2 = np.log2
log10 = np.log10
log1p = np.log1p
logaddexp = np.logaddexp


def xlogy(x: Numbers, y: Numbers) -> Numbers:
    return np.where((np.equal(x, 0)) & ~np.isnan(y), 0.0, np.multiply(x, np.log(y)))


# --------------------------------------------------------------------------------------- trigonometric and hyperbolic

sin = np.sin
cos = np.cos
tan = np.tan
asin = np.arcsin
acos = np.arccos
atan = np.arctan
atan2 = np.arctan2
sinh = np.sinh
cosh = np.cosh
tanh = np.tanh
asinh = np.arcsinh
atanh = np.arctanh


def sec(x: Numbers) -> Numbers:
    return 1 / np.cos(x)


def csc(x: Numbers) -> Numbers:
    return np.true_divide(1, np.sin(x))


def cot(x: Numbers) -> Numbers:
    return np.true_divide(1, np.tan(x))


def sinc(x: Numbers) -> Numbers:
    """sin(pi*x)/(pi*x), with the multiples of pi taken out exactly."""
    x = np.asarray(x, dtype=float)
    turn = x - 2 * np.rint(x / 2)
    turn = np.where(np.abs(turn) > 0.5, np.copysign(1.0, turn) - turn, turn)
    safe = np.where(x == 0, 1.0, x)
    value = np.where(np.abs(turn) > 1e-8, np.sin(pi * turn) / (pi * safe), turn / safe)
    return np.where(x == 0, 1.0, value)


def asec(x: Numbers) -> Numbers:
    size = np.abs(x)
    angle = np.arctan(np.sqrt(size - 1) * np.sqrt(size + 1))
    return np.where(np.less(x, 0), pi - angle, angle)


def acsc(x: Numbers) -> Numbers:
    size = np.abs(x)
    return np.copysign(np.arctan2(1.0, np.sqrt(size - 1) * np.sqrt(size + 1)), x)


def acot(x: Numbers) -> Numbers:
    return np.where(np.equal(x, 0), pi / 2, np.arctan(np.true_divide(1, x)))


def sech(x: Numbers) -> Numbers:
    return 1 / np.cosh(x)


def csch(x: Numbers) -> Numbers:
    return np.true_divide(1, np.sinh(x))


def coth(x: Numbers) -> Numbers:
    return np.true_divide(1, np.tanh(x))


def acosh(x: Numbers) -> Numbers:
    t = np.subtract(x, 1)
    return np.where(np.less(x, 2), np.log1p(t + np.sqrt(t) * np.sqrt(np.add(x, 1))), np.arccosh(x))


def asech(x: Numbers) -> Numbers:
    x = np.asarray(x, dtype=float)
    root = np.sqrt((1 - x) * (1 + x))
    return np.where(x < 1e-9, np.log(2.0) - np.log(x), np.arcsinh(root / x))


def acsch(x: Numbers) -> Numbers:
    size = np.abs(x)
    return np.copysign(np.where(size < 1e-9, np.log(2.0) - np.log(size), np.arcsinh(np.true_divide(1, size))), x)


def acoth(x: Numbers) -> Numbers:
    size = np.abs(x)
    return np.where(size >= 1, np.copysign(0.5 * np.log1p(np.true_divide(2, size - 1)), x), nan)


# ------------------------------------------------------------------------------------------------------------- piecewise

abs = np.abs
sign = np.sign
floor = np.floor
ceil = np.ceil
round = np.rint
trunc = np.trunc
maximum = np.maximum
minimum = np.minimum
where = np.where
less = np.less
less_equal = np.less_equal
greater = np.greater
greater_equal = np.greater_equal
equal = np.equal
not_equal = np.not_equal
logical_and = np.logical_and
logical_or = np.logical_or
logical_not = np.logical_not


def clip(x: Numbers, lo: Numbers, hi: Numbers) -> Numbers:
    return np.minimum(np.maximum(x, lo), hi)


def heaviside(x: Numbers, h0: Numbers = 0.5) -> Numbers:
    return np.heaviside(x, h0)


# ----------------------------------------------------------------------------------------------------------- activations

_SCALE, _ALPHA = 1.0507009873554805, 1.6732632423543772


def sigmoid(x: Numbers) -> Numbers:
    t = np.exp(-np.abs(x))
    return np.where(np.greater_equal(x, 0), 1.0, t) / (1 + t)


def logit(x: Numbers) -> Numbers:
    x = np.asarray(x, dtype=float)
    near = np.log1p((2 * x - 1) / (1 - x))
    return np.where((x > 0.25) & (x < 0.75), near, np.log(x) - np.log1p(-x))


def softplus(x: Numbers) -> Numbers:
    return np.maximum(x, 0.0) + np.log1p(np.exp(-np.abs(x)))


def logsigmoid(x: Numbers) -> Numbers:
    return -softplus(np.negative(x))


def relu(x: Numbers) -> Numbers:
    return np.maximum(x, 0.0)


def relu6(x: Numbers) -> Numbers:
    return clip(x, 0.0, 6.0)


def leaky_relu(x: Numbers, alpha: Numbers = 0.01) -> Numbers:
    return np.where(np.greater(x, 0), x, np.multiply(alpha, x))


def elu(x: Numbers, alpha: Numbers = 1.0) -> Numbers:
    return np.where(np.greater(x, 0), x, np.multiply(alpha, np.expm1(np.minimum(x, 0))))


def selu(x: Numbers) -> Numbers:
    return _SCALE * elu(x, _ALPHA)


def celu(x: Numbers, alpha: Numbers = 1.0) -> Numbers:
    return np.where(np.greater(x, 0), x, alpha * np.expm1(np.true_divide(np.minimum(x, 0), alpha)))


def gelu(x: Numbers) -> Numbers:
    from scipy.special import erfc

    x = np.asarray(x, dtype=float)
    return np.where(x > -40, 0.5 * x * erfc(-x / np.sqrt(2.0)), 0.0 * x)


def gelu_tanh(x: Numbers) -> Numbers:
    x = np.asarray(x, dtype=float)
    return np.where(x > -20, x * sigmoid(np.sqrt(8 / pi) * (x + 0.044715 * x * x * x)), 0.0 * x)


def silu(x: Numbers) -> Numbers:
    return x * sigmoid(x)


def mish(x: Numbers) -> Numbers:
    return x * np.tanh(softplus(x))


def softsign(x: Numbers) -> Numbers:
    return x / (1 + np.abs(x))


def hardtanh(x: Numbers) -> Numbers:
    return clip(x, -1.0, 1.0)


def hardsigmoid(x: Numbers) -> Numbers:
    return clip(np.add(x, 3), 0.0, 6.0) / 6


def hardswish(x: Numbers) -> Numbers:
    return x * clip(np.add(x, 3), 0.0, 6.0) / 6


def tanhshrink(x: Numbers) -> Numbers:
    """As the Python kernel: near 0 by the continued fraction of tanh."""
    x = np.asarray(x, dtype=float)
    near = np.where(np.abs(x) < 1.3, x, 0.0)
    s = near * near
    tail: Numbers = 21.0
    for k in (19.0, 17.0, 15.0, 13.0, 11.0, 9.0, 7.0, 5.0):
        tail = k + s / tail
    q = s / (3.0 + s / tail)
    return np.where(np.abs(x) < 1.3, near * q / (1 + q), x - np.tanh(x))


def softshrink(x: Numbers, lambd: Numbers = 0.5) -> Numbers:
    x = np.asarray(x, dtype=float)
    middle = np.where(np.isnan(x) | np.isnan(lambd), nan, 0.0)
    return np.where(x > lambd, x - lambd, np.where(x < np.negative(lambd), x + lambd, middle))


# ----------------------------------------------------------------------------------------------------- special functions


def _ufunc(name: str) -> Callable[..., Numbers]:
    """A function of SciPy under our name, imported when it is called."""

    def function(*operands: Numbers) -> Numbers:
        from scipy import special

        return getattr(special, name)(*operands)

    function.__name__ = function.__qualname__ = name
    return function


def _each(function: Callable[..., float]) -> Callable[..., Numbers]:
    """A Python kernel over the entries: for functions that SciPy lacks or computes with less care."""
    vectorized = np.frompyfunc(function, function.__code__.co_argcount, 1)

    def over_entries(*operands: Numbers) -> Numbers:
        # entries go in as Python floats: those divide and overflow as the kernel expects
        return np.asarray(vectorized(*(np.asarray(one, dtype=float).astype(object) for one in operands)), dtype=float)[()]

    over_entries.__name__ = over_entries.__qualname__ = function.__name__
    return over_entries


erf = _ufunc("erf")
erfc = _ufunc("erfc")
erfcx = _ufunc("erfcx")
erfinv = _ufunc("erfinv")
erfcinv = _ufunc("erfcinv")
erfi = _ufunc("erfi")
expi = _ufunc("expi")
lgamma = _ufunc("gammaln")
digamma = _ufunc("psi")
beta = _ufunc("beta")
j0 = _ufunc("j0")
j1 = _ufunc("j1")
y0 = _ufunc("y0")
y1 = _ufunc("y1")
i0 = _ufunc("i0")
i1 = _ufunc("i1")
besselj = _ufunc("jv")
bessely = _ufunc("yv")
besseli = _ufunc("iv")
k0 = _ufunc("k0")
k1 = _ufunc("k1")
besselk = _ufunc("kv")
gamma = _each(_floats.gamma)
exp1 = _each(_floats.exp1)
gammainc = _each(_floats.gammainc)
gammaincc = _each(_floats.gammaincc)
lambertw = _each(_floats.lambertw)
ierfcx = _each(_floats.ierfcx)
trigamma = _each(_floats.trigamma)
polygamma = _each(_floats.polygamma)
polygamma_gap = _each(_floats.polygamma_gap)
lowergamma = _each(_floats.lowergamma)
spherical_jn = _each(_floats.spherical_jn)
