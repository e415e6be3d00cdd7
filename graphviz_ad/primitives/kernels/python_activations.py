"""The activations of neural networks, on Python floats."""

from __future__ import annotations

import math as _math

from .python_arithmetic import clip, div, expm1, log, log1p, nan, pi

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
