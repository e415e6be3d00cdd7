"""Special functions on mpmath's real numbers; see mpmath.py for what they promise."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from functools import wraps
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from mpmath import mpf
    from mpmath.ctx_mp import MPContext

__all__ = [
    "besseli", "besselj", "besselk", "bessely", "beta", "digamma", "erf", "erfc", "erfcinv", "erfcx", "erfi", "erfinv", "exp1",
    "expi", "gamma", "gammainc", "gammaincc", "i0", "i1", "ierfcx", "j0", "j1", "k0", "k1", "lambertw", "lgamma", "lowergamma",
    "polygamma", "polygamma_gap", "spherical_jn", "trigamma", "y0", "y1",
]  # fmt: skip

#: results whose exponent has more bits than this are infinite or 0
MOST_BITS = 2**40
#: the logarithm of the largest of them
LARGEST = 762_123_384_786
#: arguments of special functions with a larger magnitude than this, in bits, are not looked at: a double has 1100
MOST_MAGNITUDE = 10_000


def real(mp: MPContext, value: mpf) -> mpf:
    """The number itself, or NaN where mpmath went into the complex plane."""
    return value.real if value.imag == 0 else mp.nan


def digits_for(mp: MPContext, x: mpf) -> AbstractContextManager[None]:
    """Enough precision for a function that magnifies the relative error of its argument by x**2."""
    extra = 2 * mp.mag(x) if mp.isfinite(x) and x != 0 else 0
    result: AbstractContextManager[None] = mp.extraprec(min(max(extra, 0), 20_000) + 10)
    return result


def _is_order(mp: MPContext, n: mpf) -> bool:
    """As in the Python kernels: a whole number from 0 to 170."""
    return bool(0 <= n <= 170 and mp.isint(n))


def _settled(function: Callable[..., mpf]) -> Callable[..., mpf]:
    """Poles are NaN, and so is what mpmath's series cannot reach, or would take for ever to."""

    @wraps(function)
    def guarded(mp: MPContext, *operands: mpf) -> mpf:
        operands = tuple(mp.mpf(one) for one in operands)
        if any(mp.isnan(one) or (one != 0 and mp.isfinite(one) and abs(mp.mag(one)) > MOST_MAGNITUDE) for one in operands):
            return mp.nan
        try:
            return real(mp, mp.convert(function(mp, *operands)))
        except (ValueError, ZeroDivisionError, mp.NoConvergence):
            return mp.nan

    return guarded


# -------------------------------------------------------------------------------------------------------- error functions


def erf(mp: MPContext, x: mpf) -> mpf:
    return mp.erf(x)


def erfc(mp: MPContext, x: mpf) -> mpf:
    if x > 1000 and mp.mpf(x) ** 2 > LARGEST:
        return mp.mpf(0)
    return mp.erfc(x)


@_settled
def erfcx(mp: MPContext, x: mpf) -> mpf:
    return _erfcx(mp, x)


def _erfcx(mp: MPContext, x: mpf) -> mpf:
    if x < 0 and x * x > LARGEST:
        return mp.inf
    if x < 2**20:
        with digits_for(mp, x):
            value = mp.exp(x * x) * mp.erfc(x)
        return +value
    # DLMF 7.12.1; these terms fall by at least 2**40 each
    term = total = 1 / (x * mp.sqrt(mp.pi))
    k = 0
    while abs(term) > abs(total) * mp.eps:
        k += 1
        term *= -(2 * k - 1) / (2 * x * x)
        total += term
    return total


@_settled
def ierfcx(mp: MPContext, n: mpf, x: mpf) -> mpf:
    """By the recurrence (DLMF 7.18.7), with as many more digits as it loses for positive x."""
    if not _is_order(mp, n):
        return mp.nan
    order = int(n)
    if order == 0:
        return _erfcx(mp, x)
    if x > 0 and 2 * mp.mag(x) > 2 * mp.prec + 40:
        return 2 / mp.sqrt(mp.pi) / (2 * x) ** (order + 1)
    with mp.extraprec(order * (2 * max(mp.mag(x), 0) + 8) + 20 if x > 0 else 20):
        before, value = 2 / mp.sqrt(mp.pi), _erfcx(mp, x)
        for k in range(1, order + 1):
            before, value = value, (before - 2 * x * value) / (2 * k)
    return +value


@_settled
def erfinv(mp: MPContext, x: mpf) -> mpf:
    if x in (1, -1):
        return x * mp.inf
    return mp.erfinv(x) if -1 < x < 1 else mp.nan


@_settled
def erfcinv(mp: MPContext, x: mpf) -> mpf:
    """The inverse of erf at 1 - x, which takes as many more digits as x is small."""
    if x in (0, 2):
        return mp.inf if x == 0 else -mp.inf
    if not 0 < x < 2:
        return mp.nan
    with mp.extraprec(max(0, -mp.mag(x)) + 10):
        value = mp.erfinv(1 - x)
    return +value


@_settled
def erfi(mp: MPContext, x: mpf) -> mpf:
    if mp.mag(x) > 25 and x * x > LARGEST:
        return mp.sign(x) * mp.inf
    return mp.erfi(x)


# -------------------------------------------------------------------------------------------------- exponential integrals


@_settled
def expi(mp: MPContext, x: mpf) -> mpf:
    """Infinite where exp(x) is; digits are added near the zero at 0.3725, where terms of one size cancel."""
    if x == 0:
        return -mp.inf
    if abs(x) > LARGEST:
        return mp.inf if x > 0 else mp.mpf(0)
    with mp.extraprec(20):
        value = mp.ei(x)
        lost = -mp.mag(value) if value != 0 and mp.isfinite(value) else 0
    if x > 0 and lost > 0:
        with mp.extraprec(lost + 20):
            value = mp.ei(x)
    return +value


@_settled
def exp1(mp: MPContext, x: mpf) -> mpf:
    if x < 0 or x > LARGEST:
        return mp.nan if x < 0 else mp.mpf(0)
    return mp.e1(x) if x > 0 else mp.inf


# ------------------------------------------------------------------------------------------------ gamma and its relatives


@_settled
def gamma(mp: MPContext, x: mpf) -> mpf:
    if x == 0 or x > 3e10:
        return mp.inf
    if x == -mp.inf:
        return mp.nan
    return mp.mpf(0) if x < -3e10 and not mp.isint(x) else mp.gamma(x)


@_settled
def lgamma(mp: MPContext, x: mpf) -> mpf:
    if mp.isinf(x) or (x <= 0 and mp.isint(x)):
        return mp.inf
    return mp.loggamma(x).real


@_settled
def digamma(mp: MPContext, x: mpf) -> mpf:
    return -mp.inf if x == 0 else mp.psi(0, x)


@_settled
def trigamma(mp: MPContext, x: mpf) -> mpf:
    return _polygamma(mp, mp.mpf(1), x)


@_settled
def polygamma(mp: MPContext, n: mpf, x: mpf) -> mpf:
    return _polygamma(mp, n, x)


def _polygamma(mp: MPContext, n: mpf, x: mpf) -> mpf:
    if not _is_order(mp, n):
        return mp.nan
    if x <= 0 and mp.isint(x):
        if x == 0:
            return mp.inf if n % 2 else -mp.inf
        return mp.inf if n % 2 else mp.nan
    return mp.psi(int(n), x)


@_settled
def polygamma_gap(mp: MPContext, n: mpf, x: mpf, y: mpf) -> mpf:
    """The difference, with as many more digits as it loses."""
    if y == 0 and _is_order(mp, n):
        return mp.mpf(0)
    lost = max(0, mp.mag(x) - mp.mag(y)) + max(0, mp.mag(x)) // 8 if x != 0 and mp.isfinite(x) and mp.isfinite(y) else 0
    if lost > 20_000:
        return -y * _polygamma(mp, n + 1, x)
    with mp.extraprec(lost + 20):
        value = _polygamma(mp, n, x) - _polygamma(mp, n, x + y)
    return +value


@_settled
def beta(mp: MPContext, x: mpf, y: mpf) -> mpf:
    return mp.beta(x, y)


@_settled
def lowergamma(mp: MPContext, a: mpf, x: mpf) -> mpf:
    return mp.gammainc(a, 0, x) if a > 0 and x >= 0 else mp.nan


@_settled
def gammainc(mp: MPContext, a: mpf, x: mpf) -> mpf:
    if not (a > 0 and x >= 0):
        return mp.nan
    return mp.mpf(1) if mp.isinf(x) else mp.gammainc(a, 0, x, regularized=True)


@_settled
def gammaincc(mp: MPContext, a: mpf, x: mpf) -> mpf:
    if not (a > 0 and x >= 0):
        return mp.nan
    return mp.mpf(0) if x > LARGEST else mp.gammainc(a, x, mp.inf, regularized=True)


# --------------------------------------------------------------------------------------------------------------- Bessel


def _is_reachable(mp: MPContext, nu: mpf, x: mpf) -> bool:
    """mpmath's series and expansions settle in time for these; others are NaN, as SciPy's are at infinity."""
    return bool(abs(nu) <= 1000 and mp.isfinite(x))


def _reflected(mp: MPContext, nu: mpf) -> tuple[mpf, int]:
    """A negative whole order as its opposite and a sign (DLMF 10.4.1): mpmath is slow on it."""
    return (-nu, -1 if nu % 2 else 1) if nu < 0 and mp.isint(nu) else (nu, 1)


@_settled
def besselj(mp: MPContext, nu: mpf, x: mpf) -> mpf:
    order, sign = _reflected(mp, nu)
    return sign * mp.besselj(order, x) if _is_reachable(mp, nu, x) else mp.nan


@_settled
def bessely(mp: MPContext, nu: mpf, x: mpf) -> mpf:
    if not _is_reachable(mp, nu, x) or x < 0:
        return mp.nan
    order, sign = _reflected(mp, nu)
    return sign * mp.bessely(order, x) if x > 0 else -mp.inf


@_settled
def besseli(mp: MPContext, nu: mpf, x: mpf) -> mpf:
    if not _is_reachable(mp, nu, x):
        return mp.nan
    if abs(x) > LARGEST and (x > 0 or mp.isint(nu)):
        return -mp.inf if x < 0 and nu % 2 == 1 else mp.inf
    return mp.besseli(_reflected(mp, nu)[0], x)


@_settled
def besselk(mp: MPContext, nu: mpf, x: mpf) -> mpf:
    if not abs(nu) <= 1000 or x < 0:
        return mp.nan
    if x > LARGEST:
        return mp.mpf(0)
    if x == 0:
        return mp.inf
    # beyond twice the digits wanted mpmath's asymptotic series settles, for small x its power series
    return _besselk(mp, abs(nu), x) if 1 < x < mp.prec else mp.besselk(abs(nu), x)


def _besselk(mp: MPContext, nu: mpf, x: mpf) -> mpf:
    """The integral of exp(-x*cosh(t))*cosh(nu*t) (DLMF 10.32.9) by the trapezoidal rule.

    The integrand is analytic for |Im t| < pi/2, so the error falls like exp(-0.85*pi**2/h): a few hundred
    terms give hundreds of digits where series take seconds (L. Trefethen, J. Weideman, The exponentially convergent
    trapezoidal rule, 2014).
    """
    with mp.extraprec(30):
        # on Im t = 0.85*pi/2, where the integrand has decayed, it is larger by exp(x) and (4.3)**nu at most
        h = mp.mpf("0.85") * mp.pi**2 / (mp.prec * mp.ln2 + x + 2 * nu)
        total, k = mp.mpf(1) / 2, 0
        while True:
            k += 1
            t = k * h
            term = mp.exp(-x * (mp.cosh(t) - 1)) * mp.cosh(nu * t)
            total += term
            if term <= total * mp.eps and x * mp.sinh(t) > nu:
                break
        value = h * mp.exp(-x) * total
    return +value


def j0(mp: MPContext, x: mpf) -> mpf:
    return besselj(mp, 0, x)


def j1(mp: MPContext, x: mpf) -> mpf:
    return besselj(mp, 1, x)


def y0(mp: MPContext, x: mpf) -> mpf:
    return bessely(mp, 0, x)


def y1(mp: MPContext, x: mpf) -> mpf:
    return bessely(mp, 1, x)


def i0(mp: MPContext, x: mpf) -> mpf:
    return besseli(mp, 0, x)


def i1(mp: MPContext, x: mpf) -> mpf:
    return besseli(mp, 1, x)


def k0(mp: MPContext, x: mpf) -> mpf:
    return besselk(mp, 0, x)


def k1(mp: MPContext, x: mpf) -> mpf:
    return besselk(mp, 1, x)


@_settled
def spherical_jn(mp: MPContext, n: mpf, x: mpf) -> mpf:
    """DLMF 10.47.3, with the parity of the order for negative x."""
    if not _is_order(mp, n):
        return mp.nan
    if x == 0 or mp.isinf(x):
        return mp.mpf(1 if n == 0 and x == 0 else 0)
    value = mp.sqrt(mp.pi / (2 * abs(x))) * mp.besselj(n + mp.mpf(0.5), abs(x))
    return -value if x < 0 and n % 2 else value


@_settled
def lambertw(mp: MPContext, x: mpf) -> mpf:
    return mp.lambertw(x)
