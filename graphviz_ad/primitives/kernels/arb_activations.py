"""The activations of neural networks, on balls of Arb and their series."""

from __future__ import annotations

from flint import arb  # noqa: TID253 - this module exists for them, and only a proof loads it

from .arb_arithmetic import add, clip, div, exp, expm1, log, logaddexp, mul, neg, reciprocal, sub
from .arb_balls import Ball, ball, branch
from .arb_special import erf
from .arb_trigonometric import tanh

_SCALE, _ALPHA = 1.0507009873554805, 1.6732632423543772  # of selu


def sigmoid(x: Ball) -> Ball:
    return reciprocal(exp(neg(x)) + 1)


def logit(x: Ball) -> Ball:
    return log(div(x, 1 - ball(x)))


def softplus(x: Ball) -> Ball:
    return logaddexp(arb(0), x)


def logsigmoid(x: Ball) -> Ball:
    return -softplus(neg(x))


def relu(x: Ball) -> Ball:
    return ball(x) if branch(x) > 0 else arb(0)


def relu6(x: Ball) -> Ball:
    return clip(x, arb(0), arb(6))


def leaky_relu(x: Ball, alpha: Ball) -> Ball:
    return ball(x) if branch(x) > 0 else mul(alpha, x)


def elu(x: Ball, alpha: Ball) -> Ball:
    return ball(x) if branch(x) > 0 else mul(alpha, expm1(x))


def selu(x: Ball) -> Ball:
    return elu(x, arb(_ALPHA)) * arb(_SCALE)


def celu(x: Ball, alpha: Ball) -> Ball:
    return ball(x) if branch(x) > 0 else mul(alpha, expm1(div(x, alpha)))


def gelu(x: Ball) -> Ball:
    return ball(x) * (1 + erf(ball(x) / arb(2).sqrt())) / 2


def gelu_tanh(x: Ball) -> Ball:
    return mul(x, sigmoid((8 / arb.pi()).sqrt() * (ball(x) + arb(0.044715) * ball(x) ** 3)))


def silu(x: Ball) -> Ball:
    return mul(x, sigmoid(x))


def mish(x: Ball) -> Ball:
    return mul(x, tanh(softplus(x)))


def softsign(x: Ball) -> Ball:
    return div(x, 1 + branch(x) * ball(x))


def hardtanh(x: Ball) -> Ball:
    return clip(x, arb(-1), arb(1))


def hardsigmoid(x: Ball) -> Ball:
    return clip(ball(x) + 3, arb(0), arb(6)) / 6


def hardswish(x: Ball) -> Ball:
    return mul(x, hardsigmoid(x))


def tanhshrink(x: Ball) -> Ball:
    return sub(x, tanh(x))


def softshrink(x: Ball, lambd: Ball) -> Ball:
    if branch(sub(x, lambd)) > 0:
        return sub(x, lambd)
    return add(x, lambd) if branch(add(x, lambd)) < 0 else arb(0)
