"""Trigonometric and hyperbolic functions and their inverses, on mpmath's real numbers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .mpmath_arithmetic import MOST_REDUCED, div
from .mpmath_special import LARGEST

if TYPE_CHECKING:
    from mpmath import mpf
    from mpmath.ctx_mp import MPContext

# --------------------------------------------------------------------------------------------------------- trigonometric


def _reducible(mp: MPContext, x: mpf) -> bool:
    return bool(mp.isfinite(x) and (x == 0 or mp.mag(x) < MOST_REDUCED))


def sin(mp: MPContext, x: mpf) -> mpf:
    return mp.sin(x) if _reducible(mp, x) else mp.nan


def cos(mp: MPContext, x: mpf) -> mpf:
    return mp.cos(x) if _reducible(mp, x) else mp.nan


def tan(mp: MPContext, x: mpf) -> mpf:
    return mp.tan(x) if _reducible(mp, x) else mp.nan


def sec(mp: MPContext, x: mpf) -> mpf:
    return div(mp, 1, cos(mp, x))


def csc(mp: MPContext, x: mpf) -> mpf:
    return div(mp, 1, sin(mp, x))


def cot(mp: MPContext, x: mpf) -> mpf:
    return div(mp, 1, tan(mp, x))


def sinc(mp: MPContext, x: mpf) -> mpf:
    if x == 0:
        return mp.mpf(1)
    return mp.sinpi(x) / (mp.pi * x) if _reducible(mp, x) else mp.nan


def asin(mp: MPContext, x: mpf) -> mpf:
    return mp.asin(x) if -1 <= x <= 1 else mp.nan


def acos(mp: MPContext, x: mpf) -> mpf:
    return mp.acos(x) if -1 <= x <= 1 else mp.nan


def atan(mp: MPContext, x: mpf) -> mpf:
    return mp.atan(x)


def atan2(mp: MPContext, y: mpf, x: mpf) -> mpf:
    if mp.isnan(x) or mp.isnan(y):
        return mp.nan
    if mp.isinf(x) or mp.isinf(y):  # C's: what is finite counts for its side alone
        if mp.isinf(x) and not mp.isinf(y):
            return mp.mpf(0) if x > 0 else (-mp.pi if y < 0 else +mp.pi)
        x, y = (mp.mpf(mp.sign(one)) if mp.isinf(one) else mp.mpf(0) for one in (x, y))
    return mp.mpf(0) if x == 0 and y == 0 else mp.atan2(y, x)


def asec(mp: MPContext, x: mpf) -> mpf:
    if not abs(x) >= 1:
        return mp.nan
    angle = mp.atan(mp.sqrt((abs(x) - mp.mpf(1)) * (abs(x) + mp.mpf(1))))
    return angle if x > 0 else mp.pi - angle


def acsc(mp: MPContext, x: mpf) -> mpf:
    if not abs(x) >= 1:
        return mp.nan
    if mp.isinf(x):
        return mp.mpf(0)
    return mp.sign(x) * mp.atan2(1, mp.sqrt((abs(x) - mp.mpf(1)) * (abs(x) + mp.mpf(1))))


def acot(mp: MPContext, x: mpf) -> mpf:
    return mp.atan(1 / mp.mpf(x)) if x != 0 else mp.pi / 2


# ------------------------------------------------------------------------------------------------------------ hyperbolic


def sinh(mp: MPContext, x: mpf) -> mpf:
    return mp.sign(x) * mp.inf if abs(x) > LARGEST else mp.sinh(x)


def cosh(mp: MPContext, x: mpf) -> mpf:
    return mp.inf if abs(x) > LARGEST else mp.cosh(x)


def tanh(mp: MPContext, x: mpf) -> mpf:
    return mp.sign(x) if abs(x) > LARGEST else mp.tanh(x)


def sech(mp: MPContext, x: mpf) -> mpf:
    return 1 / cosh(mp, x)


def csch(mp: MPContext, x: mpf) -> mpf:
    return div(mp, 1, sinh(mp, x))


def coth(mp: MPContext, x: mpf) -> mpf:
    return div(mp, 1, tanh(mp, x))


def asinh(mp: MPContext, x: mpf) -> mpf:
    return mp.asinh(x)


def acosh(mp: MPContext, x: mpf) -> mpf:
    """acosh(1 + t) is 2*asinh(sqrt(t/2)), which keeps its digits near 1."""
    return 2 * mp.asinh(mp.sqrt((mp.mpf(x) - 1) / 2)) if x >= 1 else mp.nan


def atanh(mp: MPContext, x: mpf) -> mpf:
    if -1 < x < 1:
        return mp.atanh(x)
    return x * mp.inf if x in (1, -1) else mp.nan


def asech(mp: MPContext, x: mpf) -> mpf:
    if 0 < x <= 1:
        return mp.asinh(mp.sqrt((1 - mp.mpf(x)) * (1 + mp.mpf(x))) / x)
    return mp.inf if x == 0 else mp.nan


def acsch(mp: MPContext, x: mpf) -> mpf:
    return mp.asinh(1 / mp.mpf(x)) if x != 0 else mp.inf


def acoth(mp: MPContext, x: mpf) -> mpf:
    size = abs(mp.mpf(x))
    if size > 1:
        return mp.sign(x) * mp.log1p(2 / (size - 1)) / 2
    return x * mp.inf if size == 1 else mp.nan
