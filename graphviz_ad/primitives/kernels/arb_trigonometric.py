"""Trigonometric and hyperbolic functions and their inverses, on balls of Arb and their series."""

from __future__ import annotations

from flint import arb  # noqa: TID253 - this module exists for them, and only a proof loads it

from .arb_arithmetic import div, exp, log, neg, reciprocal, sqrt, square
from .arb_balls import Ball, ball, proven_sign, side, value_of, within


def sin(x: Ball) -> Ball:
    return ball(x).sin()


def cos(x: Ball) -> Ball:
    return ball(x).cos()


def tan(x: Ball) -> Ball:
    return div(sin(x), cos(x))


def sec(x: Ball) -> Ball:
    return reciprocal(cos(x))


def csc(x: Ball) -> Ball:
    return reciprocal(sin(x))


def cot(x: Ball) -> Ball:
    return div(cos(x), sin(x))


def sinc(x: Ball) -> Ball:
    angle = ball(x) * arb.pi()
    return div(sin(angle), angle)


def asin(x: Ball) -> Ball:
    within(-1 < value_of(x) < 1)
    return ball(x).asin()


def acos(x: Ball) -> Ball:
    within(-1 < value_of(x) < 1)
    return ball(x).acos()


def atan(x: Ball) -> Ball:
    return ball(x).atan()


def atan2(y: Ball, x: Ball) -> Ball:
    if value_of(x) > 0:
        return atan(div(y, x))
    return side(y) * arb.pi() / 2 - atan(div(x, y))


def asec(x: Ball) -> Ball:
    return acos(reciprocal(x))


def acsc(x: Ball) -> Ball:
    return asin(reciprocal(x))


def acot(x: Ball) -> Ball:
    return atan(reciprocal(x))


def sinh(x: Ball) -> Ball:
    return (exp(x) - exp(neg(x))) / 2


def cosh(x: Ball) -> Ball:
    return (exp(x) + exp(neg(x))) / 2


def tanh(x: Ball) -> Ball:
    direction = proven_sign(x) or 1
    small = exp(ball(x) * (-2 * direction))  # the one of two exponentials that is small
    return direction * (1 - small) / (1 + small)


def sech(x: Ball) -> Ball:
    return reciprocal(cosh(x))


def csch(x: Ball) -> Ball:
    return reciprocal(sinh(x))


def coth(x: Ball) -> Ball:
    return div(cosh(x), sinh(x))


def asinh(x: Ball) -> Ball:
    direction = proven_sign(x) or 1
    return direction * log(direction * ball(x) + sqrt(square(x) + 1))


def acosh(x: Ball) -> Ball:
    within(value_of(x) > 1)
    return log(ball(x) + sqrt(square(x) - 1))


def atanh(x: Ball) -> Ball:
    within(-1 < value_of(x) < 1)
    return log(div(1 + ball(x), 1 - ball(x))) / 2


def asech(x: Ball) -> Ball:
    return acosh(reciprocal(x))


def acsch(x: Ball) -> Ball:
    return asinh(reciprocal(x))


def acoth(x: Ball) -> Ball:
    return atanh(reciprocal(x))
