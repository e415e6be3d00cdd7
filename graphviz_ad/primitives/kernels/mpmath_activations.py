"""The activations of neural networks, on mpmath's real numbers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .mpmath_arithmetic import clip, div, exp, expm1, log, log1p
from .mpmath_special import digits_for, erfc
from .mpmath_trigonometric import tanh

if TYPE_CHECKING:
    from mpmath import mpf
    from mpmath.ctx_mp import MPContext

_SCALE, _ALPHA = 1.0507009873554805, 1.6732632423543772


def sigmoid(mp: MPContext, x: mpf) -> mpf:
    if x >= 0:
        return 1 / (1 + exp(mp, -mp.mpf(x)))
    t = exp(mp, x)
    return t / (1 + t)


def logit(mp: MPContext, x: mpf) -> mpf:
    x = mp.mpf(x)
    if 0.25 < x < 0.75:
        return mp.log1p((2 * x - 1) / (1 - x))
    return log(mp, x) - log1p(mp, -x)


def softplus(mp: MPContext, x: mpf) -> mpf:
    return log1p(mp, exp(mp, x)) if x <= 0 else x + log1p(mp, exp(mp, -mp.mpf(x)))


def logsigmoid(mp: MPContext, x: mpf) -> mpf:
    return -softplus(mp, -mp.mpf(x))


def relu(mp: MPContext, x: mpf) -> mpf:
    return mp.mpf(0) if x <= 0 else mp.mpf(x)


def relu6(mp: MPContext, x: mpf) -> mpf:
    return clip(mp, x, 0, 6)


def leaky_relu(mp: MPContext, x: mpf, alpha: mpf = 0.01) -> mpf:
    return mp.mpf(x) if x > 0 else mp.mpf(alpha) * x


def elu(mp: MPContext, x: mpf, alpha: mpf = 1) -> mpf:
    return mp.mpf(x) if x > 0 else mp.mpf(alpha) * expm1(mp, x)


def selu(mp: MPContext, x: mpf) -> mpf:
    return mp.mpf(_SCALE) * elu(mp, x, _ALPHA)


def celu(mp: MPContext, x: mpf, alpha: mpf = 1) -> mpf:
    return mp.mpf(x) if x > 0 else mp.mpf(alpha) * expm1(mp, div(mp, x, alpha))


def gelu(mp: MPContext, x: mpf) -> mpf:
    with digits_for(mp, x):
        value = mp.mpf(x) * erfc(mp, -mp.mpf(x) / mp.sqrt(2)) / 2
    return +value


def gelu_tanh(mp: MPContext, x: mpf) -> mpf:
    x = mp.mpf(x)
    with digits_for(mp, x * x):
        value = x * sigmoid(mp, mp.sqrt(8 / mp.pi) * (x + mp.mpf(0.044715) * x**3))
    return +value


def silu(mp: MPContext, x: mpf) -> mpf:
    return x * sigmoid(mp, x)


def mish(mp: MPContext, x: mpf) -> mpf:
    return x * tanh(mp, softplus(mp, x))


def softsign(mp: MPContext, x: mpf) -> mpf:
    return mp.mpf(x) / (1 + abs(mp.mpf(x)))


def hardtanh(mp: MPContext, x: mpf) -> mpf:
    return clip(mp, x, -1, 1)


def hardsigmoid(mp: MPContext, x: mpf) -> mpf:
    return clip(mp, mp.mpf(x) + 3, 0, 6) / 6


def hardswish(mp: MPContext, x: mpf) -> mpf:
    return x * clip(mp, mp.mpf(x) + 3, 0, 6) / 6


def tanhshrink(mp: MPContext, x: mpf) -> mpf:
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


def softshrink(mp: MPContext, x: mpf, lambd: mpf = 0.5) -> mpf:
    x = mp.mpf(x)
    if x > lambd:
        return x - lambd
    if x < -lambd:
        return x + lambd
    return mp.nan if mp.isnan(x) or mp.isnan(lambd) else mp.mpf(0)
