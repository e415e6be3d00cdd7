"""Special functions on Python floats. SciPy is imported by the functions that need it, when they are called."""

from __future__ import annotations

import math as _math
from collections.abc import Callable

_INF, _NAN = _math.inf, _math.nan

__all__ = [
    "besseli", "besselj", "besselk", "bessely", "beta", "digamma", "erf", "erfc", "erfcinv", "erfcx", "erfi", "erfinv", "exp1", "expi",
    "gamma", "gammainc", "gammaincc", "i0", "i1", "ierfcx", "j0", "j1", "k0", "k1", "lambertw",
    "lgamma", "lowergamma", "polygamma", "polygamma_gap", "spherical_jn", "trigamma", "y0", "y1",
]  # fmt: skip


def _of_scipy(name: str) -> Callable[..., float]:
    """A function of SciPy on floats, imported when it is called."""

    def function(*operands: float) -> float:
        from scipy import special

        return float(getattr(special, name)(*map(float, operands)))

    function.__name__ = function.__qualname__ = name
    return function


#: B(2j)/(2j)! * … are built from these Bernoulli numbers B(2), B(4), … (DLMF 24.2)
_BERNOULLI = (1 / 6, -1 / 30, 1 / 42, -1 / 30, 5 / 66, -691 / 2730, 7 / 6, -3617 / 510, 43867 / 798, -174611 / 330)


def erf(x: float) -> float:
    return _math.erf(x)


def erfc(x: float) -> float:
    return _math.erfc(x)


erfcx = _of_scipy("erfcx")


def _order(n: float) -> int | None:
    """A whole order from 0 to 170, the largest whose factorial is a float; None for anything else."""
    return int(n) if 0 <= n <= 170 and n == _math.floor(n) else None


def ierfcx(n: float, x: float) -> float:
    """exp(x**2) times the n-fold integral of erfc.

    The recurrence 2*n*g(n) = g(n-2) - 2*x*g(n-1) (DLMF 7.18.7) adds terms of one sign for negative x; for positive x its
    other direction is the stable one: ratios g(n)/g(n-1) from above, down to g(-1) = 2/sqrt(pi) (Gautschi 1961).
    """
    order = _order(n)
    if order is None or x != x:
        return _NAN
    if order == 0:
        return erfcx(x)
    before = 2 / _math.sqrt(_math.pi)
    if x < 0.5:
        value = erfcx(x)
        for k in range(1, order + 1):
            before, value = value, (before - 2 * x * value) / (2 * k)
        return value
    ratio, product = 0.0, before
    for k in range(order + 12 + int(220 / (x * x)), -1, -1):  # leaves an error of exp(-42)
        ratio = 1 / (2 * x + 2 * (k + 1) * ratio)
        if k <= order:
            product *= ratio
    return product


erfinv = _of_scipy("erfinv")
erfcinv = _of_scipy("erfcinv")
erfi = _of_scipy("erfi")
expi = _of_scipy("expi")


def exp1(x: float) -> float:
    """NaN for negative x, where SciPy has the real part of a branch.

    >>> exp1(-1.0)
    nan
    """
    from scipy.special import exp1 as function

    return float(function(float(x))) if x >= 0 else _NAN


def gamma(x: float) -> float:
    """The gamma function; infinite at 0 with the sign of the zero, NaN at the other poles.

    >>> gamma(5.0), gamma(0.0), gamma(-1.0), gamma(200.0)
    (24.0, inf, nan, inf)
    """
    try:
        return _math.gamma(x)
    except OverflowError:
        return _INF if x > 0 else _math.copysign(_INF, x)
    except ValueError:
        return _math.copysign(_INF, x) if x == 0 else _NAN


def lgamma(x: float) -> float:
    try:
        return _math.lgamma(x)
    except (OverflowError, ValueError):
        return _INF


digamma = _of_scipy("psi")


def trigamma(x: float) -> float:
    return polygamma(1.0, x)


def polygamma(n: float, x: float) -> float:
    """The n-th derivative of digamma, by the Hurwitz zeta function (DLMF 5.15.1, 25.11.12) and by reflection for x < 0."""
    order = _order(n)
    if order is None or x != x:
        return _NAN
    if order == 0:
        return digamma(x)
    if x < 0.5 and x != 0:
        return _reflected(order, x)
    from scipy.special import zeta

    sign = 1.0 if order % 2 else -1.0
    try:
        return float(sign * _math.gamma(n + 1) * zeta(n + 1, x))
    except OverflowError:
        return sign * _INF


def _reflected(order: int, x: float) -> float:
    """DLMF 5.15.6: (-1)**n*psi(n, 1 - x) - psi(n, x) = pi*(d/dx)**n cot(pi*x)."""
    if x - x != 0:
        return _NAN
    if x == _math.floor(x):
        return _INF if order % 2 else _NAN
    if -1e-8 < x < 1e-8:  # psi(n, x) is its pole to the last digit, and tan(pi*x) might be subnormal
        return -((-1.0) ** order) * _quotient(_math.factorial(order), x, order + 1)
    mirror = polygamma(float(order), 1 - x)
    turn = x - _math.floor(x + 0.5)
    cot = 1 / _math.tan(_math.pi * turn)
    slope = _cotangent_derivative(order)
    value = 0.0
    for coefficient in reversed(slope):
        value = value * cot + coefficient
    return (mirror if order % 2 == 0 else -mirror) - _math.pi ** (order + 1) * value


def _quotient(numerator: float, x: float, times: int) -> float:
    for _ in range(times):
        numerator = numerator / x if x else _INF
    return numerator


def _cotangent_derivative(order: int) -> list[float]:
    """Coefficients of the polynomial P with cot^(order)(t) = P(cot t): cot' = -(1 + cot**2)."""
    polynomial = [0.0, 1.0]
    for _ in range(order):
        slope = [k * polynomial[k] for k in range(1, len(polynomial))]
        polynomial = [0.0] * (len(slope) + 2)
        for k, coefficient in enumerate(slope):
            polynomial[k] -= coefficient
            polynomial[k + 2] -= coefficient
    return polynomial


def polygamma_gap(n: float, x: float, y: float) -> float:
    """polygamma(n, x) - polygamma(n, x + y).

    Both arguments are moved up by the recurrence (DLMF 5.15.5) and handed to the asymptotic series (DLMF 5.11.2, 5.15.8)
    term by term: each difference z**-m - (z + y)**-m is -z**-m*expm1(-m*log1p(y/z)), which does not cancel.
    """
    order = _order(n)
    if order is None:
        return _NAN
    if not (1e-9 < x < 1e300 and 1e-9 < x + y < 1e300) or y > 1e6 * x or order > 20:
        return polygamma(n, x) - polygamma(n, x + y)
    sign = 1.0 if order % 2 else -1.0
    factor = float(_math.factorial(order))
    total, z = 0.0, x
    while z < 12 + order or z + y < 12 + order:
        total += factor * _power_gap(order + 1, z, y)
        z += 1.0
    if order == 0:
        total += _math.log1p(y / z)
    else:
        total += factor / order * _power_gap(order, z, y)
    total += 0.5 * factor * _power_gap(order + 1, z, y)
    rising = factor * (order + 1) / 2  # (2j + n - 1)!/(2j)! for j = 1, 2, …
    for j, bernoulli in enumerate(_BERNOULLI, 1):
        total += bernoulli * rising * _power_gap(order + 2 * j, z, y)
        rising *= (2 * j + order) * (2 * j + order + 1) / ((2 * j + 1) * (2 * j + 2))
    return sign * total


def _power_gap(m: int, z: float, y: float) -> float:
    return -(z ** (-m)) * _math.expm1(-m * _math.log1p(y / z))


beta = _of_scipy("beta")


def lowergamma(a: float, x: float) -> float:
    """The lower incomplete gamma function: its power series (DLMF 8.7.1) up to x = a + 1, SciPy beyond."""
    if not (a > 0 and x >= 0):
        return _NAN
    if x == _INF:
        return gamma(a)
    if x < a + 1 and a <= 170:
        term = total = 1 / a
        k = a
        while term > total * 1e-17:
            k += 1
            term *= x / k
            total += term
        # two factors: x**a alone may overflow where the product does not
        half = x ** (a / 2)
        return half * _math.exp(-x) * total * half
    if a == 2:  # what derivatives of celu ask for
        return 1 - (1 + x) * _math.exp(-x)
    from scipy.special import gammainc

    return float(gammainc(a, x)) * gamma(a)


def gammainc(a: float, x: float) -> float:
    """The part of gamma(a) up to x: by its power series where that is short, else what :func:`gammaincc` leaves."""
    if not (a > 0 and x >= 0):
        return _NAN
    if a > 100 or x - x != 0:
        from scipy.special import gammainc as function

        return float(function(float(a), float(x)))
    return lowergamma(a, x) / gamma(a) if x < max(a, 1.0) else 1 - _upper(a, x)


def gammaincc(a: float, x: float) -> float:
    """The part of gamma(a) beyond x."""
    if not (a > 0 and x >= 0):
        return _NAN
    if a > 100 or x - x != 0:
        from scipy.special import gammaincc as function

        return float(function(float(a), float(x)))
    return 1 - lowergamma(a, x) / gamma(a) if x < max(a, 1.0) else _upper(a, x)


def _upper(a: float, x: float) -> float:
    """gammaincc for x >= max(a, 1), by its continued fraction (DLMF 8.9.2) with Lentz's method."""
    tiny = 1e-300
    b = x + 1 - a
    c, d = 1 / tiny, 1 / b
    value = d
    for k in range(1, 500):
        step = -k * (k - a)
        b += 2
        d = 1 / (step * d + b or tiny)
        c = b + step / c or tiny
        value *= c * d
        if abs(c * d - 1) < 1e-16:
            break
    if x > 700:  # exp(-x) alone would underflow
        return value * _math.exp(a * _math.log(x) - x - _math.lgamma(a))
    half = x ** (a / 2)
    return half * _math.exp(-x) / gamma(a) * value * half


j0 = _of_scipy("j0")
j1 = _of_scipy("j1")
y0 = _of_scipy("y0")
y1 = _of_scipy("y1")
i0 = _of_scipy("i0")
i1 = _of_scipy("i1")
k0 = _of_scipy("k0")
k1 = _of_scipy("k1")
besselk = _of_scipy("kv")
besselj = _of_scipy("jv")
bessely = _of_scipy("yv")
besseli = _of_scipy("iv")


def spherical_jn(n: float, x: float) -> float:
    """Orders 0 and 1, which sinc asks for, without SciPy; order 1 by its power series near 0 (DLMF 10.53.1)."""
    order = _order(n)
    if order is None or x != x:
        return _NAN
    if x - x != 0:
        return 0.0
    if order == 0:
        return _math.sin(x) / x if x else 1.0
    if order == 1:
        if -1 < x < 1:
            s = x * x / 2
            term, total = x / 3, x / 3
            for k in range(1, 10):
                term *= -s / (k * (2 * k + 3))
                total += term
            return total
        return (_math.sin(x) / x - _math.cos(x)) / x
    from scipy.special import spherical_jn as function

    return float(function(order, float(x)))


#: 1/e as a sum of two doubles: near the branch point the digits of x + 1/e count
_INVERSE_E, _INVERSE_E_REST = 0.36787944117144233, -1.2428753672788363e-17

#: the expansion of W0 in p = sqrt(2*(e*x + 1)), Corless et al. 1996, equation 4.22
_BRANCH_SERIES = (
    -1.0, 1.0, -1 / 3, 11 / 72, -43 / 540, 769 / 17280, -221 / 8505, 680863 / 43545600, -1963 / 204120, 226287557 / 37623398400,
)  # fmt: skip


def lambertw(x: float) -> float:
    """The principal real branch, by Newton's and Halley's iterations.

    >>> lambertw(0.0), lambertw(-1.0)
    (0.0, nan)
    >>> lambertw(_math.e)
    1.0
    """
    gap = (x + _INVERSE_E) + _INVERSE_E_REST
    if not gap >= 0:
        return _NAN
    if x == _INF or x == 0:
        return x
    if x > 3:
        w = _math.log(x)
        target = w
        w -= _math.log(w)
        for _ in range(5):  # Newton on w + log(w) = log(x)
            w *= (1 + target - _math.log(w)) / (1 + w)
        return w
    p = _math.sqrt(2 * _math.e * gap)
    if p < 0.05:
        w = 0.0
        for coefficient in reversed(_BRANCH_SERIES):
            w = w * p + coefficient
        return w
    w = x / (1 + x) if x > -0.2 else -1 + p - p * p / 3
    for _ in range(5):  # Halley on w*exp(w) = x
        residual = w - x * _math.exp(-w)
        if residual == 0:
            break
        w -= residual / (w + 1 - (w + 2) * residual / (2 * w + 2))
    return w
