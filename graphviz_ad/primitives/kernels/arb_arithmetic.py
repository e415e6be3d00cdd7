"""Arithmetic, exponentials and logarithms, branches and comparisons, on balls of Arb and their series."""

from __future__ import annotations

from flint import arb, arb_series  # noqa: TID253 - this module exists for them, and only a proof loads it

from .arb_balls import Ball, Undecided, ball, branch, proven_sign, side, value_of, within

#: whole exponents up to here are multiplied out
_MOST = 10_000


def copy(x: Ball) -> Ball:
    return ball(x)


def add(x: Ball, y: Ball) -> Ball:
    return ball(x) + ball(y)


def sub(x: Ball, y: Ball) -> Ball:
    return ball(x) - ball(y)


def mul(x: Ball, y: Ball) -> Ball:
    return ball(x) * ball(y)


def div(x: Ball, y: Ball) -> Ball:
    side(y)
    return ball(x) / ball(y)


def power(x: Ball, y: Ball) -> Ball:
    x, y = ball(x), ball(y)
    if isinstance(y, arb) and y.is_exact() and y.is_integer() and value_of(abs(y)) <= _MOST:
        whole = y.unique_fmpz()
        assert whole is not None
        exponent = int(whole)
        if exponent < 0:
            return reciprocal(_whole_power(x, -exponent))
        return _whole_power(x, exponent)
    within(value_of(x) > 0)
    return exp(mul(y, log(x)))


def _whole_power(x: Ball, exponent: int) -> Ball:
    return x**exponent if exponent else arb(1)


def mod(x: Ball, y: Ball) -> Ball:
    side(y)
    return sub(x, mul(y, floor(div(x, y))))


def fmod(x: Ball, y: Ball) -> Ball:
    side(y)
    return sub(x, mul(y, trunc(div(x, y))))


def neg(x: Ball) -> Ball:
    return -ball(x)


def reciprocal(x: Ball) -> Ball:
    return div(arb(1), x)


def square(x: Ball) -> Ball:
    return ball(x) * ball(x)


def sqrt(x: Ball) -> Ball:
    x = ball(x)
    within(value_of(x) > 0 or (not isinstance(x, arb_series) and x == 0))
    return x.sqrt()


def cbrt(x: Ball) -> Ball:
    direction = side(x)
    return direction * exp(log(direction * ball(x)) / 3)


def hypot(x: Ball, y: Ball) -> Ball:
    return sqrt(add(square(x), square(y)))


def deg2rad(x: Ball) -> Ball:
    return ball(x) * arb.pi() / 180


def rad2deg(x: Ball) -> Ball:
    return ball(x) * 180 / arb.pi()


def exp(x: Ball) -> Ball:
    return ball(x).exp()


def exp2(x: Ball) -> Ball:
    return exp(mul(x, arb(2).log()))


def expm1(x: Ball) -> Ball:
    return exp(x) - 1


def log(x: Ball) -> Ball:
    within(value_of(x) > 0)
    return ball(x).log()


def log2(x: Ball) -> Ball:
    return log(x) / arb(2).log()


def log10(x: Ball) -> Ball:
    return log(x) / arb(10).log()


def log1p(x: Ball) -> Ball:
    return log(ball(x) + 1)


def logaddexp(x: Ball, y: Ball) -> Ball:
    x, y = ball(x), ball(y)
    if value_of(x) < value_of(y):
        x, y = y, x
    return x + log(exp(y - x) + 1)


def xlogy(x: Ball, y: Ball) -> Ball:
    return mul(x, log(y))


def abs(x: Ball) -> Ball:
    return branch(x) * ball(x)


def sign(x: Ball) -> Ball:
    return arb(side(x))


def floor(x: Ball) -> Ball:
    found = value_of(x).floor().unique_fmpz()
    if found is None or value_of(x) == arb(found):
        raise Undecided("a jump")
    return arb(found)


def ceil(x: Ball) -> Ball:
    return -floor(neg(x))


def trunc(x: Ball) -> Ball:
    if -1 < value_of(x) < 1:
        return arb(0)
    return floor(x) if side(x) > 0 else ceil(x)


def round(x: Ball) -> Ball:
    return floor(ball(x) + arb(1) / 2)


def maximum(x: Ball, y: Ball) -> Ball:
    return ball(x) if branch(sub(x, y)) > 0 else ball(y)


def minimum(x: Ball, y: Ball) -> Ball:
    return ball(y) if branch(sub(x, y)) > 0 else ball(x)


def clip(x: Ball, lo: Ball, hi: Ball) -> Ball:
    return minimum(maximum(x, lo), hi)


def heaviside(x: Ball, h0: Ball) -> Ball:
    return arb(1 if side(x) > 0 else 0)


def where(c: Ball | bool, a: Ball, b: Ball) -> Ball:
    chosen = c if isinstance(c, bool) else proven_sign(c) != 0
    return ball(a) if chosen else ball(b)


def less(x: Ball, y: Ball) -> bool:
    return side(sub(value_of(x), value_of(y))) < 0


def less_equal(x: Ball, y: Ball) -> bool:
    return less(x, y)


def greater(x: Ball, y: Ball) -> bool:
    return not less(x, y)


def greater_equal(x: Ball, y: Ball) -> bool:
    return not less(x, y)


def equal(x: Ball, y: Ball) -> bool:
    side(sub(value_of(x), value_of(y)))
    return False


def not_equal(x: Ball, y: Ball) -> bool:
    return not equal(x, y)


def _truth(x: Ball | bool) -> bool:
    return x if isinstance(x, bool) else proven_sign(x) != 0


def logical_and(x: Ball | bool, y: Ball | bool) -> bool:
    return _truth(x) and _truth(y)


def logical_or(x: Ball | bool, y: Ball | bool) -> bool:
    return _truth(x) or _truth(y)


def logical_not(x: Ball | bool) -> bool:
    return not _truth(x)
