"""Error functions, exponential integrals and the gamma function, on balls of Arb and their series."""

from __future__ import annotations

from .arb_arithmetic import add, div, exp, log, mul, neg, square
from .arb_balls import Ball, ball, side, value_of, within


def erf(x: Ball) -> Ball:
    return ball(x).erf()


def erfc(x: Ball) -> Ball:
    return ball(x).erfc()


def erfcx(x: Ball) -> Ball:
    return mul(exp(square(x)), erfc(x))


def erfi(x: Ball) -> Ball:
    return ball(x).erfi()


def expi(x: Ball) -> Ball:
    side(x)
    return ball(x).ei()


def exp1(x: Ball) -> Ball:
    within(value_of(x) > 0)
    return -(neg(x).ei())


def gamma(x: Ball) -> Ball:
    within(value_of(x) > 0 or not value_of(x).contains_integer())
    return ball(x).gamma()


def lgamma(x: Ball) -> Ball:
    if value_of(x) > 0:
        return ball(x).lgamma()
    whole = gamma(x)
    return log(side(whole) * whole)


def beta(x: Ball, y: Ball) -> Ball:
    return div(mul(gamma(x), gamma(y)), gamma(add(x, y)))
