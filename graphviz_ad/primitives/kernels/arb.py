"""One function per operation on balls of Arb, numbers with a proven error, and on power series of them (python-flint, the extra ``arb``).

Operands are ``arb`` or ``arb_series``: a series in one variable carries a value and, cut after its second term, a derivative, by the
series arithmetic of Arb and no rule of ours (F. Johansson, Arb: efficient arbitrary-precision midpoint-radius interval arithmetic,
2017). A branch is taken only when the balls prove it; :class:`Undecided` says that they do not. Operations that Arb has no series
of are missing: a graph that uses them is checked by differences. A function has the name of its operation.
"""

from __future__ import annotations

from typing import Any, TypeAlias

from flint import arb, arb_series  # noqa: TID253 - this module exists for them, and only a proof loads it

Ball: TypeAlias = Any  # arb or arb_series

_SCALE, _ALPHA = 1.0507009873554805, 1.6732632423543772  # of selu
#: whole exponents up to here are multiplied out
_MOST = 10_000


class Undecided(Exception):
    """The enclosures do not tell which branch is taken, or leave the domain."""


def ball(x: Any) -> Ball:
    """A truth value or whole number as a ball; balls stay."""
    return arb(int(x)) if isinstance(x, (bool, int)) else x


def value_of(x: Ball) -> Any:
    """The ball of a value: of a series its first term."""
    x = ball(x)
    if not isinstance(x, arb_series):
        return x
    terms = x.coeffs()
    return terms[0] if terms else arb(0)


def _sign(x: Ball) -> int:
    """1, -1 or 0, proven."""
    value = value_of(x)
    if value > 0:
        return 1
    if value < 0:
        return -1
    if value == 0:
        return 0
    raise Undecided("a sign is not proven")


def _side(x: Ball) -> int:
    """The sign of what may not be 0: at 0 a derivative is not one number."""
    found = _sign(x)
    if not found:
        raise Undecided("a kink")
    return found


def _branch(x: Ball) -> int:
    """The side on which a continuous operation is taken: where nothing moves, both sides give the same value at 0."""
    return _side(x) if isinstance(ball(x), arb_series) else _sign(x) or 1


def _within(condition: bool) -> None:
    if not condition:
        raise Undecided("the domain is left, or its edge is met")


# --------------------------------------------------------------------------------------------------------- arithmetic


def copy(x: Ball) -> Ball:
    return ball(x)


def add(x: Ball, y: Ball) -> Ball:
    return ball(x) + ball(y)


def sub(x: Ball, y: Ball) -> Ball:
    return ball(x) - ball(y)


def mul(x: Ball, y: Ball) -> Ball:
    return ball(x) * ball(y)


def div(x: Ball, y: Ball) -> Ball:
    _side(y)
    return ball(x) / ball(y)


def power(x: Ball, y: Ball) -> Ball:
    x, y = ball(x), ball(y)
    if not isinstance(y, arb_series) and y.is_exact() and y.is_integer() and abs(y) <= _MOST:
        exponent = int(y.unique_fmpz())
        if exponent < 0:
            return reciprocal(_whole_power(x, -exponent))
        return _whole_power(x, exponent)
    _within(value_of(x) > 0)
    return exp(mul(y, log(x)))


def _whole_power(x: Ball, exponent: int) -> Ball:
    return x**exponent if exponent else arb(1)


def mod(x: Ball, y: Ball) -> Ball:
    _side(y)
    return sub(x, mul(y, floor(div(x, y))))


def fmod(x: Ball, y: Ball) -> Ball:
    _side(y)
    return sub(x, mul(y, trunc(div(x, y))))


def neg(x: Ball) -> Ball:
    return -ball(x)


def reciprocal(x: Ball) -> Ball:
    return div(arb(1), x)


def square(x: Ball) -> Ball:
    return ball(x) * ball(x)


def sqrt(x: Ball) -> Ball:
    x = ball(x)
    _within(value_of(x) > 0 or (not isinstance(x, arb_series) and x == 0))
    return x.sqrt()


def cbrt(x: Ball) -> Ball:
    side = _side(x)
    return side * exp(log(side * ball(x)) / 3)


def hypot(x: Ball, y: Ball) -> Ball:
    return sqrt(add(square(x), square(y)))


def deg2rad(x: Ball) -> Ball:
    return ball(x) * arb.pi() / 180


def rad2deg(x: Ball) -> Ball:
    return ball(x) * 180 / arb.pi()


# ------------------------------------------------------------------------------------------ exponentials and logarithms


def exp(x: Ball) -> Ball:
    return ball(x).exp()


def exp2(x: Ball) -> Ball:
    return exp(mul(x, arb(2).log()))


def expm1(x: Ball) -> Ball:
    return exp(x) - 1


def log(x: Ball) -> Ball:
    _within(value_of(x) > 0)
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


# ------------------------------------------------------------------------------------------------------------ branches


def abs(x: Ball) -> Ball:
    return _branch(x) * ball(x)


def sign(x: Ball) -> Ball:
    return arb(_side(x))


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
    return floor(x) if _side(x) > 0 else ceil(x)


def round(x: Ball) -> Ball:
    return floor(ball(x) + arb(1) / 2)


def maximum(x: Ball, y: Ball) -> Ball:
    return ball(x) if _branch(sub(x, y)) > 0 else ball(y)


def minimum(x: Ball, y: Ball) -> Ball:
    return ball(y) if _branch(sub(x, y)) > 0 else ball(x)


def clip(x: Ball, lo: Ball, hi: Ball) -> Ball:
    return minimum(maximum(x, lo), hi)


def heaviside(x: Ball, h0: Ball) -> Ball:
    return arb(1 if _side(x) > 0 else 0)


def where(c: Ball, a: Ball, b: Ball) -> Ball:
    chosen = c if isinstance(c, bool) else _sign(c) != 0
    return ball(a) if chosen else ball(b)


def less(x: Ball, y: Ball) -> bool:
    return _side(sub(value_of(x), value_of(y))) < 0


def less_equal(x: Ball, y: Ball) -> bool:
    return less(x, y)


def greater(x: Ball, y: Ball) -> bool:
    return not less(x, y)


def greater_equal(x: Ball, y: Ball) -> bool:
    return not less(x, y)


def equal(x: Ball, y: Ball) -> bool:
    _side(sub(value_of(x), value_of(y)))
    return False


def not_equal(x: Ball, y: Ball) -> bool:
    return not equal(x, y)


def _truth(x: Ball) -> bool:
    return x if isinstance(x, bool) else _sign(x) != 0


def logical_and(x: Ball, y: Ball) -> bool:
    return _truth(x) and _truth(y)


def logical_or(x: Ball, y: Ball) -> bool:
    return _truth(x) or _truth(y)


def logical_not(x: Ball) -> bool:
    return not _truth(x)


# --------------------------------------------------------------------------------------- trigonometric and hyperbolic


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
    _within(-1 < value_of(x) < 1)
    return ball(x).asin()


def acos(x: Ball) -> Ball:
    _within(-1 < value_of(x) < 1)
    return ball(x).acos()


def atan(x: Ball) -> Ball:
    return ball(x).atan()


def atan2(y: Ball, x: Ball) -> Ball:
    if value_of(x) > 0:
        return atan(div(y, x))
    return _side(y) * arb.pi() / 2 - atan(div(x, y))


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
    side = _sign(x) or 1  # the exponential that is small
    small = exp(ball(x) * (-2 * side))
    return side * (1 - small) / (1 + small)


def sech(x: Ball) -> Ball:
    return reciprocal(cosh(x))


def csch(x: Ball) -> Ball:
    return reciprocal(sinh(x))


def coth(x: Ball) -> Ball:
    return div(cosh(x), sinh(x))


def asinh(x: Ball) -> Ball:
    side = _sign(x) or 1
    return side * log(side * ball(x) + sqrt(square(x) + 1))


def acosh(x: Ball) -> Ball:
    _within(value_of(x) > 1)
    return log(ball(x) + sqrt(square(x) - 1))


def atanh(x: Ball) -> Ball:
    _within(-1 < value_of(x) < 1)
    return log(div(1 + ball(x), 1 - ball(x))) / 2


def asech(x: Ball) -> Ball:
    return acosh(reciprocal(x))


def acsch(x: Ball) -> Ball:
    return asinh(reciprocal(x))


def acoth(x: Ball) -> Ball:
    return atanh(reciprocal(x))


# --------------------------------------------------------------------------------------------------------- activations


def sigmoid(x: Ball) -> Ball:
    return reciprocal(exp(neg(x)) + 1)


def logit(x: Ball) -> Ball:
    return log(div(x, 1 - ball(x)))


def softplus(x: Ball) -> Ball:
    return logaddexp(arb(0), x)


def logsigmoid(x: Ball) -> Ball:
    return -softplus(neg(x))


def relu(x: Ball) -> Ball:
    return ball(x) if _branch(x) > 0 else arb(0)


def relu6(x: Ball) -> Ball:
    return clip(x, arb(0), arb(6))


def leaky_relu(x: Ball, alpha: Ball) -> Ball:
    return ball(x) if _branch(x) > 0 else mul(alpha, x)


def elu(x: Ball, alpha: Ball) -> Ball:
    return ball(x) if _branch(x) > 0 else mul(alpha, expm1(x))


def selu(x: Ball) -> Ball:
    return elu(x, arb(_ALPHA)) * arb(_SCALE)


def celu(x: Ball, alpha: Ball) -> Ball:
    return ball(x) if _branch(x) > 0 else mul(alpha, expm1(div(x, alpha)))


def gelu(x: Ball) -> Ball:
    return ball(x) * (1 + erf(ball(x) / arb(2).sqrt())) / 2


def gelu_tanh(x: Ball) -> Ball:
    return mul(x, sigmoid((8 / arb.pi()).sqrt() * (ball(x) + arb(0.044715) * ball(x) ** 3)))


def silu(x: Ball) -> Ball:
    return mul(x, sigmoid(x))


def mish(x: Ball) -> Ball:
    return mul(x, tanh(softplus(x)))


def softsign(x: Ball) -> Ball:
    return div(x, 1 + _branch(x) * ball(x))


def hardtanh(x: Ball) -> Ball:
    return clip(x, arb(-1), arb(1))


def hardsigmoid(x: Ball) -> Ball:
    return clip(ball(x) + 3, arb(0), arb(6)) / 6


def hardswish(x: Ball) -> Ball:
    return mul(x, hardsigmoid(x))


def tanhshrink(x: Ball) -> Ball:
    return sub(x, tanh(x))


def softshrink(x: Ball, lambd: Ball) -> Ball:
    if _branch(sub(x, lambd)) > 0:
        return sub(x, lambd)
    return add(x, lambd) if _branch(add(x, lambd)) < 0 else arb(0)


# ------------------------------------------------------------------------------------------------------------- special


def erf(x: Ball) -> Ball:
    return ball(x).erf()


def erfc(x: Ball) -> Ball:
    return ball(x).erfc()


def erfcx(x: Ball) -> Ball:
    return mul(exp(square(x)), erfc(x))


def erfi(x: Ball) -> Ball:
    return ball(x).erfi()


def expi(x: Ball) -> Ball:
    _side(x)
    return ball(x).ei()


def exp1(x: Ball) -> Ball:
    _within(value_of(x) > 0)
    return -(neg(x).ei())


def gamma(x: Ball) -> Ball:
    _within(value_of(x) > 0 or not value_of(x).contains_integer())
    return ball(x).gamma()


def lgamma(x: Ball) -> Ball:
    if value_of(x) > 0:
        return ball(x).lgamma()
    whole = gamma(x)
    return log(_side(whole) * whole)


def beta(x: Ball, y: Ball) -> Ball:
    return div(mul(gamma(x), gamma(y)), gamma(add(x, y)))
